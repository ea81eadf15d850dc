//! Network ACLs: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html>.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{
    IcmpTypeCode, NetworkAcl as SdkAcl, NetworkAclAssociation, NetworkAclEntry, PortRange, ResourceType, RuleAction,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Ports, filter, owned_by, tagged, tags};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Resource, Status, text::cidr::Cidr, value::In},
};

const DESCRIBE: &str = "ec2:DescribeNetworkAcls";
/// The numbers of the rules that deny the rest, of IPv4 and of IPv6: every list ends with them.
const DENY_REST: [i32; 2] = [32767, 32768];

/// What may enter and leave some subnets, answers included.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct NetworkAcl {
    /// The network that it is for.
    pub vpc: In<String>,
    /// Its rules; what none of them allows is denied.
    pub entries: BTreeSet<Entry>,
    /// The subnets that it is for.
    pub subnets: BTreeSet<In<String>>,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// Whether it is about what leaves, and not about what enters.
    pub egress: bool,
    /// Its number, 1 to 32766: of those that fit, the lowest counts.
    pub rule: u16,
    /// Whether it allows, and does not deny.
    pub allow: bool,
    /// The protocol's number: `6` is TCP, `17` UDP, `1` ICMP, `58` ICMP for IPv6, `-1` any.
    pub protocol: String,
    /// The ports of TCP or UDP; all if none are given.
    #[serde(default, skip_serializing_if = "every_port")]
    pub ports: Option<Ports>,
    /// The addresses at the other end, of IPv4 or IPv6.
    pub cidr: Cidr,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Such as `acl-0123456789abcdef0`.
    pub id: String,
}

impl Resource for NetworkAcl {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(NetworkAcl: vpc),
        ..Facts::new::<Self>(
            "ec2.network_acl",
            "what may enter and leave some subnets",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAcl.html",
        )
    };
}

impl Lifecycle for NetworkAcl {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let call = cx.ec2.describe_network_acls().set_filters(Some(owned_by(&look.scope)));
        let found: Vec<_> = call.into_paginator().items().send().collect::<Result<_, _>>().await.during(DESCRIBE)?;
        found.iter().map(live).collect()
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let call = cx.ec2.create_network_acl().client_token(&new.token).vpc_id(new.want.vpc.get());
        let call = call.tag_specifications(tagged(ResourceType::NetworkAcl, new));
        call.send().await.during("ec2:CreateNetworkAcl").map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        let id = live.out.id.as_str();
        if changed.any(fields!(NetworkAcl: entries)) {
            for change in entry_changes(&want.entries, &live.state.entries) {
                change.make(cx, id).await?;
            }
        }
        // A subnet moves here only once it finds its rules here: until then nothing would get through.
        if changed.any(fields!(NetworkAcl: subnets)) {
            let wanted: Vec<_> = want.subnets.iter().map(|it| it.get().as_str()).collect();
            associate(cx, id, want.vpc.get(), &wanted).await?;
        }
        Ok(())
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let id = live.out.id.as_str();
        associate(cx, id, live.state.vpc.get(), &[]).await?;
        cx.ec2.delete_network_acl().network_acl_id(id).send().await.during("ec2:DeleteNetworkAcl").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.id, tags).await
    }
}

/// No ports and all of them are the same.
#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn every_port(ports: &Option<Ports>) -> bool {
    ports.as_ref().is_none_or(|it| *it == EVERY_PORT)
}

const EVERY_PORT: Ports = Ports { from: 0, to: u16::MAX };

fn live(acl: &SdkAcl) -> Result<Live<NetworkAcl>> {
    let missing = |what| ApiError::incomplete(DESCRIBE, what);
    let id = acl.network_acl_id().ok_or_else(|| missing("network ACL id"))?;
    let chosen = acl.entries().iter().filter(|it| it.rule_number().is_none_or(|it| !DENY_REST.contains(&it)));
    let subnets = acl.associations().iter().map(|it| it.subnet_id().ok_or_else(|| missing("subnet id")));
    let state = NetworkAcl {
        vpc: acl.vpc_id().ok_or_else(|| missing("VPC id"))?.into(),
        entries: chosen.map(entry).collect::<Result<_>>()?,
        subnets: subnets.map(|it| it.map(Into::into)).collect::<Result<_>>()?,
    };
    let out = Out { id: id.to_owned() };
    Ok(Live { state, out, tags: tags(acl.tags.as_deref()), status: Status::Ready })
}

fn entry(entry: &NetworkAclEntry) -> Result<Entry> {
    let missing = |what| ApiError::incomplete(DESCRIBE, what);
    let protocol = entry.protocol().ok_or_else(|| missing("protocol"))?;
    let cidr = entry.cidr_block().or(entry.ipv6_cidr_block()).and_then(|it| it.parse().ok());
    Ok(Entry {
        egress: entry.egress().ok_or_else(|| missing("direction"))?,
        rule: entry.rule_number().and_then(|it| it.try_into().ok()).ok_or_else(|| missing("rule number"))?,
        allow: *entry.rule_action().ok_or_else(|| missing("rule action"))? == RuleAction::Allow,
        protocol: with_icmp(protocol, entry.icmp_type_code()),
        ports: entry.port_range().map(ports).transpose()?.filter(|it| *it != EVERY_PORT),
        cidr: cidr.ok_or_else(|| missing("CIDR block"))?,
    })
}

/// A rule for some kinds of ICMP, which only someone else can have made, must differ from one for all.
fn with_icmp(protocol: &str, icmp: Option<&IcmpTypeCode>) -> String {
    let part = |it: Option<i32>| it.unwrap_or(-1);
    match icmp.map(|it| (part(it.r#type()), part(it.code()))) {
        Some((kind, code)) if is_icmp(protocol) && (kind, code) != (-1, -1) => {
            format!("{protocol} (type {kind}, code {code})")
        }
        _ => protocol.to_owned(),
    }
}

fn is_icmp(protocol: &str) -> bool {
    matches!(protocol, "1" | "58")
}

fn ports(range: &PortRange) -> Result<Ports> {
    let port = |it: Option<i32>| it.and_then(|it| u16::try_from(it).ok());
    match (port(range.from()), port(range.to())) {
        (Some(from), Some(to)) => Ok(Ports { from, to }),
        _ => Err(ApiError::incomplete(DESCRIBE, "port range of two ports")),
    }
}

#[derive(Debug, PartialEq)]
enum EntryChange<'a> {
    Create(&'a Entry),
    Replace(&'a Entry),
    Delete { egress: bool, rule: u16 },
}

/// A rule is known by its direction and number.
fn entry_changes<'a>(want: &'a BTreeSet<Entry>, live: &BTreeSet<Entry>) -> Vec<EntryChange<'a>> {
    let key = |it: &Entry| (it.egress, it.rule);
    let old: BTreeMap<_, _> = live.iter().map(|it| (key(it), it)).collect();
    let wanted: BTreeSet<_> = want.iter().map(key).collect();
    let set = want.iter().filter_map(|it| match old.get(&key(it)) {
        None => Some(EntryChange::Create(it)),
        Some(old) => (*old != it).then_some(EntryChange::Replace(it)),
    });
    let gone = old.keys().filter(|it| !wanted.contains(it));
    set.chain(gone.map(|&(egress, rule)| EntryChange::Delete { egress, rule })).collect()
}

/// The two calls that set a rule take the same, but their builders have no trait in common.
macro_rules! set_entry {
    ($call:expr, $acl:expr, $entry:expr) => {{
        let (call, entry, cidr) = ($call.network_acl_id($acl), $entry, $entry.cidr.to_string());
        let action = if entry.allow { RuleAction::Allow } else { RuleAction::Deny };
        let call = call.egress(entry.egress).rule_number(entry.rule.into()).rule_action(action);
        let call = call.protocol(&entry.protocol).set_port_range(port_range(entry)).set_icmp_type_code(icmp(entry));
        if entry.cidr.is_v4() { call.cidr_block(cidr) } else { call.ipv6_cidr_block(cidr) }
    }};
}

/// TCP and UDP are refused without one.
fn port_range(entry: &Entry) -> Option<PortRange> {
    let needed = matches!(entry.protocol.as_str(), "6" | "17");
    let ports = entry.ports.as_ref().or_else(|| needed.then_some(&EVERY_PORT))?;
    Some(PortRange::builder().from(ports.from.into()).to(ports.to.into()).build())
}

/// ICMP is refused without one.
fn icmp(entry: &Entry) -> Option<IcmpTypeCode> {
    is_icmp(&entry.protocol).then(|| IcmpTypeCode::builder().r#type(-1).code(-1).build())
}

impl EntryChange<'_> {
    async fn make(&self, cx: &WriteCx, acl: &str) -> Result<()> {
        match self {
            Self::Create(entry) => {
                let call = set_entry!(cx.ec2.create_network_acl_entry(), acl, entry);
                call.send().await.during("ec2:CreateNetworkAclEntry").or_done()
            }
            Self::Replace(entry) => {
                let call = set_entry!(cx.ec2.replace_network_acl_entry(), acl, entry);
                call.send().await.during("ec2:ReplaceNetworkAclEntry").map(drop)
            }
            Self::Delete { egress, rule } => {
                let call = cx.ec2.delete_network_acl_entry().network_acl_id(acl);
                let call = call.egress(*egress).rule_number((*rule).into());
                call.send().await.during("ec2:DeleteNetworkAclEntry").or_done()
            }
        }
    }
}

/// Brings `subnets` to the ACL `id`, and others that are there to the network's default one: a subnet always has one.
async fn associate(cx: &WriteCx, id: &str, vpc: &str, subnets: &[&str]) -> Result<()> {
    let pages = cx.read.ec2.describe_network_acls().filters(filter("vpc-id", [vpc])).into_paginator().items().send();
    let acls: Vec<_> = pages.collect::<Result<_, _>>().await.during(DESCRIBE)?;
    for (association, acl) in moves(&acls, id, subnets)? {
        let call = cx.ec2.replace_network_acl_association().association_id(association).network_acl_id(acl);
        call.send().await.during("ec2:ReplaceNetworkAclAssociation")?;
    }
    Ok(())
}

/// Which associations to point to which ACLs.
fn moves<'a>(acls: &'a [SdkAcl], id: &'a str, subnets: &[&str]) -> Result<Vec<(&'a str, &'a str)>> {
    let missing = |what| ApiError::incomplete(DESCRIBE, what);
    let now: BTreeMap<_, _> =
        acls.iter().flat_map(SdkAcl::associations).filter_map(|it| Some((it.subnet_id()?, it))).collect();
    let here = |it: &NetworkAclAssociation| it.network_acl_id() == Some(id);
    let association =
        |it: &'a NetworkAclAssociation| it.network_acl_association_id().ok_or_else(|| missing("association id"));
    let mut acc = Vec::new();
    for subnet in subnets {
        let it = now.get(subnet).ok_or_else(|| not_yet(subnet))?;
        if !here(it) {
            acc.push((association(it)?, id));
        }
    }
    for (_, it) in now.iter().filter(|(subnet, it)| here(it) && !subnets.contains(subnet)) {
        let default = acls.iter().find(|it| it.is_default() == Some(true)).and_then(SdkAcl::network_acl_id);
        acc.push((association(it)?, default.ok_or_else(|| missing("default network ACL"))?));
    }
    Ok(acc)
}

/// EC2 gives every subnet an ACL, but may be late to show it. In its words, for the same reason: it will be there.
fn not_yet(subnet: &str) -> ApiError {
    let message = format!("{subnet} has no network ACL yet");
    ApiError::refused("ec2:ReplaceNetworkAclAssociation", "InvalidAssociationID.NotFound", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{api::retry::Class, resource::to_tree};

    fn rule(number: u16, protocol: &str, ports: Option<Ports>) -> Entry {
        Entry { egress: false, rule: number, allow: true, protocol: protocol.into(), ports, cidr: Cidr::ANY_V4 }
    }

    fn sdk(number: i32, protocol: &str) -> aws_sdk_ec2::types::builders::NetworkAclEntryBuilder {
        let it = NetworkAclEntry::builder().egress(false).rule_number(number).protocol(protocol);
        it.rule_action(RuleAction::Allow).cidr_block("0.0.0.0/0")
    }

    #[test]
    fn the_last_rules_are_not_ours() {
        let acl = SdkAcl::builder().network_acl_id("acl-1").vpc_id("vpc-1");
        let acl = acl.entries(sdk(100, "-1").build()).entries(sdk(32767, "-1").build());
        let acl = acl.entries(sdk(32768, "-1").build()).build();
        assert_eq!(live(&acl).unwrap().state.entries, [rule(100, "-1", None)].into());
    }

    #[test]
    fn all_ports_and_none_are_the_same() {
        let range = PortRange::builder().from(0).to(65535).build();
        let seen = entry(&sdk(100, "6").port_range(range).build()).unwrap();
        assert_eq!(seen, rule(100, "6", None));
        assert_eq!(to_tree(&rule(100, "6", Some(EVERY_PORT))), to_tree(&seen));
        assert_eq!(port_range(&seen).and_then(|it| it.to()), Some(65535));
    }

    #[test]
    fn some_kinds_of_icmp_differ_from_all() {
        let seen = |kind, code| {
            let icmp = IcmpTypeCode::builder().r#type(kind).code(code).build();
            entry(&sdk(100, "1").icmp_type_code(icmp).build()).unwrap().protocol
        };
        assert_eq!((seen(-1, -1).as_str(), seen(8, -1).as_str()), ("1", "1 (type 8, code -1)"));
    }

    #[test]
    fn what_cannot_be_understood_is_an_error() {
        assert!(entry(&sdk(100, "6").cidr_block("anywhere").build()).is_err());
        assert!(entry(&sdk(-5, "6").build()).is_err());
        let range = PortRange::builder().from(1).to(65536).build();
        assert!(entry(&sdk(100, "6").port_range(range).build()).is_err());
    }

    #[test]
    fn rules_change_by_direction_and_number() {
        let https = || Some(Ports { from: 443, to: 443 });
        let want: BTreeSet<_> = [rule(100, "6", https()), rule(110, "17", None), rule(120, "-1", None)].into();
        let out = Entry { egress: true, ..rule(120, "-1", None) };
        let live: BTreeSet<_> = [rule(100, "6", https()), rule(110, "6", None), out].into();
        let [_, changed, new] = &want.iter().collect::<Vec<_>>()[..] else { panic!() };
        let expected =
            [EntryChange::Replace(changed), EntryChange::Create(new), EntryChange::Delete { egress: true, rule: 120 }];
        assert_eq!(entry_changes(&want, &live), expected);
    }

    fn acl(id: &str, default: bool, subnets: &[&str]) -> SdkAcl {
        let of = |subnet: &&str| {
            let it = NetworkAclAssociation::builder().network_acl_id(id).subnet_id(*subnet);
            it.network_acl_association_id(format!("of-{subnet}")).build()
        };
        let associations = subnets.iter().map(of).collect();
        SdkAcl::builder().network_acl_id(id).is_default(default).set_associations(Some(associations)).build()
    }

    #[test]
    fn subnets_come_from_any_acl_and_go_to_the_default_one() {
        let acls = [acl("acl-0", true, &["a"]), acl("acl-1", false, &["b", "c"]), acl("acl-2", false, &["d"])];
        let expected = [("of-a", "acl-1"), ("of-d", "acl-1"), ("of-c", "acl-0")];
        assert_eq!(moves(&acls, "acl-1", &["a", "b", "d"]).unwrap(), expected);
        assert_eq!(moves(&acls, "acl-1", &["b", "c"]).unwrap(), []);
    }

    #[test]
    fn a_subnet_without_an_acl_is_waited_for() {
        assert_eq!(moves(&[acl("acl-0", true, &[])], "acl-1", &["a"]).unwrap_err().class(), Class::NotYet);
    }
}
