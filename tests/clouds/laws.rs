//! What holds for every resource type over the wire. What can be seen without a cloud is in `tests/catalog`.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use futures::future::BoxFuture;
use infractl::{
    api::{ApiError, Result, WriteCx, retry::Class},
    catalog::{
        KINDS, Reads, Writes, find,
        lifecycle::{Look, New},
    },
    compile::{Ground, compile},
    observe::observe,
    plan::{
        Observed, Targets,
        diff::{FieldChange, diff, diff_settings, diff_tags},
        plan,
    },
    resource::{
        Facts, LiveTree, Status,
        graph::{Graph, Node},
        tags::{MIGRATED, Scope},
        value::{Address, OutRef, resolve},
    },
    run::{Options, run},
    spec::{Selection, Source, load},
};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use crate::lab::{Lab, until};

/// A stack with resources of every type, each twice, in an account of its own.
struct Court {
    lab: Lab,
    cx: WriteCx,
    graph: Graph,
}

impl Court {
    async fn new(name: &str) -> Self {
        let lab = Lab::new(name).await;
        // Many pages are for those who look at all of it, once.
        let zones = json!({"example.com": "business"});
        lab.behave(json!({"page_size": 0, "bucket_conflicts": 0.0, "cloudflare_zones": zones})).await;
        let cx = lab.aws().await;
        let text = include_str!("../catalog/every-kind.yaml");
        let source = Source { name: "every-kind.yaml".into(), text: text.into() };
        let loaded = load(&source, &Selection::default()).unwrap();
        let (place, zones) = cx.read.place(loaded.spec.region.as_str()).await.unwrap();
        let folders = [("web".to_owned(), lab.site())].into();
        let domain = cx.read.zones.get(cx.read.vendors.cloudflare().unwrap(), Some("example.com")).await.unwrap();
        let ground =
            Ground { place, zones, folders, domain: domain.first().cloned(), ..Ground::imagined(&loaded.spec) };
        let graph = doubled(compile(&loaded.spec, &loaded.env, &ground).unwrap().graph);
        Self { lab, cx, graph }
    }

    async fn observe(&self) -> Observed {
        observe(&self.cx, &self.graph).await.unwrap()
    }

    async fn apply(&self, cloud: &dyn Writes, graph: &Graph) {
        let observed = self.observe().await;
        let plan = plan(graph, &observed, &Targets::default());
        assert!(plan.conflicts.is_empty(), "{:#?}", plan.conflicts);
        let options = Options { jobs: 16, nonce: "one".into(), cancel: CancellationToken::new() };
        let outcome = run(cloud, graph, &plan, &observed, &options, &mut |_| ()).await;
        assert!(outcome.is_complete(), "{:#?}", outcome.failed);
    }

    /// What was written is seen by everyone, on as many pages as there can be.
    async fn many_pages(&self) {
        let strict = json!({"preset": "strict", "cloudflare_zones": {"example.com": "business"}, "read_after_write": 0.0, "page_size": 1, "empty_pages": 1.0});
        self.lab.behave(strict).await;
    }

    async fn read(&self, kind: &str, scope: &Scope, wants: Vec<Value>) -> Vec<LiveTree> {
        let look = Look { scope: scope.clone(), wants, strays: true };
        Reads::read(&self.cx, kind, look).await.unwrap_or_else(|it| panic!("{kind}: {it}"))
    }

    fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a Address, &'a Node)> {
        self.graph.nodes.iter().filter(move |(it, _)| it.kind() == kind)
    }

    /// What is said to changes other than that it is gone, or may yet come.
    async fn change_what_is_gone(&self, facts: &Facts, want: &Value, live: &LiveTree) -> Vec<String> {
        let mut other = live.clone();
        other.tags.insert("laws".into(), "1".into());
        let fields: Vec<_> = other.state.as_object().unwrap().keys().cloned().collect();
        for field in fields.iter().filter(|it| !facts.replace_on.contains(&it.as_str())) {
            let before = other.state.clone();
            other.state[field] = otherwise(&before[field]);
            // Some types of fields have no such value.
            if (facts.canonical)(&other.state).is_none() {
                other.state = before;
            }
        }
        let tags = diff_tags(&self.graph.tags, &other.tags, &live.tags);
        let mut acc = Vec::new();
        for changes in [if facts.tagged { tags } else { Vec::new() }, diff(want, &other.state)] {
            let said = match changes.is_empty() {
                true => continue,
                false => self.cx.update(facts.kind, want.clone(), other.clone(), &changes).await,
            };
            if !matches!(said.as_ref().map_err(ApiError::class), Err(Class::Absent | Class::NotYet)) {
                acc.push(format!("{:?}: {said:?}", changes.iter().map(|it| &it.path).collect::<Vec<_>>()));
            }
        }
        acc
    }

    /// Every resource of `kind`, as it should be and as it is.
    fn pairs<'a>(
        &'a self,
        kind: &'a str,
        observed: &'a Observed,
    ) -> impl Iterator<Item = (&'a Address, Value, &'a LiveTree)> {
        let known = |out: &OutRef| observed.ours.get(&out.from)?.out.get(&out.out).cloned();
        self.of(kind).map(move |(address, node)| {
            let live = observed.ours.get(address).unwrap_or_else(|| panic!("{address} is not seen"));
            let want = (node.facts.canonical)(&resolve(&node.want, &known)).unwrap();
            (address, want, live)
        })
    }
}

/// The same twice, so that every listing has more than one page.
fn doubled(mut graph: Graph) -> Graph {
    let other = |it: &Address| Address::new(it.kind(), &format!("{}-2", it.name()));
    let nodes: Vec<_> = graph.nodes.iter().map(|(at, it)| (other(at), it.facts, it.want.clone())).collect();
    let twice = |facts: &Facts| !facts.always && !ONE.contains(&facts.kind);
    for (address, facts, want) in nodes.into_iter().filter(|(_, facts, _)| twice(facts)) {
        let moved = |out: &OutRef| Some(json!(OutRef { from: other(&out.from), out: out.out.clone() }));
        let mut want = resolve(&want, &moved);
        // A name is in its zone, and a certificate says in its outputs which names it is for.
        if facts.kind.starts_with("route53.") || facts.kind.starts_with("acm.") {
            let mark = want["mark"].as_str().map(|it| format!("{it}-2"));
            let text = want.to_string().replace("example.org", "example-2.org");
            // What it refers to is not called after the name alone.
            want = serde_json::from_str(&text.replace("proof.example-2.org", "proof.example.org")).unwrap();
            if let Some(mark) = mark {
                want["mark"] = mark.into();
            }
            graph.insert(address, "network", facts, want, Map::new());
            continue;
        }
        // Where a name counts is one of a few places.
        for field in facts.unique_by.iter().filter(|it| **it != "reach") {
            if let Value::String(name) = &mut want[*field] {
                let arn = format!(":::{name}");
                // A database's log group is called after it.
                let end = name.rfind('/').filter(|_| name.starts_with("/aws/rds/")).unwrap_or(name.len());
                name.insert_str(end, "-2");
                // A bucket's policy is of that bucket.
                want = serde_json::from_str(&want.to_string().replace(&arn, &format!("{arn}-2"))).unwrap();
            }
        }
        // What has no tags says in another place whose it is.
        for value in want.as_object_mut().unwrap().values_mut().filter(|_| !facts.tagged) {
            if let Value::String(text) = value
                && text.starts_with("infractl ")
            {
                text.push_str("-2");
            }
        }
        // A zone has a record once, and a certificate has its mark among its names.
        if facts.kind == "cloudflare.record" {
            want["record_name"] = json!(format!("second.{}", want["record_name"].as_str().unwrap()));
        }
        if facts.kind == "cloudflare.origin_certificate" {
            want["mark"] = json!(want["mark"].as_str().unwrap().replacen('.', "-2.", 1));
        }
        // The world has one distribution of a name.
        for value in want.get_mut("aliases").and_then(Value::as_array_mut).into_iter().flatten() {
            *value = format!("two.{}", value.as_str().unwrap()).into();
        }
        // A migration knows its task definition by name.
        if let Some(Value::String(family)) = want.pointer_mut("/definition/family") {
            family.push_str("-2");
        }
        graph.insert(address, "network", facts, want, Map::new());
    }
    graph
}

fn nothing(graph: &Graph) -> Graph {
    Graph::new(graph.scope.clone(), graph.place.clone(), graph.tags.clone())
}

/// A resource without an existence of its own is there only as far as it holds something.
fn holds_nothing(facts: &Facts, want: &Value) -> bool {
    !facts.consists_of.is_empty() && facts.consists_of.iter().all(|it| want[*it] == json!([]))
}

/// Types of which there is something that only those who want it see: nobody else could delete it, or it goes with what it
/// is in.
const UNCONFIRMED: [&str; 5] =
    ["acm.validation", "ecs.migration", "s3.bucket_policy", "s3.content", "sns.subscription"];
/// Types of things that are there by themselves, though they have no tags.
const UNTAGGED: [&str; 8] = [
    "cloudflare.connector",
    "cloudflare.origin_certificate",
    "cloudflare.record",
    "cloudflare.ruleset",
    "cloudfront.function",
    "cloudfront.origin_access_control",
    "cloudfront.response_headers_policy",
    "upstash.database",
];
/// Types of which a zone has one of a kind, whoever has a part in it.
const ONE: [&str; 2] = ["cloudflare.connector", "cloudflare.ruleset"];
/// Types that are unique within something that has to be ours already.
const WITHIN: [&str; 1] = ["elb.listener"];

#[tokio::test]
async fn what_was_made_is_found_by_those_who_want_it_and_by_those_who_do_not() {
    let court = Court::new("laws: found").await;
    court.apply(&court.cx, &court.graph).await;
    court.many_pages().await;
    let observed = court.observe().await;
    for kind in KINDS {
        let (facts, scope) = (kind.facts(), &court.graph.scope);
        let wanted: BTreeMap<_, _> =
            court.pairs(facts.kind, &observed).map(|(at, want, _)| (at.clone(), want)).collect();
        let unresolved = court.of(facts.kind).map(|(_, it)| it.want.clone()).collect();
        for wants in [unresolved, wanted.values().cloned().collect(), Vec::new()] {
            let asked = !wants.is_empty();
            let found = court.read(facts.kind, scope, wants).await;
            let places: Vec<_> =
                found.iter().map(|it| Address::new(facts.kind, scope.address(&it.tags).unwrap().name())).collect();
            let lasts = facts.always || UNCONFIRMED.contains(&facts.kind);
            let seen = |want| asked || !holds_nothing(facts, want) && !lasts;
            let expected = wanted.iter().filter(|(_, want)| seen(want)).map(|(at, _)| at);
            assert_eq!(places.iter().collect::<BTreeSet<_>>(), expected.collect(), "asked: {asked}");
            assert_eq!(places.iter().collect::<BTreeSet<_>>().len(), found.len(), "{places:?}");
            for (address, live) in places.iter().zip(&found) {
                let (node, want) = (&court.graph.nodes[address], &wanted[address]);
                // What can be said in more than one way is said as it was wanted only to those who want it.
                let differing = diff_settings(facts, want, &live.state);
                assert!(differing.is_empty() || !asked && IN_OTHER_WORDS.contains(&facts.kind), "{differing:?}");
                is_as_its_type_says(address, node, live);
            }
        }
        // Whoever waits for one does not ask for the others.
        let (address, want) = wanted.iter().next().unwrap();
        let look = Look { scope: scope.clone(), wants: vec![want.clone()], strays: false };
        let found = Reads::read(&court.cx, facts.kind, look).await.unwrap();
        assert!(found.iter().any(|it| scope.address(&it.tags).unwrap().name() == address.name()), "{address}");
    }
}

/// Types whose equality depends on what is wanted.
const IN_OTHER_WORDS: [&str; 1] = ["secretsmanager.secret"];

fn is_as_its_type_says(address: &Address, node: &Node, live: &LiveTree) {
    assert_eq!((node.facts.canonical)(&live.state).as_ref(), Some(&live.state), "{address}");
    // What was migrated last is noted beside the others.
    let tags: BTreeMap<_, _> = live.tags.iter().filter(|(key, _)| *key != MIGRATED).collect();
    assert!(!node.facts.tagged || tags == node.tags.iter().collect(), "{address}: {tags:#?}");
    assert_eq!(live.status, Status::Ready, "{address}");
    assert_ne!(live.id(), "?", "{address}: {:#}", live.out);
    for (out, value) in &node.foretold {
        assert_eq!(live.out.get(out), Some(value), "{address}");
    }
}

#[tokio::test]
async fn what_is_another_stacks_is_found_only_where_it_is_in_the_way() {
    let court = Court::new("laws: others").await;
    court.apply(&court.cx, &court.graph).await;
    court.many_pages().await;
    let observed = court.observe().await;
    let scope = court.graph.scope.clone();
    let others =
        [Scope { stack: "other".into(), ..scope.clone() }, Scope { env: format!("{}2", scope.env), ..scope.clone() }];
    for scope in others {
        for kind in KINDS.iter().filter(|it| !it.facts().always) {
            let facts = kind.facts();
            assert_eq!(court.read(facts.kind, &scope, Vec::new()).await, [], "{}", facts.kind);
            let wants = court.pairs(facts.kind, &observed).map(|(_, want, _)| want).collect();
            let in_the_way = court.read(facts.kind, &scope, wants).await;
            assert!(in_the_way.iter().all(|it| scope.address(&it.tags).is_none()), "{}", facts.kind);
            let ids: BTreeSet<_> = in_the_way.iter().map(LiveTree::id).collect();
            let all: BTreeSet<_> = court.pairs(facts.kind, &observed).map(|(.., live)| live.id()).collect();
            let apart = facts.unique_by.is_empty() || WITHIN.contains(&facts.kind);
            assert_eq!(ids, if apart { BTreeSet::new() } else { all }, "{}", facts.kind);
        }
    }
}

#[tokio::test]
async fn tags_change_alone() {
    let court = Court::new("laws: tags").await;
    court.apply(&court.cx, &court.graph).await;
    let observed = court.observe().await;
    for facts in KINDS.iter().map(|it| it.facts()).filter(|it| it.tagged) {
        let (address, want, before) = court.pairs(facts.kind, &observed).next().unwrap();
        let mut other = before.tags.clone();
        other.insert("team".into(), "näh & co".into());
        other.insert("laws".into(), "1".into());
        let mut live = before.clone();
        for tags in [&other, &before.tags] {
            let (calls, changes) = (court.lab.changes().await, diff_tags(&court.graph.tags, tags, &live.tags));
            assert_eq!(changes.len(), 2, "{address}");
            let calls_needed = 1 + usize::from(changes.iter().any(|it| it.to.is_none()));
            court.cx.update(facts.kind, want.clone(), live, &changes).await.unwrap();
            // Who sets all tags at once needs no second call.
            let made = court.lab.changes().await - calls;
            assert!((1..=calls_needed).contains(&made), "{address}: {made}");
            live = until("tags to be seen", async || {
                let found = court.read(facts.kind, &court.graph.scope, vec![want.clone()]).await;
                found.into_iter().find(|it| it.id() == before.id() && it.tags == *tags)
            })
            .await;
        }
        assert_eq!(&live, before, "{address}");
    }
}

#[tokio::test]
async fn all_may_be_said_twice_and_what_is_gone_stays_gone() {
    let court = Court::new("laws: twice").await;
    let twice = Twice { cx: &court.cx, broken: Mutex::default() };
    court.apply(&twice, &court.graph).await;
    let whole = |it: &&Node| it.facts.tagged || UNTAGGED.contains(&it.facts.kind);
    let things = court.graph.nodes.values().filter(whole).count();
    // Auto Scaling makes alarms for itself, and a record has another beside it.
    let mut inventory = court.lab.inventory().await;
    inventory.retain(|it| !it.starts_with("alarm TargetTracking-") && !it.starts_with("record "));
    assert_eq!(inventory.len(), things, "{inventory:#?}");
    let before = court.observe().await;
    // A NAT gateway that is deleted could be seen for an hour, and tagged; a key could be brought back for a week.
    court.lab.behave(json!({"tombstone": 0.0, "deletion_window": 0.0})).await;
    court.apply(&twice, &nothing(&court.graph)).await;
    assert_eq!(twice.broken.into_inner().unwrap(), Vec::<String>::new());
    assert_eq!(court.lab.inventory().await, Vec::<String>::new());
    let mut left = court.observe().await.ours;
    left.retain(|it, _| !find(it.kind()).unwrap().facts().always);
    assert_eq!(left, BTreeMap::new());
    // Asked to come again, nobody learns that it is gone.
    court.lab.behave(json!({"bucket_conflicts": 0.0})).await;
    let mut untold = Vec::new();
    for facts in KINDS.iter().map(|it| it.facts()).filter(|it| !it.always) {
        for (address, want, live) in court.pairs(facts.kind, &before) {
            assert_eq!(court.cx.delete(facts.kind, live.clone()).await, Ok(()), "{address}");
            assert_eq!(court.cx.blockers(facts.kind, live.clone()).await, Ok(vec![]), "{address}");
            let said = court.change_what_is_gone(facts, &want, live).await;
            untold.extend(said.into_iter().map(|it| format!("{address}: {it}")));
        }
    }
    assert_eq!(untold, Vec::<String>::new());
    assert_eq!(court.lab.inventory().await, Vec::<String>::new());
}

/// Another value of the same type.
fn otherwise(value: &Value) -> Value {
    match value {
        Value::Bool(it) => json!(!it),
        Value::Number(it) => it.as_u64().map_or_else(|| json!(it.as_f64().unwrap() + 1.0), |it| json!(it + 1)),
        Value::String(it) => json!(format!("{it} no more")),
        Value::Array(_) => json!([]),
        Value::Object(it) if it.contains_key("Statement") => json!({"Version": "2012-10-17", "Statement": []}),
        Value::Object(it) => it.iter().map(|(key, it)| (key.clone(), otherwise(it))).collect(),
        Value::Null => Value::Null,
    }
}

/// A cloud that is told everything twice, and keeps what it says to that.
struct Twice<'a> {
    cx: &'a WriteCx,
    broken: Mutex<Vec<String>>,
}

impl Twice<'_> {
    fn hear(&self, what: &str, kind: &str, said: Result<()>, bearable: &[Class]) {
        // What got no answer was not refused.
        let wrong = said.err().filter(|it| !bearable.contains(&it.class()) && it.class() != Class::Unavailable);
        self.broken.lock().unwrap().extend(wrong.map(|it| format!("{what} {kind}: {:?}, {it}", it.class())));
    }
}

impl Reads for Twice<'_> {
    fn kinds(&self) -> Vec<&'static Facts> {
        self.cx.kinds()
    }

    fn read<'a>(&'a self, kind: &'a str, look: Look<Value>) -> BoxFuture<'a, Result<Vec<LiveTree>>> {
        Reads::read(self.cx, kind, look)
    }
}

impl Writes for Twice<'_> {
    fn create<'a>(&'a self, kind: &'a str, new: New<Value>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.cx.create(kind, new.clone()).await?;
            if find(kind).unwrap().facts().repeatable {
                let said = self.cx.create(kind, new).await;
                // Its place may be taken, if only by itself.
                self.hear("create", kind, said, &[Class::Exists, Class::NotYet, Class::Busy]);
            }
            Ok(())
        })
    }

    fn update<'a>(
        &'a self,
        kind: &'a str,
        want: Value,
        live: LiveTree,
        changes: &'a [FieldChange],
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.cx.update(kind, want.clone(), live.clone(), changes).await?;
            let said = self.cx.update(kind, want, live, changes).await;
            self.hear("update", kind, said, &[Class::NotYet]);
            Ok(())
        })
    }

    fn delete<'a>(&'a self, kind: &'a str, live: LiveTree) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.cx.delete(kind, live.clone()).await?;
            let said = self.cx.delete(kind, live).await;
            // It may look at what is not so any more and has to look again, or the first is still under way.
            self.hear("delete", kind, said, &[Class::NotYet, Class::Busy]);
            Ok(())
        })
    }

    fn blockers<'a>(&'a self, kind: &'a str, live: LiveTree) -> BoxFuture<'a, Result<Vec<String>>> {
        self.cx.blockers(kind, live)
    }
}
