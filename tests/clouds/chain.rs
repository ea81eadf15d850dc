//! How long an apply takes, as against what it has to wait for, and how many calls in a row a plan.

use std::{collections::BTreeMap, fs, time::Instant};

use serde_json::{Value, json};

use crate::lab::Lab;

const STACK: &str = "stacks/nextjs-three-tier.yaml";
const ENV: [&str; 2] = ["--env", "prod"];

/// How long the sandbox takes for a kind: by which of its behaviours, and how many seconds each.
const WAITS: [(&str, &[(&str, f64)]); 7] = [
    ("ec2.nat_gateway", &[("nat_delay", 40.0)]),
    ("ec2.vpc_endpoint", &[("endpoint_delay", 6.0)]),
    ("ecs.service", &[("task_delay", 15.0), ("health_delay", 14.0)]),
    ("elasticache.replication_group", &[("cache_delay", 50.0)]),
    ("elb.load_balancer", &[("lb_delay", 40.0)]),
    ("rds.instance", &[("rds_delay", 90.0)]),
    ("ecs.cluster", &[("cluster_delay", 2.0)]),
];

/// The longest sum of waits over steps of which each needs the one before.
fn longest(plan: &Value) -> f64 {
    let waits: BTreeMap<_, f64> = WAITS.iter().map(|(kind, of)| (*kind, of.iter().map(|it| it.1).sum())).collect();
    let mut ends: BTreeMap<u64, f64> = BTreeMap::new();
    for step in plan["steps"].as_array().unwrap() {
        let kind = step["target"].as_str().unwrap().split('/').next().unwrap();
        let needs = step["needs"].as_array().unwrap().iter().map(|it| ends[&it.as_u64().unwrap()]);
        let end = needs.fold(0.0, f64::max) + waits.get(kind).unwrap_or(&0.0);
        ends.insert(step["id"].as_u64().unwrap(), end);
    }
    ends.into_values().fold(0.0, f64::max)
}

/// Makes all of it, where making takes as long as `delays` say, and says how many seconds that took.
async fn applied(lab: &Lab, delays: impl Iterator<Item = (&str, f64)>) -> f64 {
    lab.behave(json!({"preset": "user", "read_after_write": 0.0, "index_delay": 0.0})).await;
    lab.behave(Value::Object(delays.map(|(name, seconds)| (name.to_owned(), json!(seconds))).collect())).await;
    let began = Instant::now();
    lab.ok(&[&["apply", "--yes"], &ENV[..]].concat()).await;
    began.elapsed().as_secs_f64()
}

/// What the calls themselves take, on a machine that has other things to do as well, is measured in the same way.
#[tokio::test]
async fn an_apply_takes_as_long_as_its_longest_chain_of_waits_and_a_plan_three_calls() {
    let (bare, lab) = (Lab::new("chain: calls").await, Lab::new("chain: waits").await);
    let delays = || WAITS.iter().flat_map(|(_, of)| of.iter().copied());
    for lab in [&bare, &lab] {
        lab.write(&fs::read_to_string(STACK).unwrap());
    }
    let waits = longest(&lab.json(&[&["plan"], &ENV[..]].concat()).await);
    let calls = applied(&bare, delays().map(|(name, _)| (name, 0.0))).await;
    let took = applied(&lab, delays()).await;
    let ratio = took / (waits + calls);
    assert!(ratio < 1.1, "{took:.0} s is {ratio:.2} times {waits:.0} s of waits and {calls:.0} s of calls");
    let plan = lab.json(&[&["plan"], &ENV[..]].concat()).await;
    assert_eq!((&plan["steps"], &plan["effort"]["deep"]), (&json!([]), &json!(3)), "{}", plan["effort"]);
}
