//! The variables that a file declares.

use std::{collections::BTreeMap, ops::Range};

use indexmap::IndexMap;

use super::{
    load::Selection,
    model::{Scalar, Variable},
    problems::Finding,
    read::{Reading, read},
    tree::{Described, Part, Tree},
};
use crate::diagnostic::{Diagnostic, did_you_mean};

/// The variables that a file declares; `None` for a declaration that makes no sense.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub(super) variables: BTreeMap<String, Option<Declaration>>,
}

/// A declaration, and where it stands.
#[derive(Debug)]
pub(super) struct Declaration {
    pub(super) variable: Variable,
    pub(super) key: Range<usize>,
    /// Where the default stands, if there is one.
    pub(super) default: Range<usize>,
}

impl Declared {
    /// What `tree`, the value of `variables`, declares.
    pub(super) fn read(tree: Option<Tree>, source: &str, findings: &mut Vec<Finding>) -> Self {
        let Some(tree) = tree else { return Self::default() };
        let Part::Map(items) = tree.part else {
            let message = format!("expected a map of variables, found {}", Described(&tree));
            findings.push(Finding::new(Diagnostic::error("spec/type", "variables", message), Some(tree.place())));
            return Self::default();
        };
        let mut variables = BTreeMap::new();
        for (name, mut it) in items {
            let path = format!("variables.{name}");
            if !is_name(&name) {
                let problem =
                    Diagnostic::error("var/name", path.clone(), format!("`{name}` cannot be a variable's name"));
                let help = "use letters, digits, hyphens and underscores, beginning with a letter";
                findings.push(Finding::new(problem.help(help), Some(it.key_place())));
                variables.insert(name, None);
                continue;
            }
            if it.is_null() {
                it.part = Part::Map(IndexMap::new());
            }
            let Reading { value: variable, findings: found, .. } = read::<Variable>(&it, source);
            let wrong = !found.is_empty();
            findings.extend(found.into_iter().map(|it| it.under(&path)));
            let default = it.find("default").0.place();
            let declaration =
                variable.filter(|_| !wrong).map(|variable| Declaration { variable, key: it.key_place(), default });
            variables.insert(name, declaration);
        }
        Self { variables }
    }

    /// The names alone, for places where no value is known.
    pub(super) fn names(&self) -> BTreeMap<String, Option<Scalar>> {
        self.variables.keys().map(|it| (it.clone(), None)).collect()
    }

    /// Problems with variables that were given and not declared.
    pub(super) fn unknown(&self, selection: &Selection) -> Vec<Finding> {
        let given = selection.vars.keys().filter(|it| !self.variables.contains_key(*it));
        let problem = |name: &String| {
            let problem =
                Diagnostic::error("var/unknown", "", format!("--var {name}: the stack has no variable `{name}`"));
            let listed = self.variables.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            match did_you_mean(name, self.variables.keys().map(String::as_str)) {
                Some(it) => problem.help(format!("did you mean `{it}`?")),
                None if listed.is_empty() => problem.help("it declares none; add it under `variables`"),
                None => problem.help(format!("there are {listed}")),
            }
        };
        given.map(|it| Finding::new(problem(it), None)).collect()
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_alphabetic())
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_')
}
