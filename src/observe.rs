//! What is there: every type is read at once, in few calls; what nobody wants any more comes with the rest.

use std::collections::BTreeMap;

use futures::future::join_all;
use serde_json::Value;

use crate::{
    api::{ApiError, retry::Class},
    catalog::{Reads, lifecycle::Look},
    plan::{Conflict, Observed, Plan},
    resource::{
        Facts, LiveTree, Status,
        graph::Graph,
        tags::Scope,
        value::{Address, references},
    },
};

/// What of `graph` and its scope exists.
///
/// # Errors
/// All that could not be seen: a look that lacks something is no look.
pub async fn observe(cloud: &dyn Reads, graph: &Graph) -> Result<Observed, Vec<ApiError>> {
    let kinds = cloud.kinds();
    let reads = kinds.iter().map(|facts| {
        let nodes = graph.nodes.values().filter(|it| it.facts.kind == facts.kind);
        let wants: Vec<Value> = nodes.map(|it| it.want.clone()).collect();
        cloud.read(facts.kind, Look { scope: graph.scope.clone(), wants, strays: true })
    });
    let mut observed = Observed { kinds: kinds.iter().map(|it| (it.kind, *it)).collect(), ..Observed::default() };
    let mut unseen = Vec::new();
    for (facts, found) in kinds.iter().zip(join_all(reads).await) {
        match found {
            Ok(found) => sort(&mut observed, &graph.scope, facts, found),
            Err(error) => unseen.push(error),
        }
    }
    if unseen.is_empty() { Ok(observed) } else { Err(unseen) }
}

/// Why providers would not take what `plan` is to give them, as far as they can be asked beforehand. What nobody can say
/// now is no reason not to try.
pub async fn rehearse(cloud: &dyn Reads, plan: &Plan) -> Vec<Conflict> {
    let wants = plan.steps.iter().filter_map(|it| Some((it, it.action.want()?)));
    let known = wants.filter(|(_, want)| references(want).is_empty());
    let asked = known.map(|(step, want)| async move {
        let error = cloud.rehearse(step.target.kind(), want.clone()).await.err()?;
        let settled = matches!(error.class(), Class::Invalid | Class::Quota | Class::Denied);
        settled.then(|| Conflict::Refused { address: step.target.clone(), why: error.to_string() })
    });
    join_all(asked).await.into_iter().flatten().collect()
}

/// Tells what is ours from what is not, and finds what is there twice.
fn sort(observed: &mut Observed, scope: &Scope, facts: &'static Facts, found: Vec<LiveTree>) {
    let mut at = BTreeMap::<Address, Vec<LiveTree>>::new();
    for live in found {
        match owner(scope, facts, &live) {
            Some(address) => at.entry(address).or_default().push(live),
            None => observed.foreign.push((facts.kind, live)),
        }
    }
    for (address, lives) in at {
        let usable = |it: &LiveTree| it.status.is_usable() || matches!(it.status, Status::Pending(_));
        let (mut fit, mut unfit): (Vec<_>, Vec<_>) = lives.into_iter().partition(usable);
        if fit.len() > 1 {
            observed.twins.insert(address.clone(), fit.iter().map(|it| it.id().to_owned()).collect());
        }
        let own = fit.pop().or_else(|| unfit.pop());
        // What failed or is leaving beside its successor is nobody's any more, and so is a twin: it goes by its id.
        let spare = fit.into_iter().chain(unfit).map(|it| (address.beside(it.id()), it));
        observed.ours.extend(spare.collect::<Vec<_>>());
        observed.ours.extend(own.map(|it| (address, it)));
    }
}

/// Where in the stack a live resource belongs; what has no tags of its own goes by its parent's name. Tags that name
/// another type were copied from there by someone: they prove nothing.
pub(crate) fn owner(scope: &Scope, facts: &Facts, live: &LiveTree) -> Option<Address> {
    let tagged = scope.address(&live.tags).filter(|it| !facts.tagged || it.kind() == facts.kind);
    tagged.map(|it| Address::new(facts.kind, it.name()))
}
