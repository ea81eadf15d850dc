//! Lengths of time, of those kinds that AWS accepts.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::either::{Either, either, wrong};

/// How long a log is kept, in days; one of the lengths that `CloudWatch` Logs knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Retention(u16);

/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>, as of 2026-07.
const RETENTIONS: [u16; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

impl Retention {
    /// Thirty days.
    pub const MONTH: Self = Self(30);

    /// The number of days.
    #[must_use]
    pub fn days(self) -> u16 {
        self.0
    }

    fn parse(text: &str) -> Result<Self, String> {
        let Some(days) = days(text) else {
            return Err(wrong(format!("`{text}` is no number of days"), "write it as 30d, 2w or 1y"));
        };
        match RETENTIONS.into_iter().find(|it| u32::from(*it) == days) {
            Some(it) => Ok(Self(it)),
            None => Err(wrong(
                format!("CloudWatch does not keep logs for {days} days"),
                format!("the nearest are {}", nearest(days)),
            )),
        }
    }
}

/// How many days `text` is, such as `30d`, `2w` or `1y`.
pub(super) fn days(text: &str) -> Option<u32> {
    let unit = text.strip_suffix('d').map(|it| (it, 1)).or_else(|| text.strip_suffix('w').map(|it| (it, 7)));
    let (number, days) = unit.or_else(|| text.strip_suffix('y').map(|it| (it, 365)))?;
    let plain = !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit());
    number.parse::<u32>().ok().filter(|_| plain)?.checked_mul(days)
}

/// The lengths around `days`, in words.
fn nearest(days: u32) -> String {
    let below = RETENTIONS.into_iter().rev().find(|it| u32::from(*it) < days);
    let above = RETENTIONS.into_iter().find(|it| u32::from(*it) > days);
    below.into_iter().chain(above).map(|it| format!("{it}d")).collect::<Vec<_>>().join(" and ")
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}d", self.0)
    }
}

impl Serialize for Retention {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Either<'_> for Retention {
    const EXPECTED: &'static str = "a number of days such as 30d";

    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        Self::parse(it).map_err(E::custom)
    }
    fn from_number<E: de::Error>(it: u64) -> Result<Self, E> {
        Err(E::custom(wrong(format!("{it} has no unit"), format!("write {it}d for {it} days"))))
    }
}

impl<'de> Deserialize<'de> for Retention {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for Retention {
    fn schema_name() -> Cow<'static, str> {
        "Retention".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "How long logs are kept, in days: 1d, 3d, 5d, 7d, 14d, 30d, 60d, 90d, 120d, 150d, 180d, 365d (or 1y), \
                400d, 545d, 731d, 1096d, 1827d, 2192d, 2557d, 2922d, 3288d or 3653d.",
            "pattern": "^[0-9]+[dwy]$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_weeks_years() {
        let days = |it| Retention::parse(it).map(Retention::days);
        assert_eq!((days("30d"), days("2w"), days("1y")), (Ok(30), Ok(14), Ok(365)));
        assert!(days("31d").unwrap_err().ends_with("the nearest are 30d and 60d"));
        assert!(days("0d").unwrap_err().ends_with("the nearest are 1d"));
        assert!(days("99999999999y").is_err() && days("d").is_err() && days("+1d").is_err() && days("30").is_err());
    }
}
