//! `${…}` in text: what may be referred to, and how it is written.

use super::model::{OutPath, Outputs};
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
    /// An output of a component.
    Out(OutPath),
}

/// The keys at the top of the file whose text can be referred to.
pub(super) const SETTINGS: [&str; 4] = ["stack", "region", "account", "domain"];

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

/// What `inner` names, where there are `components`, or what is wrong with it at `path`.
pub(super) fn resolve(inner: &str, path: &str, components: &[&Outputs]) -> Result<Ref, Diagnostic> {
    let wrong = |id, message: String| Diagnostic::error(id, path, message);
    if inner.is_empty() || !inner.chars().all(|it| it.is_ascii_alphanumeric() || "._-".contains(it)) {
        let help = "a reference is `${var.NAME}`, `${env}`, `${stack}`, `${region}`, `${account}`, `${domain}` or an output such as \
                    `${network.vpc_id}`; write `$${` where a plain `${` is meant";
        return Err(wrong("ref/syntax", format!("`${{{inner}}}` is no reference")).help(help));
    }
    if inner == "env" {
        return Ok(Ref::Env);
    }
    if let Some(it) = SETTINGS.into_iter().find(|it| *it == inner) {
        return Ok(Ref::Setting(it));
    }
    let (head, rest) = match inner.split_once('.') {
        Some((head, rest)) => (head, Some(rest)),
        None => (inner, None),
    };
    if let (true, Some(name)) = (head == "var", rest.filter(|it| !it.is_empty())) {
        return Ok(Ref::Var(name.to_owned()));
    }
    if let Some(it) = components.iter().find(|it| it.component == head) {
        return rest.map_or_else(|| it.alone(path), |rest| it.resolve(rest, path)).map(Ref::Out);
    }
    let names = components.iter().map(|it| it.component);
    let known = SETTINGS.into_iter().chain(["env", "var"]).chain(names.clone());
    let problem = wrong("ref/unknown", format!("there is no `{inner}` to refer to"));
    Err(match did_you_mean(head, known) {
        Some(it) if it != head => {
            let rest = rest.map_or(String::new(), |it| format!(".{it}"));
            problem.help(format!("did you mean `${{{it}{rest}}}`?"))
        }
        _ => problem.help(format!(
            "there are `var.NAME`, `env`, `stack`, `region`, `account`, `domain` and the outputs of {}; a variable `NAME` is declared \
             under `variables` and written `${{var.NAME}}`",
            names.collect::<Vec<_>>().join(", ")
        )),
    })
}

#[cfg(test)]
mod tests {
    use super::{super::model::COMPONENTS, *};

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
        assert_eq!(resolve("var.a-b", "", COMPONENTS), Ok(Ref::Var("a-b".into())));
        assert_eq!(resolve("account", "", COMPONENTS), Ok(Ref::Setting("account")));
        assert!(matches!(resolve("network.security_groups.app", "", COMPONENTS), Ok(Ref::Out(_))));
        assert_eq!(resolve("aws:username", "", COMPONENTS).unwrap_err().id, "ref/syntax");
        assert_eq!(
            resolve("network.vpcid", "", COMPONENTS).unwrap_err().help.unwrap(),
            "did you mean `${network.vpc_id}`?"
        );
        assert_eq!(resolve("regoin", "", COMPONENTS).unwrap_err().help.unwrap(), "did you mean `${region}`?");
    }
}
