//! What programs said, line by line.

use serde_json::{Value, json};

use super::{
    json::FORMAT,
    style::{DIM, paint},
};
use crate::catalog::aws::logs::events::Event;

/// How much of a task's id is shown to people: enough to tell those of a service from each other.
const SHORT: usize = 8;

/// What somebody's program said, without what would move about on a terminal.
#[must_use]
pub fn tame(line: &str) -> String {
    console::strip_ansi_codes(line).chars().filter(|it| *it == '\t' || !it.is_control()).collect()
}

/// What was said, each line with its time, its container and its task.
#[must_use]
pub fn text(events: &[Event]) -> String {
    events.iter().flat_map(|event| event.message.lines().map(|line| one(event, line))).collect()
}

fn one(event: &Event, line: &str) -> String {
    let (container, task) = event.source();
    let task: String = task.chars().take(SHORT).collect();
    let source = if task.is_empty() { container.to_owned() } else { format!("{container}/{task}") };
    format!("{} {}\n", paint(DIM, &format!("{} {source} |", event.time())), tame(line))
}

/// The same for machines, a line each.
#[must_use]
pub fn json(events: &[Event]) -> String {
    let line = |it: &Event| format!("{}\n", machine(it));
    events.iter().map(line).collect()
}

fn machine(it: &Event) -> Value {
    let (container, task) = it.source();
    let message = it.message.trim_end_matches(['\r', '\n']);
    json!({"format": FORMAT, "time": it.time(), "container": container, "task": task, "message": message})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(message: &str) -> Event {
        let stream = "ecs/api/0123456789abcdef".into();
        Event { id: "1".into(), at: 1_769_860_800_007, stream, message: message.into() }
    }

    #[test]
    fn each_line_says_where_it_comes_from() {
        let text =
            console::strip_ansi_codes(&text(&[event("one\n\u{1b}[31mtwo\u{1b}[0m\r\n"), event("three")])).into_owned();
        let start = "2026-01-31T12:00:00.007Z api/01234567 |";
        assert_eq!(text, format!("{start} one\n{start} two\n{start} three\n"));
    }

    #[test]
    fn machines_get_it_whole() {
        let line: Value = serde_json::from_str(&json(&[event("{\"a\": 1}\n")])).unwrap();
        assert_eq!((line["message"].as_str(), line["task"].as_str()), (Some("{\"a\": 1}"), Some("0123456789abcdef")));
    }
}
