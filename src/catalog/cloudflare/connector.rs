//! Rules that send requests to a provider's storage: <https://developers.cloudflare.com/rules/cloud-connector/>.
//!
//! A zone has one list of them, whoever made them, and it is only written as a whole.

use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{around, entry_point::gone, mark, seen};
use crate::{
    api::{
        ApiError, ReadCx, Result, WriteCx,
        vendor::{Method, Reader},
    },
    catalog::lifecycle::{Changed, Lifecycle, Look, New},
    fields,
    resource::{Facts, Live, Resource, Status, tags::Scope, value::Address, value::In},
};

const GET: &str = "cloudflare:GetConnectorRules";
const PUT: &str = "cloudflare:PutConnectorRules";

/// Where a stack has requests of a zone answered from a storage.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Connector {
    /// The zone's id.
    pub zone: String,
    /// What the description of each rule begins with: it says whose the rule is.
    pub owner: String,
    /// The rules that are ours. Those of others stay where they are.
    pub rules: Vec<Rule>,
}

/// Some requests, and the storage that answers them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rule {
    /// What the rule is called; with the owner before it, it is the rule's description.
    pub key: String,
    /// Which requests it is about, in Cloudflare's language of rules.
    pub expression: String,
    /// Whose storage it is: `aws_s3`.
    pub provider: String,
    /// What the storage is called, such as `NAME.s3.eu-central-1.amazonaws.com`.
    pub host: In<String>,
    /// Whether it counts.
    pub enabled: bool,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// The zone's id: the rules together have none of their own.
    pub id: String,
}

impl Resource for Connector {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Connector: zone, owner),
        consists_of: fields!(Connector: rules),
        tagged: false,
        ..Facts::new::<Self>(
            "cloudflare.connector",
            "where requests of a zone are answered from a storage",
            "https://developers.cloudflare.com/rules/cloud-connector/",
        )
    };
}

impl Lifecycle for Connector {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let Some((reader, zones)) = around(cx, look.wants.iter().map(|it| it.zone.as_str())).await? else {
            return Ok(Vec::new());
        };
        let found = try_join_all(zones.iter().map(async |zone| {
            let wanted = look.wants.iter().any(|it| it.zone == *zone);
            live(&look.scope, zone, &seen(all(reader, zone).await, wanted)?)
        }));
        Ok(found.await?.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let Self { zone, owner, rules } = &new.want;
        let there = all(cx.read.vendors.cloudflare()?, zone).await?;
        put(cx, zone, &merged(&there, owner, rules)).await
    }

    async fn update(cx: &WriteCx, Self { zone, owner, rules }: &Self, _: &Live<Self>, _: &Changed) -> Result<()> {
        let there = all(cx.read.vendors.cloudflare()?, zone).await?;
        if !there.iter().any(|it| key(owner, it).is_some()) {
            return Err(gone(PUT));
        }
        put(cx, zone, &merged(&there, owner, rules)).await
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let Self { zone, owner, .. } = &live.state;
        let there = all(cx.read.vendors.cloudflare()?, zone).await?;
        if !there.iter().any(|it| key(owner, it).is_some()) {
            return Ok(());
        }
        put(cx, zone, &merged(&there, owner, &[])).await
    }
}

fn path(zone: &str) -> String {
    format!("/zones/{zone}/cloud_connector/rules")
}

/// All rules of a zone; one that never had some says nothing.
async fn all(reader: &Reader, zone: &str) -> Result<Vec<Value>> {
    reader.list(GET, &path(zone), &[]).await
}

async fn put(cx: &WriteCx, zone: &str, body: &Value) -> Result<()> {
    cx.vendors.cloudflare()?.send(PUT, Method::PUT, &path(zone), Some(body)).await.map(drop)
}

/// All rules: ours where the first of ours was, or at the end.
fn merged(live: &[Value], owner: &str, ours: &[Rule]) -> Value {
    let is_ours = |it: &Value| key(owner, it).is_some();
    let at = live.iter().position(is_ours).unwrap_or(live.len());
    let others = |part: &[Value]| part.iter().filter(|it| !is_ours(it)).cloned().collect::<Vec<_>>();
    let (before, after) = live.split_at(at);
    let ours = ours.iter().map(|it| {
        json!({
            "description": format!("{owner}:{}", it.key),
            "expression": it.expression,
            "provider": it.provider,
            "parameters": {"host": it.host.get()},
            "enabled": it.enabled,
        })
    });
    [others(before), ours.collect(), others(after)].concat().into()
}

fn key<'a>(owner: &str, rule: &'a Value) -> Option<&'a str> {
    rule.get("description")?.as_str()?.strip_prefix(owner)?.strip_prefix(':')
}

/// What of a zone's rules is ours, if anything is.
fn live(scope: &Scope, zone: &str, all: &[Value]) -> Result<Option<Live<Connector>>> {
    let owner = mark::owner(scope);
    let ours = all.iter().filter_map(|it| Some((key(&owner, it)?, it)));
    let rules: Vec<_> = ours.map(|(key, it)| rule(key, it)).collect::<Result<_>>()?;
    if rules.is_empty() {
        return Ok(None);
    }
    let tags = scope.tags(&Address::new(Connector::FACTS.kind, NAME));
    let state = Connector { zone: zone.into(), owner, rules };
    Ok(Some(Live { state, out: Out { id: zone.into() }, tags, status: Status::Ready }))
}

/// What the stack's only one is called.
pub const NAME: &str = "main";

fn rule(key: &str, it: &Value) -> Result<Rule> {
    let text = |at: &str| {
        let found = it.pointer(at).and_then(Value::as_str).map(str::to_owned);
        found.ok_or_else(|| ApiError::incomplete(GET, at))
    };
    Ok(Rule {
        key: key.to_owned(),
        expression: text("/expression")?,
        provider: text("/provider")?,
        host: text("/parameters/host")?.into(),
        enabled: it.get("enabled").and_then(Value::as_bool).unwrap_or(true),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_are_told_by_their_description_and_others_stay() {
        let scope = Scope { stack: "shop".into(), env: "dev".into(), region: "eu-central-1".into() };
        let other = json!({
            "id": "1", "description": "by hand", "provider": "gcp_storage", "expression": "true",
            "parameters": {"host": "storage.googleapis.com"}, "enabled": true,
        });
        assert!(live(&scope, "z", std::slice::from_ref(&other)).unwrap().is_none());
        let media = Rule {
            key: "media".into(),
            expression: "http.host eq \"a.de\"".into(),
            provider: "aws_s3".into(),
            host: "a.s3.eu-central-1.amazonaws.com".into(),
            enabled: true,
        };
        let owner = mark::owner(&scope);
        let all = merged(std::slice::from_ref(&other), &owner, std::slice::from_ref(&media));
        let all = all.as_array().unwrap();
        assert_eq!(all[0], other);
        assert_eq!(live(&scope, "z", all).unwrap().unwrap().state.rules, [media]);
        assert_eq!(merged(all, &owner, &[]), json!([other]));
    }
}
