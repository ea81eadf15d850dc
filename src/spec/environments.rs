//! Which of the environments of a file is meant.

use indexmap::IndexMap;

use super::{
    problems::Finding,
    tree::{Described, Part, Tree},
};
use crate::diagnostic::{Diagnostic, did_you_mean};

/// The environment of a file that declares none.
const ONLY: &str = "default";

/// The overlays of a file, by the names or patterns that they are for.
#[derive(Debug, Default)]
pub(super) struct Environments(pub(super) IndexMap<String, Tree>);

/// The environment that was asked for, and the overlay that serves it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) env: String,
    pub(super) overlay: Option<String>,
}

impl Environments {
    /// What `tree`, the value of `environments`, declares; wrong names and values are left out.
    pub(super) fn declared(tree: Option<Tree>, findings: &mut Vec<Finding>) -> Self {
        let Some(tree) = tree else { return Self::default() };
        let Part::Map(items) = tree.part else {
            let message = format!("expected a map of environments, found {}", Described(&tree));
            findings.push(Finding::new(Diagnostic::error("spec/type", "environments", message), Some(tree.place())));
            return Self::default();
        };
        let mut environments = IndexMap::new();
        for (name, mut it) in items {
            let path = format!("environments.{name}");
            if !is_name(&name.replace('*', "0")) || name.is_empty() {
                let message = format!("`{name}` cannot be an environment's name");
                let problem = Diagnostic::error("env/name", path.clone(), message);
                let help = "use small letters, digits and hyphens, at most 31; `*` stands for any of them";
                findings.push(Finding::new(problem.help(help), Some(it.key_place())));
            }
            if it.is_null() {
                it.part = Part::Map(IndexMap::new());
            }
            if it.map().is_none() && !matches!(it.part, Part::Hole) {
                let message = format!("expected a map of settings, found {}", Described(&it));
                findings.push(Finding::new(Diagnostic::error("spec/type", path, message), Some(it.place())));
                it.part = Part::Map(IndexMap::new());
            }
            environments.insert(name, it);
        }
        Self(environments)
    }

    /// The environment `asked` for and its overlay, or why there is none.
    pub(super) fn choose(&self, asked: Option<&str>) -> Result<Chosen, Diagnostic> {
        let listed = self.0.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let Some(env) = asked else {
            if self.0.is_empty() {
                return Ok(Chosen { env: ONLY.into(), overlay: None });
            }
            let problem = Diagnostic::error("env/required", "", "the stack has environments, and none was chosen");
            return Err(problem.help(format!("choose with --env: {listed}")));
        };
        if !is_name(env) {
            let problem = Diagnostic::error("env/name", "", format!("`{env}` cannot be an environment's name"));
            return Err(problem.help("use small letters, digits and hyphens, at most 31"));
        }
        let chosen = |overlay| Ok(Chosen { env: env.to_owned(), overlay });
        if self.0.is_empty() {
            return chosen(None);
        }
        if self.0.contains_key(env) {
            return chosen(Some(env.to_owned()));
        }
        let literals = |it: &str| it.chars().filter(|it| *it != '*').count();
        let matching: Vec<&str> = self.0.keys().map(String::as_str).filter(|it| matches(it, env)).collect();
        let most = matching.iter().map(|it| literals(it)).max();
        let best: Vec<&str> = matching.into_iter().filter(|it| Some(literals(it)) == most).collect();
        match best.as_slice() {
            [] => {
                let problem = Diagnostic::error("env/unknown", "", format!("the stack has no environment `{env}`"));
                Err(match did_you_mean(env, self.0.keys().map(String::as_str)) {
                    Some(it) => problem.help(format!("did you mean `{it}`?")),
                    None => problem.help(format!("there are {listed}")),
                })
            }
            [one] => chosen(Some((*one).to_owned())),
            several => {
                let message =
                    format!("the environment `{env}` fits several patterns equally well: {}", several.join(", "));
                Err(Diagnostic::error("env/ambiguous", "environments", message).help("give it an entry of its own"))
            }
        }
    }
}

fn is_name(text: &str) -> bool {
    text.len() <= 31
        && text.starts_with(|it: char| it.is_ascii_lowercase() || it.is_ascii_digit())
        && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
}

/// Whether `name` fits `pattern`, in which `*` stands for any characters.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or("")) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, name) in
            [("pr-*", "pr-1"), ("*", "x"), ("a*c*e", "abcde"), ("*-eu", "prod-eu"), ("a*", "a"), ("a**", "a")]
        {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("pr-*", "prod"), ("a*a", "a"), ("a*c", "ab"), ("ab", "abc"), ("a*b*c", "acb")] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
