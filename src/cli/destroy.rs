//! `infractl destroy`

use clap::Args;

use super::{
    Common, Format, Stop,
    apply::{Consent, carry_out},
    help,
    session::{Session, targets},
};
use crate::{
    plan,
    resource::graph::Graph,
    show::{out, text, view::View},
};

/// How often it is looked whether all is gone: what was made shortly before may be seen only then.
const LOOKS: usize = 3;

/// Arguments of `infractl destroy`.
#[derive(Debug, Args)]
#[command(after_help = help::DESTROY)]
pub(super) struct Destroy {
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Only this, and what would keep it from going: a resource, a resource type or a part of the file
    #[arg(short, long, value_name = "WHAT")]
    target: Vec<String>,
    /// Destroy though the environment says `protect`
    #[arg(long)]
    override_protection: bool,
}

/// A stack of which nothing is wanted any more.
pub(super) async fn destroy(common: &Common, args: &Destroy) -> Result<u8, Stop> {
    let session = Session::open(common).await?;
    let Graph { scope, place, tags, .. } = &session.compiled.graph;
    let graph = &Graph::new(scope.clone(), place.clone(), tags.clone());
    // What has a name that the file chose is found by that name.
    let (observed, effort) = session.observe().await?;
    let wanted = &session.compiled.graph;
    let targets = targets(wanted, &observed, &args.target)?;
    let reach = targets.clone().addressed(wanted);
    let plan = plan::plan(graph, &observed, &reach);
    if plan.is_empty() {
        if common.format == Format::Text {
            let name = format!("{}/{}", graph.scope.stack, graph.scope.env);
            out(&format!("Nothing to destroy: {name} has nothing in this account and region ({effort}).\n"))?;
        }
        return carry_out(common, &session.cx, (graph, &[]), &observed, &plan).await;
    }
    if common.format == Format::Text {
        let (observed, targets, effort) = (&observed, &targets, &effort);
        out(&text::plan(&View { plan: &plan, graph, observed, targets, protect: false, effort }))?;
    }
    if session.loaded.spec.protect && !args.override_protection {
        let why = format!("{} is protected", graph.scope.env);
        return Err(Stop::Refused { why, help: "if it is meant, add --override-protection".into() });
    }
    Consent { yes: args.yes, protect: false, lift: args.override_protection, question: "Destroy all of this?" }
        .ask(&plan)?;
    let (mut observed, mut plan) = (observed, plan);
    for _ in 0..LOOKS {
        let code = carry_out(common, &session.cx, (graph, &[]), &observed, &plan).await?;
        if code != 0 {
            return Ok(code);
        }
        (observed, _) = session.observe().await?;
        plan = plan::plan(graph, &observed, &reach);
        if plan.is_empty() {
            return Ok(0);
        }
    }
    let left: Vec<_> = plan.steps.iter().map(|it| it.target.as_str()).collect();
    Err(Stop::Failed(format!("still seen after it was deleted: {}", left.join(", "))))
}
