//! What the engine must know about a type: data, so that no type is named outside of `catalog` and `compile`.

use std::time::Duration;

use serde_json::Value;

use super::{LiveTree, Place, Resource, Risk, Surroundings, to_tree};

/// What the engine must know about a type.
#[derive(Debug)]
pub struct Facts {
    /// Such as `ec2.subnet`.
    pub kind: &'static str,
    /// What it is, in a few words for `infractl explain`.
    pub about: &'static str,
    /// Where the provider describes it.
    pub docs: &'static str,
    /// Fields that the provider cannot change in place; see [`fields!`](crate::fields).
    pub replace_on: &'static [&'static str],
    /// Fields that say how it is made and are not compared later: they change, or nobody can see them.
    pub at_creation: &'static [&'static str],
    /// Fields of which all is ours: what they do not hold should not be there.
    pub whole: &'static [&'static str],
    /// Outputs that an update in place changes; see [`fields!`](crate::fields).
    pub revised: &'static [&'static str],
    /// The field that says that the provider refuses to delete it; whoever deletes it all the same lifts that first.
    pub protected_by: Option<&'static str>,
    /// The field that says that it was deleted and is kept for a while, so that an update can bring it back: where it is
    /// not wanted, it is gone.
    pub kept_by: Option<&'static str>,
    /// The lists that are all there is to it, for what has no existence of its own: where they are empty and it is not
    /// wanted, it is gone.
    pub consists_of: &'static [&'static str],
    /// Whether there is always one, which is neither made nor deleted: where it is not wanted, it is as good as gone.
    pub always: bool,
    /// Fields whose referents cannot be deleted while this refers to them.
    pub holds: &'static [&'static str],
    /// The field with the block of addresses that no other resource of the type may overlap.
    pub occupies: Option<&'static str>,
    /// Types that must be there before it and may go only after it, though no field refers to them.
    pub stands_on: &'static [&'static str],
    /// Fields that, with the physical name, make up a provider-wide identity: a foreign resource that agrees in all of
    /// them is in the way. Empty: foreign resources are never in the way.
    pub unique_by: &'static [&'static str],
    /// Whether it has tags of its own; otherwise a parent's tags prove whose it is.
    pub tagged: bool,
    /// Whether its creation is safe to repeat: refused, or answered with the first result.
    pub repeatable: bool,
    /// Deleting it loses what cannot be made again.
    pub holds_data: bool,
    /// What stops when it is deleted or replaced.
    pub interrupts: Option<&'static str>,
    /// How long the provider may take.
    pub waits: Waits,
    /// How long making or changing such a value may take, where it says so itself.
    pub deadline: fn(&Value) -> Option<Duration>,
    /// Whether such a value is there at once, whatever is usual.
    pub quick: fn(&Value) -> bool,
    /// The same value, as the type writes it: sets sorted, defaults as the type has them.
    pub canonical: fn(&Value) -> Option<Value>,
    /// What people should know of one that is there, though no change is needed.
    pub note: fn(&LiveTree) -> Option<String>,
    /// What stays of what is there when it is deleted; see [`Resource::leaves`].
    pub leaves: fn(&LiveTree) -> Option<String>,
    /// The risks of wanting such a value.
    pub risks: fn(&Value) -> Vec<Risk>,
    /// Why what is now the second value can never be the first.
    pub refuses: fn(&Value, &Value) -> Option<String>,
    /// The risks of wanting the first value of what is now the second.
    pub change_risks: fn(&Value, &Value) -> Vec<Risk>,
    /// What happens one after another when the second value becomes the first.
    pub stages: fn(&Value, &Value) -> Vec<String>,
    /// What such a value costs a month.
    pub monthly: fn(&Value, &Place, &dyn Surroundings) -> Option<f64>,
}

/// How long to wait until a change can be seen, and what is usual.
#[derive(Clone, Copy, Debug)]
pub struct Waits {
    /// After which a creation has failed.
    pub create: Duration,
    /// After which an update has failed.
    pub update: Duration,
    /// After which a deletion has failed.
    pub delete: Duration,
    /// What people are told to expect of a creation; zero if it is a matter of seconds.
    pub usual: Duration,
}

impl Waits {
    /// What suffices where nothing takes longer than a few seconds; the rest is for slow replication.
    pub const SHORT: Self = Self {
        create: Duration::from_mins(5),
        update: Duration::from_mins(5),
        delete: Duration::from_mins(5),
        usual: Duration::ZERO,
    };

    /// Deadlines in minutes.
    #[must_use]
    pub const fn minutes(create: u64, update: u64, delete: u64) -> Self {
        Self {
            create: Duration::from_mins(create),
            update: Duration::from_mins(update),
            delete: Duration::from_mins(delete),
            usual: Duration::ZERO,
        }
    }

    /// The same, with what is usual, in seconds.
    #[must_use]
    pub const fn usually(self, seconds: u64) -> Self {
        Self { usual: Duration::from_secs(seconds), ..self }
    }
}

impl Facts {
    /// Whether there is nothing to delete: it was deleted and can still be brought back, nothing is in it, or nobody can.
    #[must_use]
    pub fn is_gone(&self, live: &LiveTree) -> bool {
        let empty = |field: &&str| live.state.get(field).and_then(Value::as_array).is_some_and(Vec::is_empty);
        let nothing = !self.consists_of.is_empty() && self.consists_of.iter().all(empty);
        self.always || nothing || self.kept_by.is_some_and(|it| live.state.get(it) == Some(&true.into()))
    }

    /// How long making such a value usually takes; zero if it is a matter of seconds.
    #[must_use]
    pub fn usual(&self, want: &Value) -> Duration {
        if (self.quick)(want) { Duration::ZERO } else { self.waits.usual }
    }

    /// A tagged type of which nothing special is known.
    #[must_use]
    pub const fn new<R: Resource>(kind: &'static str, about: &'static str, docs: &'static str) -> Self {
        Self {
            kind,
            about,
            docs,
            replace_on: &[],
            at_creation: &[],
            whole: &[],
            revised: &[],
            protected_by: None,
            kept_by: None,
            consists_of: &[],
            always: false,
            holds: &[],
            occupies: None,
            stands_on: &[],
            unique_by: &[],
            tagged: true,
            repeatable: true,
            holds_data: false,
            interrupts: None,
            waits: Waits::SHORT,
            deadline: |tree| serde_json::from_value::<R>(tree.clone()).ok()?.deadline(),
            quick: |_| false,
            canonical: |tree| Some(to_tree(&serde_json::from_value::<R>(tree.clone()).ok()?)),
            note: |live| R::note(&live.clone().restore().ok()?),
            leaves: |live| R::leaves(&live.clone().restore().ok()?),
            risks: |tree| serde_json::from_value::<R>(tree.clone()).map(|it| it.risks()).unwrap_or_default(),
            refuses: |want, live| {
                let both = [want, live].map(|it| serde_json::from_value::<R>(it.clone()));
                if let [Ok(want), Ok(live)] = both { want.refuses(&live) } else { None }
            },
            change_risks: |want, live| {
                let both = [want, live].map(|it| serde_json::from_value::<R>(it.clone()));
                if let [Ok(want), Ok(live)] = both { want.change_risks(&live) } else { Vec::new() }
            },
            stages: |want, live| {
                let both = [want, live].map(|it| serde_json::from_value::<R>(it.clone()));
                if let [Ok(want), Ok(live)] = both { want.stages(&live) } else { Vec::new() }
            },
            monthly: |tree, place, around| serde_json::from_value::<R>(tree.clone()).ok()?.monthly(place, around),
        }
    }
}
