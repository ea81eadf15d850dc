//! Databases and their groups.

use aws_sdk_rds::types::{DbInstance, Tag};
use infractl::api::ReadCx;

use super::Looking;

fn pairs(tags: &[Tag]) -> Vec<(String, String)> {
    tags.iter().map(|it| (it.key().unwrap().to_owned(), it.value().unwrap().to_owned())).collect()
}

impl Looking {
    pub(super) async fn databases(&mut self, cx: &ReadCx) {
        for it in all!(cx.rds.describe_db_subnet_groups()) {
            let arn = it.db_subnet_group_arn().unwrap();
            let Some(tags) = self.tags_of(cx, arn).await else { continue };
            let subnets: Vec<_> = it.subnets().iter().map(|it| it.subnet_identifier().unwrap()).collect();
            let about = it.db_subnet_group_description().unwrap().to_owned();
            self.see(Some(arn), &tags, vec![("about", about), ("subnets", subnets.join(" "))]);
            self.ids.retain(|_, it| it != arn);
        }
        for it in all!(cx.rds.describe_db_parameter_groups()) {
            let arn = it.db_parameter_group_arn().unwrap();
            let Some(tags) = self.tags_of(cx, arn).await else { continue };
            let group = it.db_parameter_group_name().unwrap();
            let call = cx.rds.describe_db_parameters().db_parameter_group_name(group).source("user");
            let Ok(set) = call.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await else { continue };
            let set: Vec<_> = set
                .iter()
                .map(|it| format!("{}={}", it.parameter_name().unwrap(), it.parameter_value().unwrap()))
                .collect();
            let family = it.db_parameter_group_family().unwrap().to_owned();
            self.see(Some(arn), &tags, vec![("family", family), ("set", set.join(" "))]);
            // Nothing tells it from one that was made anew.
            self.ids.retain(|_, it| it != arn);
        }
        for it in all!(cx.rds.describe_db_instances()) {
            self.moves |= !matches!(it.db_instance_status(), Some("available"));
            let tags = pairs(it.tag_list());
            let tag = |key: &str| tags.iter().find(|it| it.0 == key).map(|it| it.1.clone()).unwrap_or_default();
            // Which version of the secret it is, is told by the password only.
            let others: Vec<_> = tags.iter().filter(|it| it.0 != "infractl:password").cloned().collect();
            let mut facts = settings(&it);
            let ours = if tag("infractl:password").is_empty() { "unknown" } else { "ours" };
            facts.push(("password", it.master_user_secret().map_or(ours, |_| "managed").to_owned()));
            facts.push(("on_delete", tag("infractl:on-delete")));
            self.see(it.db_instance_arn(), &others, facts);
            self.made(&tags, it.instance_create_time().map(|it| it.as_nanos()));
            // Part of it is different each time it is made.
            let host = it.endpoint().and_then(|it| it.address()).map(str::to_owned);
            self.names.extend(host.map(|it| (it, format!("host of {}", tag("infractl:id")))));
        }
    }

    /// `None` if it went while we looked.
    async fn tags_of(&self, cx: &ReadCx, arn: &str) -> Option<Vec<(String, String)>> {
        let answer = cx.rds.list_tags_for_resource().resource_name(arn).send().await.ok()?;
        Some(pairs(answer.tag_list()))
    }
}

fn settings(it: &DbInstance) -> Vec<(&'static str, String)> {
    let yes = |it: Option<bool>| it.unwrap().to_string();
    let number = |it: Option<i32>| it.map_or("-".to_owned(), |it| it.to_string());
    let text = |it: Option<&str>| it.unwrap_or_default().to_owned();
    let limit = it.max_allocated_storage().map(|it| format!("..{it}")).unwrap_or_default();
    let storage = format!(
        "{}{limit} {} {} {}",
        number(it.allocated_storage()),
        it.storage_type().unwrap(),
        number(it.iops()),
        number(it.storage_throughput())
    );
    let groups: Vec<_> = it.vpc_security_groups().iter().map(|it| it.vpc_security_group_id().unwrap()).collect();
    let [parameters] = it.db_parameter_groups() else { panic!("{it:?}") };
    let pending = it.pending_modified_values().map(|it| text(it.db_instance_class())).unwrap_or_default();
    let restart = text(parameters.parameter_apply_status().filter(|it| *it != "in-sync"));
    vec![
        ("version", text(it.engine_version())),
        ("class", text(it.db_instance_class())),
        ("storage", storage),
        ("multi_az", yes(it.multi_az())),
        ("public", yes(it.publicly_accessible())),
        ("backups", format!("{} at {}", number(it.backup_retention_period()), it.preferred_backup_window().unwrap())),
        ("maintained", text(it.preferred_maintenance_window())),
        ("protected", yes(it.deletion_protection())),
        ("minor_upgrades", yes(it.auto_minor_version_upgrade())),
        ("tagged_snapshots", yes(it.copy_tags_to_snapshot())),
        ("insights", text(it.database_insights_mode().map(|it| it.as_str()))),
        ("logs", it.enabled_cloudwatch_logs_exports().join(" ")),
        ("database", text(it.db_name())),
        ("username", text(it.master_username())),
        ("port", number(it.endpoint().and_then(|it| it.port()))),
        ("encrypted", yes(it.storage_encrypted())),
        ("key", text(it.kms_key_id().filter(|it| !it.ends_with("/00000000-0000-0000-0000-000000000000")))),
        ("subnets", text(it.db_subnet_group().and_then(|it| it.db_subnet_group_name()))),
        ("groups", groups.join(" ")),
        ("parameters", text(parameters.db_parameter_group_name())),
        ("restart", restart),
        ("pending class", pending),
        ("replica of", text(it.read_replica_source_db_instance_identifier())),
    ]
}
