//! Services, databases, caches and what else stands in a network: too many calls to try all of them each time, so a few are
//! drawn; `INFRACTL_ALL_KILLS=1` tries all.

use std::collections::BTreeMap;

use futures::{StreamExt, stream};
use serde_json::json;

use super::{APPLY, DESTROY, LABS, Point, counts, killed, thorough};
use crate::lab::Lab;

/// A resource of every type that the network has none of.
pub(crate) const APPLICATION: &str = "
stack: app
region: eu-central-1
ephemeral: true
network: { zones: 2, tiers: [public, private], nat: none }
keys: { main: {} }
registries: { api: {} }
secrets: { session: { generate: 32 } }
buckets: { media: { key: '${keys.main}' } }
databases: { main: { version: 16, storage: 20, parameters: { log_min_duration_statement: 500 } } }
caches:
  pages: { parameters: { maxmemory-policy: allkeys-lru } }
  sessions: { provider: serverless }
  limits: { provider: upstash, auto_upgrade: true }
load_balancer: { http: serve, logs: 30d }
services:
  api:
    image: ${registries.api}:1
    port: 80
    route: { path: /api/* }
    secrets:
      SESSION: ${secrets.session}
      DATABASE_URL: ${databases.main.url}
      CACHE_URL: ${caches.pages.url}
      LIMITS_URL: ${caches.limits.url}
    scale: { min: 1, max: 2, cpu: 70, memory: { out: 80, in: 60 }, schedule: { night: { cron: 0 22 * * ? *, max: 1 } } }
notify: { ops: { email: [ops@example.com] } }
dashboard: true
";
/// How many calls it takes, at least.
const CALLS: usize = 60;
/// How many of them are tried.
const DRAWN: usize = 8;

#[tokio::test]
async fn an_application_goes_on_from_some_calls() {
    let whole = undisturbed().await;
    let all = (0..).map(|it| Point { n: it / 2 + 1, before: it % 2 == 0 });
    // Evenly, and each time the same.
    let some = (0..DRAWN).map(|it| Point { n: it * CALLS / DRAWN + 3, before: it % 2 == 0 });
    let points: Vec<_> = if thorough() { all.take(260).collect() } else { some.collect() };
    let runs = stream::iter(points).map(|it| there_and_back(it, &whole)).buffer_unordered(LABS);
    let kills = runs.collect::<Vec<_>>().await.into_iter().filter(|it| *it).count();
    assert!(kills >= DRAWN, "{kills}");
}

/// How much there is when nothing goes wrong.
pub(crate) async fn undisturbed() -> BTreeMap<String, usize> {
    let lab = lab("undisturbed").await;
    lab.ok(&APPLY).await;
    let whole = owned(&lab).await;
    assert!(whole.len() > 15, "{whole:?}");
    whole
}

async fn lab(name: &str) -> Lab {
    let lab = Lab::new(&format!("application {name}")).await;
    lab.behave(json!({"page_size": 0, "empty_pages": 0.0})).await;
    lab.write(APPLICATION);
    lab
}

/// How many there are of each kind.
pub(crate) async fn owned(lab: &Lab) -> BTreeMap<String, usize> {
    counts(&lab.inventory().await).into_iter().map(|(kind, many)| (kind.to_owned(), many)).collect()
}

/// Whether the apply was still at work at that point.
async fn there_and_back(point: Point, whole: &BTreeMap<String, usize>) -> bool {
    let lab = lab(&format!("{point:?}")).await;
    lab.behave(json!({"seed": point.n})).await;
    let held = killed(&lab, &APPLY, point).await;
    lab.ok(&APPLY).await;
    lab.assert_empty().await;
    assert_eq!(owned(&lab).await, *whole, "{point:?}");
    killed(&lab, &DESTROY, Point { before: !point.before, ..point }).await;
    lab.ok(&DESTROY).await;
    assert_eq!(lab.inventory().await, [""; 0], "{point:?}");
    held
}
