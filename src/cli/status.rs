//! `infractl status`

use clap::Args;

use super::{Common, Format, Stop, help, services, session::Session};
use crate::{
    catalog::aws::ecs::{cluster_name, standing::standings},
    show::{out, status},
};

/// Arguments of `infractl status`.
#[derive(Debug, Args)]
#[command(after_help = help::STATUS)]
pub(super) struct StatusArgs {
    /// Only this service
    service: Option<String>,
}

pub(super) async fn status(common: &Common, args: &StatusArgs) -> Result<u8, Stop> {
    let session = Session::open(common).await?;
    let graph = &session.compiled.graph;
    let services = services::chosen(graph, args.service.as_deref())?;
    let cluster = cluster_name(&graph.scope);
    let found = standings(&session.cx.read, &graph.scope, &cluster, &services::names(&services)).await?;
    let rows: Vec<_> = services.iter().map(|it| (it.name, found.get(it.name))).collect();
    match common.format {
        Format::Json => out(&format!("{:#}\n", status::json(&rows)))?,
        Format::Text if found.is_empty() => out(&services::none(graph, &services))?,
        Format::Text => out(&status::text(&rows))?,
    }
    let all_serve = rows.iter().all(|(_, it)| it.is_some_and(|it| it.state.serves()));
    Ok(u8::from(!all_serve))
}
