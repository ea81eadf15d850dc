//! Which step may start next.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{Step, StepId};

/// Steps that wait for others; the one that the longest chain waits for is first.
pub(super) struct Queue<'a> {
    waiting: Vec<&'a Step>,
    done: BTreeSet<StepId>,
    weight: BTreeMap<StepId, u64>,
}

impl<'a> Queue<'a> {
    /// `cost` is what a step is expected to take, in any unit.
    pub(super) fn new(steps: &'a [Step], cost: impl Fn(&Step) -> u64) -> Self {
        let mut weight = BTreeMap::<StepId, u64>::new();
        // A step comes after all that it needs, so seen from the end its dependants have been weighed before it.
        for step in steps.iter().rev() {
            let below = weight.get(&step.id).copied().unwrap_or_default();
            let own = below.saturating_add(cost(step).max(1));
            weight.insert(step.id, own);
            for need in &step.needs {
                let at = weight.entry(*need).or_default();
                *at = (*at).max(own);
            }
        }
        Self { waiting: steps.iter().collect(), done: BTreeSet::new(), weight }
    }

    pub(super) fn next(&mut self) -> Option<&'a Step> {
        let ready = self.waiting.iter().enumerate().filter(|(_, it)| it.needs.is_subset(&self.done));
        let weight = |it: &Step| self.weight.get(&it.id).copied().unwrap_or_default();
        let (at, _) = ready.max_by_key(|(at, it)| (weight(it), usize::MAX - at))?;
        Some(self.waiting.remove(at))
    }

    pub(super) fn finish(&mut self, id: StepId) {
        self.done.insert(id);
    }

    /// What was never started.
    pub(super) fn rest(self) -> Vec<&'a Step> {
        self.waiting
    }
}
