//! How long it takes to plan a production stack in which nothing has changed: `cargo test --bench plan`, which takes
//! what is built for tests.
//!
//! The sandbox adds 50 ms to each call, about what a region of AWS does. No client can be quicker than its longest chain
//! of calls, each of which waits for the one before; what the sandbox itself needs for the calls is measured without
//! the added time, in the same run, so the ratio does not depend on the machine.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark fails by panicking"
)]

#[path = "../tests/clouds/inventory.rs"]
mod inventory;
#[path = "../tests/clouds/lab.rs"]
mod lab;

use std::{
    fs,
    time::{Duration, Instant},
};

use lab::Lab;
use serde_json::{Value, json};

const STACK: &str = "stacks/nextjs-three-tier.yaml";
const ENV: [&str; 2] = ["--env", "prod"];
const ADDED: Duration = Duration::from_millis(50);
const RUNS: usize = 10;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // `cargo test --benches` and the like only want to know whether it runs.
    let runs = if std::env::args().any(|it| it == "--test") { 1 } else { RUNS };
    let lab = Lab::new("bench plan").await;
    lab.behave(json!({"preset": "user", "read_after_write": 0.0})).await;
    lab.write(&fs::read_to_string(STACK).unwrap());
    lab.ok(&[&["apply", "--yes"], &ENV[..]].concat()).await;
    let (bare, _) = quickest(&lab, runs).await;
    lab.behave(json!({"latency_ms": ADDED.as_millis()})).await;
    let (slow, effort) = quickest(&lab, runs).await;
    let deep = u32::try_from(effort["deep"].as_u64().unwrap()).unwrap();
    let calls: u64 = effort["calls"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    let least = bare + ADDED * deep;
    println!("{STACK} {}: nothing to do, the quickest of {runs}", ENV.join(" "));
    println!("  calls                         {calls}, {deep} in a row");
    println!("  without added time            {:>5} ms", bare.as_millis());
    println!("  with {} ms added to each call {:>5} ms", ADDED.as_millis(), slow.as_millis());
    println!("  least possible                {:>5} ms", least.as_millis());
    println!("  ratio                         {:>8.2}", slow.as_secs_f64() / least.as_secs_f64());
    lab.behave(json!({"latency_ms": 0})).await;
    lab.ok(&[&["destroy", "--yes", "--override-protection"], &ENV[..]].concat()).await;
}

/// The shortest time from the start of the binary to its end, and what it says of its calls.
async fn quickest(lab: &Lab, runs: usize) -> (Duration, Value) {
    let mut best: Option<(Duration, Value)> = None;
    for _ in 0..runs {
        let began = Instant::now();
        let plan = lab.json(&[&["plan"], &ENV[..]].concat()).await;
        let took = began.elapsed();
        assert_eq!(plan["steps"], json!([]), "{plan:#}");
        if best.as_ref().is_none_or(|it| took < it.0) {
            best = Some((took, plan["effort"].clone()));
        }
    }
    best.unwrap()
}
