//! Which resource an id is of, for people who know resources and not ids.

use std::collections::BTreeMap;

use crate::{
    plan::Observed,
    resource::{graph::Graph, value::Address},
};

/// Outputs by which others refer to a resource.
const IDS: [&str; 2] = ["id", "arn"];

/// Resources by their ids.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeMap<String, Address>);

impl Names {
    /// Of all that is there, and of what has an id that is known before it is there.
    #[must_use]
    pub fn of(graph: &Graph, observed: &Observed) -> Self {
        // What has no tags of its own has no id of its own either, but its parent's.
        let own = |it: &Address| observed.kinds.get(it.kind()).is_none_or(|it| it.tagged);
        let live = observed.ours.iter().filter(|(it, _)| own(it));
        let live = live.flat_map(|(address, it)| IDS.map(|key| (it.out.get(key), address)));
        let told = graph.nodes.iter().flat_map(|(address, it)| IDS.map(|key| (it.foretold.get(key), address)));
        let named = live.chain(told).filter_map(|(id, address)| Some((id?.as_str()?.to_owned(), address.clone())));
        Self(named.collect())
    }

    /// The resource whose id `text` is.
    #[must_use]
    pub fn get(&self, text: &str) -> Option<&Address> {
        self.0.get(text)
    }

    /// `text`, which may begin with an id: `logs.log_group/web:*` for all in that group.
    pub(super) fn within(&self, text: &str) -> String {
        let parts = text.match_indices([':', '/']).map(|(at, _)| text.split_at(at));
        let mut named = parts.chain([(text, "")]).filter_map(|(id, rest)| Some(format!("{}{rest}", self.get(id)?)));
        named.next_back().unwrap_or_else(|| text.to_owned())
    }

    /// Whether others refer to a resource by its output `out`.
    pub(super) fn is_id(out: &str) -> bool {
        IDS.contains(&out)
    }
}
