//! What is going on: live lines on a terminal, one line an event elsewhere.

use std::{collections::BTreeMap, io::IsTerminal, time::Duration};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::{
    err, json,
    logs::tame,
    out,
    style::{CREATE, DELETE, DIM, UPDATE, paint},
    words,
};
use crate::{
    hooks::Told,
    plan::{Action, Observed, Step, StepId},
    run::Event,
};

/// How events are shown.
pub enum Progress {
    /// For people who watch.
    Live {
        /// All lines.
        lines: MultiProgress,
        /// The line of each step that runs.
        running: BTreeMap<StepId, ProgressBar>,
    },
    /// For logs.
    Plain,
    /// For machines.
    Json,
}

impl Progress {
    /// As suits where it goes.
    #[must_use]
    pub fn new(json: bool) -> Self {
        if json {
            Self::Json
        } else if std::io::stderr().is_terminal() {
            Self::Live { lines: MultiProgress::new(), running: BTreeMap::new() }
        } else {
            Self::Plain
        }
    }

    /// Shows what happened.
    pub fn show(&mut self, event: &Event<'_>, observed: &Observed) {
        match self {
            Self::Live { lines, running } => live(lines, running, event, observed),
            Self::Plain => err(&plain(event, observed)),
            // Whoever reads the events also reads the exit code: nothing else can be done when they do not.
            Self::Json => drop(out(&format!("{}\n", json::event(event)))),
        }
    }

    /// Shows what became of a hook.
    pub fn told(&mut self, told: &Told<'_>) {
        match self {
            Self::Live { lines, .. } => {
                let mark = if told.said.is_ok() { paint(CREATE, "✓") } else { paint(UPDATE, "!") };
                let _ = lines.println(format!("  {mark} {}", words::told(told)));
            }
            Self::Plain => err(&format!("{}\n", words::told(told))),
            Self::Json => drop(out(&format!("{}\n", json::told(told)))),
        }
    }
}

fn live(lines: &MultiProgress, running: &mut BTreeMap<StepId, ProgressBar>, event: &Event<'_>, observed: &Observed) {
    let (step, line) = match event {
        Event::Started(step) => {
            let bar = lines.add(ProgressBar::new_spinner());
            let style = ProgressStyle::with_template("  {spinner} {msg} {elapsed}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.set_message(format!("{} {}{}", verb(step).0, step.target, usually(step, observed)));
            bar.enable_steady_tick(Duration::from_millis(120));
            running.insert(step.id, bar);
            return;
        }
        Event::Finished(step, took) => {
            let took = paint(DIM, &format!("{:.1} s", took.as_secs_f64()));
            (step, format!("  {} {} {} {took}", paint(CREATE, "✓"), verb(step).1, step.target))
        }
        Event::Failed(step, failure) => {
            (step, format!("  {} {}: {}", paint(DELETE, "✗"), step.target, words::failure(failure)))
        }
        Event::Waiting(step, failure) => {
            // It goes on: its line stays.
            let _ = lines.println(format!("  {} {}: {}", paint(DIM, "…"), step.target, words::lasting(failure)));
            return;
        }
        Event::Said(step, said) => {
            for line in *said {
                let _ = lines.println(format!("  {} {}", paint(DIM, &format!("{} |", step.target)), tame(line)));
            }
            return;
        }
        Event::Skipped(step) => (step, format!("  {} {} {}", paint(DIM, "·"), step.target, paint(DIM, "not tried"))),
    };
    if let Some(bar) = running.remove(&step.id) {
        bar.finish_and_clear();
    }
    // A terminal that went away is no reason to stop what was begun.
    let _ = lines.println(line);
}

fn plain(event: &Event<'_>, observed: &Observed) -> String {
    match event {
        // One line a step, when it is done; what takes its time says so before.
        Event::Started(step) => match usually(step, observed) {
            usual if usual.is_empty() => String::new(),
            usual => format!("{} {}{usual}\n", verb(step).0, step.target),
        },
        Event::Finished(step, took) => format!("{} {} ({:.1} s)\n", verb(step).1, step.target, took.as_secs_f64()),
        Event::Failed(step, failure) => format!("failed {}: {}\n", step.target, words::failure(failure)),
        Event::Waiting(step, failure) => format!("waiting, {}: {}\n", step.target, words::lasting(failure)),
        Event::Said(step, said) => {
            said.iter().fold(String::new(), |acc, it| format!("{acc}{} | {}\n", step.target, tame(it)))
        }
        Event::Skipped(step) => format!("not tried {}\n", step.target),
    }
}

/// What a step does, while it does and when it has.
fn verb(step: &Step) -> (&'static str, &'static str) {
    match step.action {
        Action::Create { .. } => ("creating", "created"),
        Action::Update { .. } => ("changing", "changed"),
        Action::Delete { .. } => ("deleting", "deleted"),
        Action::Await { .. } => ("waiting for", "ready"),
    }
}

fn usually(step: &Step, observed: &Observed) -> String {
    let facts = observed.kinds.get(step.target.kind());
    match &step.action {
        Action::Create { want, .. } | Action::Await { want, .. } => match facts.map(|it| it.usual(want)) {
            Some(usual) if !usual.is_zero() => format!(" (usually about {})", words::span(usual)),
            _ => String::new(),
        },
        _ => String::new(),
    }
}
