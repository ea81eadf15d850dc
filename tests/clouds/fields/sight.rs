//! What the cloud's own interface shows of a stack, in words that name things as plans do.

mod elb;
/// Everything of a call, page by page.
macro_rules! all {
    ($call:expr) => {
        $call.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.unwrap()
    };
}

mod ecs;

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::types::{NetworkAclEntry, Route, SecurityGroupRule, Tag};
use infractl::api::ReadCx;
use serde_json::Value;

/// The settings of a thing, by name.
type Facts = BTreeMap<String, String>;

/// All that carries the tag `infractl:id`.
#[derive(Clone, Debug, Default)]
pub(super) struct Sight {
    /// Its settings, by its address.
    things: BTreeMap<String, Facts>,
    /// What tells it from one that was made anew, by its address.
    pub(super) ids: BTreeMap<String, String>,
    /// Whether something is coming or going.
    pub(super) moves: bool,
}

/// Everything of a call, page by page.
macro_rules! all {
    ($call:expr) => {
        $call.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.unwrap()
    };
}

mod alarms;
mod cloudflare;
mod cloudfront;
mod dns;
mod ec2;
mod edge;
mod elasticache;
mod keeping;
mod rds;
mod s3;
mod upstash;
mod waf;

impl Sight {
    pub(super) async fn of(cx: &ReadCx) -> Self {
        let mut it = Looking::default();
        it.network(cx).await;
        it.ways_out(cx).await;
        it.route_tables(cx).await;
        it.acls(cx).await;
        it.security_groups(cx).await;
        it.endpoints(cx).await;
        it.flow_logs(cx).await;
        it.keys(cx).await;
        it.registries(cx).await;
        it.buckets(cx).await;
        it.sites(cx).await;
        it.secrets(cx).await;
        it.caches(cx).await;
        it.upstash(cx).await;
        it.machines(cx).await;
        it.load_balancing(cx).await;
        it.web_acls(cx).await;
        it.databases(cx).await;
        it.topics(cx).await;
        it.alarms(cx).await;
        it.dashboards(cx).await;
        it.clusters(cx).await;
        it.certificates(cx).await;
        it.zones(cx).await;
        it.health_checks(cx).await;
        it.edge(cx).await;
        it.cloudflare(cx).await;
        it.sight()
    }

    /// What there is after this: `ADDRESS SETTING: OLD -> NEW`, `-ADDRESS` for what has gone, and `+ADDRESS` with its
    /// settings for what has come.
    pub(super) fn until(&self, after: &Self) -> Vec<String> {
        let addresses: BTreeSet<_> = self.things.keys().chain(after.things.keys()).collect();
        let mut acc = Vec::new();
        for address in addresses {
            match (self.things.get(address), after.things.get(address)) {
                (Some(old), Some(new)) => {
                    acc.extend(changes(old, new).into_iter().map(|it| format!("{address} {it}")));
                }
                (Some(_), None) => acc.push(format!("-{address}")),
                (None, Some(new)) => acc.push(format!("+{address}{}", listed(new))),
                (None, None) => (),
            }
        }
        acc
    }

    pub(super) fn id(&self, address: &str) -> &str {
        self.ids.get(address).unwrap_or_else(|| panic!("there is no {address} among {:?}", self.ids.keys()))
    }
}

fn changes(old: &Facts, new: &Facts) -> Vec<String> {
    let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let value = |facts: &Facts, name: &str| {
        facts.get(name).map_or("none", |it| if it.is_empty() { "yes" } else { it }).to_owned()
    };
    let differing = names.into_iter().filter(|it| old.get(*it) != new.get(*it));
    differing.map(|it| format!("{it}: {} -> {}", value(old, it), value(new, it))).collect()
}

fn listed(facts: &Facts) -> String {
    let word =
        |(name, value): (&String, &String)| if value.is_empty() { name.clone() } else { format!("{name}={value}") };
    let words: Vec<_> = facts.iter().map(word).collect();
    if words.is_empty() { String::new() } else { format!(": {}", words.join(", ")) }
}

/// What was seen so far, its ids not yet names.
#[derive(Default)]
struct Looking {
    things: BTreeMap<String, Facts>,
    ids: BTreeMap<String, String>,
    names: BTreeMap<String, String>,
    moves: bool,
}

impl Looking {
    /// `id` is how others call it.
    fn see(&mut self, id: Option<&str>, tags: &[(String, String)], facts: Vec<(&str, String)>) {
        let get = |key: &str| tags.iter().find(|it| it.0 == key).map(|it| it.1.clone());
        let (Some(id), Some(address)) = (id, get("infractl:id")) else { return };
        assert!(!self.things.contains_key(&address), "{address} is there twice");
        let [stack, env] = ["infractl:stack", "infractl:env"].map(|it| get(it).unwrap());
        let usual = format!("{stack}-{env}-{}", address.split_once('/').unwrap().1);
        let own = |key: &str, value: &str| key.starts_with("infractl:") || key == "Name" && value == usual;
        let tags =
            tags.iter().filter(|it| !own(&it.0, &it.1)).map(|(key, value)| (format!("tag {key}"), value.clone()));
        let facts = facts.into_iter().filter(|it| !it.1.is_empty()).map(|(key, value)| (key.to_owned(), value));
        let facts = facts.chain(tags).collect();
        self.names.insert(id.to_owned(), address.clone());
        self.ids.insert(address.clone(), id.to_owned());
        self.things.insert(address, facts);
    }

    /// A setting of something that was seen, by its id.
    fn add(&mut self, id: Option<&str>, name: &str, value: &str) {
        if let Some(facts) = id.and_then(|it| self.names.get(it)).and_then(|it| self.things.get_mut(it)) {
            facts.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Ids become addresses.
    fn sight(self) -> Sight {
        let mut names: Vec<_> = self.names.iter().collect();
        // What is in another comes after it.
        names.sort_by_key(|(id, _)| std::cmp::Reverse(id.len()));
        let named = |text: &String| names.iter().fold(text.clone(), |acc, (id, name)| acc.replace(*id, name));
        let facts = |it: &Facts| it.iter().map(|(key, value)| (named(key), in_order(&named(value)))).collect();
        let things = self.things.iter().map(|(address, it)| (address.clone(), facts(it))).collect();
        Sight { things, ids: self.ids, moves: self.moves }
    }

    async fn network(&mut self, cx: &ReadCx) {
        for vpc in all!(cx.ec2.describe_vpcs()) {
            let id = vpc.vpc_id();
            let mut facts = vec![("cidr", vpc.cidr_block().unwrap().to_owned())];
            for (name, attribute) in [("dns_support", "enableDnsSupport"), ("dns_hostnames", "enableDnsHostnames")] {
                let call = cx.ec2.describe_vpc_attribute().set_vpc_id(id.map(Into::into)).attribute(attribute.into());
                // It may go while we look.
                let Ok(it) = call.send().await else { continue };
                let value = it.enable_dns_support.or(it.enable_dns_hostnames).and_then(|it| it.value);
                facts.push((name, value.unwrap().to_string()));
            }
            self.see(id, &tags(vpc.tags()), facts);
        }
        for it in all!(cx.ec2.describe_subnets()) {
            let facts = vec![
                ("cidr", it.cidr_block().unwrap().to_owned()),
                ("zone", it.availability_zone().unwrap().trim_start_matches("eu-central-1").to_owned()),
                ("public_ips", if it.map_public_ip_on_launch().unwrap() { "yes".into() } else { String::new() }),
                ("routes", "main".into()),
            ];
            self.see(it.subnet_id(), &tags(it.tags()), facts);
        }
    }

    async fn ways_out(&mut self, cx: &ReadCx) {
        for it in all!(cx.ec2.describe_internet_gateways()) {
            let vpcs: Vec<_> = it.attachments().iter().map(|it| it.vpc_id().unwrap()).collect();
            self.see(it.internet_gateway_id(), &tags(it.tags()), vec![("vpc", vpcs.join(" "))]);
        }
        for it in cx.ec2.describe_addresses().send().await.unwrap().addresses() {
            self.see(it.allocation_id(), &tags(it.tags()), vec![]);
        }
        for it in all!(cx.ec2.describe_nat_gateways()) {
            let state = it.state().unwrap().as_str();
            self.moves |= matches!(state, "pending" | "deleting");
            if state == "available" {
                let address = it.nat_gateway_addresses()[0].allocation_id().unwrap().to_owned();
                let facts = vec![("subnet", it.subnet_id().unwrap().to_owned()), ("address", address)];
                self.see(it.nat_gateway_id(), &tags(it.tags()), facts);
            }
        }
    }

    async fn route_tables(&mut self, cx: &ReadCx) {
        for it in all!(cx.ec2.describe_route_tables()) {
            self.see(it.route_table_id(), &tags(it.tags()), vec![("vpc", it.vpc_id().unwrap().to_owned())]);
            for route in it.routes().iter().filter(|it| it.gateway_id() != Some("local")) {
                let (name, target) = self::route(route);
                self.add(it.route_table_id(), &name, &target);
            }
            for association in it.associations() {
                self.add(association.subnet_id(), "routes", it.route_table_id().unwrap());
            }
        }
    }

    async fn acls(&mut self, cx: &ReadCx) {
        for it in all!(cx.ec2.describe_network_acls()) {
            self.see(it.network_acl_id(), &tags(it.tags()), vec![("vpc", it.vpc_id().unwrap().to_owned())]);
            for entry in it.entries().iter().filter(|it| it.rule_number() < Some(32767)) {
                let (name, rule) = self::entry(entry);
                self.add(it.network_acl_id(), &name, &rule);
            }
            for association in it.associations().iter().filter(|_| it.is_default() != Some(true)) {
                self.add(association.subnet_id(), "acl", it.network_acl_id().unwrap());
            }
        }
    }

    async fn security_groups(&mut self, cx: &ReadCx) {
        for it in all!(cx.ec2.describe_security_groups()) {
            let facts = vec![
                ("name", it.group_name().unwrap().to_owned()),
                ("description", it.description().unwrap().to_owned()),
                ("vpc", it.vpc_id().unwrap().to_owned()),
            ];
            self.see(it.group_id(), &tags(it.tags()), facts);
        }
        for it in all!(cx.ec2.describe_security_group_rules()) {
            self.add(it.group_id(), &rule(&it), it.description().unwrap_or_default());
        }
    }

    async fn endpoints(&mut self, cx: &ReadCx) {
        for it in all!(cx.ec2.describe_vpc_endpoints()) {
            let state = it.state().unwrap().as_str().to_lowercase();
            self.moves |= matches!(state.as_str(), "pending" | "deleting");
            let groups: Vec<_> = it.groups().iter().map(|it| it.group_id().unwrap().to_owned()).collect();
            let facts = vec![
                ("service", it.service_name().unwrap().to_owned()),
                ("type", it.vpc_endpoint_type().unwrap().as_str().to_owned()),
                ("policy", policy(it.policy_document().unwrap())),
                ("private_dns", it.private_dns_enabled().unwrap().to_string()),
                ("route_tables", it.route_table_ids().join(" ")),
                ("subnets", it.subnet_ids().join(" ")),
                ("groups", groups.join(" ")),
            ];
            self.see(it.vpc_endpoint_id().filter(|_| state == "available"), &tags(it.tags()), facts);
        }
    }

    async fn flow_logs(&mut self, cx: &ReadCx) {
        for it in all!(cx.logs.describe_log_groups()) {
            let arn = it.arn().unwrap().trim_end_matches(":*");
            // It may go while we look.
            let Ok(tags) = cx.logs.list_tags_for_resource().resource_arn(arn).send().await else { continue };
            let tags: Vec<_> = tags.tags.unwrap_or_default().into_iter().collect();
            let kept = it.retention_in_days().map_or("ever".into(), |it| format!("{it}d"));
            self.see(Some(arn), &tags, vec![("name", it.log_group_name().unwrap().into()), ("kept", kept)]);
            self.made(&tags, it.creation_time());
        }
        for it in all!(cx.iam.list_roles()) {
            let Ok(found) = cx.iam.get_role().role_name(it.role_name()).send().await else { continue };
            let role = found.role.unwrap();
            let tags: Vec<_> = role.tags().iter().map(|it| (it.key().into(), it.value().into())).collect();
            let facts = vec![
                ("path", role.path().to_owned()),
                ("description", role.description().unwrap().to_owned()),
                ("trust", policy(&decoded(role.assume_role_policy_document().unwrap()))),
            ];
            self.names.extend(role.arn().split(':').nth(4).map(|it| (it.to_owned(), "this account".to_owned())));
            self.see(Some(role.arn()), &tags, facts);
            self.made(&tags, Some(role.role_id()));
            self.policies(cx, role.role_name(), role.arn()).await;
        }
        for it in all!(cx.ec2.describe_flow_logs()) {
            let facts = vec![
                ("of", it.resource_id().unwrap().to_owned()),
                ("to", it.log_destination().unwrap().trim_end_matches(":*").to_owned()),
                ("by", it.deliver_logs_permission_arn().unwrap().to_owned()),
                ("traffic", it.traffic_type().unwrap().as_str().to_owned()),
                ("interval", it.max_aggregation_interval().unwrap().to_string()),
            ];
            self.see(it.flow_log_id(), &tags(it.tags()), facts);
        }
    }

    async fn policies(&mut self, cx: &ReadCx, name: &str, arn: &str) {
        for policy in all!(cx.iam.list_role_policies().role_name(name)) {
            let found = cx.iam.get_role_policy().role_name(name).policy_name(&policy).send().await.unwrap();
            self.add(Some(arn), &format!("policy {policy}"), &self::policy(&decoded(found.policy_document())));
        }
        for attached in all!(cx.iam.list_attached_role_policies().role_name(name)) {
            self.add(Some(arn), &format!("attached {}", attached.policy_name().unwrap()), "");
        }
    }

    /// What is found by its name is the same only if it was made at the same time.
    fn made(&mut self, tags: &[(String, String)], made: Option<impl ToString>) {
        let address = tags.iter().find(|it| it.0 == "infractl:id").map(|it| it.1.clone());
        self.ids.extend(address.zip(made.map(|it| it.to_string())));
    }
}

/// Lists of names are sets.
fn in_order(value: &str) -> String {
    sorted(&value.split(' ').map(listed_in_order).collect::<Vec<_>>().join(" "), " ")
}

/// The same of what commas part, in a longer text.
fn listed_in_order(word: &str) -> String {
    let (names, end) = word.strip_suffix(';').map_or((word, ""), |it| (it, ";"));
    format!("{}{end}", sorted(names, ","))
}

fn sorted(names: &str, between: &str) -> String {
    let mut words: Vec<_> = names.split(between).collect();
    if words.iter().all(|it| it.contains('/')) {
        words.sort_unstable();
    }
    words.join(between)
}

fn tags(of: &[Tag]) -> Vec<(String, String)> {
    of.iter().map(|it| (it.key().unwrap().to_owned(), it.value().unwrap_or_default().to_owned())).collect()
}

fn route(it: &Route) -> (String, String) {
    let targets = [it.gateway_id(), it.nat_gateway_id(), it.network_interface_id()];
    let target = targets.into_iter().flatten().next().unwrap_or("nothing");
    let state = if it.state().is_some_and(|it| it.as_str() == "blackhole") { " (blackhole)" } else { "" };
    match it.destination_cidr_block().or(it.destination_ipv6_cidr_block()) {
        Some(block) => (format!("route {block}"), format!("{target}{state}")),
        None => (format!("routes of {target}"), String::new()),
    }
}

fn entry(it: &NetworkAclEntry) -> (String, String) {
    let way = if it.egress().unwrap() { "egress" } else { "ingress" };
    let ports = it.port_range().map(|it| ports(it.from(), it.to())).unwrap_or_default();
    let block = it.cidr_block().or(it.ipv6_cidr_block()).unwrap();
    let rule = format!("{} {}{ports} {block}", it.rule_action().unwrap().as_str(), it.protocol().unwrap());
    (format!("{way} {}", it.rule_number().unwrap()), rule)
}

fn rule(it: &SecurityGroupRule) -> String {
    let way = if it.is_egress().unwrap() { "egress" } else { "ingress" };
    let group = it.referenced_group_info().and_then(|it| it.group_id());
    let peer = it.cidr_ipv4().or(it.cidr_ipv6()).or(it.prefix_list_id()).or(group).unwrap();
    let ports = ports(it.from_port(), it.to_port());
    format!("{way} {}{ports} {peer}", it.ip_protocol().unwrap())
}

/// Nothing for what has no ports.
fn ports(from: Option<i32>, to: Option<i32>) -> String {
    match from.zip(to) {
        Some((from, to)) if from >= 0 && from < to => format!(" {from}-{to}"),
        Some((from, _)) if from >= 0 => format!(" {from}"),
        _ => String::new(),
    }
}

/// A policy in one line: who may do what.
fn policy(text: &str) -> String {
    let policy: Value = serde_json::from_str(text).unwrap();
    let statements: Vec<_> = policy["Statement"].as_array().unwrap().iter().map(statement).collect();
    format!("{} ({})", statements.join("; "), policy["Version"].as_str().unwrap())
}

fn statement(it: &Value) -> String {
    let parts = [("", "Effect"), ("", "Action"), ("on ", "Resource"), ("by ", "Principal"), ("if ", "Condition")];
    let parts = parts.into_iter().filter(|(_, key)| !it[key].is_null());
    parts.map(|(word, key)| format!("{word}{}", words(&it[key]))).collect::<Vec<_>>().join(" ")
}

fn words(it: &Value) -> String {
    match it {
        Value::String(it) => it.clone(),
        Value::Array(all) => all.iter().map(words).collect::<Vec<_>>().join(","),
        Value::Object(all) => all.iter().map(|(key, it)| format!("{key}={}", words(it))).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// IAM percent-encodes policies.
fn decoded(text: &str) -> String {
    let url = reqwest::Url::parse(&format!("sandbox:?{text}")).unwrap();
    url.query_pairs().map(|(text, _)| text.into_owned()).collect()
}
