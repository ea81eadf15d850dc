//! Upstash: <https://upstash.com/docs/devops/developer-api/introduction>.

pub mod credentials;
pub mod database;
pub mod plan;

use crate::resource::tags::Scope;

/// What is between the parts of a name. Stacks, regions and caches have no two hyphens in a row, so a name is of one scope.
const BETWEEN: &str = "--";

/// What a database is called, as it has no tags to say whose it is: `shop--prod--eu-central-1--main`.
#[must_use]
pub fn name(scope: &Scope, cache: &str) -> String {
    [&scope.stack, &scope.env, &scope.region, cache].join(BETWEEN)
}

/// The cache of the scope that a database called `name` is; `None` if it is none of the scope's.
fn cache<'a>(scope: &Scope, name: &'a str) -> Option<&'a str> {
    let rest = name.strip_prefix(&self::name(scope, ""))?;
    let whole = !rest.is_empty() && !rest.starts_with('-') && !rest.contains(BETWEEN);
    whole.then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(stack: &str, env: &str) -> Scope {
        Scope { stack: stack.into(), env: env.into(), region: "eu-central-1".into() }
    }

    #[test]
    fn a_name_is_of_one_scope() {
        let all =
            [("shop", "prod"), ("shop", "prod-eu"), ("shop-prod", "eu"), ("shop", "a--b"), ("shop", "a"), ("s", "a-")];
        for (stack, env) in all {
            let name = name(&scope(stack, env), "main-2");
            for (other, its) in all {
                let expected = ((stack, env) == (other, its)).then_some("main-2");
                assert_eq!(cache(&scope(other, its), &name), expected, "{name} of {other} {its}");
            }
        }
    }

    #[test]
    fn what_only_begins_like_a_name_is_somebody_elses() {
        let shop = scope("shop", "prod");
        for name in ["shop--prod--eu-central-1", "shop--prod--eu-central-1--", "shop--prod--eu-central-1--a--b", "shop"]
        {
            assert_eq!(cache(&shop, name), None, "{name}");
        }
    }
}
