//! A tree to a typed value, with all that is wrong with it.
//!
//! serde gives up at the first wrong value. So the value is reported and made a hole, and the tree is read again without
//! it, until nothing is left to complain about; what is missing because of a hole is not told again.

mod error;
mod reader;
#[cfg(test)]
mod tests;

use std::cell::RefCell;

use serde::de::DeserializeOwned;

pub(super) use self::error::{NOT_HERE, unknown_key};
use self::{
    error::Kind,
    reader::{Notes, Reader},
};
use super::{
    model::Reference,
    problems::Finding,
    tree::{Part, Step, Tree, path},
};

/// After this many readings, the file is no stack file at all.
const MOST_ROUNDS: usize = 200;
/// A large tree is read fewer times: so many of its parts in all, but [`FEWEST_ROUNDS`] at least.
const MOST_PARTS: usize = 1_500_000;
const FEWEST_ROUNDS: usize = 30;

/// What came of reading a tree.
#[derive(Debug)]
pub(super) struct Reading<T> {
    /// What is left of the tree without its wrong parts, if that makes a `T`.
    pub(super) value: Option<T>,
    /// The references to outputs in it.
    pub(super) references: Vec<Reference>,
    /// One for each wrong part.
    pub(super) findings: Vec<Finding>,
}

/// Reads `tree`, which was written as `text`.
pub(super) fn read<T: DeserializeOwned>(tree: &Tree, text: &str) -> Reading<T> {
    let mut findings = Vec::new();
    let mut tree = tree.clone();
    let rounds = (MOST_PARTS / tree.size()).clamp(FEWEST_ROUNDS, MOST_ROUNDS);
    for _ in 0..rounds {
        let notes = RefCell::default();
        let result = T::deserialize(Reader::root(&tree, text, &notes));
        let Notes { unknown, references } = notes.into_inner();
        for (steps, finding) in unknown {
            findings.push(finding);
            dig(&mut tree, &steps);
        }
        let error = match result {
            Ok(it) => return Reading { value: Some(it), references, findings },
            Err(it) => it.or_at_root(&tree),
        };
        let Some(spot) = error.spot else { break };
        let cascade = match &error.kind {
            Kind::Missing(field) => tree
                .at_mut(&spot.steps)
                .and_then(|it| it.map()?.get(*field))
                .is_some_and(|it| matches!(it.part, Part::Hole)),
            _ => tree.at_mut(&spot.steps).is_some_and(|it| !spot.on_key && it.has_holes()),
        };
        if !cascade {
            findings.push(error.kind.finding(&path(&spot.steps), &spot));
        }
        if spot.steps.is_empty() {
            break;
        }
        dig(&mut tree, &spot.steps);
    }
    Reading { value: None, references: Vec::new(), findings }
}

/// Makes the part that `steps` lead to a hole.
fn dig(tree: &mut Tree, steps: &[Step]) {
    if let Some(it) = tree.at_mut(steps) {
        it.part = Part::Hole;
    }
}
