//! Target groups and rules, as routes of services make them, without the services.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::{
    Action as Does, ActionTypeEnum, ForwardActionConfig, RuleCondition, RulePriorityPair, SourceIpConditionConfig, Tag,
    TargetGroupAttribute, TargetGroupTuple,
};
use infractl::{
    api::WriteCx,
    catalog::aws::elb::target_group::TargetGroup,
    compile::{Ground, compile},
    observe::observe,
    plan::{Action, Observed, Plan, Step, Targets, plan},
    resource::{Place, graph::Graph},
    run::{Options, run},
    spec::{Selection, Source, load},
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::{
    lab::Lab,
    routes::{self, Route},
};

const STACK: &str = "
stack: shop
region: eu-central-1
network: { zones: 2, tiers: [public], nat: none }
load_balancer: { http: serve }
";

struct Front {
    lab: Lab,
    cx: WriteCx,
}

impl Front {
    async fn new(name: &str) -> Self {
        let lab = Lab::new(name).await;
        lab.write(STACK);
        Self { cx: lab.aws().await, lab }
    }

    fn graph(&self, routes: &[Route], edit: fn(&mut TargetGroup)) -> Graph {
        let source = Source { name: "infractl.yaml".into(), text: STACK.into() };
        let loaded = load(&source, &Selection::default()).unwrap_or_else(|it| panic!("{:?}", it.items));
        let place = Place { account: self.lab.account.clone(), region: "eu-central-1".into(), partition: "aws".into() };
        let ground = Ground { place, zones: vec!["a".into(), "b".into()], ..Ground::imagined(&loaded.spec) };
        let mut graph = compile(&loaded.spec, &loaded.env, &ground).unwrap().graph;
        routes::add(&mut graph, "http", routes, edit);
        graph
    }

    async fn plan(&self, graph: &Graph) -> (Observed, Plan) {
        let observed = observe(&self.cx, graph).await.unwrap();
        let plan = plan(graph, &observed, &Targets::default());
        assert!(plan.conflicts.is_empty(), "{:#?}", plan.conflicts);
        (observed, plan)
    }

    /// Brings the stack to what `graph` says, and gives what was to be done.
    async fn apply(&self, graph: &Graph) -> Vec<String> {
        let (observed, plan) = self.plan(graph).await;
        let options = Options { jobs: 8, nonce: "rules".into(), cancel: CancellationToken::default() };
        let outcome = run(&self.cx, graph, &plan, &observed, &options, &mut |_| ()).await;
        assert!(outcome.is_complete(), "{outcome:#?}");
        let (_, left) = self.plan(graph).await;
        assert_eq!(lines(&left), Vec::<String>::new());
        lines(&plan)
    }

    /// What somebody did shows as such, and is put right.
    async fn put_right(&self, graph: &Graph, expected: &[&str]) {
        self.lab.behave(json!({"read_after_write": 0.2})).await;
        assert_eq!(self.apply(graph).await, expected);
    }

    /// Somebody else, whose changes are seen at once.
    async fn meddle(&self) -> BTreeMap<String, String> {
        self.lab.behave(json!({"read_after_write": 0.0})).await;
        let observed = self.plan(&self.graph(&[], |_| ())).await.0;
        let arns = observed.ours.iter().map(|(at, live)| (at.to_string(), live.id().to_owned()));
        arns.collect()
    }

    async fn end(self) {
        self.lab.ok(&["destroy", "--yes"]).await;
        assert_eq!(self.lab.inventory().await, Vec::<String>::new());
    }
}

/// What of load balancing a plan does, and what an update changes.
fn lines(plan: &Plan) -> Vec<String> {
    let line = |it: &Step| match &it.action {
        Action::Create { .. } => format!("create {}", it.target),
        Action::Update { fields, .. } => {
            let paths: Vec<_> = fields.iter().map(|it| it.path.as_str()).collect();
            format!("update {} {}", it.target, paths.join(", "))
        }
        Action::Delete { .. } => format!("delete {}", it.target),
        Action::Await { .. } => format!("await {}", it.target),
    };
    let mut acc: Vec<_> = plan.steps.iter().filter(|it| it.target.kind().starts_with("elb.")).map(line).collect();
    acc.sort();
    acc
}

const ROUTES: [Route; 3] =
    [("api", "api.example.com", "", 100), ("web", "", "/*", 300), ("docs", "www.example.com", "/docs/*", 200)];

#[tokio::test]
async fn rules_change_places_and_stay_the_same() {
    let front = Front::new("rules: places").await;
    let made = front.apply(&front.graph(&ROUTES, |_| ())).await;
    assert_eq!(made.len(), 8, "{made:#?}");
    let before = front.meddle().await;
    front.lab.behave(json!({"preset": "strict"})).await;
    let [api, web, docs] = ROUTES;
    let turned = [(api.0, api.1, api.2, 300), (web.0, web.1, web.2, 200), (docs.0, docs.1, docs.2, 100)];
    let moved = front.apply(&front.graph(&turned, |_| ())).await;
    assert_eq!(
        moved,
        ["update elb.rule/api priority", "update elb.rule/docs priority", "update elb.rule/web priority"]
    );
    // One in the middle moves those that have its place.
    let more = [("new", "new.example.com", "", 200), (web.0, web.1, web.2, 201), turned[0], turned[2]];
    let moved = front.apply(&front.graph(&more, |_| ())).await;
    assert_eq!(moved, ["create elb.rule/new", "create elb.target_group/new", "update elb.rule/web priority"]);
    let after = front.meddle().await;
    assert!(before.iter().all(|(at, arn)| after.get(at) == Some(arn)), "{before:#?} {after:#?}");
    front.lab.behave(json!({"preset": "strict"})).await;
    // And what has the place of one that goes waits for that.
    let less = [(web.0, web.1, web.2, 300), turned[2]];
    let gone = front.apply(&front.graph(&less, |_| ())).await;
    let expected = [
        "delete elb.rule/api",
        "delete elb.rule/new",
        "delete elb.target_group/api",
        "delete elb.target_group/new",
        "update elb.rule/web priority",
    ];
    assert_eq!(gone, expected);
    front.end().await;
}

#[tokio::test]
async fn settings_of_target_groups_and_rules_change_in_place() {
    let front = Front::new("rules: settings").await;
    let [api, ..] = ROUTES;
    front.apply(&front.graph(&[api], |_| ())).await;
    let edited = |it: &mut TargetGroup| {
        it.health_check.path = "/up".into();
        it.health_check.codes = "200".into();
        it.health_check.interval_seconds = 30;
        it.deregistration_delay_seconds = 60;
        it.slow_start_seconds = 30;
        it.algorithm = "least_outstanding_requests".into();
        it.sticky_seconds = Some(600);
    };
    let changed = "update elb.target_group/api health_check.path, health_check.codes, health_check.interval_seconds, \
        deregistration_delay_seconds, slow_start_seconds, algorithm, sticky_seconds";
    assert_eq!(front.apply(&front.graph(&[api], edited)).await, [changed]);
    let other = ("api", "", "/api/*", 100);
    assert_eq!(front.apply(&front.graph(&[other], edited)).await, ["update elb.rule/api hosts, paths"]);
    // A group that is made anew takes the rule with it that holds it.
    let grpc = |it: &mut TargetGroup| {
        it.protocol_version = "GRPC".into();
        it.health_check.codes = "0-99".into();
    };
    let anew = front.apply(&front.graph(&[other], grpc)).await;
    let expected =
        ["create elb.rule/api", "create elb.target_group/api", "delete elb.rule/api", "delete elb.target_group/api"];
    assert_eq!(anew, expected);
    front.end().await;
}

#[tokio::test]
async fn what_others_do_to_rules_and_target_groups_is_put_right() {
    let front = Front::new("rules: drift").await;
    let graph = front.graph(&ROUTES[..2], |_| ());
    front.apply(&graph).await;
    let elb = &front.cx.elb;

    let arns = front.meddle().await;
    let (rule, group) = (&arns["elb.rule/api"], &arns["elb.target_group/api"]);
    let share = |arn: &str, weight| TargetGroupTuple::builder().target_group_arn(arn).weight(weight).build();
    let both = ForwardActionConfig::builder().target_groups(share(group, 10));
    let both = both.target_groups(share(&arns["elb.target_group/web"], 90)).build();
    let both = Does::builder().r#type(ActionTypeEnum::Forward).forward_config(both).build();
    elb.modify_rule().rule_arn(rule).actions(both).send().await.unwrap();
    front.put_right(&graph, &["update elb.rule/api target_groups, weights"]).await;

    front.meddle().await;
    let ip = SourceIpConditionConfig::builder().values("10.0.0.0/8").build();
    let ip = RuleCondition::builder().field("source-ip").source_ip_config(ip).build();
    let path = RuleCondition::builder().field("path-pattern").values("/other").build();
    elb.modify_rule().rule_arn(rule).conditions(ip).conditions(path).send().await.unwrap();
    front.put_right(&graph, &["update elb.rule/api hosts, paths, others"]).await;

    front.meddle().await;
    let tag = Tag::builder().key("by").value("hand").build();
    elb.add_tags().resource_arns(rule).resource_arns(group).tags(tag).send().await.unwrap();
    elb.modify_target_group().target_group_arn(group).health_check_enabled(false).send().await.unwrap();
    front
        .put_right(
            &graph,
            &["update elb.rule/api tags.by", "update elb.target_group/api health_check.protocol, tags.by"],
        )
        .await;

    front.meddle().await;
    let pair = RulePriorityPair::builder().rule_arn(rule).priority(7).build();
    elb.set_rule_priorities().rule_priorities(pair).send().await.unwrap();
    let others = [
        ("deregistration_delay.timeout_seconds", "0"),
        ("slow_start.duration_seconds", "60"),
        ("load_balancing.algorithm.type", "weighted_random"),
        ("stickiness.enabled", "false"),
    ];
    let others = others.map(|(key, value)| TargetGroupAttribute::builder().key(key).value(value).build());
    let call = elb.modify_target_group_attributes().target_group_arn(group);
    call.set_attributes(Some(others.into())).send().await.unwrap();
    let group_fields = "deregistration_delay_seconds, slow_start_seconds, algorithm, sticky_seconds";
    let expected = ["update elb.rule/api priority", &format!("update elb.target_group/api {group_fields}")];
    front.put_right(&graph, &expected).await;

    front.meddle().await;
    elb.delete_rule().rule_arn(rule).send().await.unwrap();
    front.put_right(&graph, &["create elb.rule/api"]).await;

    let arns = front.meddle().await;
    elb.delete_rule().rule_arn(&arns["elb.rule/web"]).send().await.unwrap();
    front.lab.behave(json!({"target_group_release": 0.0})).await;
    elb.delete_rule().rule_arn(&arns["elb.rule/api"]).send().await.unwrap();
    elb.delete_target_group().target_group_arn(&arns["elb.target_group/api"]).send().await.unwrap();
    let gone = ["create elb.rule/api", "create elb.rule/web", "create elb.target_group/api"];
    front.put_right(&graph, &gone).await;
    front.end().await;
}
