//! The load balancer and its listeners.

use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, Certificate, FixedResponseActionConfig, LoadBalancerAttribute, ProtocolEnum, Tag,
};

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};

const MAIN: &str = "elb.load_balancer/main";
const HTTPS: &str = "elb.listener/https";
const THREE: &str = "arn:aws:acm:eu-central-1:123456789012:certificate/three";
const FOUR: &str = "arn:aws:acm:eu-central-1:123456789012:certificate/four";

pub(super) const MEDDLING: Meddling = Meddling {
    base: &[
        "network: { zones: 3, tiers: [public], nat: none, security_groups: { other: {} } }",
        "load_balancer: { logs: 30d }",
        "load_balancer: { certificate: [arn:aws:acm:eu-central-1:123456789012:certificate/one, \
            arn:aws:acm:eu-central-1:123456789012:certificate/two] }",
    ],
    drifts: &[
        drift(
            "other attributes",
            &["update elb.load_balancer/main: idle_timeout_seconds, client_keep_alive_seconds, http2, \
                drop_invalid_headers, preserve_host_header, desync_mitigation, deletion_protection"],
            by!(it => {
                let all = [
                    ("idle_timeout.timeout_seconds", "10"),
                    ("client_keep_alive.seconds", "60"),
                    ("routing.http2.enabled", "false"),
                    ("routing.http.drop_invalid_header_fields.enabled", "false"),
                    ("routing.http.preserve_host_header.enabled", "true"),
                    ("routing.http.desync_mitigation_mode", "monitor"),
                    ("deletion_protection.enabled", "true"),
                ];
                it.set(&all).await;
            }),
        ),
        drift(
            "a log elsewhere in its bucket",
            &["update elb.load_balancer/main: access_logs.prefix"],
            by!(it => it.set(&[("access_logs.s3.prefix", "other")]).await),
        ),
        drift(
            "no log",
            &["update elb.load_balancer/main: access_logs"],
            by!(it => it.set(&[("access_logs.s3.enabled", "false")]).await),
        ),
        drift(
            "fewer subnets",
            &["update elb.load_balancer/main: subnets"],
            by!(it => {
                let subnets = ["ec2.subnet/public-a", "ec2.subnet/public-b"].map(|at| it.id(at).to_owned());
                let call = it.cx.elb.set_subnets().load_balancer_arn(it.id(MAIN));
                call.set_subnets(Some(subnets.into())).send().await.unwrap();
            }),
        ),
        drift(
            "another security group",
            &["update elb.load_balancer/main: security_groups"],
            by!(it => {
                let call = it.cx.elb.set_security_groups().load_balancer_arn(it.id(MAIN));
                call.security_groups(it.id("ec2.security_group/other")).send().await.unwrap();
            }),
        ),
        drift(
            "tags of others",
            &["update elb.listener/https: tags.by", "update elb.load_balancer/main: tags.by"],
            by!(it => {
                let tag = Tag::builder().key("by").value("hand").build();
                let call = it.cx.elb.add_tags().resource_arns(it.id(MAIN)).resource_arns(it.id(HTTPS));
                call.tags(tag).send().await.unwrap();
            }),
        ),
        drift(
            "plain HTTP on the port of HTTPS",
            &["update elb.listener/https: protocol, certificate, more_certificates, tls_policy"],
            by!(it => {
                let call = it.cx.elb.modify_listener().listener_arn(it.id(HTTPS));
                call.protocol(ProtocolEnum::Http).send().await.unwrap();
            }),
        ),
        drift(
            "another certificate, one more and an old policy",
            &["update elb.listener/https: certificate, more_certificates, tls_policy"],
            by!(it => {
                let one = |arn: &str| Certificate::builder().certificate_arn(arn).build();
                let call = it.cx.elb.modify_listener().listener_arn(it.id(HTTPS)).certificates(one(THREE));
                call.ssl_policy("ELBSecurityPolicy-2016-08").send().await.unwrap();
                let call = it.cx.elb.add_listener_certificates().listener_arn(it.id(HTTPS));
                call.certificates(one(FOUR)).send().await.unwrap();
            }),
        ),
        drift(
            "another answer to what no rule takes",
            &[
                "update elb.listener/http: default_action.redirect",
                "update elb.listener/https: default_action.respond.status, \
                default_action.respond.body",
            ],
            by!(it => {
                for listener in ["elb.listener/http", HTTPS] {
                    let config = FixedResponseActionConfig::builder().status_code("503").message_body("Gone").build();
                    let action = Action::builder().r#type(ActionTypeEnum::FixedResponse).fixed_response_config(config);
                    let call = it.cx.elb.modify_listener().listener_arn(it.id(listener));
                    call.default_actions(action.build()).send().await.unwrap();
                }
            }),
        ),
        drift(
            "no listener",
            &["create elb.listener/https"],
            by!(it => {
                it.cx.elb.delete_listener().listener_arn(it.id(HTTPS)).send().await.unwrap();
            }),
        ),
        drift(
            "no load balancer",
            &["create elb.listener/http", "create elb.listener/https", "create elb.load_balancer/main"],
            by!(it => {
                it.cx.elb.delete_load_balancer().load_balancer_arn(it.id(MAIN)).send().await.unwrap();
            }),
        ),
    ],
};

impl Hands {
    async fn set(&self, attributes: &[(&str, &str)]) {
        let of = |(key, value): &(&str, &str)| LoadBalancerAttribute::builder().key(*key).value(*value).build();
        let call = self.cx.elb.modify_load_balancer_attributes().load_balancer_arn(self.id(MAIN));
        call.set_attributes(Some(attributes.iter().map(of).collect())).send().await.unwrap();
    }
}
