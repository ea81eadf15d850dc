//! `infractl run`: a command once, in a task like a service's.

use aws_sdk_ecs::types::{DesiredStatus, Task};
use serde_json::{Value, json};

use super::Going;
use crate::lab::{Lab, until};

const STACK: &str = "
stack: shop
region: eu-central-1
network: { zones: 1, tiers: [public] }
services:
  api: { image: 'api:1', sidecars: { proxy: { image: 'envoy:1' } } }
";
const RUN: [&str; 6] = ["run", "api", "--", "npm", "run", "migrate"];

/// A stack whose service runs.
async fn lab(name: &str) -> Lab {
    let lab = Lab::new(&format!("run: {name}")).await;
    lab.behave(json!({"page_size": 0, "empty_pages": 0.0})).await;
    lab.write(STACK);
    lab.ok(&["apply", "--yes"]).await;
    lab
}

/// The tasks that no service has started.
async fn tasks(lab: &Lab) -> Vec<Task> {
    let ecs = &lab.aws().await.read.ecs;
    let mut acc = Vec::new();
    for status in [DesiredStatus::Running, DesiredStatus::Stopped] {
        let listed = ecs.list_tasks().cluster("shop-default").desired_status(status).send().await.unwrap();
        let arns = Some(listed.task_arns().to_vec()).filter(|it| !it.is_empty());
        if let Some(arns) = arns {
            let call = ecs.describe_tasks().cluster("shop-default").set_tasks(Some(arns));
            acc.extend(call.send().await.unwrap().tasks.unwrap_or_default());
        }
    }
    acc.retain(|it| it.group().is_some_and(|it| it.starts_with("family:")));
    acc
}

async fn task(lab: &Lab) -> Task {
    let tasks = tasks(lab).await;
    assert_eq!(tasks.len(), 1, "{tasks:#?}");
    tasks.into_iter().next().unwrap()
}

fn overridden(task: &Task) -> (&str, &[String]) {
    let it = &task.overrides().unwrap().container_overrides()[0];
    (it.name().unwrap(), it.command())
}

async fn calls(lab: &Lab, name: &str) -> usize {
    lab.calls().await.iter().filter(|it| it.0 == name).count()
}

#[tokio::test]
async fn a_command_runs_once_in_a_task_like_the_services() {
    let lab = lab("once").await;
    lab.behave(json!({"run_says": ["working"]})).await;
    // What the file says by now is not what runs.
    lab.write(&STACK.replace("api:1", "api:2"));
    let said = lab.ok(&RUN).await;
    assert_eq!(said.out, "working\n$ npm run migrate\ndone\n");
    let task = task(&lab).await;
    let started = format!("started {} of shop-default-api:1\n", task.task_arn().unwrap());
    assert!(said.err.contains(&started), "{}", said.err);
    assert_eq!(overridden(&task), ("api", &["npm", "run", "migrate"].map(String::from)[..]));
    assert!(task.started_by().unwrap().starts_with("infractl/run-") && task.started_by().unwrap().len() <= 36);
    assert!(task.task_definition_arn().unwrap().ends_with("/shop-default-api:1"));
    let cx = lab.aws().await.read;
    let found = cx.ecs.describe_services().cluster("shop-default").services("api").send().await.unwrap();
    let network = found.services()[0].network_configuration().unwrap().awsvpc_configuration().unwrap();
    let details = task.attachments().iter().flat_map(|it| it.details());
    let subnet = details.filter(|it| it.name() == Some("subnetId")).find_map(|it| it.value()).unwrap();
    assert_eq!(network.subnets(), [subnet]);
    lab.write(STACK);
    lab.assert_empty().await;
}

#[tokio::test]
async fn it_ends_as_the_command_does() {
    let lab = lab("codes").await;
    lab.behave(json!({"run_exits": [3, 7, 0, 137]})).await;
    let said = lab.run(&RUN).await;
    assert_eq!(said.code, 3, "{said:?}");
    assert_eq!(said.out, "$ npm run migrate\nfailed with 3\n");
    assert!(said.err.contains("api ended with code 3") && !said.err.contains("Likely cause"), "{}", said.err);

    let said = lab.run(&["run", "api", "--format", "json", "--", "a"]).await;
    assert_eq!((said.code, said.err.as_str()), (7, ""));
    let lines: Vec<Value> = said.out.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert!(lines.iter().all(|it| it["format"] == 1), "{}", said.out);
    let (first, last) = (lines.first().unwrap(), lines.last().unwrap());
    assert_eq!((&first["event"], &first["revision"]), (&json!("started"), &json!("shop-default-api:1")));
    assert_eq!((&last["event"], &last["code"], &last["task"]), (&json!("ended"), &json!(7), &first["task"]));
    let words: Vec<_> = lines.iter().filter_map(|it| it["lines"].as_array()).flatten().collect();
    assert_eq!(words, ["$ a", "failed with 7"]);

    lab.ok(&["run", "api", "--container", "proxy", "--", "a", "-b", "--", "c"]).await;
    let all = tasks(&lab).await;
    let beside = all.iter().map(overridden).find(|it| it.0 == "proxy").unwrap();
    assert_eq!(beside.1, ["a", "-b", "--", "c"]);

    let said = lab.run(&RUN).await;
    assert!(said.code == 137 && said.err.contains("more memory than it may have"), "{said:?}");
}

#[tokio::test]
async fn what_comes_late_is_still_heard() {
    let lab = lab("late").await;
    lab.behave(json!({"log_delay": 1.5, "run_says": ["working"]})).await;
    assert_eq!(lab.ok(&RUN).await.out, "working\n$ npm run migrate\ndone\n");
}

#[tokio::test]
async fn what_did_not_start_is_told_in_plain_words() {
    let lab = lab("not started").await;
    let group = "/infractl/shop/default/services/api";
    lab.aws().await.logs.delete_log_group().log_group_name(group).send().await.unwrap();
    let said = lab.run(&RUN).await;
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
    assert!(said.err.contains("the command did not run: ResourceInitializationError"), "{}", said.err);
    assert!(said.err.contains("Likely cause: the group that its log goes to is not there"), "{}", said.err);
    let said = lab.run(&["run", "api", "--format", "json", "--", "a"]).await;
    let last: Value = serde_json::from_str(said.out.lines().last().unwrap()).unwrap();
    assert!(said.code == 1 && last["error"].as_str().unwrap().contains("did not run"), "{said:?}");
}

#[tokio::test]
async fn a_lost_answer_starts_nothing_twice() {
    let lab = lab("lost answer").await;
    lab.faults(json!([{"kind": "drop_after", "operation": "ecs:RunTask", "count": 1}])).await;
    lab.ok(&RUN).await;
    assert_eq!((calls(&lab, "ecs:RunTask").await, tasks(&lab).await.len()), (2, 1));
}

#[tokio::test]
async fn an_interrupt_stops_the_task_and_waits_for_its_end() {
    let lab = lab("interrupt").await;
    lab.behave(json!({"run_delay": 600.0, "run_says": ["working"]})).await;
    let mut going = Going::start(&lab, &RUN);
    going.told("started arn:aws:ecs:").await;
    assert_eq!(going.line().await.as_deref(), Some("working"));
    going.signal("INT").await;
    going.told("stopping the task").await;
    assert_eq!(going.code().await, Some(130));
    let task = task(&lab).await;
    assert_eq!((task.last_status(), task.stopped_reason()), (Some("STOPPED"), Some("stopped by whoever ran it")));
    assert_eq!(calls(&lab, "ecs:StopTask").await, 1);
}

#[tokio::test]
async fn asked_twice_it_leaves_and_says_what_goes_on() {
    let lab = lab("twice").await;
    lab.behave(json!({"run_delay": 600.0})).await;
    // To stop it takes for ever.
    lab.faults(json!([{"kind": "throttle", "operation": "ecs:StopTask"}])).await;
    let mut going = Going::start(&lab, &RUN);
    let started = going.told("started arn:aws:ecs:").await;
    going.signal("INT").await;
    going.told("stopping the task").await;
    until("a call to stop it", async || (calls(&lab, "ecs:StopTask").await > 0).then_some(())).await;
    going.signal("TERM").await;
    let left = going.told("left at once").await;
    assert_eq!(going.code().await, Some(130));
    let arn = started.split(' ').nth(1).unwrap();
    assert!(left.contains(arn), "{left}");
    assert_ne!(task(&lab).await.last_status(), Some("STOPPED"));
}

#[tokio::test]
async fn what_takes_too_long_goes_on() {
    let lab = lab("deadline").await;
    lab.behave(json!({"run_delay": 600.0})).await;
    let said = lab.run(&["run", "api", "--timeout", "3s", "--", "sleep", "600"]).await;
    assert_eq!(said.code, 1, "{said:?}");
    let task = task(&lab).await;
    let arn = task.task_arn().unwrap();
    assert!(said.err.contains(&format!("waited 3 s for the end of {arn}, which is running")), "{}", said.err);
    assert!(said.err.contains(&format!("the task goes on: {arn}")), "{}", said.err);
    assert_eq!((task.last_status(), calls(&lab, "ecs:StopTask").await), (Some("RUNNING"), 0));
}

#[tokio::test]
async fn what_cannot_run_is_refused_before_anything_starts() {
    let lab = lab("refused").await;
    lab.refuses(&["run", "apy", "--", "a"], 2, "did you mean `api`?").await;
    lab.refuses(&["run", "worker", "--", "a"], 2, "there is no service `worker`").await;
    lab.refuses(&["run", "api", "--container", "prxy", "--", "a"], 2, "did you mean `proxy`?").await;
    lab.refuses(&["run", "api", "--timeout", "soon", "--", "a"], 2, "`soon` is no length of time").await;
    lab.refuses(&["run", "api", "--", &"x".repeat(8192)], 2, "and ECS takes 8192").await;
    lab.refuses(&["run", "api", "a"], 2, "").await;
    // A service that is somebody else's is not this stack's.
    let ecs = &lab.aws().await.ecs;
    let arn = format!("arn:aws:ecs:eu-central-1:{}:service/shop-default/api", lab.account);
    ecs.untag_resource().resource_arn(arn).tag_keys("infractl:stack").send().await.unwrap();
    until("the service of somebody else", async || (lab.run(&RUN).await.code == 4).then_some(())).await;
    lab.refuses(&RUN, 4, "api is not there yet").await;
}
