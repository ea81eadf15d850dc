//! Text to a tree with positions: what YAML is accepted, and within which limits.

use std::{fmt, ops::Range};

use indexmap::{IndexMap, map::Entry};
use serde::{
    Deserialize,
    de::{Deserializer, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;
use serde_saphyr::{
    Location, MessageFormatter as _, Options, Spanned, UserMessageFormatter, budget::BudgetBreach,
    options::DuplicateKeyPolicy,
};

use super::{
    problems::{Finding, MOST},
    tree::{Part, Step, Tree, join},
};
use crate::diagnostic::Diagnostic;

/// The most bytes of a stack file.
const MOST_BYTES: usize = 1 << 20;
/// The most levels of maps and lists in each other.
const MOST_LEVELS: usize = 32;
/// The most values that a file may come to, aliases followed.
const MOST_VALUES: usize = 50_000;

/// The tree of `text`, with the problems that do not keep it from being read; or the one that does.
pub(super) fn parse(text: &str) -> Result<(Tree, Vec<Finding>), Box<Finding>> {
    let file = |id, message: String| Finding::new(Diagnostic::error(id, "", message), None);
    if text.len() > MOST_BYTES {
        let message = format!("the file has {} bytes; a stack file may have {MOST_BYTES}", text.len());
        return Err(Box::new(file("yaml/too-large", message)));
    }
    if let Some((at, it)) = text.char_indices().find(|(_, it)| it.is_control() && !"\t\n\r\u{85}".contains(*it)) {
        let message = format!("the file holds the control character U+{:04X}, which YAML forbids", u32::from(it));
        let problem = Diagnostic::error("yaml/syntax", "", message);
        return Err(Box::new(Finding::new(problem, Some(at..at + it.len_utf8()))));
    }
    let node: Spanned<Node> =
        serde_saphyr::from_str_with_options(text, options()).map_err(|it| Box::new(refused(&it, text)))?;
    let mut building = Building { text, findings: Vec::new() };
    let tree = building.tree(node, None, "");
    if tree.is_null() {
        let it = file("yaml/empty", "the file is empty".into());
        let diagnostic = it.diagnostic.help("`infractl init` writes one to begin with");
        return Err(Box::new(Finding { diagnostic, ..it }));
    }
    Ok((tree, building.findings))
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MOST_LEVELS,
            flow_nesting_limit: MOST_LEVELS,
            max_nodes: MOST_VALUES,
            max_documents: 2,
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MOST_VALUES },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        strict_booleans: true,
        with_snippet: false,
    }
}

/// Why the parser gave up, as our problem.
fn refused(error: &serde_saphyr::Error, text: &str) -> Finding {
    use serde_saphyr::Error as E;
    if let E::AliasError { error, .. } = error {
        return refused(error, text);
    }
    let problem = |id, message: &str| Diagnostic::error(id, "", message);
    let deep = || problem("yaml/too-deep", &format!("maps and lists stand in each other more than {MOST_LEVELS} deep"));
    let large = || {
        problem("yaml/too-large", &format!("the file comes to more than {MOST_VALUES} values"))
            .help("an alias repeats all that its anchor holds; use fewer of them")
    };
    let said = UserMessageFormatter.format_message(error).into_owned();
    let diagnostic = match error {
        E::Budget { breach: BudgetBreach::Depth { .. }, .. } | E::AliasReplayStackDepthExceeded { .. } => deep(),
        E::Budget { breach: BudgetBreach::Documents { .. }, .. } | E::MultipleDocuments { .. } => {
            problem("yaml/multiple-documents", "the file holds more than one document")
                .help("a file is one stack; remove the line `---`, or split the file")
        }
        E::Budget { .. } | E::AliasReplayLimitExceeded { .. } | E::AliasExpansionLimitExceeded { .. } => large(),
        E::UnknownAnchor { .. } => problem("yaml/syntax", "this alias names an anchor that is not defined above it"),
        _ if said.contains("recursion limit") || said.contains("nesting") || said.contains("too deep") => deep(),
        _ => problem("yaml/syntax", &said),
    };
    let place = error.location().and_then(|it| bytes(it).or_else(|| by_line(it, text)));
    let help = place.as_ref().and_then(|it| syntax_help(text, it.start)).filter(|_| diagnostic.help.is_none());
    Finding::new(help.map_or(diagnostic.clone(), |it| diagnostic.help(it)), place)
}

/// Advice for the usual mistakes, by what stands around the byte `at`.
fn syntax_help(text: &str, at: usize) -> Option<&'static str> {
    let at = text.floor_char_boundary(at);
    let before = text.get(..at)?;
    let from = before.rfind('\n').map_or(0, |it| it + 1);
    let line = text.get(from..)?.lines().next()?;
    if line.trim_start_matches(' ').starts_with('\t') {
        return Some("YAML is indented with spaces, not tabs");
    }
    let recent = before.rfind("${").is_some_and(|it| at - it < 200);
    (recent || line.contains("${")).then_some("inside of { } and [ ], text with `${…}` has to be quoted")
}

/// The byte at a line and column, for errors that come without.
fn by_line(location: Location, text: &str) -> Option<Range<usize>> {
    let line = usize::try_from(location.line()).ok()?.checked_sub(1)?;
    let column = usize::try_from(location.column()).ok()?.checked_sub(1)?;
    let start = match line {
        0 => 0,
        _ => text.match_indices('\n').nth(line - 1).map_or(text.len(), |(at, _)| at + 1),
    };
    let rest = text.get(start..)?;
    let at = start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at);
    Some(at..at)
}

fn bytes(location: Location) -> Option<Range<usize>> {
    let from = usize::try_from(location.span().byte_offset()?).ok()?;
    let len = usize::try_from(location.span().byte_len()?).ok()?;
    Some(from..from.saturating_add(len))
}

/// A value as the parser hands it over.
enum Node {
    Leaf(Value),
    List(Vec<Spanned<Node>>),
    Map(Vec<(Spanned<String>, Spanned<Node>)>),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Leaf(Value::Null))
    }
    fn visit_bool<E>(self, it: bool) -> Result<Node, E> {
        Ok(Node::Leaf(it.into()))
    }
    fn visit_i64<E>(self, it: i64) -> Result<Node, E> {
        Ok(Node::Leaf(it.into()))
    }
    fn visit_u64<E>(self, it: u64) -> Result<Node, E> {
        Ok(Node::Leaf(it.into()))
    }
    fn visit_f64<E>(self, it: f64) -> Result<Node, E> {
        Ok(Node::Leaf(it.into()))
    }
    fn visit_str<E>(self, it: &str) -> Result<Node, E> {
        Ok(Node::Leaf(it.into()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(it) = seq.next_element()? {
            items.push(it);
        }
        Ok(Node::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(it) = map.next_entry()? {
            items.push(it);
        }
        Ok(Node::Map(items))
    }
}

/// Nodes to trees, with what is found on the way.
struct Building<'a> {
    text: &'a str,
    findings: Vec<Finding>,
}

impl Building<'_> {
    fn tree(&mut self, node: Spanned<Node>, key: Option<Range<usize>>, path: &str) -> Tree {
        let bytes = self.within(bytes(node.defined).unwrap_or_default());
        let part = match node.value {
            Node::Leaf(it) => self.leaf(it, &bytes, path),
            Node::List(items) => {
                let items = items.into_iter().enumerate();
                Part::List(items.map(|(at, it)| self.tree(it, None, &join(path, &Step::Index(at)))).collect())
            }
            Node::Map(items) => self.map(items, path),
        };
        Tree { bytes, key, part }
    }

    fn map(&mut self, items: Vec<(Spanned<String>, Spanned<Node>)>, path: &str) -> Part {
        let mut map: IndexMap<String, Tree> = IndexMap::with_capacity(items.len());
        for (key, it) in items {
            let at = self.within(bytes(key.defined).unwrap_or_default());
            let path = join(path, &Step::Key(key.value.clone()));
            let it = self.tree(it, Some(at.clone()), &path);
            match map.entry(key.value) {
                Entry::Vacant(entry) => drop(entry.insert(it)),
                Entry::Occupied(_) if self.findings.len() > MOST => {}
                Entry::Occupied(entry) => {
                    let first =
                        self.text.get(..entry.get().key_place().start).map_or(1, |it| it.matches('\n').count() + 1);
                    let message = format!("the key `{}` is given twice; first on line {first}", entry.key());
                    let help = "keep one of them";
                    self.findings.push(Finding::new(
                        Diagnostic::error("yaml/duplicate-key", path, message).help(help),
                        Some(at),
                    ));
                }
            }
        }
        Part::Map(map)
    }

    /// A scalar; a number with a leading zero is refused, since readers of YAML differ on what it is.
    fn leaf(&mut self, it: Value, bytes: &Range<usize>, path: &str) -> Part {
        if let Value::String(text) = &it
            && self.text.get(bytes.clone()) == Some(text)
            && text.len() > 1
            && text.starts_with('0')
            && text.bytes().all(|it| it.is_ascii_digit())
        {
            let message = format!("`{text}` may be read as text, as a number, or as octal");
            let plain = match text.trim_start_matches('0') {
                "" => "0",
                it => it,
            };
            let help = format!("write \"{text}\" for text, or {plain} for the number");
            self.findings.push(Finding::new(
                Diagnostic::error("yaml/leading-zero", path, message).help(help),
                Some(bytes.clone()),
            ));
            return Part::Hole;
        }
        Part::Leaf(it)
    }

    fn within(&self, bytes: Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(bytes.start);
        start..self.text.floor_char_boundary(bytes.end).max(start)
    }
}
