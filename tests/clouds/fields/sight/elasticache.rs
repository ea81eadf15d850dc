//! Caches.

use aws_sdk_elasticache::types::{CacheCluster, ReplicationGroup, Tag};
use infractl::api::ReadCx;

use super::Looking;

impl Looking {
    pub(super) async fn caches(&mut self, cx: &ReadCx) {
        self.cache_groups(cx).await;
        let nodes = all!(cx.elasticache.describe_cache_clusters());
        for it in all!(cx.elasticache.describe_replication_groups()) {
            self.moves |= it.status() != Some("available");
            let node = nodes.iter().find(|node| node.replication_group_id() == it.replication_group_id());
            // It may go while we look.
            let (Some(node), Some(tags)) = (node, tags(cx, it.arn().unwrap()).await) else { continue };
            self.see(it.arn(), &tags, facts(&it, node));
            self.made(&tags, it.replication_group_create_time());
        }
        for it in all!(cx.elasticache.describe_serverless_caches()) {
            self.moves |= it.status() != Some("available");
            let Some(tags) = tags(cx, it.arn().unwrap()).await else { continue };
            let limits = it.cache_usage_limits().unwrap();
            let (storage, ecpu) = (limits.data_storage().unwrap(), limits.ecpu_per_second().unwrap());
            let range = |low: Option<i32>, high: Option<i32>| format!("{}..{}", low.unwrap_or(0), high.unwrap());
            let facts = vec![
                ("description", it.description().unwrap().to_owned()),
                ("engine", format!("{} {}", it.engine().unwrap(), it.full_engine_version().unwrap())),
                ("subnets", it.subnet_ids().join(" ")),
                ("groups", it.security_group_ids().join(" ")),
                ("key", it.kms_key_id().unwrap_or_default().to_owned()),
                ("snapshots", format!("{}d", it.snapshot_retention_limit().unwrap())),
                ("snapshot_time", it.daily_snapshot_time().unwrap().to_owned()),
                ("storage", range(storage.minimum(), storage.maximum())),
                ("ecpu", range(ecpu.minimum(), ecpu.maximum())),
            ];
            self.see(it.arn(), &tags, facts);
            self.made(&tags, it.create_time());
        }
    }

    async fn cache_groups(&mut self, cx: &ReadCx) {
        for it in all!(cx.elasticache.describe_cache_subnet_groups()) {
            let Some(tags) = tags(cx, it.arn().unwrap()).await else { continue };
            let subnets: Vec<_> = it.subnets().iter().map(|it| it.subnet_identifier().unwrap()).collect();
            let about = it.cache_subnet_group_description().unwrap().to_owned();
            self.see(it.arn(), &tags, vec![("description", about), ("subnets", subnets.join(" "))]);
            self.called(&tags, it.cache_subnet_group_name());
        }
        for it in all!(cx.elasticache.describe_cache_parameter_groups()) {
            let name = it.cache_parameter_group_name().unwrap();
            if name.starts_with("default.") {
                continue;
            }
            let Some(tags) = tags(cx, it.arn().unwrap()).await else { continue };
            let set = all!(cx.elasticache.describe_cache_parameters().cache_parameter_group_name(name).source("user"));
            let set = set.iter().map(|it| (it.parameter_name().unwrap(), it.parameter_value().unwrap().to_owned()));
            let family = it.cache_parameter_group_family().unwrap().to_owned();
            self.see(it.arn(), &tags, [("family", family)].into_iter().chain(set).collect());
            self.called(&tags, Some(name));
        }
    }

    /// Others know it by its name, not by its ARN; nothing tells it from one that was made anew.
    fn called(&mut self, tags: &[(String, String)], name: Option<&str>) {
        let address = tags.iter().find(|it| it.0 == "infractl:id").map(|it| it.1.clone());
        self.ids.retain(|it, _| Some(it) != address.as_ref());
        self.names.extend(name.map(str::to_owned).zip(address));
    }
}

fn facts(it: &ReplicationGroup, node: &CacheCluster) -> Vec<(&'static str, String)> {
    let is = |it: Option<bool>| if it == Some(true) { "yes".into() } else { String::new() };
    let groups: Vec<_> = node.security_groups().iter().map(|it| it.security_group_id().unwrap()).collect();
    let pending = node.pending_modified_values().unwrap();
    let tls = it.transit_encryption_mode().map_or("off", |it| it.as_str());
    vec![
        ("description", it.description().unwrap().to_owned()),
        ("engine", format!("{} {}", it.engine().unwrap(), node.engine_version().unwrap())),
        ("size", it.cache_node_type().unwrap().to_owned()),
        ("pending", pending.cache_node_type().unwrap_or_default().to_owned()),
        ("nodes", it.member_clusters().len().to_string()),
        ("failover", it.automatic_failover().unwrap().as_str().to_owned()),
        ("zones", it.multi_az().unwrap().as_str().to_owned()),
        ("port", it.node_groups().first().unwrap().primary_endpoint().unwrap().port().unwrap().to_string()),
        ("subnets", node.cache_subnet_group_name().unwrap().to_owned()),
        ("groups", groups.join(" ")),
        ("parameters", node.cache_parameter_group().unwrap().cache_parameter_group_name().unwrap().to_owned()),
        ("tls", tls.to_owned()),
        ("auth", is(it.auth_token_enabled())),
        ("encrypted", is(it.at_rest_encryption_enabled())),
        ("key", it.kms_key_id().unwrap_or_default().to_owned()),
        ("snapshots", format!("{}d {}", it.snapshot_retention_limit().unwrap(), it.snapshot_window().unwrap())),
        ("maintenance", node.preferred_maintenance_window().unwrap().to_owned()),
        ("upgrades", is(it.auto_minor_version_upgrade())),
    ]
}

/// None for what is gone, or busy.
async fn tags(cx: &ReadCx, arn: &str) -> Option<Vec<(String, String)>> {
    let found = cx.elasticache.list_tags_for_resource().resource_name(arn).send().await.ok()?;
    let pair = |it: &Tag| (it.key().unwrap().to_owned(), it.value().unwrap_or_default().to_owned());
    Some(found.tag_list().iter().map(pair).collect())
}
