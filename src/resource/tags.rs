//! Tags, and whose a thing is: said here and nowhere else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::value::Address;

/// A resource's tags, by key.
pub type Tags = BTreeMap<String, String>;

/// The tag that holds the stack's name.
pub const STACK: &str = "infractl:stack";
/// The tag that holds the environment's name.
pub const ENV: &str = "infractl:env";
/// The tag that holds the region's name: what is global, such as a role, belongs to one region's stack all the same.
pub const REGION: &str = "infractl:region";
/// The tag that holds the resource's address in its stack.
pub const ID: &str = "infractl:id";
/// The tag that holds what a deletion has to know, for types whose provider has no place for it. It belongs to the type's
/// settings and is not compared as a tag.
pub const ON_DELETE: &str = "infractl:on-delete";
/// The tag of a task definition that holds the revision that was migrated last.
pub const MIGRATED: &str = "infractl:migrated";
/// The tag that consoles show as a resource's name.
pub const NAME: &str = "Name";

/// One environment of one stack in one region: what is ours to change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The stack's name.
    pub stack: String,
    /// The environment's name.
    pub env: String,
    /// The region's name.
    pub region: String,
}

impl Scope {
    /// The tags that prove that the resource at `address` is of this scope.
    #[must_use]
    pub fn tags(&self, address: &Address) -> Tags {
        let own = [(STACK, self.stack.as_str()), (ENV, &self.env), (REGION, &self.region), (ID, address.as_str())];
        own.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    /// Where in this scope a resource with `tags` belongs; `None` if it is not proven to be of this scope.
    #[must_use]
    pub fn address(&self, tags: &Tags) -> Option<Address> {
        let is = |key, value: &str| tags.get(key).is_some_and(|it| it == value);
        (is(STACK, &self.stack) && is(ENV, &self.env) && is(REGION, &self.region)).then_some(())?;
        Address::parse(tags.get(ID)?)
    }

    /// Starts every name of this scope that has to be unique in a region: `shop-prod`.
    #[must_use]
    pub fn prefix(&self) -> String {
        format!("{}-{}", self.stack, self.env)
    }

    /// Starts every name of this scope that has to be unique in an account: `shop-prod-eu-central-1`.
    #[must_use]
    pub fn global_prefix(&self) -> String {
        format!("{}-{}", self.prefix(), self.region)
    }

    /// Starts every path of this scope in a region: `/infractl/shop/prod/`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/infractl/{}/{}/", self.stack, self.env)
    }

    /// Starts every path of this scope in an account: `/infractl/shop/prod/eu-central-1/`.
    #[must_use]
    pub fn global_path(&self) -> String {
        format!("{}{}/", self.path(), self.region)
    }
}

/// Which tags a resource should have, and which are others' business.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagRules {
    /// What every resource of the stack carries.
    pub common: Tags,
    /// Starts of keys that other tools put on our resources.
    pub ignore: Vec<String>,
}

impl TagRules {
    /// Whether the tag `key` is ours to set and to remove.
    #[must_use]
    pub fn covers(&self, key: &str) -> bool {
        !key.starts_with("aws:")
            && ![ON_DELETE, MIGRATED].contains(&key)
            && !self.ignore.iter().any(|it| key.starts_with(it.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_tags_together_prove_ownership() {
        let scope = Scope { stack: "shop".into(), env: "prod".into(), region: "eu-central-1".into() };
        let address = Address::new("ec2.vpc", "main");
        let tags = scope.tags(&address);
        assert_eq!(scope.address(&tags), Some(address));
        for key in [STACK, ENV, REGION, ID] {
            let mut fewer = tags.clone();
            fewer.remove(key);
            assert_eq!(scope.address(&fewer), None, "without {key}");
        }
        let others =
            [Scope { env: "prod2".into(), ..scope.clone() }, Scope { region: "eu-west-1".into(), ..scope.clone() }];
        assert!(others.iter().all(|it| it.address(&tags).is_none()));
    }
}
