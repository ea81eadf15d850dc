//! A plan, for people at a terminal.

use std::fmt::Write;

use anstyle::Style;
use indexmap::IndexMap;

use super::{
    style::{BOLD, CREATE, DELETE, DIM, REPLACE, UPDATE, paint},
    values::list,
    view::{Row, Verb, View, counts},
    words,
};
use crate::{plan::Plan, resource::value::Address};

/// Lines are about as wide as this, where there is a choice.
const WIDTH: usize = 120;
/// Of a summary, so much is shown however long the addresses are.
const SUMMARY: usize = 70;

/// A plan as text.
#[must_use]
pub fn plan(view: &View<'_>) -> String {
    let Plan { scope, place, .. } = view.plan;
    let name = format!("{}/{}", scope.stack, scope.env);
    let targets = view.targets.0.join(", ");
    if view.plan.is_empty() {
        let what = if targets.is_empty() { name } else { format!("{targets} of {name}") };
        return format!("Nothing to do: {what} is as the file says ({}).\n{}", view.effort, notes(view));
    }
    let mut acc = format!("{} in {}, account {}", paint(BOLD, &name), place.region, place.account);
    if !targets.is_empty() {
        let more = if view.graph.nodes.is_empty() { "what would keep that from going" } else { "what that needs" };
        let _ = write!(acc, "; only {targets}, and {more}");
    }
    acc += "\n";
    acc += &risks(view);
    let widest = view.plan.steps.iter().map(|it| it.target.as_str().len()).max().unwrap_or_default();
    let rows = view.rows(WIDTH.saturating_sub(widest + 6).max(SUMMARY));
    for (title, rows) in groups(&rows) {
        let _ = writeln!(acc, "\n{}", paint(BOLD, title));
        let width = rows.iter().map(|it| it.address.as_str().len()).max().unwrap_or_default();
        acc.extend(rows.into_iter().map(|it| resource(it, width)));
    }
    acc += &conflicts(view.plan);
    let _ = writeln!(acc, "\n{} ({}).", tally(view.plan, &rows), view.effort);
    if let Some(it) = words::cost(&view.cost()) {
        let _ = writeln!(acc, "{it}.");
    }
    acc += &notes(view);
    acc + &protection(view)
}

/// What is as the file says, and yet not all that it should be.
fn notes(view: &View<'_>) -> String {
    let line = |(of, what): (&Address, String)| format!("{} {of}: {what}\n", paint(BOLD, "note:"));
    view.notes().into_iter().map(line).collect()
}

/// What is not wanted any more comes last.
fn groups<'a, 'b>(rows: &'b [Row<'a>]) -> IndexMap<&'a str, Vec<&'b Row<'a>>> {
    let mut acc = IndexMap::<_, Vec<_>>::new();
    for row in rows {
        let title = if row.component.is_empty() { "no longer wanted" } else { row.component };
        acc.entry(title).or_default().push(row);
    }
    acc
}

fn resource(row: &Row<'_>, width: usize) -> String {
    let (sign, style) = sign(row.verb);
    let quiet = matches!(row.verb, Verb::Create | Verb::Delete);
    let said = |text: &str| if quiet { paint(DIM, text) } else { text.to_owned() };
    let mut acc = match row.note.as_str() {
        "" => format!("  {} {}\n", paint(style, sign), row.address),
        note => format!("  {} {:<width$}  {}\n", paint(style, sign), row.address, said(note)),
    };
    for line in &row.details {
        let _ = writeln!(acc, "      {}", said(line));
    }
    acc
}

fn sign(verb: Verb) -> (&'static str, Style) {
    match verb {
        Verb::Create => ("+", CREATE),
        Verb::Update => ("~", UPDATE),
        Verb::Replace => ("±", REPLACE),
        Verb::Delete => ("-", DELETE),
        Verb::Await => ("…", DIM),
    }
}

fn risks(view: &View<'_>) -> String {
    let mut acc = String::new();
    for (risk, targets) in view.risks() {
        let _ = writeln!(acc, "{} {}: {}", paint(DELETE, "!"), words::risk(risk), names(&targets));
    }
    if acc.is_empty() { acc } else { format!("\n{acc}") }
}

fn names(addresses: &[&Address]) -> String {
    list(&addresses.iter().map(ToString::to_string).collect::<Vec<_>>())
}

fn conflicts(plan: &Plan) -> String {
    let mut acc = String::new();
    for conflict in &plan.conflicts {
        let (what, help) = words::conflict(conflict);
        let _ = writeln!(acc, "\n{} {what}\n  {} {help}", paint(DELETE, "conflict:"), paint(BOLD, "help:"));
    }
    acc
}

/// How many resources a plan does what to; so it also says what the signs mean.
fn tally(plan: &Plan, rows: &[Row<'_>]) -> String {
    let part = |(verb, n): (Verb, usize)| {
        let what = match verb {
            Verb::Create => "to create",
            Verb::Update => "to change",
            Verb::Replace => "to replace",
            Verb::Delete => "to delete",
            Verb::Await => "to wait for",
        };
        let (sign, style) = sign(verb);
        format!("{} {n} {what}", paint(style, sign))
    };
    let mut parts: Vec<_> = counts(rows).into_iter().map(part).collect();
    if !plan.conflicts.is_empty() {
        parts.push(format!("{} to solve first", words::count(plan.conflicts.len(), "conflict")));
    }
    format!("Plan: {}", parts.join(", "))
}

fn protection(view: &View<'_>) -> String {
    let refused = view.refused();
    if refused.is_empty() {
        return String::new();
    }
    let env = &view.plan.scope.env;
    let help = "`infractl apply` refuses this plan; if it is meant, add --override-protection";
    format!(
        "\n{} {env} is protected, and this would harm {}\n  {} {help}\n",
        paint(DELETE, "protected:"),
        names(&refused),
        paint(BOLD, "help:")
    )
}
