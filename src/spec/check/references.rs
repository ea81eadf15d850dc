//! References to what components give.

use std::collections::HashMap;

use super::{
    super::{
        model::{Count, Outputs, Reference, Spec, suggest},
        problems::MOST,
    },
    touches,
};
use crate::diagnostic::Diagnostic;

/// What is wrong with references to `components`, but for those to what is `spoiled`.
pub(in super::super) fn check(components: &[&Outputs], spec: &Spec, spoiled: &[String], found: &mut Vec<Diagnostic>) {
    if spoiled.len() > 5 * MOST {
        return;
    }
    let there: HashMap<_, _> = components.iter().map(|it| (it.component, There::of(it, spec))).collect();
    for reference in &spec.references {
        if found.len() > MOST {
            return;
        }
        let target = reference.to.target();
        let Some(there) = there.get(reference.to.component.as_str()) else { continue };
        if !spoiled.iter().any(|it| touches(it, &target)) {
            found.extend(there.missing(reference).or_else(|| there.outputs.check?(spec, reference)));
        }
    }
}

/// A component, and what of it the file has.
struct There<'a> {
    outputs: &'a Outputs,
    /// `None` for one that has no name.
    names: Vec<Option<String>>,
}

impl<'a> There<'a> {
    fn of(outputs: &'a Outputs, spec: &Spec) -> Self {
        let names = match outputs.count {
            Count::One { there, .. } => there(spec).then_some(None).into_iter().collect(),
            Count::Named { names, .. } => names(spec).into_iter().map(Some).collect(),
        };
        Self { outputs, names }
    }

    /// The problem of a reference to what is not in the file.
    fn missing(&self, Reference { at, to }: &Reference) -> Option<Diagnostic> {
        if self.names.contains(&to.name) {
            return None;
        }
        let Outputs { component, noun, .. } = self.outputs;
        let unknown = |message| Diagnostic::error("ref/unknown", at, message);
        let Some(name) = &to.name else {
            let problem = unknown(format!("`{to}`: the stack has no {noun}"));
            return Some(problem.help(format!("add `{component}: {{}}`")));
        };
        let problem = unknown(format!("there is no {noun} `{name}`"));
        let problem = suggest(problem, name, self.names.iter().flatten().map(String::as_str));
        Some(match problem.help {
            Some(_) => problem,
            None => problem.help(format!("declare it under `{component}`")),
        })
    }
}
