//! What Cloudflare does for a domain.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::DomainName;

/// What Cloudflare does for a domain that it has as a zone. The token is `CLOUDFLARE_API_TOKEN`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cloudflare {
    /// The zone, such as `example.com`: it has to be there already. What else is in it stays as it is.
    pub zone: DomainName,
}
