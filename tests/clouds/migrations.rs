//! What runs once for each release, before it serves.

use serde_json::{Value, json};

use crate::lab::{Lab, Said, until};

const STACK: &str = "
stack: shop
region: eu-central-1
network: { zones: 1, tiers: [public] }
services:
  api: { image: 'api:1', deploy: { migrate: { command: [npm, run, migrate] } } }
";
const APPLY: [&str; 2] = ["apply", "--yes"];

async fn lab(name: &str) -> Lab {
    let lab = Lab::new(&format!("migrations: {name}")).await;
    lab.behave(json!({"page_size": 0, "empty_pages": 0.0})).await;
    lab.write(STACK);
    lab
}

/// The calls to ECS that start something, in their order.
async fn started(lab: &Lab) -> Vec<String> {
    let starts = ["ecs:RunTask", "ecs:CreateService", "ecs:UpdateService"];
    lab.calls().await.into_iter().map(|(name, _)| name).filter(|it| starts.contains(&it.as_str())).collect()
}

/// What the service runs.
async fn image(lab: &Lab) -> String {
    let ecs = &lab.aws().await.ecs;
    let found = ecs.describe_services().cluster("shop-default").services("api").send().await.unwrap();
    let arn = found.services()[0].task_definition().unwrap();
    let found = ecs.describe_task_definition().task_definition(arn).send().await.unwrap();
    found.task_definition().unwrap().container_definitions()[0].image().unwrap().to_owned()
}

fn release(text: &str, tag: &str) -> String {
    text.replace("api:1", tag)
}

async fn failed(lab: &Lab) -> Said {
    let said = lab.run(&APPLY).await;
    assert_eq!(said.code, 1, "{said:?}");
    said
}

#[tokio::test]
async fn each_release_migrates_once_before_it_serves() {
    let lab = lab("each release").await;
    let said = lab.ok(&APPLY).await;
    assert!(said.err.contains("ecs.migration/api | $ npm run migrate\necs.migration/api | done\n"), "{}", said.err);
    assert_eq!(started(&lab).await, ["ecs:RunTask", "ecs:CreateService"]);
    lab.assert_empty().await;

    lab.write(&release(STACK, "api:2"));
    let plan = lab.plan().await;
    assert_eq!(plan, ["update ecs.migration/api", "update ecs.service/api", "update ecs.task_definition/api"]);
    lab.ok(&APPLY).await;
    assert_eq!(started(&lab).await[2..], ["ecs:RunTask", "ecs:UpdateService"]);
    assert_eq!(image(&lab).await, "api:2");
    lab.assert_empty().await;

    // What is no release has nothing to migrate.
    lab.write(&release(STACK, "api:2").replace("image:", "count: 2, image:").replace("run, migrate", "run, other"));
    lab.ok(&APPLY).await;
    assert_eq!(started(&lab).await[4..], ["ecs:UpdateService"]);
    lab.write(&release(STACK, "api:2").replace(", deploy: { migrate: { command: [npm, run, migrate] } }", ""));
    lab.ok(&APPLY).await;
    lab.assert_empty().await;
    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(lab.inventory().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_release_that_cannot_migrate_does_not_serve() {
    let lab = lab("fails").await;
    lab.ok(&APPLY).await;
    lab.write(&release(STACK, "api:2"));
    lab.behave(json!({"run_exits": [3]})).await;
    let said = failed(&lab).await;
    assert!(said.err.contains("api ended with code 3"), "{}", said.err);
    assert!(said.err.contains("$ npm run migrate\n    failed with 3"), "{}", said.err);
    assert_eq!(image(&lab).await, "api:1");
    // It is tried again, whether that failed a moment or a day ago.
    assert_eq!(lab.plan().await, ["update ecs.migration/api", "update ecs.service/api"]);
    lab.ok(&APPLY).await;
    assert_eq!(image(&lab).await, "api:2");
    assert_eq!(started(&lab).await[2..], ["ecs:RunTask", "ecs:RunTask", "ecs:UpdateService"]);
    lab.assert_empty().await;
}

#[tokio::test]
async fn what_does_not_start_is_told_with_its_reason() {
    let lab = lab("does not start").await;
    lab.ok(&APPLY).await;
    lab.write(&release(STACK, "api:broken"));
    let said = failed(&lab).await;
    assert!(said.err.contains("CannotPullContainerError: api:broken: not found"), "{}", said.err);
    assert_eq!(image(&lab).await, "api:1");
}

#[tokio::test]
async fn a_migration_outlives_who_started_it() {
    let lab = lab("killed").await;
    lab.ok(&APPLY).await;
    lab.write(&release(STACK, "api:2"));
    lab.behave(json!({"run_delay": 3.0})).await;
    let mut child = lab.spawn(&APPLY);
    until("the migration to begin", async || (started(&lab).await.len() > 2).then_some(())).await;
    child.kill().unwrap();
    child.wait().unwrap();
    let plan = lab.json(&["plan"]).await;
    let actions: Vec<_> = plan["steps"].as_array().unwrap().iter().map(|it| &it["target"]).collect();
    assert!(actions.contains(&&Value::from("ecs.migration/api")), "{plan:#}");
    lab.ok(&APPLY).await;
    assert_eq!(started(&lab).await[2..], ["ecs:RunTask", "ecs:UpdateService"]);
    assert_eq!(image(&lab).await, "api:2");
    lab.assert_empty().await;
}

#[tokio::test]
async fn whoever_takes_all_away_waits_for_no_migration() {
    let lab = lab("destroyed").await;
    lab.ok(&APPLY).await;
    let begins = async |image: &str, nth: usize| {
        lab.write(&release(STACK, image));
        lab.behave(json!({"run_delay": 600.0})).await;
        let mut child = lab.spawn(&APPLY);
        until("the migration to begin", async || {
            (started(&lab).await.iter().filter(|it| *it == "ecs:RunTask").count() > nth).then_some(())
        })
        .await;
        child.kill().unwrap();
        child.wait().unwrap();
    };
    begins("api:2", 1).await;
    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(lab.inventory().await, Vec::<String>::new());
    // Also of a stack that never served.
    begins("api:1", 2).await;
    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(lab.inventory().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_takes_too_long_goes_on() {
    let lab = lab("deadline").await;
    lab.ok(&APPLY).await;
    let text = release(STACK, "api:2");
    lab.write(&text.replace("migrate] }", "migrate], timeout: 2s }"));
    lab.behave(json!({"run_delay": 6.0})).await;
    let said = failed(&lab).await;
    assert!(said.err.contains("still running"), "{}", said.err);
    assert_eq!(image(&lab).await, "api:1");
    lab.write(&text);
    lab.ok(&APPLY).await;
    assert_eq!(started(&lab).await[2..], ["ecs:RunTask", "ecs:UpdateService"]);
    lab.assert_empty().await;
}
