//! `infractl history`

use clap::Args;

use super::{Common, Format, Stop, help, services, session::Session};
use crate::{
    catalog::aws::ecs::{cluster_name, history::releases},
    show::{history, out},
};

/// Arguments of `infractl history`.
#[derive(Debug, Args)]
#[command(after_help = help::HISTORY)]
pub(super) struct HistoryArgs {
    /// Only this service
    service: Option<String>,
}

pub(super) async fn history(common: &Common, args: &HistoryArgs) -> Result<u8, Stop> {
    let session = Session::open(common).await?;
    let graph = &session.compiled.graph;
    let services = services::chosen(graph, args.service.as_deref())?;
    let (cluster, names) = (cluster_name(&graph.scope), services::names(&services));
    let releases = releases(&session.cx.read, &graph.scope, &cluster, &names).await?;
    match common.format {
        Format::Json => out(&format!("{:#}\n", history::json(&releases)))?,
        Format::Text if releases.is_empty() => out("nothing was deployed in the last 90 days\n")?,
        Format::Text => out(&history::text(&releases))?,
    }
    Ok(0)
}
