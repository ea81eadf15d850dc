//! What is there and what should be, and the plan that leads from one to the other, as people and machines see it.
//!
//! A scenario is a file in `tests/plans`; its first line says what it is about. `before` is a stack that was applied, `live`
//! what others did to it since, `after` what is wanted now; both stacks are merged over [`STACK`], `after` also over
//! `before`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use futures::{FutureExt, future::BoxFuture};
use infractl::{
    api::{Result, meter::Counts},
    catalog::{KINDS, Reads, lifecycle::Look},
    compile::{Ground, compile},
    observe::observe,
    plan::{Observed, Plan, Targets, plan},
    resource::{
        Facts, LiveTree, Status,
        graph::Graph,
        tags::Tags,
        value::{Address, OutRef, references, resolve},
    },
    show::{
        json, text,
        view::{Effort, View},
    },
    spec::{Selection, Source, load},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// What every stack says unless it says otherwise.
const STACK: &str = r#"{"stack": "shop", "region": "eu-central-1", "account": "123456789012"}"#;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    /// The stack as it was applied; nothing was if it is left out.
    before: Option<Value>,
    /// What others did since, by address.
    #[serde(default)]
    live: BTreeMap<String, Edit>,
    /// What is there and not ours.
    #[serde(default)]
    foreign: Vec<Foreign>,
    /// The stack as it should be.
    #[serde(default)]
    after: Value,
    /// A file instead of `after`, from the root of the repository.
    file: Option<String>,
    /// What `--env` says.
    env: Option<String>,
    /// What `--target` says.
    #[serde(default)]
    target: Vec<String>,
    /// Whether nothing is wanted any more.
    #[serde(default)]
    destroy: bool,
    /// Whether its colours matter.
    #[serde(default)]
    coloured: bool,
    /// Whether machines read it.
    #[serde(default)]
    json: bool,
}

/// What somebody did to a resource.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Edit {
    gone: bool,
    state: Value,
    out: Value,
    tags: Value,
    status: Status,
    /// A second one that is like it, tags included.
    twin: Option<Twin>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Twin {
    id: String,
    #[serde(default)]
    status: Status,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Foreign {
    kind: String,
    id: String,
    state: Value,
    #[serde(default)]
    tags: Tags,
}

/// Everything that is there, by type.
struct World(Vec<(String, LiveTree)>);

impl Reads for World {
    fn kinds(&self) -> Vec<&'static Facts> {
        KINDS.iter().map(|it| it.facts()).collect()
    }

    fn read<'a>(&'a self, kind: &'a str, _: Look<Value>) -> BoxFuture<'a, Result<Vec<LiveTree>>> {
        let found = self.0.iter().filter(|(it, _)| it == kind).map(|(_, live)| live.clone()).collect();
        Box::pin(async move { Ok(found) })
    }
}

#[test]
fn plans() {
    insta::glob!("plans/*.yaml", |path| {
        let text = fs::read_to_string(path).unwrap();
        let about = text.lines().next().and_then(|it| it.strip_prefix("# ")).expect("a scenario says what it is about");
        let scenario: Scenario = serde_saphyr::from_str(&text).unwrap_or_else(|it| panic!("{}: {it}", path.display()));
        insta::with_settings!({
            snapshot_path => "plans/snapshots", prepend_module_to_snapshot => false, omit_expression => true, description => about,
        }, {
            insta::assert_snapshot!(scenario.shown());
        });
    });
}

impl Scenario {
    fn shown(&self) -> String {
        let (graph, observed, protect) = self.world();
        let targets = Targets(self.target.clone());
        let plan = plan(&graph, &observed, &targets);
        sound(&observed, &plan);
        let effort = Effort {
            counts: Counts { calls: BTreeMap::from([("ec2", 14), ("iam", 2), ("logs", 2)]), deepest: 2 },
            took: Duration::from_millis(420),
        };
        let (observed, targets, effort) = (&observed, &targets, &effort);
        let view = View { plan: &plan, graph: &graph, observed, targets, protect, effort };
        if self.json {
            return format!("{:#}", json::plan(&view));
        }
        let coloured = text::plan(&view);
        let text = anstream::adapter::strip_str(&coloured).to_string();
        let trailing = text.lines().find(|it| it.trim_end() != *it);
        assert_eq!(trailing, None, "a line ends with spaces");
        if self.coloured { coloured.replace('\u{1b}', "␛") } else { text }
    }

    /// What should be, what is, and whether that is protected.
    fn world(&self) -> (Graph, Observed, bool) {
        let mut stack: Value = serde_json::from_str(STACK).unwrap();
        let mut world = World(self.foreign.iter().map(Foreign::live).collect());
        if let Some(before) = &self.before {
            merge(&mut stack, before);
            let (graph, _) = compiled(&stack.to_string(), self.env.as_deref());
            world.0.extend(applied(&graph, &self.live));
        }
        merge(&mut stack, &self.after);
        let text = match &self.file {
            Some(path) => fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap(),
            None => stack.to_string(),
        };
        let text = text.replace("STACK", "hello").replace("REGION", "eu-central-1");
        let (mut graph, protect) = compiled(&text, self.env.as_deref());
        if self.destroy {
            graph.nodes.clear();
        }
        let observed = observe(&world, &graph).now_or_never().expect("what is in memory keeps nobody waiting").unwrap();
        (graph, observed, protect)
    }
}

#[test]
fn every_plan_has_its_scenario() {
    let files = |folder: &str| fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect::<Vec<_>>();
    let mut kept = files("tests/plans/snapshots");
    kept.retain(|it| it.extension().is_some_and(|it| it == "snap"));
    let scenario = |it: &Path| it.file_stem().unwrap().to_str().unwrap().trim_start_matches("plans@").to_owned();
    let without: Vec<_> = kept.iter().filter(|it| !Path::new("tests/plans").join(scenario(it)).exists()).collect();
    assert!(without.is_empty() && kept.len() > 40, "{without:?}");
}

/// The resources of a stack, and whether it is protected. JSON is YAML.
fn compiled(text: &str, env: Option<&str>) -> (Graph, bool) {
    let source = Source { name: "infractl.yaml".into(), text: text.into() };
    let selection = Selection { env: env.map(str::to_owned), ..Selection::default() };
    let loaded = load(&source, &selection).unwrap_or_else(|it| panic!("{:#?}\n{text}", it.items));
    let ground = Ground::imagined(&loaded.spec);
    (compile(&loaded.spec, &loaded.env, &ground).unwrap().graph, loaded.spec.protect)
}

/// <https://www.rfc-editor.org/rfc/rfc7396>, but that `null` alone changes nothing.
fn merge(into: &mut Value, patch: &Value) {
    match (into, patch) {
        (_, Value::Null) => (),
        (Value::Object(into), Value::Object(patch)) => {
            for (key, patch) in patch {
                if patch.is_null() {
                    into.shift_remove(key);
                } else {
                    merge(into.entry(key.clone()).or_insert(Value::Null), patch);
                }
            }
        }
        (into, patch) => *into = patch.clone(),
    }
}

/// What an apply of `graph` leaves behind, and what became of it since.
fn applied(graph: &Graph, edits: &BTreeMap<String, Edit>) -> Vec<(String, LiveTree)> {
    let known = |out: &OutRef| graph.foretold(out).or_else(|| outputs(graph, &out.from).get(&out.out).cloned());
    let mut acc = Vec::new();
    for (address, node) in &graph.nodes {
        let state = resolve(&node.want, &known);
        assert_eq!(references(&state), [].into(), "{address} refers to an output that its type has not");
        let mut live = LiveTree {
            state: (node.facts.canonical)(&state).unwrap(),
            out: outputs(graph, address),
            tags: graph.scope.tags(address),
            status: Status::Ready,
        };
        live.tags.extend(node.tags.clone());
        let kind = address.kind().to_owned();
        if let Some(edit) = edits.get(address.as_str()) {
            merge(&mut live.state, &edit.state);
            merge(&mut live.out, &edit.out);
            let mut tags = json!(live.tags);
            merge(&mut tags, &edit.tags);
            live.tags = serde_json::from_value(tags).unwrap();
            live.status = edit.status.clone();
            if let Some(Twin { id, status }) = &edit.twin {
                let mut twin = LiveTree { status: status.clone(), ..live.clone() };
                twin.out["id"] = json!(id);
                acc.push((kind.clone(), twin));
            }
            if edit.gone {
                continue;
            }
        }
        acc.push((kind, live));
    }
    let unknown: Vec<_> = edits.keys().filter(|it| !graph.nodes.keys().any(|at| at.as_str() == *it)).collect();
    assert!(unknown.is_empty(), "nobody can edit what is not there: {unknown:?}");
    acc
}

/// What a resource tells once it is there, the same each time.
fn outputs(graph: &Graph, address: &Address) -> Value {
    let mut foretold = graph.nodes[address].foretold.clone();
    // What of it is known only later.
    let later = match address.kind() {
        "acm.validation" => json!({"arn": format!("arn:{}", address.name())}),
        "acm.certificate" => json!({
            "arn": format!("arn:{}", address.name()),
            "record_name.example.com": "_1.example.com", "record_value.example.com": "_2.acm-validations.aws",
        }),
        "elasticache.replication_group" => json!({"host": "master.cache", "reader_host": "replica.cache", "nodes": []}),
        "elasticache.serverless_cache" => json!({"host": "serverless.cache", "reader_host": "serverless.cache"}),
        "ec2.instance" => json!({
            "id": format!("i-{}", address.name()), "private_ip": "10.0.0.7", "private_dns": "machine", "volumes": [],
        }),
        "elb.load_balancer" => json!({
            "arn": format!("arn:{}", address.name()), "arn_suffix": "app/main", "dns_name": "main.elb", "zone_id": "Z1",
        }),
        "autoscaling.policy" | "autoscaling.scheduled_action" | "autoscaling.step_policy" => {
            json!({"arn": format!("arn:{}", address.name())})
        }
        "ecs.task_definition" => json!({"arn": format!("arn:task-definition/{}:1", address.name())}),
        "autoscaling.target" => json!({"arn": "arn:target", "resource_id": format!("service/{}", address.name())}),
        "elb.listener" | "elb.rule" => json!({"arn": format!("arn:{}", address.name())}),
        "ecs.migration" => {
            json!({"arn": format!("arn:task-definition/{}:1", address.name()), "task": null})
        }
        "elb.target_group" => json!({"arn": format!("arn:{}", address.name()), "arn_suffix": "targetgroup/main"}),
        "rds.instance" => json!({
            "resource_id": "db-1", "host": format!("{}.rds", address.name()), "managed_secret": "arn:managed", "allocated": 20,
        }),
        "upstash.database" => json!({
            "id": format!("db-{}", address.name()), "host": format!("{}.upstash.io", address.name()), "version": "v1",
            "state": "active",
        }),
        "cloudfront.distribution" => json!({
            "id": format!("E-{}", address.name()), "arn": format!("arn:distribution/E-{}", address.name()),
            "domain_name": format!("{}.cloudfront.net", address.name()),
        }),
        "cloudfront.origin_access_control" => json!({"id": format!("OAC-{}", address.name())}),
        "cloudfront.response_headers_policy" => json!({"id": format!("headers-{}", address.name())}),
        "s3.content" => json!({"last": 1, "ruled": true, "whole": true}),
        "secretsmanager.secret" => json!({"arn": format!("arn:{}", address.name()), "version": "v1"}),
        "waf.association" | "waf.logging" => json!({"arn": format!("arn:{}", address.name())}),
        "waf.ip_set" | "waf.web_acl" => json!({"arn": format!("arn:{}", address.name()), "id": "1"}),
        _ => json!({}),
    };
    foretold.extend(later.as_object().unwrap().clone());
    if !foretold.is_empty() {
        return Value::Object(foretold);
    }
    let prefix = match address.kind() {
        "ec2.vpc" => "vpc",
        "ec2.subnet" => "subnet",
        "ec2.internet_gateway" => "igw",
        "ec2.eip" => "eipalloc",
        "ec2.nat_gateway" => "nat",
        "ec2.route_table" => "rtb",
        "ec2.network_acl" => "acl",
        "ec2.security_group" | "ec2.security_group_rules" => "sg",
        "ec2.vpc_endpoint" => "vpce",
        "ec2.flow_log" => "fl",
        "sns.subscription" => "sub",
        "acm.certificate" | "acm.validation" => "cert",
        "route53.zone" => "Z",
        "route53.record" | "route53.health_check" => "dns",
        "cloudflare.ruleset" | "cloudflare.connector" => "edge",
        "cloudflare.record" => "record",
        "cloudflare.origin_certificate" => "certificate",
        "cloudflare.bot_management" | "cloudflare.settings" | "cloudflare.tiered_cache" => "zone",
        other => panic!("say how the ids of {other} begin"),
    };
    let mut acc = json!({"id": format!("{prefix}-{}", address.name().trim_start_matches("nat-"))});
    if matches!(prefix, "eipalloc" | "nat") {
        acc["public_ip"] = json!("192.0.2.1");
    }
    acc
}

impl Foreign {
    fn live(&self) -> (String, LiveTree) {
        let out = json!({"id": self.id});
        let live = LiveTree { state: self.state.clone(), out, tags: self.tags.clone(), status: Status::Ready };
        (self.kind.clone(), live)
    }
}

/// What holds for every plan: each step after those that it needs, and the same when it was kept in a file.
fn sound(observed: &Observed, plan: &Plan) {
    for (at, step) in plan.steps.iter().enumerate() {
        assert_eq!(step.id.0, at);
        assert!(step.needs.iter().all(|it| it.0 < at), "{step:#?}");
        let there = observed.ours.contains_key(&step.target);
        assert!(there || step.action.live().is_none(), "{step:#?}");
    }
    let kept: Plan = serde_json::from_value(json!(plan)).unwrap();
    assert_eq!(kept, *plan);
}
