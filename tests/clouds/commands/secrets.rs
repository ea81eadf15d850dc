//! `infractl secrets`: what people set, before and after the first apply.

use std::{fs, process::Stdio};

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::lab::{Lab, Said};

const STACK: &str = "
stack: shop
region: eu-central-1
tags: {team: web}
keys: {main: {}}
secrets:
  stripe: {recovery: 7d}
  mail: {key: '${keys.main}', recovery: none}
  session: {generate: 32}
";

async fn lab(name: &str) -> Lab {
    let lab = Lab::new(&format!("secrets: {name}")).await;
    lab.behave(json!({"page_size": 0, "empty_pages": 0.0})).await;
    lab.write(STACK);
    lab
}

impl Lab {
    /// As [`Lab::run`], with `input` to be read.
    async fn given(&self, args: &[&str], input: &str) -> Said {
        let mut command = tokio::process::Command::from(self.command(args));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Who refuses at once may not read it.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes()).await;
        let output = child.wait_with_output().await.unwrap();
        Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    async fn value(&self, name: &str) -> String {
        let call = self.aws().await.read.secrets.get_secret_value().secret_id(format!("/infractl/shop/default/{name}"));
        call.send().await.unwrap().secret_string.unwrap()
    }

    async fn states(&self) -> Vec<String> {
        let list = self.json(&["secrets", "list"]).await;
        let line = |it: &Value| format!("{} {}", it["name"].as_str().unwrap(), it["state"].as_str().unwrap());
        list["secrets"].as_array().unwrap().iter().map(line).collect()
    }
}

#[tokio::test]
async fn a_value_can_be_set_before_the_first_apply_and_after() {
    let lab = lab("set").await;
    assert_eq!(lab.states().await, ["stripe not there yet", "mail not there yet", "session not there yet"]);
    let said = lab.given(&["secrets", "set", "stripe"], "sk_live_1\n").await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.is_empty() && !said.err.contains("sk_live"), "{said:?}");
    assert_eq!(lab.value("stripe").await, "sk_live_1");

    // What needs a key that is not there has to wait for it.
    lab.refuses(&["secrets", "set", "mail", "--from-file", "infractl.yaml"], 4, "--target kms.key/main").await;

    // The plan finds it as it would have made it.
    let planned = lab.plan().await;
    assert_eq!(
        planned,
        ["create kms.key/main", "create secretsmanager.secret/mail", "create secretsmanager.secret/session"]
    );
    let plan = lab.ok(&["plan"]).await.out;
    assert!(
        plan.contains("! it has no value until `infractl secrets set mail` sets it: secretsmanager.secret/mail"),
        "{plan}"
    );
    lab.ok(&["apply", "--yes"]).await;
    let plan = lab.ok(&["plan"]).await.out;
    assert!(plan.starts_with("Nothing to do"), "{plan}");
    assert!(
        plan.contains("note: secretsmanager.secret/mail: it has no value yet: `infractl secrets set mail`"),
        "{plan}"
    );
    assert_eq!(plan.matches("note:").count(), 1, "{plan}");

    // Keys of one secret, one by one.
    for (key, value) in [("user", "ops"), ("password", "a\"b\nc"), ("user", "web")] {
        let said = lab.given(&["secrets", "set", "mail", "--key", key], value).await;
        assert_eq!(said.code, 0, "{said:?}");
        // What was set a moment ago is seen only now.
        let expected: Value = match (key, value) {
            ("user", "ops") => json!({"user": "ops"}),
            ("user", _) => json!({"user": "web", "password": "a\"b\nc"}),
            _ => json!({"user": "ops", "password": "a\"b\nc"}),
        };
        assert_eq!(serde_json::from_str::<Value>(&lab.value("mail").await).unwrap(), expected);
    }
    fs::write(lab.path("key.pem"), "-----\nabc\n-----\r\n").unwrap();
    lab.ok(&["secrets", "set", "stripe", "--from-file", "key.pem"]).await;
    assert_eq!(lab.value("stripe").await, "-----\nabc\n-----");
    crate::lab::until("all values", async || {
        (lab.states().await == ["stripe set", "mail set", "session set"]).then_some(())
    })
    .await;
    lab.assert_empty().await;
    let list = lab.ok(&["secrets", "list"]).await.out;
    assert!(
        list.contains("stripe   set (by people, changed 20") && list.contains("session  set (by infractl"),
        "{list}"
    );
    assert!(!list.contains("abc"), "{list}");
}

#[tokio::test]
async fn a_value_can_be_set_twice_in_a_row() {
    let lab = lab("twice").await;
    // What was made a moment ago is not seen everywhere yet.
    lab.behave(json!({"read_after_write": 2.0})).await;
    for value in ["first", "second"] {
        let said = lab.given(&["secrets", "set", "stripe"], value).await;
        assert_eq!(said.code, 0, "{said:?}");
    }
    assert_eq!(lab.value("stripe").await, "second");
}

#[tokio::test]
async fn what_cannot_be_set_is_refused() {
    let lab = lab("refused").await;
    lab.refuses(&["secrets", "set", "strip"], 2, "did you mean `stripe`?").await;
    lab.refuses(&["secrets", "set", "session"], 2, "is made by infractl").await;
    lab.refuses(&["secrets", "set", "stripe"], 2, "there is no value").await;
    lab.refuses(&["secrets", "set", "stripe", "--from-file", "none"], 1, "none").await;
    let said = lab.given(&["secrets", "set", "stripe"], &"x".repeat(70_000)).await;
    assert!(said.code == 1 && said.err.contains("65536 bytes"), "{said:?}");
    let cx = lab.aws().await;
    cx.secrets.create_secret().name("/infractl/shop/default/stripe").secret_string("plain").send().await.unwrap();
    crate::lab::until("the secret of somebody else", async || {
        let said = lab.given(&["secrets", "set", "stripe"], "mine").await;
        (said.code == 4 && said.err.contains("its name is taken")).then_some(())
    })
    .await;
    assert_eq!(lab.value("stripe").await, "plain");
}

#[tokio::test]
async fn one_that_is_going_is_brought_back_first() {
    let lab = lab("going").await;
    assert_eq!(lab.given(&["secrets", "set", "stripe"], "plain").await.code, 0);
    let said = lab.given(&["secrets", "set", "stripe", "--key", "a"], "x").await;
    assert!(said.code == 1 && said.err.contains("no JSON object") && !said.err.contains("plain"), "{said:?}");
    let cx = lab.aws().await;
    cx.secrets.delete_secret().secret_id("/infractl/shop/default/stripe").send().await.unwrap();
    crate::lab::until("the deletion", async || {
        lab.states().await.contains(&"stripe being deleted".to_owned()).then_some(())
    })
    .await;
    let said = lab.given(&["secrets", "set", "stripe"], "other").await;
    assert!(said.code == 4 && said.err.contains("bring it back first: infractl apply"), "{said:?}");
    lab.ok(&["apply", "--yes"]).await;
    assert_eq!(lab.value("stripe").await, "plain");
}
