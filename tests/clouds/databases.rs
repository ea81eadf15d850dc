//! What becomes of databases over their lives: last snapshots, what is made of them, upgrades that fail, storage that grows.

use aws_sdk_rds::{
    operation::modify_db_instance::builders::ModifyDBInstanceFluentBuilder,
    types::{DbInstance, DbSnapshot},
};
use infractl::api::WriteCx;
use serde_json::{Value, json};

use crate::lab::{Lab, until};

const HEAD: &str = "stack: shop\nregion: eu-central-1\nnetwork: { nat: none }\n";
const MAIN: &str = "shop-default-main";

async fn main(cx: &WriteCx) -> DbInstance {
    let found = cx.rds.describe_db_instances().db_instance_identifier(MAIN).send().await.unwrap();
    found.db_instances().first().unwrap().clone()
}

async fn snapshots(cx: &WriteCx) -> Vec<DbSnapshot> {
    let pages = cx.rds.describe_db_snapshots().into_paginator().items().send();
    pages.collect::<Result<_, _>>().await.unwrap()
}

/// Changes it by other hands, as soon as RDS takes that: what was just made may still be busy.
async fn change(cx: &WriteCx, what: impl Fn(ModifyDBInstanceFluentBuilder) -> ModifyDBInstanceFluentBuilder) {
    let call = || what(cx.rds.modify_db_instance().db_instance_identifier(MAIN).apply_immediately(true));
    until("the database to take a change", async || call().send().await.ok()).await;
}

/// The first conflict of a plan.
async fn conflict(lab: &Lab) -> String {
    let plan = lab.json(&["plan"]).await;
    let refused = lab.run(&["apply", "--yes"]).await;
    assert_ne!(refused.code, 0, "{refused:?}");
    plan["conflicts"][0]["message"].as_str().unwrap_or_else(|| panic!("{plan:#}")).to_owned()
}

#[tokio::test]
async fn what_goes_leaves_a_snapshot_of_which_another_one_is_made() {
    let lab = Lab::new("databases: snapshots").await;
    let cx = lab.aws().await;
    lab.write(&format!("{HEAD}databases: {{ main: {{ version: 16, storage: 20, logs: [] }} }}"));
    lab.ok(&["apply", "--yes"]).await;
    let first = main(&cx).await;
    assert_eq!((first.deletion_protection(), first.db_name()), (Some(true), Some("shop")));

    let refused = lab.run(&["destroy", "--yes"]).await;
    assert_eq!(refused.code, 4, "{refused:?}");
    assert!(refused.err.contains("protected from deletion"), "{}", refused.err);
    let said = lab.ok(&["destroy", "--yes", "--override-protection"]).await;
    assert_eq!(lab.inventory().await, Vec::<String>::new());
    let [last] = &snapshots(&cx).await[..] else { panic!("there is one snapshot") };
    let (name, of) = (last.db_snapshot_identifier().unwrap(), first.dbi_resource_id().unwrap());
    assert_eq!(name, format!("{MAIN}-final-{}", of.trim_start_matches("db-").to_lowercase()));
    let told = format!(
        "! what it holds stays in a last snapshot, until `aws rds delete-db-snapshot --db-snapshot-identifier {name}`"
    );
    assert!(said.out.contains(&told), "{said:?}");

    let from = format!("from: {{ snapshot: {name} }}, name: shop, username: app");
    let text = format!("{HEAD}databases: {{ main: {{ version: 16, storage: 20, logs: [], backups: 14d, {from} }} }}");
    lab.write(&text);
    lab.ok(&["apply", "--yes"]).await;
    lab.assert_empty().await;
    let second = main(&cx).await;
    assert_ne!(second.dbi_resource_id(), first.dbi_resource_id());
    assert_eq!((second.backup_retention_period(), second.deletion_protection()), (Some(14), Some(true)));
    let told = second.tag_list().iter().find(|it| it.key() == Some("infractl:password")).unwrap();
    assert!(!told.value().unwrap().is_empty(), "it has the stack's password, not the snapshot's");

    // A third one of the second, as it is now.
    let from =
        format!("from: {{ database: {MAIN} }}, name: shop, username: app, protect: false, final_snapshot: false");
    lab.write(&text.replace("databases: { ", &format!("databases: {{ copy: {{ version: 16, logs: [], {from} }}, ")));
    lab.ok(&["apply", "--yes"]).await;
    lab.assert_empty().await;
    lab.ok(&["destroy", "--yes", "--override-protection"]).await;
    assert_eq!((lab.inventory().await, snapshots(&cx).await.len()), (Vec::new(), 2));
}

#[tokio::test]
async fn an_upgrade_that_fails_is_told_and_not_tried_again_and_again() {
    let lab = Lab::new("databases: upgrades").await;
    let cx = lab.aws().await;
    let file =
        |version: u32| format!("{HEAD}ephemeral: true\ndatabases: {{ main: {{ version: {version}, logs: [] }} }}");
    lab.write(&file(16));
    lab.ok(&["apply", "--yes"]).await;
    lab.behave(json!({"rds_upgrade_fails": ["PreUpgrade checks failed: there are logical replication slots"]})).await;
    lab.write(&file(17));
    let said = lab.run(&["apply", "--yes"]).await;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("there are logical replication slots"), "{said:?}");
    assert_eq!(main(&cx).await.engine_version(), Some("16.10"));
    // Once that is put right, the same again does it.
    lab.ok(&["apply", "--yes"]).await;
    assert_eq!(main(&cx).await.engine_version(), Some("17.6"));
    lab.assert_empty().await;
    lab.write(&file(16));
    assert_eq!(conflict(&lab).await, "rds.instance/main: it has version 17.6, which never goes back to 16");
    lab.ok(&["destroy", "--yes"]).await;
}

#[tokio::test]
async fn replicas_are_upgraded_with_their_source() {
    let lab = Lab::new("databases: replicas").await;
    let file = |version: u32| {
        let main = format!("main: {{ version: {version}, logs: [], replicas: 1, parameters: {{ work_mem: 8192 }} }}");
        format!(
            "{HEAD}ephemeral: true\ndatabases: {{ {main} }}\noutputs: {{ reader: '${{databases.main.reader_host}}' }}"
        )
    };
    lab.write(&file(16));
    lab.ok(&["apply", "--yes"]).await;
    let outputs = lab.json(&["outputs"]).await;
    assert!(outputs.to_string().contains("shop-default-main-replica-1."), "{outputs}");
    lab.write(&file(17));
    lab.ok(&["apply", "--yes"]).await;
    lab.assert_empty().await;
    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(lab.inventory().await, Vec::<String>::new());
}

#[tokio::test]
async fn storage_that_grew_by_itself_is_left_and_none_is_taken_back() {
    let lab = Lab::new("databases: storage").await;
    let cx = lab.aws().await;
    let file = |storage: &str| {
        format!("{HEAD}ephemeral: true\ndatabases: {{ main: {{ version: 16, logs: [], storage: {storage} }} }}")
    };
    lab.write(&file("20..100"));
    lab.ok(&["apply", "--yes"]).await;
    change(&cx, |it| it.allocated_storage(60)).await;
    until("the storage to grow", async || (main(&cx).await.allocated_storage() == Some(60)).then_some(())).await;
    lab.assert_empty().await;
    lab.write(&file("20..50"));
    assert_eq!(conflict(&lab).await, "rds.instance/main: it has 60 GiB of storage, which never shrinks to 20");
    // A step of less than a tenth is made one of a tenth, and is as wanted.
    lab.write(&file("62..100"));
    lab.ok(&["apply", "--yes"]).await;
    until("the storage to grow", async || (main(&cx).await.allocated_storage() == Some(66)).then_some(())).await;
    lab.assert_empty().await;
    lab.ok(&["destroy", "--yes"]).await;
}

#[tokio::test]
async fn what_somebody_left_waiting_is_named_before_it_comes_along() {
    let lab = Lab::new("databases: waiting").await;
    let cx = lab.aws().await;
    let file =
        |more: &str| format!("{HEAD}ephemeral: true\ndatabases: {{ main: {{ version: 16, logs: [], {more} }} }}");
    lab.write(&file("backups: 7d"));
    lab.ok(&["apply", "--yes"]).await;
    change(&cx, |it| it.engine_version("16.10").multi_az(true).apply_immediately(false)).await;
    lab.write(&file("backups: 14d"));
    until("what waits to be in the plan", async || {
        let plan = lab.json(&["plan"]).await;
        let mut steps = plan["steps"].as_array().unwrap().iter().filter(|it| it["target"] == "rds.instance/main");
        steps.any(|it| it["action"]["fields"].to_string().contains("multi_az")).then_some(())
    })
    .await;
    lab.ok(&["apply", "--yes"]).await;
    lab.assert_empty().await;
    assert_eq!(main(&cx).await.multi_az(), Some(false), "nobody wants two");
    lab.ok(&["destroy", "--yes"]).await;
}

#[tokio::test]
async fn what_waits_is_told_of_as_long_as_it_waits() {
    let lab = Lab::new("databases: window").await;
    let cx = lab.aws().await;
    let file = |more: &str| {
        let window = "apply: window, maintenance_window: 'sun:03:30-sun:04:30'";
        format!("{HEAD}ephemeral: true\ndatabases: {{ main: {{ version: 16, logs: [], {window}, {more} }} }}")
    };
    lab.write(&file("size: db.t4g.micro"));
    lab.ok(&["apply", "--yes"]).await;
    lab.write(&file("size: db.t4g.small, parameters: { max_connections: 50 }"));
    let said = lab.ok(&["apply", "--yes"]).await.out;
    assert!(said.contains("class: happens in the maintenance window, sun:03:30-sun:04:30 UTC"), "{said}");
    let plan = async || lab.ok(&["plan", "--detailed-exitcode"]).await.out;
    let waits = "rds.instance/main: class: happens in the maintenance window, sun:03:30-sun:04:30 UTC; some of its parameters \
        take effect when it restarts: `aws rds reboot-db-instance --db-instance-identifier shop-default-main`";
    until("it to be told", async || plan().await.contains(waits).then_some(())).await;
    let class = main(&cx).await.db_instance_class.unwrap();
    assert_eq!(class, "db.t4g.micro");
    // Whoever waits no longer says so, and has all of it.
    lab.write(&file("size: db.t4g.small, parameters: { max_connections: 50 }").replace("apply: window", "apply: now"));
    lab.ok(&["apply", "--yes"]).await;
    assert_eq!(main(&cx).await.db_instance_class(), Some("db.t4g.small"));
    let said = plan().await;
    assert!(!said.contains("note:"), "{said}");
    lab.ok(&["destroy", "--yes"]).await;
}

#[tokio::test]
async fn a_minor_version_that_rds_took_by_itself_is_left() {
    let lab = Lab::new("databases: minor versions").await;
    let cx = lab.aws().await;
    let file =
        |version: &str| format!("{HEAD}ephemeral: true\ndatabases: {{ main: {{ version: '{version}', logs: [] }} }}");
    lab.write(&file("16.8"));
    lab.ok(&["apply", "--yes"]).await;
    assert_eq!(main(&cx).await.engine_version(), Some("16.8"));
    change(&cx, |it| it.engine_version("16.9")).await;
    until("the upgrade", async || (main(&cx).await.engine_version() == Some("16.9")).then_some(())).await;
    lab.assert_empty().await;
    lab.write(&file("16"));
    lab.assert_empty().await;
    lab.write(&file("16.10"));
    lab.ok(&["apply", "--yes"]).await;
    assert_eq!(main(&cx).await.engine_version(), Some("16.10"));
    lab.ok(&["destroy", "--yes"]).await;
}

#[tokio::test]
async fn one_is_made_of_another_one_as_it_was() {
    let lab = Lab::new("databases: point in time").await;
    let cx = lab.aws().await;
    let source = cx.rds.create_db_instance().db_instance_identifier("legacy").db_instance_class("db.t4g.micro");
    let source = source.engine("postgres").engine_version("16").db_name("shop").allocated_storage(20);
    source.master_username("app").master_user_password("of-the-source").send().await.unwrap();
    let from = "from: { database: legacy, at: 2026-07-14T08:30:00Z }, name: shop, username: app";
    lab.write(&format!("{HEAD}ephemeral: true\ndatabases: {{ main: {{ version: 16, logs: [], {from} }} }}"));
    lab.ok(&["apply", "--yes"]).await;
    lab.assert_empty().await;
    assert_eq!(main(&cx).await.master_username(), Some("app"));
    let calls = lab.calls().await;
    let made = |it: &str| calls.iter().filter(|(call, _)| call == it).count();
    assert_eq!((made("rds:RestoreDBInstanceToPointInTime"), made("rds:CreateDBInstance")), (1, 1));
    lab.ok(&["destroy", "--yes"]).await;
    cx.rds.delete_db_instance().db_instance_identifier("legacy").skip_final_snapshot(true).send().await.unwrap();
}

#[tokio::test]
async fn what_rds_refuses_is_told_and_done_once_it_can_be() {
    let lab = Lab::new("databases: refusals").await;
    let cx = lab.aws().await;
    let file =
        |more: &str| format!("{HEAD}ephemeral: true\ndatabases: {{ main: {{ version: 16, logs: [], {more} }} }}");
    let refused = async |what: &[&str]| {
        let said = lab.run(&["apply", "--yes"]).await;
        assert_eq!(said.code, 1, "{said:?}");
        assert!(what.iter().all(|it| said.err.contains(it)), "{}", said.err);
    };
    lab.write(&file("from: { snapshot: none }, name: shop, username: app"));
    refused(&["failed rds.instance/main: rds:RestoreDBInstanceFromDBSnapshot DBSnapshotNotFound", "none"]).await;
    lab.write(&file("from: { database: none }, name: shop, username: app"));
    refused(&["failed rds.instance/main: rds:RestoreDBInstanceToPointInTime DBInstanceNotFound", "none"]).await;

    lab.write(&file("storage: 20"));
    lab.faults(json!([{"kind": "access_denied", "operation": "rds:CreateDBInstance"}])).await;
    refused(&["failed rds.instance/main: rds:CreateDBInstance AccessDenied", "allow `rds:CreateDBInstance`"]).await;
    lab.faults(json!([])).await;

    let other = |at: u32| format!("other-{at}");
    for at in 0..40 {
        let call = cx.rds.create_db_instance().db_instance_identifier(other(at)).db_instance_class("db.t4g.micro");
        let call = call.engine("postgres").allocated_storage(20).master_username("app");
        call.master_user_password("of-another").send().await.unwrap();
    }
    refused(&["failed rds.instance/main: rds:CreateDBInstance InstanceQuotaExceeded", "Service Quotas"]).await;
    for at in 0..40 {
        let call = cx.rds.delete_db_instance().db_instance_identifier(other(at)).skip_final_snapshot(true);
        call.send().await.unwrap();
    }
    until("room", async || cx.rds.describe_db_instances().db_instance_identifier(other(39)).send().await.err()).await;
    lab.ok(&["apply", "--yes"]).await;
    lab.assert_empty().await;
    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(lab.inventory().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_url_leads_to_the_database_with_its_password() {
    let lab = Lab::new("databases: url").await;
    let cx = lab.aws().await;
    lab.write(&format!("{HEAD}ephemeral: true\ndatabases: {{ main: {{ version: 16, logs: [] }} }}"));
    lab.ok(&["apply", "--yes"]).await;
    let value = async |name: &str| {
        let name = format!("/infractl/shop/default/databases.main.{name}");
        let found = cx.read.secrets.get_secret_value().secret_id(name).send().await.unwrap();
        found.secret_string.unwrap()
    };
    let password: Value = serde_json::from_str(&value("password").await).unwrap();
    let password = password["password"].as_str().unwrap();
    let url = reqwest::Url::parse(&value("url").await).unwrap();
    let host = main(&cx).await.endpoint().unwrap().address().unwrap().to_owned();
    assert_eq!((url.scheme(), url.username(), url.host_str()), ("postgres", "app", Some(host.as_str())));
    assert_eq!((url.port(), url.path(), url.query()), (Some(5432), "/shop", Some("sslmode=require")));
    let sent = reqwest::Url::parse(&format!("sandbox:?{}", url.password().unwrap())).unwrap();
    assert_eq!(sent.query_pairs().next().unwrap().0, password);
    let shown = [lab.ok(&["plan"]).await.out, lab.ok(&["outputs"]).await.out, lab.json(&["plan"]).await.to_string()];
    assert!(shown.iter().all(|it| !it.contains(password)));
    lab.ok(&["destroy", "--yes"]).await;
}

#[tokio::test]
async fn services_start_anew_when_the_url_changes() {
    let lab = Lab::new("databases: services").await;
    let cx = lab.aws().await;
    let text = format!(
        "{HEAD}ephemeral: true\ndatabases: {{ main: {{ version: 16, logs: [] }} }}\n\
         services: {{ api: {{ image: 'nginx:1', secrets: {{ URL: '${{databases.main.url}}' }} }} }}"
    );
    // The version of the secret that tasks are started with, and its newest.
    let versions = async || {
        let found = cx.ecs.describe_services().cluster("shop-default").services("api").send().await.unwrap();
        let definition = found.services()[0].task_definition().unwrap().to_owned();
        let found = cx.ecs.describe_task_definition().task_definition(definition).send().await.unwrap();
        let from = found.task_definition().unwrap().container_definitions()[0].secrets()[0].value_from().to_owned();
        let secret = cx.read.secrets.get_secret_value().secret_id("/infractl/shop/default/databases.main.url");
        (from.rsplit(':').next().unwrap().to_owned(), secret.send().await.unwrap().version_id.unwrap())
    };
    lab.write(&text);
    lab.ok(&["apply", "--yes"]).await;
    let (first, newest) = versions().await;
    assert_eq!(first, newest);
    lab.write(&text.replace("version: 16,", "version: 16, port: 5433,"));
    lab.ok(&["apply", "--yes"]).await;
    lab.assert_empty().await;
    let (second, newest) = versions().await;
    assert_eq!(second, newest);
    assert_ne!(first, second);
    lab.ok(&["destroy", "--yes"]).await;
}
