//! `infractl logs`: what a service says, in order, once.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatchlogs::types::InputLogEvent;
use serde_json::{Value, json};

use super::Going;
use crate::lab::{Lab, until};

const STACK: &str = "
stack: shop
region: eu-central-1
network: { zones: 1, tiers: [public] }
services:
  api: { image: 'api:1', sidecars: { proxy: { image: 'envoy:1' } } }
";
const GROUP: &str = "/infractl/shop/default/services/api";
const ONE: &str = "ecs/api/0123456789abcdef0123456789abcdef";
const TWO: &str = "ecs/api/fedcba9876543210fedcba9876543210";
const BESIDE: &str = "ecs/proxy/0123456789abcdef0123456789abcdef";

/// A stack that is there; every list begins with an empty page.
async fn lab(name: &str) -> Lab {
    let lab = Lab::new(&format!("logs: {name}")).await;
    lab.write(STACK);
    lab.ok(&["apply", "--yes"]).await;
    lab.behave(json!({"empty_pages": 1.0})).await;
    let logs = &lab.aws().await.logs;
    for stream in [ONE, TWO, BESIDE] {
        logs.create_log_stream().log_group_name(GROUP).log_stream_name(stream).send().await.unwrap();
    }
    lab
}

impl Lab {
    /// What was said `ago` seconds before now.
    async fn says(&self, stream: &str, ago: i64, message: &str) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        let at = i64::try_from(now).unwrap() - ago * 1000;
        let event = InputLogEvent::builder().timestamp(at).message(message).build().unwrap();
        let call = self.aws().await.logs.put_log_events().log_group_name(GROUP).log_stream_name(stream);
        call.log_events(event).send().await.unwrap();
    }

    async fn looks(&self) -> usize {
        self.calls().await.iter().filter(|it| it.0 == "logs:FilterLogEvents").count()
    }
}

/// Lines without their times.
fn bare(text: &str) -> Vec<&str> {
    text.lines().map(|it| it.split_once(' ').unwrap().1).collect()
}

#[tokio::test]
async fn lines_come_from_all_tasks_in_the_order_in_which_they_were_said() {
    let lab = lab("order").await;
    for (stream, ago, message) in [
        (TWO, 60, "third"),
        (ONE, 500, "first\nsecond"),
        (BESIDE, 30, "fourth"),
        (ONE, 10, "\u{1b}[31mERROR\u{1b}[0m: fifth"),
        (ONE, 900, "long ago"),
    ] {
        lab.says(stream, ago, message).await;
    }
    let changes = lab.changes().await;
    let said = lab.ok(&["logs", "api"]).await;
    let (one, two, beside) = ("api/01234567 |", "api/fedcba98 |", "proxy/01234567 |");
    let expected = [
        format!("{one} first"),
        format!("{one} second"),
        format!("{two} third"),
        format!("{beside} fourth"),
        format!("{one} ERROR: fifth"),
    ];
    assert_eq!(bare(&said.out), expected);
    assert!(said.out.lines().all(|it| it.starts_with("20") && it.split(' ').next().unwrap().ends_with('Z')));
    let said = lab.ok(&["logs", "api", "--container", "proxy"]).await;
    assert_eq!(bare(&said.out), expected[3..4]);
    let said = lab.ok(&["logs", "api", "--filter", "ERROR"]).await;
    assert_eq!(bare(&said.out), expected[4..]);
    let said = lab.ok(&["logs", "api", "--since", "45s"]).await;
    assert_eq!(bare(&said.out), expected[3..]);
    assert_eq!(lab.ok(&["logs", "api", "--since", "1h"]).await.out.lines().count(), 6);
    let said = lab.ok(&["logs", "api", "--format", "json"]).await;
    let lines: Vec<Value> = said.out.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!((lines.len(), &lines[0]["message"]), (4, &json!("first\nsecond")));
    assert_eq!((&lines[2]["container"], &lines[2]["format"]), (&json!("proxy"), &json!(1)));
    assert_eq!(lines[1]["task"], TWO.rsplit('/').next().unwrap());
    assert_eq!(lab.changes().await, changes);
}

#[tokio::test]
async fn what_follows_is_shown_once_though_it_comes_late() {
    let lab = lab("follow").await;
    lab.says(ONE, 20, "before").await;
    let mut going = Going::start(&lab, &["logs", "api", "--follow"]);
    let mut lines = Vec::new();
    let mut line = async || {
        let line = going.line().await.unwrap();
        lines.push(line.rsplit_once(' ').unwrap().1.to_owned());
    };
    line().await;
    lab.says(ONE, 0, "new").await;
    line().await;
    // Of before what was shown last.
    lab.says(TWO, 10, "late").await;
    line().await;
    lab.says(TWO, 0, "newest").await;
    line().await;
    assert_eq!(lines, ["before", "new", "late", "newest"]);
    // It has looked again, and found nothing new.
    let looks = lab.looks().await;
    until("two more looks", async || (lab.looks().await > looks + 6).then_some(())).await;
    going.signal("INT").await;
    assert_eq!(going.line().await, None);
    assert_eq!(going.code().await, Some(0));
}

#[tokio::test]
async fn what_is_not_there_has_no_log() {
    let lab = Lab::new("logs: nothing").await;
    lab.write(STACK);
    lab.refuses(&["logs", "api"], 4, "api is not there yet").await;
    lab.refuses(&["logs", "ap"], 2, "did you mean `api`?").await;
    lab.refuses(&["logs", "api", "--container", "prxy"], 2, "did you mean `proxy`?").await;
    lab.refuses(&["logs", "api", "--since", "10"], 2, "write it as 90s, 5m, 2h or 1d").await;
    lab.ok(&["apply", "--yes"]).await;
    lab.refuses(&["logs", "api", "--filter", "\"open"], 1, "Invalid filter pattern").await;
    assert_eq!(lab.ok(&["logs", "api"]).await.out, "");
}
