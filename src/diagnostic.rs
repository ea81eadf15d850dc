//! A problem with what the user wrote or asked for: plain data, many at once.

use serde::Serialize;

/// How bad a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing can be done until it is mended.
    Error,
    /// It can be done, but is likely not what was meant.
    Warning,
}

/// One problem, with an id that documents and tests can name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Such as `network/overlap`: stable, for people to search and for tools to match.
    pub id: &'static str,
    /// Where in the stack file, as keys joined by dots, such as `network.cidr`; empty for the file as a whole.
    pub path: String,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at `path`.
    #[must_use]
    pub fn error(id: &'static str, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, id, path: path.into(), message: message.into(), help: None }
    }

    /// A warning at `path`.
    #[must_use]
    pub fn warning(id: &'static str, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(id, path, message) }
    }

    /// The same, with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The word nearest to `word` among `known`, if one is near enough to have been meant.
#[must_use]
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|it| (strsim::damerau_levenshtein(word, it), it))
        .filter(|(distance, it)| *distance <= (it.len().max(word.len()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, it)| it)
}
