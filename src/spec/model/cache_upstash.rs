//! What only caches at Upstash have.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::either::{text_type, wrong};
use crate::{catalog::upstash::database::platform, diagnostic::did_you_mean};

text_type! {
    /// A region of Upstash, such as `eu-central-1`.
    CacheRegion,
    pattern: "^(us-east-[12]|us-west-[12]|ca-central-1|eu-central-1|eu-west-[12]|sa-east-1|ap-south-1|ap-northeast-1|ap-southeast-[12]|af-south-1|us-central1|us-east4|europe-west1|asia-northeast1)$",
    check: region
}

/// Where a cache can be written to
/// (<https://upstash.com/docs/devops/developer-api/redis/create_database_global>), and whether others can be read from there.
const REGIONS: &[(&str, bool)] = &[
    ("us-east-1", true),
    ("us-east-2", true),
    ("us-west-1", true),
    ("us-west-2", true),
    ("ca-central-1", true),
    ("eu-central-1", true),
    ("eu-west-1", true),
    ("eu-west-2", true),
    ("sa-east-1", true),
    ("ap-south-1", true),
    ("ap-northeast-1", true),
    ("ap-southeast-1", true),
    ("ap-southeast-2", true),
    ("af-south-1", false),
    ("us-central1", false),
    ("us-east4", false),
    ("europe-west1", false),
    ("asia-northeast1", false),
];

/// What is nearest to regions of AWS that Upstash has not, by how they begin; the first that fits counts.
const NEAREST: &[(&str, &str)] = &[
    ("us-gov-east", "us-east-2"),
    ("us-gov-west", "us-west-2"),
    ("ca-", "us-west-2"),
    ("eu-west-3", "eu-west-2"),
    ("eu-south-2", "eu-west-2"),
    ("eu-", "eu-central-1"),
    ("il-", "eu-central-1"),
    ("me-", "ap-south-1"),
    ("ap-south-2", "ap-south-1"),
    ("ap-northeast-", "ap-northeast-1"),
    ("ap-east-2", "ap-northeast-1"),
    ("ap-southeast-4", "ap-southeast-2"),
    ("ap-southeast-6", "ap-southeast-2"),
    ("ap-", "ap-southeast-1"),
    ("cn-", "ap-northeast-1"),
];

/// Where those are of whom nothing is known.
const ANYWHERE: &str = "us-east-1";

fn region(text: &str) -> Result<(), String> {
    let known = || REGIONS.iter().map(|(name, _)| *name);
    if known().any(|it| it == text) {
        return Ok(());
    }
    let help = match did_you_mean(text, known()) {
        Some(it) => format!("did you mean `{it}`?"),
        None => format!("it has {}", known().collect::<Vec<_>>().join(", ")),
    };
    Err(wrong(format!("Upstash has no region `{text}`"), help))
}

/// The region of Upstash that is nearest to `region` of AWS: the same, where there is one.
pub(super) fn nearest(region: &str) -> &str {
    if REGIONS.iter().any(|(name, _)| *name == region) {
        return region;
    }
    NEAREST.iter().find(|(start, _)| region.starts_with(start)).map_or(ANYWHERE, |(_, it)| it)
}

impl CacheRegion {
    /// Whether what is written to elsewhere can be read from here.
    #[must_use]
    pub fn can_be_read_from(&self) -> bool {
        REGIONS.iter().any(|(name, reads)| *name == self.as_str() && *reads)
    }

    /// Whether it is on Google's machines.
    #[must_use]
    pub fn is_googles(&self) -> bool {
        platform(self.as_str()) == "gcp"
    }
}

/// How a cache at Upstash is paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum CachePlan {
    /// Not at all: one cache of 256 MB an account.
    #[serde(rename = "free")]
    Free,
    /// By its use, up to `budget`.
    #[default]
    #[serde(rename = "payg")]
    ByUse,
    /// $10 a month, and half of that for each of `read_regions`, as with all that follow.
    #[serde(rename = "fixed_250mb")]
    Fixed250Mb,
    /// $20 a month.
    #[serde(rename = "fixed_1gb")]
    Fixed1Gb,
    /// $100 a month.
    #[serde(rename = "fixed_5gb")]
    Fixed5Gb,
    /// $200 a month.
    #[serde(rename = "fixed_10gb")]
    Fixed10Gb,
    /// $400 a month.
    #[serde(rename = "fixed_50gb")]
    Fixed50Gb,
    /// $800 a month.
    #[serde(rename = "fixed_100gb")]
    Fixed100Gb,
    /// $1500 a month.
    #[serde(rename = "fixed_500gb")]
    Fixed500Gb,
}

impl CachePlan {
    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::ByUse => "payg",
            Self::Fixed250Mb => "fixed_250mb",
            Self::Fixed1Gb => "fixed_1gb",
            Self::Fixed5Gb => "fixed_5gb",
            Self::Fixed10Gb => "fixed_10gb",
            Self::Fixed50Gb => "fixed_50gb",
            Self::Fixed100Gb => "fixed_100gb",
            Self::Fixed500Gb => "fixed_500gb",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_region_is_one() {
        for (own, nearest) in [
            ("eu-central-1", "eu-central-1"),
            ("af-south-1", "af-south-1"),
            ("eu-north-1", "eu-central-1"),
            ("eu-west-3", "eu-west-2"),
            ("ap-northeast-2", "ap-northeast-1"),
            ("ap-southeast-4", "ap-southeast-2"),
            ("mx-central-1", "us-east-1"),
        ] {
            assert_eq!(super::nearest(own), nearest, "{own}");
        }
        assert!(NEAREST.iter().map(|(_, it)| *it).chain([ANYWHERE]).all(|it| region(it).is_ok()));
    }

    #[test]
    fn regions_are_those_of_the_pattern() {
        let schema = json(schemars::schema_for!(CacheRegion));
        let validator = jsonschema::validator_for(&schema).unwrap();
        assert!(REGIONS.iter().all(|(name, _)| validator.is_valid(&(*name).into())), "{schema}");
        assert!(
            ["eu-central-2", "eu-north-1", ""]
                .iter()
                .all(|it| region(it).is_err() && !validator.is_valid(&(*it).into()))
        );
        let help = region("eu-central1").unwrap_err();
        assert!(help.contains("eu-central-1"), "{help}");
    }

    fn json(schema: schemars::Schema) -> serde_json::Value {
        schema.to_value()
    }
}
