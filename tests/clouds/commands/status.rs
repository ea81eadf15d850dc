//! `infractl status`: whether services serve, and what is likely wrong if they do not.

use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, ForwardActionConfig, ProtocolEnum, TargetGroupTuple, TargetTypeEnum,
};
use serde_json::{Value, json};

use crate::lab::{Lab, until};

const STACK: &str = "
stack: shop
region: eu-central-1
network: { zones: 2, tiers: [public] }
load_balancer: { http: serve }
services:
  api: { image: 'api:1', port: 80, route: {}, health: /health, scale: { min: 2, max: 3, cpu: 70 } }
  worker: { image: 'worker:1' }
";
const APPLY: [&str; 2] = ["apply", "--yes"];

async fn lab(name: &str) -> Lab {
    let lab = Lab::new(&format!("status: {name}")).await;
    lab.write(STACK);
    lab
}

async fn services(lab: &Lab) -> Vec<Value> {
    let tree = lab.json(&["status"]).await;
    assert_eq!(tree["format"], 1);
    tree["services"].as_array().unwrap_or_else(|| panic!("{tree:#}")).clone()
}

/// Waits until the services are in these states.
async fn stand(lab: &Lab, states: &[&str]) -> Vec<Value> {
    until(&format!("{states:?}"), async || {
        let all = services(lab).await;
        (all.iter().map(|it| it["state"].as_str().unwrap()).collect::<Vec<_>>() == states).then_some(all)
    })
    .await
}

#[tokio::test]
async fn what_serves_is_told_with_what_it_runs() {
    let lab = lab("serves").await;
    let said = lab.run(&["status"]).await;
    let nothing = "the services of shop/default are not in the account yet: `infractl apply` makes them\n";
    assert_eq!((said.code, said.out.as_str()), (1, nothing));
    let said = lab.run(&["status", "api"]).await;
    assert!(said.code == 1 && said.out.starts_with("api of shop/default is not in the account yet"), "{said:?}");
    assert!(stand(&lab, &["absent", "absent"]).await.iter().all(|it| it["serves"] == false));
    lab.refuses(&["status", "wrker"], 2, "did you mean `worker`?").await;

    lab.ok(&APPLY).await;
    let changes = lab.changes().await;
    let all = stand(&lab, &["serving", "serving"]).await;
    let api = &all[0];
    assert_eq!(api["revision"], "shop-default-api:1");
    assert!(api["task_definition"].as_str().unwrap().starts_with("arn:aws:ecs:"), "{api:#}");
    assert_eq!(api["tasks"], json!({"running": 2, "wanted": 2, "pending": 0}));
    assert_eq!((&api["scaling"], &all[1]["scaling"]), (&json!({"min": 2, "max": 3}), &Value::Null));
    assert_eq!(api["deployment"]["state"], "completed");
    assert_eq!(
        (&api["images"][0]["image"], &api["troubles"], &api["given_up"]),
        (&json!("api:1"), &json!([]), &Value::Null)
    );
    let group = &api["target_groups"][0];
    assert_eq!((&group["name"], &group["healthy"]), (&json!("shop-default-api"), &json!(2)));
    assert_eq!(group["health_check"]["path"], "/health");
    assert_eq!(group["traffic"], json!([{"requests": "/*", "percent": 100}]));

    let text = lab.ok(&["status"]).await.out;
    for words in [
        "api     serving: 2 of 2 tasks, scales from 2 to 3\n",
        "\n  shop-default-api:1, registered 20",
        " by root\n",
        "\n  image api: api:1 (sha256:",
        "\n  target group shop-default-api: 2 healthy\n",
        "\nworker  serving: 1 of 1 task\n",
    ] {
        assert!(text.contains(words), "not `{words}`: {text}");
    }
    assert!(!lab.ok(&["status", "worker"]).await.out.contains("api"));
    assert_eq!(lab.changes().await, changes, "it only looks");
}

#[tokio::test]
async fn what_cannot_start_is_told_with_its_likely_cause() {
    let lab = lab("broken").await;
    lab.write(&STACK.replace("api:1", "api:broken"));
    let said = lab.run(&APPLY).await;
    let cause = "the image, or this tag of it, is not in its registry";
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains(&format!("Likely cause: {cause}: push it, or correct `image`")), "{}", said.err);
    let all = stand(&lab, &["down", "serving"]).await;
    let api = &all[0];
    assert_eq!((&api["serves"], &api["deployment"]["state"]), (&json!(false), &json!("failed")));
    assert_eq!(api["troubles"][0]["means"], cause);
    assert!(api["troubles"][0]["said"].as_str().unwrap().contains("CannotPullContainerError"), "{api:#}");
    let said = lab.run(&["status"]).await;
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.contains(&format!("likely cause: {cause}\n")), "{}", said.out);
    assert!(said.out.contains("help: push it, or correct `image`\n"), "{}", said.out);
    lab.ok(&["status", "worker"]).await;
}

#[tokio::test]
async fn what_went_back_serves_and_says_so() {
    let lab = lab("back").await;
    lab.ok(&APPLY).await;
    lab.write(&STACK.replace("api:1", "api:broken"));
    assert_eq!(lab.run(&APPLY).await.code, 1);
    let api = &stand(&lab, &["serving", "serving"]).await[0];
    assert_eq!(api["revision"], "shop-default-api:1");
    let given_up = api["given_up"].as_str().unwrap();
    assert!(given_up.contains("was rolled back") && given_up.contains("Likely cause: the image"), "{given_up}");
    let text = lab.ok(&["status"]).await.out;
    assert!(text.contains("\n  last release: deployment ecs-svc/"), "{text}");
}

#[tokio::test]
async fn health_checks_that_fail_are_told_from_other_failures() {
    let lab = lab("unhealthy").await;
    lab.behave(json!({"health_fails": true})).await;
    let said = lab.run(&APPLY).await;
    let cause = "the health checks of the load balancer fail";
    assert!(said.code == 1 && said.err.contains(&format!("Likely cause: {cause}")), "{said:?}");
    let api = &stand(&lab, &["down", "serving"]).await[0];
    let troubles = api["troubles"].as_array().unwrap();
    assert!(troubles.iter().any(|it| it["means"] == cause), "{api:#}");
}

#[tokio::test]
async fn traffic_is_told_where_a_rule_has_several_groups() {
    let lab = lab("traffic").await;
    lab.ok(&APPLY).await;
    let elb = &lab.aws().await.elb;
    let groups = elb.describe_target_groups().names("shop-default-api").send().await.unwrap();
    let own = &groups.target_groups()[0];
    let call = elb.create_target_group().name("other").port(80).protocol(ProtocolEnum::Http);
    let call = call.target_type(TargetTypeEnum::Ip).vpc_id(own.vpc_id().unwrap());
    let other = call.send().await.unwrap().target_groups()[0].target_group_arn().unwrap().to_owned();
    let balancer = &own.load_balancer_arns()[0];
    let listeners = elb.describe_listeners().load_balancer_arn(balancer).send().await.unwrap();
    let listener = listeners.listeners()[0].listener_arn().unwrap();
    let rules = elb.describe_rules().listener_arn(listener).page_size(400).into_paginator().items().send();
    let rules: Vec<_> = rules.collect::<Result<_, _>>().await.unwrap();
    let rule = rules.iter().find(|it| it.is_default() != Some(true)).unwrap();
    let share = |arn: &str, weight| TargetGroupTuple::builder().target_group_arn(arn).weight(weight).build();
    let config = ForwardActionConfig::builder().target_groups(share(own.target_group_arn().unwrap(), 90));
    let config = config.target_groups(share(&other, 10)).build();
    let action = Action::builder().r#type(ActionTypeEnum::Forward).forward_config(config).build();
    elb.modify_rule().rule_arn(rule.rule_arn().unwrap()).actions(action).send().await.unwrap();
    until("the new weights", async || {
        let text = lab.ok(&["status", "api"]).await.out;
        text.contains("target group shop-default-api: 2 healthy; 90 % of /*\n").then_some(())
    })
    .await;
    let api = &services(&lab).await[0];
    assert_eq!(api["target_groups"][0]["traffic"], json!([{"requests": "/*", "percent": 90}]));
}

#[tokio::test]
async fn a_service_of_nothing_is_as_it_should_be_and_one_that_ends_is_not() {
    let lab = lab("stopped").await;
    lab.ok(&APPLY).await;
    stand(&lab, &["serving", "serving"]).await;
    let ecs = &lab.aws().await.ecs;
    let update = || ecs.update_service().cluster("shop-default").service("worker");
    update().desired_count(0).send().await.unwrap();
    stand(&lab, &["serving", "idle"]).await;
    assert_eq!(lab.run(&["status"]).await.code, 0);
    lab.behave(json!({"task_fails": true})).await;
    update().desired_count(1).force_new_deployment(true).send().await.unwrap();
    let all = until("a failure", async || {
        let all = services(&lab).await;
        (all[1]["state"] == "down" && all[1]["troubles"] != json!([])).then_some(all)
    })
    .await;
    assert_eq!(all[1]["troubles"][0]["means"], "the program in a container ended");
    assert_eq!(lab.run(&["status"]).await.code, 1);
}
