//! A cloud in memory that behaves as the resource types' facts say, and misbehaves when told to.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Mutex,
};

use futures::future::BoxFuture;
use infractl::{
    api::{ApiError, Result},
    catalog::{
        KINDS, Reads, Writes,
        lifecycle::{Look, New, TagChanges},
    },
    plan::diff::FieldChange,
    resource::{Facts, LiveTree, Status, tags::Tags, text::cidr::Cidr, value::texts},
};
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, sleep};

/// What goes wrong, and how often.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    /// Of a hundred calls, how many are throttled, fail before, or fail after they were carried out.
    pub(crate) percent: usize,
    /// Of a hundred looks, how many show what was there before the last change.
    pub(crate) stale: usize,
}

/// Random numbers that a seed repeats: `SplitMix64` (<https://prng.di.unimi.it/splitmix64.c>).
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    #[expect(clippy::cast_possible_truncation, reason = "it is below `n`")]
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

/// Objects by their ids.
#[derive(Clone, Debug, Default)]
struct World {
    objects: BTreeMap<String, Object>,
}

#[derive(Clone, Debug)]
struct Object {
    kind: &'static str,
    state: Value,
    tags: Tags,
    ready: Option<Instant>,
}

#[derive(Debug)]
struct Inner {
    world: World,
    /// What was there before the last changes, with when it ceased to be so.
    past: VecDeque<(Instant, World)>,
    tokens: BTreeMap<String, String>,
    faults: Faults,
    rng: Dice,
    serial: u64,
    changes: usize,
}

/// The cloud.
#[derive(Debug)]
pub(crate) struct Memory(Mutex<Inner>);

/// For how long a look may be stale: less than the engine waits before it makes something a second time.
pub(crate) const STALE: Duration = Duration::from_secs(5);

impl Memory {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(Inner {
            world: World::default(),
            past: VecDeque::new(),
            tokens: BTreeMap::new(),
            faults: Faults::default(),
            rng: Dice(seed),
            serial: 0,
            changes: 0,
        }))
    }

    pub(crate) fn misbehave(&self, faults: Faults) {
        self.0.lock().unwrap().faults = faults;
    }

    /// How many changes were carried out so far.
    pub(crate) fn changes(&self) -> usize {
        self.0.lock().unwrap().changes
    }

    /// How many objects there are of which kinds.
    pub(crate) fn count(&self) -> BTreeMap<&'static str, usize> {
        let mut acc = BTreeMap::new();
        for it in self.0.lock().unwrap().world.objects.values() {
            *acc.entry(it.kind).or_default() += 1;
        }
        acc
    }

    /// Somebody else deletes an object that nothing else holds.
    pub(crate) fn lose_one(&self) {
        let mut inner = self.0.lock().unwrap();
        let ours = inner.world.objects.iter().filter(|(_, it)| !it.tags.is_empty());
        let free: Vec<_> = ours.filter(|(id, _)| inner.world.blocker(id).is_none()).map(|(id, _)| id.clone()).collect();
        if let Some(id) = pick(&mut inner.rng, &free) {
            inner.change(|world| world.remove(&id));
        }
    }

    /// Somebody else changes a setting that is not made for good.
    pub(crate) fn twist_one(&self) {
        let mut inner = self.0.lock().unwrap();
        let ids: Vec<_> = inner.world.objects.keys().cloned().collect();
        let Some(id) = pick(&mut inner.rng, &ids) else { return };
        inner.change(|world| {
            let object = world.objects.get_mut(&id).unwrap();
            let facts = facts(object.kind);
            for (key, value) in object.state.as_object_mut().unwrap() {
                match value {
                    Value::Bool(it) if !facts.replace_on.contains(&key.as_str()) => *value = (!*it).into(),
                    Value::Array(items) if !facts.replace_on.contains(&key.as_str()) => items.clear(),
                    _ => (),
                }
            }
        });
    }

    /// Something that is not ours.
    pub(crate) fn add_foreign(&self, kind: &'static str, state: Value) -> String {
        self.0.lock().unwrap().add(kind, state, Tags::new())
    }

    /// It goes again.
    pub(crate) fn remove_foreign(&self, id: &str) {
        self.0.lock().unwrap().change(|world| world.remove(id));
    }

    pub(crate) fn holds(&self, id: &str) -> bool {
        self.0.lock().unwrap().world.objects.contains_key(id)
    }
}

fn pick<T: Clone>(rng: &mut Dice, from: &[T]) -> Option<T> {
    (!from.is_empty()).then(|| from[rng.below(from.len())].clone())
}

fn facts(kind: &str) -> &'static Facts {
    KINDS.iter().find(|it| it.facts().kind == kind).unwrap().facts()
}

impl World {
    /// What keeps an object from being deleted.
    fn blocker(&self, id: &str) -> Option<&String> {
        let binds = |other: &Object| {
            let facts = facts(other.kind);
            let fields = facts.holds.iter().chain(facts.replace_on);
            let refers = fields.filter_map(|it| other.state.get(it)).any(|it| texts(it).contains(id));
            // What is owned through its parent goes with it.
            refers && facts.tagged
        };
        self.objects.iter().find(|(other, it)| other.as_str() != id && binds(it)).map(|(other, _)| other)
    }

    fn remove(&mut self, id: &str) {
        self.objects.remove(id);
        self.objects.retain(|_, it| facts(it.kind).tagged || !texts(&it.state).contains(id));
    }

    fn live(&self, id: &str, object: &Object) -> LiveTree {
        // What has no tags of its own is named in its first field: whose it is.
        let parent = || {
            let first = object.state.as_object().and_then(|it| it.values().next()).map(texts).unwrap_or_default();
            let found = first.into_iter().find_map(|it| self.objects.get(it));
            found.map(|it| it.tags.clone()).unwrap_or_default()
        };
        let tags = if facts(object.kind).tagged { object.tags.clone() } else { parent() };
        let pending = object.ready.is_some_and(|it| it > Instant::now());
        let status = if pending { Status::Pending("pending".into()) } else { Status::Ready };
        let out = match object.kind {
            "logs.log_group" | "iam.role" => json!({"arn": format!("arn:{id}"), "name": id, "id": id}),
            _ => json!({"id": id, "public_ip": "192.0.2.1"}),
        };
        LiveTree { state: object.state.clone(), out, tags, status }
    }
}

impl Inner {
    fn change(&mut self, how: impl FnOnce(&mut World)) {
        self.past.push_back((Instant::now(), self.world.clone()));
        how(&mut self.world);
        self.changes += 1;
        self.past.retain(|(at, _)| at.elapsed() < STALE);
    }

    fn add(&mut self, kind: &'static str, state: Value, tags: Tags) -> String {
        self.serial += 1;
        let id = format!("{kind}-{}", self.serial);
        let usual = facts(kind).waits.usual;
        let ready = (!usual.is_zero()).then(|| Instant::now() + usual);
        let new = id.clone();
        self.change(|world| drop(world.objects.insert(new, Object { kind, state, tags, ready })));
        id
    }

    /// Before and after a change: whether it meets a fault there.
    fn fault(&mut self) -> (Option<ApiError>, Option<ApiError>) {
        if self.rng.below(100) >= self.faults.percent {
            return (None, None);
        }
        let lost = ApiError { ambiguous: true, ..ApiError::refused("ec2:Any", "NoAnswer", "") };
        match self.rng.below(3) {
            0 => (Some(ApiError::refused("ec2:Any", "RequestLimitExceeded", "")), None),
            1 => (Some(lost), None),
            _ => (None, Some(lost)),
        }
    }

    /// References have to be to what is there; blocks of addresses must not overlap.
    fn check(&self, kind: &str, state: &Value) -> Result<()> {
        let is_id = |it: &str| {
            KINDS.iter().any(|kind| {
                it.strip_prefix(kind.facts().kind)
                    .and_then(|it| it.strip_prefix('-'))
                    .is_some_and(|it| it.parse::<u64>().is_ok())
            })
        };
        if let Some(id) = texts(state).into_iter().find(|it| is_id(it) && !self.world.objects.contains_key(*it)) {
            return Err(ApiError::refused("ec2:CreateAny", "InvalidAny.NotFound", id));
        }
        let block = |tree: &Value| tree.get(facts(kind).occupies?)?.as_str()?.parse::<Cidr>().ok();
        let others =
            self.world.objects.values().filter(|it| it.kind == kind && it.state.get("vpc") == state.get("vpc"));
        let overlaps = |it: &Object| block(&it.state).zip(block(state)).is_some_and(|(a, b)| a.overlaps(&b));
        match others.into_iter().any(overlaps) {
            true => Err(ApiError::refused("ec2:CreateAny", "Any.Conflict", "the block overlaps another")),
            false => Ok(()),
        }
    }
}

impl Reads for Memory {
    fn kinds(&self) -> Vec<&'static Facts> {
        KINDS.iter().map(|it| it.facts()).collect()
    }

    fn read<'a>(&'a self, kind: &'a str, look: Look<Value>) -> BoxFuture<'a, Result<Vec<LiveTree>>> {
        Box::pin(async move {
            sleep(Duration::from_millis(50)).await;
            let mut inner = self.0.lock().unwrap();
            let stale = inner.rng.below(100) < inner.faults.stale;
            let before: Vec<_> =
                inner.past.iter().filter(|(at, _)| at.elapsed() < STALE).map(|(_, it)| it.clone()).collect();
            let past = if stale { pick(&mut inner.rng, &before) } else { None };
            let world = past.as_ref().unwrap_or(&inner.world);
            let wanted: BTreeSet<_> = look.wants.iter().flat_map(texts).collect();
            let live = world.objects.iter().filter(|(_, it)| it.kind == kind).map(|(id, it)| world.live(id, it));
            let seen = |it: &LiveTree| {
                look.scope.address(&it.tags).is_some()
                    || facts(kind)
                        .unique_by
                        .iter()
                        .all(|key| it.state[*key].as_str().is_some_and(|it| wanted.contains(it)))
            };
            Ok(live.filter(seen).collect())
        })
    }
}

impl Writes for Memory {
    fn create<'a>(&'a self, kind: &'a str, new: New<Value>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            sleep(Duration::from_millis(50)).await;
            let mut inner = self.0.lock().unwrap();
            let (before, after) = inner.fault();
            before.map_or(Ok(()), Err)?;
            let facts = facts(kind);
            let again = inner.tokens.get(&new.token).is_some_and(|id| inner.world.objects.contains_key(id));
            if !(facts.repeatable && again) {
                inner.check(kind, &new.want)?;
                let mut state = new.want.clone();
                // What the one call cannot say is set by an update.
                let drops: Vec<_> = state
                    .as_object()
                    .unwrap()
                    .iter()
                    .filter(|(key, it)| it.is_array() && !facts.replace_on.contains(&key.as_str()))
                    .map(|(key, _)| key.clone())
                    .collect();
                for key in drops {
                    state[key] = json!([]);
                }
                let id = inner.add(facts.kind, state, new.tags);
                inner.tokens.insert(new.token, id);
            }
            after.map_or(Ok(()), Err)
        })
    }

    fn update<'a>(
        &'a self,
        kind: &'a str,
        want: Value,
        live: LiveTree,
        changes: &'a [FieldChange],
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            sleep(Duration::from_millis(50)).await;
            let mut inner = self.0.lock().unwrap();
            let (before, after) = inner.fault();
            before.map_or(Ok(()), Err)?;
            let id = live.id().to_owned();
            let replaced = changes.iter().find(|it| facts(kind).replace_on.contains(&it.field()));
            assert!(replaced.is_none(), "{kind}: {replaced:?} cannot change in place");
            let tags = TagChanges::of(changes);
            if !inner.world.objects.contains_key(&id) {
                return Err(ApiError::refused("ec2:ModifyAny", "InvalidAny.NotFound", id));
            }
            inner.change(|world| {
                let object = world.objects.get_mut(&id).unwrap();
                object.state.as_object_mut().unwrap().extend(want.as_object().unwrap().clone());
                object.tags.extend(tags.set);
                object.tags.retain(|key, _| !tags.unset.contains(key));
            });
            after.map_or(Ok(()), Err)
        })
    }

    fn delete<'a>(&'a self, _: &'a str, live: LiveTree) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            sleep(Duration::from_millis(50)).await;
            let mut inner = self.0.lock().unwrap();
            let (before, after) = inner.fault();
            before.map_or(Ok(()), Err)?;
            let id = live.id().to_owned();
            if let Some(blocker) = inner.world.blocker(&id) {
                return Err(ApiError::refused("ec2:DeleteAny", "DependencyViolation", blocker));
            }
            inner.change(|world| world.remove(&id));
            after.map_or(Ok(()), Err)
        })
    }

    fn blockers<'a>(&'a self, _: &'a str, live: LiveTree) -> BoxFuture<'a, Result<Vec<String>>> {
        Box::pin(async move { Ok(self.0.lock().unwrap().world.blocker(live.id()).into_iter().cloned().collect()) })
    }
}
