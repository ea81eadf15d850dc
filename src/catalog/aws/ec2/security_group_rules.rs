//! The rules of a security group: <https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html>.
//!
//! All rules of a group are one resource, so that one made by hand is a difference and not something nobody looks at.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::SecurityGroup as SdkGroup;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{
    AT_ONCE, Ports, filter, owned_by,
    rule_calls::{authorize, describe, revoke, row},
    security_group::{SecurityGroup, groups},
    tags,
};
use crate::{
    api::{ApiError, During, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New},
    fields,
    resource::{
        Facts, Live, Resource, Risk, Status,
        tags::{ID, Scope},
        text::cidr::Cidr,
        value::In,
    },
};

/// All rules of a security group; a rule that is not here is removed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SecurityGroupRules {
    /// The group.
    pub group: In<String>,
    /// What may come in.
    #[serde(deserialize_with = "rules")]
    pub ingress: BTreeSet<Rule>,
    /// What may go out.
    #[serde(deserialize_with = "rules")]
    pub egress: BTreeSet<Rule>,
}

/// What may pass.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Rule {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, another protocol's number, or `-1` for all.
    pub protocol: String,
    /// The ports, all if left out; for `icmp` and `icmpv6` the type and the code, of which 65535 is any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ports: Option<Ports>,
    /// Where it comes from, or goes to.
    pub peer: Peer,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
}

/// Where something comes from, or goes to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Peer {
    /// A block of addresses.
    Cidr(Cidr),
    /// What is in another security group, or in the same.
    Group(In<String>),
    /// A prefix list, such as `pl-0123456789abcdef0`.
    PrefixList(String),
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// The group's.
    pub id: String,
}

impl Resource for SecurityGroupRules {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(SecurityGroupRules: group),
        holds: fields!(SecurityGroupRules: ingress, egress),
        consists_of: fields!(SecurityGroupRules: ingress, egress),
        tagged: false,
        ..Facts::new::<Self>(
            "ec2.security_group_rules",
            "what may pass a security group",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html",
        )
    };

    fn risks(&self) -> Vec<Risk> {
        let open = self.ingress.iter().filter(|it| matches!(&it.peer, Peer::Cidr(cidr) if cidr.prefix() == 0));
        let said: BTreeSet<_> =
            open.map(|it| format!("{} can be reached from the whole internet", it.subject())).collect();
        said.into_iter().map(Risk::Exposes).collect()
    }
}

impl Rule {
    /// What tells it from others: AWS has one rule for it, whatever its description.
    pub(super) fn key(&self) -> (&str, Option<Ports>, &Peer) {
        (&self.protocol, self.ports, &self.peer)
    }

    /// As AWS shows it, and in one way.
    pub(super) fn normal(self) -> Self {
        let protocol = match self.protocol.to_lowercase().as_str() {
            "all" | "-1" => "-1".to_owned(),
            "6" => "tcp".into(),
            "17" => "udp".into(),
            "1" => "icmp".into(),
            "58" => "icmpv6".into(),
            other => other.to_owned(),
        };
        let all = Ports { from: 0, to: u16::MAX };
        let any = Ports { from: u16::MAX, to: u16::MAX };
        let ports = self.ports.filter(|ports| match protocol.as_str() {
            "tcp" | "udp" => *ports != all,
            "icmp" | "icmpv6" => *ports != any,
            _ => false,
        });
        Self { protocol, ports, description: self.description.filter(|it| !it.is_empty()), ..self }
    }

    fn subject(&self) -> String {
        match (self.protocol.as_str(), self.ports) {
            ("-1", _) => "everything".into(),
            (protocol @ ("tcp" | "udp"), None) => format!("every {protocol} port"),
            (protocol @ ("tcp" | "udp"), Some(Ports { from, to })) if from == to => format!("{protocol} {from}"),
            (protocol @ ("tcp" | "udp"), Some(Ports { from, to })) => format!("{protocol} {from}-{to}"),
            (protocol, _) => protocol.to_owned(),
        }
    }
}

/// Rules as AWS would show them: `6` is `tcp`, and of the same rule with two descriptions there is one.
fn rules<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<Rule>, D::Error> {
    let written = BTreeSet::<Rule>::deserialize(deserializer)?;
    let mut seen = BTreeSet::new();
    let normal = written.into_iter().map(Rule::normal);
    Ok(normal.filter(|it| seen.insert((it.protocol.clone(), it.ports, it.peer.clone()))).collect())
}

impl Lifecycle for SecurityGroupRules {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let mut groups = groups(cx, owned_by(&look.scope)).await?;
        groups.retain(|it| is_a_group_of(&look.scope, it));
        let ids: Vec<_> = groups.iter().filter_map(SdkGroup::group_id).collect();
        let mut of = fetch(cx, &ids).await?;
        let mut acc = Vec::new();
        for group in &groups {
            let id = group.group_id().ok_or_else(|| ApiError::incomplete("ec2:DescribeSecurityGroups", "group id"))?;
            let rows = of.remove(id).unwrap_or_default();
            if rows.is_empty() && !no_rules_wanted(look, group) {
                continue;
            }
            let (egress, ingress): (Vec<_>, Vec<_>) = rows.into_iter().partition(|it| it.egress);
            let set = |rows: Vec<Row>| rows.into_iter().map(|it| it.rule).collect();
            acc.push(Live {
                state: Self { group: id.into(), ingress: set(ingress), egress: set(egress) },
                out: Out { id: id.to_owned() },
                tags: tags(group.tags.as_deref()),
                status: Status::Ready,
            });
        }
        Ok(acc)
    }

    /// A new group has a rule already, which lets everything out: so this, too, only sets right what differs.
    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        set(cx, new.want.group.get(), &new.want).await
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, _: &Changed) -> Result<()> {
        set(cx, &live.out.id, want).await
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let group = live.out.id.as_str();
        let rows = fetch(&cx.read, &[group]).await?.remove(group).unwrap_or_default();
        for egress in [false, true] {
            let ids: Vec<_> = rows.iter().filter(|it| it.egress == egress).map(|it| it.id.as_str()).collect();
            revoke(cx, group, egress, &ids).await?;
        }
        Ok(())
    }
}

/// What is new is let through before what is old is held back, so that nothing is held back that both let through.
async fn set(cx: &WriteCx, group: &str, want: &SecurityGroupRules) -> Result<()> {
    let rows = fetch(&cx.read, &[group]).await?.remove(group).unwrap_or_default();
    let ways = [(false, &want.ingress), (true, &want.egress)];
    let ways = ways.map(|(egress, want)| (egress, compare(egress, want, &rows)));
    for (egress, it) in &ways {
        describe(cx, group, *egress, &it.describe).await?;
        authorize(cx, group, *egress, &it.authorize).await?;
    }
    for (egress, it) in &ways {
        revoke(cx, group, *egress, &it.revoke).await?;
    }
    Ok(())
}

/// Tags that name another type were copied from there by someone: they prove nothing.
fn is_a_group_of(scope: &Scope, group: &SdkGroup) -> bool {
    scope.address(&tags(group.tags.as_deref())).is_some_and(|it| it.kind() == SecurityGroup::FACTS.kind)
}

/// No rules are as good as not there, unless that is what is wanted.
fn no_rules_wanted(look: &Look<SecurityGroupRules>, group: &SdkGroup) -> bool {
    let tags = tags(group.tags.as_deref());
    let is = |it: &In<String>| match it {
        In::Known(id) => group.group_id() == Some(id),
        In::Out(out) => tags.get(ID).is_some_and(|it| it == out.from.as_str()),
        In::Joined(_) => false,
    };
    look.wants.iter().any(|it| it.ingress.is_empty() && it.egress.is_empty() && is(&it.group))
}

/// A rule as AWS has it.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) group: String,
    pub(super) id: String,
    pub(super) egress: bool,
    pub(super) rule: Rule,
}

/// The rules of `groups`, by group.
async fn fetch(cx: &ReadCx, groups: &[&str]) -> Result<BTreeMap<String, Vec<Row>>> {
    const CALL: &str = "ec2:DescribeSecurityGroupRules";
    let pages = try_join_all(groups.chunks(AT_ONCE).map(|ids| async move {
        let call = cx.ec2.describe_security_group_rules().filters(filter("group-id", ids.iter().copied()));
        call.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.during(CALL)
    }));
    let mut acc = BTreeMap::<_, Vec<_>>::new();
    for rule in pages.await?.iter().flatten() {
        let row = row(rule).ok_or_else(|| ApiError::incomplete(CALL, "group, protocol or peer that is known"))?;
        acc.entry(row.group.clone()).or_default().push(row);
    }
    Ok(acc)
}

/// What leads from the rules that are to those that should be.
#[derive(Debug, Default, PartialEq)]
struct Difference<'a> {
    authorize: Vec<&'a Rule>,
    describe: Vec<&'a Rule>,
    revoke: Vec<&'a str>,
}

fn compare<'a>(egress: bool, want: &'a BTreeSet<Rule>, live: &'a [Row]) -> Difference<'a> {
    let live: BTreeMap<_, _> = live.iter().filter(|it| it.egress == egress).map(|it| (it.rule.key(), it)).collect();
    let mut acc = Difference::default();
    for rule in want {
        match live.get(&rule.key()) {
            None => acc.authorize.push(rule),
            Some(row) if row.rule.description != rule.description => acc.describe.push(rule),
            Some(_) => (),
        }
    }
    let keys: BTreeSet<_> = want.iter().map(Rule::key).collect();
    acc.revoke = live.into_iter().filter(|(key, _)| !keys.contains(key)).map(|(_, it)| it.id.as_str()).collect();
    acc
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn rule(protocol: &str, port: u16, peer: &str, description: Option<&str>) -> Rule {
        Rule {
            protocol: protocol.into(),
            ports: Some(Ports { from: port, to: port }),
            peer: Peer::Cidr(peer.parse().unwrap()),
            description: description.map(str::to_owned),
        }
    }

    fn row(id: &str, egress: bool, rule: Rule) -> Row {
        Row { group: "sg-1".into(), id: id.into(), egress, rule }
    }

    #[test]
    fn only_what_differs_is_changed() {
        let same = rule("tcp", 80, "10.0.0.0/8", None);
        let reworded = rule("tcp", 443, "10.0.0.0/8", Some("new"));
        let fresh = rule("udp", 53, "10.0.0.0/8", None);
        let live = [
            row("sgr-1", false, same.clone()),
            row("sgr-2", false, rule("tcp", 443, "10.0.0.0/8", Some("old"))),
            row("sgr-3", false, rule("tcp", 22, "0.0.0.0/0", None)),
            row("sgr-4", true, fresh.clone()),
        ];
        let want = BTreeSet::from([same, reworded.clone(), fresh.clone()]);
        let expected = Difference { authorize: vec![&fresh], describe: vec![&reworded], revoke: vec!["sgr-3"] };
        assert_eq!(compare(false, &want, &live), expected);
        let none = BTreeSet::new();
        assert_eq!(compare(true, &none, &live), Difference { revoke: vec!["sgr-4"], ..Difference::default() });
    }

    #[test]
    fn two_ways_to_write_a_rule_are_one_rule() {
        let of = |rules: Value| {
            let tree = json!({"group": "sg-1", "ingress": rules, "egress": []});
            serde_json::from_value::<SecurityGroupRules>(tree).unwrap().ingress
        };
        let peer = json!({"cidr": "10.0.0.0/8"});
        let all = json!({"from": 0, "to": 65535});
        assert_eq!(
            of(json!([{"protocol": "6", "ports": all, "peer": peer}])),
            of(json!([{"protocol": "TCP", "peer": peer, "description": ""}])),
        );
        assert_eq!(
            of(json!([{"protocol": "all", "ports": all, "peer": peer}])),
            of(json!([{"protocol": "-1", "peer": peer}])),
        );
        let twice = json!([{"protocol": "58", "peer": peer, "description": "a"}, {"protocol": "icmpv6", "peer": peer}]);
        assert_eq!(of(twice).len(), 1);
    }

    #[test]
    fn what_the_internet_reaches_is_a_risk_and_told_once() {
        let any = |port| [rule("tcp", port, "0.0.0.0/0", None), rule("tcp", port, "::/0", None)];
        let all = Rule { protocol: "-1".into(), ports: None, ..rule("tcp", 0, "0.0.0.0/0", None) };
        let ingress = any(443).into_iter().chain([all.clone(), rule("tcp", 22, "10.0.0.0/8", None)]).collect();
        let rules = SecurityGroupRules { group: "sg-1".into(), ingress, egress: BTreeSet::from([all]) };
        let said = ["everything", "tcp 443"].map(|it| format!("{it} can be reached from the whole internet"));
        assert_eq!(rules.risks(), said.map(Risk::Exposes));
    }
}
