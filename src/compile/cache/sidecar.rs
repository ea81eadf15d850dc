//! A cache in each task of the services that refer to it.

use super::{
    Part,
    engine::{arguments, engine},
};
use crate::{
    compile::stack::Stack,
    spec::{
        Spec,
        model::{Cache, CacheProvider},
    },
};

/// A container beside a service's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::compile) struct Sidecar {
    /// What it is called in the task.
    pub(in crate::compile) name: String,
    /// The image that it is started from.
    pub(in crate::compile) image: String,
    /// What is started in it.
    pub(in crate::compile) command: Vec<String>,
    /// What says in it whether it works.
    pub(in crate::compile) check: Vec<String>,
    /// The port that it listens on.
    pub(in crate::compile) port: u16,
}

pub(super) fn cache(stack: &mut Stack<'_>, part: &Part<'_>) {
    let Part { component, cache, .. } = part;
    stack.give(component, "host", "localhost");
    stack.give(component, "port", cache.port());
    stack.give(component, "url", format!("redis://localhost:{}", cache.port()));
}

/// The containers that a service needs beside its own.
pub(in crate::compile) fn sidecars(spec: &Spec, service: &str) -> Vec<Sidecar> {
    let own = format!("services.{service}");
    let caches = spec.caches.iter().filter(|(_, it)| it.provider == CacheProvider::Sidecar);
    let caches = caches.filter(|(name, _)| spec.refers(&own, &format!("caches.{name}")));
    caches.map(|(name, it)| sidecar(&format!("cache-{name}"), it)).collect()
}

/// Only the task itself reaches it.
fn sidecar(name: &str, cache: &Cache) -> Sidecar {
    let (engine, port) = (engine(cache), cache.port().to_string());
    Sidecar {
        name: name.to_owned(),
        image: engine.image,
        command: [engine.server.to_owned()].into_iter().chain(arguments(cache, &["--bind", "127.0.0.1"])).collect(),
        check: ["CMD", engine.client, "-p", &port, "ping"].map(str::to_owned).into(),
        port: cache.port(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(text: &str) -> Cache {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn only_the_task_reaches_it_and_nothing_is_kept() {
        let it =
            sidecar("cache-main", &cache(r#"{"provider": "sidecar", "port": 6380, "parameters": {"lazyfree": true}}"#));
        assert_eq!(it.image, "public.ecr.aws/valkey/valkey:8.0");
        let command = "valkey-server --port 6380 --bind 127.0.0.1 --save  --appendonly no --lazyfree yes";
        assert_eq!((it.command.join(" ").as_str(), it.port), (command, 6380));
        assert_eq!(it.check, ["CMD", "valkey-cli", "-p", "6380", "ping"]);
        let redis = sidecar("cache-main", &cache(r#"{"provider": "sidecar", "engine": "redis", "version": "7.4"}"#));
        assert_eq!(redis.image, "public.ecr.aws/docker/library/redis:7.4");
    }
}
