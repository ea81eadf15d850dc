//! References in text, replaced by what they name.

use std::{collections::BTreeMap, ops::Range};

use serde_json::Value;

use super::{
    model::{Outputs, Scalar},
    problems::{Finding, MOST, MOST_NAMES},
    reference::{Ref, Segment, resolve, segments},
    tree::{Part, Piece, Step, Tree, path},
};
use crate::diagnostic::{Diagnostic, did_you_mean};

/// The most bytes that a text may grow to.
const MOST_BYTES: usize = 64 << 10;
/// The most bytes that all texts with references may come to.
const MOST_BYTES_TOGETHER: usize = 16 << 20;

/// What references stand for. `None` is a value that has its problem reported already, or that is not to be known here.
#[derive(Debug)]
pub(super) struct Values {
    pub(super) env: Option<String>,
    pub(super) vars: BTreeMap<String, Option<Scalar>>,
    /// The settings that the file has.
    pub(super) settings: BTreeMap<&'static str, Option<String>>,
    /// What there are outputs of.
    pub(super) components: &'static [&'static Outputs],
}

/// A text with its references replaced.
#[derive(Debug, PartialEq)]
pub(super) enum Filled {
    Value(Value),
    Template(Vec<Piece>),
    /// It cannot be known.
    Unknown,
}

/// A text to fill, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    pub(super) text: &'a str,
    pub(super) path: &'a str,
    pub(super) bytes: &'a Range<usize>,
    /// The whole file.
    pub(super) source: &'a str,
}

impl Written<'_> {
    fn finding(&self, diagnostic: Diagnostic, reference: &str) -> Finding {
        Finding::new(diagnostic, Some(self.bytes_of(reference)))
    }

    /// Where `reference` stands in the file, or the whole text if that cannot be told.
    fn bytes_of(&self, reference: &str) -> Range<usize> {
        let raw = self.source.get(self.bytes.clone()).unwrap_or("");
        match raw.find(reference) {
            Some(at) => self.bytes.start + at..self.bytes.start + at + reference.len(),
            None => self.bytes.clone(),
        }
    }
}

/// Replaces every reference in the texts of `tree`, which stands at `steps`.
pub(super) fn interpolate(
    tree: &mut Tree,
    steps: &mut Vec<Step>,
    values: &Values,
    source: &str,
    findings: &mut Vec<Finding>,
) {
    let mut total = 0;
    walk(tree, steps, &mut |part, bytes, steps| {
        let Part::Leaf(Value::String(text)) = &*part else { return };
        if !text.contains("${") {
            return;
        }
        let path = path(steps);
        let written = Written { text, path: &path, bytes, source };
        *part = match fill(written, values, findings) {
            Filled::Value(it) => {
                total += it.as_str().map_or(0, str::len);
                if total > MOST_BYTES_TOGETHER {
                    findings.push(too_long(written));
                }
                if total > MOST_BYTES_TOGETHER { Part::Hole } else { Part::Leaf(it) }
            }
            Filled::Template(it) => Part::Template(it),
            Filled::Unknown => Part::Hole,
        };
    });
}

fn walk(tree: &mut Tree, steps: &mut Vec<Step>, visit: &mut impl FnMut(&mut Part, &Range<usize>, &[Step])) {
    match &mut tree.part {
        Part::List(items) => {
            for (at, it) in items.iter_mut().enumerate() {
                steps.push(Step::Index(at));
                walk(it, steps, visit);
                steps.pop();
            }
        }
        Part::Map(items) => {
            for (key, it) in items {
                steps.push(Step::Key(key.clone()));
                walk(it, steps, visit);
                steps.pop();
            }
        }
        part => visit(part, &tree.bytes, steps),
    }
}

/// `written` with its references replaced. Alone in a text, a reference gives its value as it is, be it no text.
pub(super) fn fill(written: Written<'_>, values: &Values, findings: &mut Vec<Finding>) -> Filled {
    let segments = segments(written.text);
    if let [Segment::Reference { inner, .. }] = segments.as_slice() {
        return match named(inner, written, values, findings) {
            Some(Named::Scalar(it)) => Filled::Value(it.value().clone()),
            Some(Named::Piece(Piece::Literal(it))) => Filled::Value(it.into()),
            Some(Named::Piece(out)) => Filled::Template(vec![out]),
            None => Filled::Unknown,
        };
    }
    let mut pieces = Vec::new();
    let mut whole = true;
    for segment in segments {
        match segment {
            Segment::Literal(it) => pieces.push(Piece::Literal(it)),
            Segment::Reference { inner, .. } => match named(inner, written, values, findings) {
                Some(Named::Scalar(it)) => pieces.push(Piece::Literal(it.to_string())),
                Some(Named::Piece(it)) => pieces.push(it),
                None => whole = false,
            },
            Segment::Unclosed { at } => {
                let problem = Diagnostic::error("ref/syntax", written.path, "this `${` has no `}`");
                let problem = problem.help("close it, or write `$${` where a plain `${` is meant");
                let rest = written.text.get(at..).unwrap_or("");
                findings.push(written.finding(problem, rest.lines().next().unwrap_or(rest)));
                whole = false;
            }
        }
    }
    if whole { joined(pieces, written, findings) } else { Filled::Unknown }
}

/// Pieces as one text, if no output is among them.
fn joined(pieces: Vec<Piece>, written: Written<'_>, findings: &mut Vec<Finding>) -> Filled {
    let mut merged: Vec<Piece> = Vec::new();
    let mut bytes = 0;
    for piece in pieces {
        if let Piece::Literal(it) = &piece {
            bytes += it.len();
        }
        if bytes > MOST_BYTES {
            findings.push(too_long(written));
            return Filled::Unknown;
        }
        match (merged.last_mut(), piece) {
            (Some(Piece::Literal(last)), Piece::Literal(it)) => last.push_str(&it),
            (_, piece) => merged.push(piece),
        }
    }
    match merged.as_slice() {
        [] => Filled::Value("".into()),
        [Piece::Literal(it)] => Filled::Value(it.as_str().into()),
        _ => Filled::Template(merged),
    }
}

fn too_long(written: Written<'_>) -> Finding {
    let problem = Diagnostic::error(
        "ref/too-large",
        written.path,
        "with its references replaced, the text grows beyond all measure",
    );
    Finding::new(problem, Some(written.bytes.clone()))
}

/// What a reference stands for.
enum Named<'a> {
    Scalar(&'a Scalar),
    Piece(Piece),
}

fn named<'a>(inner: &str, written: Written<'_>, values: &'a Values, findings: &mut Vec<Finding>) -> Option<Named<'a>> {
    if findings.len() > MOST {
        return None;
    }
    let literal = |it: &String| Named::Piece(Piece::Literal(it.clone()));
    let problem = match resolve(inner, written.path, values.components) {
        Err(it) => it,
        Ok(Ref::Out(it)) => return Some(Named::Piece(Piece::Out(it))),
        Ok(Ref::Env) => return values.env.as_ref().map(literal),
        Ok(Ref::Setting(name)) => {
            if let Some(it) = values.settings.get(name) {
                return it.as_ref().map(literal);
            }
            let problem =
                Diagnostic::error("ref/unknown", written.path, format!("the file has no `{name}` to refer to"));
            problem.help(format!("add `{name}: …` at the top of the file"))
        }
        Ok(Ref::Var(name)) => {
            if let Some(it) = values.vars.get(&name) {
                return it.as_ref().map(Named::Scalar);
            }
            undeclared(&name, values, written.path)
        }
    };
    findings.push(written.finding(problem, &format!("${{{inner}}}")));
    None
}

fn undeclared(name: &str, values: &Values, path: &str) -> Diagnostic {
    let problem = Diagnostic::error("ref/unknown", path, format!("no variable `{name}` is declared"));
    match did_you_mean(name, values.vars.keys().map(String::as_str).take(MOST_NAMES)) {
        Some(it) => problem.help(format!("did you mean `${{var.{it}}}`?")),
        None => problem.help(format!("declare it at the top of the file: variables: {{ {name}: {{}} }}")),
    }
}
