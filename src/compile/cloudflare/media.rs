//! A bucket that visitors reach through Cloudflare only: <https://developers.cloudflare.com/rules/cloud-connector/>.
//!
//! The bucket lets Cloudflare's addresses read, which every customer of Cloudflare asks from, and so wants a word besides that
//! only this zone's requests have.

use serde_json::{Map, Value, json};

use super::{Rules, cache, expression, headers, origins};
use crate::{
    api::cloudflare::Zone,
    catalog::cloudflare::{
        connector::{self, Connector},
        mark,
        record::Record,
    },
    compile::{Ground, stack::Stack},
    resource::{text::digest::short, value::In},
    spec::model::{ComponentName, EdgeMedia, MediaProof, MediaWay, OutPath, Part, Text},
};

const COMPONENT: &str = "cloudflare.media";
const KEY: &str = "media";

pub(super) fn media(stack: &mut Stack<'_>, zone: &Zone, it: &EdgeMedia, rules: &mut Rules) {
    let requests = expression::host(it.host.as_str());
    let domain = domain(stack, it);
    stack.graph.add(COMPONENT, &called(it), &record(stack, zone, it, domain.clone()));
    // Without a word from the object, an answer is kept for two hours, and an error is not kept at all.
    let kept = json!({"cache": true, "cache_key": cache::without_query()});
    rules.add(cache::PHASE, KEY.into(), requests.clone(), cache::action(kept));
    if let Some((header, _)) = proof(it.proof) {
        let word = json!({"operation": "set", "value": word(stack, zone, it)});
        let action = headers::action(&Map::from_iter([(header.to_owned(), word)]));
        rules.add(headers::REQUEST, KEY.into(), requests.clone(), action);
    }
    match it.way {
        MediaWay::Connector => {
            let rule = connector::Rule {
                key: KEY.into(),
                expression: requests,
                provider: "aws_s3".into(),
                host: domain,
                enabled: true,
            };
            let owner = mark::owner(&stack.graph.scope);
            let connector = Connector { zone: zone.id.clone(), owner, rules: vec![rule] };
            stack.graph.add(COMPONENT, connector::NAME, &connector);
        }
        MediaWay::Origin => {
            let action = origins::action(Some(domain.clone()), Some(domain), None);
            rules.add(origins::PHASE, KEY.into(), requests, action);
        }
    }
}

/// That Cloudflare takes requests for the name. What it stands for only has to exist.
fn record(stack: &Stack<'_>, zone: &Zone, it: &EdgeMedia, domain: In<String>) -> Record {
    Record {
        zone: zone.id.clone(),
        mark: Record::mark(&stack.graph.scope, &called(it)),
        record_name: it.host.to_string().into(),
        record_type: "CNAME".into(),
        content: Some(domain),
        data: None,
        priority: None,
        proxied: true,
        ttl: 1,
    }
}

fn called(it: &EdgeMedia) -> String {
    format!("{}/CNAME", it.host)
}

/// What the bucket called `name` lets Cloudflare do, if it is the one. A policy that is limited to addresses is not public to
/// S3 (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>), as long as they are
/// few: Cloudflare's blocks of IPv6 are too large for that, and S3 has no addresses of IPv6 under this name.
pub(in crate::compile) fn statement(
    stack: &Stack<'_>,
    ground: &Ground,
    name: &ComponentName,
    objects: &str,
) -> Option<Value> {
    let (it, zone) = (stack.spec.cloudflare.as_ref()?.media.as_ref()?, ground.domain.as_ref()?);
    if it.bucket != *name {
        return None;
    }
    let from: Vec<_> = ground.cloudflare.iter().filter(|it| it.is_v4()).map(ToString::to_string).collect();
    let mut condition = Map::from_iter([("IpAddress".to_owned(), json!({"aws:SourceIp": from}))]);
    if let Some((_, key)) = proof(it.proof) {
        condition.insert("StringEquals".into(), json!({key: word(stack, zone, it)}));
    }
    Some(json!({
        "Sid": "CloudflareReads",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": objects,
        "Condition": condition,
    }))
}

/// The header with the word, and what a policy calls it
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>).
fn proof(it: MediaProof) -> Option<(&'static str, &'static str)> {
    match it {
        MediaProof::Referer => Some(("referer", "aws:Referer")),
        MediaProof::UserAgent => Some(("user-agent", "aws:UserAgent")),
        MediaProof::None => None,
    }
}

/// Nobody outside knows the ids of both the zone and the account, and whoever may see both may see the rules as well.
fn word(stack: &Stack<'_>, zone: &Zone, it: &EdgeMedia) -> In<String> {
    let account = &stack.graph.place.account;
    let own = || short(&format!("{} {account} {} {}", zone.id, stack.graph.scope.global_prefix(), it.bucket), 32);
    it.secret.as_ref().map_or_else(|| own().into(), |it| stack.text(it))
}

/// What the bucket is called in the DNS.
fn domain(stack: &Stack<'_>, it: &EdgeMedia) -> In<String> {
    let out = OutPath {
        component: "buckets".into(),
        name: Some(it.bucket.to_string()),
        output: "domain".into(),
        secret: false,
    };
    stack.text(&Text(vec![Part::Out(out)]))
}
