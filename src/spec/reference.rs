//! `${…}` in text: what may be referred to, and how it is written.

use super::model::{COMPONENTS, NETWORK_OUTPUTS, OutPath};
use crate::diagnostic::{Diagnostic, did_you_mean};

/// What a reference names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ref {
    /// `var.NAME`.
    Var(String),
    /// `env`.
    Env,
    /// One of [`SETTINGS`].
    Setting(&'static str),
    /// `network.OUTPUT`.
    Out(OutPath),
}

/// The keys at the top of the file whose text can be referred to.
pub(super) const SETTINGS: [&str; 3] = ["stack", "region", "account"];

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment<'a> {
    /// As it stands, `$${` already turned into `${`.
    Literal(String),
    /// What stands between `${` and `}`, and where the whole begins in the text.
    Reference { inner: &'a str, at: usize },
    /// A `${` without an end, and where it begins.
    Unclosed { at: usize },
}

/// The segments of `text`.
pub(super) fn segments(text: &str) -> Vec<Segment<'_>> {
    let mut segments = Vec::new();
    let mut literal = String::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let Some(dollar) = rest.find("${") else {
            literal.push_str(rest);
            break;
        };
        let before = rest.get(..dollar).unwrap_or("");
        if let Some(before) = before.strip_suffix('$') {
            literal.push_str(before);
            literal.push_str("${");
            at += dollar + 2;
            continue;
        }
        literal.push_str(before);
        let start = at + dollar;
        let Some(inner) = text.get(start + 2..).and_then(|it| Some(it.split_once('}')?.0)) else {
            segments.push(Segment::Unclosed { at: start });
            break;
        };
        if !literal.is_empty() {
            segments.push(Segment::Literal(std::mem::take(&mut literal)));
        }
        segments.push(Segment::Reference { inner, at: start });
        at = start + inner.len() + 3;
    }
    if !literal.is_empty() {
        segments.push(Segment::Literal(literal));
    }
    segments
}

/// What `inner` names, or what is wrong with it at `path`.
pub(super) fn resolve(inner: &str, path: &str) -> Result<Ref, Diagnostic> {
    let wrong = |id, message: String| Diagnostic::error(id, path, message);
    if inner.is_empty() || !inner.chars().all(|it| it.is_ascii_alphanumeric() || "._-".contains(it)) {
        let help = "a reference is `${var.NAME}`, `${env}`, `${stack}`, `${region}`, `${account}` or an output such as \
                    `${network.vpc_id}`; write `$${` where a plain `${` is meant";
        return Err(wrong("ref/syntax", format!("`${{{inner}}}` is no reference")).help(help));
    }
    if inner == "env" {
        return Ok(Ref::Env);
    }
    if let Some(it) = SETTINGS.into_iter().find(|it| *it == inner) {
        return Ok(Ref::Setting(it));
    }
    match inner.split_once('.') {
        Some(("var", name)) if !name.is_empty() => Ok(Ref::Var(name.to_owned())),
        Some(("network", output)) => network_output(output, path).map(Ref::Out),
        None if COMPONENTS.contains(&inner) => {
            let problem =
                wrong("ref/unknown", format!("`{inner}` is a component; a reference names one of its outputs"));
            Err(problem.help(format!("there are {}", NETWORK_OUTPUTS.join(", "))))
        }
        _ => {
            let (head, dot, tail) = match inner.split_once('.') {
                Some((head, tail)) => (head, ".", tail),
                None => (inner, "", ""),
            };
            let known = SETTINGS.into_iter().chain(["env", "var"]).chain(COMPONENTS);
            let problem = wrong("ref/unknown", format!("there is no `{inner}` to refer to"));
            Err(match did_you_mean(head, known) {
                Some(it) if it != head => problem.help(format!("did you mean `${{{it}{dot}{tail}}}`?")),
                _ => problem.help(
                    "there are `var.NAME`, `env`, `stack`, `region`, `account` and `network.OUTPUT`; a variable `NAME` is \
                     declared under `variables` and written `${var.NAME}`",
                ),
            })
        }
    }
}

fn network_output(output: &str, path: &str) -> Result<OutPath, Diagnostic> {
    let out = OutPath { component: "network".into(), path: output.into() };
    if out.network().is_some() {
        return Ok(out);
    }
    let problem = Diagnostic::error("ref/unknown", path, format!("the network has no output `{output}`"));
    Err(match did_you_mean(output, NETWORK_OUTPUTS) {
        Some(it) => problem.help(format!("did you mean `${{network.{it}}}`?")),
        None => problem.help(format!("there are {}", NETWORK_OUTPUTS.join(", "))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_falls_into_segments() {
        let literal = |it: &str| Segment::Literal(it.into());
        assert_eq!(segments("a-${env}-b"), [literal("a-"), Segment::Reference { inner: "env", at: 2 }, literal("-b")]);
        assert_eq!(segments("$${env} $$ $"), [literal("${env} $$ $")]);
        assert_eq!(segments("x${env"), [Segment::Unclosed { at: 1 }, literal("x")]);
        assert_eq!(segments(""), []);
    }

    #[test]
    fn references_are_known_or_refused() {
        assert_eq!(resolve("var.a-b", ""), Ok(Ref::Var("a-b".into())));
        assert_eq!(resolve("account", ""), Ok(Ref::Setting("account")));
        assert!(matches!(resolve("network.security_groups.app", ""), Ok(Ref::Out(_))));
        assert_eq!(resolve("aws:username", "").unwrap_err().id, "ref/syntax");
        assert_eq!(resolve("network.vpcid", "").unwrap_err().help.unwrap(), "did you mean `${network.vpc_id}`?");
        assert_eq!(resolve("regoin", "").unwrap_err().help.unwrap(), "did you mean `${region}`?");
    }
}
