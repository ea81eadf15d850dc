//! Tells others of releases: each hook once, all at once, and none of them for longer than half a minute. A release stays,
//! whoever was not told of it.

mod aws;
mod cloudflare;
mod github;
mod posthog;
mod release;
mod sentry;

use std::time::Duration;

use futures::{StreamExt, stream::FuturesUnordered};
use serde_json::Value;
use tokio::time::timeout;

pub use self::release::{Release, releases};
use crate::{
    api::{
        ApiError, WriteCx,
        http::Post,
        patience::{Again, Patience},
    },
    compile::Receiver,
};

/// For how long somebody is told of a release, with all that is repeated.
const DEADLINE: Duration = Duration::from_secs(30);

/// What it takes to tell somebody.
pub struct Teller<'a> {
    /// To call AWS and others with.
    pub cx: &'a WriteCx,
    /// The environment's variables, among them tokens.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// When the releases served, in UTC, such as `2026-01-31T12:00:00Z`.
    pub at: String,
    /// Different in every run, so that a release that comes again is told again.
    pub nonce: String,
}

/// What became of a hook.
#[derive(Debug)]
pub struct Told<'a> {
    /// The release.
    pub release: &'a Release<'a>,
    /// Who was to be told of it.
    pub receiver: &'a Receiver,
    /// Whether they were.
    pub said: Result<(), Untold>,
}

/// Why somebody was not told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untold {
    /// The provider refused.
    #[error("{0}")]
    Refused(#[from] ApiError),
    /// The provider does not let the token do that, or does not know what it is about.
    #[error("{error}; {variable} needs {needs}")]
    Denied {
        /// What it said.
        error: ApiError,
        /// Where the token comes from.
        variable: &'static str,
        /// What the token has to be allowed, in the provider's words.
        needs: &'static str,
    },
    /// A variable of the environment is missing.
    #[error("{0} is not set")]
    Unset(&'static str),
    /// A variable of the environment makes no sense.
    #[error("{0} is no address of HTTPS")]
    Insecure(&'static str),
    /// It took too long.
    #[error("it was not done within {} s", DEADLINE.as_secs())]
    TooLong,
}

/// What a provider knows the caller by.
struct Token {
    variable: &'static str,
    /// What it has to be allowed, in the provider's words.
    needs: &'static str,
}

/// Tells all hooks of `releases`.
pub async fn tell(teller: &Teller<'_>, releases: &[Release<'_>], report: &mut dyn FnMut(&Told<'_>)) {
    let pairs = releases.iter().flat_map(|release| release.receivers.iter().map(move |it| (release, it)));
    let mut telling: FuturesUnordered<_> = pairs.map(|(release, it)| one(teller, release, it)).collect();
    while let Some(told) = telling.next().await {
        report(&told);
    }
}

async fn one<'a>(teller: &Teller<'_>, release: &'a Release<'a>, receiver: &'a Receiver) -> Told<'a> {
    let told = teller.told(Patience::of(DEADLINE), release, receiver);
    let said = timeout(DEADLINE, told).await.unwrap_or(Err(Untold::TooLong));
    Told { release, receiver, said }
}

impl Teller<'_> {
    async fn told(&self, patience: Patience, release: &Release<'_>, receiver: &Receiver) -> Result<(), Untold> {
        match receiver {
            Receiver::Notify(topic) => aws::notify(self, patience, release, topic).await,
            Receiver::Cloudfront(it) => aws::invalidate(self, patience, release, it).await,
            Receiver::Cloudflare(it) => cloudflare::purge(self, patience, it).await,
            Receiver::Sentry(it) => sentry::release(self, patience, release, it).await,
            Receiver::Posthog(it) => posthog::annotate(self, patience, release, it).await,
            Receiver::Github(it) => github::deployment(self, patience, release, it).await,
        }
    }

    /// A variable of the environment; one that is empty is as good as none.
    fn set(&self, name: &'static str) -> Result<String, Untold> {
        let value = (self.variable)(name).map(|it| it.trim().to_owned());
        value.filter(|it| !it.is_empty()).ok_or(Untold::Unset(name))
    }

    /// Tells another provider than AWS, and gives its answer.
    async fn post(
        &self,
        patience: Patience,
        again: Again,
        by: &Token,
        (url, headers): (&str, &[(&str, &str)]),
        body: &Value,
    ) -> Result<Value, Untold> {
        let token = &self.set(by.variable)?;
        let said = patience.repeat(again, async || self.cx.post(&Post { url, token, headers, body }).await).await;
        said.map_err(|error| match error.code.as_str() {
            "Http401" | "Http403" | "Http404" => Untold::Denied { error, variable: by.variable, needs: by.needs },
            _ => error.into(),
        })
    }
}
