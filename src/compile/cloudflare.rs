//! What Cloudflare does for a domain.

mod allowance;
mod cache;
mod certificates;
mod expression;
mod headers;
pub(super) mod media;
mod origins;
mod plans;
mod records;
mod redirects;
mod waf;
mod zone;

pub(super) use self::records::proof;

use indexmap::IndexMap;
use serde_json::Value;

use super::{Ground, stack::Stack};
use crate::{
    api::cloudflare::Zone,
    catalog::cloudflare::{
        mark,
        parameters::Parameters,
        ruleset::{Rule, Ruleset},
    },
    diagnostic::Diagnostic,
    spec::model::Cloudflare,
};

/// The phases of a zone's rulesets, by the part of the file that their rules come from.
const COMPONENTS: [(&str, &str); 9] = [
    (redirects::PHASE, "cloudflare.redirects"),
    (headers::REQUEST, "cloudflare.headers.request"),
    (headers::RESPONSE, "cloudflare.headers.response"),
    (origins::PHASE, "cloudflare.origins"),
    (cache::PHASE, "cloudflare.cache"),
    (waf::RULES, "cloudflare.waf.rules"),
    (waf::RATES, "cloudflare.waf.rate_limits"),
    (waf::MANAGED, "cloudflare.waf.managed"),
    (waf::DDOS, "cloudflare.waf.ddos"),
];

/// # Errors
/// What the zone's plan does not have.
pub(super) fn cloudflare(stack: &mut Stack<'_>, ground: &Ground) -> Result<(), Vec<Diagnostic>> {
    let (Some(spec), Some(zone)) = (&stack.spec.cloudflare, &ground.domain) else { return Ok(()) };
    let missing = plans::check(spec, zone);
    if !missing.is_empty() {
        return Err(missing);
    }
    records::records(stack, spec, zone);
    zone::settings(stack, spec, zone);
    zone::tiered_cache(stack, spec, zone);
    zone::bots(stack, spec, zone);
    certificates::certificates(stack, spec, zone);
    rules(stack, spec, zone)
}

/// What is done with requests.
fn rules(stack: &mut Stack<'_>, spec: &Cloudflare, zone: &Zone) -> Result<(), Vec<Diagnostic>> {
    let mut rules = Rules { about: stack.graph.scope.prefix(), phases: IndexMap::new() };
    if let Some(media) = &spec.media {
        media::media(stack, zone, media, &mut rules);
    }
    cache::cache(&spec.cache, &mut rules);
    redirects::redirects(&spec.redirects, &mut rules);
    origins::origins(stack, &spec.origins, &mut rules);
    spec.headers.iter().for_each(|it| headers::headers(stack, it, &mut rules));
    spec.waf.iter().for_each(|it| waf::waf(it, &mut rules));
    rulesets(stack, zone, &rules);
    let problems = allowance::check(spec, zone.plan, &rules.phases);
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// The rules of each phase, one after the other.
struct Rules {
    /// Whose they are, in words.
    about: String,
    phases: IndexMap<&'static str, Vec<Rule>>,
}

impl Rules {
    /// Adds a rule of `phase`; `key` is where it stands in the file.
    fn add(&mut self, phase: &'static str, key: String, expression: String, (action, parameters): (&str, Value)) {
        self.limit(phase, key, expression, (action, parameters), Value::Null);
    }

    /// Adds a rule that counts requests.
    fn limit(
        &mut self,
        phase: &'static str,
        key: String,
        expression: String,
        (action, parameters): (&str, Value),
        limit: Value,
    ) {
        self.phases.entry(phase).or_default().push(Rule {
            description: format!("{key} of {}", self.about),
            key,
            expression,
            action: action.to_owned(),
            action_parameters: Parameters::new(parameters),
            ratelimit: Parameters::new(limit),
            enabled: true,
            logging: true,
        });
    }
}

fn rulesets(stack: &mut Stack<'_>, zone: &Zone, rules: &Rules) {
    let owner = mark::owner(&stack.graph.scope);
    for (phase, component) in COMPONENTS {
        let Some(rules) = rules.phases.get(phase) else { continue };
        let ruleset =
            Ruleset { zone: zone.id.clone(), phase: phase.into(), owner: owner.clone(), rules: rules.clone() };
        stack.graph.add(component, phase, &ruleset);
    }
}
