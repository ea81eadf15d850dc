//! `infractl plan`

use std::{fs, path::PathBuf};

use clap::Args;

use super::{
    Common, Format, Stop, help, saved,
    session::{Session, targets},
};
use crate::show::{json, out, text, view::View};

/// Arguments of `infractl plan`.
#[derive(Debug, Args)]
#[command(after_help = help::PLAN)]
pub(super) struct PlanArgs {
    /// Keep the plan in a file, for `infractl apply FILE`
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Exit with 2 if there is something to do, with 0 if there is not
    #[arg(long)]
    detailed_exitcode: bool,
    /// Only this and what it needs: a resource, a resource type or a part of the file such as network.endpoints
    #[arg(short, long, value_name = "WHAT")]
    target: Vec<String>,
}

pub(super) async fn plan(common: &Common, args: &PlanArgs) -> Result<u8, Stop> {
    let session = Session::open(common).await?.built()?.ready()?;
    let (observed, effort) = session.observe().await?;
    let graph = &session.compiled.graph;
    let targets = targets(graph, &observed, &args.target)?;
    let plan = session.plan(&observed, &targets).await;
    let protect = session.loaded.spec.protect;
    let view = View { plan: &plan, graph, observed: &observed, targets: &targets, protect, effort: &effort };
    match common.format {
        Format::Text => out(&text::plan(&view))?,
        Format::Json => out(&format!("{:#}\n", json::plan(&view)))?,
    }
    if let Some(path) = &args.out {
        let text = saved::Saved::new(&session.compiled, &observed, &targets, &plan, protect)?.to_text()?;
        fs::write(path, text).map_err(|error| Stop::File { path: path.clone(), error, help: None })?;
    }
    Ok(match (plan.conflicts.is_empty(), plan.is_empty(), args.detailed_exitcode) {
        (false, ..) => 4,
        (true, false, true) => 2,
        _ => 0,
    })
}
