//! What runs in the containers of caches, and what it is told.

use serde_json::Value;

use crate::spec::model::{Cache, CacheEngine, Scalar};

/// An image, and what is in it.
pub(super) struct Engine {
    /// The image, with the tag of its version.
    pub(super) image: String,
    /// What serves.
    pub(super) server: &'static str,
    /// What asks.
    pub(super) client: &'static str,
}

/// What runs a cache in a container.
pub(super) fn engine(cache: &Cache) -> Engine {
    // Docker's own registry refuses those who ask often without an account; Amazon's public one has the same images
    // (<https://gallery.ecr.aws/valkey/valkey>, <https://gallery.ecr.aws/docker/library/redis>).
    let (image, server, client) = match cache.engine {
        CacheEngine::Valkey => ("public.ecr.aws/valkey/valkey", "valkey-server", "valkey-cli"),
        CacheEngine::Redis => ("public.ecr.aws/docker/library/redis", "redis-server", "redis-cli"),
    };
    Engine { image: format!("{image}:{}", cache.version()), server, client }
}

/// What the server is told, after what is `own` to its place: it keeps nothing on disk.
pub(super) fn arguments(cache: &Cache, own: &[&str]) -> Vec<String> {
    let port = cache.port().to_string();
    let words = ["--port", &port].into_iter().chain(own.iter().copied()).chain(["--save", "", "--appendonly", "no"]);
    let mut acc: Vec<_> = words.map(str::to_owned).collect();
    for (name, value) in &cache.parameters {
        acc.extend([format!("--{name}"), setting(value)]);
    }
    acc
}

/// What an engine is told; for it, true and false are yes and no.
pub(super) fn setting(value: &Scalar) -> String {
    match value.value() {
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::String(it) => it.clone(),
        other => other.to_string(),
    }
}
