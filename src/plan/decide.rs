//! What is to become of each resource.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Because, Conflict, Observed, Targets,
    diff::{FieldChange, diff, diff_tags},
};
use crate::resource::{
    LiveTree, Status,
    graph::{Graph, Node},
    value::{Address, OutRef, resolve, texts},
};

/// What is to become of each resource; what stays as it is, is not among them.
#[derive(Debug, Default)]
pub struct Decided {
    /// By address, wanted resources in an order in which they can be made.
    pub fates: Vec<(Address, Fate)>,
}

/// What is to become of a resource.
#[expect(missing_docs, reason = "the fields are the settings, what differs, and why")]
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// It is made.
    Create { want: Value },
    /// It is changed where it is.
    Update { want: Value, fields: Vec<FieldChange> },
    /// It is waited for.
    Await { want: Value },
    /// It is deleted, then made.
    Replace { want: Value, because: Because },
    /// It is deleted.
    Delete { because: Because },
}

impl Fate {
    /// Whether the live resource goes.
    pub(super) fn deletes(&self) -> bool {
        matches!(self, Self::Replace { .. } | Self::Delete { .. })
    }

    /// The settings of what is made anew.
    pub(super) fn makes(&self) -> Option<&Value> {
        match self {
            Self::Create { want } | Self::Replace { want, .. } => Some(want),
            _ => None,
        }
    }
}

/// # Errors
/// Resources that need each other.
pub fn decide(graph: &Graph, observed: &Observed, targets: &Targets) -> Result<Decided, Vec<Address>> {
    let nodes = graph.in_order()?;
    let reach = reach(graph, targets);
    let mut forced = BTreeMap::new();
    loop {
        let mut pass = Pass { graph, observed, forced: &forced, anew: BTreeSet::new(), fates: Vec::new() };
        for (address, node) in nodes.iter().filter(|(address, _)| reach.contains(*address)) {
            pass.visit(address, node);
        }
        let more = held(graph, observed, &pass.fates);
        if more.is_empty() {
            let strays = observed
                .ours
                .iter()
                .filter(|(address, _)| !graph.nodes.contains_key(*address) && targets.cover(address, ""));
            let mut fates = pass.fates;
            fates.extend(strays.map(|(address, live)| (address.clone(), Fate::Delete { because: unwanted(live) })));
            return Ok(Decided { fates });
        }
        forced.extend(more);
    }
}

fn unwanted(live: &LiveTree) -> Because {
    if live.status == Status::Leaving { Because::Begun } else { Because::Unwanted }
}

/// The targets, and what they need.
fn reach<'a>(graph: &'a Graph, targets: &Targets) -> BTreeSet<&'a Address> {
    let mut acc = BTreeSet::new();
    let mut left: Vec<_> = graph.nodes.iter().filter(|(at, node)| targets.cover(at, &node.component)).collect();
    while let Some((address, node)) = left.pop() {
        if acc.insert(address) {
            left.extend(node.needs.iter().filter_map(|it| graph.nodes.get_key_value(it)));
        }
    }
    acc
}

struct Pass<'a> {
    graph: &'a Graph,
    observed: &'a Observed,
    forced: &'a BTreeMap<Address, Address>,
    anew: BTreeSet<Address>,
    fates: Vec<(Address, Fate)>,
}

impl Pass<'_> {
    fn visit(&mut self, address: &Address, node: &Node) {
        if let Some(fate) = self.fate(address, node) {
            if fate.makes().is_some() {
                self.anew.insert(address.clone());
            }
            self.fates.push((address.clone(), fate));
        }
    }

    fn fate(&self, address: &Address, node: &Node) -> Option<Fate> {
        let want = resolve(&node.want, &|out| self.known(out));
        let want = (node.facts.canonical)(&want).unwrap_or(want);
        let Some(live) = self.observed.ours.get(address) else { return Some(Fate::Create { want }) };
        match &live.status {
            Status::Leaving => return Some(Fate::Replace { want, because: Because::Begun }),
            Status::Failed(why) => return Some(Fate::Replace { want, because: Because::Failed(why.clone()) }),
            Status::Ready | Status::Pending(_) => (),
        }
        if let Some(cause) = self.forced.get(address) {
            return Some(Fate::Replace { want, because: Because::Holds(cause.clone()) });
        }
        let mut fields = diff(&want, &live.state);
        let immutable: Vec<_> =
            fields.iter().filter(|it| node.facts.replace_on.contains(&it.field())).cloned().collect();
        if !immutable.is_empty() {
            return Some(Fate::Replace { want, because: Because::Immutable(immutable) });
        }
        if node.facts.tagged {
            fields.extend(diff_tags(&self.graph.tags, &node.tags, &live.tags));
        }
        if !fields.is_empty() {
            return Some(Fate::Update { want, fields });
        }
        matches!(live.status, Status::Pending(_)).then_some(Fate::Await { want })
    }

    /// An update in place leaves outputs as they were; what is made anew has new ones, unless they follow from names.
    fn known(&self, out: &OutRef) -> Option<Value> {
        self.graph.foretold(out).or_else(|| {
            let live = (!self.anew.contains(&out.from)).then(|| self.observed.ours.get(&out.from))??;
            live.out.get(&out.out).filter(|it| !it.is_null()).cloned()
        })
    }
}

/// Resources that would keep one from being deleted that has to go before they could be moved off it.
fn held(graph: &Graph, observed: &Observed, fates: &[(Address, Fate)]) -> BTreeMap<Address, Address> {
    let going: BTreeSet<_> = fates.iter().filter(|(_, it)| it.deletes()).map(|(address, _)| address).collect();
    let mut acc = BTreeMap::new();
    for (address, node) in graph.nodes.iter().filter(|(it, node)| !going.contains(it) && !node.facts.holds.is_empty()) {
        let Some(live) = observed.ours.get(address) else { continue };
        let held: BTreeSet<_> = node.facts.holds.iter().filter_map(|it| live.state.get(it)).flat_map(texts).collect();
        let cause = going.iter().find(|it| {
            observed.ours.get(**it).is_some_and(|other| texts(&other.out).iter().any(|id| held.contains(id)))
        });
        acc.extend(cause.map(|it| (address.clone(), (*it).clone())));
    }
    acc
}

/// The wanted resources whose name something foreign has.
pub(super) fn taken(graph: &Graph, observed: &Observed, decided: &Decided) -> Vec<Conflict> {
    let mut acc = Vec::new();
    for (address, fate) in &decided.fates {
        let (Some(want), Some(node)) = (fate.makes(), graph.nodes.get(address)) else { continue };
        let rivals = observed.foreign.iter().filter(|(kind, _)| *kind == node.facts.kind).map(|(_, live)| live);
        let unique = node.facts.unique_by;
        for live in
            rivals.filter(|it| !unique.is_empty() && unique.iter().all(|key| want.get(key) == it.state.get(key)))
        {
            acc.push(Conflict::Taken { address: address.clone(), id: live.id().to_owned(), tags: live.tags.clone() });
        }
    }
    acc
}
