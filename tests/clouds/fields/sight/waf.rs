//! Web ACLs and what belongs to them.

use aws_sdk_wafv2::{
    Client,
    types::{LoggingConfiguration, Rule, RuleAction, Scope, Statement},
};
use infractl::api::ReadCx;

use super::Looking;

impl Looking {
    /// Load balancers have to have been seen before.
    pub(super) async fn web_acls(&mut self, cx: &ReadCx) {
        for (client, scope) in [(&cx.waf, Scope::Regional), (&cx.waf_everywhere, Scope::Cloudfront)] {
            self.ip_sets(client, &scope).await;
            let found = client.list_web_acls().scope(scope.clone()).send().await.unwrap();
            for it in found.web_acls() {
                let (name, id, arn) = (it.name().unwrap(), it.id().unwrap(), it.arn().unwrap());
                // It may go while we look.
                let call = client.get_web_acl().name(name).id(id).scope(scope.clone());
                let (Ok(answer), Some(tags)) = (call.send().await, tags(client, arn).await) else { continue };
                let acl = answer.web_acl.unwrap();
                let default = acl.default_action().unwrap();
                let seen = acl.visibility_config().unwrap();
                let facts = vec![
                    ("name", name.to_owned()),
                    ("reach", scope.as_str().to_owned()),
                    ("default", if default.allow().is_some() { "allow".into() } else { "block".into() }),
                    ("metric", seen.metric_name().to_owned()),
                    ("counted", seen.cloud_watch_metrics_enabled().to_string()),
                    ("sampled", seen.sampled_requests_enabled().to_string()),
                ];
                self.see(Some(arn), &tags, facts);
                for it in acl.rules() {
                    self.add(Some(arn), &format!("rule {}", it.name()), &rule(it));
                }
                let logging = client.get_logging_configuration().resource_arn(arn).send().await;
                if let Some(it) = logging.ok().and_then(|it| it.logging_configuration) {
                    self.add(Some(arn), "log", &log(&it));
                }
                let protected = client.list_resources_for_web_acl().web_acl_arn(arn).send().await;
                for balancer in protected.iter().flat_map(|it| it.resource_arns()) {
                    self.add(Some(balancer), "waf", arn);
                }
            }
        }
    }

    async fn ip_sets(&mut self, client: &Client, scope: &Scope) {
        for it in client.list_ip_sets().scope(scope.clone()).send().await.unwrap().ip_sets() {
            let (name, id, arn) = (it.name().unwrap(), it.id().unwrap(), it.arn().unwrap());
            let call = client.get_ip_set().name(name).id(id).scope(scope.clone());
            let (Ok(answer), Some(tags)) = (call.send().await, tags(client, arn).await) else { continue };
            let set = answer.ip_set.unwrap();
            let mut addresses = set.addresses.clone();
            addresses.sort();
            let facts = vec![
                ("name", name.to_owned()),
                ("reach", scope.as_str().to_owned()),
                ("of", set.ip_address_version().as_str().to_owned()),
                ("addresses", addresses.join(" ")),
            ];
            self.see(Some(arn), &tags, facts);
        }
    }
}

/// `None` if it went while we looked.
async fn tags(client: &Client, arn: &str) -> Option<Vec<(String, String)>> {
    let found = client.list_tags_for_resource().resource_arn(arn).send().await.ok()?;
    let tags = found.tag_info_for_resource?.tag_list.unwrap_or_default();
    Some(tags.into_iter().map(|it| (it.key, it.value)).collect())
}

fn log(it: &LoggingConfiguration) -> String {
    let filtered = if it.logging_filter().is_some() { " (filtered)" } else { "" };
    format!("{}{filtered}", it.log_destination_configs().join(" "))
}

/// A rule in one line.
fn rule(it: &Rule) -> String {
    let group = it.override_action().map(|it| if it.count().is_some() { "count" } else { "as it says" });
    let does = group.or_else(|| it.action().map(action)).unwrap();
    let labels: Vec<_> = it.rule_labels().iter().map(|it| format!(" [{}]", it.name())).collect();
    let seen = it.visibility_config().unwrap().sampled_requests_enabled();
    let hidden = if seen { "" } else { " unseen" };
    format!("{} {does} {}{}{hidden}", it.priority(), statement(it.statement().unwrap()), labels.concat())
}

fn action(it: &RuleAction) -> &'static str {
    let is = [(it.allow().is_some(), "allow"), (it.block().is_some(), "block"), (it.count().is_some(), "count")];
    is.into_iter().find(|it| it.0).map_or("other", |it| it.1)
}

fn statement(it: &Statement) -> String {
    if let Some(it) = it.managed_rule_group_statement() {
        let mut words = vec![it.name().to_owned()];
        words.extend(it.version().map(str::to_owned));
        words.extend(
            it.rule_action_overrides()
                .iter()
                .map(|it| format!("{}:{}", action(it.action_to_use().unwrap()), it.name())),
        );
        let levels =
            it.managed_rule_group_configs().iter().filter_map(|it| it.aws_managed_rules_bot_control_rule_set());
        words.extend(levels.map(|it| it.inspection_level().as_str().to_owned()));
        return words.join(" ");
    }
    if let Some(it) = it.rate_based_statement() {
        let start =
            format!("{} in {}s by {}", it.limit(), it.evaluation_window_sec(), it.aggregate_key_type().as_str());
        let header = it.forwarded_ip_config().map(|it| format!(" {}", it.header_name())).unwrap_or_default();
        let below = it.scope_down_statement().map(|it| format!(" of {}", statement(it))).unwrap_or_default();
        return format!("{start}{header}{below}");
    }
    if let Some(it) = it.byte_match_statement() {
        let text = String::from_utf8(it.search_string().as_ref().to_vec()).unwrap();
        return format!("{} {text}", it.positional_constraint().as_str());
    }
    if let Some(it) = it.geo_match_statement() {
        return it.country_codes().iter().map(|it| it.as_str()).collect::<Vec<_>>().join("+");
    }
    if let Some(it) = it.ip_set_reference_statement() {
        return format!("from {}", it.arn());
    }
    if let Some(it) = it.not_statement() {
        return format!("not {}", statement(it.statement().unwrap()));
    }
    let all = it.or_statement().unwrap().statements();
    all.iter().map(statement).collect::<Vec<_>>().join(" or ")
}
