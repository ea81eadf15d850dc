//! Problems with their places, and why a command ended early.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::{
    style::{BOLD, DELETE, paint},
    words,
};
use crate::{
    api::ApiError,
    diagnostic::Severity,
    spec::{Located, Problems},
};

/// Problems of a file, each with its line.
#[must_use]
pub fn problems(it: &Problems) -> String {
    it.items.iter().map(|located| one(it, located)).collect::<Vec<_>>().join("\n")
}

fn one(all: &Problems, located: &Located) -> String {
    let problem = &located.diagnostic;
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group =
        level.primary_title(&*problem.message).id(problem.id).elements(None::<annotate_snippets::Message<'_>>);
    if let Some(place) = &located.place {
        let snippet = Snippet::source(&*all.source.text).path(&*all.source.name);
        group = group.element(snippet.annotation(AnnotationKind::Primary.span(place.bytes.clone())));
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(&**help));
    }
    format!("{}\n", Renderer::styled().render(&[group]))
}

/// All that could not be seen.
#[must_use]
pub fn unseen(errors: &[ApiError]) -> String {
    let line = |it: &ApiError| format!("  {it}{}", words::hint(it).replace('\n', "\n  "));
    errors.iter().map(|it| line(it) + "\n").collect()
}

/// An error, and what to do about it.
#[must_use]
pub fn error(message: &str, help: Option<&str>) -> String {
    let help = help.map(|it| format!("  {} {it}\n", paint(BOLD, "help:"))).unwrap_or_default();
    format!("{} {message}\n{help}", paint(DELETE, "error:"))
}
