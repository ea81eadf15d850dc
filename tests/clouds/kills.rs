//! Killed at any change, the next run goes on: nothing is there twice, nothing is left over.
//!
//! A run is killed at its n-th changing call, either when that has reached the cloud and is not carried out, or when it is
//! and the answer has not come back. Usually each n is tried in one of these ways, and updates at some n only;
//! `INFRACTL_ALL_KILLS=1 cargo test --test clouds kills` tries all.

pub(crate) mod application;
mod signals;

use std::{collections::BTreeMap, env, time::Duration};

use futures::{StreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};

use super::lab::{Lab, until};

/// Every type of a network, and not much more.
pub(crate) const EVERYTHING: &str = "
stack: all
region: eu-central-1
tags: { team: web }
network:
  cidr: 10.0.0.0/16
  zones: 1
  tiers: [public, private]
  nat: single
  flow_logs: 30d
  endpoints: [s3, logs]
  acls:
    private:
      ingress: [{ action: allow, protocol: all, from: 0.0.0.0/0 }]
      egress: [{ action: allow, protocol: all, to: 0.0.0.0/0 }]
  security_groups:
    web: { ingress: [{ from: app, port: 443 }] }
    app: { ingress: [{ from: web, port: 3000 }] }
";

const APPLY: [&str; 2] = ["apply", "--yes"];
const DESTROY: [&str; 2] = ["destroy", "--yes"];
/// How many accounts are worked on at once.
const LABS: usize = 8;

/// Where a run is killed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    /// At its n-th changing call.
    pub(crate) n: usize,
    /// Before that is carried out, or after.
    pub(crate) before: bool,
}

/// Whether there is time for everything.
pub(crate) fn thorough() -> bool {
    env::var("INFRACTL_ALL_KILLS").is_ok_and(|it| it == "1")
}

#[tokio::test]
async fn apply_and_destroy_go_on_from_any_call() {
    let points = (0..).map(|it| Point { n: it / 2 + 1, before: it % 2 == 0 });
    let points = points.filter(|it| thorough() || it.before == (it.n % 2 == 0));
    let mut runs = stream::iter(points).map(there_and_back).buffered(LABS);
    let (mut applies, mut destroys) = (0, 0);
    while let Some((apply, destroy)) = runs.next().await {
        applies += usize::from(apply);
        destroys += usize::from(destroy);
        if !apply && !destroy {
            break;
        }
    }
    assert!(applies > 30 && destroys > 25, "{applies} {destroys}");
}

/// Whether the apply and the destroy were still at work at that point.
async fn there_and_back(point: Point) -> (bool, bool) {
    let lab = Lab::new(&format!("kills {point:?}")).await;
    lab.write(EVERYTHING);
    lab.behave(json!({"seed": point.n})).await;
    let apply = killed(&lab, &APPLY, point).await;
    lab.ok(&APPLY).await;
    assert_whole(&lab, point).await;
    let destroy = killed(&lab, &DESTROY, Point { before: !point.before, ..point }).await;
    lab.ok(&DESTROY).await;
    assert_eq!(lab.inventory().await, [""; 0], "{point:?}");
    (apply, destroy)
}

/// However short, each run goes further than the one before.
#[tokio::test]
async fn runs_that_are_killed_at_their_first_change_come_to_an_end() {
    let lab = Lab::new("kills after each change").await;
    lab.write(EVERYTHING);
    let first = Point { n: 1, before: false };
    for args in [APPLY, DESTROY] {
        let mut runs = 0;
        while killed(&lab, &args, first).await {
            runs += 1;
            assert!(runs < 60, "{args:?} does not come to an end");
        }
        // Each takes along what was under way with its first change, which may be much.
        assert!(runs > 2, "{args:?} {runs}");
        if args == APPLY {
            assert_whole(&lab, first).await;
        }
    }
    assert_eq!(lab.inventory().await, [""; 0]);
}

/// Another block of addresses: everything in the network is made anew.
#[tokio::test]
async fn updates_go_on_from_any_call() {
    let some = (5..).step_by(11).zip([true, false].into_iter().cycle()).map(|(n, before)| Point { n, before });
    let all = (1..).flat_map(|n| [true, false].map(|before| Point { n, before }));
    let points: Vec<_> = if thorough() { all.take(140).collect() } else { some.take(6).collect() };
    let lanes: Vec<_> = (0..LABS.min(points.len())).collect();
    let kills = stream::iter(&lanes).map(async |lane: &usize| {
        let lab = Lab::new(&format!("kills update {lane}")).await;
        let blocks = [EVERYTHING.to_owned(), EVERYTHING.replace("10.0.0.0", "10.1.0.0")];
        lab.write(&blocks[0]);
        lab.ok(&APPLY).await;
        let mut kills = 0;
        for (at, point) in points.iter().skip(*lane).step_by(lanes.len()).enumerate() {
            lab.write(&blocks[(at + 1) % 2]);
            kills += usize::from(killed(&lab, &APPLY, *point).await);
            lab.ok(&APPLY).await;
            assert_whole(&lab, *point).await;
        }
        kills
    });
    let kills = kills.buffer_unordered(LABS).collect::<Vec<_>>().await.iter().sum::<usize>();
    assert!(kills >= if thorough() { 90 } else { 5 }, "{kills}");
}

/// Starts infractl and kills it at `point`; `false` if it was done before that.
pub(crate) async fn killed(lab: &Lab, args: &[&str], point: Point) -> bool {
    hold(lab, point).await;
    let mut child = lab.spawn(args);
    let held = until("a call that is held, or the end", async || {
        // Not to keep the sandbox from its work.
        tokio::time::sleep(Duration::from_millis(40)).await;
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{args:?} until {point:?}: {status}");
            return Some(false);
        }
        is_held(lab).await.then_some(true)
    })
    .await;
    child.kill().unwrap();
    child.wait().unwrap();
    lift(lab).await;
    // What was under way when it was killed is carried out before anyone looks.
    until("the calls in flight", async || {
        let log = lab.control(Method::GET, "calls", None).await;
        log["calls"].as_array().unwrap().iter().all(|it| it["status"] != Value::Null).then_some(())
    })
    .await;
    held
}

async fn hold(lab: &Lab, point: Point) {
    let at = json!({"after_mutating": point.n, "before": point.before});
    lab.control(Method::PUT, "hold", Some(at)).await;
}

async fn is_held(lab: &Lab) -> bool {
    lab.control(Method::GET, "hold", None).await["held"].is_object()
}

async fn lift(lab: &Lab) {
    lab.control(Method::DELETE, "hold", None).await;
}

/// All that is wanted is there, once.
async fn assert_whole(lab: &Lab, point: Point) {
    lab.assert_empty().await;
    assert_eq!(counts(&lab.inventory().await), everything(), "{point:?}");
}

/// How many there are of each kind.
pub(crate) fn counts(inventory: &[String]) -> BTreeMap<&str, usize> {
    let mut acc = BTreeMap::new();
    for line in inventory {
        *acc.entry(line.rsplit_once(' ').unwrap().0).or_default() += 1;
    }
    acc
}

/// What [`EVERYTHING`] makes.
pub(crate) fn everything() -> BTreeMap<&'static str, usize> {
    [
        ("NAT gateway", 1),
        ("address", 1),
        ("endpoint", 2),
        ("flow log", 1),
        ("internet gateway", 1),
        ("log group", 1),
        ("network ACL", 1),
        ("role", 1),
        ("route table", 2),
        ("security group", 3),
        ("subnet", 2),
        ("vpc", 1),
    ]
    .into()
}
