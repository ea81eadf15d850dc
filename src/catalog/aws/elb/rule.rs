//! Listener rules: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html>.
//!
//! A rule is known by its tags, not by its priority, which may change. Where two rules of ours are to change places, each
//! moves the other out of its way in one call, since no two may have a priority at any moment.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticloadbalancingv2::types::{
    ActionTypeEnum, HostHeaderConditionConfig, HttpHeaderConditionConfig, PathPatternConditionConfig, Rule as SdkRule,
    RuleCondition, RulePriorityPair,
};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{action, completed, indexed, int, listeners, tags, to_sdk};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx, meter::beside},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{
        Facts, Live, Resource, Status, Waits,
        tags::{ENV, REGION, STACK, Tags},
        value::In,
    },
};

const DESCRIBE: &str = "elasticloadbalancing:DescribeRules";

/// Which requests go to which target groups.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Rule {
    /// The listener whose requests these are.
    pub listener: In<String>,
    /// When it is its turn, 1 to 50000: the first rule that fits a request takes it. A listener has one rule a priority.
    pub priority: u32,
    /// The names that clients may ask for, in small letters; `*` and `?` stand for any characters and any one. All if empty.
    pub hosts: BTreeSet<String>,
    /// The paths, likewise. All if empty.
    pub paths: BTreeSet<String>,
    /// Headers, any one of whose values a request has to have.
    pub headers: BTreeSet<Header>,
    /// Where the requests go.
    pub target_groups: BTreeSet<In<String>>,
    /// The target group that gets all of them at first, where the weights are others' business.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub first: Option<In<String>>,
    /// How many of the requests each gets, as against the others; left out, that is others' business.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub weights: Option<BTreeSet<Weight>>,
    /// Conditions and actions of kinds that are never set here, such as `source-ip`.
    pub others: BTreeSet<String>,
}

/// A header that requests have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Header {
    /// Its name, in small letters.
    pub name: String,
    /// The values, of which one has to be its own; `*` and `?` stand for any characters and any one.
    pub values: BTreeSet<String>,
}

/// A target group's share of requests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Weight {
    /// The target group.
    pub target_group: In<String>,
    /// Its share, 0 to 999.
    pub weight: u16,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
}

impl Resource for Rule {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Rule: listener),
        at_creation: fields!(Rule: first),
        holds: fields!(Rule: target_groups),
        interrupts: Some("requests to its hosts and paths are no longer answered"),
        waits: Waits::minutes(5, 5, 5),
        ..Facts::new::<Self>(
            "elb.rule",
            "which requests go to which target groups",
            "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Rule.html",
        )
    };

    /// What stands behind the target groups that get the requests would no longer get any, and those that are left have
    /// none now: another release is live than the one that would be.
    fn refuses(&self, live: &Self) -> Option<String> {
        let wanted = |it: &In<String>| self.target_groups.contains(it);
        let known = self.target_groups.iter().all(|it| it.known().is_some());
        let idle = live.target_groups.iter().any(wanted) && !live.live().any(wanted);
        let left = live.live().find_map(In::known).filter(|_| known && idle)?;
        let name = left.rsplit('/').nth(1).unwrap_or(left);
        Some(format!(
            "its requests go to the target group {name}: release once more with `strategy: blue_green`, then leave it out"
        ))
    }
}

impl Rule {
    /// The target groups that get requests.
    fn live(&self) -> impl Iterator<Item = &In<String>> {
        self.weights.iter().flatten().filter(|it| it.weight > 0).map(|it| &it.target_group)
    }
}

impl Lifecycle for Rule {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let early = async {
            let known = indexed(cx, &look.scope).await?;
            tokio::try_join!(rules_of(cx, known.listeners), tags(cx, known.rules))
        };
        let (listeners, (rules, tags)) = tokio::try_join!(beside(listeners(cx, &look.scope)), beside(early))?;
        let listeners: Vec<_> = listeners.into_iter().filter_map(|it| it.listener_arn).collect();
        let rules = completed(rules, listeners.iter(), |it| rules_of(cx, it)).await?;
        let found = listeners.iter().flat_map(|it| rules.get(it).into_iter().flatten().map(move |rule| (it, rule)));
        // The default rule is the listener's default action, and cannot be tagged.
        let found: Vec<_> = found.filter(|(_, it)| it.is_default() != Some(true)).collect();
        let arns = found.iter().filter_map(|(_, it)| it.rule_arn.as_ref());
        let tags = completed(tags, arns, |it| super::tags(cx, it)).await?;
        found.into_iter().filter_map(|(listener, it)| live(listener, it, &tags).transpose()).collect()
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let want = &new.want;
        let call = cx
            .elb
            .create_rule()
            .listener_arn(want.listener.get())
            .priority(int(want.priority))
            .set_conditions(Some(want.conditions()))
            .actions(want.action(None))
            .set_tags(Some(to_sdk(&new.tags)));
        call.send().await.during("elasticloadbalancing:CreateRule").map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        let arn = &live.out.arn;
        if changed.any(fields!(Rule: hosts, paths, headers, target_groups, weights, others)) {
            let call = cx.elb.modify_rule().rule_arn(arn).set_conditions(Some(want.conditions()));
            let call = call.actions(want.action(live.state.weights.as_ref()));
            let call = call.set_reset_transforms(changed.any(fields!(Rule: others)).then_some(true));
            call.send().await.during("elasticloadbalancing:ModifyRule")?;
        }
        if changed.any(fields!(Rule: priority)) {
            move_to(cx, want, live).await?;
        }
        Ok(())
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.elb.delete_rule().rule_arn(&live.out.arn);
        call.send().await.during("elasticloadbalancing:DeleteRule").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.arn, tags).await
    }
}

impl Rule {
    fn conditions(&self) -> Vec<RuleCondition> {
        let values = |it: &BTreeSet<String>| Some(it.iter().cloned().collect());
        let host = (!self.hosts.is_empty()).then(|| {
            let config = HostHeaderConditionConfig::builder().set_values(values(&self.hosts)).build();
            RuleCondition::builder().field("host-header").host_header_config(config).build()
        });
        let path = (!self.paths.is_empty()).then(|| {
            let config = PathPatternConditionConfig::builder().set_values(values(&self.paths)).build();
            RuleCondition::builder().field("path-pattern").path_pattern_config(config).build()
        });
        let headers = self.headers.iter().map(|it| {
            let config = HttpHeaderConditionConfig::builder().http_header_name(&it.name);
            let config = config.set_values(values(&it.values)).build();
            RuleCondition::builder().field("http-header").http_header_config(config).build()
        });
        host.into_iter().chain(path).chain(headers).collect()
    }

    /// Weights that are not ours stay as they are, and a new target group gets nothing, unless it is the first.
    fn action(&self, live: Option<&BTreeSet<Weight>>) -> aws_sdk_elasticloadbalancingv2::types::Action {
        let weights = self.weights.as_ref().or(live);
        let weight = |it: &In<String>| Some(weights?.iter().find(|of| of.target_group == *it)?.weight);
        let usual = |it: &In<String>| u16::from(self.first.as_ref().is_none_or(|first| first == it));
        action::forward(
            self.target_groups.iter().map(|it| (it.get().as_str(), weight(it).unwrap_or_else(|| usual(it)))),
        )
    }
}

/// A rule of ours that has the priority gets the one that becomes free; one of others is in the way.
async fn move_to(cx: &WriteCx, want: &Rule, live: &Live<Rule>) -> Result<()> {
    let all = rules(&cx.read, want.listener.get()).await?;
    let other = all.iter().find(|it| priority(it) == Some(want.priority)).and_then(|it| it.rule_arn());
    let other = other.filter(|it| *it != live.out.arn);
    let tags = tags(&cx.read, other.iter().map(|it| (*it).to_owned()).collect()).await?;
    let whose = |tags: &Tags| [STACK, ENV, REGION].map(|it| tags.get(it).cloned());
    let other = other.filter(|it| tags.get(*it).is_some_and(|tags| whose(tags) == whose(&live.tags)));
    let pair = |arn: &str, to| RulePriorityPair::builder().rule_arn(arn).priority(int(to)).build();
    let pairs = std::iter::once(pair(&live.out.arn, want.priority));
    let pairs = pairs.chain(other.map(|it| pair(it, live.state.priority)));
    let call = cx.elb.set_rule_priorities().set_rule_priorities(Some(pairs.collect()));
    call.send().await.during("elasticloadbalancing:SetRulePriorities").map(drop)
}

/// The rules of each of `listeners`.
async fn rules_of(cx: &ReadCx, listeners: Vec<String>) -> Result<BTreeMap<String, Vec<SdkRule>>> {
    let found = try_join_all(listeners.iter().map(|it| rules(cx, it))).await?;
    Ok(listeners.into_iter().zip(found).collect())
}

/// The rules of a listener, among them its default; none if it went while we looked.
pub(super) async fn rules(cx: &ReadCx, listener: &str) -> Result<Vec<SdkRule>> {
    let pages = cx.elb.describe_rules().listener_arn(listener).into_paginator().items().send();
    Ok(pages.collect::<Result<_, _>>().await.during(DESCRIBE).or_absent()?.unwrap_or_default())
}

fn priority(it: &SdkRule) -> Option<u32> {
    it.priority()?.parse().ok()
}

/// `None` if it went while we looked.
fn live(listener: &str, it: &SdkRule, tags: &BTreeMap<String, Tags>) -> Result<Option<Live<Rule>>> {
    let lacks = |what| ApiError::incomplete(DESCRIBE, what);
    let arn = it.rule_arn().ok_or_else(|| lacks("ARN"))?;
    let Some(tags) = tags.get(arn).cloned() else { return Ok(None) };
    let forwards = |it: &&aws_sdk_elasticloadbalancingv2::types::Action| it.r#type() == Some(&ActionTypeEnum::Forward);
    let shares: Vec<_> = it.actions().iter().filter(forwards).flat_map(action::shares).collect();
    let elsewhere = it.actions().iter().filter(|it| !forwards(it)).filter_map(|it| it.r#type());
    let conditions = it.conditions().iter();
    let unknown = conditions.filter(|it| values(it).is_none() && header(it).is_none());
    let unknown = unknown.map(|it| it.field().unwrap_or("unknown").to_owned());
    let transforms = it.transforms().iter().filter_map(|it| Some(it.r#type()?.as_str().to_owned()));
    let of = |field: &str| {
        let conditions = it.conditions().iter().filter(|it| it.field() == Some(field));
        conditions.filter_map(values).flatten().cloned().collect::<BTreeSet<_>>()
    };
    let weight =
        |(target_group, weight): &(In<String>, u16)| Weight { target_group: target_group.clone(), weight: *weight };
    let state = Rule {
        listener: listener.into(),
        priority: priority(it).ok_or_else(|| lacks("priority"))?,
        hosts: of("host-header").into_iter().map(|it| it.to_lowercase()).collect(),
        paths: of("path-pattern"),
        headers: it.conditions().iter().filter_map(header).collect(),
        first: None,
        weights: Some(shares.iter().map(weight).collect()),
        target_groups: shares.into_iter().map(|(it, _)| it).collect(),
        others: unknown.chain(elsewhere.map(|it| it.as_str().to_owned())).chain(transforms).collect(),
    };
    Ok(Some(Live { state, out: Out { arn: arn.to_owned() }, tags, status: Status::Ready }))
}

fn header(it: &RuleCondition) -> Option<Header> {
    let it = it.http_header_config()?;
    let values = it.values().iter().cloned().collect();
    Some(Header { name: it.http_header_name()?.to_lowercase(), values })
}

/// The values of a condition on hosts or paths, which it has in one or two forms. Expressions are neither.
pub(super) fn values(it: &RuleCondition) -> Option<&[String]> {
    let typed = match it.field()? {
        "host-header" => it.host_header_config().map(HostHeaderConditionConfig::values),
        "path-pattern" => it.path_pattern_config().map(PathPatternConditionConfig::values),
        _ => return None,
    };
    typed.filter(|it| !it.is_empty()).or_else(|| Some(it.values()).filter(|it| !it.is_empty()))
}

#[cfg(test)]
mod tests {
    use aws_sdk_elasticloadbalancingv2::types::{
        Action as SdkAction, ForwardActionConfig, SourceIpConditionConfig, TargetGroupStickinessConfig,
        TargetGroupTuple,
    };

    use super::*;

    const ARN: &str =
        "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener-rule/app/shop-dev/0123/4567/89ab";

    fn host(values: &[&str]) -> RuleCondition {
        let values: Vec<_> = values.iter().map(|it| (*it).to_owned()).collect();
        let config = HostHeaderConditionConfig::builder().set_values(Some(values.clone())).build();
        RuleCondition::builder().field("host-header").set_values(Some(values)).host_header_config(config).build()
    }

    fn share(arn: &str, weight: i32) -> TargetGroupTuple {
        TargetGroupTuple::builder().target_group_arn(arn).weight(weight).build()
    }

    fn forward(shares: &[TargetGroupTuple]) -> SdkAction {
        let sticky = TargetGroupStickinessConfig::builder().enabled(false).build();
        let config = ForwardActionConfig::builder().set_target_groups(Some(shares.to_vec()));
        let config = config.target_group_stickiness_config(sticky).build();
        SdkAction::builder().r#type(ActionTypeEnum::Forward).order(1).forward_config(config).build()
    }

    fn seen(conditions: Vec<RuleCondition>, action: SdkAction) -> Rule {
        let rule = SdkRule::builder().rule_arn(ARN).priority("100").set_conditions(Some(conditions)).actions(action);
        live("arn:listener", &rule.build(), &[(ARN.to_owned(), Tags::new())].into()).unwrap().unwrap().state
    }

    fn tree(it: &Rule) -> serde_json::Value {
        serde_json::to_value(it).unwrap()
    }

    #[test]
    fn hosts_have_no_case_and_no_order_and_one_form() {
        let long = seen(vec![host(&["b.example.com", "A.example.com"])], forward(&[share("tg", 1)]));
        let short =
            RuleCondition::builder().field("host-header").values("a.example.com").values("b.example.com").build();
        assert_eq!(tree(&long), tree(&seen(vec![short], forward(&[share("tg", 1)]))));
        assert_eq!(long.hosts, ["a.example.com".to_owned(), "b.example.com".to_owned()].into());
    }

    #[test]
    fn what_is_sent_is_what_is_shown() {
        let mut want = seen(vec![host(&["a.example.com"])], forward(&[share("a", 90), share("b", 10)]));
        want.paths = ["/api/*".to_owned()].into();
        assert_eq!(tree(&seen(want.conditions(), want.action(None))), tree(&want));
    }

    #[test]
    fn weights_that_are_not_ours_stay_as_they_are() {
        let live = seen(vec![host(&["a.example.com"])], forward(&[share("a", 0), share("b", 100)]));
        let mut want = live.clone();
        want.weights = None;
        want.target_groups.insert("c".into());
        let sent = action::shares(&want.action(live.weights.as_ref()));
        assert_eq!(sent, [("a".into(), 0), ("b".into(), 100), ("c".into(), 1)]);
        assert!(tree(&want).get("weights").is_none());
    }

    #[test]
    fn only_a_live_release_is_not_left() {
        let host = vec![host(&["a.example.com"])];
        let refused = |shares: &[TargetGroupTuple]| {
            let mut want = seen(host.clone(), forward(&[share("tg/shop-api/1", 1)]));
            want.weights = None;
            want.refuses(&seen(host.clone(), forward(shares)))
        };
        let why = refused(&[share("tg/shop-api/1", 0), share("tg/shop-api-alternate/2", 100)]).unwrap();
        assert!(why.starts_with("its requests go to the target group shop-api-alternate:"), "{why}");
        assert_eq!(refused(&[share("tg/shop-api/1", 100), share("tg/shop-api-alternate/2", 0)]), None);
        // What somebody added, or put in its place, is taken out again.
        assert_eq!(refused(&[share("tg/shop-api/1", 10), share("tg/shop-web/3", 90)]), None);
        assert_eq!(refused(&[share("tg/shop-web/3", 1)]), None);
    }

    #[test]
    fn what_is_never_set_here_shows() {
        let config = SourceIpConditionConfig::builder().values("10.0.0.0/8").build();
        let ip = RuleCondition::builder().field("source-ip").source_ip_config(config).build();
        let regex = RuleCondition::builder().field("path-pattern").regex_values("^/a").build();
        let redirect = SdkAction::builder().r#type(ActionTypeEnum::Redirect).build();
        let rule = seen(vec![ip, regex], redirect);
        assert_eq!(rule.others, ["path-pattern", "redirect", "source-ip"].map(str::to_owned).into());
        assert!(rule.target_groups.is_empty() && rule.paths.is_empty());
    }
}
