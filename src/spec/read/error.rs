//! What can be wrong with a value, in words.

use std::{fmt, ops::Range};

use serde::de::{self, Expected, Unexpected};
use serde_json::Value;

use super::super::{
    problems::Finding,
    tree::{Described, Part, Step, Tree},
};
use crate::diagnostic::{Diagnostic, did_you_mean};

/// Why a value cannot be read; where, as soon as that is known.
#[derive(Debug)]
pub(in super::super) struct ReadError {
    pub(super) kind: Kind,
    pub(super) spot: Option<Box<Spot>>,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// It is of the wrong type or range.
    Type {
        expected: String,
    },
    /// A type's own words: the message, and its help after a line break.
    Own(String),
    Missing(&'static str),
    Unknown {
        key: String,
        known: Vec<&'static str>,
    },
    Choice {
        given: String,
        known: Vec<&'static str>,
    },
    /// A reference to an output, where the value has to be known.
    NotHere,
    /// A reference to this output, which is a secret, in a text.
    SecretHere(String),
    /// A reference to this output, which is none, in place of a secret.
    NoSecret(String),
    /// A secret with text around it.
    NotAlone,
}

/// Advice for [`Kind::NotHere`].
pub(in super::super) const NOT_HERE: &str = "what a component gives is known only after it is made; it can stand in `outputs`, \
     and in settings whose text may hold outputs";

/// Where a wrong value is, and what it looks like.
#[derive(Debug)]
pub(super) struct Spot {
    pub(super) steps: Vec<Step>,
    /// Whether it is the key that is wrong.
    pub(super) on_key: bool,
    bytes: Range<usize>,
    key: Range<usize>,
    found: String,
    raw: Option<String>,
    value: Option<Value>,
}

impl Spot {
    pub(super) fn new(steps: Vec<Step>, tree: &Tree, text: &str, on_key: bool) -> Box<Self> {
        Box::new(Self {
            steps,
            on_key,
            bytes: if on_key { tree.key_place() } else { tree.place() },
            key: tree.key_place(),
            found: Described(tree).to_string(),
            raw: text.get(tree.bytes.clone()).filter(|it| !it.contains("${")).map(str::to_owned),
            value: match &tree.part {
                Part::Leaf(it) if !on_key => Some(it.clone()),
                _ => None,
            },
        })
    }
}

impl ReadError {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, spot: None }
    }

    /// The same, at `spot` unless its place is known more exactly already.
    pub(super) fn at(mut self, spot: impl FnOnce() -> Box<Spot>) -> Self {
        self.spot.get_or_insert_with(spot);
        self
    }

    pub(super) fn or_at_root(self, tree: &Tree) -> Self {
        self.at(|| Spot::new(Vec::new(), tree, "", false))
    }
}

impl Kind {
    /// The problem at `path`.
    pub(super) fn finding(self, path: &str, spot: &Spot) -> Finding {
        let error = |id, message: String| Diagnostic::error(id, path, message);
        let (diagnostic, bytes) = match self {
            Self::Type { expected } => {
                let problem = error("spec/type", format!("expected {expected}, found {}", spot.found));
                (with_help(problem, type_help(&expected, spot)), &spot.bytes)
            }
            Self::Own(words) => {
                let (message, help) =
                    words.split_once('\n').map_or((words.as_str(), None), |(a, b)| (a, Some(b.to_owned())));
                (with_help(error("spec/value", message.to_owned()), help), &spot.bytes)
            }
            Self::Missing(field) => {
                let what = if path.is_empty() { "the file".to_owned() } else { format!("`{path}`") };
                (error("spec/missing", format!("{what} has no `{field}`")), &spot.key)
            }
            Self::Unknown { key, known } => return unknown_key(&key, &known, path, spot.key.clone()),
            Self::Choice { given, known } => {
                let problem = error("spec/value", format!("`{given}` is not one of {}", known.join(", ")));
                let lower = given.to_lowercase();
                let help = did_you_mean(&lower, known.iter().copied()).map(|it| format!("did you mean `{it}`?"));
                (with_help(problem, help), &spot.bytes)
            }
            Self::NotHere => {
                (error("ref/not-here", "an output cannot be used here".into()).help(NOT_HERE), &spot.bytes)
            }
            Self::SecretHere(out) => {
                let help = format!("`{out}` is a secret: it can stand under a service's `secrets`, alone");
                (error("ref/secret", "a secret cannot be used here".into()).help(help), &spot.bytes)
            }
            Self::NoSecret(out) => {
                let help = "it can stand wherever text may hold outputs, such as under a service's `environment`";
                (error("ref/no-secret", format!("`{out}` is no secret")).help(help), &spot.bytes)
            }
            Self::NotAlone => {
                let help =
                    "no one puts the text together: give both to the program, or keep the whole text as a secret";
                (error("ref/not-alone", "a secret stands alone".into()).help(help), &spot.bytes)
            }
        };
        Finding::new(diagnostic, Some(bytes.clone()))
    }
}

/// The problem of a key that no one knows, at `path`, which ends with it.
pub(in super::super) fn unknown_key(key: &str, known: &[&'static str], path: &str, bytes: Range<usize>) -> Finding {
    let problem = Diagnostic::error("spec/unknown-key", path, format!("there is no key `{key}` here"));
    let near = did_you_mean(key, known.iter().copied());
    let help = match near {
        Some(it) => format!("did you mean `{it}`?"),
        None => format!("there are {}", known.join(", ")),
    };
    let meant = near.map(|it| path.strip_suffix(key).unwrap_or("").to_owned() + it);
    let finding = Finding::new(problem.help(help), Some(bytes));
    Finding { spoils: meant.unwrap_or(finding.spoils), ..finding }
}

fn with_help(problem: Diagnostic, help: Option<String>) -> Diagnostic {
    match help {
        Some(it) => problem.help(it),
        None => problem,
    }
}

/// Advice where one type was written and another meant.
fn type_help(expected: &str, spot: &Spot) -> Option<String> {
    match spot.value.as_ref()? {
        Value::Null if expected.contains("map") => Some("write `{}` for the defaults, or remove the key".into()),
        Value::Null => Some("give it a value, or remove the key".into()),
        Value::Number(_) | Value::Bool(_) if expected.contains("text") => match &spot.raw {
            Some(raw) => Some(format!("quote it: \"{raw}\"")),
            None => Some("give the variable `type: string`".into()),
        },
        Value::String(it) if expected.contains("true or false") => match it.to_ascii_lowercase().as_str() {
            "yes" | "on" | "y" => Some("write `true`".into()),
            "no" | "off" | "n" => Some("write `false`".into()),
            "true" | "false" => Some(format!("write {it} without quotes, or give the variable `type: bool`")),
            _ => None,
        },
        Value::String(it) if expected.contains("number") && it.parse::<f64>().is_ok() => {
            Some(format!("write {it} without quotes, or give the variable `type: number`"))
        }
        Value::String(_) | Value::Number(_) if expected == "a list" => {
            Some("write a list, if only of one: [ … ]".into())
        }
        _ => None,
    }
}

/// What a type expects, for people.
fn plain(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    match text.as_str() {
        "a boolean" => "true or false".into(),
        "a string" | "a character" => "text".into(),
        "a sequence" => "a list".into(),
        "u8" => "a whole number from 0 to 255".into(),
        "u16" => "a whole number from 0 to 65535".into(),
        "u32" | "u64" | "usize" => "a whole number from 0".into(),
        it if it.starts_with("struct ") => "a map of settings".into(),
        _ => text,
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)
    }
}

impl std::error::Error for ReadError {}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(it: T) -> Self {
        Self::new(Kind::Own(it.to_string()))
    }
    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Kind::Type { expected: plain(expected) })
    }
    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Kind::Type { expected: plain(expected) })
    }
    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(Kind::Choice { given: variant.into(), known: expected.to_vec() })
    }
    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(Kind::Unknown { key: field.into(), known: expected.to_vec() })
    }
    fn missing_field(field: &'static str) -> Self {
        Self::new(Kind::Missing(field))
    }
}
