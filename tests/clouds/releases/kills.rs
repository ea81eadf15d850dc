//! Killed at any step of a release or of the way back, the next run goes on, and nobody is refused meanwhile.

use std::collections::BTreeMap;

use aws_sdk_ecs::types::DesiredStatus;
use serde_json::json;

use super::{APPLY, Scene, stack};
use crate::{
    kills::{Point, killed, thorough},
    lab::until,
};

/// What of a release changes something: the task definition, the migration, the note that it is done, the service, and the
/// answer to the service's question whether the test went well.
const CALLS: usize = 5;
/// The way back needs no other task definition, and migrates nothing.
const CALLS_BACK: usize = 2;
/// Where ECS stays for a while
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html>), and whether people
/// have agreed by then.
const STAGES: [(&str, bool); 5] = [
    ("SCALE_UP", false),
    ("PRE_PRODUCTION_TRAFFIC_SHIFT", false),
    ("PRODUCTION_TRAFFIC_SHIFT", true),
    ("POST_PRODUCTION_TRAFFIC_SHIFT", true),
    ("BAKE_TIME", true),
];

fn points(calls: usize) -> Vec<Point> {
    let all = (1..=calls).flat_map(|n| [true, false].map(|before| Point { n, before }));
    all.filter(|it| thorough() || it.before == (it.n % 2 == 0)).collect()
}

impl Scene {
    /// How many tasks have migrated to each revision.
    async fn migrations(&self) -> BTreeMap<String, usize> {
        let mut acc = BTreeMap::new();
        for status in [DesiredStatus::Running, DesiredStatus::Stopped] {
            let listed = self.cx.ecs.list_tasks().cluster("shop-default").desired_status(status).send().await.unwrap();
            if listed.task_arns().is_empty() {
                continue;
            }
            let call = self.cx.ecs.describe_tasks().cluster("shop-default").set_tasks(listed.task_arns);
            for task in call.send().await.unwrap().tasks() {
                let by = task.started_by().unwrap_or_default();
                if by.starts_with("infractl/") {
                    *acc.entry(by.to_owned()).or_default() += 1;
                }
            }
        }
        acc
    }

    /// Releases an image for each point, and is killed there.
    async fn goes_on_from_calls(self) {
        let points = points(CALLS);
        for (nth, point) in points.iter().enumerate() {
            let image = format!("api:{}", nth + 2);
            self.wants(&image);
            assert!(killed(&self.lab, &APPLY, *point).await, "{point:?}");
            self.releases(&image).await;
        }
        let migrations = self.migrations().await;
        assert!(migrations.values().all(|it| *it == 1) && migrations.len() == points.len() + 1, "{migrations:?}");
        self.ends_with(&format!("api:{}", points.len() + 1)).await;
    }

    async fn reaches(&self, stage: &str) {
        let ecs = &self.cx.ecs;
        until(stage, async || {
            let all = ecs.list_service_deployments().cluster("shop-default").service("api").send().await.unwrap();
            let last = all.service_deployments().iter().max_by_key(|it| it.created_at())?.service_deployment_arn()?;
            let seen = ecs.describe_service_deployments().service_deployment_arns(last).send().await.unwrap();
            let is = seen.service_deployments()[0].lifecycle_stage()?.as_str();
            (is == stage).then_some(())
        })
        .await;
    }
}

const DEPLOY: &str = "smoke: /ready, migrate: { command: [migrate] }";

#[tokio::test]
async fn a_swap_goes_on_from_any_call() {
    let deploy = format!("strategy: blue_green, bake: 1m, {DEPLOY}");
    Scene::new("kills: swap", stack(&deploy)).await.goes_on_from_calls().await;
}

#[tokio::test]
async fn a_canary_goes_on_from_any_call() {
    let deploy = format!("strategy: canary, step: {{ percent: 10, bake: 1m }}, bake: 1m, {DEPLOY}");
    Scene::new("kills: canary", stack(&deploy)).await.goes_on_from_calls().await;
}

#[tokio::test]
async fn a_release_goes_on_from_any_stage() {
    let scene = Scene::new("kills: stages", stack("strategy: blue_green, bake: 3m, approve: 12h")).await;
    scene.lab.behave(json!({"stage_delay": 0.6})).await;
    for (nth, (stage, agreed)) in STAGES.into_iter().enumerate() {
        let image = format!("api:{}", nth + 2);
        scene.wants(&image);
        let updates = scene.updates().await;
        let mut child = scene.lab.spawn(&APPLY);
        if agreed {
            scene.is_promoted().await;
        }
        scene.reaches(stage).await;
        child.kill().unwrap();
        child.wait().unwrap();
        if agreed {
            scene.releases(&image).await;
        } else {
            tokio::join!(scene.releases(&image), scene.is_promoted());
        }
        assert_eq!(scene.updates().await, updates + 1, "{stage}");
    }
    scene.ends_with("api:6").await;
}

#[tokio::test]
async fn the_way_back_goes_on_from_any_call() {
    let scene = Scene::new("kills: back", stack(&format!("strategy: blue_green, bake: 1m, {DEPLOY}"))).await;
    scene.releases("api:2").await;
    let back = ["rollback", "api", "--yes"];
    let mut images = ["api:1", "api:2"].into_iter().cycle();
    let mut last = "api:2";
    for point in points(CALLS_BACK) {
        last = images.next().unwrap();
        assert!(killed(&scene.lab, &back, point).await, "{point:?}");
        // Before it was asked for, and after.
        scene.lab.ok(&back).await;
        scene.serves(last).await;
    }
    assert!(scene.migrations().await.values().all(|it| *it == 1));
    scene.ends_with(last).await;
}

#[tokio::test]
async fn a_release_that_is_going_back_goes_back_whoever_looks() {
    let scene =
        Scene::new("kills: going back", stack("strategy: linear, step: { percent: 25, bake: 20m }, bake: 5m")).await;
    scene.wants("api:2");
    let mut child = scene.lab.spawn(&APPLY);
    scene.is_shifting().await;
    child.kill().unwrap();
    child.wait().unwrap();
    let back = ["rollback", "api", "--yes"];
    assert!(killed(&scene.lab, &back, Point { n: 1, before: false }).await);
    scene.lab.ok(&back).await;
    scene.ends_with("api:1").await;
}
