//! Web ACLs, for whoever names one.

use std::collections::{BTreeMap, BTreeSet};

use super::{naming::fit, stack::Stack};
use crate::{
    catalog::aws::{
        logs::log_group::{LogGroup, OF_WEB_ACLS},
        waf::{
            NAME_LIMIT, Reach,
            association::Association,
            ip_set::IpSet,
            logging::Logging,
            rule::{Action, Managed, Rate, Rule, Statement, Visibility},
            web_acl::WebAcl,
        },
    },
    field,
    resource::{
        Resource,
        text::cidr::Cidr,
        value::{Address, In, OutRef},
    },
    spec::model::{Waf, WafCountries, WafDefault, WafGroup, WafGroupOptions, WafKey, WafRate},
};

/// When it is the turn of what decides on much and costs little.
const ALLOW: u32 = 0;
const BLOCK: u32 = 10;
const COUNTRIES: u32 = 20;
const RATES: u32 = 100;
const MANAGED: u32 = 1_000;
const LAST: u32 = 2_000;

/// The ARN of the web ACL called `name` in the file, for what it is to protect. It is made for the first who asks.
pub(super) fn web_acl(stack: &mut Stack<'_>, name: &str, reach: Reach) -> In<String> {
    let own = match reach {
        Reach::Regional => name.to_owned(),
        Reach::Everywhere => format!("{name}.everywhere"),
    };
    let address = Address::new(WebAcl::FACTS.kind, &own);
    if let (false, Some(spec)) = (stack.graph.nodes.contains_key(&address), stack.spec.web_acl(name)) {
        let acl_name = physical(stack, reach, name);
        let acl = WebAcl {
            reach,
            default_action: match spec.default {
                WafDefault::Allow => Action::Allow,
                WafDefault::Block => Action::Block,
            },
            rules: rules(stack, &spec, name, &own, reach),
            visibility: Visibility::of(&acl_name),
            acl_name,
        };
        let component = format!("waf.{name}");
        let acl = stack.graph.add(&component, &own, &acl);
        if let (Some(kept), Reach::Regional) = (spec.logs, reach) {
            let log_group_name = format!("{OF_WEB_ACLS}{}", physical(stack, reach, name));
            let group = LogGroup { log_group_name, retention_days: Some(kept.days().into()) };
            let log_group = stack.graph.add(&component, &component, &group).out(field!(arn));
            let logging = Logging { web_acl: acl.out(field!(arn)), log_group, others: BTreeSet::new() };
            stack.graph.add(&component, &own, &logging);
        }
    }
    In::Out(OutRef { from: address, out: "arn".into() })
}

/// Gives the load balancer that is called `balancer` in the stack a web ACL.
pub(super) fn protect(stack: &mut Stack<'_>, component: &str, balancer: &str, arn: In<String>, name: &str) {
    let web_acl = web_acl(stack, name, Reach::Regional);
    stack.graph.add(component, balancer, &Association { load_balancer: arn, web_acl });
}

fn physical(stack: &Stack<'_>, reach: Reach, name: &str) -> String {
    fit(&format!("{}-{name}", reach.prefix(&stack.graph.scope)), NAME_LIMIT)
}

fn rules(stack: &mut Stack<'_>, spec: &Waf, name: &str, own: &str, reach: Reach) -> BTreeMap<String, Rule> {
    let mut acc = BTreeMap::new();
    let mut add = |name: String, priority, action, statement| {
        acc.insert(name, Rule { priority, statement, action, others: BTreeSet::new() });
    };
    let lists = [("allow", ALLOW, Action::Allow, &spec.allow), ("block", BLOCK, Action::Block, &spec.block)];
    for (list, priority, action, addresses) in lists.into_iter().filter(|it| !it.3.is_empty()) {
        let sets = [("v4", true), ("v6", false)].into_iter().filter_map(|(version, v4)| {
            let addresses: BTreeSet<Cidr> = addresses.iter().filter(|it| it.is_v4() == v4).copied().collect();
            (!addresses.is_empty()).then_some(())?;
            let set = IpSet {
                set_name: physical(stack, reach, &format!("{name}-{list}-{version}")),
                reach,
                version: if v4 { "IPV4" } else { "IPV6" }.into(),
                addresses,
            };
            let set = stack.graph.add(&format!("waf.{name}"), &format!("{own}.{list}-{version}"), &set);
            Some(set.out(field!(arn)))
        });
        add(list.into(), priority, action, Statement::Addresses(sets.collect()));
    }
    if let Some(it) = &spec.countries {
        let (priority, action, statement) = countries(it, spec.default);
        add("countries".into(), priority, action, statement);
    }
    for (at, it) in spec.rate.0.iter().enumerate() {
        let name = if at == 0 { "rate".to_owned() } else { format!("rate-{}", at + 1) };
        let turn = u32::try_from(at).unwrap_or(u32::MAX - RATES);
        add(name, RATES + turn, Action::Block, Statement::Rate(rate(it)));
    }
    for (group, options) in &spec.managed.0 {
        let action = if options.count { Action::Count } else { Action::AsGroup };
        add(group.as_str().into(), MANAGED + group.turn(), action, Statement::Managed(managed(*group, options)));
    }
    acc
}

/// Where all are refused that no rule lets through, those of some countries are let through once no rule has refused them.
fn countries(it: &WafCountries, default: WafDefault) -> (u32, Action, Statement) {
    let codes = |it: &[_]| it.iter().map(ToString::to_string).collect();
    match default {
        _ if it.allow.is_empty() => (COUNTRIES, Action::Block, Statement::Countries(codes(&it.block))),
        WafDefault::Allow => (COUNTRIES, Action::Block, Statement::OtherCountries(codes(&it.allow))),
        WafDefault::Block => (LAST, Action::Allow, Statement::Countries(codes(&it.allow))),
    }
}

fn rate(it: &WafRate) -> Rate {
    Rate {
        requests: it.requests,
        window_seconds: it.per.seconds(),
        by: match it.by {
            WafKey::Ip => "IP",
            WafKey::ForwardedIp => "FORWARDED_IP",
        }
        .into(),
        path: it.path.as_ref().map(ToString::to_string),
    }
}

fn managed(group: WafGroup, options: &WafGroupOptions) -> Managed {
    Managed {
        group: group.group().into(),
        version: options.version.as_ref().map(ToString::to_string),
        counted: options.exclude.iter().map(ToString::to_string).collect(),
        level: (group == WafGroup::Bots).then(|| "COMMON".into()),
    }
}
