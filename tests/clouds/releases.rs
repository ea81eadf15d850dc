//! How one release follows another, while people go on asking.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use aws_sdk_cloudwatch::types::StateValue;
use infractl::api::WriteCx;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::{process::Command, task::JoinHandle};

use crate::lab::{Lab, Said, until};

const STACK: &str = "
stack: shop
region: eu-central-1
network: { zones: 2, tiers: [public] }
services:
  api:
    image: 'api:1'
    port: 80
    count: 2
    route: {}
    deploy: { DEPLOY }
";
const APPLY: [&str; 2] = ["apply", "--yes"];
const STRATEGIES: [&str; 3] = [
    "strategy: blue_green, bake: 1m",
    "strategy: canary, step: { percent: 10, bake: 1m }, bake: 1m",
    "strategy: linear, step: { percent: 25, bake: 1m }, bake: 0m",
];

fn stack(deploy: &str) -> String {
    STACK.replace("DEPLOY", deploy)
}

/// A stack that serves its first release.
async fn lab(name: &str, text: &str) -> Lab {
    let lab = Lab::new(&format!("releases: {name}")).await;
    lab.behave(json!({"page_size": 0, "empty_pages": 0.0})).await;
    lab.write(text);
    lab.ok(&APPLY).await;
    lab.assert_empty().await;
    lab
}

async fn failed(lab: &Lab, args: &[&str]) -> Said {
    let said = lab.run(args).await;
    assert_eq!(said.code, 1, "{said:?}");
    said
}

/// Which images answer how many of a hundred requests.
async fn served(lab: &Lab) -> BTreeMap<String, usize> {
    let mut acc = BTreeMap::new();
    for _ in 0..100 {
        let (status, image) = ask(&lab.sandbox.url, &lab.account).await;
        assert_eq!(status, StatusCode::OK);
        *acc.entry(image).or_default() += 1;
    }
    acc
}

async fn ask(url: &str, account: &str) -> (StatusCode, String) {
    let answer = reqwest::get(format!("{url}/_load_balancer/{account}/")).await.unwrap();
    let (status, body) = (answer.status(), answer.json::<Value>().await.unwrap_or_default());
    (status, body["image"].as_str().unwrap_or_default().to_owned())
}

/// Somebody who asks fifty times a second.
struct Prober {
    stop: Arc<AtomicBool>,
    work: JoinHandle<(usize, Vec<StatusCode>)>,
}

impl Prober {
    fn begin(lab: &Lab) -> Self {
        let (stop, url, account) = (Arc::new(AtomicBool::new(false)), lab.sandbox.url.clone(), lab.account.clone());
        let ended = stop.clone();
        let work = tokio::spawn(async move {
            let (mut asked, mut failed) = (0, Vec::new());
            let mut tick = tokio::time::interval(Duration::from_millis(20));
            while !ended.load(Ordering::Relaxed) {
                tick.tick().await;
                let (status, _) = ask(&url, &account).await;
                asked += 1;
                failed.extend(Some(status).filter(|it| !it.is_success()));
            }
            (asked, failed)
        });
        Self { stop, work }
    }

    /// That every request was answered well.
    async fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        let (asked, failed) = self.work.await.unwrap();
        assert!(asked > 20, "{asked}");
        assert_eq!(failed, Vec::<StatusCode>::new(), "of {asked}");
    }
}

/// The names of the target groups that the service's rule gives requests to.
async fn live(cx: &WriteCx) -> Vec<String> {
    let balancers = cx.elb.describe_load_balancers().send().await.unwrap();
    let arn = balancers.load_balancers()[0].load_balancer_arn().unwrap();
    let listeners = cx.elb.describe_listeners().load_balancer_arn(arn).send().await.unwrap();
    let mut acc = Vec::new();
    for it in listeners.listeners() {
        let rules = cx.elb.describe_rules().listener_arn(it.listener_arn().unwrap()).send().await.unwrap();
        let own = rules.rules().iter().filter(|it| it.conditions().iter().any(|it| it.field() == Some("path-pattern")));
        let forwards = own.flat_map(|it| it.actions()).filter_map(|it| it.forward_config());
        let shares = forwards.flat_map(|it| it.target_groups()).filter(|it| it.weight() != Some(0));
        acc.extend(shares.filter_map(|it| it.target_group_arn()?.rsplit('/').nth(1)).map(str::to_owned));
    }
    acc
}

async fn gone(lab: &Lab) {
    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(lab.inventory().await, Vec::<String>::new());
}

#[tokio::test]
async fn nobody_waits_in_vain_while_a_release_comes() {
    for deploy in STRATEGIES {
        let text = stack(deploy);
        let lab = lab(deploy, &text).await;
        let cx = lab.aws().await;
        let before = live(&cx).await;
        let prober = Prober::begin(&lab);
        lab.write(&text.replace("api:1", "api:2"));
        let said = lab.ok(&APPLY).await;
        assert_eq!(served(&lab).await, [("api:2".to_owned(), 100)].into(), "{deploy} {}", said.err);
        prober.end().await;
        let after = live(&cx).await;
        assert!(before.len() == 1 && after.len() == 1 && before != after, "{before:?} {after:?}");
        lab.assert_empty().await;
        gone(&lab).await;
    }
}

#[tokio::test]
async fn a_release_that_fails_its_test_gets_no_requests() {
    let text = stack("strategy: blue_green, bake: 1m, smoke: /ready");
    let lab = lab("smoke", &text).await;
    lab.behave(json!({"task_status": {"api:2 /ready": 500}})).await;
    let prober = Prober::begin(&lab);
    lab.write(&text.replace("api:1", "api:2"));
    let said = failed(&lab, &APPLY).await;
    assert!(said.err.contains("the new release goes back: /ready was answered with 500"), "{}", said.err);
    assert_eq!(served(&lab).await, [("api:1".to_owned(), 100)].into());
    prober.end().await;
    // Once it is better, the same release comes.
    lab.behave(json!({"task_status": {}})).await;
    lab.ok(&APPLY).await;
    assert_eq!(served(&lab).await, [("api:2".to_owned(), 100)].into());
    lab.assert_empty().await;
    gone(&lab).await;
}

#[tokio::test]
async fn a_release_whose_tasks_do_not_start_goes_back() {
    let text = stack("strategy: blue_green, bake: 1m");
    let lab = lab("broken", &text).await;
    let prober = Prober::begin(&lab);
    lab.write(&text.replace("api:1", "api:broken"));
    let said = failed(&lab, &APPLY).await;
    assert!(said.err.contains("CannotPullContainerError"), "{}", said.err);
    assert_eq!(served(&lab).await, [("api:1".to_owned(), 100)].into());
    prober.end().await;
    lab.write(&text);
    lab.assert_empty().await;
    gone(&lab).await;
}

#[tokio::test]
async fn a_release_waits_for_people_and_goes_back_if_they_say_so() {
    let text = stack("strategy: blue_green, bake: 0m, approve: 1h");
    let lab = lab("approval", &text).await;
    let waiting = async || {
        until("the release to wait", async || {
            let status = lab.json(&["plan"]).await;
            status.to_string().contains("infractl promote api").then_some(())
        })
        .await;
    };
    lab.write(&text.replace("api:1", "api:2"));
    let (said, ()) = tokio::join!(lab.run(&APPLY), async {
        waiting().await;
        assert_eq!(served(&lab).await, [("api:1".to_owned(), 100)].into());
        lab.ok(&["promote", "api"]).await;
    });
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(served(&lab).await, [("api:2".to_owned(), 100)].into());
    let refused = lab.run(&["promote", "api"]).await;
    assert!(refused.code == 4 && refused.err.contains("no release of `api` waits"), "{refused:?}");

    lab.write(&text.replace("api:1", "api:3"));
    let (said, ()) = tokio::join!(lab.run(&APPLY), async {
        waiting().await;
        lab.ok(&["rollback", "api"]).await;
    });
    assert!(said.code == 1 && said.err.contains("rolled back"), "{said:?}");
    assert_eq!(served(&lab).await, [("api:2".to_owned(), 100)].into());
    lab.write(&text.replace("api:1", "api:2"));
    lab.assert_empty().await;
    gone(&lab).await;
}

#[tokio::test]
async fn images_are_released_without_the_file_and_kept() {
    let text = stack("strategy: blue_green, bake: 0m").replace("image: 'api:1'", "cpu: 256");
    let lab = Lab::new("releases: images").await;
    lab.behave(json!({"page_size": 0, "empty_pages": 0.0})).await;
    lab.write(&text);
    let refused = lab.run(&APPLY).await;
    assert!(refused.code == 4 && refused.err.contains("infractl deploy --image api="), "{refused:?}");
    let deploy = async |image: &str| lab.ok(&["deploy", "--yes", "--image", &format!("api={image}")]).await;
    deploy("api:1").await;
    lab.assert_empty().await;
    deploy("api:2").await;
    assert_eq!(served(&lab).await, [("api:2".to_owned(), 100)].into());
    // What else changes keeps it.
    lab.write(&text.replace("cpu: 256", "cpu: 512"));
    lab.ok(&APPLY).await;
    assert_eq!(served(&lab).await, [("api:2".to_owned(), 100)].into());
    lab.ok(&["rollback", "api", "--yes"]).await;
    assert_eq!(served(&lab).await, [("api:1".to_owned(), 100)].into());
    lab.assert_empty().await;
    lab.ok(&["rollback", "api", "--to", "2", "--yes"]).await;
    assert_eq!(served(&lab).await, [("api:2".to_owned(), 100)].into());
    let refused = lab.run(&["rollback", "api", "--to", "v9", "--yes"]).await;
    assert!(
        refused.code == 4 && refused.err.contains("never released with an image that ends with `v9`"),
        "{refused:?}"
    );
    gone(&lab).await;
}

#[tokio::test]
async fn a_strategy_is_changed_while_it_serves() {
    let plain = stack("min: 100");
    let lab = lab("strategies", &plain).await;
    let prober = Prober::begin(&lab);
    for (deploy, image) in
        [(STRATEGIES[0], "api:2"), (STRATEGIES[1], "api:3"), ("strategy: rolling", "api:4"), (STRATEGIES[2], "api:5")]
    {
        lab.write(&stack(deploy).replace("api:1", image));
        lab.ok(&APPLY).await;
        lab.assert_empty().await;
        assert_eq!(served(&lab).await, [(image.to_owned(), 100)].into(), "{deploy}");
    }
    prober.end().await;
    gone(&lab).await;
}

#[tokio::test]
async fn a_run_that_is_killed_is_joined_by_the_next() {
    let text = stack("strategy: linear, step: { percent: 25, bake: 5m }, bake: 5m, smoke: /ready");
    let lab = lab("killed", &text).await;
    let prober = Prober::begin(&lab);
    lab.write(&text.replace("api:1", "api:2"));
    let cx = lab.aws().await;
    let mut child = lab.spawn(&APPLY);
    until("some requests to go over", async || (live(&cx).await.len() == 2).then_some(())).await;
    child.kill().unwrap();
    child.wait().unwrap();
    lab.ok(&APPLY).await;
    assert_eq!(served(&lab).await, [("api:2".to_owned(), 100)].into());
    prober.end().await;
    lab.assert_empty().await;
    let updates = lab.calls().await.iter().filter(|(it, _)| it == "ecs:UpdateService").count();
    assert_eq!(updates, 1);
    gone(&lab).await;
}

#[tokio::test]
async fn who_stops_a_release_gets_the_one_before() {
    let text = stack("strategy: linear, step: { percent: 25, bake: 20m }, bake: 5m");
    let lab = lab("stopped", &text).await;
    let prober = Prober::begin(&lab);
    lab.write(&text.replace("api:1", "api:2"));
    let cx = lab.aws().await;
    let mut child = lab.spawn(&APPLY);
    until("some requests to go over", async || (live(&cx).await.len() == 2).then_some(())).await;
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-s", "INT", &pid]).status().await.unwrap().success());
    let code = tokio::task::spawn_blocking(move || child.wait().unwrap().code()).await.unwrap();
    assert_eq!(code, Some(130));
    assert_eq!(served(&lab).await, [("api:1".to_owned(), 100)].into());
    prober.end().await;
    lab.write(&text);
    lab.assert_empty().await;
    gone(&lab).await;
}

#[tokio::test]
async fn an_alarm_brings_the_release_before_back() {
    let alarm = "alarms: { errors: { service: api, metric: 5xx, above: 10, for: 3m } }\n";
    let text = stack("strategy: canary, step: { percent: 10, bake: 20m }, bake: 5m, rollback_on: [errors]") + alarm;
    let lab = lab("alarm", &text).await;
    let prober = Prober::begin(&lab);
    lab.write(&text.replace("api:1", "api:2"));
    let cx = lab.aws().await;
    let (said, ()) = tokio::join!(lab.run(&APPLY), async {
        until("some requests to go over", async || (live(&cx).await.len() == 2).then_some(())).await;
        let call = cx.cloudwatch.set_alarm_state().alarm_name("shop-default-errors").state_reason("a test");
        call.state_value(StateValue::Alarm).send().await.unwrap();
    });
    assert!(said.code == 1 && said.err.contains("alarms went off"), "{said:?}");
    assert_eq!(served(&lab).await, [("api:1".to_owned(), 100)].into());
    prober.end().await;
    lab.write(&text);
    lab.assert_empty().await;
    gone(&lab).await;
}
