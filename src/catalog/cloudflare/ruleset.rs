//! The rules of a zone's phase: <https://developers.cloudflare.com/ruleset-engine/rulesets-api/>.
//!
//! A phase has one list of rules, whoever made them, and is only written as a whole. What is ours in it is one resource; what is
//! not stays where it is, as it is.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    around,
    entry_point::{self, Place},
    mark,
    parameters::Parameters,
    seen,
};
use crate::{
    api::{ApiError, ReadCx, Result, WriteCx, vendor::Reader},
    catalog::lifecycle::{Changed, Lifecycle, Look, New},
    fields,
    resource::{
        Facts, Live, Resource, Status,
        tags::{Scope, Tags},
        value::Address,
    },
};

/// The phases that ours are in: others hold what is set elsewhere
/// (<https://developers.cloudflare.com/ruleset-engine/reference/phases-list/>).
pub const PHASES: [&str; 9] = [
    "http_request_dynamic_redirect",
    "http_request_late_transform",
    "http_response_headers_transform",
    "http_request_origin",
    "http_request_cache_settings",
    "http_request_firewall_custom",
    "http_ratelimit",
    "http_request_firewall_managed",
    "ddos_l7",
];

/// What a stack does with a zone's requests at one stage of their handling: its rules there, one after the other.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Ruleset {
    /// The zone's id.
    pub zone: String,
    /// The stage, such as `http_request_cache_settings`.
    pub phase: String,
    /// What the `ref` of each rule begins with: it says whose the rule is.
    pub owner: String,
    /// The rules that are ours. Those of others stay where they are.
    pub rules: Vec<Rule>,
}

/// Some requests, and what is done with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rule {
    /// What the rule is called; with the owner before it, it is the rule's `ref`, which no other of the phase has.
    pub key: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Which requests it is about, in Cloudflare's language of rules.
    pub expression: String,
    /// What is done with them, such as `block`.
    pub action: String,
    /// How that is done.
    #[serde(default, skip_serializing_if = "Parameters::is_empty")]
    pub action_parameters: Parameters,
    /// How many of them are too many.
    #[serde(default, skip_serializing_if = "Parameters::is_empty")]
    pub ratelimit: Parameters,
    /// Whether it counts.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Whether what it does is logged, where that can be chosen.
    #[serde(default = "yes", deserialize_with = "logging")]
    pub logging: bool,
}

fn yes() -> bool {
    true
}

/// As we write it, or as Cloudflare does.
fn logging<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<bool, D::Error> {
    let said = Value::deserialize(deserializer)?;
    Ok(said.get("enabled").unwrap_or(&said).as_bool().unwrap_or(true))
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// The id of all rules of the phase together.
    pub id: String,
}

impl Resource for Ruleset {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Ruleset: zone, phase, owner),
        consists_of: fields!(Ruleset: rules),
        tagged: false,
        ..Facts::new::<Self>(
            "cloudflare.ruleset",
            "what is done with a zone's requests at one stage of their handling",
            "https://developers.cloudflare.com/ruleset-engine/rulesets-api/",
        )
    };
}

impl Lifecycle for Ruleset {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let Some((reader, zones)) = around(cx, look.wants.iter().map(|it| it.zone.as_str())).await? else {
            return Ok(Vec::new());
        };
        let wanted = |zone: &str, phase: Option<&str>| {
            look.wants.iter().any(|it| it.zone == zone && phase.is_none_or(|phase| it.phase == phase))
        };
        let found = try_join_all(zones.iter().map(async |zone| {
            let phases = seen(phases(reader, zone).await, wanted(zone, None))?;
            let all = try_join_all(phases.iter().map(async |phase| {
                let at = Place { zone, phase };
                let live = live(&look.scope, at, entry_point::get(reader, at).await);
                seen(live, wanted(zone, Some(phase)))
            }));
            all.await
        }));
        Ok(found.await?.into_iter().flatten().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        entry_point::put(cx, new.want.place(), &new.want.owner, &new.want.rules).await
    }

    async fn update(cx: &WriteCx, want: &Self, _: &Live<Self>, _: &Changed) -> Result<()> {
        entry_point::change(cx, want.place(), &want.owner, &want.rules).await
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        entry_point::put(cx, live.state.place(), &live.state.owner, &[]).await
    }

    async fn rehearse(cx: &ReadCx, want: &Self) -> Result<()> {
        entry_point::rehearse(cx, want.place(), &want.owner, &want.rules).await
    }
}

impl Ruleset {
    fn place(&self) -> Place<'_> {
        Place { zone: &self.zone, phase: &self.phase }
    }
}

/// The phases of a zone that have rules.
async fn phases(reader: &Reader, zone: &str) -> Result<BTreeSet<&'static str>> {
    const CALL: &str = "cloudflare:ListRulesets";
    let heads = reader.list(CALL, &format!("/zones/{zone}/rulesets"), &[("per_page", "50")]).await?;
    let own = heads.iter().filter(|it| it.get("kind").is_some_and(|it| it == "zone"));
    let own = own.filter_map(|it| it.get("phase")?.as_str());
    Ok(own.filter_map(|phase| PHASES.into_iter().find(|it| *it == phase)).collect())
}

/// What of a phase is ours, if anything is.
fn live(
    scope: &Scope,
    Place { zone, phase }: Place<'_>,
    found: Result<Option<entry_point::EntryPoint>>,
) -> Result<Option<Live<Ruleset>>> {
    let Some(found) = found? else { return Ok(None) };
    let owner = mark::owner(scope);
    let ours = found.rules.iter().filter_map(|it| Some((entry_point::key(&owner, it)?, it)));
    let rules: Vec<_> = ours.map(|(key, it)| rule(key, it)).collect::<Result<_>>()?;
    let tags: Tags = scope.tags(&Address::new(Ruleset::FACTS.kind, phase));
    let state = Ruleset { zone: zone.into(), phase: phase.into(), owner, rules };
    let there = !state.rules.is_empty();
    Ok(there.then_some(Live { state, out: Out { id: found.id }, tags, status: Status::Ready }))
}

fn rule(key: &str, it: &Value) -> Result<Rule> {
    let mut tree = it.clone();
    if let Value::Object(map) = &mut tree {
        map.insert("key".into(), key.into());
        map.retain(|_, it| !it.is_null());
    }
    serde_json::from_value(tree).map_err(|it| ApiError::malformed("cloudflare:GetEntryPoint", &it))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scope() -> Scope {
        Scope { stack: "shop".into(), env: "dev".into(), region: "eu-central-1".into() }
    }

    fn found(rules: Value) -> Result<Option<entry_point::EntryPoint>> {
        entry_point::read(&json!({"id": "1", "version": "3", "rules": rules})).map(Some)
    }

    #[test]
    fn only_what_has_our_mark_is_ours() {
        let ours = json!({
            "id": "a", "version": "1", "ref": "infractl:shop/dev/eu-central-1:redirects.old", "enabled": true,
            "expression": "true", "action": "skip", "logging": {"enabled": true}, "last_updated": "2024-01-01",
            "action_parameters": {"ruleset": "current"}, "description": "x",
        });
        let at = Place { zone: "z", phase: "http_ratelimit" };
        let other = json!({"id": "b", "ref": "b", "action": "block", "expression": "true"});
        let prod =
            json!({"id": "c", "ref": "infractl:shop/prod/eu-central-1:x", "action": "block", "expression": "true"});
        let it = live(&scope(), at, found(json!([other, ours, prod]))).unwrap().unwrap();
        let [rule] = it.state.rules.as_slice() else { panic!("{:?}", it.state.rules) };
        assert_eq!((rule.key.as_str(), rule.enabled, rule.logging), ("redirects.old", true, true));
        assert_eq!(scope().address(&it.tags), Some(Address::new("cloudflare.ruleset", "http_ratelimit")));
        assert!(live(&scope(), at, found(json!([other]))).unwrap().is_none());
        assert!(live(&scope(), at, Ok(None)).unwrap().is_none());
    }

    #[test]
    fn a_rule_is_read_as_it_is_written() {
        let wire = json!({"expression": "true", "action": "block", "logging": {"enabled": false}, "enabled": false});
        let it = rule("k", &wire).unwrap();
        assert_eq!((it.enabled, it.logging, it.ratelimit.is_empty()), (false, false, true));
        let again: Rule = serde_json::from_value(serde_json::to_value(&it).unwrap()).unwrap();
        assert_eq!(again, it);
        assert!(rule("k", &json!({"action": "block"})).is_err());
    }
}
