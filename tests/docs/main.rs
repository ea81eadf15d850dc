//! The generated pages in `docs/` say what the binary says. With `INFRACTL_BLESS=1` they are written instead.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod examples;
mod permissions;
mod resource_types;
mod stack_file;
mod words;

use std::{env, fs, process::Command};

use serde_json::Value;

/// What the binary prints.
fn infractl(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_infractl")).args(args).output().unwrap();
    assert!(output.status.success(), "infractl {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&infractl(args)).unwrap()
}

/// Fails unless the page says `expected`; or makes it say so.
fn assert_page(name: &str, expected: &str) {
    let path = format!("docs/{name}");
    if env::var_os("INFRACTL_BLESS").is_some() {
        fs::write(&path, expected).unwrap();
        return;
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    let line = found.lines().zip(expected.lines()).take_while(|(found, expected)| found == expected).count();
    assert!(
        found == expected,
        "{path} is out of date; INFRACTL_BLESS=1 writes it anew\n line {}: {}\nexpected: {}",
        line + 1,
        found.lines().nth(line).unwrap_or("(the end)"),
        expected.lines().nth(line).unwrap_or("(the end)")
    );
}

#[test]
fn schema() {
    assert_page("stack.schema.json", &infractl(&["schema"]));
}

#[test]
fn stack_file() {
    assert_page("stack-file.md", &stack_file::page(&json(&["schema"])));
}

#[test]
fn resource_types() {
    let kinds = json(&["explain", "--format", "json"]);
    let kinds = kinds["kinds"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap());
    let kinds: Vec<Value> = kinds.map(|it| json(&["explain", it, "--format", "json"])).collect();
    assert!(!kinds.is_empty());
    assert_page("resource-types.md", &resource_types::page(&kinds));
}
