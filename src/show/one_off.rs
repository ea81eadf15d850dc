//! A task that runs once, and what it says.

use std::io;

use serde_json::{Value, json};

use super::{err, json::FORMAT, logs::tame, out};
use crate::catalog::aws::ecs::{causes::explained, one_off::Seen};

/// The code of what was killed, of which its program does not tell: 128 and the number of SIGKILL
/// (<https://www.gnu.org/software/bash/manual/html_node/Exit-Status.html>).
const KILLED: i32 = 137;

/// What happens to a task.
#[derive(Debug)]
pub enum Event<'a> {
    /// It was started.
    Started {
        /// Its ARN.
        task: &'a str,
        /// The revision that it is of, such as `shop-prod-api:17`.
        revision: &'a str,
    },
    /// Its container said something, line by line.
    Said(&'a [String]),
    /// It has ended.
    Ended {
        /// Its ARN.
        task: &'a str,
        /// How.
        seen: &'a Seen,
    },
}

/// Shows what happens to a task: what it says where results go, the rest where messages go; for machines a line each.
///
/// # Errors
/// If nobody reads any more.
pub fn show(event: &Event<'_>, json: bool) -> io::Result<()> {
    if json {
        return out(&format!("{}\n", machine(event)));
    }
    match event {
        Event::Said(lines) => {
            out(&lines.iter().flat_map(|it| it.lines()).map(|it| tame(it) + "\n").collect::<String>())
        }
        Event::Started { task, revision } => {
            err(&format!("started {task} of {revision}\n"));
            Ok(())
        }
        Event::Ended { seen, .. } => {
            err(&ending(seen));
            Ok(())
        }
    }
}

/// Nothing to add to a good end.
fn ending(seen: &Seen) -> String {
    match seen.code {
        Some(0) => String::new(),
        Some(KILLED) => format!("{}\n", explained(&seen.why)),
        _ => format!("{}\n", seen.why),
    }
}

fn machine(event: &Event<'_>) -> Value {
    match event {
        Event::Started { task, revision } => {
            json!({"format": FORMAT, "event": "started", "task": task, "revision": revision})
        }
        Event::Said(lines) => json!({"format": FORMAT, "event": "said", "lines": lines}),
        Event::Ended { task, seen } => {
            json!({"format": FORMAT, "event": "ended", "task": task, "code": seen.code, "reason": seen.why})
        }
    }
}
