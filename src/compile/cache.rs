//! Caches, by who runs them.

mod ec2;
mod elasticache;
mod engine;
mod serverless;
mod sidecar;
mod token;
mod upstash;

use std::collections::BTreeSet;

pub(super) use self::sidecar::{Sidecar, sidecars};
use super::{naming::fit, stack::Stack};
use crate::{
    catalog::aws::ec2::security_group_rules::Rule,
    resource::value::In,
    spec::{
        Spec,
        model::{Cache, CacheProvider, SecretRef, Tier},
    },
};

pub(super) fn caches(stack: &mut Stack<'_>) {
    let spec = stack.spec;
    for (name, cache) in &spec.caches {
        let part = Part { component: format!("caches.{name}"), name: name.as_str(), cache };
        match cache.provider {
            CacheProvider::Elasticache => elasticache::cache(stack, &part),
            CacheProvider::Serverless => serverless::cache(stack, &part),
            CacheProvider::Ec2 => ec2::cache(stack, &part),
            CacheProvider::Sidecar => sidecar::cache(stack, &part),
            CacheProvider::Upstash => upstash::cache(stack, &part),
        }
    }
}

/// Whether what counts as a secret is text that anyone may see: the `url` of a cache without a token. It belongs among the
/// environment variables, and not among the secrets.
pub(super) fn is_plain(spec: &Spec, from: &SecretRef) -> bool {
    let Some(out) = from.out().filter(|it| it.component == "caches") else { return false };
    let cache = spec.caches.iter().find(|(name, _)| Some(name.as_str()) == out.name.as_deref());
    cache.is_some_and(|(_, it)| !it.auth())
}

/// One cache of the file.
struct Part<'a> {
    /// Such as `caches.main`.
    component: String,
    /// Such as `main`.
    name: &'a str,
    cache: &'a Cache,
}

/// What AWS calls a cache, or what belongs to it.
pub(super) fn called(stack: &Stack<'_>, name: &str, limit: usize) -> String {
    fit(&format!("{}-{name}-cache", stack.graph.scope.prefix()), limit)
}

impl Part<'_> {
    /// What AWS knows it by, in at most `limit` characters; no database is called like that.
    fn called(&self, stack: &Stack<'_>, limit: usize) -> String {
        called(stack, self.name, limit)
    }

    /// What people read.
    fn about(&self, stack: &Stack<'_>) -> String {
        format!("Cache {} of {}", self.name, stack.graph.scope.prefix())
    }

    /// The tier that it stands in; there is one, or the file was refused.
    fn tier(&self, stack: &Stack<'_>) -> Option<Tier> {
        stack.spec.network.as_ref().and_then(|it| self.cache.tier(it))
    }

    /// The subnets of its tier.
    fn subnets(&self, stack: &Stack<'_>) -> BTreeSet<In<String>> {
        self.tier(stack)
            .zip(stack.net.as_ref())
            .map(|(tier, net)| net.tier(tier))
            .unwrap_or_default()
            .into_iter()
            .collect()
    }

    /// Its security group, which lets in those that refer to it on these ports.
    fn group(&self, stack: &mut Stack<'_>, ports: &[u16]) -> In<String> {
        let group = stack.group(&self.component, &format!("Cache {}", self.name));
        let ingress: BTreeSet<Rule> =
            ports.iter().flat_map(|port| stack.ingress_of_users(&self.component, *port)).collect();
        stack.allow(&self.component, ingress);
        group
    }

    /// The key that encrypts what it holds.
    fn key(&self, stack: &Stack<'_>) -> Option<In<String>> {
        self.cache.key.as_ref().map(|it| stack.text(it))
    }
}

/// An output that is there once the cache is.
fn told(out: In<Option<String>>) -> In<String> {
    match out {
        In::Out(it) => In::Out(it),
        In::Joined(it) => In::Joined(it),
        In::Known(it) => In::Known(it.unwrap_or_default()),
    }
}
