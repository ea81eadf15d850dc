//! What RDS tells of a database, and what is made of that.

use std::collections::BTreeSet;

use aws_sdk_rds::types::{
    DatabaseInsightsMode, DbInstance, DbParameterGroupStatus, DbSubnetGroup, Endpoint, PendingModifiedValues, Tag,
    VpcSecurityGroupMembership,
    builders::{DbInstanceBuilder, PendingModifiedValuesBuilder},
};
use serde_json::json;

use super::{
    instance::Instance,
    observe::{PASSWORD, SNAPSHOT, live},
    status::{busy, is_failed_upgrade, status},
};
use crate::{
    plan::diff::diff_settings,
    resource::{
        Resource, Risk, Status,
        tags::{ON_DELETE, Tags},
        to_tree,
    },
};

/// As `DescribeDBInstances` answers, with all that RDS fills in.
fn shown(status: &str) -> DbInstanceBuilder {
    let parameters = DbParameterGroupStatus::builder()
        .db_parameter_group_name("shop-prod-main-16")
        .parameter_apply_status("in-sync");
    let group =
        |id: &str, status: &str| VpcSecurityGroupMembership::builder().vpc_security_group_id(id).status(status).build();
    DbInstance::builder()
        .db_instance_identifier("shop-prod-main")
        .db_instance_arn("arn:aws:rds:eu-central-1:123456789012:db:shop-prod-main")
        .dbi_resource_id("db-ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        .db_instance_status(status)
        .db_instance_class("db.t4g.micro")
        .engine("postgres")
        .engine_version("16.4")
        .endpoint(Endpoint::builder().address("shop-prod-main.c1.rds.amazonaws.com").port(5432).build())
        .db_instance_port(0)
        .allocated_storage(20)
        .max_allocated_storage(100)
        .storage_type("gp3")
        .iops(3000)
        .storage_throughput(125)
        .storage_encrypted(true)
        .kms_key_id("arn:aws:kms:eu-central-1:123456789012:key/1")
        .db_name("shop")
        .master_username("app")
        .db_subnet_group(DbSubnetGroup::builder().db_subnet_group_name("shop-prod-isolated").build())
        .vpc_security_groups(group("sg-1", "active"))
        .vpc_security_groups(group("sg-2", "removing"))
        .db_parameter_groups(parameters.build())
        .multi_az(false)
        .publicly_accessible(false)
        .backup_retention_period(7)
        .preferred_backup_window("02:00-03:00")
        .preferred_maintenance_window("sun:03:30-sun:04:30")
        .auto_minor_version_upgrade(true)
        .deletion_protection(true)
        .copy_tags_to_snapshot(true)
        .database_insights_mode(DatabaseInsightsMode::Standard)
        .performance_insights_enabled(true)
        .performance_insights_retention_period(7)
        .enabled_cloudwatch_logs_exports("upgrade")
        .enabled_cloudwatch_logs_exports("postgresql")
        .license_model("postgresql-license")
        .ca_certificate_identifier("rds-ca-rsa2048-g1")
        .engine_lifecycle_support("open-source-rds-extended-support")
        .tag_list(Tag::builder().key(ON_DELETE).value(SNAPSHOT).build())
        .tag_list(Tag::builder().key(PASSWORD).value("v1").build())
        .tag_list(Tag::builder().key("team").value("web").build())
}

/// What a file with few lines means.
fn wanted() -> Instance {
    let tree = json!({
        "identifier": "shop-prod-main", "engine": "postgres", "version": "16", "class": "db.t4g.micro",
        "storage": 20, "max_storage": 100, "storage_type": "gp3", "encrypted": true, "database": "shop",
        "username": "app", "managed_password": false, "password_secret": "arn:secret", "password_version": "v1",
        "port": 5432, "subnet_group": "shop-prod-isolated", "security_groups": ["sg-1"],
        "parameter_group": "shop-prod-main-16", "multi_az": false, "public": false, "backup_days": 7,
        "minor_upgrades": true, "deletion_protection": true, "tagged_snapshots": true, "advanced_insights": false,
        "logs": ["postgresql", "upgrade"], "log_groups": [], "final_snapshot": true, "in_window": false,
    });
    serde_json::from_value(tree).unwrap()
}

fn differs(want: &Instance, shown: DbInstanceBuilder) -> Vec<String> {
    let live = live(&shown.build(), Some(want)).unwrap().erase();
    diff_settings(&Instance::FACTS, &to_tree(want), &live.state).into_iter().map(|it| it.path).collect()
}

fn pending(of: PendingModifiedValuesBuilder) -> DbInstanceBuilder {
    shown("available").pending_modified_values(of.build())
}

fn window(want: Instance) -> Instance {
    Instance { in_window: true, ..want }
}

#[test]
fn what_rds_fills_in_is_no_difference() {
    assert_eq!(differs(&wanted(), shown("available")), [""; 0]);
    let live = live(&shown("available").build(), None).unwrap();
    assert_eq!(live.tags, Tags::from([("team".into(), "web".into())]));
    assert_eq!((live.out.port, live.out.host.is_some(), live.out.allocated), (5432, true, 20));
}

#[test]
fn each_difference_is_seen() {
    let want = wanted();
    let changed = |change: fn(DbInstanceBuilder) -> DbInstanceBuilder| differs(&want, change(shown("available")));
    assert_eq!(changed(|it| it.db_instance_class("db.t4g.small")), ["class"]);
    assert_eq!(changed(|it| it.engine_version("15.9")), ["version"]);
    assert_eq!(changed(|it| it.multi_az(true)), ["multi_az"]);
    assert_eq!(changed(|it| it.deletion_protection(false)), ["deletion_protection"]);
    assert_eq!(changed(|it| it.publicly_accessible(true)), ["public"]);
    assert_eq!(changed(|it| it.set_max_allocated_storage(None)), ["max_storage"]);
    assert_eq!(changed(|it| it.max_allocated_storage(20)), ["max_storage"]);
    assert_eq!(changed(|it| it.set_tag_list(None)), ["password_version", "final_snapshot"]);
    assert_eq!(changed(|it| it.enabled_cloudwatch_logs_exports("iam-db-auth-error")), ["logs"]);
    assert_eq!(changed(|it| it.database_insights_mode(DatabaseInsightsMode::Advanced)), ["advanced_insights"]);
}

#[test]
fn storage_that_grew_is_as_wanted_and_never_shrinks() {
    let want = wanted();
    assert_eq!(differs(&want, shown("available").allocated_storage(60)), [""; 0]);
    let fixed = Instance { storage: Some(100), max_storage: 0, ..wanted() };
    let at = |size| shown("available").allocated_storage(size).set_max_allocated_storage(None);
    assert_eq!((differs(&fixed, at(100)), differs(&fixed, at(110))), (vec![], vec![]), "a tenth is the smallest step");
    assert_eq!(differs(&fixed, at(111)), ["storage"]);
    let live = live(&at(111).build(), Some(&fixed)).unwrap();
    assert_eq!(fixed.refuses(&live.state).unwrap(), "it has 111 GiB of storage, which never shrinks to 100");
    assert_eq!(live.state.refuses(&fixed), None);
}

#[test]
fn a_version_never_goes_back() {
    let back = Instance { version: Some("15".into()), ..wanted() };
    let found = live(&shown("available").build(), Some(&back)).unwrap();
    assert_eq!(back.refuses(&found.state).unwrap(), "it has version 16.4, which never goes back to 15");
    let on = Instance { version: Some("17".into()), ..wanted() };
    let found = live(&shown("available").build(), Some(&on)).unwrap();
    assert_eq!(on.refuses(&found.state), None);
    assert!(matches!(on.change_risks(&found.state).as_slice(), [Risk::Interrupts(it)] if it.contains("half an hour")));
}

#[test]
fn what_waits_for_the_window_is_as_wanted_where_it_may_wait() {
    let small = PendingModifiedValues::builder().db_instance_class("db.t4g.small").engine_version("16.6");
    let want = Instance { class: "db.t4g.small".into(), version: Some("16.6".into()), ..wanted() };
    assert_eq!(differs(&window(want.clone()), pending(small.clone())), [""; 0]);
    assert_eq!(differs(&want, pending(small.clone())), ["version", "class"]);
    // Whoever no longer wants it has to say so.
    assert_eq!(differs(&window(wanted()), pending(small.clone())), ["class"]);
    assert_eq!(differs(&wanted(), pending(small)), ["class"]);
}

#[test]
fn a_plan_says_what_waits_and_what_stops() {
    let want = Instance { class: "db.t4g.small".into(), multi_az: true, ..wanted() };
    let old = live(&shown("available").build(), Some(&want)).unwrap().state;
    assert_eq!(want.change_risks(&old), [Risk::Interrupts("the database restarts, for its size".into())]);
    let defers = "class, multi_az: happens in the maintenance window, sun:03:30-sun:04:30 UTC";
    assert_eq!(window(want).change_risks(&old), [Risk::Defers(defers.into())]);
    let port = window(Instance { port: 5433, ..wanted() });
    assert_eq!(port.change_risks(&old), [Risk::Interrupts("the database restarts at once, for its port".into())]);
    let waiting = pending(PendingModifiedValues::builder().engine_version("16.6"));
    let waiting = live(&waiting.build(), Some(&wanted())).unwrap().state;
    let logs = Instance { logs: BTreeSet::new(), ..wanted() };
    let [Risk::Interrupts(said)] = &logs.change_risks(&waiting)[..] else { panic!() };
    assert_eq!(said, "what waits for the maintenance window comes now, too: version");
}

#[test]
fn parameters_that_wait_for_a_restart_are_a_difference_where_restarts_are_ours() {
    let want = Instance { static_parameters: Some(BTreeSet::new()), ..wanted() };
    let live = live(&shown("available").build(), Some(&want)).unwrap();
    let said = [Risk::Interrupts("the database restarts, for its parameters".into())];
    assert_eq!(want.change_risks(&live.state), said);
    assert_eq!(wanted().change_risks(&live.state), []);
}

#[test]
fn logs_have_groups_with_the_names_that_rds_gives_them() {
    let live = live(&shown("available").build(), None).unwrap().state;
    let upgrade = "/aws/rds/instance/shop-prod-main/upgrade".into();
    assert!(live.log_groups.contains(&upgrade) && live.log_groups.len() == 2);
}

#[test]
fn what_passes_is_waited_for_only_where_something_is_to_change() {
    let (want, small) = (wanted(), Instance { class: "db.t4g.small".into(), ..wanted() });
    for word in ["backing-up", "modifying", "rebooting", "configuring-log-exports"] {
        let it = shown(word).build();
        let state = live(&it, Some(&want)).unwrap().state;
        assert_eq!((status(&it), busy(&it, &want, &state)), (Status::Ready, None));
        assert_eq!(busy(&it, &small, &state), Some(Status::Pending(word.into())));
    }
    let it = shown("storage-optimization").build();
    assert_eq!(busy(&it, &small, &live(&it, None).unwrap().state), None);
}

#[test]
fn states() {
    let of = |word: &str| status(&shown(word).build());
    assert_eq!(
        (of("available"), of("storage-optimization"), of("stopped")),
        (Status::Ready, Status::Ready, Status::Ready)
    );
    for word in ["creating", "upgrading", "starting", "whatever-comes-next"] {
        assert_eq!(of(word), Status::Pending(word.into()));
    }
    let without_address = status(&shown("modifying").set_endpoint(None).build());
    assert_eq!(without_address, Status::Pending("modifying".into()));
    for word in ["failed", "incompatible-network", "inaccessible-encryption-credentials", "restore-error"] {
        assert_eq!(of(word), Status::Failed(word.into()));
    }
    assert_eq!(of("deleting"), Status::Leaving);
    assert!(matches!(of("incompatible-parameters"), Status::Reverted(_)));
}

#[test]
fn one_that_is_being_made_has_no_address_yet() {
    let live = live(&shown("creating").set_endpoint(None).db_instance_port(5432).build(), None).unwrap();
    assert_eq!((live.out.host, live.out.port, live.status), (None, 5432, Status::Pending("creating".into())));
    assert!(super::observe::live(&DbInstance::builder().build(), None).is_err());
}

#[test]
fn failed_upgrades_are_told_by_events() {
    assert!(is_failed_upgrade("Database instance is in a state that cannot be upgraded: PreUpgrade checks failed"));
    assert!(!is_failed_upgrade("Finished applying upgrade to PostgreSQL 17.2") && !is_failed_upgrade("Backing up"));
}
