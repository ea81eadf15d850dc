//! Carries out a plan: each step once those it needs are done, several at a time.

#![expect(clippy::disallowed_methods, reason = "it waits for what takes its time, and tells how long it took")]

mod perform;
mod queue;
mod wait;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures::{StreamExt, stream::FuturesUnordered};
use serde_json::Value;
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{
    api::ApiError,
    catalog::Writes,
    plan::{Action, Observed, Plan, Step, StepId},
    resource::{
        graph::Graph,
        value::{Address, OutRef, references, resolve},
    },
};
use perform::{Job, News, Tell, perform};
use queue::Queue;

/// What happened, for whoever shows or records it.
#[derive(Debug)]
pub enum Event<'a> {
    /// A step began.
    Started(&'a Step),
    /// A step is done, and took so long.
    Finished(&'a Step, Duration),
    /// A step failed; what needs it will not be tried.
    Failed(&'a Step, &'a Failure),
    /// A step is not done yet, for this has lasted a while; it is tried again.
    Waiting(&'a Step, &'a Failure),
    /// What a step brings about has said something, line by line.
    Said(&'a Step, &'a [String]),
    /// A step was not tried: something that it needs failed, or the run was stopped.
    Skipped(&'a Step),
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Failure {
    /// The provider refused.
    #[error("{error}")]
    Refused {
        /// What it said last.
        error: ApiError,
        /// For how many seconds it was asked again.
        after: u64,
    },
    /// Something else has to go before it can be deleted.
    #[error("{error}")]
    Blocked {
        /// What the provider said last.
        error: ApiError,
        /// For how many seconds it was asked again.
        after: u64,
        /// What is in the way, as far as that can be told.
        by: Vec<String>,
    },
    /// What was wanted did not come about in time.
    #[error("waited {seconds} s for {what}")]
    TooLong {
        /// What was waited for.
        what: String,
        /// For how long.
        seconds: u64,
    },
    /// The provider accepted it, and then it failed there.
    #[error("it was accepted, then failed: {0}")]
    Broken(String),
    /// It refers to an output that its resource did not give.
    #[error("{0} is not known")]
    Unresolved(OutRef),
}

/// What became of the steps.
#[derive(Debug, Default, PartialEq)]
pub struct Outcome {
    /// Done.
    pub done: BTreeSet<StepId>,
    /// Tried in vain.
    pub failed: Vec<(StepId, Failure)>,
    /// Not tried.
    pub skipped: BTreeSet<StepId>,
}

/// How to go about it.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many steps at once.
    pub jobs: usize,
    /// Makes this run's creations different from those of all others.
    pub nonce: String,
    /// Once cancelled, what has begun is finished, or taken back where it can be, and nothing else begins.
    pub cancel: CancellationToken,
}

impl Outcome {
    /// Whether all was done.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.skipped.is_empty()
    }
}

/// A failure stops only what needs the step that failed.
pub async fn run(
    cloud: &dyn Writes,
    graph: &Graph,
    plan: &Plan,
    observed: &Observed,
    options: &Options,
    report: &mut dyn FnMut(Event<'_>),
) -> Outcome {
    let mut outcome = Outcome::default();
    let mut outputs: BTreeMap<Address, Value> =
        observed.ours.iter().map(|(address, live)| (address.clone(), live.out.clone())).collect();
    let mut queue = Queue::new(&plan.steps, |step| usual_seconds(observed, step));
    let mut running = FuturesUnordered::new();
    let (tell, mut told) = mpsc::unbounded_channel();
    loop {
        while running.len() < options.jobs && !options.cancel.is_cancelled() {
            let Some(step) = queue.next() else { break };
            report(Event::Started(step));
            let known = |out: &OutRef| outputs.get(&out.from)?.get(&out.out).filter(|it| !it.is_null()).cloned();
            let want = step.action.want().map(|it| resolve(it, &|out| known(out).or_else(|| graph.foretold(out))));
            let began = Instant::now();
            let job = job(cloud, graph, observed, options, step, want, tell.clone());
            running.push(async move {
                let result = match job {
                    Ok(job) => perform(&job).await,
                    Err(failure) => Err(failure),
                };
                (step, began, result)
            });
        }
        let (step, began, result) = tokio::select! {
            biased;
            Some((step, news)) = told.recv() => {
                report(match &news {
                    News::Lasting(failure) => Event::Waiting(step, failure),
                    News::Said(lines) => Event::Said(step, lines),
                });
                continue;
            }
            next = running.next() => match next {
                Some(it) => it,
                None => break,
            },
        };
        match result {
            Ok(out) => {
                match out {
                    Some(out) => outputs.insert(step.target.clone(), out),
                    None => outputs.remove(&step.target),
                };
                queue.finish(step.id);
                outcome.done.insert(step.id);
                report(Event::Finished(step, began.elapsed()));
            }
            Err(failure) => {
                report(Event::Failed(step, &failure));
                outcome.failed.push((step.id, failure));
            }
        }
    }
    for step in queue.rest() {
        outcome.skipped.insert(step.id);
        report(Event::Skipped(step));
    }
    outcome
}

/// What long chains are measured by.
fn usual_seconds(observed: &Observed, step: &Step) -> u64 {
    let facts = observed.kinds.get(step.target.kind());
    match &step.action {
        Action::Update { .. } => 1,
        Action::Create { want, .. } | Action::Await { want, .. } => facts.map_or(1, |it| it.usual(want).as_secs()),
        Action::Delete { .. } => facts.map_or(1, |it| it.waits.usual.as_secs()),
    }
}

fn job<'a>(
    cloud: &'a dyn Writes,
    graph: &'a Graph,
    observed: &Observed,
    options: &'a Options,
    step: &'a Step,
    want: Option<Value>,
    tell: Tell<'a>,
) -> Result<Job<'a>, Failure> {
    if let Some(out) = want.as_ref().and_then(|it| references(it).into_iter().next()) {
        return Err(Failure::Unresolved(out));
    }
    let Some(facts) = observed.kinds.get(step.target.kind()).copied() else {
        let error = ApiError::refused(step.target.kind(), "UnknownKind", "there is no such resource type");
        return Err(Failure::Refused { error, after: 0 });
    };
    let want = want.map(|it| (facts.canonical)(&it).unwrap_or(it));
    Ok(Job { cloud, graph, facts, nonce: &options.nonce, cancel: &options.cancel, step, want, tell })
}
