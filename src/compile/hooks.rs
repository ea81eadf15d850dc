//! Who is told of releases.

use serde::{Deserialize, Serialize};

use super::stack::Stack;
use crate::{
    catalog::aws::sns::topic::Topic,
    resource::{
        Resource,
        value::{Address, In, OutRef},
    },
    spec::model::{AfterRelease, CloudflareHook, CloudfrontHook, GithubHook, PosthogHook, SentryHook},
};

/// Who is told of the releases of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hooks {
    /// The service, as the file calls it.
    pub service: String,
    /// Its image.
    pub image: In<String>,
    /// Who is told, and of what.
    pub receivers: Vec<Receiver>,
}

/// Somebody who is told of releases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receiver {
    /// Those who listen to a topic, by its ARN.
    Notify(String),
    /// A distribution.
    Cloudfront(CloudfrontHook),
    /// A zone.
    Cloudflare(CloudflareHook),
    /// Sentry.
    Sentry(SentryHook),
    /// PostHog.
    Posthog(PosthogHook),
    /// GitHub.
    Github(GithubHook),
}

impl Receiver {
    /// As files have it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Notify(_) => "notify",
            Self::Cloudfront(_) => "cloudfront",
            Self::Cloudflare(_) => "cloudflare",
            Self::Sentry(_) => "sentry",
            Self::Posthog(_) => "posthog",
            Self::Github(_) => "github",
        }
    }
}

pub(super) fn hooks(stack: &Stack<'_>) -> Vec<Hooks> {
    let services = stack.spec.services.iter();
    let hooks = services.filter_map(|(name, it)| {
        let image = it.image.as_ref().map_or_else(|| "".into(), |it| stack.text(it));
        let receivers = receivers(stack, it.deploy.after.as_ref()?);
        Some(Hooks { service: name.to_string(), image, receivers })
    });
    hooks.filter(|it| !it.receivers.is_empty()).collect()
}

fn receivers(stack: &Stack<'_>, after: &AfterRelease) -> Vec<Receiver> {
    let AfterRelease { notify, cloudfront, cloudflare, sentry, posthog, github } = after.clone();
    let topic = |name: &str| {
        let arn = OutRef { from: Address::new(Topic::FACTS.kind, name), out: "arn".into() };
        Some(stack.graph.foretold(&arn)?.as_str()?.to_owned())
    };
    let all = [
        notify.and_then(|it| topic(it.as_str())).map(Receiver::Notify),
        cloudfront.map(Receiver::Cloudfront),
        cloudflare.map(Receiver::Cloudflare),
        sentry.map(Receiver::Sentry),
        posthog.map(Receiver::Posthog),
        github.map(Receiver::Github),
    ];
    all.into_iter().flatten().collect()
}
