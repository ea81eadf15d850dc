//! Who refers to whom, as things are.

use std::collections::{BTreeMap, BTreeSet};

use super::Observed;
use crate::resource::{
    LiveTree,
    value::{Address, texts},
};

/// What each live resource mentions, and what others know it by.
pub(super) struct References<'a> {
    observed: &'a Observed,
    mentions: BTreeMap<&'a Address, BTreeSet<&'a str>>,
    /// The same, in fields that keep the other from being deleted.
    holds: BTreeMap<&'a Address, BTreeSet<&'a str>>,
    ids: BTreeMap<&'a Address, BTreeSet<&'a str>>,
}

impl<'a> References<'a> {
    pub(super) fn new(observed: &'a Observed) -> Self {
        let each = |texts: &dyn Fn(&'a Address, &'a LiveTree) -> BTreeSet<&'a str>| {
            observed.ours.iter().map(|(at, live)| (at, texts(at, live))).collect::<BTreeMap<_, _>>()
        };
        let mentions = each(&|_, live| texts(&live.state));
        let holds = each(&|at, live| {
            let facts = observed.kinds.get(at.kind());
            let fields = facts.into_iter().flat_map(|it| it.holds.iter().chain(it.replace_on));
            fields.filter_map(|it| live.state.get(it)).flat_map(texts).collect()
        });
        // An id that one has from what it refers to, as the rules of a group have the group's, is not its own: who names
        // that id refers to the group.
        let own = each(&|_, live| texts(&live.out).difference(&texts(&live.state)).copied().collect());
        let first_hand: BTreeSet<_> = own.values().flatten().copied().collect();
        let given = |id: &str, at: &Address| first_hand.contains(id) && own.get(at).is_some_and(|it| !it.contains(id));
        let ids = each(&|at, live| texts(&live.out).into_iter().filter(|id| !given(id, at)).collect());
        Self { observed, mentions, holds, ids }
    }

    /// Whether `other` names the one at `address`.
    pub(super) fn refers(&self, other: &Address, address: &Address) -> bool {
        self.named(&self.mentions, other, address)
    }

    /// Whether `other` is to be gone before the one at `address` goes, when both go. Of two that name each other, as a
    /// bucket and the role that may read it, neither has to wait unless one keeps the other.
    pub(super) fn leans(&self, other: &Address, address: &Address) -> bool {
        self.keeps(other, address) || (self.refers(other, address) && !self.refers(address, other))
    }

    /// Whether `other`, as long as it is there, keeps the one at `address` from going.
    pub(super) fn keeps(&self, other: &Address, address: &Address) -> bool {
        self.stands(other, address) || self.named(&self.holds, other, address)
    }

    fn stands(&self, other: &Address, address: &Address) -> bool {
        let both = self.ids.contains_key(other) && self.ids.contains_key(address);
        both && self.observed.kinds.get(other.kind()).is_some_and(|it| it.stands_on.contains(&address.kind()))
    }

    fn named(&self, by: &BTreeMap<&Address, BTreeSet<&str>>, other: &Address, address: &Address) -> bool {
        let Some((named, ids)) = by.get(other).zip(self.ids.get(address)) else { return false };
        ids.iter().any(|id| named.contains(id))
    }
}
