//! `infractl destroy`

use clap::Args;

use super::{
    Common, Format, Stop,
    apply::{Consent, carry_out},
    session::Session,
};
use crate::{
    plan::{self, Targets},
    resource::graph::Graph,
    show::{out, text},
};

/// Arguments of `infractl destroy`.
#[derive(Debug, Args)]
pub(super) struct Destroy {
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Only this: a resource or a resource type
    #[arg(short, long, value_name = "WHAT")]
    target: Vec<String>,
    /// Destroy though the environment says `protect`
    #[arg(long)]
    override_protection: bool,
}

/// A stack of which nothing is wanted any more.
pub(super) async fn destroy(common: &Common, args: &Destroy) -> Result<u8, Stop> {
    let mut session = Session::open(common).await?;
    let Graph { scope, place, tags, .. } = &session.compiled.graph;
    session.compiled.graph = Graph::new(scope.clone(), place.clone(), tags.clone());
    let (observed, effort) = session.observe().await?;
    let graph = &session.compiled.graph;
    let plan = plan::plan(graph, &observed, &Targets(args.target.clone()));
    if plan.is_empty() {
        let name = format!("{}/{}", graph.scope.stack, graph.scope.env);
        out(&format!("Nothing to destroy: {name} has nothing in this account and region ({effort}).\n"))?;
        return Ok(0);
    }
    if common.format == Format::Text {
        out(&text::plan(&plan, &effort))?;
    }
    if session.loaded.spec.protect && !args.override_protection {
        let why = format!("{} is protected", graph.scope.env);
        return Err(Stop::Refused { why, help: "if it is meant, add --override-protection".into() });
    }
    Consent { yes: args.yes, protect: false, question: "Destroy all of this?" }.ask(&plan)?;
    carry_out(common, &session.cx, graph, &observed, &plan).await
}
