//! How one release follows another, while people go on asking.

mod kills;

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

/// A stack that serves its first release, `api:1`, and somebody who asks it all the time.
struct Scene {
    lab: Lab,
    text: String,
    cx: WriteCx,
    prober: Prober,
}

impl Scene {
    async fn new(name: &str, text: String) -> Self {
        let lab = Lab::new(&format!("releases: {name}")).await;
        lab.behave(json!({"page_size": 0, "empty_pages": 0.0, "minute": 0.2})).await;
        lab.write(&text);
        lab.ok(&APPLY).await;
        lab.assert_empty().await;
        Self { cx: lab.aws().await, prober: Prober::begin(&lab), lab, text }
    }

    /// The file asks for another release.
    fn wants(&self, image: &str) {
        self.lab.write(&self.text.replace("api:1", image));
    }

    async fn releases(&self, image: &str) {
        self.wants(image);
        self.lab.ok(&APPLY).await;
        self.serves(image).await;
        self.lab.assert_empty().await;
    }

    async fn serves(&self, image: &str) {
        assert_eq!(served(&self.lab).await, [(image.to_owned(), 100)].into());
    }

    /// Waits until both releases get requests.
    async fn is_shifting(&self) {
        until("some requests to go over", async || (live(&self.cx).await.len() == 2).then_some(())).await;
    }

    /// Waits until the release waits for people.
    async fn is_waiting(&self) {
        let plan = async || self.lab.json(&["plan"]).await.to_string();
        let waits = async || plan().await.contains("waiting for `infractl promote api`").then_some(());
        until("the release to wait", waits).await;
    }

    /// Waits until the release waits for people, and agrees.
    async fn is_promoted(&self) {
        self.is_waiting().await;
        self.lab.ok(&["promote", "api"]).await;
    }

    /// How often the service was changed.
    async fn updates(&self) -> usize {
        self.lab.calls().await.iter().filter(|(it, _)| it == "ecs:UpdateService").count()
    }

    /// That `image` serves, nobody was refused, and nothing is to be done once the file asks for it.
    async fn ends_with(self, image: &str) {
        self.serves(image).await;
        self.wants(image);
        self.lab.assert_empty().await;
        self.prober.end().await;
        self.lab.ok(&["destroy", "--yes"]).await;
        assert_eq!(self.lab.inventory().await, Vec::<String>::new());
    }
}

/// An apply that fails, and what it says.
async fn fails(lab: &Lab, why: &str) {
    let Said { code, err, .. } = lab.run(&APPLY).await;
    assert!(code == 1 && err.contains(why), "{code} {err}");
}

#[tokio::test]
async fn nobody_waits_in_vain_while_a_release_comes() {
    for deploy in STRATEGIES {
        let scene = Scene::new(deploy, stack(deploy)).await;
        let before = live(&scene.cx).await;
        scene.releases("api:2").await;
        let after = live(&scene.cx).await;
        assert!(before.len() == 1 && after.len() == 1 && before != after, "{before:?} {after:?}");
        scene.ends_with("api:2").await;
    }
}

#[tokio::test]
async fn a_release_that_fails_its_test_gets_no_requests() {
    let scene = Scene::new("smoke", stack("strategy: blue_green, bake: 1m, smoke: /ready")).await;
    scene.lab.behave(json!({"task_status": {"api:2 /ready": 500}})).await;
    scene.wants("api:2");
    fails(&scene.lab, "the new release goes back: /ready was answered with 500").await;
    scene.serves("api:1").await;
    // Once it is better, the same release comes.
    scene.lab.behave(json!({"task_status": {}})).await;
    scene.releases("api:2").await;
    scene.ends_with("api:2").await;
}

#[tokio::test]
async fn a_release_whose_tasks_do_not_start_goes_back() {
    let scene = Scene::new("broken", stack("strategy: blue_green, bake: 1m")).await;
    scene.wants("api:broken");
    fails(&scene.lab, "CannotPullContainerError").await;
    scene.ends_with("api:1").await;
}

#[tokio::test]
async fn an_alarm_brings_the_release_before_back() {
    let alarm = "alarms: { errors: { service: api, metric: 5xx, above: 10, for: 3m } }\n";
    let deploy = "strategy: canary, step: { percent: 10, bake: 20m }, bake: 5m, rollback_on: [errors]";
    let scene = Scene::new("alarm", stack(deploy) + alarm).await;
    scene.wants("api:2");
    tokio::join!(fails(&scene.lab, "alarms went off"), async {
        scene.is_shifting().await;
        let call = scene.cx.cloudwatch.set_alarm_state().alarm_name("shop-default-errors").state_reason("a test");
        call.state_value(StateValue::Alarm).send().await.unwrap();
    });
    scene.ends_with("api:1").await;
}

#[tokio::test]
async fn who_stops_a_release_gets_the_one_before() {
    let deploy = "strategy: linear, step: { percent: 25, bake: 20m }, bake: 5m";
    let scene = Scene::new("stopped", stack(deploy)).await;
    scene.wants("api:2");
    let mut child = scene.lab.spawn(&APPLY);
    scene.is_shifting().await;
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-s", "INT", &pid]).status().await.unwrap().success());
    let code = tokio::task::spawn_blocking(move || child.wait().unwrap().code()).await.unwrap();
    assert_eq!(code, Some(130));
    scene.ends_with("api:1").await;
}

#[tokio::test]
async fn a_run_that_is_killed_is_joined_by_the_next() {
    let deploy = "strategy: linear, step: { percent: 25, bake: 5m }, bake: 5m, smoke: /ready";
    let scene = Scene::new("killed", stack(deploy)).await;
    scene.wants("api:2");
    let mut child = scene.lab.spawn(&APPLY);
    scene.is_shifting().await;
    child.kill().unwrap();
    child.wait().unwrap();
    scene.lab.ok(&APPLY).await;
    assert_eq!(scene.updates().await, 1);
    scene.ends_with("api:2").await;
}

#[tokio::test]
async fn a_release_waits_for_people_and_goes_back_if_they_say_so() {
    let scene = Scene::new("approval", stack("strategy: blue_green, bake: 0m, approve: 12h")).await;
    let lab = &scene.lab;
    scene.wants("api:2");
    let (said, ()) = tokio::join!(lab.run(&APPLY), async {
        scene.is_waiting().await;
        scene.serves("api:1").await;
        lab.ok(&["promote", "api"]).await;
    });
    assert_eq!(said.code, 0, "{said:?}");
    scene.serves("api:2").await;
    let refused = lab.run(&["promote", "api"]).await;
    assert!(refused.code == 4 && refused.err.contains("no release of `api` waits"), "{refused:?}");

    scene.wants("api:3");
    tokio::join!(fails(lab, "rolled back"), async {
        scene.is_waiting().await;
        lab.ok(&["rollback", "api"]).await;
    });
    scene.ends_with("api:2").await;
}

#[tokio::test]
async fn a_strategy_is_changed_while_it_serves() {
    let mut scene = Scene::new("strategies", stack("min: 100")).await;
    let changes = [STRATEGIES[0], STRATEGIES[1], "strategy: rolling", STRATEGIES[2]];
    for (deploy, image) in changes.into_iter().zip(["api:2", "api:3", "api:4", "api:5"]) {
        scene.text = stack(deploy);
        scene.releases(image).await;
    }
    scene.ends_with("api:5").await;
}

#[tokio::test]
async fn images_are_released_without_the_file_and_kept() {
    let text = stack("strategy: blue_green, bake: 0m").replace("image: 'api:1'", "cpu: 256");
    let lab = Lab::new("releases: images").await;
    lab.behave(json!({"page_size": 0, "empty_pages": 0.0, "minute": 0.2})).await;
    lab.write(&text);
    let refused = async |args: &[&str], why: &str| {
        let Said { code, err, .. } = lab.run(args).await;
        assert!(code == 4 && err.contains(why), "{code} {err}");
    };
    let serves = async |image: &str| assert_eq!(served(&lab).await, [(image.to_owned(), 100)].into());
    refused(&APPLY, "infractl deploy --image api=").await;
    for image in ["api:1", "api:2"] {
        lab.ok(&["deploy", "--yes", "--image", &format!("api={image}")]).await;
        serves(image).await;
        lab.assert_empty().await;
    }
    // What else changes keeps it.
    lab.write(&text.replace("cpu: 256", "cpu: 512"));
    lab.ok(&APPLY).await;
    serves("api:2").await;
    lab.ok(&["rollback", "api", "--yes"]).await;
    serves("api:1").await;
    lab.assert_empty().await;
    lab.ok(&["rollback", "api", "--to", "2", "--yes"]).await;
    serves("api:2").await;
    refused(&["rollback", "api", "--to", "v9", "--yes"], "never released with an image that ends with `v9`").await;
    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(lab.inventory().await, Vec::<String>::new());
}

/// How often each call was made during `work`.
async fn calls_of(lab: &Lab, work: impl Future<Output = ()>) -> BTreeMap<String, usize> {
    let before = lab.calls().await.len();
    work.await;
    let mut acc = BTreeMap::new();
    for (name, _) in lab.calls().await.split_off(before) {
        *acc.entry(name).or_default() += 1;
    }
    acc
}

#[tokio::test]
async fn another_image_takes_as_many_calls_as_its_steps() {
    let lab = Lab::new("releases: calls").await;
    lab.behave(json!({"preset": "plain"})).await;
    lab.write(&stack("strategy: blue_green, bake: 0m").replace("image: 'api:1'", "cpu: 256"));
    let deploy = async |image: &str| drop(lab.ok(&["deploy", "--yes", "--image", &format!("api={image}")]).await);
    deploy("api:1").await;
    let looks = calls_of(&lab, async { drop(lab.ok(&["plan"]).await) }).await;
    let mut calls = calls_of(&lab, deploy("api:2")).await;
    for (name, looks) in looks {
        *calls.entry(name).or_default() -= looks;
    }
    calls.retain(|_, it| *it > 0);
    // A plan looks up which image runs, and what it runs in; a deploy looks at what has become of each of its two steps, and
    // which revision runs, which others there are: one that is as wanted would be taken again.
    let expected = [
        ("ecs:DescribeServices", 1),
        ("ecs:ListTaskDefinitions", 1),
        ("ecs:RegisterTaskDefinition", 1),
        ("ecs:UpdateService", 1),
    ];
    assert_eq!(calls, expected.map(|(name, it)| (name.to_owned(), it)).into());
}

#[tokio::test]
async fn ports_and_numbers_change_with_a_release() {
    let mut scene = Scene::new("ports", stack(STRATEGIES[0])).await;
    scene.text = scene.text.replace("port: 80", "port: 8080");
    scene.releases("api:2").await;
    scene.text = scene.text.replace("count: 2", "count: 3");
    scene.releases("api:3").await;
    scene.ends_with("api:3").await;
}

#[tokio::test]
async fn what_has_no_tasks_is_released_and_comes_back() {
    let lab = Lab::new("releases: no tasks").await;
    lab.behave(json!({"page_size": 0, "empty_pages": 0.0, "minute": 0.2})).await;
    let text = stack(STRATEGIES[0]);
    lab.write(&text.replace("count: 2", "count: 0"));
    lab.ok(&APPLY).await;
    lab.assert_empty().await;
    lab.write(&text.replace("count: 2", "count: 0").replace("api:1", "api:2"));
    lab.ok(&APPLY).await;
    lab.assert_empty().await;
    lab.write(&text.replace("api:1", "api:2"));
    lab.ok(&APPLY).await;
    lab.assert_empty().await;
    // Tasks that come without a release are there before they are healthy.
    let answer = async || Some(ask(&lab.sandbox.url, &lab.account).await).filter(|(status, _)| status.is_success());
    assert_eq!(until("it to serve", answer).await.1, "api:2");
}
