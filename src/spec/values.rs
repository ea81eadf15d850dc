//! The values of variables, and of the settings that can be referred to: in the order in which they need one another.

use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
};

use serde_json::Value;

use super::{
    interpolate::{Filled, Values, Written, fill},
    load::Selection,
    model::{COMPONENTS, Scalar, Variable, VariableType},
    problems::Finding,
    read::NOT_HERE,
    reference::{Ref, SETTINGS, Segment, resolve, segments},
    tree::{Part, Tree},
    variables::{Declaration, Declared},
};
use crate::diagnostic::Diagnostic;

/// Something with a value that others may need.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Node {
    Var(String),
    Setting(&'static str),
}

impl Node {
    fn path(&self) -> String {
        match self {
            Self::Var(name) => format!("variables.{name}"),
            Self::Setting(name) => (*name).to_owned(),
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Var(name) => format!("var.{name}"),
            Self::Setting(name) => (*name).to_owned(),
        }
    }
}

/// The values of all `declared` variables and of the settings in `tree`.
pub(super) fn values(
    declared: &Declared,
    tree: &Tree,
    env: &str,
    selection: &Selection,
    source: &str,
    findings: &mut Vec<Finding>,
) -> Values {
    let values =
        Values { env: Some(env.to_owned()), vars: BTreeMap::new(), settings: BTreeMap::new(), components: COMPONENTS };
    let mut resolving = Resolving { declared, tree, selection, source, findings, values, done: HashSet::new() };
    let settings = SETTINGS.into_iter().filter(|it| resolving.setting(it).is_some()).map(Node::Setting);
    let variables = declared.variables.keys().cloned().map(Node::Var);
    for node in settings.chain(variables).collect::<Vec<_>>() {
        resolving.settle(node);
    }
    resolving.values
}

struct Resolving<'a> {
    declared: &'a Declared,
    tree: &'a Tree,
    selection: &'a Selection,
    source: &'a str,
    findings: &'a mut Vec<Finding>,
    values: Values,
    done: HashSet<Node>,
}

impl<'a> Resolving<'a> {
    /// Gives `node` its value, after all that it needs; without recursion, for chains may be long.
    fn settle(&mut self, node: Node) {
        let mut open = HashSet::from([node.clone()]);
        let mut stack = vec![(self.needs(&node), node)];
        while let Some((needs, node)) = stack.last_mut() {
            let Some(next) = needs.pop() else {
                let node = node.clone();
                stack.pop();
                open.remove(&node);
                if !self.done.contains(&node) {
                    self.give(&node);
                    self.done.insert(node);
                }
                continue;
            };
            if self.done.contains(&next) {
                continue;
            }
            if open.insert(next.clone()) {
                stack.push((self.needs(&next), next));
            } else {
                let chain: Vec<Node> = stack.iter().map(|(_, it)| it.clone()).skip_while(|it| *it != next).collect();
                self.cycle(&chain);
            }
        }
    }

    /// What the value of `node` refers to.
    fn needs(&self, node: &Node) -> Vec<Node> {
        let Some(text) = self.written(node).map(|(it, _)| it) else { return Vec::new() };
        let refs = segments(&text).into_iter().filter_map(|it| match it {
            Segment::Reference { inner, .. } => resolve(inner, "", COMPONENTS).ok(),
            _ => None,
        });
        let nodes = refs.filter_map(|it| match it {
            Ref::Var(name) if self.declared.variables.contains_key(&name) => Some(Node::Var(name)),
            Ref::Setting(name) if self.setting(name).is_some() => Some(Node::Setting(name)),
            _ => None,
        });
        nodes.collect()
    }

    /// The text that the value of `node` is made from, unless it was given from outside.
    fn written(&self, node: &Node) -> Option<(String, Range<usize>)> {
        match node {
            Node::Setting(name) => {
                let it = self.setting(name)?;
                match &it.part {
                    Part::Leaf(Value::String(text)) => Some((text.clone(), it.bytes.clone())),
                    _ => None,
                }
            }
            Node::Var(name) => {
                let it = self.declared.variables.get(name)?.as_ref()?;
                let default = it.variable.default.as_ref().filter(|_| self.given(name).is_none())?;
                Some((default.value().as_str()?.to_owned(), it.default.clone()))
            }
        }
    }

    fn setting(&self, name: &str) -> Option<&'a Tree> {
        self.tree.map()?.get(name)
    }

    /// What was given for a variable, and by what.
    fn given(&self, name: &str) -> Option<(&'a str, String)> {
        if let Some(it) = self.selection.vars.get(name) {
            return Some((it, format!("--var {name}")));
        }
        let upper = name.to_uppercase().replace('-', "_");
        let it = self.selection.env_vars.get(&upper)?;
        Some((it, format!("INFRACTL_VAR_{upper}")))
    }

    fn cycle(&mut self, chain: &[Node]) {
        let Some(first) = chain.first() else { return };
        let shown: Vec<String> = chain.iter().chain([first]).map(Node::shown).collect();
        let problem =
            Diagnostic::error("var/cycle", first.path(), format!("these need one another: {}", shown.join(" → ")));
        let bytes = self.written(first).map(|(_, bytes)| bytes);
        self.findings.push(Finding::new(problem.help("give one of them a value of its own"), bytes));
        for node in chain {
            self.put(node, None);
            self.done.insert(node.clone());
        }
    }

    fn give(&mut self, node: &Node) {
        let value = match node {
            Node::Setting(_) => self.filled(node),
            Node::Var(name) => self.variable(name, node),
        };
        self.put(node, value);
    }

    fn put(&mut self, node: &Node, value: Option<Scalar>) {
        match node {
            Node::Setting(name) => drop(self.values.settings.insert(name, value.map(|it| it.to_string()))),
            Node::Var(name) => drop(self.values.vars.insert(name.clone(), value)),
        }
    }

    /// The written text of `node` with its references replaced. Problems of settings are found with the rest of the tree.
    fn filled(&mut self, node: &Node) -> Option<Scalar> {
        let (text, bytes) = self.written(node)?;
        let path = match node {
            Node::Var(_) => node.path() + ".default",
            Node::Setting(_) => node.path(),
        };
        let written = Written { text: &text, path: &path, bytes: &bytes, source: self.source };
        match fill(written, &self.values, self.findings) {
            Filled::Value(Value::String(it)) => Scalar::parse(&it, VariableType::String),
            Filled::Value(it) => Scalar::parse(&it.to_string(), VariableType::String),
            Filled::Template(_) => {
                let problem = Diagnostic::error("ref/not-here", path, "an output cannot be used here");
                self.findings.push(Finding::new(problem.help(NOT_HERE), Some(bytes)));
                None
            }
            Filled::Unknown => None,
        }
    }

    fn variable(&mut self, name: &str, node: &Node) -> Option<Scalar> {
        let declared = self.declared;
        let declaration = declared.variables.get(name)?.as_ref()?;
        let Declaration { variable, key, default: written } = declaration;
        let default = variable.default.as_ref();
        let kind = variable.r#type.or(default.map(Scalar::kind)).unwrap_or(VariableType::String);
        let (value, from, at) = if let Some((text, from)) = self.given(name) {
            (Scalar::parse(text, kind).ok_or_else(|| text.to_owned()), from, key)
        } else if let Some(default) = default {
            (self.default(default, kind, node)?, "default".to_owned(), written)
        } else {
            let upper = name.to_uppercase().replace('-', "_");
            let problem = Diagnostic::error("var/missing", node.path(), format!("the variable `{name}` has no value"));
            let problem = problem.help(format!("give --var {name}=…, set INFRACTL_VAR_{upper}, or add a default"));
            self.findings.push(Finding::new(problem, Some(key.clone())));
            return None;
        };
        let problem = match value {
            Ok(it) => match not_allowed(&it, variable) {
                None => return Some(it),
                Some(help) => {
                    let message = format!("{from}: the variable `{name}` may not be `{it}`");
                    Diagnostic::error("var/not-allowed", node.path(), message).help(help)
                }
            },
            Err(it) => {
                let message = format!("{from}: the variable `{name}` is {kind}, not `{it}`");
                Diagnostic::error("var/type", node.path(), message)
            }
        };
        self.findings.push(Finding::new(problem, Some(at.clone())));
        None
    }

    /// A default as a value of `kind`, or its text if it is none.
    fn default(&mut self, default: &Scalar, kind: VariableType, node: &Node) -> Option<Result<Scalar, String>> {
        let Some(text) = default.value().as_str() else {
            return Some(if default.kind() == kind { Ok(default.clone()) } else { Err(default.to_string()) });
        };
        let refers = segments(text).iter().any(|it| matches!(it, Segment::Reference { .. }));
        if !refers && kind != VariableType::String {
            return Some(Err(text.to_owned()));
        }
        let filled = self.filled(node)?;
        Some(Scalar::parse(&filled.to_string(), kind).ok_or_else(|| filled.to_string()))
    }
}

/// What `variable` may be, if it may not be `value`.
fn not_allowed(value: &Scalar, variable: &Variable) -> Option<String> {
    let allowed = variable.allowed.as_deref().filter(|it| !it.contains(value))?;
    let listed: Vec<String> = allowed.iter().map(ToString::to_string).collect();
    Some(format!("it may be {}", listed.join(", ")))
}
