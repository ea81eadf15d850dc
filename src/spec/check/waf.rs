//! What is let through.

use std::collections::BTreeSet;

use super::super::model::{ComponentName, CountryCode, Spec, Waf, WafChoice, WafCountries, WafDefault};
use crate::{
    diagnostic::{Diagnostic, did_you_mean},
    resource::text::cidr::Cidr,
};

/// What the basic price covers, and what there may be at most
/// (<https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html>).
const BASIC: u32 = 1_500;
const MOST: u32 = 5_000;
/// How many addresses a set may have (<https://docs.aws.amazon.com/waf/latest/developerguide/limits.html>).
const ADDRESSES: usize = 10_000;
/// How many countries a rule may name (<https://docs.aws.amazon.com/waf/latest/APIReference/API_GeoMatchStatement.html>).
const COUNTRIES: usize = 50;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (name, waf) in &spec.waf {
        let path = format!("waf.{name}");
        capacity(waf, &path, found);
        addresses(waf, &path, found);
        rates(waf, &path, found);
        for (group, _) in waf.managed.0.iter().filter(|(it, options)| !it.has_versions() && options.version.is_some()) {
            let message = format!("`{}` is a list of addresses, which has no versions", group.as_str());
            let at = format!("{path}.managed.{}.version", group.as_str());
            found.push(Diagnostic::error("waf/version", at, message).help("remove it"));
        }
        if let Some(it) = &waf.countries {
            countries(it, &format!("{path}.countries"), found);
        }
        let passes = !waf.allow.is_empty() || waf.countries.as_ref().is_some_and(|it| !it.allow.is_empty());
        if waf.default == WafDefault::Block && !passes {
            let problem = Diagnostic::error("waf/closed", format!("{path}.default"), "no request would be let through");
            found.push(problem.help("say who is, with `allow` or `countries.allow`"));
        }
    }
}

/// Which web ACLs are named, and whether they are there. Where one is switched off, another environment may have it.
pub(super) fn uses(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let uses = spec.web_acls_in_use();
    for (path, name) in &uses {
        if spec.web_acl(name).is_none() {
            let problem = Diagnostic::error("waf/unknown", path.as_str(), format!("there is no `waf.{name}`"));
            let close = did_you_mean(name, spec.waf.keys().map(ComponentName::as_str));
            let usual = || "add it, or write `true` for the usual one".to_owned();
            found.push(problem.help(close.map_or_else(usual, |it| format!("did you mean `{it}`?"))));
        }
    }
    let off = Some(WafChoice::Usual(false));
    if spec.load_balancer.iter().any(|it| it.waf == off) || spec.sites.values().any(|it| it.waf == off) {
        return;
    }
    for name in spec.waf.keys().filter(|name| !uses.iter().any(|(_, it)| *it == name.as_str())) {
        let problem = Diagnostic::warning("waf/unused", format!("waf.{name}"), "nothing uses it, so it is not made");
        found.push(problem.help(format!("write `waf: {name}` for the load balancer")));
    }
}

fn capacity(waf: &Waf, path: &str, found: &mut Vec<Diagnostic>) {
    let units = waf.capacity();
    if units > MOST {
        let message = format!("its rules take {units} units of capacity; a web ACL has {MOST}");
        found.push(Diagnostic::error("waf/capacity", path, message).help("leave out groups of `managed`, or limits"));
    } else if units > BASIC {
        let message = format!(
            "its rules take {units} units of capacity; beyond {BASIC}, each request costs more: $0.20 a million for every 500"
        );
        let problem = Diagnostic::warning("waf/capacity", path, message);
        found.push(problem.help("leave out groups of `managed` that are for other software than yours"));
    }
}

fn addresses(waf: &Waf, path: &str, found: &mut Vec<Diagnostic>) {
    let lists = [("block", &waf.block), ("allow", &waf.allow)];
    for (key, list) in lists {
        for (at, it) in list.iter().enumerate().filter(|(_, it)| it.prefix() == 0) {
            let message = format!("{it} is every address, which AWS WAF does not take");
            let problem = Diagnostic::error("waf/addresses", format!("{path}.{key}[{at}]"), message);
            found.push(problem.help("write `default: block` to refuse all but some"));
        }
        if list.len() > ADDRESSES {
            let message = format!("there are {} blocks of addresses; a set holds {ADDRESSES}", list.len());
            found.push(Diagnostic::error("waf/addresses", format!("{path}.{key}"), message));
        }
    }
    let allowed: BTreeSet<&Cidr> = waf.allow.iter().collect();
    for (at, it) in waf.block.iter().enumerate().filter(|(_, it)| allowed.contains(it)) {
        let message = format!("{it} is let through by `allow`");
        found.push(Diagnostic::error("waf/addresses", format!("{path}.block[{at}]"), message).help("keep one of them"));
    }
}

fn rates(waf: &Waf, path: &str, found: &mut Vec<Diagnostic>) {
    let several = waf.rate.0.len() > 1;
    for (at, it) in waf.rate.0.iter().enumerate().filter(|(_, it)| !(10..=2_000_000_000).contains(&it.requests)) {
        let at = if several { format!("{path}.rate[{at}].requests") } else { format!("{path}.rate.requests") };
        let message = format!("{} is not from 10 to 2000000000", it.requests);
        found.push(Diagnostic::error("waf/rate", at, message));
    }
}

fn countries(it: &WafCountries, path: &str, found: &mut Vec<Diagnostic>) {
    let wrong = |message: &str, help: &str| Diagnostic::error("waf/countries", path, message).help(help);
    match (it.block.is_empty(), it.allow.is_empty()) {
        (true, true) => found.push(wrong("no country is named", "write `block` or `allow`")),
        (false, false) => {
            found.push(wrong("`block` and `allow` do not go together", "keep one: what is not allowed is blocked"));
        }
        _ => (),
    }
    for (key, list) in [("block", &it.block), ("allow", &it.allow)] {
        let many = list.iter().collect::<BTreeSet<&CountryCode>>().len();
        if many > COUNTRIES {
            let message = format!("there are {many} countries; a rule may name {COUNTRIES}");
            let problem = Diagnostic::error("waf/countries", format!("{path}.{key}"), message);
            found.push(problem.help("say it the other way round"));
        }
    }
}
