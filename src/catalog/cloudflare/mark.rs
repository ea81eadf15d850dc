//! The mark of what is ours where there are no tags: a text such as `infractl:shop/prod/eu-central-1:api`, which fits into the
//! comment of a record and the `ref` of a rule.

use crate::resource::tags::Scope;

const START: &str = "infractl";

/// The mark of what a scope calls `name`.
#[must_use]
pub(crate) fn mark(scope: &Scope, name: &str) -> String {
    format!("{}:{name}", owner(scope))
}

/// What the marks of a scope begin with.
#[must_use]
pub(crate) fn owner(Scope { stack, env, region }: &Scope) -> String {
    format!("{START}:{stack}/{env}/{region}")
}

/// Whose it is, and what they call it, if `text` is a mark.
#[must_use]
pub(crate) fn unmark(text: &str) -> Option<(Scope, &str)> {
    let (scope, name) = text.strip_prefix(START)?.strip_prefix(':')?.split_once(':')?;
    let mut parts = scope.split('/').map(str::to_owned);
    let scope = Scope { stack: parts.next()?, env: parts.next()?, region: parts.next()? };
    let whole = parts.next().is_none() && [&scope.stack, &scope.env, &scope.region].iter().all(|it| !it.is_empty());
    (whole && !name.is_empty()).then_some((scope, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_says_whose_and_what() {
        let scope = Scope { stack: "shop".into(), env: "prod".into(), region: "eu-central-1".into() };
        let text = mark(&scope, "cache-1");
        assert_eq!(text, "infractl:shop/prod/eu-central-1:cache-1");
        assert_eq!(unmark(&text), Some((scope, "cache-1")));
        for other in ["", "cache-1", "infractl", "infractl:shop:x", "infractl:shop/prod/eu/more:x", "infractl:a//b:x"] {
            assert_eq!(unmark(other), None, "{other}");
        }
        assert_eq!(unmark("infractl:shop/prod/eu-central-1:"), None);
        assert_eq!(unmark("infractl:shop/prod/eu-central-1:MX:mail").map(|it| it.1), Some("MX:mail"));
    }
}
