//! Lengths of time.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::either::{Either, either, wrong};

/// A length of time, such as `90s`, `5m`, `2h` or `1d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(u32);

/// The units, from the longest, with their seconds.
const UNITS: [(char, u32); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl Span {
    /// So many seconds.
    #[must_use]
    pub const fn of_seconds(seconds: u32) -> Self {
        Self(seconds)
    }

    /// Its length in seconds.
    #[must_use]
    pub fn seconds(self) -> u32 {
        self.0
    }

    fn parse(text: &str) -> Result<Self, String> {
        let seconds = UNITS.iter().find_map(|(unit, seconds)| {
            let number = text.strip_suffix(*unit)?;
            let plain = !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit());
            number.parse::<u32>().ok().filter(|_| plain)?.checked_mul(*seconds)
        });
        seconds
            .map(Self)
            .ok_or_else(|| wrong(format!("`{text}` is no length of time"), "write it as 90s, 5m, 2h or 1d"))
    }
}

impl FromStr for Span {
    type Err = String;

    /// # Errors
    /// What is wrong with it, and on a second line what to do.
    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text)
    }
}

/// In the longest unit that fits.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = UNITS.iter().find(|(_, seconds)| self.0 > 0 && self.0.is_multiple_of(*seconds));
        let (unit, seconds) = fits.unwrap_or(&('s', 1));
        write!(f, "{}{unit}", self.0 / seconds)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Either<'_> for Span {
    const EXPECTED: &'static str = "a length of time such as 90s";

    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        Self::parse(it).map_err(E::custom)
    }
    fn from_number<E: de::Error>(it: u64) -> Result<Self, E> {
        Err(E::custom(wrong(format!("{it} has no unit"), format!("write {it}s for {it} seconds"))))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A length of time, such as `90s`, `5m`, `2h` or `1d`.",
            "pattern": "^[0-9]+[smhd]$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        for (text, seconds) in [("90s", 90), ("5m", 300), ("2h", 7_200), ("1d", 86_400), ("0s", 0)] {
            assert_eq!(Span::parse(text), Ok(Span(seconds)));
            assert_eq!(Span(seconds).to_string(), text);
        }
        for text in ["", "s", "5", "+5s", "5 m", "99999999999d", "50000d"] {
            assert!(Span::parse(text).is_err(), "{text}");
        }
    }
}
