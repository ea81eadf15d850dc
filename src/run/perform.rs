//! One step: call, look, and go on until what is wanted can be seen.
//!
//! The protocol is the same for all types. A creation is repeated only with the same token, and only after looking
//! whether the last one was carried out; an update only while something differs; a deletion only while it is there.
//! See `docs/decisions/0004-create-protocol.md`.

use std::time::Duration;

use serde_json::Value;
use tokio::{
    sync::mpsc::UnboundedSender,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use super::{Failure, wait::Pace};
use crate::{
    api::{
        ApiError,
        retry::{self, Class},
    },
    catalog::{
        Writes,
        lifecycle::{Look, New},
    },
    observe::owner,
    plan::{
        Action, Step,
        diff::{FieldChange, diff_settings, diff_tags},
    },
    resource::{Facts, LiveTree, Status, graph::Graph, text::digest::short},
};

/// How long what was made may stay unseen before it counts as not made, where making it twice would make two.
const UNSEEN: Duration = Duration::from_secs(15);
/// How long a change that was accepted may stay unseen before it is made again.
const UNCHANGED: Duration = Duration::from_secs(15);
/// How long an error may last before people are told of it.
const QUIET: Duration = Duration::from_secs(5);
/// How often, and how long apart, is listened for last words.
const LISTENS: usize = 3;
const LISTEN: Duration = Duration::from_secs(1);
/// How long an object that is said to exist, or not to, may contradict what is seen.
const CONTRADICTED: Duration = Duration::from_mins(1);

/// A step, with what it takes to perform it.
pub(super) struct Job<'a> {
    pub(super) cloud: &'a dyn Writes,
    pub(super) graph: &'a Graph,
    pub(super) facts: &'static Facts,
    pub(super) nonce: &'a str,
    pub(super) cancel: &'a CancellationToken,
    pub(super) step: &'a Step,
    /// With no reference left.
    pub(super) want: Option<Value>,
    pub(super) tell: Tell<'a>,
}

/// Where to say what goes on.
pub(super) type Tell<'a> = UnboundedSender<(&'a Step, News)>;

/// What can be told of a step before it is done.
#[derive(Debug)]
pub(super) enum News {
    /// This keeps it from going on.
    Lasting(Failure),
    /// What the provider has on it, line by line.
    Said(Vec<String>),
}

/// Gives the outputs of what is there afterwards.
pub(super) async fn perform(job: &Job<'_>) -> Result<Option<Value>, Failure> {
    let waits = job.facts.waits;
    let (want, live, budget) = match (&job.step.action, &job.want) {
        (Action::Create { .. }, Some(want)) => (want, None, waits.create),
        (Action::Update { live, .. }, Some(want)) => (want, Some(live.clone()), waits.update),
        (Action::Await { live, .. }, Some(want)) => (want, Some(live.clone()), waits.create),
        (Action::Delete { live }, _) => return delete(job, live).await.map(|()| None),
        (_, None) => return Ok(None),
    };
    let mut heard = Heard::default();
    let result = bring_about(job, want, live, (job.facts.deadline)(want).unwrap_or(budget), &mut heard).await;
    heard.rest(job).await;
    result.map(Some)
}

/// What was heard of what a step makes, where it says something.
#[derive(Debug, Default)]
struct Heard {
    from: Option<String>,
    /// Who said it.
    source: Option<LiveTree>,
}

impl Heard {
    /// Passes on what is new. What cannot be heard is no reason to stop.
    async fn listen(&mut self, job: &Job<'_>, live: &LiveTree) -> bool {
        let output = job.cloud.output(job.facts.kind, live.clone(), self.from.clone()).await.unwrap_or_default();
        if output.next.is_some() {
            (self.from, self.source) = (output.next, Some(live.clone()));
        }
        let news = !output.lines.is_empty();
        if news {
            // Nobody listens only when the run is over.
            let _ = job.tell.send((job.step, News::Said(output.lines)));
        }
        news
    }

    /// The last lines come some seconds after the end.
    async fn rest(&mut self, job: &Job<'_>) {
        let Some(live) = self.source.take() else { return };
        for _ in 0..LISTENS {
            if !self.listen(job, &live).await {
                sleep(LISTEN).await;
            }
        }
    }
}

async fn bring_about(
    job: &Job<'_>,
    want: &Value,
    live: Option<LiveTree>,
    budget: Duration,
    heard: &mut Heard,
) -> Result<Value, Failure> {
    let mut pace = Pace::new();
    let mut patience = Patience::default();
    let mut making = if live.is_some() { Making::Made } else { Making::Open };
    let mut asked: Option<(Instant, Vec<FieldChange>)> = None;
    let earlier = live.as_ref().map(|it| it.status.clone());
    // What is made has nothing before it to come back.
    let mut can_turn = live.is_some();
    let mut seen = live;
    loop {
        let said = match (&seen, making) {
            (None, Making::Open) => {
                let new = New { want: want.clone(), tags: job.tags(), token: job.token() };
                let said = job.cloud.create(job.facts.kind, new).await;
                making = Making::after(&said, job.facts);
                pace.heed(&said);
                said
            }
            (None, Making::Unclear(since)) if since.elapsed() > UNSEEN => {
                making = Making::Open;
                continue;
            }
            (None, _) => Ok(()),
            (Some(live), _) => {
                let fields = job.differences(want, live);
                if let Some(end) = ended(live, &fields, earlier.as_ref()) {
                    return end;
                }
                let just_asked = asked.as_ref().is_some_and(|(at, it)| at.elapsed() < UNCHANGED && *it == fields);
                if !live.status.is_usable() || just_asked || job.immutable(&fields) {
                    Ok(())
                } else {
                    let said = job.cloud.update(job.facts.kind, want.clone(), live.clone(), &fields).await;
                    asked = said.is_ok().then(|| (Instant::now(), fields));
                    pace.heed(&said);
                    said
                }
            }
        };
        job.say(patience.bear(said)?);
        // What was just accepted is looked for at once; only what is not there yet is waited for.
        let late = !pace.pause(budget).await;
        if can_turn && (late || job.cancel.is_cancelled()) {
            can_turn = false;
            job.take_back(seen.as_ref()).await;
        }
        if late {
            return Err(patience.last.unwrap_or_else(|| job.too_long(want, seen.as_ref(), &pace)));
        }
        match job.look(want).await {
            Ok(found) => seen = found,
            Err(error) => {
                making = making.in_the_dark();
                job.say(patience.bear(Err(error))?);
            }
        }
        if let Some(live) = &seen {
            making = Making::Made;
            heard.listen(job, live).await;
        }
    }
}

/// Whether it has come about, or never will.
fn ended(live: &LiveTree, fields: &[FieldChange], earlier: Option<&Status>) -> Option<Result<Value, Failure>> {
    match &live.status {
        Status::Failed(why) => Some(Err(Failure::Broken(why.clone()))),
        // What an earlier run met with does not speak against this one.
        it @ Status::Reverted(why) if earlier != Some(it) => Some(Err(Failure::Broken(why.clone()))),
        it => (it.is_usable() && fields.is_empty()).then(|| Ok(live.out.clone())),
    }
}

async fn delete(job: &Job<'_>, live: &LiveTree) -> Result<(), Failure> {
    let mut pace = Pace::new();
    let mut patience = Patience::default();
    let mut asked = (live.status == Status::Leaving).then(Instant::now);
    loop {
        if asked.is_none_or(|it| it.elapsed() > UNCHANGED && !patience.leaving) {
            let said = job.cloud.delete(job.facts.kind, live.clone()).await;
            asked = said.is_ok().then(Instant::now);
            pace.heed(&said);
            match patience.bear(said) {
                Ok(Some(lasting)) => job.say(Some(job.with_blockers(lasting, live).await)),
                Ok(None) => (),
                Err(failure) => return Err(job.with_blockers(failure, live).await),
            }
        }
        match job.find(live).await {
            Ok(found) if asked.is_some() && found.as_ref().is_none_or(|it| job.facts.is_gone(it)) => return Ok(()),
            Ok(found) => patience.leaving = found.is_some_and(|it| it.status == Status::Leaving),
            Err(error) => job.say(patience.bear(Err(error))?),
        }
        if !pace.pause(job.facts.waits.delete.max(patience.budget)).await {
            let what = format!("{} ({}) to be gone", job.step.target, live.id());
            return Err(Failure::TooLong { what, seconds: pace.elapsed().as_secs() });
        }
    }
}

/// What is known of a creation.
#[derive(Clone, Copy, Debug)]
enum Making {
    /// It has not been carried out.
    Open,
    /// Nobody knows, since then.
    Unclear(Instant),
    /// It has been carried out.
    Made,
}

impl Making {
    fn after(said: &Result<(), ApiError>, facts: &Facts) -> Self {
        match said {
            Ok(()) => Self::Made,
            Err(error) if error.ambiguous && !facts.repeatable => Self::Unclear(Instant::now()),
            Err(_) => Self::Open,
        }
    }

    /// The same after a look that failed: what nobody could see is not unseen.
    fn in_the_dark(self) -> Self {
        match self {
            Self::Unclear(_) => Self::Unclear(Instant::now()),
            other => other,
        }
    }
}

/// How long which errors are borne.
#[derive(Debug, Default)]
struct Patience {
    since: Option<Instant>,
    budget: Duration,
    leaving: bool,
    /// What is still being borne.
    last: Option<Failure>,
    /// The code of what people were told of last.
    told: String,
}

impl Patience {
    /// What people should know of by now, once; `Err` when nothing is to be gained by trying again.
    fn bear(&mut self, said: Result<(), ApiError>) -> Result<Option<Failure>, Failure> {
        let Err(error) = said else {
            (self.since, self.last) = (None, None);
            return Ok(None);
        };
        let rule = retry::rule(&error);
        self.budget = match rule.class {
            Class::Absent | Class::Exists => CONTRADICTED,
            _ => rule.budget,
        };
        let after = self.since.get_or_insert_with(Instant::now).elapsed();
        tracing::info!(%error, "after {} s", after.as_secs());
        let news = after >= QUIET && self.told != error.code;
        let (code, spent) = (error.code.clone(), after >= self.budget);
        let failure = Failure::Refused { error, after: after.as_secs() };
        if spent {
            return Err(failure);
        }
        self.last = Some(failure.clone());
        Ok(news.then(|| {
            self.told = code;
            failure
        }))
    }
}

impl Job<'_> {
    /// The same for every repetition of this run's creation, and for no other: a token that outlives what it made would
    /// give that back when it is long gone.
    fn token(&self) -> String {
        short(&format!("{}\n{}", self.nonce, self.step.target), 32)
    }

    fn tags(&self) -> crate::resource::tags::Tags {
        self.step.action.tags().cloned().unwrap_or_default()
    }

    fn differences(&self, want: &Value, live: &LiveTree) -> Vec<FieldChange> {
        let mut fields = diff_settings(self.facts, want, &live.state);
        if self.facts.tagged {
            fields.extend(diff_tags(&self.graph.tags, &self.tags(), &live.tags));
        }
        fields
    }

    /// If it cannot be taken back, it goes on.
    async fn take_back(&self, live: Option<&LiveTree>) {
        let Some(live) = live else { return };
        let said = self.cloud.take_back(self.facts.kind, live.clone()).await;
        self.say(said.err().map(|error| Failure::Refused { error, after: 0 }));
    }

    fn immutable(&self, fields: &[FieldChange]) -> bool {
        fields.iter().any(|it| self.facts.replace_on.contains(&it.field()))
    }

    async fn all(&self, wants: Vec<Value>) -> Result<Vec<LiveTree>, ApiError> {
        self.cloud.read(self.facts.kind, Look { scope: self.graph.scope.clone(), wants, strays: false }).await
    }

    /// What stands at this step's address; what is going or has failed counts only if nothing else does.
    async fn look(&self, want: &Value) -> Result<Option<LiveTree>, ApiError> {
        let found = self.all(vec![want.clone()]).await?;
        let own = found.into_iter().filter(|it| {
            owner(&self.graph.scope, self.facts, it).as_ref() == Some(&self.step.target) && it.status != Status::Leaving
        });
        Ok(own.min_by_key(|it| matches!(it.status, Status::Failed(_))))
    }

    /// Asks for it by its name, too: some lists leave out what is on its way out.
    async fn find(&self, live: &LiveTree) -> Result<Option<LiveTree>, ApiError> {
        Ok(self.all(vec![live.state.clone()]).await?.into_iter().find(|it| it.id() == live.id()))
    }

    fn say(&self, lasting: Option<Failure>) {
        // Nobody listens only when the run is over.
        lasting.map(|it| self.tell.send((self.step, News::Lasting(it))));
    }

    /// Names what the provider did not: a look that fails only names nothing.
    async fn with_blockers(&self, failure: Failure, live: &LiveTree) -> Failure {
        match failure {
            Failure::Refused { error, after } if error.class() == Class::Blocked => {
                let by = self.cloud.blockers(self.facts.kind, live.clone()).await.unwrap_or_default();
                Failure::Blocked { error, after, by }
            }
            _ => failure,
        }
    }

    fn too_long(&self, want: &Value, seen: Option<&LiveTree>, pace: &Pace) -> Failure {
        let target = &self.step.target;
        let what = match seen {
            None => format!("{target} to be seen"),
            Some(live) => match (&live.status, self.differences(want, live).first()) {
                (Status::Pending(state), _) => format!("{target} ({}), still {state}", live.id()),
                (_, Some(field)) => format!("{target} ({}), whose {} stays as it was", live.id(), field.path),
                (_, None) => format!("{target} ({}) to be usable", live.id()),
            },
        };
        Failure::TooLong { what, seconds: pace.elapsed().as_secs() }
    }
}
