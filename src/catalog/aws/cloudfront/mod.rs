//! CloudFront: <https://docs.aws.amazon.com/cloudfront/latest/APIReference/Welcome.html>.
//!
//! Only distributions have tags. Of all else, its comment says whose it is: [`marker`]. What is changed or deleted is
//! named with the ETag of what was seen last, so nobody's change is lost.

mod behavior;
pub mod distribution;
mod distribution_config;
pub mod function;
mod headers;
pub mod invalidation;
mod origin;
pub mod origin_access_control;
pub mod response_headers_policy;

use aws_smithy_types::error::operation::BuildError;

use crate::{
    api::ApiError,
    resource::{
        tags::{ENV, ID, REGION, STACK, Scope, Tags},
        value::Address,
    },
};

/// Starts the comments of what is ours.
const MARK: &str = "infractl ";

/// The comment that proves that the resource called `name` is of `scope`; at most 128 characters, as many as there may be.
#[must_use]
pub fn marker(scope: &Scope, name: &str) -> String {
    format!("{MARK}{}/{}/{}/{name}", scope.stack, scope.env, scope.region)
}

/// What the comment of a resource of `kind` says in the words of tags; nothing if it is no [`marker`].
fn marked(kind: &str, comment: &str) -> Tags {
    let parts: Vec<_> = comment.strip_prefix(MARK).unwrap_or_default().splitn(4, '/').collect();
    let [stack, env, region, name] = parts.as_slice() else { return Tags::new() };
    let id = Address::new(kind, name).to_string();
    let tags = [(STACK, *stack), (ENV, env), (REGION, region), (ID, &id)];
    tags.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Whether the stack's part of the cloud has CloudFront at all
/// (<https://docs.aws.amazon.com/general/latest/gr/cf_region.html>).
fn is_here(scope: &Scope) -> bool {
    !["us-gov-", "us-iso", "eu-iso"].iter().any(|it| scope.region.starts_with(it))
}

/// What the SDK refuses to put together.
fn unsent(call: &str, error: &BuildError) -> ApiError {
    ApiError::refused(call, "NotSent", error.to_string())
}

/// A length as CloudFront counts its lists.
fn quantity(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_proves_whose_a_thing_is() {
        let scope = Scope { stack: "s".repeat(24), env: "e".repeat(31), region: "ap-southeast-99".into() };
        let comment = marker(&scope, &"n".repeat(24));
        assert!(comment.len() <= 128, "{}", comment.len());
        let address = scope.address(&marked("cloudfront.function", &comment));
        assert_eq!(address, Some(Address::new("cloudfront.function", &"n".repeat(24))));
        let other = Scope { env: "e".repeat(30), ..scope.clone() };
        assert_eq!(other.address(&marked("cloudfront.function", &comment)), None);
        for it in ["", "infractl", "infractl a/b/c", "mine"] {
            assert_eq!(scope.address(&marked("cloudfront.function", it)), None, "{it}");
        }
    }

    #[test]
    fn some_partitions_have_no_cloudfront() {
        let scope = |region: &str| Scope { stack: "a".into(), env: "b".into(), region: region.into() };
        assert!(is_here(&scope("eu-central-1")) && is_here(&scope("us-east-1")) && is_here(&scope("cn-north-1")));
        assert!(!is_here(&scope("us-gov-west-1")) && !is_here(&scope("us-iso-east-1")));
    }
}
