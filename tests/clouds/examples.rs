//! Every example and every stack of `stacks`: made, found as it should be, and taken away.

use std::{fs, path::Path};

use futures::{StreamExt, stream};
use infractl::api::WriteCx;
use serde_json::{Value, json};

use super::lab::{Lab, until};

/// How many are tried at once: more than there are cores, for they mostly wait.
const AT_ONCE: usize = 6;

#[tokio::test]
async fn examples_come_and_go() {
    let folder = |it| fs::read_dir(it).unwrap().map(|it| it.unwrap().path());
    let mut files: Vec<_> = ["examples", "stacks"].into_iter().flat_map(folder).filter(|it| it.is_file()).collect();
    files.sort();
    let all: Vec<_> = files.iter().flat_map(|it| trials(it)).collect();
    assert!(!all.is_empty(), "there are no examples");
    stream::iter(all).for_each_concurrent(AT_ONCE, Trial::run).await;
}

/// An example in one of its environments.
struct Trial {
    name: String,
    text: String,
    env: Option<String>,
    /// What its database is made from.
    from: Value,
}

/// One for each environment of the file, and for each pattern.
fn trials(path: &Path) -> Vec<Trial> {
    let file = path.file_name().unwrap().to_string_lossy();
    let text = fs::read_to_string(path).unwrap();
    let stack: Value = serde_saphyr::from_str(&text).unwrap();
    let trial = |env: Option<String>, from: Value| Trial {
        name: format!("{file} {}", env.as_deref().unwrap_or_default()),
        text: text.clone(),
        env,
        from,
    };
    match stack["environments"].as_object() {
        Some(declared) => {
            let from = |it: &Value| it["databases"]["main"]["from"].clone();
            declared.iter().map(|(name, it)| trial(Some(name.replace('*', "7")), from(it))).collect()
        }
        None => vec![trial(None, Value::Null)],
    }
}

impl Trial {
    async fn run(self) {
        let Self { name, text, env, from } = self;
        let lab = Lab::new(&format!("example {name}")).await;
        // Pages of two are what takes longest, and other tests have them.
        // A zone of Enterprise has other settings for bots.
        let plan = if text.contains("definitely_automated") { "business" } else { "enterprise" };
        let zones = json!({"example.com": plan});
        let calm = json!({"preset": "strict", "page_size": 0, "empty_pages": 0.0, "cloudflare_zones": zones});
        lab.behave(calm).await;
        lab.write(&with_account(&text, &lab.account));
        let source = Source::of(&lab, &from).await;
        let env: Vec<_> = env.iter().flat_map(|it| ["--env", it]).collect();
        let run = async |args: &[&str]| {
            let said = lab.run(&[args, &env].concat()).await;
            assert_eq!(said.code, 0, "{name}: infractl {args:?}\n{}\n{}", said.out, said.err);
        };
        run(&["apply", "--yes"]).await;
        assert!(lab.changes().await > 0, "{name} made nothing");
        run(&["plan", "--detailed-exitcode"]).await;
        // What is protected is destroyed only by who says so twice.
        run(&["destroy", "--yes", "--override-protection"]).await;
        if let Some(it) = source {
            it.forget().await;
        }
        assert_eq!(lab.inventory().await, Vec::<String>::new(), "{name} left something");
    }
}

/// The database that one of an example is made from, or from a snapshot of it: it is there before.
struct Source {
    cx: WriteCx,
    database: String,
}

impl Source {
    async fn of(lab: &Lab, from: &Value) -> Option<Self> {
        let snapshot = from["snapshot"].as_str();
        let database = from["database"].as_str().or(snapshot)?.to_owned();
        let cx = lab.aws().await;
        let call = cx.rds.create_db_instance().db_instance_identifier(&database).db_instance_class("db.t4g.micro");
        let call = call.engine("postgres").engine_version("16").db_name("databases").allocated_storage(20);
        call.master_username("app").master_user_password("of-the-source").send().await.unwrap();
        let take = || cx.rds.create_db_snapshot().db_instance_identifier(&database);
        if let Some(it) = snapshot {
            until("the snapshot", async || take().db_snapshot_identifier(it).send().await.ok()).await;
        }
        Some(Self { cx, database })
    }

    async fn forget(self) {
        let Self { cx, database } = self;
        let delete = || cx.rds.delete_db_instance().db_instance_identifier(&database).skip_final_snapshot(true);
        delete().send().await.unwrap();
        let find = || cx.rds.describe_db_instances().db_instance_identifier(&database);
        until("the database to go", async || find().send().await.err()).await;
    }
}

/// The file, for an account in the sandbox instead of the one that it is for.
fn with_account(text: &str, account: &str) -> String {
    let line = |it: &str| match it.split_once("account: ") {
        Some((before, after)) if after.starts_with('"') => format!("{before}account: \"{account}\"\n"),
        _ => format!("{it}\n"),
    };
    text.lines().map(line).collect()
}
