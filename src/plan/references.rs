//! Who refers to whom, as things are.

use std::collections::{BTreeMap, BTreeSet};

use super::Observed;
use crate::resource::value::{Address, texts};

/// What each live resource mentions, and what others know it by.
pub(super) struct References<'a> {
    observed: &'a Observed,
    mentions: BTreeMap<&'a Address, BTreeSet<&'a str>>,
    ids: BTreeMap<&'a Address, BTreeSet<&'a str>>,
}

impl<'a> References<'a> {
    pub(super) fn new(observed: &'a Observed) -> Self {
        let mentions: BTreeMap<_, _> = observed.ours.iter().map(|(at, live)| (at, texts(&live.state))).collect();
        let outs: BTreeMap<_, _> = observed.ours.iter().map(|(at, live)| (at, texts(&live.out))).collect();
        // An id that one has from what it refers to, as the rules of a group have the group's, is not its own: who names
        // that id refers to the group.
        let has = |of: &BTreeMap<&Address, BTreeSet<&str>>, at: &Address, id: &str| {
            of.get(at).is_some_and(|it| it.contains(id))
        };
        let own = |at: &Address, id: &str| has(&outs, at, id) && !has(&mentions, at, id);
        let given = |id: &str| outs.keys().any(|it| own(it, id));
        let ids = outs
            .iter()
            .map(|(at, out)| (*at, out.iter().filter(|id| own(at, id) || !given(id)).copied().collect()))
            .collect();
        Self { observed, mentions, ids }
    }

    /// Whether `other` names the one at `address`.
    pub(super) fn refers(&self, other: &Address, address: &Address) -> bool {
        let Some((mentions, ids)) = self.mentions.get(other).zip(self.ids.get(address)) else { return false };
        ids.iter().any(|id| mentions.contains(id))
    }

    /// Whether `other` has to be gone before the one at `address` can go.
    pub(super) fn leans(&self, other: &Address, address: &Address) -> bool {
        let facts = self.observed.kinds.get(other.kind());
        facts.is_some_and(|it| it.stands_on.contains(&address.kind())) || self.refers(other, address)
    }
}
