//! A YAML tree whose every part knows the bytes it was written in.

use std::{fmt, ops::Range};

use indexmap::IndexMap;
use serde_json::Value;

pub(super) use super::model::Part as Piece;

/// A part of a file.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    /// Where its value is written; for what comes of an alias, where the anchor is.
    pub(super) bytes: Range<usize>,
    /// Where its key is written, if it stands under one.
    pub(super) key: Option<Range<usize>>,
    pub(super) part: Part,
}

/// What a part is.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// Null, true, false, a number, or text.
    Leaf(Value),
    /// Text with references to outputs that no one knows before the stack is there.
    Template(Vec<Piece>),
    List(Vec<Tree>),
    Map(IndexMap<String, Tree>),
    /// What a problem has already been reported about: passed over by whoever reads.
    Hole,
}

/// A step from a part to one under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

impl Tree {
    pub(super) fn map(&self) -> Option<&IndexMap<String, Tree>> {
        match &self.part {
            Part::Map(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn map_mut(&mut self) -> Option<&mut IndexMap<String, Tree>> {
        match &mut self.part {
            Part::Map(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.part, Part::Leaf(Value::Null))
    }

    /// The bytes to show for a problem with the value: its text, or the key of what spans lines.
    pub(super) fn place(&self) -> Range<usize> {
        match &self.part {
            Part::Leaf(_) | Part::Template(_) if !self.bytes.is_empty() => self.bytes.clone(),
            Part::List(items) if self.key.is_none() => items.first().map_or_else(|| self.bytes.clone(), Tree::place),
            Part::Map(items) if self.key.is_none() => items.values().next().map_or(self.bytes.clone(), Tree::key_place),
            _ => self.key_place(),
        }
    }

    /// The bytes of its key, or of itself if it has none.
    pub(super) fn key_place(&self) -> Range<usize> {
        self.key.clone().unwrap_or_else(|| self.bytes.clone())
    }

    /// Adds the paths of the holes in it to `paths`; it stands at `steps`.
    pub(super) fn holes(&self, steps: &mut Vec<Step>, paths: &mut Vec<String>) {
        match &self.part {
            Part::Hole => paths.push(path(steps)),
            Part::List(items) => {
                for (at, it) in items.iter().enumerate() {
                    steps.push(Step::Index(at));
                    it.holes(steps, paths);
                    steps.pop();
                }
            }
            Part::Map(items) => {
                for (key, it) in items {
                    steps.push(Step::Key(key.clone()));
                    it.holes(steps, paths);
                    steps.pop();
                }
            }
            Part::Leaf(_) | Part::Template(_) => {}
        }
    }

    /// How many parts it has, itself included.
    pub(super) fn size(&self) -> usize {
        1 + match &self.part {
            Part::List(items) => items.iter().map(Self::size).sum(),
            Part::Map(items) => items.values().map(Self::size).sum::<usize>(),
            Part::Leaf(_) | Part::Template(_) | Part::Hole => 0,
        }
    }

    /// Whether something in it is left out.
    pub(super) fn has_holes(&self) -> bool {
        match &self.part {
            Part::Hole => true,
            Part::List(items) => items.iter().any(Self::has_holes),
            Part::Map(items) => items.values().any(Self::has_holes),
            Part::Leaf(_) | Part::Template(_) => false,
        }
    }

    /// The part that `steps` lead to.
    pub(super) fn at_mut(&mut self, steps: &[Step]) -> Option<&mut Tree> {
        steps.iter().try_fold(self, |here, step| match (&mut here.part, step) {
            (Part::Map(items), Step::Key(key)) => items.get_mut(key),
            (Part::List(items), Step::Index(at)) => items.get_mut(*at),
            _ => None,
        })
    }

    /// The part that `path` names, such as `network.tiers[0]` or `network.tiers.0`, or the nearest one above it; and whether
    /// it was the very part. Keys may hold dots: the longest that fits is taken.
    pub(super) fn find(&self, path: &str) -> (&Tree, bool) {
        let mut here = self;
        let mut rest = path.trim_start_matches('.');
        while !rest.is_empty() {
            let next = match &here.part {
                Part::Map(items) => items
                    .iter()
                    .filter_map(|(key, it)| Some((it, after(rest, key)?)))
                    .min_by_key(|(_, remaining)| remaining.len()),
                Part::List(items) => index(rest).and_then(|(at, remaining)| Some((items.get(at)?, remaining))),
                _ => None,
            };
            let Some((it, remaining)) = next else { return (here, false) };
            here = it;
            rest = remaining.trim_start_matches('.');
        }
        (here, true)
    }
}

/// What follows `key` in `path`, if `path` begins with it as a whole step.
fn after<'a>(path: &'a str, key: &str) -> Option<&'a str> {
    path.strip_prefix(key).filter(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Whether `path` is `above`, or the path of something under it.
pub(super) fn is_under(path: &str, above: &str) -> bool {
    after(path, above).is_some()
}

/// The index that `path` begins with, and what follows it.
fn index(path: &str) -> Option<(usize, &str)> {
    let (text, rest) = match path.strip_prefix('[') {
        Some(it) => it.split_once(']')?,
        None => path.split_at(path.find(['.', '[']).unwrap_or(path.len())),
    };
    Some((text.parse().ok()?, rest))
}

/// `steps` as shown to people: `network.tiers[0]`.
pub(super) fn path(steps: &[Step]) -> String {
    steps.iter().fold(String::new(), |path, step| join(&path, step))
}

/// `path` and one step more.
pub(super) fn join(path: &str, step: &Step) -> String {
    match step {
        Step::Key(key) if path.is_empty() => key.clone(),
        Step::Key(key) => format!("{path}.{key}"),
        Step::Index(at) => format!("{path}[{at}]"),
    }
}

/// What a part is, in words for a message.
pub(super) struct Described<'a>(pub(super) &'a Tree);

impl fmt::Display for Described<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.part {
            Part::Leaf(Value::Null) | Part::Hole => f.write_str("nothing"),
            Part::Leaf(Value::Bool(it)) => write!(f, "`{it}`"),
            Part::Leaf(Value::Number(it)) => write!(f, "the number {it}"),
            Part::Leaf(Value::String(it)) if it.chars().count() <= 60 && !it.contains('\n') => {
                write!(f, "the text `{it}`")
            }
            Part::Leaf(_) => f.write_str("a longer text"),
            Part::Template(_) => f.write_str("text with references"),
            Part::List(_) => f.write_str("a list"),
            Part::Map(_) => f.write_str("a map"),
        }
    }
}

/// As JSON, for tests to compare.
#[cfg(test)]
impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn value(tree: &Tree) -> Value {
            match &tree.part {
                Part::Leaf(it) => it.clone(),
                Part::Template(it) => format!("{it:?}").into(),
                Part::List(items) => items.iter().map(value).collect(),
                Part::Map(items) => items.iter().map(|(key, it)| (key.clone(), value(it))).collect(),
                Part::Hole => "(hole)".into(),
            }
        }
        value(self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;

    #[test]
    fn paths_find_their_parts() {
        let text = "a: { b.c: [x, y], b: { c: z } }\n";
        let (tree, _) = parse(text).unwrap();
        let found = |path: &str| {
            let (it, exact) = tree.find(path);
            (text.get(it.place()).unwrap(), exact)
        };
        assert_eq!(found("a.b.c[1]"), ("y", true));
        assert_eq!(found("a.b.c.0"), ("x", true));
        assert_eq!(found("a.b.d"), ("b", false));
        assert!(!found("nowhere").1);
    }
}
