//! What is secret stands where it is kept, and nowhere else: not in a plan, a saved plan, a trace, an error or a log.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};

use crate::lab::{Lab, Said};

const STACK: &str = include_str!("../catalog/every-kind.yaml");
/// What is shorter may be in a text by chance.
const TELLING: usize = 12;

/// Everything that the binary and the sandbox said and wrote.
#[derive(Default)]
struct Heard(Vec<(String, String)>);

impl Heard {
    fn add(&mut self, what: &str, said: Said) -> i32 {
        self.0.push((format!("{what}, stdout"), said.out));
        self.0.push((format!("{what}, stderr"), said.err));
        said.code
    }

    fn add_files(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.add_files(&path);
            } else {
                let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into();
                self.0.push((path.display().to_string(), text));
            }
        }
    }

    fn assert_silent_about(&self, secrets: &BTreeSet<String>) {
        let told = |text: &str| secrets.iter().any(|it| text.contains(it.as_str()));
        let leaks: Vec<_> = self.0.iter().filter(|(_, text)| told(text)).map(|(what, _)| what).collect();
        assert!(leaks.is_empty(), "a secret is in {leaks:#?}");
    }
}

/// Every value in the vault, with each of its parts, as it is and as it stands in URLs.
async fn secrets(lab: &Lab) -> BTreeSet<String> {
    let vault = lab.aws().await.read.secrets;
    let mut acc = BTreeSet::new();
    let pages = vault.list_secrets().into_paginator().send().collect::<Result<Vec<_>, _>>().await.unwrap();
    for it in pages.iter().flat_map(|it| it.secret_list()) {
        let Ok(value) = vault.get_secret_value().secret_id(it.arn().unwrap()).send().await else { continue };
        let text = value.secret_string().unwrap().to_owned();
        match serde_json::from_str::<Value>(&text) {
            Ok(Value::Object(map)) => acc.extend(map.values().filter_map(Value::as_str).map(str::to_owned)),
            _ => drop(acc.insert(text.clone())),
        }
        let password = text.split_once("://").and_then(|(_, rest)| Some(rest.split_once('@')?.0.split_once(':')?.1));
        acc.extend(password.map(str::to_owned));
        acc.insert(text);
    }
    acc.retain(|it| it.len() >= TELLING);
    acc
}

#[tokio::test]
async fn nothing_tells_a_secret() {
    let lab = Lab::new("leaks").await;
    lab.write(STACK);
    let mut heard = Heard::default();
    let mut run = async |args: &[&str]| heard.add(&args.join(" "), lab.run(args).await);
    // A creation that is refused tells what it was about.
    lab.faults(json!([{"kind": "access_denied", "operation": "rds:CreateDBInstance", "count": 1}])).await;
    assert_eq!(run(&["-vv", "apply", "--yes"]).await, 1);
    assert_eq!(run(&["-vv", "apply", "--yes"]).await, 0);
    for args in [
        &["-vv", "plan"][..],
        &["plan", "--format", "json"],
        &["plan", "--out", "saved.json"],
        &["outputs"],
        &["outputs", "--format", "json"],
        &["graph"],
        &["secrets", "list"],
    ] {
        assert_eq!(run(args).await, 0, "{args:?}");
    }
    // A plan that has something to say of each resource.
    lab.write(&STACK.replace("team: web", "team: other"));
    assert_eq!(run(&["-vv", "plan", "--out", "changed.json"]).await, 0);
    assert_eq!(run(&["-vv", "apply", "changed.json", "--format", "json"]).await, 0);
    let secrets = secrets(&lab).await;
    assert!(secrets.len() >= 4, "there are only {} secrets", secrets.len());
    assert_eq!(run(&["-vv", "destroy", "--yes", "--override-protection"]).await, 0);
    heard.add_files(&lab.path(""));
    heard.add_files(lab.state());
    heard.assert_silent_about(&secrets);
}
