//! What a zone did with requests: estimates, where Cloudflare has counted samples only.
//!
//! <https://developers.cloudflare.com/analytics/graphql-api/>

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::{ApiError, Result, retry::Class, vendor::Reader};

const CALL: &str = "cloudflare:Analytics";

/// What visitors asked for; what Workers ask for besides is left out.
const REQUESTS: &str = "requests: httpRequestsAdaptiveGroups(limit: 5000, orderBy: [count_DESC], \
    filter: {datetime_geq: $since, datetime_lt: $until, requestSource: \"eyeball\"}) \
    { count sum { edgeResponseBytes } dimensions { cacheStatus edgeResponseStatus } }";

/// What was done about requests by rules, rate limits and the like.
const EVENTS: &str = "events: firewallEventsAdaptiveGroups(limit: 100, orderBy: [count_DESC], \
    filter: {datetime_geq: $since, datetime_lt: $until}) { count dimensions { action } }";

/// How it is said that an answer came from the cache:
/// <https://developers.cloudflare.com/cache/concepts/cache-responses/>.
const CACHED: [&str; 4] = ["hit", "revalidated", "stale", "updating"];

/// What a zone did with requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// All of it.
    pub all: Volume,
    /// What the cache answered.
    pub cached: Volume,
    /// Requests by the class of their answers' statuses, such as `2xx`.
    pub statuses: BTreeMap<String, u64>,
    /// Threats: how often rules did something, by what they did, such as `block`. `None` where that is not told.
    pub events: Option<BTreeMap<String, u64>>,
}

/// How much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    /// How many requests.
    pub requests: u64,
    /// How many bytes went to those who asked.
    pub bytes: u64,
}

#[derive(Debug, Deserialize)]
struct Answer {
    requests: Vec<Requests>,
    events: Option<Vec<Events>>,
}

#[derive(Debug, Deserialize)]
struct Requests {
    count: u64,
    sum: Sum,
    dimensions: Handled,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sum {
    edge_response_bytes: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Handled {
    cache_status: String,
    edge_response_status: u16,
}

#[derive(Debug, Deserialize)]
struct Events {
    count: u64,
    dimensions: Done,
}

#[derive(Debug, Deserialize)]
struct Done {
    action: String,
}

/// What the zone with the id `zone` did between two moments, such as `2026-01-31T12:00:00Z`. Plans below Enterprise tell of a
/// day at once.
///
/// # Errors
/// It could not be seen.
pub async fn traffic(reader: &Reader, zone: &str, since: &str, until: &str) -> Result<Traffic> {
    let variables = json!({"zone": zone, "since": since, "until": until});
    let answer = match ask(reader, &format!("{REQUESTS} {EVENTS}"), &variables).await {
        // A refused part takes the rest with it, and the plan Free has no events.
        Err(error) if error.class() == Class::Denied => ask(reader, REQUESTS, &variables).await?,
        found => found?,
    };
    Ok(answer.into())
}

async fn ask(reader: &Reader, datasets: &str, variables: &Value) -> Result<Answer> {
    let zones = format!("zones(filter: {{zoneTag: $zone}}) {{ {datasets} }}");
    let query = format!("query($zone: string!, $since: Time!, $until: Time!) {{ viewer {{ {zones} }} }}");
    let found = reader.graphql(CALL, &query, variables).await?;
    let zone = found.pointer("/data/viewer/zones/0").ok_or_else(|| ApiError::incomplete(CALL, "zone"))?;
    Answer::deserialize(zone).map_err(|it| ApiError::malformed(CALL, &it))
}

impl From<Answer> for Traffic {
    fn from(answer: Answer) -> Self {
        let mut acc = Self::default();
        for it in &answer.requests {
            acc.all.add(it);
            if CACHED.contains(&it.dimensions.cache_status.as_str()) {
                acc.cached.add(it);
            }
            let class = format!("{}xx", it.dimensions.edge_response_status / 100);
            *acc.statuses.entry(class).or_default() += it.count;
        }
        let by_action = |them: Vec<Events>| them.into_iter().map(|it| (it.dimensions.action, it.count)).collect();
        acc.events = answer.events.map(by_action);
        acc
    }
}

impl Volume {
    fn add(&mut self, it: &Requests) {
        self.requests += it.count;
        self.bytes += it.sum.edge_response_bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_cache_had_is_told_from_what_the_origin_was_asked_for() {
        let group = |count: u64, cache: &str, status: u16| {
            let dimensions = json!({"cacheStatus": cache, "edgeResponseStatus": status});
            json!({"count": count, "sum": {"edgeResponseBytes": count * 10}, "dimensions": dimensions})
        };
        let requests = [group(6, "hit", 200), group(1, "revalidated", 304), group(2, "dynamic", 201)];
        let answer = Answer::deserialize(json!({"requests": requests})).unwrap();
        let traffic = Traffic::from(answer);
        assert_eq!(traffic.all, Volume { requests: 9, bytes: 90 });
        assert_eq!(traffic.cached, Volume { requests: 7, bytes: 70 });
        assert_eq!(traffic.statuses, BTreeMap::from([("2xx".into(), 8), ("3xx".into(), 1)]));
        assert_eq!(traffic.events, None);
    }
}
