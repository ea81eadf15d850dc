//! Looking: never a change, few calls, nothing taken for absent that was not seen.

use std::{collections::BTreeSet, time::Instant};

use infractl::api::permissions::permission;
use serde_json::{Value, json};

use crate::lab::Lab;

/// A network in two zones, of all kinds of resources.
const STACK: &str = "
stack: looks
region: eu-central-1
network:
  cidr: 10.0.0.0/16
  zones: 2
  nat: single
  flow_logs: 30d
  endpoints: [s3, logs]
  acls:
    isolated: {ingress: [{rule: 100, action: allow, from: network}], egress: [{rule: 100, action: allow, to: network}]}
  security_groups:
    web: {ingress: [{from: internet, port: 443}]}
    app: {ingress: [{from: web, port: 3000}]}
outputs: {vpc: '${network.vpc_id}'}
";

/// What looks at a cloud.
const LOOKS: [&[&str]; 6] = [
    &["plan"],
    &["plan", "--detailed-exitcode", "--format", "json"],
    &["plan", "--out", "plan.json"],
    &["plan", "--target", "network.endpoints"],
    &["outputs"],
    &["outputs", "--format", "json"],
];

/// What looks at the stack file only, if at that.
const OFFLINE: [&[&str]; 6] =
    [&["validate"], &["graph"], &["graph", "--format", "json"], &["explain", "ec2.vpc"], &["explain"], &["schema"]];

async fn applied(name: &str) -> Lab {
    let lab = Lab::new(name).await;
    lab.behave(json!({"preset": "plain"})).await;
    lab.write(STACK);
    lab.ok(&["apply", "--yes"]).await;
    lab
}

/// Changes some of what was made by hand: a part is missing, a part is otherwise, a part is too much.
async fn drift(lab: &Lab) {
    lab.behave(json!({"page_size": 0, "empty_pages": 0})).await;
    let cx = lab.aws().await;
    let endpoints = cx.ec2.describe_vpc_endpoints().send().await.unwrap().vpc_endpoints.unwrap();
    let ids = endpoints.into_iter().map(|it| it.vpc_endpoint_id.unwrap()).collect();
    cx.ec2.delete_vpc_endpoints().set_vpc_endpoint_ids(Some(ids)).send().await.unwrap();
    let rules = cx.ec2.describe_security_group_rules().send().await.unwrap().security_group_rules.unwrap();
    let rule = rules.iter().find(|it| it.from_port == Some(443)).unwrap();
    let call = cx.ec2.revoke_security_group_ingress().group_id(rule.group_id().unwrap());
    call.security_group_rule_ids(rule.security_group_rule_id().unwrap()).send().await.unwrap();
    let call = cx.logs.put_retention_policy().log_group_name("/infractl/looks/default/flow-logs");
    call.retention_in_days(7).send().await.unwrap();
}

async fn steps(lab: &Lab) -> Value {
    let mut plan = lab.json(&["plan"]).await;
    plan.as_object_mut().unwrap().remove("effort");
    plan
}

#[tokio::test]
async fn looking_changes_nothing() {
    let lab = Lab::new("reads: changes nothing").await;
    lab.write(STACK);
    for state in ["empty", "live", "drifted"] {
        match state {
            "live" => drop(lab.ok(&["apply", "--yes"]).await),
            "drifted" => drift(&lab).await,
            _ => (),
        }
        let (before, changes) = (lab.calls().await.len(), lab.changes().await);
        for args in OFFLINE {
            lab.ok(args).await;
        }
        assert_eq!(lab.calls().await.len(), before, "what looks at a file only asked {state} clouds");
        for args in LOOKS {
            let said = lab.run(args).await;
            assert!([0, 2].contains(&said.code), "{args:?} {said:?}");
            assert_eq!(lab.changes().await, changes, "{args:?} changed {state} clouds");
        }
        assert!(lab.calls().await.len() > before);
    }
}

#[tokio::test]
async fn a_look_takes_as_many_calls_as_it_says() {
    let lab = Lab::new("reads: calls").await;
    lab.behave(json!({"preset": "plain"})).await;
    lab.write(STACK);
    assert_eq!(effort(&lab).await, (58, 2));
    lab.ok(&["apply", "--yes"]).await;
    assert_eq!(effort(&lab).await, (62, 3));
    let said = lab.ok(&["plan"]).await.out;
    assert!(said.starts_with("Nothing to do: ") && said.contains("(62 calls, 3 "), "{said}");
    // One more zone is four more resources, and not one more call.
    lab.write(&STACK.replace("zones: 2", "zones: 3"));
    lab.ok(&["apply", "--yes"]).await;
    assert_eq!(effort(&lab).await, (62, 3));
    lab.assert_empty().await;
}

/// How many calls a plan says it takes, which is as many as were received, and how many of them one after the other.
async fn effort(lab: &Lab) -> (usize, u64) {
    let before = lab.calls().await.len();
    let effort = &lab.json(&["plan"]).await["effort"];
    let said: u64 = effort["calls"].as_object().unwrap().values().map(|it| it.as_u64().unwrap()).sum();
    let received = lab.calls().await.len() - before;
    assert_eq!(received as u64, said);
    (received, effort["deep"].as_u64().unwrap())
}

#[tokio::test]
async fn a_look_takes_as_long_as_its_longest_chain_of_calls() {
    let lab = applied("reads: latency").await;
    // So long that what this machine does meanwhile hardly counts.
    lab.behave(json!({"latency_ms": 4000})).await;
    let cx = lab.aws().await.read;
    // The first call makes the connection.
    cx.ec2.describe_vpcs().send().await.unwrap();
    let mut quickest = f64::INFINITY;
    // The machine has other things to do as well, now and then.
    for _ in 0..3 {
        let began = Instant::now();
        cx.ec2.describe_vpcs().send().await.unwrap();
        let single = began.elapsed().as_secs_f64();
        let effort = &lab.json(&["plan"]).await["effort"];
        assert_eq!(effort["deep"], 3);
        quickest = quickest.min(effort["seconds"].as_f64().unwrap() / single);
        if quickest < 3.0 * 1.25 {
            return;
        }
    }
    panic!("a look three calls deep took as long as {quickest:.2} calls");
}

#[tokio::test]
async fn what_cannot_be_seen_is_not_taken_for_absent() {
    let lab = applied("reads: denied").await;
    let before = lab.calls().await.len();
    lab.ok(&["plan"]).await;
    let calls = lab.calls().await.into_iter().skip(before).map(|(name, _)| name);
    // A token at Cloudflare that is for something else is no reason to stop where nothing is wanted there: see `cloudflare`.
    let calls: BTreeSet<_> = calls.filter(|it| !it.starts_with("cloudflare:")).collect();
    assert!(calls.len() > 15, "{calls:?}");
    let changes = lab.changes().await;
    for call in calls {
        lab.faults(json!([{"kind": "access_denied", "operation": call}])).await;
        for args in [&["plan"][..], &["apply", "--yes"], &["destroy", "--yes"], &["outputs"]] {
            let said = lab.run(args).await;
            assert_eq!(said.code, 4, "{args:?} without {call}: {said:?}");
            assert!(
                said.err.contains(&format!("allow `{}`", permission(&call))),
                "{args:?} without {call}: {}",
                said.err
            );
        }
        assert_eq!(lab.changes().await, changes, "without {call}");
    }
    lab.faults(json!([])).await;
    lab.assert_empty().await;
}

#[tokio::test]
async fn a_part_of_a_list_is_not_the_list() {
    let lab = applied("reads: second page").await;
    lab.behave(json!({"page_size": 2})).await;
    let changes = lab.changes().await;
    // In turn, about every second call is refused: the first page of a list may come, and the second not.
    lab.faults(json!([{"kind": "access_denied", "operation": "ec2:DescribeSubnets", "rate": 0.5}])).await;
    for _ in 0..8 {
        let said = lab.run(&["destroy", "--format", "json"]).await;
        let tree: Value = serde_json::from_str(&said.out).unwrap();
        // Nobody is there to say yes, once all was seen.
        assert!(said.code == 4 && tree["refusals"][0]["call"] == "ec2:DescribeSubnets" || said.code == 2, "{said:?}");
    }
    assert_eq!(lab.changes().await, changes);
}

#[tokio::test]
async fn pages_make_no_difference() {
    let lab = Lab::new("reads: pages").await;
    lab.write(STACK);
    for state in ["empty", "live", "drifted"] {
        lab.behave(json!({"preset": "plain"})).await;
        match state {
            "live" => drop(lab.ok(&["apply", "--yes"]).await),
            "drifted" => drift(&lab).await,
            _ => (),
        }
        let whole = steps(&lab).await;
        for empty_pages in [0.0, 1.0] {
            lab.behave(json!({"page_size": 1, "empty_pages": empty_pages})).await;
            assert_eq!(steps(&lab).await, whole, "{state}");
        }
    }
}

#[tokio::test]
async fn throttling_that_does_not_end_ends_the_look() {
    let lab = applied("reads: throttled").await;
    let changes = lab.changes().await;
    lab.faults(json!([{"kind": "throttle", "operation": "ec2:*"}])).await;
    let said = lab.run(&["plan"]).await;
    assert_eq!(said.code, 4, "{said:?}");
    assert!(said.err.contains("RequestLimitExceeded") && said.err.contains("too many calls"), "{}", said.err);
    assert_eq!(lab.changes().await, changes);
}
