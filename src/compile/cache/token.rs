//! The token of a cache, and the URL that has it.

use super::Part;
use crate::{
    catalog::aws::secretsmanager::secret::{Composed, Secret, Value},
    compile::{
        secrets::{made, name_of, version_of},
        stack::Stack,
    },
    field,
    resource::{graph::Handle, value::In},
    spec::model::CacheTls,
};

const TOKEN: &str = "token";
/// The length of a token, of the 16 to 128 characters that are allowed.
const LENGTH: u32 = 48;
/// What AWS gives passwords but takes in no token, and what means something in a URL:
/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html>.
const EXCLUDED: &str = "\"%'()*+,./:;=?@[\\]_`{|}~ ";

/// A secret that holds the token.
pub(super) fn token(stack: &mut Stack<'_>, part: &Part<'_>) -> Handle<Secret> {
    made(stack, &part.component, TOKEN, Value::Generated { length: LENGTH, exclude: EXCLUDED.into() })
}

/// What the secret that holds the token is called.
pub(super) fn name(stack: &Stack<'_>, part: &Part<'_>) -> String {
    name_of(&stack.graph.scope, &format!("{}.{TOKEN}", part.component))
}

/// The URL: text if there is no token, else the secret that holds it.
pub(super) fn url(
    stack: &mut Stack<'_>,
    part: &Part<'_>,
    host: &In<String>,
    token: Option<&Handle<Secret>>,
) -> In<String> {
    let scheme = if part.cache.tls() == CacheTls::Off { "redis" } else { "rediss" };
    let end = || In::join([host.clone(), format!(":{}", part.cache.port()).into()]);
    let Some(token) = token else { return In::join([format!("{scheme}://").into(), end()]) };
    let composed = Composed {
        template: In::join([format!("{scheme}://:{{password}}@").into(), end()]),
        secret: token.out(field!(arn)),
        version: token.out(field!(version)),
    };
    version_of(&made(stack, &part.component, "url", Value::Composed(composed)), "")
}
