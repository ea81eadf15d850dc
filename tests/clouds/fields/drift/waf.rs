//! Web ACLs, what they name, and who has them.

use aws_sdk_wafv2::types::{
    ActionCondition, ActionValue, AllowAction, BlockAction, Condition, DefaultAction, Filter, FilterBehavior,
    FilterRequirement, GeoMatchStatement, Label, LoggingConfiguration, LoggingFilter, Rule, RuleAction, Scope,
    Statement, Tag, VisibilityConfig, WebAcl,
};

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};
use crate::lab::until;

const ACL: &str = "waf.web_acl/main";
const SET: &str = "waf.ip_set/main.block-v4";
const BALANCER: &str = "elb.load_balancer/main";

pub(super) const MEDDLING: Meddling = Meddling {
    base: &[
        "tags: { team: web }",
        "network: { zones: 2, tiers: [public], nat: none }",
        "load_balancer: { http: serve, waf: main }",
        "waf: { main: { managed: [common], block: [192.0.2.0/24], logs: 30d } }",
    ],
    drifts: &[
        drift(
            "all is refused",
            &["update waf.web_acl/main: default_action"],
            by!(it => it.change_acl(|acl| {
                acl.default_action = Some(DefaultAction::builder().block(BlockAction::builder().build()).build());
            }).await),
        ),
        drift(
            "a rule of others",
            &["update waf.web_acl/main: rules.mine"],
            by!(it => it.change_acl(|acl| acl.rules.get_or_insert_default().push(rule("mine", 5))).await),
        ),
        drift(
            "a rule of Shield's",
            &[],
            by!(it => {
                let name = "ShieldMitigationRuleGroup_123456789012_x";
                it.change_acl(|acl| acl.rules.get_or_insert_default().push(rule(name, 10_000_000))).await;
            }),
        )
        .stays(),
        drift(
            "no rules but Shield's",
            &["update waf.web_acl/main: rules.block, rules.common, rules.rate"],
            by!(it => it.change_acl(|acl| acl.rules.get_or_insert_default().retain(|it| it.name().starts_with("Shield"))).await),
        ),
        drift(
            "other turns",
            &["update waf.web_acl/main: rules.common.priority, rules.rate.priority"],
            by!(it => it.change_acl(|acl| {
                for it in acl.rules.get_or_insert_default() {
                    it.priority = match it.name() {
                        "common" => 100,
                        "rate" => 1002,
                        _ => it.priority,
                    };
                }
            }).await),
        ),
        drift(
            "a rule with a label",
            &["update waf.web_acl/main: rules.block.others"],
            by!(it => it.change_acl(|acl| {
                let rule = acl.rules.get_or_insert_default().iter_mut().find(|it| it.name() == "block").unwrap();
                rule.rule_labels = Some(vec![Label::builder().name("mine").build().unwrap()]);
            }).await),
        ),
        drift(
            "other countries for addresses",
            &["update waf.web_acl/main: rules.block.statement.addresses, rules.block.action, \
                rules.block.statement.countries"],
            by!(it => it.change_acl(|acl| {
                let rules = acl.rules.get_or_insert_default();
                rules.retain(|it| it.name() != "block");
                rules.push(rule("block", 10));
            }).await),
        ),
        drift(
            "nothing to be seen",
            &["update waf.web_acl/main: visibility.metric_name, visibility.metrics, visibility.samples"],
            by!(it => it.change_acl(|acl| acl.visibility_config = Some(visibility("mine", false))).await),
        ),
        drift("a web ACL's tag", &["update waf.web_acl/main: tags.team"], by!(it => it.tag_waf(ACL).await)),
        drift(
            "other addresses",
            &["update waf.ip_set/main.block-v4: addresses"],
            by!(it => {
                let name = "shop-default-main-block-v4";
                let id = it.id(SET).rsplit('/').next().unwrap();
                let call = it.cx.waf.get_ip_set().scope(Scope::Regional).name(name).id(id);
                let token = call.send().await.unwrap().lock_token.unwrap();
                let call = it.cx.waf.update_ip_set().scope(Scope::Regional).name(name).id(id).lock_token(token);
                call.addresses("198.51.100.0/24").send().await.unwrap();
            }),
        ),
        drift("a set's tag", &["update waf.ip_set/main.block-v4: tags.team"], by!(it => it.tag_waf(SET).await)),
        drift(
            "a filtered log",
            &["update waf.logging/main: others"],
            by!(it => {
                let group = it.waf_log();
                it.note(&group, true).await;
            }),
        ),
        drift(
            "a log elsewhere",
            &["update waf.logging/main: log_group"],
            by!(it => {
                let group = format!("{}-other", it.waf_log());
                it.note(&group, false).await;
            }),
        ),
        drift(
            "no log",
            &["create waf.logging/main"],
            by!(it => {
                it.cx.waf.delete_logging_configuration().resource_arn(it.id(ACL)).send().await.unwrap();
            }),
        ),
        drift(
            "another web ACL",
            &["update waf.association/main: web_acl"],
            by!(it => {
                let allow = DefaultAction::builder().allow(AllowAction::builder().build()).build();
                let call = it.cx.waf.create_web_acl().name("theirs").scope(Scope::Regional).default_action(allow);
                let made = call.visibility_config(visibility("theirs", true)).send().await.unwrap().summary.unwrap();
                it.protect_by(made.arn().unwrap()).await;
            }),
        ),
        drift(
            "no web ACL",
            &["create waf.association/main"],
            by!(it => {
                let all = it.cx.waf.list_web_acls().scope(Scope::Regional).send().await.unwrap().web_acls.unwrap();
                let theirs = all.into_iter().find(|it| it.name() == Some("theirs")).unwrap();
                let call = it.cx.waf.delete_web_acl().scope(Scope::Regional).set_name(theirs.name).set_id(theirs.id);
                call.set_lock_token(theirs.lock_token).send().await.unwrap();
                it.cx.waf.disassociate_web_acl().resource_arn(it.id(BALANCER)).send().await.unwrap();
            }),
        ),
        drift(
            "a web ACL that is gone",
            &["create waf.association/main", "create waf.logging/main", "create waf.web_acl/main"],
            by!(it => {
                it.cx.waf.disassociate_web_acl().resource_arn(it.id(BALANCER)).send().await.unwrap();
                it.delete_acl().await;
            }),
        ),
        drift(
            "a set that is gone",
            &["create waf.ip_set/main.block-v4", "update waf.web_acl/main: rules.block"],
            by!(it => {
                it.change_acl(|acl| acl.rules.get_or_insert_default().retain(|it| it.name() != "block")).await;
                it.delete_set().await;
            }),
        ),
    ],
};

fn visibility(name: &str, seen: bool) -> VisibilityConfig {
    let it = VisibilityConfig::builder().metric_name(name);
    it.cloud_watch_metrics_enabled(seen).sampled_requests_enabled(seen).build().unwrap()
}

/// Whoever is in Germany passes.
fn rule(name: &str, priority: i32) -> Rule {
    let geo = GeoMatchStatement::builder().country_codes("DE".into()).build();
    let allow = RuleAction::builder().allow(AllowAction::builder().build()).build();
    let it = Rule::builder().name(name).priority(priority).action(allow).visibility_config(visibility(name, true));
    it.statement(Statement::builder().geo_match_statement(geo).build()).build().unwrap()
}

impl Hands {
    fn acl(&self) -> (&str, &str) {
        ("shop-default-main", self.id(ACL).rsplit('/').next().unwrap())
    }

    async fn change_acl(&self, edit: impl FnOnce(&mut WebAcl)) {
        let (name, id) = self.acl();
        let answer = self.cx.waf.get_web_acl().scope(Scope::Regional).name(name).id(id).send().await.unwrap();
        let mut acl = answer.web_acl.unwrap();
        edit(&mut acl);
        let call = self.cx.waf.update_web_acl().scope(Scope::Regional).name(name).id(id);
        let call = call.set_default_action(acl.default_action).set_rules(acl.rules);
        let call = call.set_visibility_config(acl.visibility_config).set_lock_token(answer.lock_token);
        call.send().await.unwrap();
    }

    async fn delete_acl(&self) {
        let (name, id) = self.acl();
        let delete = async || {
            let answer = self.cx.waf.get_web_acl().scope(Scope::Regional).name(name).id(id).send().await.unwrap();
            let call = self.cx.waf.delete_web_acl().scope(Scope::Regional).name(name).id(id);
            call.set_lock_token(answer.lock_token).send().await.ok()
        };
        // What it protected holds it for a moment.
        until("the web ACL to be let go", delete).await;
    }

    async fn delete_set(&self) {
        let (name, id) = ("shop-default-main-block-v4", self.id(SET).rsplit('/').next().unwrap());
        let delete = async || {
            let answer = self.cx.waf.get_ip_set().scope(Scope::Regional).name(name).id(id).send().await.unwrap();
            let call = self.cx.waf.delete_ip_set().scope(Scope::Regional).name(name).id(id);
            call.set_lock_token(answer.lock_token).send().await.ok()
        };
        until("the set to be let go", delete).await;
    }

    async fn tag_waf(&self, address: &str) {
        let tag = Tag::builder().key("team").value("api").build().unwrap();
        self.cx.waf.tag_resource().resource_arn(self.id(address)).tags(tag).send().await.unwrap();
    }

    /// A web ACL that was just made can only be used a moment later.
    async fn protect_by(&self, acl: &str) {
        let call = || self.cx.waf.associate_web_acl().web_acl_arn(acl).resource_arn(self.id(BALANCER)).send();
        until("the web ACL to be known", async || call().await.ok()).await;
    }

    fn waf_log(&self) -> String {
        let account = self.id(ACL).split(':').nth(4).unwrap();
        format!("arn:aws:logs:eu-central-1:{account}:log-group:aws-waf-logs-shop-default-main")
    }

    /// Notes requests in a group, or only those that were refused.
    async fn note(&self, group: &str, filtered: bool) {
        let refused = ActionCondition::builder().action(ActionValue::Block).build().unwrap();
        let filter = Filter::builder().behavior(FilterBehavior::Keep).requirement(FilterRequirement::MeetsAny);
        let filter = filter.conditions(Condition::builder().action_condition(refused).build()).build().unwrap();
        let filter = LoggingFilter::builder().filters(filter).default_behavior(FilterBehavior::Drop).build().unwrap();
        let config = LoggingConfiguration::builder().resource_arn(self.id(ACL)).log_destination_configs(group);
        let config = config.set_logging_filter(filtered.then_some(filter)).build().unwrap();
        self.cx.waf.put_logging_configuration().logging_configuration(config).send().await.unwrap();
    }
}
