//! Whatever happened before, one clean apply puts it right: nothing left to do, nothing twice, nothing left over.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod memory;

use std::collections::BTreeMap;

use infractl::{
    compile::{Ground, compile},
    observe::observe,
    plan::{Plan, Targets, plan},
    resource::{Place, graph::Graph, value::Address},
    run::{Failure, Options, Outcome, run},
    spec::{Selection, Source, load},
};
use memory::{Faults, Memory, STALE};
use proptest::{prelude::*, test_runner::FileFailurePersistence};
use tokio_util::sync::CancellationToken;

/// What one wants at a time.
#[expect(clippy::struct_excessive_bools, reason = "parts that a stack has or has not")]
#[derive(Clone, Debug)]
struct Wish {
    cidr: u8,
    zones: usize,
    nat: &'static str,
    isolated: bool,
    flow_logs: bool,
    endpoints: bool,
    second_group: bool,
    team: u8,
}

impl Wish {
    fn graph(&self) -> Graph {
        let mut text = format!(
            "stack: shop\nregion: eu-central-1\ntags: {{ team: t{} }}\nnetwork:\n  cidr: 10.{}.0.0/16\n  zones: {}\n  nat: {}\n",
            self.team, self.cidr, self.zones, self.nat
        );
        text += if self.isolated { "  tiers: [public, private, isolated]\n" } else { "  tiers: [public, private]\n" };
        text += if self.flow_logs { "  flow_logs: 30d\n" } else { "" };
        text += if self.endpoints { "  endpoints: [s3, logs]\n" } else { "" };
        text += "  security_groups:\n    app: { ingress: [{ from: network, port: 80 }] }\n";
        text += if self.second_group { "    db: { ingress: [{ from: app, port: 5432 }], egress: [] }\n" } else { "" };
        let source = Source { name: "test.yaml".into(), text };
        let loaded = load(&source, &Selection::default()).unwrap_or_else(|it| panic!("{:?}", it.items));
        let place = Place { account: "123456789012".into(), region: "eu-central-1".into(), partition: "aws".into() };
        compile(
            &loaded.spec,
            &loaded.env,
            &Ground { place, zones: ["a", "b", "c"].map(String::from).into(), ..Ground::imagined(&loaded.spec) },
        )
        .unwrap()
        .graph
    }
}

fn wish() -> impl Strategy<Value = Wish> {
    let nat = prop_oneof![Just("none"), Just("single"), Just("per_zone")];
    (0u8..2, 1usize..3, nat, any::<[bool; 4]>(), 0u8..2).prop_map(
        |(cidr, zones, nat, [isolated, flow_logs, endpoints, second_group], team)| Wish {
            cidr,
            zones,
            nat,
            isolated,
            flow_logs,
            endpoints,
            second_group,
            team,
        },
    )
}

/// What happens between two looks of ours.
#[derive(Clone, Debug)]
struct Round {
    wish: Wish,
    destroy: bool,
    faults: usize,
    kill_after: Option<usize>,
    lose: bool,
    twist: bool,
}

fn round() -> impl Strategy<Value = Round> {
    (
        wish(),
        prop::bool::weighted(0.15),
        prop_oneof![Just(0usize), Just(20)],
        prop::option::of(0usize..40),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(wish, destroy, faults, kill_after, lose, twist)| Round {
            wish,
            destroy,
            faults,
            kill_after,
            lose,
            twist,
        })
}

fn nothing(graph: &Graph) -> Graph {
    Graph::new(graph.scope.clone(), graph.place.clone(), graph.tags.clone())
}

async fn plan_for(cloud: &Memory, graph: &Graph) -> Plan {
    let observed = observe(cloud, graph).await.unwrap();
    plan(graph, &observed, &Targets::default())
}

async fn apply(cloud: &Memory, graph: &Graph, nonce: usize) -> (Plan, Outcome) {
    let observed = observe(cloud, graph).await.unwrap();
    let plan = plan(graph, &observed, &Targets::default());
    let options = Options { jobs: 8, nonce: format!("run {nonce}"), cancel: CancellationToken::new() };
    let outcome = run(cloud, graph, &plan, &observed, &options, &mut |_| ()).await;
    (plan, outcome)
}

/// Runs an apply and drops it, as a killed process would, once so many changes were made.
async fn apply_killed(cloud: &Memory, graph: &Graph, nonce: usize, after: usize) {
    let from = cloud.changes();
    let killed = async {
        while cloud.changes() < from + after {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        _ = apply(cloud, graph, nonce) => (),
        () = killed => (),
    }
}

async fn history(rounds: Vec<Round>, last: Wish, seed: u64) {
    let cloud = Memory::new(seed);
    let foreign = cloud.add_foreign("ec2.vpc", serde_json::json!({"cidr": "10.0.0.0/16"}));
    for (n, round) in rounds.iter().enumerate() {
        let graph = round.wish.graph();
        let graph = if round.destroy { nothing(&graph) } else { graph };
        cloud.misbehave(Faults { percent: round.faults, stale: round.faults });
        match round.kill_after {
            Some(after) => apply_killed(&cloud, &graph, n, after).await,
            None => drop(apply(&cloud, &graph, n).await),
        }
        cloud.misbehave(Faults::default());
        // Nobody starts again while a look may still be stale.
        tokio::time::sleep(STALE).await;
        if round.lose {
            cloud.lose_one();
        }
        if round.twist {
            cloud.twist_one();
        }
    }
    let graph = last.graph();
    let (plan, outcome) = apply(&cloud, &graph, 1000).await;
    assert_eq!(plan.conflicts, []);
    assert!(outcome.is_complete(), "{:#?}\n{:#?}", outcome.failed, plan.steps);
    let again = plan_for(&cloud, &graph).await;
    assert!(again.is_empty(), "{again:#?}");
    let mut wanted = BTreeMap::<_, usize>::new();
    for node in graph.nodes.values() {
        *wanted.entry(node.facts.kind).or_default() += 1;
    }
    *wanted.entry("ec2.vpc").or_default() += 1;
    assert_eq!(cloud.count(), wanted);
    let (_, outcome) = apply(&cloud, &nothing(&graph), 1001).await;
    assert!(outcome.is_complete(), "{:#?}", outcome.failed);
    assert_eq!(cloud.count(), BTreeMap::from([("ec2.vpc", 1)]));
    assert!(cloud.holds(&foreign));
}

/// The clock does not run, so the minutes for which a deletion is borne are over at once.
#[tokio::test(start_paused = true)]
async fn a_deletion_that_stays_blocked_is_given_up_and_gone_on_with_later() {
    let cloud = Memory::new(1);
    let wish = Wish {
        cidr: 0,
        zones: 1,
        nat: "none",
        isolated: false,
        flow_logs: false,
        endpoints: false,
        second_group: false,
        team: 0,
    };
    let graph = wish.graph();
    assert!(apply(&cloud, &graph, 0).await.1.is_complete());
    let vpc = observe(&cloud, &graph).await.unwrap().ours[&Address::new("ec2.vpc", "main")].id().to_owned();
    let theirs = cloud.add_foreign("ec2.subnet", serde_json::json!({"vpc": vpc, "cidr": "10.0.200.0/24"}));

    let (_, outcome) = apply(&cloud, &nothing(&graph), 1).await;
    let [(_, Failure::Blocked { after, by, .. })] = &outcome.failed[..] else { panic!("{:?}", outcome.failed) };
    assert_eq!((*after >= 300, by), (true, &vec![theirs.clone()]));
    assert_eq!(cloud.count(), BTreeMap::from([("ec2.subnet", 1), ("ec2.vpc", 1)]));

    cloud.remove_foreign(&theirs);
    let (plan, outcome) = apply(&cloud, &nothing(&graph), 2).await;
    assert!(outcome.is_complete() && plan.steps.len() == 1, "{:?}", outcome.failed);
    assert_eq!(cloud.count(), BTreeMap::new());
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1000,
        max_shrink_iters: 200,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/converge/regressions.txt"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn converges(rounds in prop::collection::vec(round(), 0..4), last in wish(), seed: u64) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(history(rounds, last, seed));
    }
}
