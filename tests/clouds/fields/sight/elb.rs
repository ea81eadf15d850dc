//! Load balancers, target groups, listeners and rules.

use aws_sdk_elasticloadbalancingv2::types::{Action, HttpHeaderConditionConfig};
use infractl::api::ReadCx;

use super::Looking;

/// What a new load balancer or target group has; only what is otherwise is told.
const USUAL: [(&str, &str); 15] = [
    ("access_logs.s3.bucket", ""),
    ("access_logs.s3.enabled", "false"),
    ("access_logs.s3.prefix", ""),
    ("client_keep_alive.seconds", "3600"),
    ("deletion_protection.enabled", "false"),
    ("deregistration_delay.timeout_seconds", "300"),
    ("idle_timeout.timeout_seconds", "60"),
    ("load_balancing.algorithm.type", "round_robin"),
    ("routing.http.desync_mitigation_mode", "defensive"),
    ("routing.http.drop_invalid_header_fields.enabled", "false"),
    ("routing.http.preserve_host_header.enabled", "false"),
    ("routing.http2.enabled", "true"),
    ("slow_start.duration_seconds", "0"),
    ("stickiness.enabled", "false"),
    ("stickiness.lb_cookie.duration_seconds", "86400"),
];

fn unusual(attributes: Vec<(String, String)>) -> Vec<(&'static str, String)> {
    // Where a log was kept that is switched off stays known.
    let logs = attributes.contains(&("access_logs.s3.enabled".into(), "true".into()));
    let told = attributes.into_iter().filter(|(key, _)| logs || !key.starts_with("access_logs."));
    let mut acc: Vec<_> = told
        .filter_map(|(key, value)| {
            let (name, usual) = USUAL.iter().find(|it| it.0 == key)?;
            (value != *usual).then_some((*name, value))
        })
        .collect();
    acc.sort();
    acc
}

/// An action in one line.
fn words(action: &Action) -> String {
    let kind = action.r#type().unwrap().as_str();
    if let Some(it) = action.redirect_config() {
        let parts = [it.protocol(), it.port(), it.host(), it.path(), it.query()].map(Option::unwrap);
        return format!("{} to {}", it.status_code().unwrap().as_str(), parts.join(" "));
    }
    if let Some(it) = action.fixed_response_config() {
        let parts = [it.status_code().unwrap(), it.content_type().unwrap(), it.message_body().unwrap_or_default()];
        return parts.join(" ").trim_end().to_owned();
    }
    let groups = action.forward_config().map(|it| it.target_groups()).unwrap_or_default();
    let groups = groups.iter().map(|it| format!("{}={}", it.target_group_arn().unwrap(), it.weight().unwrap()));
    format!("{kind} {}", groups.collect::<Vec<_>>().join(" "))
}

impl Looking {
    pub(super) async fn load_balancing(&mut self, cx: &ReadCx) {
        let pages = cx.elb.describe_target_groups().into_paginator().items().send();
        for it in pages.collect::<Result<Vec<_>, _>>().await.unwrap() {
            let arn = it.target_group_arn().unwrap();
            let Some(tags) = tags(cx, arn).await else { continue };
            let call = cx.elb.describe_target_group_attributes().target_group_arn(arn);
            let Ok(found) = call.send().await else { continue };
            let attributes = found.attributes.unwrap_or_default().into_iter();
            let mut facts = unusual(attributes.map(|it| (it.key.unwrap(), it.value.unwrap_or_default())).collect());
            let check = [
                it.health_check_protocol().unwrap().as_str(),
                it.health_check_port().unwrap(),
                it.health_check_path().unwrap(),
            ];
            let matcher = it.matcher().and_then(|it| it.http_code().or(it.grpc_code()));
            let times = [
                it.health_check_interval_seconds(),
                it.health_check_timeout_seconds(),
                it.healthy_threshold_count(),
                it.unhealthy_threshold_count(),
            ];
            let times = times.map(|it| it.unwrap().to_string()).join(" ");
            facts.extend([
                ("name", it.target_group_name().unwrap().to_owned()),
                ("vpc", it.vpc_id().unwrap().to_owned()),
                (
                    "of",
                    format!(
                        "{} {} {}",
                        it.protocol().unwrap().as_str(),
                        it.protocol_version().unwrap(),
                        it.port().unwrap()
                    ),
                ),
                ("health", format!("{} {} {times}", check.join(" "), matcher.unwrap())),
            ]);
            self.see(Some(arn), &tags, facts);
        }
        let pages = cx.elb.describe_load_balancers().into_paginator().items().send();
        for it in pages.collect::<Result<Vec<_>, _>>().await.unwrap() {
            let arn = it.load_balancer_arn().unwrap();
            self.moves |= it.state().unwrap().code().unwrap().as_str() == "provisioning";
            let Some(tags) = tags(cx, arn).await else { continue };
            let call = cx.elb.describe_load_balancer_attributes().load_balancer_arn(arn);
            let Ok(found) = call.send().await else { continue };
            let attributes = found.attributes.unwrap_or_default().into_iter();
            let mut facts = unusual(attributes.map(|it| (it.key.unwrap(), it.value.unwrap_or_default())).collect());
            let subnets: Vec<_> = it.availability_zones().iter().map(|it| it.subnet_id().unwrap()).collect();
            facts.extend([
                ("name", it.load_balancer_name().unwrap().to_owned()),
                ("scheme", it.scheme().unwrap().as_str().to_owned()),
                ("subnets", subnets.join(" ")),
                ("groups", it.security_groups().join(" ")),
            ]);
            self.see(Some(arn), &tags, facts);
            self.listeners(cx, arn).await;
        }
    }

    async fn listeners(&mut self, cx: &ReadCx, balancer: &str) {
        let pages = cx.elb.describe_listeners().load_balancer_arn(balancer).into_paginator().items().send();
        for it in pages.collect::<Result<Vec<_>, _>>().await.unwrap_or_default() {
            let arn = it.listener_arn().unwrap();
            let Some(tags) = tags(cx, arn).await else { continue };
            let pages = cx.elb.describe_listener_certificates().listener_arn(arn).into_paginator().items().send();
            let found = pages.collect::<Result<Vec<_>, _>>().await.unwrap_or_default();
            let more = found.iter().filter(|it| it.is_default() != Some(true)).map(|it| id(it.certificate_arn()));
            let facts = vec![
                ("on", balancer.to_owned()),
                ("port", format!("{} {}", it.protocol().unwrap().as_str(), it.port().unwrap())),
                ("certificate", it.certificates().first().map(|it| id(it.certificate_arn())).unwrap_or_default()),
                ("certificates", more.collect::<Vec<_>>().join(" ")),
                ("policy", it.ssl_policy().unwrap_or_default().to_owned()),
                ("default", it.default_actions().iter().map(words).collect::<Vec<_>>().join(", ")),
            ];
            self.see(Some(arn), &tags, facts);
            self.rules(cx, arn).await;
        }
    }

    async fn rules(&mut self, cx: &ReadCx, listener: &str) {
        let pages = cx.elb.describe_rules().listener_arn(listener).into_paginator().items().send();
        for it in pages.collect::<Result<Vec<_>, _>>().await.unwrap_or_default() {
            let arn = it.rule_arn().unwrap();
            let Some(tags) = tags(cx, arn).await else { continue };
            let condition = |field: &str| {
                let values = it.conditions().iter().filter(|it| it.field() == Some(field)).flat_map(|it| it.values());
                let mut values: Vec<_> = values.cloned().collect();
                values.sort();
                values.join(" ")
            };
            let facts = vec![
                ("on", listener.to_owned()),
                ("priority", it.priority().unwrap().to_owned()),
                ("hosts", condition("host-header")),
                ("paths", condition("path-pattern")),
                ("headers", it.conditions().iter().filter_map(|it| it.http_header_config()).map(header).collect()),
                ("does", it.actions().iter().map(words).collect::<Vec<_>>().join(", ")),
            ];
            self.see(Some(arn), &tags, facts);
        }
    }
}

fn header(it: &HttpHeaderConditionConfig) -> String {
    it.http_header_name().unwrap().to_owned()
}

/// The end of a certificate's ARN.
fn id(arn: Option<&str>) -> String {
    arn.and_then(|it| it.rsplit('/').next()).unwrap_or_default().to_owned()
}

/// `None` if it went while we looked.
async fn tags(cx: &ReadCx, arn: &str) -> Option<Vec<(String, String)>> {
    let found = cx.elb.describe_tags().resource_arns(arn).send().await.ok()?;
    let tags = found.tag_descriptions().iter().flat_map(|it| it.tags());
    Some(tags.map(|it| (it.key().unwrap().to_owned(), it.value().unwrap_or_default().to_owned())).collect())
}
