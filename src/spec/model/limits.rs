//! What an environment may have at most.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CacheSize, DatabaseClass};

/// What the stack may have at most: a file that asks for more is refused.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// What it may cost a month, in US dollars at list prices, without what is used by the gigabyte or the request.
    /// Default: any sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly: Option<u32>,
    /// How many tasks all services may have together, scaled up as far as they can be. Default: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tasks: Option<u32>,
    /// What a task may have of processors, in 1024ths of a core. Default: as much as there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<u32>,
    /// What a task may have of memory, in MiB. Default: as much as there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u32>,
    /// The largest class that databases and their replicas may have, such as `db.t4g.medium`; of a class, only the size
    /// counts, such as `medium`. Default: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database_size: Option<DatabaseClass>,
    /// How much storage a database may have or grow to, in GiB. Default: as much as there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<u32>,
    /// The largest size that the nodes of caches may have, such as `cache.t4g.small`; likewise. Default: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_size: Option<CacheSize>,
    /// How many NAT gateways there may be. Default: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nat_gateways: Option<u32>,
}

/// The sizes of machines, each twice the one before, up to the first whose number is written before it.
const SIZES: [&str; 6] = ["nano", "micro", "small", "medium", "large", "xlarge"];

/// How large a machine of a class such as `db.t4g.medium` is among those of its family; `None` if that is no known size.
#[must_use]
pub fn size(class: &str) -> Option<u32> {
    let size = class.rsplit('.').next()?;
    let number = |at: usize| u32::try_from(at).ok();
    if let Some(at) = SIZES.iter().position(|it| *it == size) {
        return number(at);
    }
    match size.strip_suffix("xlarge")?.parse::<u32>().ok()? {
        0 | 1 => None,
        // Two times as large is the next one.
        several => number(SIZES.len())?.checked_add(several - 2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_in_order() {
        let classes =
            ["db.t4g.nano", "db.t3.micro", "cache.t4g.small", "db.m7g.medium", "db.r7g.large", "db.m7g.xlarge"];
        let larger = ["db.m7g.2xlarge", "db.t4g.4xlarge", "db.m7g.12xlarge", "cache.r7g.16xlarge"];
        let sizes: Vec<_> = classes.into_iter().chain(larger).map(size).collect();
        assert!(sizes.iter().all(Option::is_some) && sizes.is_sorted_by(|one, other| one < other), "{sizes:?}");
        assert!(
            ["db.m7g.metal", "db.m7g.0xlarge", "db.m7g.1xlarge", "db.m7g.", "large2", ""]
                .iter()
                .all(|it| size(it).is_none())
        );
    }
}
