//! Counts calls, holds them to each service's limit, and lets only those pass that may.

#![expect(clippy::disallowed_methods, reason = "it tells how long a call took")]

use std::{
    cell::RefCell,
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
            SharedHttpConnector,
        },
        interceptors::{Intercept, context::BeforeSerializationInterceptorContextRef, dyn_dispatch_hint},
        orchestrator::{HttpRequest, Metadata},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use tokio::{sync::Semaphore, task_local};

task_local! {
    /// How deep the calls of the task at hand are.
    static DEPTH: RefCell<Depth>;
}

/// Calls that begin before another has ended are as deep as it; one that begins after it is one deeper.
#[derive(Debug, Default)]
struct Depth {
    ended: usize,
}

/// What was called so far.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Mutex<Counts>>);

/// A count of calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many calls each service was sent, repetitions included.
    pub calls: BTreeMap<&'static str, usize>,
    /// The longest chain of calls of which each waited for the one before.
    pub deepest: usize,
}

impl Counts {
    /// How many calls were sent in all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.calls.values().sum()
    }
}

impl Meter {
    /// The count up to now.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs `work`, whose calls follow on those of `before` rounds of calls.
    pub async fn chain<T>(&self, before: usize, work: impl Future<Output = T>) -> T {
        DEPTH.scope(RefCell::new(Depth { ended: before }), work).await
    }

    pub(super) fn began(&self, service: &'static str) -> usize {
        let depth = DEPTH.try_with(|it| it.borrow().ended + 1).unwrap_or(1);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.calls.entry(service).or_default() += 1;
        counts.deepest = counts.deepest.max(depth);
        depth
    }
}

/// Runs `work` beside other work of the same chain: the calls of neither follow on those of the other.
pub async fn beside<T>(work: impl Future<Output = T>) -> T {
    let before = DEPTH.try_with(|it| it.borrow().ended).unwrap_or_default();
    let work = async { (work.await, DEPTH.with(|it| it.borrow().ended)) };
    let (out, deepest) = DEPTH.scope(RefCell::new(Depth { ended: before }), work).await;
    ended(deepest);
    out
}

pub(super) fn ended(depth: usize) {
    // A call outside of any chain has nothing to follow on.
    let _ = DEPTH.try_with(|it| {
        let mut it = it.borrow_mut();
        it.ended = it.ended.max(depth);
    });
}

/// A service's connection, metered.
#[derive(Clone, Debug)]
pub(super) struct Metered<T> {
    pub(super) inner: T,
    pub(super) service: &'static str,
    pub(super) permits: Arc<Semaphore>,
    pub(super) meter: Meter,
}

impl HttpClient for Metered<SharedHttpClient> {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        let Self { service, permits, meter, .. } = self.clone();
        SharedHttpConnector::new(Metered { inner, service, permits, meter })
    }
}

impl HttpConnector for Metered<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { inner, service, permits, meter } = self.clone();
        HttpConnectorFuture::new(async move {
            // Whoever waits for others to make room follows on none of them.
            let depth = meter.began(service);
            let _permit = permits.acquire().await.map_err(|it| ConnectorError::other(it.into(), None))?;
            let began = Instant::now();
            let answer = inner.call(request).await;
            let status = answer.as_ref().map_or(0, |it| it.status().as_u16());
            tracing::debug!(service, status, depth, ms = began.elapsed().as_millis(), "call");
            ended(depth);
            answer
        })
    }
}

/// Names each call in the trace, and stops those that a reader must not make.
#[derive(Debug)]
pub(super) struct Gate {
    pub(super) writes: bool,
}

/// How the names of operations begin that change nothing.
const READS: [&str; 5] = ["Describe", "Filter", "Get", "List", "Head"];

#[dyn_dispatch_hint]
impl Intercept for Gate {
    fn name(&self) -> &'static str {
        "Gate"
    }

    fn read_before_serialization(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(call) = cfg.load::<Metadata>() else { return Err("a call without a name".into()) };
        tracing::debug!(service = call.service(), operation = call.name(), "begin");
        if self.writes || READS.iter().any(|it| call.name().starts_with(it)) {
            return Ok(());
        }
        Err(format!("{} would change something, and only looking is allowed here", call.name()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_goes_on_beside_makes_nothing_deeper() {
        let meter = Meter::default();
        let call = async || {
            let depth = meter.began("ec2");
            tokio::task::yield_now().await;
            ended(depth);
            depth
        };
        let both = async {
            let (one, other) = tokio::join!(beside(async { (call().await, call().await) }), beside(call()));
            (one, other, call().await)
        };
        assert_eq!(meter.chain(1, both).await, ((2, 3), 2, 4));
    }
}
