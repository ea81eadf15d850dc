//! How long an apply takes, as against what it has to wait for.

use std::{collections::BTreeMap, fs, time::Instant};

use serde_json::{Value, json};

use crate::lab::Lab;

const STACK: &str = "stacks/nextjs-three-tier.yaml";
const ENV: [&str; 2] = ["--env", "prod"];

/// How long the sandbox takes for a kind: by which of its behaviours, and how many seconds each.
const WAITS: [(&str, &[(&str, f64)]); 7] = [
    ("ec2.nat_gateway", &[("nat_delay", 25.0)]),
    ("ec2.vpc_endpoint", &[("endpoint_delay", 6.0)]),
    ("ecs.service", &[("task_delay", 10.0), ("health_delay", 9.0)]),
    ("elasticache.replication_group", &[("cache_delay", 40.0)]),
    ("elb.load_balancer", &[("lb_delay", 30.0)]),
    ("rds.instance", &[("rds_delay", 60.0)]),
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

#[tokio::test]
async fn an_apply_takes_as_long_as_its_longest_chain_of_waits() {
    let lab = Lab::new("chain").await;
    lab.behave(json!({"preset": "user", "read_after_write": 0.0})).await;
    let delays = WAITS.iter().flat_map(|(_, of)| of.iter()).map(|(name, seconds)| ((*name).to_owned(), json!(seconds)));
    lab.behave(Value::Object(delays.collect())).await;
    lab.write(&fs::read_to_string(STACK).unwrap());
    let least = longest(&lab.json(&[&["plan"], &ENV[..]].concat()).await);
    let began = Instant::now();
    lab.ok(&[&["apply", "--yes"], &ENV[..]].concat()).await;
    let ratio = began.elapsed().as_secs_f64() / least;
    assert!(ratio < 1.1, "{ratio:.2} times {least} s");
}
