//! How a resource is handled: [`Lifecycle`] for those who write a type, [`Kind`] for the engine.

use std::{future::Future, marker::PhantomData};

use futures::future::BoxFuture;
use schemars::{Schema, schema_for};
use serde_json::Value;

use crate::{
    api::{ApiError, ReadCx, Result, WriteCx},
    plan::diff::FieldChange,
    resource::{
        Facts, Live, LiveTree, Resource,
        tags::{Scope, Tags},
    },
};

/// The calls that a type needs; what is the same for all types is in the engine.
///
/// Nothing here waits, repeats or looks first: the engine does, for all types. An update or a deletion that takes several
/// calls may be cut off between any two of them and begun again, so each call has to bear being repeated.
pub trait Lifecycle: Resource {
    /// Every live resource of this type that `look.scope` owns, wanted or not, and whatever else has a name that one of
    /// `look.wants` needs. Changes nothing, pages to the end, and fails rather than leave something out.
    fn read(cx: &ReadCx, look: &Look<Self>) -> impl Future<Output = Result<Vec<Live<Self>>>> + Send;

    /// Makes it, tagged from its first moment, in one call: so it is clear whether it was made. What that call cannot
    /// say, an update sets: the engine looks at what was made and updates what still differs.
    fn create(cx: &WriteCx, new: &New<Self>) -> impl Future<Output = Result<()>> + Send;

    /// Changes in place the fields that differ. Types that every field replaces are never asked.
    #[must_use]
    fn update(_: &WriteCx, _: &Self, _: &Live<Self>, _: &Changed) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Deletes it; what is not there is deleted.
    fn delete(cx: &WriteCx, live: &Live<Self>) -> impl Future<Output = Result<()>> + Send;

    /// What keeps it from being deleted, in words and with ids, where the provider's refusal does not say. Changes nothing.
    #[must_use]
    fn blockers(_: &ReadCx, _: &Live<Self>) -> impl Future<Output = Result<Vec<String>>> + Send {
        async { Ok(Vec::new()) }
    }

    /// What it has said since `from`, for types whose creation or update is worth listening to. Changes nothing.
    #[must_use]
    fn output(_: &ReadCx, _: &Live<Self>, _from: Option<String>) -> impl Future<Output = Result<Output>> + Send {
        async { Ok(Output::default()) }
    }

    /// Begins to take back an update that is under way, so that what was there before comes back. Types that cannot do that
    /// let it go on.
    #[must_use]
    fn take_back(_: &WriteCx, _: &Live<Self>) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Asks the provider whether it would take this, where it can be asked without being given it. Changes nothing.
    #[must_use]
    fn rehearse(_: &ReadCx, _: &Self) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Sets and removes tags. Types without tags of their own are never asked.
    #[must_use]
    fn retag(_: &WriteCx, _: &Live<Self>, _: &TagChanges) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }
}

/// What to look for.
#[derive(Clone, Debug)]
pub struct Look<R> {
    /// Whose resources.
    pub scope: Scope,
    /// Those that should be there; some of their references may not be known.
    pub wants: Vec<R>,
    /// Whether what nobody wants counts as well; where it does not, a type that knows its wants by name need not list.
    pub strays: bool,
}

/// What to make.
#[derive(Clone, Debug)]
pub struct New<R> {
    /// Its settings, with no reference left.
    pub want: R,
    /// Its tags.
    pub tags: Tags,
    /// The same for every repetition of this one creation: at most 32 letters and digits.
    pub token: String,
}

/// Some of what a resource has said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// Line by line.
    pub lines: Vec<String>,
    /// From where it goes on; `None` if nothing can be heard.
    pub next: Option<String>,
}

/// The tags that differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagChanges {
    /// To be set.
    pub set: Tags,
    /// Keys to be removed.
    pub unset: Vec<String>,
}

/// The fields that an update is for.
#[derive(Clone, Debug, Default)]
pub struct Changed(Vec<String>);

impl Changed {
    /// The fields among `changes`.
    #[must_use]
    pub fn of(changes: &[FieldChange]) -> Self {
        Self(changes.iter().filter(|it| it.tag().is_none()).map(|it| it.field().to_owned()).collect())
    }

    /// Whether any of `fields` is among them; see [`fields!`](crate::fields).
    #[must_use]
    pub fn any(&self, fields: &[&str]) -> bool {
        self.0.iter().any(|it| fields.contains(&it.as_str()))
    }

    /// Whether there are others than `fields`.
    #[must_use]
    pub fn any_but(&self, fields: &[&str]) -> bool {
        self.0.iter().any(|it| !fields.contains(&it.as_str()))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TagChanges {
    /// The changes to tags among `changes`.
    #[must_use]
    pub fn of(changes: &[FieldChange]) -> Self {
        let mut acc = Self::default();
        for (change, key) in changes.iter().filter_map(|it| Some((it, it.tag()?))) {
            match &change.to {
                Some(value) => drop(acc.set.insert(key.to_owned(), value.as_str().unwrap_or_default().to_owned())),
                None => acc.unset.push(key.to_owned()),
            }
        }
        acc
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.unset.is_empty()
    }
}

/// A resource type as the engine sees it; [`Typed`] makes one of every [`Lifecycle`].
pub trait Kind: Send + Sync {
    /// What the engine must know about it.
    fn facts(&self) -> &'static Facts;
    /// Its fields.
    fn schema(&self) -> Schema;
    /// See [`Lifecycle::read`].
    fn read<'a>(&'a self, cx: &'a ReadCx, look: Look<Value>) -> BoxFuture<'a, Result<Vec<LiveTree>>>;
    /// See [`Lifecycle::create`].
    fn create<'a>(&'a self, cx: &'a WriteCx, new: New<Value>) -> BoxFuture<'a, Result<()>>;
    /// See [`Lifecycle::update`] and [`Lifecycle::retag`].
    fn update<'a>(
        &'a self,
        cx: &'a WriteCx,
        want: Value,
        live: LiveTree,
        changes: &'a [FieldChange],
    ) -> BoxFuture<'a, Result<()>>;
    /// See [`Lifecycle::delete`].
    fn delete<'a>(&'a self, cx: &'a WriteCx, live: LiveTree) -> BoxFuture<'a, Result<()>>;
    /// See [`Lifecycle::blockers`].
    fn blockers<'a>(&'a self, cx: &'a ReadCx, live: LiveTree) -> BoxFuture<'a, Result<Vec<String>>>;
    /// See [`Lifecycle::output`].
    fn output<'a>(&'a self, cx: &'a ReadCx, live: LiveTree, from: Option<String>) -> BoxFuture<'a, Result<Output>>;
    /// See [`Lifecycle::take_back`].
    fn take_back<'a>(&'a self, cx: &'a WriteCx, live: LiveTree) -> BoxFuture<'a, Result<()>>;
    /// See [`Lifecycle::rehearse`].
    fn rehearse<'a>(&'a self, cx: &'a ReadCx, want: Value) -> BoxFuture<'a, Result<()>>;
}

/// The [`Kind`] of a [`Lifecycle`].
pub struct Typed<R>(PhantomData<fn() -> R>);

impl<R> Typed<R> {
    /// The only one there is.
    #[expect(clippy::new_without_default, reason = "const")]
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<R: Lifecycle> Typed<R> {
    fn want(tree: Value) -> Result<R> {
        serde_json::from_value(tree).map_err(|it| ApiError::malformed(R::FACTS.kind, &it))
    }

    fn live(tree: LiveTree) -> Result<Live<R>> {
        tree.restore().map_err(|it| ApiError::malformed(R::FACTS.kind, &it))
    }
}

impl<R: Lifecycle> Kind for Typed<R> {
    fn facts(&self) -> &'static Facts {
        &R::FACTS
    }

    fn schema(&self) -> Schema {
        schema_for!(R)
    }

    fn read<'a>(&'a self, cx: &'a ReadCx, look: Look<Value>) -> BoxFuture<'a, Result<Vec<LiveTree>>> {
        Box::pin(async move {
            let wants = look.wants.into_iter().map(Self::want).collect::<Result<_>>()?;
            let found = R::read(cx, &Look { scope: look.scope, wants, strays: look.strays }).await?;
            Ok(found.iter().map(Live::erase).collect())
        })
    }

    fn create<'a>(&'a self, cx: &'a WriteCx, new: New<Value>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let New { want, tags, token } = new;
            R::create(cx, &New { want: Self::want(want)?, tags, token }).await
        })
    }

    fn update<'a>(
        &'a self,
        cx: &'a WriteCx,
        want: Value,
        live: LiveTree,
        changes: &'a [FieldChange],
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let live = Self::live(live)?;
            let (changed, tags) = (Changed::of(changes), TagChanges::of(changes));
            if !changed.is_empty() {
                R::update(cx, &Self::want(want)?, &live, &changed).await?;
            }
            if !tags.is_empty() {
                R::retag(cx, &live, &tags).await?;
            }
            Ok(())
        })
    }

    fn delete<'a>(&'a self, cx: &'a WriteCx, live: LiveTree) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { R::delete(cx, &Self::live(live)?).await })
    }

    fn blockers<'a>(&'a self, cx: &'a ReadCx, live: LiveTree) -> BoxFuture<'a, Result<Vec<String>>> {
        Box::pin(async move { R::blockers(cx, &Self::live(live)?).await })
    }

    fn output<'a>(&'a self, cx: &'a ReadCx, live: LiveTree, from: Option<String>) -> BoxFuture<'a, Result<Output>> {
        Box::pin(async move { R::output(cx, &Self::live(live)?, from).await })
    }

    fn take_back<'a>(&'a self, cx: &'a WriteCx, live: LiveTree) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { R::take_back(cx, &Self::live(live)?).await })
    }

    fn rehearse<'a>(&'a self, cx: &'a ReadCx, want: Value) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { R::rehearse(cx, &Self::want(want)?).await })
    }
}
