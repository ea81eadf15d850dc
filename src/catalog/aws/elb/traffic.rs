//! Which targets of target groups work, and how much of the traffic each group gets:
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html>.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticloadbalancingv2::types::{
    Rule as SdkRule, TargetGroup as SdkTargetGroup, TargetHealthDescription, TargetHealthReasonEnum,
    TargetHealthStateEnum,
};
use futures::future::try_join_all;

use super::{action, listeners_of, rule};
use crate::{
    api::{During, OrAbsent, ReadCx, Result},
    resource::value::In,
};

/// A target group as requests meet it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// What its health check asks for, such as `/health`.
    pub path: String,
    /// Which answers are good, such as `200-399`.
    pub codes: String,
    /// Its targets.
    pub targets: Vec<Target>,
    /// What it gets of which requests; nothing if no rule names it.
    pub shares: Vec<Share>,
}

/// Something that may answer requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its address and port, such as `10.0.1.5:3000`.
    pub id: String,
    /// Such as `healthy`, `unhealthy`, `initial`, `draining` or `unused`.
    pub state: String,
    /// Why, in the load balancer's words, such as `Target.Timeout: Request timed out`; empty if it is healthy.
    pub why: String,
}

/// What a target group gets of the requests that a rule is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The rule's ARN.
    pub rule: String,
    /// Which requests these are, such as `api.example.com /v1/*`.
    pub requests: String,
    /// How much of them it gets, in percent.
    pub percent: u32,
    /// Whether the rule has other target groups as well.
    pub several: bool,
}

impl Group {
    /// How many of its targets are in the state called `state`.
    #[must_use]
    pub fn count(&self, state: &str) -> usize {
        self.targets.iter().filter(|it| it.state == state).count()
    }

    /// Those of its targets that fail their health checks.
    pub fn unhealthy(&self) -> impl Iterator<Item = &Target> {
        self.targets.iter().filter(|it| it.state == "unhealthy")
    }

    /// Whether some of the requests that it gets may meet a target that fails.
    #[must_use]
    pub fn ails(&self) -> bool {
        self.is_used() && self.unhealthy().next().is_some()
    }

    /// Whether it gets any requests.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.shares.iter().any(|it| it.percent > 0)
    }
}

/// The target groups with these ARNs, by them; what is gone is not among them.
pub async fn groups(cx: &ReadCx, arns: &BTreeSet<String>) -> Result<BTreeMap<String, Group>> {
    if arns.is_empty() {
        return Ok(BTreeMap::new());
    }
    // All of them: to ask for one that is gone fails.
    let pages = cx.elb.describe_target_groups().into_paginator().items().send();
    let all: Vec<_> = pages.collect::<Result<_, _>>().await.during("elasticloadbalancing:DescribeTargetGroups")?;
    let found: Vec<_> = all.iter().filter(|it| it.target_group_arn().is_some_and(|it| arns.contains(it))).collect();
    let balancers: BTreeSet<_> = found.iter().flat_map(|it| it.load_balancer_arns()).map(String::as_str).collect();
    let (rules, targets) = tokio::try_join!(
        async {
            let listeners = listeners_of(cx, balancers.into_iter()).await?;
            let listeners = listeners.iter().filter_map(|it| it.listener_arn());
            try_join_all(listeners.map(|it| rule::rules(cx, it))).await
        },
        try_join_all(found.iter().map(|it| health(cx, it))),
    )?;
    let rules: Vec<_> = rules.into_iter().flatten().collect();
    let groups = found.iter().zip(targets).map(|(it, targets)| group(it, &targets, &rules));
    Ok(groups.map(|it| (it.arn.clone(), it)).collect())
}

async fn health(cx: &ReadCx, group: &SdkTargetGroup) -> Result<Vec<TargetHealthDescription>> {
    let call = cx.elb.describe_target_health().set_target_group_arn(group.target_group_arn.clone());
    let found = call.send().await.during("elasticloadbalancing:DescribeTargetHealth").or_absent()?;
    Ok(found.and_then(|it| it.target_health_descriptions).unwrap_or_default())
}

fn group(it: &SdkTargetGroup, targets: &[TargetHealthDescription], rules: &[SdkRule]) -> Group {
    let arn = it.target_group_arn().unwrap_or_default();
    let codes = it.matcher().and_then(|it| it.http_code().or_else(|| it.grpc_code()));
    Group {
        arn: arn.to_owned(),
        name: it.target_group_name().unwrap_or_default().to_owned(),
        path: it.health_check_path().unwrap_or_default().to_owned(),
        codes: codes.unwrap_or_default().to_owned(),
        targets: targets.iter().map(target).collect(),
        shares: rules.iter().filter_map(|it| share(it, arn)).collect(),
    }
}

fn target(it: &TargetHealthDescription) -> Target {
    let target = it.target();
    let id = target.and_then(|it| it.id()).unwrap_or_default();
    let port = target.and_then(|it| it.port()).map(|it| format!(":{it}")).unwrap_or_default();
    let health = it.target_health();
    let state = health.and_then(|it| it.state()).map_or("unknown", TargetHealthStateEnum::as_str);
    let reason = health.and_then(|it| it.reason()).map(TargetHealthReasonEnum::as_str);
    let why: Vec<_> = reason.into_iter().chain(health.and_then(|it| it.description())).collect();
    Target { id: format!("{id}{port}"), state: state.to_owned(), why: why.join(": ") }
}

/// What the group with this ARN gets by a rule; `None` if the rule does not name it.
fn share(rule: &SdkRule, group: &str) -> Option<Share> {
    let shares: Vec<_> = rule.actions().iter().flat_map(action::shares).collect();
    let weight = |it: &(In<String>, u16)| u32::from(it.1);
    let own = shares.iter().find(|it| it.0.known().is_some_and(|it| it == group))?;
    let all: u32 = shares.iter().map(weight).sum();
    // With no weight at all, none of them gets anything.
    let percent = (weight(own) * 100 + all / 2).checked_div(all).unwrap_or_default();
    let rule_arn = rule.rule_arn().unwrap_or_default().to_owned();
    Some(Share { rule: rule_arn, requests: requests(rule), percent, several: shares.len() > 1 })
}

/// The hosts and paths that a rule is for.
fn requests(rule: &SdkRule) -> String {
    let values = rule.conditions().iter().filter_map(|it| Some(rule::values(it)?.join(", ")));
    let all: Vec<_> = values.collect();
    if all.is_empty() { "all other requests".to_owned() } else { all.join(" ") }
}

#[cfg(test)]
mod tests {
    use aws_sdk_elasticloadbalancingv2::types::RuleCondition;

    use super::*;

    fn rule(weights: &[(&str, u16)]) -> SdkRule {
        let host = RuleCondition::builder().field("host-header").values("a.example.com").build();
        SdkRule::builder().rule_arn("rule").conditions(host).actions(action::forward(weights.iter().copied())).build()
    }

    #[test]
    fn a_share_is_of_all_weights() {
        let percent = |weights: &[(&str, u16)], group| share(&rule(weights), group).map(|it| (it.percent, it.several));
        assert_eq!(percent(&[("blue", 1)], "blue"), Some((100, false)));
        assert_eq!(percent(&[("blue", 90), ("green", 10)], "green"), Some((10, true)));
        assert_eq!(percent(&[("blue", 1), ("green", 2)], "blue"), Some((33, true)));
        assert_eq!(percent(&[("blue", 0), ("green", 0)], "blue"), Some((0, true)));
        assert_eq!(percent(&[("blue", 1)], "green"), None);
    }

    #[test]
    fn requests_are_told_by_host_and_path() {
        let path = RuleCondition::builder().field("path-pattern").values("/v1/*").values("/v2/*").build();
        let rule = SdkRule::builder().conditions(rule(&[]).conditions()[0].clone()).conditions(path).build();
        assert_eq!(requests(&rule), "a.example.com /v1/*, /v2/*");
        assert_eq!(requests(&SdkRule::builder().build()), "all other requests");
    }
}
