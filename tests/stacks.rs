//! Every stack file that people start from: it loads and compiles for each of its environments, without a warning.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use infractl::{
    compile::{Ground, compile},
    spec::{Selection, Source, load},
};
use serde_json::Value;

const SCHEMA: &str = "docs/stack.schema.json";

/// The stack files in `folder`.
fn stacks(folder: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|it| it.unwrap().path()).collect();
    paths.retain(|it| it.extension().is_some_and(|it| it == "yaml"));
    paths.sort();
    paths
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

/// The environments that a file declares, one for each pattern; `None` where it declares none.
fn environments(text: &str) -> Vec<Option<String>> {
    match yaml(text)["environments"].as_object() {
        Some(declared) => declared.keys().map(|it| Some(it.replace('*', "7"))).collect(),
        None => vec![None],
    }
}

/// Fails unless the file compiles, for each of its environments.
fn assert_compiles(path: &Path) {
    let source = Source { name: path.display().to_string(), text: fs::read_to_string(path).unwrap() };
    let selections = environments(&source.text).into_iter().map(|env| Selection { env, ..Selection::default() });
    for selection in selections {
        let name = format!("{} for {:?}", source.name, selection.env);
        let loaded = load(&source, &selection).unwrap_or_else(|it| panic!("{name}: {:#?}", it.items));
        assert!(loaded.problems.items.is_empty(), "{name}: {:#?}", loaded.problems.items);
        let compiled = compile(&loaded.spec, &loaded.env, &Ground::imagined(&loaded.spec));
        let compiled = compiled.unwrap_or_else(|it| panic!("{name}: {it:#?}"));
        assert!(!compiled.graph.nodes.is_empty(), "{name} is no resource");
    }
}

#[test]
fn examples_compile() {
    let paths = [stacks("examples"), stacks("stacks")].concat();
    assert!(!paths.is_empty(), "there are no examples");
    for it in &paths {
        assert_compiles(it);
    }
}

#[test]
fn the_template_compiles() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("infractl.yaml");
    let mut init = Command::new(env!("CARGO_BIN_EXE_infractl"));
    let output = init.args(["init", "--stack", "mine", "--region", "us-east-1", "--file"]).arg(&path).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_compiles(&path);
    let spec = yaml(&fs::read_to_string(&path).unwrap());
    assert_eq!((&spec["stack"], &spec["region"]), (&"mine".into(), &"us-east-1".into()));
}

/// Where an editor looks for the words, and what it makes of the file then.
#[test]
fn editors_accept_the_examples() {
    let schema: Value = serde_json::from_str(&fs::read_to_string(SCHEMA).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for path in stacks("examples") {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(&format!("# yaml-language-server: $schema=../{SCHEMA}\n")), "{}", path.display());
        let wrong: Vec<_> =
            validator.iter_errors(&yaml(&text)).map(|it| format!("{}: {it}", it.instance_path())).collect();
        assert!(wrong.is_empty(), "{}: {wrong:#?}", path.display());
    }
}

#[test]
fn examples_use_every_word() {
    let schema: Value = serde_json::from_str(&fs::read_to_string(SCHEMA).unwrap()).unwrap();
    let mut words = Words { definitions: &schema["$defs"], used: BTreeSet::new() };
    for path in stacks("examples") {
        words.read(&yaml(&fs::read_to_string(path).unwrap()), &schema, "");
    }
    let definitions = schema["$defs"].as_object().unwrap().iter().map(|(name, it)| (own(name), it));
    let known: BTreeSet<String> =
        definitions.chain([("", &schema)]).flat_map(|(name, it)| keys(it).map(move |key| word(name, key))).collect();
    assert!(known.contains("Network.nat") && known.contains("FlowLogs.interval"), "{known:#?}");
    let unused: Vec<_> = known.difference(&words.used).collect();
    assert!(unused.is_empty(), "no example has {unused:?}");
}

/// The words that stack files use, each with the definition that it belongs to.
struct Words<'a> {
    definitions: &'a Value,
    used: BTreeSet<String>,
}

impl Words<'_> {
    /// Notes what `value` uses of `schema`, which is a part of the definition `name`.
    fn read(&mut self, value: &Value, schema: &Value, name: &str) {
        if let Some(reference) = schema["$ref"].as_str() {
            let target = reference.trim_start_matches("#/$defs/");
            self.read(value, &self.definitions[target], own(target));
        }
        for choice in schema["anyOf"].as_array().into_iter().flatten() {
            self.read(value, choice, name);
        }
        for item in value.as_array().into_iter().flatten() {
            self.read(item, &schema["items"], name);
        }
        let patterns = schema["patternProperties"].as_object();
        for (key, value) in value.as_object().into_iter().flatten() {
            if let Some(schema) = schema["properties"].get(key) {
                self.used.insert(word(name, key));
                self.read(value, schema, name);
                continue;
            }
            for schema in patterns.into_iter().flat_map(|it| it.values()).chain([&schema["additionalProperties"]]) {
                self.read(value, schema, name);
            }
        }
    }
}

fn word(definition: &str, key: &str) -> String {
    format!("{definition}.{key}")
}

/// What an environment lays over a setting is that setting.
fn own(definition: &str) -> &str {
    if definition == "Overlay" { "" } else { definition.trim_start_matches("Partial") }
}

/// The keys of what has this schema, in whichever way it is written.
fn keys(schema: &Value) -> impl Iterator<Item = &String> {
    let choices = schema["anyOf"].as_array().into_iter().flatten();
    choices.chain([schema]).filter_map(|it| it["properties"].as_object()).flat_map(|it| it.keys())
}
