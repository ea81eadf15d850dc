//! Problems with their places, as they leave the loader.

use std::{collections::HashSet, ops::Range, sync::Arc};

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Severity};

/// More than this many problems help nobody; the rest is left out.
pub(super) const MOST: usize = 200;

/// Among more names than this, none is looked for that may have been meant.
pub(super) const MOST_NAMES: usize = 500;

/// A stack file as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name as shown to people, such as `infractl.yaml`.
    pub name: String,
    /// Its whole text.
    pub text: String,
}

/// Where in a [`Source`] something is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// The bytes of the text, always on character boundaries.
    pub bytes: Range<usize>,
}

/// A problem, and its place where it has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Located {
    /// What is wrong.
    pub diagnostic: Diagnostic,
    /// Where; `None` for what does not come from the file, such as `--env`.
    pub place: Option<Place>,
}

/// All that is wrong with one file, in the order of its text; what has no place comes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    /// The file.
    pub source: Arc<Source>,
    /// The problems, without repetitions.
    pub items: Vec<Located>,
}

impl Problems {
    /// Whether any of them forbids going on.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.items.iter().any(|it| it.diagnostic.severity == Severity::Error)
    }

    pub(super) fn new(source: Arc<Source>, mut findings: Vec<Finding>) -> Self {
        findings.sort_by(|a, b| a.order().cmp(&b.order()));
        let mut seen = HashSet::new();
        findings.retain(|it| seen.insert((it.diagnostic.id, it.bytes.clone(), it.diagnostic.message.clone())));
        findings.truncate(MOST);
        let lines = Lines::of(&source.text);
        let items = findings
            .into_iter()
            .map(|it| Located { diagnostic: it.diagnostic, place: it.bytes.map(|bytes| lines.place(bytes)) })
            .collect();
        Self { source, items }
    }
}

/// A problem and its bytes, before lines are counted.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) diagnostic: Diagnostic,
    pub(super) bytes: Option<Range<usize>>,
    /// The path whose value is not to be trusted because of it, so that no check builds on it.
    pub(super) spoils: String,
}

impl Finding {
    pub(super) fn new(diagnostic: Diagnostic, bytes: Option<Range<usize>>) -> Self {
        Self { spoils: diagnostic.path.clone(), diagnostic, bytes }
    }

    /// The same, found in a tree that stands at `path`.
    pub(super) fn under(mut self, path: &str) -> Self {
        self.diagnostic.path = match self.diagnostic.path.as_str() {
            "" => path.to_owned(),
            below => format!("{path}.{below}"),
        };
        self.spoils.clone_from(&self.diagnostic.path);
        self
    }

    pub(super) fn is_error(&self) -> bool {
        self.diagnostic.severity == Severity::Error
    }

    fn order(&self) -> (Option<usize>, Severity, &str, &str) {
        let at = self.bytes.as_ref().map(|it| it.start);
        (at, self.diagnostic.severity, &self.diagnostic.path, &self.diagnostic.message)
    }
}

/// Where the lines of a text begin.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    fn place(&self, bytes: Range<usize>) -> Place {
        let start = self.boundary(bytes.start);
        let end = self.boundary(bytes.end).max(start);
        let line = self.starts.partition_point(|it| *it <= start);
        let from = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let before = self.text.get(from..start).unwrap_or("");
        Place { line, column: before.trim_start_matches('\u{feff}').chars().count() + 1, bytes: start..end }
    }

    /// `at`, or the nearest character boundary before it inside the text.
    fn boundary(&self, at: usize) -> usize {
        self.text.floor_char_boundary(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let lines = Lines::of("ä: 1\nöü: x\r\n");
        assert_eq!(lines.place(12..13), Place { line: 2, column: 5, bytes: 12..13 });
        assert_eq!(lines.place(99..100), Place { line: 3, column: 1, bytes: 15..15 });
    }
}
