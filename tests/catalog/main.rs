//! What holds for every resource type, seen without a cloud. What holds over the wire is in `tests/clouds/laws.rs`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::{collections::BTreeSet, path::Path, time::Duration};

use infractl::{
    catalog::{KINDS, find},
    compile::{Ground, compile},
    resource::{
        Facts,
        graph::{Graph, Node},
        text::cidr::Cidr,
        value::{references, resolve},
    },
    spec::{Selection, Source, load},
};
use serde_json::{Value, json};

/// Every type's facts.
fn facts() -> impl Iterator<Item = &'static Facts> {
    KINDS.iter().map(|it| it.facts())
}

/// A stack with resources of every type.
fn stack() -> Graph {
    let source = Source { name: "every-kind.yaml".into(), text: include_str!("every-kind.yaml").into() };
    let loaded = load(&source, &Selection::default()).unwrap_or_else(|it| panic!("{:#?}", it.items));
    compile(&loaded.spec, &loaded.env, &Ground::imagined(&loaded.spec)).unwrap().graph
}

/// The resources of `kind` in `stack`, of which there has to be one.
fn samples<'a>(stack: &'a Graph, kind: &str) -> Vec<&'a Node> {
    let acc: Vec<_> = stack.nodes.values().filter(|it| it.facts.kind == kind).collect();
    assert!(!acc.is_empty(), "every-kind.yaml makes no {kind}");
    acc
}

/// The names of a type's own fields.
fn fields(kind: &str) -> BTreeSet<String> {
    let schema = find(kind).unwrap().schema().to_value();
    schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

#[test]
fn types_stand_in_order_each_once() {
    let names: Vec<_> = facts().map(|it| it.kind).collect();
    assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
}

/// Providers besides AWS, which have a folder of their own.
const VENDORS: [&str; 2] = ["cloudflare", "upstash"];
/// Where providers describe what they have.
const DOCS: [&str; 3] =
    ["https://docs.aws.amazon.com/", "https://developers.cloudflare.com/", "https://upstash.com/docs/"];

#[test]
fn a_type_is_a_file() {
    for kind in facts().map(|it| it.kind) {
        let (service, name) = kind.split_once('.').unwrap_or_else(|| panic!("`{kind}` is no service.type"));
        let is_word = |it: &str| it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_');
        assert!(is_word(service) && is_word(name), "{kind}");
        let service = if VENDORS.contains(&service) { service.to_owned() } else { format!("aws/{service}") };
        let path = format!("src/catalog/{service}/{name}.rs");
        assert!(Path::new(&path).exists(), "{kind} is not in {path}");
    }
}

#[test]
fn facts_name_fields() {
    for it in facts() {
        let known = fields(it.kind);
        let named = [it.replace_on, it.at_creation, it.holds, it.consists_of, it.unique_by, it.whole].concat();
        let named = named.into_iter().chain([it.occupies, it.protected_by, it.kept_by].into_iter().flatten());
        let unknown: Vec<_> = named.filter(|it| !known.contains(*it)).collect();
        assert!(unknown.is_empty(), "{}: {unknown:?} are not among {known:?}", it.kind);
    }
}

/// A record's name may be a new certificate's to say, which says the same as the one before; a zone moves from one network to
/// another.
const MOVES: [(&str, &str); 2] = [("route53.record", "record_name"), ("route53.zone", "networks")];

#[test]
fn identity_does_not_change_in_place() {
    for it in facts() {
        let identity = it.unique_by.iter().copied().chain(it.occupies);
        let mut identity = identity.filter(|field| !MOVES.contains(&(it.kind, field)));
        assert!(identity.all(|field| it.replace_on.contains(&field)), "{}", it.kind);
    }
}

#[test]
fn types_stand_on_types_and_none_on_itself() {
    for it in facts() {
        let (mut below, mut next) = (BTreeSet::new(), it.stands_on.to_vec());
        while let Some(kind) = next.pop() {
            let ground = find(kind).unwrap_or_else(|| panic!("{} stands on {kind}, which is no type", it.kind)).facts();
            assert_ne!(kind, it.kind, "a circle");
            if below.insert(kind) {
                next.extend(ground.stands_on);
            }
        }
    }
}

#[test]
fn nobody_gives_up_before_the_usual_time() {
    for it in facts() {
        let waits = it.waits;
        assert!(waits.create >= waits.usual * 2, "{}", it.kind);
        assert!(
            [waits.create, waits.update, waits.delete].iter().all(|it| *it >= Duration::from_mins(1)),
            "{}",
            it.kind
        );
    }
}

#[test]
fn people_are_told_in_one_tone() {
    for it in facts() {
        for text in std::iter::once(it.about).chain(it.interrupts) {
            assert!(text.starts_with(char::is_lowercase) && !text.ends_with('.'), "{}: {text}", it.kind);
        }
        assert!(DOCS.iter().any(|start| it.docs.starts_with(start)), "{}: {}", it.kind, it.docs);
    }
}

/// The places in `schema` that nothing is said about; a variant with contents is described as a whole.
fn undescribed(acc: &mut Vec<String>, path: &str, schema: &Value, variant: bool) {
    let Value::Object(parts) = schema else { return };
    let said = |it: &Value| it["description"].as_str().is_some_and(|it| it.len() > 5);
    for (name, it) in parts.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let path = format!("{path}.{name}");
        if !said(it) && !variant {
            acc.push(path.clone());
        }
        undescribed(acc, &path, it, false);
    }
    for it in parts.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
        if !said(it) {
            acc.push(format!("{path}: {it}"));
        }
        undescribed(acc, path, it, true);
    }
    for (name, it) in parts.get("$defs").and_then(Value::as_object).into_iter().flatten() {
        undescribed(acc, name, it, false);
    }
    undescribed(acc, path, &parts.get("items").cloned().unwrap_or_default(), false);
}

#[test]
fn every_field_is_described() {
    let mut acc = Vec::new();
    for kind in KINDS {
        undescribed(&mut acc, kind.facts().kind, &kind.schema().to_value(), false);
    }
    assert!(acc.is_empty(), "nothing is said about {acc:#?}");
    undescribed(&mut acc, "x", &json!({"properties": {"a": {"items": {"oneOf": [{"const": "b"}]}}}}), false);
    assert_eq!(acc, ["x.a", r#"x.a: {"const":"b"}"#]);
}

#[test]
fn a_sample_is_as_its_type_writes_it() {
    let stack = stack();
    for it in facts() {
        for node in samples(&stack, it.kind) {
            assert_eq!((it.canonical)(&node.want).as_ref(), Some(&node.want), "{}", it.kind);
        }
        assert_eq!((it.canonical)(&json!([1])), None, "{}", it.kind);
    }
}

#[test]
fn a_sample_fits_its_schema() {
    let stack = stack();
    for kind in KINDS {
        let (name, schema) = (kind.facts().kind, kind.schema().to_value());
        let validator = jsonschema::validator_for(&schema).unwrap();
        for node in samples(&stack, name) {
            let want = resolve(&node.want, &|out| Some(out.to_string().into()));
            let wrong: Vec<_> = validator.iter_errors(&want).map(|it| it.to_string()).collect();
            assert!(wrong.is_empty(), "{name}: {wrong:?}\n{want:#}");
            let known = fields(name);
            assert!(want.as_object().unwrap().keys().all(|it| known.contains(it)), "{name}: {known:?}\n{want:#}");
        }
        assert!(!validator.is_valid(&json!([1])), "{name}");
    }
}

/// What nobody wants, but what is told: what waits for a restart. And what no stack can want that stands alone: to be made
/// from what another has kept. Both have their tests in `tests/clouds`.
const SAMPLED_ELSEWHERE: [(&str, &str); 2] = [("rds.instance", "made_from"), ("rds.instance", "pending")];

#[test]
fn every_field_is_in_a_sample() {
    let stack = stack();
    for it in facts() {
        let elsewhere = |field: &String| SAMPLED_ELSEWHERE.contains(&(it.kind, field));
        let said = |field: &String| samples(&stack, it.kind).iter().any(|node| !node.want[field].is_null());
        let unsaid: Vec<_> = fields(it.kind).into_iter().filter(|it| !said(it) && !elsewhere(it)).collect();
        assert!(unsaid.is_empty(), "{}: {unsaid:?}", it.kind);
    }
}

#[test]
fn what_is_held_is_referred_to_and_what_is_occupied_is_a_block() {
    let stack = stack();
    for it in facts() {
        let samples = samples(&stack, it.kind);
        for field in it.holds {
            assert!(samples.iter().any(|node| !references(&node.want[field]).is_empty()), "{}.{field}", it.kind);
        }
        if let Some(field) = it.occupies {
            let block = |node: &&Node| node.want[field].as_str().is_some_and(|it| it.parse::<Cidr>().is_ok());
            assert!(samples.iter().all(block), "{}.{field}", it.kind);
        }
    }
}
