//! The stages of loading, one after another.

use std::{collections::BTreeMap, sync::Arc};

use indexmap::IndexMap;

use super::{
    check::check,
    environments::{Chosen, Environments},
    fields::fields,
    interpolate::{Values, interpolate},
    model::{COMPONENTS, Spec},
    parse::parse,
    problems::{Finding, MOST, Problems, Source},
    read::{Reading, read, unknown_key},
    reference::SETTINGS,
    tree::{Described, Step, Tree},
    values::values,
    variables::Declared,
};
use crate::diagnostic::Diagnostic;

/// What is chosen outside of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The environment, as given with `--env`.
    pub env: Option<String>,
    /// Values of variables by name, as given with `--var`.
    pub vars: BTreeMap<String, String>,
    /// Values of variables by what follows `INFRACTL_VAR_` in the name of an environment variable, such as `IMAGE_TAG` for
    /// the variable `image-tag`. What fits no variable is passed over.
    pub env_vars: BTreeMap<String, String>,
}

/// A stack file that can be worked with.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What it says for the environment.
    pub spec: Spec,
    /// The environment; `default` where the file declares none and none was given.
    pub env: String,
    /// What is likely not meant: warnings only.
    pub problems: Problems,
    tree: Tree,
}

impl Loaded {
    /// Gives problems that later stages found their places in the file, by their paths.
    #[must_use]
    pub fn locate(&self, diagnostics: Vec<Diagnostic>) -> Problems {
        let findings = diagnostics.into_iter().map(|it| located(&self.tree, it)).collect();
        Problems::new(Arc::clone(&self.problems.source), findings)
    }
}

/// The keys at the top of a file that are used up before it becomes a [`Spec`].
const BEFORE: [&str; 2] = ["variables", "environments"];
/// Those that an environment cannot lay over the rest.
pub(super) const NOT_OVERLAID: [&str; 3] = ["stack", "variables", "environments"];
/// Those that have to be there.
const REQUIRED: [&str; 2] = ["stack", "region"];
/// What keys at the top begin with that are passed over: a place for anchors.
const IGNORED: &str = "x-";

/// Reads `source` for the environment and with the variables of `selection`.
///
/// # Errors
/// All that is wrong with it, errors and warnings.
pub fn load(source: &Source, selection: &Selection) -> Result<Loaded, Problems> {
    let source = Arc::new(source.clone());
    let mut findings = Vec::new();
    let stack = stack(&source.text, selection, &mut findings);
    let failed = findings.iter().any(Finding::is_error);
    let problems = Problems::new(source, findings);
    match stack {
        Some((spec, env, tree)) if !failed => Ok(Loaded { spec, env, problems, tree }),
        _ => Err(problems),
    }
}

fn stack(text: &str, selection: &Selection, findings: &mut Vec<Finding>) -> Option<(Spec, String, Tree)> {
    let mut tree = match parse(text) {
        Ok((tree, found)) => {
            findings.extend(found);
            tree
        }
        Err(it) => {
            findings.push(*it);
            return None;
        }
    };
    let Some(top) = tree.map_mut() else {
        let message = format!("expected a map of settings, found {}", Described(&tree));
        let problem = Diagnostic::error("spec/type", "", message).help("a stack file begins with `stack: NAME`");
        findings.push(Finding::new(problem, Some(tree.place())));
        return None;
    };
    top.retain(|key, _| !key.starts_with(IGNORED));
    let environments = top.shift_remove("environments");
    let variables = top.shift_remove("variables");
    let known = [fields::<Spec>(), &BEFORE].concat();
    only_known(top, &known, "", findings);

    let declared = Declared::read(variables, text, findings);
    findings.extend(declared.unknown(selection));
    let mut environments = Environments::declared(environments, findings);
    let chosen = environments.choose(selection.env.as_deref());
    for (name, overlay) in &mut environments.0 {
        let chosen = chosen.as_ref().is_ok_and(|it| it.overlay.as_ref() == Some(name));
        overlay_alone(name, overlay, !chosen, &declared, text, findings);
    }
    let Chosen { env, overlay } = match chosen {
        Ok(it) => it,
        Err(problem) => {
            findings.push(located(&tree, problem));
            let unknown = unknown_values(&declared);
            findings.extend(partial(tree, "", &unknown, text));
            return None;
        }
    };
    if let Some(it) = overlay.and_then(|it| environments.0.shift_remove(&it)) {
        tree.overlay(it);
    }
    let values = values(&declared, &tree, &env, selection, text, findings);
    interpolate(&mut tree, &mut Vec::new(), &values, text, findings);
    let spec = typed(&tree, text, findings);
    if let Some(spec) = &spec {
        let mut spoiled: Vec<String> = findings.iter().filter(|it| it.is_error()).map(|it| it.spoils.clone()).collect();
        tree.holes(&mut Vec::new(), &mut spoiled);
        let found: Vec<Finding> =
            check(spec, &spoiled).into_iter().take(5 * MOST).map(|it| located(&tree, it)).collect();
        findings.extend(found);
    }
    Some((spec?, env, tree))
}

/// The typed spec, if enough of `tree` is right.
fn typed(tree: &Tree, text: &str, findings: &mut Vec<Finding>) -> Option<Spec> {
    let missing = REQUIRED.into_iter().filter(|key| tree.map().is_some_and(|it| !it.contains_key(*key)));
    findings.extend(missing.map(|key| {
        let problem = Diagnostic::error("spec/missing", "", format!("the file has no `{key}`"));
        Finding::new(problem.help(format!("add `{key}: …` at its top")), None)
    }));
    let Reading { value, references, findings: found } = read::<Spec>(tree, text);
    findings
        .extend(found.into_iter().filter(|it| !(it.diagnostic.id == "spec/missing" && it.diagnostic.path.is_empty())));
    Some(Spec { references, ..value? })
}

/// Finds what is wrong with an overlay in itself; all of it only if it is not the chosen one, whose values are looked at
/// where they end up.
fn overlay_alone(
    name: &str,
    overlay: &mut Tree,
    all: bool,
    declared: &Declared,
    text: &str,
    findings: &mut Vec<Finding>,
) {
    let path = format!("environments.{name}");
    let Some(items) = overlay.map_mut() else { return };
    for key in NOT_OVERLAID {
        if let Some(it) = items.shift_remove(key) {
            let problem = Diagnostic::error(
                "env/not-here",
                format!("{path}.{key}"),
                format!("`{key}` cannot differ by environment"),
            );
            findings.push(Finding::new(problem.help("move it to the top of the file"), Some(it.key_place())));
        }
    }
    let known: Vec<&'static str> = fields::<Spec>().iter().copied().filter(|it| !NOT_OVERLAID.contains(it)).collect();
    only_known(items, &known, &path, findings);
    if all && findings.len() <= MOST {
        findings.extend(partial(overlay.clone(), &path, &unknown_values(declared), text));
    }
}

/// Takes keys out of `items` that are none of `known`, and reports them.
fn only_known(items: &mut IndexMap<String, Tree>, known: &[&'static str], path: &str, findings: &mut Vec<Finding>) {
    items.retain(|key, it| {
        let fits = known.contains(&key.as_str());
        if !fits && findings.len() <= MOST {
            let here = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            findings.push(unknown_key(key, known, &here, it.key_place()));
        }
        fits
    });
}

/// What is wrong with a part of a spec, whatever the rest and the variables may be. References make their text unknown.
fn partial(mut tree: Tree, path: &str, values: &Values, text: &str) -> Vec<Finding> {
    tree.drop_nulls();
    let mut findings = Vec::new();
    let mut steps: Vec<Step> = path.split('.').filter(|it| !it.is_empty()).map(|it| Step::Key(it.to_owned())).collect();
    interpolate(&mut tree, &mut steps, values, text, &mut findings);
    let found = read::<Spec>(&tree, text).findings;
    let found = found.into_iter().filter(|it| it.diagnostic.id != "spec/missing" || it.diagnostic.path.contains('['));
    findings.extend(found.map(|it| if path.is_empty() { it } else { it.under(path) }));
    findings
}

/// Every name that can be referred to, without values.
fn unknown_values(declared: &Declared) -> Values {
    let settings = SETTINGS.into_iter().map(|it| (it, None)).collect();
    Values { env: None, vars: declared.names(), settings, components: COMPONENTS }
}

/// `diagnostic` with the bytes of its path, or of the nearest part above it that is written.
fn located(tree: &Tree, diagnostic: Diagnostic) -> Finding {
    let (part, exact) = tree.find(&diagnostic.path);
    let bytes = match (exact, diagnostic.path.is_empty()) {
        (_, true) => None,
        (true, _) => Some(part.place()),
        (false, _) if std::ptr::eq(part, tree) => None,
        (false, _) => Some(part.key.clone().unwrap_or_else(|| part.place())),
    };
    Finding::new(diagnostic, bytes)
}
