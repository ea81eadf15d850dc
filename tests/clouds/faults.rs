//! A cloud that misbehaves is converged upon all the same; what cannot be had is told in clear words.

mod refusals;

use std::{collections::BTreeSet, process::Stdio};

use futures::{StreamExt, stream};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    kills::{
        EVERYTHING,
        application::{APPLICATION, owned, undisturbed},
        counts, everything, thorough,
    },
    lab::{Lab, Said, until},
};

const APPLY: [&str; 2] = ["apply", "--yes"];
const DESTROY: [&str; 2] = ["destroy", "--yes"];
/// How many accounts are worked on at once.
const LABS: usize = 6;

async fn lab(name: &str) -> Lab {
    let lab = Lab::new(&format!("faults {name}")).await;
    lab.write(EVERYTHING);
    lab
}

/// All that is wanted is there, once.
async fn assert_whole(lab: &Lab, about: &str) {
    lab.faults(json!([])).await;
    lab.assert_empty().await;
    assert_eq!(counts(&lab.inventory().await), everything(), "{about}");
}

async fn assert_gone(lab: &Lab, about: &str) {
    assert_eq!(lab.inventory().await, [""; 0], "{about}");
}

/// A run that failed names what failed, and says how to go on.
fn assert_tells(said: &Said) {
    assert_eq!(said.code, 1, "{}\n{}", said.out, said.err);
    assert!(said.err.lines().any(|it| it.starts_with("failed ")), "{}", said.err);
    assert!(said.err.contains("Run the same command again to go on."), "{}", said.err);
}

#[tokio::test]
async fn one_call_in_five_goes_wrong() {
    let seeds = if thorough() { 60 } else { 6 };
    let rules = |kinds: &[&str], rate: f64| kinds.iter().map(|it| json!({"kind": it, "rate": rate})).collect::<Value>();
    let one = async |seed: u64| {
        let (lab, about) = (lab(&format!("one in five, {seed}")).await, format!("seed {seed}"));
        lab.behave(json!({"seed": seed})).await;
        lab.faults(rules(&["throttle", "server_error", "drop_before", "drop_after", "stale"], 0.04)).await;
        persist(&lab, &APPLY).await;
        assert_whole(&lab, &about).await;
        // A look that never shows the last change would leave that behind, so here looks are late instead.
        lab.behave(json!({"seed": seed, "read_after_write": 2.0})).await;
        lab.faults(rules(&["throttle", "server_error", "drop_before", "drop_after"], 0.05)).await;
        persist(&lab, &DESTROY).await;
        lab.faults(json!([])).await;
        assert_gone(&lab, &about).await;
    };
    stream::iter(0..seeds).for_each_concurrent(LABS, one).await;
}

/// The same for an application on its network.
#[tokio::test]
async fn an_application_comes_and_goes_though_calls_go_wrong() {
    let whole = &undisturbed().await;
    let seeds = if thorough() { 30 } else { 2 };
    let kinds = ["throttle", "server_error", "drop_before", "drop_after"];
    let one = async |seed: u64| {
        let lab = Lab::new(&format!("faults of an application, {seed}")).await;
        lab.write(APPLICATION);
        lab.behave(json!({"seed": seed, "page_size": 0, "empty_pages": 0.0})).await;
        lab.faults(kinds.iter().map(|it| json!({"kind": it, "rate": 0.04})).collect()).await;
        persist(&lab, &APPLY).await;
        lab.faults(json!([])).await;
        lab.assert_empty().await;
        assert_eq!(owned(&lab).await, *whole, "seed {seed}");
        lab.faults(kinds.iter().map(|it| json!({"kind": it, "rate": 0.04})).collect()).await;
        persist(&lab, &DESTROY).await;
        lab.faults(json!([])).await;
        assert_gone(&lab, &format!("seed {seed}")).await;
    };
    stream::iter(0..seeds).for_each_concurrent(LABS, one).await;
}

/// Runs infractl until it has done all; every run that fails says what failed and why.
async fn persist(lab: &Lab, args: &[&str]) {
    for _ in 0..5 {
        let said = lab.run(args).await;
        if said.code == 0 {
            return;
        }
        assert_tells(&said);
    }
    panic!("{args:?}: five runs were not enough");
}

/// Each operation fails in the same way, once or more.
#[tokio::test]
async fn every_operation_goes_wrong() {
    let count = if thorough() { 3 } else { 1 };
    let undisturbed = lab("undisturbed").await;
    undisturbed.ok(&APPLY).await;
    undisturbed.ok(&DESTROY).await;
    let operations: BTreeSet<_> = undisturbed.calls().await.into_iter().collect();
    assert!(operations.iter().filter(|(_, changes)| *changes).count() > 30, "{operations:?}");
    let one = async |kind: &str| {
        let lab = lab(kind).await;
        let rule = |it: &str| json!({"kind": kind, "operation": it, "count": count});
        lab.faults(operations.iter().map(|(name, _)| rule(name)).collect()).await;
        // So late that it is not enough to look before a call is repeated.
        lab.behave(json!({"read_after_write": 1.0})).await;
        lab.ok(&APPLY).await;
        lab.assert_empty().await;
        assert_eq!(counts(&lab.inventory().await), everything(), "{kind}");
        lab.ok(&DESTROY).await;
        assert_gone(&lab, kind).await;
        let rules = lab.control(Method::GET, "faults", None).await;
        let idle: Vec<_> = rules.as_array().unwrap().iter().filter(|it| it["count"] == count).collect();
        assert!(idle.is_empty(), "{idle:?}");
    };
    stream::iter(["throttle", "server_error", "drop_before", "drop_after"]).for_each_concurrent(LABS, one).await;
}

/// For longer than the SDK repeats a call.
#[tokio::test]
async fn looks_are_throttled_in_the_midst_of_an_apply() {
    let lab = lab("throttled looks").await;
    let mut running = tokio::process::Command::from(lab.command(&APPLY)).stdout(Stdio::null()).spawn().unwrap();
    until("the first change", async || (lab.changes().await > 0).then_some(())).await;
    let throttle = |it: &str| json!({"kind": "throttle", "operation": it, "count": 12});
    lab.faults(["ec2:DescribeSubnets", "ec2:DescribeRouteTables"].map(throttle).into_iter().collect()).await;
    assert!(running.wait().await.unwrap().success());
    let rules = lab.control(Method::GET, "faults", None).await;
    assert!(rules.as_array().unwrap().iter().all(|it| it["count"] == 0), "{rules:#}");
    assert_whole(&lab, "throttled").await;
}

#[tokio::test]
async fn everything_takes_its_time() {
    let slow = [
        json!({"read_after_write": 3.0}),
        json!({"read_after_write": 1.0, "new_id_unknown": 0.7}),
        json!({"eni_linger": 8.0, "endpoint_delete_delay": 3.0}),
        json!({"iam_delay": 8.0}),
        json!({"vpc_delay": 3.0, "nat_delay": 5.0, "nat_delete_delay": 4.0, "endpoint_delay": 5.0}),
        json!({"tombstone": 3600.0}),
    ];
    let one = async |slow: Value| {
        let (lab, about) = (lab(&slow.to_string()).await, slow.to_string());
        // The second time over the traces of the first.
        for _ in 0..2 {
            lab.behave(slow.clone()).await;
            lab.ok(&APPLY).await;
            assert_whole(&lab, &about).await;
            lab.behave(slow.clone()).await;
            lab.ok(&DESTROY).await;
            assert_gone(&lab, &about).await;
        }
    };
    stream::iter(slow).for_each_concurrent(LABS, one).await;
}
