//! Databases and their groups.

use aws_sdk_rds::{
    operation::modify_db_instance::builders::ModifyDBInstanceFluentBuilder as Modify,
    types::{ApplyMethod, CloudwatchLogsExportConfiguration, DatabaseInsightsMode, Parameter, Tag},
};

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};

const MAIN: &str = "shop-default-main";
const GROUP: &str = "shop-default-main-16";
const SUBNETS: &str = "shop-default-isolated";

pub(super) const MEDDLING: Meddling = Meddling {
    base: &[
        "ephemeral: true",
        "tags: { team: web }",
        "network: { nat: none, zones: 2 }",
        "databases: { main: { version: 16, storage: { min: 400, max: 1000, iops: 13000, throughput: 600 }, logs: [upgrade],
            parameters: { max_connections: 50, work_mem: 8192 },
            backup_window: '02:00-03:00', maintenance_window: 'sun:03:30-sun:04:30' } }",
    ],
    drifts: &[
        drift("a larger one", &["update rds.instance/main: class"], by!(it => it.database(|it| it.db_instance_class("db.t4g.small")).await)),
        drift("no growing", &["update rds.instance/main: max_storage"], by!(it => it.database(|it| it.max_allocated_storage(400)).await)),
        drift("more operations", &["update rds.instance/main: iops"], by!(it => it.database(|it| it.iops(14000).storage_throughput(600)).await)),
        drift("more throughput", &["update rds.instance/main: throughput"], by!(it => it.database(|it| it.iops(13000).storage_throughput(700)).await)),
        drift("another storage", &["update rds.instance/main: storage_type, throughput"], by!(it => it.database(|it| it.storage_type("io2").iops(13000)).await)),
        drift("two of it", &["update rds.instance/main: multi_az"], by!(it => it.database(|it| it.multi_az(true)).await)),
        drift("an address on the internet", &["update rds.instance/main: public"], by!(it => it.database(|it| it.publicly_accessible(true)).await)),
        drift("fewer backups", &["update rds.instance/main: backup_days"], by!(it => it.database(|it| it.backup_retention_period(1)).await)),
        drift("later backups", &["update rds.instance/main: backup_window"], by!(it => it.database(|it| it.preferred_backup_window("05:00-06:00")).await)),
        drift("other maintenance", &["update rds.instance/main: maintenance_window"], by!(it => it.database(|it| it.preferred_maintenance_window("Mon:05:00-Mon:06:00")).await)),
        drift("no minor upgrades", &["update rds.instance/main: minor_upgrades"], by!(it => it.database(|it| it.auto_minor_version_upgrade(false)).await)),
        drift("protection", &["update rds.instance/main: deletion_protection"], by!(it => it.database(|it| it.deletion_protection(true)).await)),
        drift("snapshots without tags", &["update rds.instance/main: tagged_snapshots"], by!(it => it.database(|it| it.copy_tags_to_snapshot(false)).await)),
        drift("advanced insights", &["update rds.instance/main: advanced_insights"], by!(it => it.more_insights().await)),
        drift("another log", &["update rds.instance/main: logs"], by!(it => it.no_logs().await)),
        drift("another port", &["update rds.instance/main: port"], by!(it => it.database(|it| it.db_port_number(5433)).await)),
        drift("other groups around it", &["update rds.instance/main: security_groups"], by!(it => it.stand_in_default_group().await)),
        drift("other parameters", &["update rds.instance/main: parameter_group, static_parameters"], by!(it => it.database(|it| it.db_parameter_group_name("default.postgres16")).await)),
        drift("a password of RDS", &["update rds.instance/main: managed_password"], by!(it => it.database(|it| it.manage_master_user_password(true)).await)),
        drift("no word on the password", &["update rds.instance/main: password_version"], by!(it => it.untag_database("infractl:password").await)),
        drift("a last snapshot", &["update rds.instance/main: final_snapshot"], by!(it => it.tag_database("db:shop-default-main", "infractl:on-delete", "snapshot").await)),
        drift("a database's tag", &["update rds.instance/main: tags.team"], by!(it => it.tag_database("db:shop-default-main", "team", "api").await)),
        drift("another setting", &["update rds.parameter_group/main-16: parameters"], by!(it => it.set_parameter("work_mem", "4096").await)),
        drift("another setting for the next start", &["update rds.instance/main: static_parameters", "update rds.parameter_group/main-16: parameters"], by!(it => it.set_parameter("max_connections", "60").await)),
        drift("a parameter group's tag", &["update rds.parameter_group/main-16: tags.team"], by!(it => it.tag_database("pg:shop-default-main-16", "team", "api").await)),
        drift("a subnet group's tag", &["update rds.subnet_group/isolated: tags.team"], by!(it => it.tag_database("subgrp:shop-default-isolated", "team", "api").await)),
        drift("another description", &["update rds.subnet_group/isolated: description"], by!(it => it.other_subnets(&[], "mine").await)),
        drift("another subnet", &["update rds.subnet_group/isolated: subnets"], by!(it => it.other_subnets(&["ec2.subnet/private-a"], "isolated subnets of shop-default").await)),
        drift("no database", &["create rds.instance/main", "update secretsmanager.secret/databases.main.url: value.composed.template"], by!(it => it.delete_database().await)),
        drift("nothing at all", &["create rds.instance/main", "create rds.parameter_group/main-16", "create rds.subnet_group/isolated", "update secretsmanager.secret/databases.main.url: value.composed.template"], by!(it => it.delete_databases().await)),
    ],
};

impl Hands {
    async fn database(&self, change: impl FnOnce(Modify) -> Modify) {
        let call = self.cx.rds.modify_db_instance().db_instance_identifier(MAIN).apply_immediately(true);
        change(call).send().await.unwrap();
    }

    async fn more_insights(&self) {
        let on = |it: Modify| {
            let it = it.database_insights_mode(DatabaseInsightsMode::Advanced).enable_performance_insights(true);
            it.performance_insights_retention_period(465)
        };
        self.database(on).await;
    }

    async fn no_logs(&self) {
        let none = CloudwatchLogsExportConfiguration::builder().disable_log_types("upgrade").build();
        self.database(|it| it.cloudwatch_logs_export_configuration(none)).await;
    }

    async fn stand_in_default_group(&self) {
        let groups = self.cx.ec2.describe_security_groups().send().await.unwrap().security_groups.unwrap();
        let vpc = self.id("ec2.vpc/main");
        let it = groups.iter().find(|it| it.vpc_id() == Some(vpc) && it.group_name() == Some("default")).unwrap();
        self.database(|call| call.vpc_security_group_ids(it.group_id().unwrap())).await;
    }

    async fn set_parameter(&self, name: &str, value: &str) {
        let parameter =
            Parameter::builder().parameter_name(name).parameter_value(value).apply_method(ApplyMethod::PendingReboot);
        let call = self.cx.rds.modify_db_parameter_group().db_parameter_group_name(GROUP);
        call.parameters(parameter.build()).send().await.unwrap();
    }

    /// Tags what is in RDS, by the end of its ARN.
    async fn tag_database(&self, end: &str, key: &str, value: &str) {
        let tag = Tag::builder().key(key).value(value).build();
        let arn = self.arn().await.replace(&format!("db:{MAIN}"), end);
        self.cx.rds.add_tags_to_resource().resource_name(arn).tags(tag).send().await.unwrap();
    }

    async fn untag_database(&self, key: &str) {
        let call = self.cx.rds.remove_tags_from_resource().resource_name(self.arn().await);
        call.tag_keys(key).send().await.unwrap();
    }

    /// One that was made anew has the same, so it is not what the database is known by here.
    async fn arn(&self) -> String {
        let found = self.cx.rds.describe_db_instances().db_instance_identifier(MAIN).send().await.unwrap();
        found.db_instances().first().unwrap().db_instance_arn().unwrap().to_owned()
    }

    async fn other_subnets(&self, more: &[&str], about: &str) {
        let own = ["ec2.subnet/isolated-a", "ec2.subnet/isolated-b"].iter().chain(more);
        let call =
            self.cx.rds.modify_db_subnet_group().db_subnet_group_name(SUBNETS).db_subnet_group_description(about);
        call.set_subnet_ids(Some(own.map(|it| self.id(it).to_owned()).collect())).send().await.unwrap();
    }

    async fn delete_database(&self) {
        let call = self.cx.rds.delete_db_instance().db_instance_identifier(MAIN).skip_final_snapshot(true);
        call.send().await.unwrap();
        while self.cx.rds.describe_db_instances().db_instance_identifier(MAIN).send().await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }

    async fn delete_databases(&self) {
        self.delete_database().await;
        self.cx.rds.delete_db_parameter_group().db_parameter_group_name(GROUP).send().await.unwrap();
        self.cx.rds.delete_db_subnet_group().db_subnet_group_name(SUBNETS).send().await.unwrap();
    }
}
