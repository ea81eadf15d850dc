//! What is to become of each resource.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    Because, Conflict, Observed, Targets,
    diff::{FieldChange, diff_settings, diff_tags},
    references::References,
};
use crate::resource::{
    Facts, LiveTree, Status,
    graph::{Graph, Node},
    text::cidr::Cidr,
    value::{Address, OutRef, resolve},
};

/// What is to become of each resource; what stays as it is, is not among them.
#[derive(Debug, Default)]
pub struct Decided {
    /// By address, wanted resources in an order in which they can be made.
    pub fates: Vec<(Address, Fate)>,
    /// What failed and is not made anew, for it holds data: why it failed.
    pub broken: Vec<(Address, String)>,
    /// What can never be as it is wanted: why not.
    pub refused: Vec<(Address, String)>,
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
    let references = References::new(observed);
    let strays = strays(graph, observed, targets, &references);
    let mut reach = reach(graph, targets);
    // What is deleted is let go by those who keep.
    reach.extend(graph.nodes.keys().filter(|it| strays.keys().any(|gone| references.refers(it, gone))));
    let mut forced = BTreeMap::new();
    loop {
        let mut pass = Pass { graph, observed, forced: &forced, anew: BTreeSet::new(), decided: Decided::default() };
        for (address, node) in nodes.iter().filter(|(address, _)| reach.contains(*address)) {
            pass.visit(address, node);
        }
        let mut decided = pass.decided;
        let more = held(graph, observed, &decided.fates, &strays, &references);
        if more.is_empty() {
            let gone = strays.into_iter().map(|(at, live)| (at.clone(), Fate::Delete { because: unwanted(live) }));
            decided.fates.extend(gone);
            return Ok(decided);
        }
        // What keeps a target from being replaced is reached as well.
        reach.extend(graph.nodes.keys().filter(|it| more.contains_key(*it)));
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

/// What the file has no more, as far as the targets reach, and what of it would keep that from going.
fn strays<'a>(
    graph: &Graph,
    observed: &'a Observed,
    targets: &Targets,
    references: &References<'_>,
) -> BTreeMap<&'a Address, &'a LiveTree> {
    let wanted_twins = observed.twins.iter().filter(|(it, _)| graph.nodes.contains_key(*it));
    let kept: BTreeSet<_> = wanted_twins.flat_map(|(at, ids)| ids.iter().map(|id| at.beside(id))).collect();
    let gone = |it: &Address, live| observed.kinds.get(it.kind()).is_some_and(|facts| facts.is_gone(live));
    let all = observed.ours.iter().filter(|(it, _)| !graph.nodes.contains_key(*it) && !kept.contains(*it));
    let all = all.filter(|(it, live)| !gone(it, live));
    let (chosen, mut rest): (Vec<_>, Vec<_>) = all.partition(|(it, _)| targets.cover(it, ""));
    let mut acc = BTreeMap::from_iter(chosen);
    loop {
        let (more, kept): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|(it, _)| acc.keys().any(|gone| references.keeps(it, gone)));
        if more.is_empty() {
            return acc;
        }
        acc.extend(more);
        rest = kept;
    }
}

struct Pass<'a> {
    graph: &'a Graph,
    observed: &'a Observed,
    forced: &'a BTreeMap<Address, Address>,
    anew: BTreeSet<Address>,
    decided: Decided,
}

impl Pass<'_> {
    fn visit(&mut self, address: &Address, node: &Node) {
        if let Some(fate) = self.fate(address, node) {
            if fate.makes().is_some() {
                self.anew.insert(address.clone());
            }
            self.decided.fates.push((address.clone(), fate));
        }
    }

    fn fate(&mut self, address: &Address, node: &Node) -> Option<Fate> {
        let want = resolve(&node.want, &|out| self.known(out));
        let want = (node.facts.canonical)(&want).unwrap_or(want);
        let Some(live) = self.observed.ours.get(address) else { return Some(Fate::Create { want }) };
        match &live.status {
            Status::Leaving => return Some(Fate::Replace { want, because: Because::Begun }),
            Status::Failed(why) if node.facts.holds_data => {
                self.decided.broken.push((address.clone(), why.clone()));
                return None;
            }
            Status::Failed(why) => return Some(Fate::Replace { want, because: Because::Failed(why.clone()) }),
            Status::Ready | Status::Reverted(_) | Status::Pending(_) => (),
        }
        if let Some(cause) = self.forced.get(address) {
            return Some(Fate::Replace { want, because: Because::Holds(cause.clone()) });
        }
        let mut fields = diff_settings(node.facts, &want, &live.state);
        let immutable: Vec<_> =
            fields.iter().filter(|it| node.facts.replace_on.contains(&it.field())).cloned().collect();
        if !immutable.is_empty() {
            return Some(Fate::Replace { want, because: Because::Immutable(immutable) });
        }
        if let Some(why) = (node.facts.refuses)(&want, &live.state) {
            self.decided.refused.push((address.clone(), why));
            return None;
        }
        if node.facts.tagged {
            fields.extend(diff_tags(&self.graph.tags, &node.tags, &live.tags));
        }
        if !fields.is_empty() {
            return Some(Fate::Update { want, fields });
        }
        matches!(live.status, Status::Pending(_)).then_some(Fate::Await { want })
    }

    /// An update in place leaves most outputs as they were; what is made anew has new ones, unless they follow from names.
    fn known(&self, out: &OutRef) -> Option<Value> {
        self.graph.foretold(out).or_else(|| {
            let live = (!self.anew.contains(&out.from)).then(|| self.observed.ours.get(&out.from))??;
            live.out.get(&out.out).filter(|it| !it.is_null() && !self.revises(out)).cloned()
        })
    }

    /// Whether an update changes the output, which one of tags alone does not.
    fn revises(&self, out: &OutRef) -> bool {
        let revised = self.graph.nodes.get(&out.from).is_some_and(|it| it.facts.revised.contains(&out.out.as_str()));
        let updated =
            |fate: &Fate| matches!(fate, Fate::Update { fields, .. } if fields.iter().any(|it| it.tag().is_none()));
        revised && self.decided.fates.iter().any(|(address, fate)| *address == out.from && updated(fate))
    }
}

/// Resources that would keep one from being deleted that has to go before they could be moved off it.
fn held(
    graph: &Graph,
    observed: &Observed,
    fates: &[(Address, Fate)],
    strays: &BTreeMap<&Address, &LiveTree>,
    references: &References<'_>,
) -> BTreeMap<Address, Address> {
    let mut going: BTreeSet<_> = fates.iter().filter(|(_, it)| it.deletes()).map(|(address, _)| address).collect();
    // So does what nobody wants any more where something else is to be made.
    let made = fates.iter().filter_map(|(address, fate)| Some((graph.nodes.get(address)?.facts, fate.makes()?)));
    let made: Vec<_> = made.collect();
    going.extend(
        strays.keys().copied().filter(|it| made.iter().any(|(facts, want)| overlaps(observed, facts, want, it))),
    );
    let mut acc = BTreeMap::new();
    // What is not there keeps nothing, so all that is found goes next time, and the search ends.
    for address in graph.nodes.keys().filter(|it| !going.contains(it)) {
        let cause = going.iter().find(|it| references.keeps(address, it));
        acc.extend(cause.map(|it| (address.clone(), (*it).clone())));
    }
    acc
}

/// Whether the live resource at `address` is where one of the same type is to be made.
pub(super) fn overlaps(observed: &Observed, facts: &Facts, want: &Value, address: &Address) -> bool {
    let block = |tree: &Value| tree.get(facts.occupies?)?.as_str()?.parse::<Cidr>().ok();
    facts.kind == address.kind()
        && observed
            .ours
            .get(address)
            .is_some_and(|live| block(want).zip(block(&live.state)).is_some_and(|(want, live)| want.overlaps(&live)))
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
