//! Target groups: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html>.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::{
    Matcher, ProtocolEnum, TargetGroup as SdkTargetGroup, TargetGroupAttribute, TargetTypeEnum,
};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{int, may_be_of, number, suffix, tags, to_sdk};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Resource, Status, Waits, tags::Tags, value::In},
};

const DESCRIBE: &str = "elasticloadbalancing:DescribeTargetGroups";
const ATTRIBUTES: &str = "elasticloadbalancing:DescribeTargetGroupAttributes";

/// Where a load balancer sends requests to, and how it knows what of it works.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct TargetGroup {
    /// Its name, of which a region has one: up to 32 letters, digits and hyphens.
    pub target_group_name: String,
    /// The VPC that its targets are in.
    pub vpc: In<String>,
    /// What its targets are: `ip` for containers with addresses of their own, or `instance`.
    pub target_type: String,
    /// How targets are spoken to: `HTTP` or `HTTPS`.
    pub protocol: String,
    /// `HTTP1`, `HTTP2` or `GRPC`.
    pub protocol_version: String,
    /// The port of targets that are registered without one.
    pub port: u16,
    /// How it is known which targets work.
    pub health_check: HealthCheck,
    /// How many seconds a target that leaves has to end what it has begun: up to 3600.
    pub deregistration_delay_seconds: u32,
    /// Over how many seconds a new target gets its full share: 30 to 900, or 0 for all at once.
    pub slow_start_seconds: u32,
    /// How targets are chosen: `round_robin`, `least_outstanding_requests` or `weighted_random`.
    pub algorithm: String,
    /// For how many seconds a client comes back to the same target, by a cookie: up to 604800; not at all if left out.
    pub sticky_seconds: Option<u32>,
}

/// How it is known which targets work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HealthCheck {
    /// `HTTP` or `HTTPS`.
    pub protocol: String,
    /// A port, or `traffic-port` for the target's own.
    pub port: String,
    /// What is asked for, such as `/health`.
    pub path: String,
    /// Which statuses are good, such as `200-299` or `200,404`.
    pub codes: String,
    /// How many seconds lie between two checks: 5 to 300.
    pub interval_seconds: u32,
    /// After how many seconds without an answer a check has failed: 2 to 120, and less than the interval.
    pub timeout_seconds: u32,
    /// After how many good checks in a row a target works: 2 to 10.
    pub healthy_after: u32,
    /// After how many failed checks in a row it does not: 2 to 10.
    pub unhealthy_after: u32,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// What metrics know it by, such as `targetgroup/shop-prod-api/0123456789abcdef`.
    pub arn_suffix: String,
}

impl Resource for TargetGroup {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(TargetGroup: target_group_name, vpc, target_type, protocol, protocol_version, port),
        unique_by: fields!(TargetGroup: target_group_name),
        interrupts: Some("its targets get no more requests"),
        waits: Waits::minutes(5, 5, 5),
        ..Facts::new::<Self>(
            "elb.target_group",
            "where a load balancer sends requests to",
            "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroup.html",
        )
    };
}

impl Lifecycle for TargetGroup {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted = |name: &str| look.wants.iter().any(|it| it.target_group_name == name);
        let pages = cx.elb.describe_target_groups().into_paginator().items().send();
        let all: Vec<_> = pages.collect::<Result<_, _>>().await.during(DESCRIBE)?;
        let name =
            |it: &SdkTargetGroup| it.target_group_name().is_some_and(|it| may_be_of(&look.scope, it) || wanted(it));
        let found: Vec<_> = all.iter().filter(|it| name(it)).collect();
        let arns = found.iter().filter_map(|it| it.target_group_arn.clone()).collect();
        let (tags, attributes) = tokio::try_join!(
            tags(cx, arns),
            try_join_all(found.iter().map(|it| attributes(cx, it))), //
        )?;
        let both = found.iter().zip(attributes);
        both.filter_map(|(it, attributes)| live(it, &attributes?, &tags).transpose()).collect()
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let want = &new.want;
        let check = &want.health_check;
        let call = cx
            .elb
            .create_target_group()
            .name(&want.target_group_name)
            .vpc_id(want.vpc.get())
            .target_type(want.target_type.as_str().into())
            .protocol(want.protocol.as_str().into())
            .protocol_version(&want.protocol_version)
            .port(want.port.into())
            .health_check_enabled(true)
            .health_check_protocol(check.protocol.as_str().into())
            .health_check_port(&check.port)
            .health_check_path(&check.path)
            .matcher(want.matcher())
            .health_check_interval_seconds(int(check.interval_seconds))
            .health_check_timeout_seconds(int(check.timeout_seconds))
            .healthy_threshold_count(int(check.healthy_after))
            .unhealthy_threshold_count(int(check.unhealthy_after))
            .set_tags(Some(to_sdk(&new.tags)));
        call.send().await.during("elasticloadbalancing:CreateTargetGroup").map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        let arn = &live.out.arn;
        if changed.any(fields!(TargetGroup: health_check)) {
            let check = &want.health_check;
            let call = cx
                .elb
                .modify_target_group()
                .target_group_arn(arn)
                .health_check_enabled(true)
                .health_check_protocol(check.protocol.as_str().into())
                .health_check_port(&check.port)
                .health_check_path(&check.path)
                .matcher(want.matcher())
                .health_check_interval_seconds(int(check.interval_seconds))
                .health_check_timeout_seconds(int(check.timeout_seconds))
                .healthy_threshold_count(int(check.healthy_after))
                .unhealthy_threshold_count(int(check.unhealthy_after));
            call.send().await.during("elasticloadbalancing:ModifyTargetGroup")?;
        }
        let settings = want.settings().into_iter().filter(|(field, ..)| changed.any(&[field]));
        let attribute = |(_, key, value)| TargetGroupAttribute::builder().key(key).value(value).build();
        let attributes: Vec<_> = settings.map(attribute).collect();
        if attributes.is_empty() {
            return Ok(());
        }
        let call = cx.elb.modify_target_group_attributes().target_group_arn(arn).set_attributes(Some(attributes));
        call.send().await.during("elasticloadbalancing:ModifyTargetGroupAttributes").map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.elb.delete_target_group().target_group_arn(&live.out.arn);
        call.send().await.during("elasticloadbalancing:DeleteTargetGroup").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.arn, tags).await
    }
}

impl TargetGroup {
    /// gRPC has codes of its own, from 0 to 99.
    fn matcher(&self) -> Matcher {
        let codes = self.health_check.codes.as_str();
        let matcher = Matcher::builder();
        if self.protocol_version == "GRPC" { matcher.grpc_code(codes) } else { matcher.http_code(codes) }.build()
    }

    /// The fields that are attributes with the provider: their names here and there, and their values.
    fn settings(&self) -> Vec<(&'static str, &'static str, String)> {
        let mut acc = vec![
            (
                "deregistration_delay_seconds",
                "deregistration_delay.timeout_seconds",
                self.deregistration_delay_seconds.to_string(),
            ),
            ("slow_start_seconds", "slow_start.duration_seconds", self.slow_start_seconds.to_string()),
            ("algorithm", "load_balancing.algorithm.type", self.algorithm.clone()),
            ("sticky_seconds", "stickiness.enabled", self.sticky_seconds.is_some().to_string()),
        ];
        // Without stickiness, how it was stays, and says nothing.
        acc.extend(self.sticky_seconds.iter().flat_map(|it| {
            let kind = ("sticky_seconds", "stickiness.type", "lb_cookie".to_owned());
            [kind, ("sticky_seconds", "stickiness.lb_cookie.duration_seconds", it.to_string())]
        }));
        acc
    }
}

/// `None` if it went while we looked.
async fn attributes(cx: &ReadCx, it: &SdkTargetGroup) -> Result<Option<Vec<TargetGroupAttribute>>> {
    let call = cx.elb.describe_target_group_attributes().set_target_group_arn(it.target_group_arn.clone());
    let answer = call.send().await.during(ATTRIBUTES).or_absent()?;
    Ok(answer.map(|it| it.attributes.unwrap_or_default()))
}

/// `None` if it went while we looked. Those of functions have neither VPC nor port; they are not ours.
fn live(
    it: &SdkTargetGroup,
    attributes: &[TargetGroupAttribute],
    tags: &BTreeMap<String, Tags>,
) -> Result<Option<Live<TargetGroup>>> {
    let lacks = |what| ApiError::incomplete(DESCRIBE, what);
    let arn = it.target_group_arn().ok_or_else(|| lacks("ARN"))?;
    let Some(tags) = tags.get(arn).cloned() else { return Ok(None) };
    let attributes = attributes.iter().filter_map(|it| Some((it.key()?, it.value().unwrap_or_default())));
    let attributes: BTreeMap<_, _> = attributes.collect();
    let text = |key, default| *attributes.get(key).unwrap_or(&default);
    let seconds = |key, default| text(key, default).parse().map_err(|_| ApiError::incomplete(ATTRIBUTES, key));
    // A cookie of the application's own is not what is set here, so it does not count as the same.
    let sticky = text("stickiness.enabled", "false") == "true" && text("stickiness.type", "lb_cookie") == "lb_cookie";
    let state = TargetGroup {
        target_group_name: it.target_group_name().ok_or_else(|| lacks("name"))?.to_owned(),
        vpc: it.vpc_id().unwrap_or_default().into(),
        target_type: it.target_type().map_or("instance", TargetTypeEnum::as_str).to_owned(),
        protocol: it.protocol().map(ProtocolEnum::as_str).unwrap_or_default().to_owned(),
        protocol_version: it.protocol_version().unwrap_or("HTTP1").to_owned(),
        port: it.port().and_then(|it| u16::try_from(it).ok()).unwrap_or_default(),
        health_check: health_check(it)?,
        deregistration_delay_seconds: seconds("deregistration_delay.timeout_seconds", "300")?,
        slow_start_seconds: seconds("slow_start.duration_seconds", "0")?,
        algorithm: text("load_balancing.algorithm.type", "round_robin").to_owned(),
        sticky_seconds: match sticky {
            true => Some(seconds("stickiness.lb_cookie.duration_seconds", "86400")?),
            false => None,
        },
    };
    let out = Out { arn: arn.to_owned(), arn_suffix: suffix(arn) };
    Ok(Some(Live { state, out, tags, status: Status::Ready }))
}

fn health_check(it: &SdkTargetGroup) -> Result<HealthCheck> {
    let matcher = it.matcher();
    let codes = matcher.and_then(|it| it.http_code().filter(|it| !it.is_empty()).or_else(|| it.grpc_code()));
    // A check that is switched off is as good as one that nothing passes by: it has no protocol here.
    let protocol = it.health_check_protocol().filter(|_| it.health_check_enabled() != Some(false));
    Ok(HealthCheck {
        protocol: protocol.map(ProtocolEnum::as_str).unwrap_or_default().to_owned(),
        port: it.health_check_port().unwrap_or("traffic-port").to_owned(),
        path: it.health_check_path().unwrap_or_default().to_owned(),
        codes: codes.unwrap_or_default().to_owned(),
        interval_seconds: number(DESCRIBE, "health check interval", it.health_check_interval_seconds())?,
        timeout_seconds: number(DESCRIBE, "health check timeout", it.health_check_timeout_seconds())?,
        healthy_after: number(DESCRIBE, "healthy threshold", it.healthy_threshold_count())?,
        unhealthy_after: number(DESCRIBE, "unhealthy threshold", it.unhealthy_threshold_count())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str =
        "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop-dev-api/0123456789abcdef";

    fn sdk() -> SdkTargetGroup {
        SdkTargetGroup::builder()
            .target_group_arn(ARN)
            .target_group_name("shop-dev-api")
            .vpc_id("vpc-1")
            .target_type(TargetTypeEnum::Ip)
            .protocol(ProtocolEnum::Http)
            .protocol_version("HTTP1")
            .port(80)
            .health_check_enabled(true)
            .health_check_protocol(ProtocolEnum::Http)
            .health_check_port("traffic-port")
            .health_check_path("/health")
            .matcher(Matcher::builder().http_code("200").build())
            .health_check_interval_seconds(10)
            .health_check_timeout_seconds(5)
            .healthy_threshold_count(2)
            .unhealthy_threshold_count(3)
            .build()
    }

    fn seen(it: &SdkTargetGroup, attributes: &[(&str, &str)]) -> Live<TargetGroup> {
        let of = |(key, value): &(&str, &str)| TargetGroupAttribute::builder().key(*key).value(*value).build();
        let attributes: Vec<_> = attributes.iter().map(of).collect();
        live(it, &attributes, &[(ARN.to_owned(), Tags::new())].into()).unwrap().unwrap()
    }

    fn tree(it: &TargetGroup) -> serde_json::Value {
        serde_json::to_value(it).unwrap()
    }

    #[test]
    fn attributes_that_are_not_shown_have_their_defaults() {
        let shown = [
            ("deregistration_delay.timeout_seconds", "300"),
            ("stickiness.enabled", "false"),
            ("stickiness.type", "lb_cookie"),
            ("stickiness.lb_cookie.duration_seconds", "86400"),
            ("slow_start.duration_seconds", "0"),
            ("load_balancing.algorithm.type", "round_robin"),
            ("load_balancing.cross_zone.enabled", "use_load_balancer_configuration"),
            ("target_group_health.dns_failover.minimum_healthy_targets.count", "1"),
        ];
        assert_eq!(tree(&seen(&sdk(), &shown).state), tree(&seen(&sdk(), &[]).state));
        assert_eq!(seen(&sdk(), &shown).out.arn_suffix, "targetgroup/shop-dev-api/0123456789abcdef");
    }

    #[test]
    fn what_is_sent_is_what_is_shown() {
        let mut want = seen(&sdk(), &[]).state;
        (want.deregistration_delay_seconds, want.slow_start_seconds, want.sticky_seconds) = (30, 60, Some(3600));
        want.algorithm = "least_outstanding_requests".into();
        let sent = want.settings();
        let sent: Vec<_> = sent.iter().map(|(_, key, value)| (*key, value.as_str())).collect();
        assert_eq!(tree(&seen(&sdk(), &sent).state), tree(&want));
        want.sticky_seconds = None;
        let off: Vec<_> = want.settings();
        let off: Vec<_> = off.iter().map(|(_, key, value)| (*key, value.as_str())).collect();
        assert_eq!(tree(&seen(&sdk(), &off).state), tree(&want));
    }

    #[test]
    fn grpc_has_codes_of_its_own() {
        let matcher = Matcher::builder().http_code("").grpc_code("0-99").build();
        let mut it = sdk();
        (it.protocol_version, it.matcher) = (Some("GRPC".into()), Some(matcher));
        let want = seen(&it, &[]).state;
        assert_eq!(want.health_check.codes, "0-99");
        assert_eq!((want.matcher().grpc_code(), want.matcher().http_code()), (Some("0-99"), None));
    }

    #[test]
    fn a_check_that_is_off_differs_from_one_that_is_on() {
        let mut it = sdk();
        it.health_check_enabled = Some(false);
        assert_ne!(seen(&it, &[]).state.health_check, seen(&sdk(), &[]).state.health_check);
    }
}
