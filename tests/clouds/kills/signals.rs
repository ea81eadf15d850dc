//! Asked to stop, a run finishes what it has begun; asked twice, it ends at once. The next one goes on.

use std::{collections::BTreeSet, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStderr, Command},
};

use super::{APPLY, EVERYTHING, Point, assert_whole, hold, is_held, lift};
use crate::lab::{Lab, until};

const POINT: Point = Point { n: 6, before: false };

/// An apply that waits for an answer.
struct Held {
    child: Child,
    said: Lines<BufReader<ChildStderr>>,
}

impl Held {
    async fn start(lab: &Lab) -> Self {
        lab.write(EVERYTHING);
        hold(lab, POINT).await;
        let command = lab.command(&APPLY);
        let mut child = Command::from(command).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        until("a call that is held", async || is_held(lab).await.then_some(())).await;
        let said = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, said }
    }

    /// Waits until it is told that the signal has been heard.
    async fn signal(&mut self, name: &str, heard: &str) {
        let pid = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().await.unwrap().success());
        while !self.line().await.expect("it is told").contains(heard) {}
    }

    async fn line(&mut self) -> Option<String> {
        self.said.next_line().await.unwrap()
    }

    async fn code(mut self) -> Option<i32> {
        self.child.wait().await.unwrap().code()
    }
}

async fn stops(signal: &str) {
    let lab = Lab::new(&format!("kills {signal}")).await;
    let mut held = Held::start(&lab).await;
    held.signal(signal, "what has begun is finished").await;
    lift(&lab).await;
    let mut rest = Vec::new();
    while let Some(line) = held.line().await {
        rest.push(line);
    }
    assert_eq!(held.code().await, Some(130));
    assert!(!rest.iter().any(|it| it.starts_with("failed ")), "{rest:#?}");
    assert!(rest.last().unwrap().contains("Run the same command again to go on."), "{rest:#?}");
    // What was begun is done, not just left. The rules of a new group are changed: it has one by itself.
    let left = lab.plan().await;
    let left: BTreeSet<_> = left.iter().filter_map(|it| Some(it.split_once(' ')?.1)).collect();
    let told = |verb: &str| rest.iter().filter_map(|it| it.strip_prefix(verb)).collect::<BTreeSet<_>>();
    let skipped = told("not tried ");
    assert!(!skipped.is_empty() && !told("created ").is_empty());
    assert_eq!(left, skipped);
    lab.ok(&APPLY).await;
    assert_whole(&lab, POINT).await;
}

#[tokio::test]
async fn an_interrupt_lets_it_finish_what_it_has_begun() {
    stops("INT").await;
}

#[tokio::test]
async fn so_does_a_request_to_terminate() {
    stops("TERM").await;
}

#[tokio::test]
async fn twice_it_ends_at_once() {
    let lab = Lab::new("kills INT TERM").await;
    let mut held = Held::start(&lab).await;
    held.signal("INT", "what has begun is finished").await;
    held.signal("TERM", "run the same command again to go on").await;
    // Though the answer is still held back.
    assert_eq!(held.code().await, Some(130));
    lift(&lab).await;
    lab.ok(&APPLY).await;
    assert_whole(&lab, POINT).await;
}
