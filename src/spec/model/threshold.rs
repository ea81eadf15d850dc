//! What a metric is compared with.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::either::{Either, either, wrong};

/// A number, with the unit that it is written with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    number: f64,
    suffix: &'static str,
}

/// What metrics count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Hundredths.
    Percent,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
}

/// The units that can be written: what they measure, and how much one of them is.
const SUFFIXES: [(&str, Unit, f64); 8] = [
    ("", Unit::Count, 1.0),
    ("%", Unit::Percent, 1.0),
    ("ms", Unit::Seconds, 0.001),
    ("s", Unit::Seconds, 1.0),
    ("KB", Unit::Bytes, 1024.0),
    ("MB", Unit::Bytes, 1_048_576.0),
    ("GB", Unit::Bytes, 1_073_741_824.0),
    ("TB", Unit::Bytes, 1_099_511_627_776.0),
];

impl Threshold {
    /// The threshold that `text` is, which the program itself wrote.
    #[must_use]
    pub fn known(number: f64, suffix: &'static str) -> Self {
        Self { number, suffix }
    }

    /// What it measures.
    #[must_use]
    pub fn unit(self) -> Unit {
        self.row().1
    }

    /// In single things, percents, seconds or bytes.
    #[must_use]
    pub fn value(self) -> f64 {
        // Milliseconds are divided: a product of 0.001 would be a little off.
        if self.suffix == "ms" { self.number / 1000.0 } else { self.number * self.row().2 }
    }

    fn row(self) -> (&'static str, Unit, f64) {
        let [first, ..] = SUFFIXES;
        SUFFIXES.into_iter().find(|(suffix, ..)| *suffix == self.suffix).unwrap_or(first)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let at = text.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(text.len());
        let (number, suffix) = text.split_at(at);
        let found = number.parse::<f64>().ok().filter(|_| number.starts_with(|it: char| it.is_ascii_digit()));
        let unit = SUFFIXES.into_iter().find(|(it, ..)| *it == suffix);
        found.zip(unit).map(|(number, (suffix, ..))| Self { number, suffix }).ok_or_else(|| {
            wrong(format!("`{text}` is no number that a metric could have"), "write it as 5, 80%, 500ms, 1.5s or 2GB")
        })
    }
}

impl Unit {
    /// How such a value is written, for those who wrote another.
    #[must_use]
    pub fn example(self) -> &'static str {
        match self {
            Self::Count => "a number such as 5",
            Self::Percent => "percents such as 80%",
            Self::Seconds => "a time such as 500ms or 1.5s",
            Self::Bytes => "an amount such as 500MB or 2GB",
        }
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number, self.suffix)
    }
}

impl Serialize for Threshold {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Either<'_> for Threshold {
    const EXPECTED: &'static str = "a number such as 5, or with a unit such as 80%, 500ms or 2GB";

    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        Self::parse(it).map_err(E::custom)
    }
    fn from_number<E: de::Error>(it: u64) -> Result<Self, E> {
        Self::parse(&it.to_string()).map_err(E::custom)
    }
    fn from_float<E: de::Error>(it: f64) -> Result<Self, E> {
        Self::parse(&it.to_string()).map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for Threshold {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for Threshold {
    fn schema_name() -> Cow<'static, str> {
        "Threshold".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number, or one with a unit: `80%`, `500ms`, `1.5s`, `2GB` (a KB is 1024 bytes).",
            "anyOf": [
                { "type": "number", "minimum": 0 },
                { "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?(%|ms|s|KB|MB|GB|TB)?$" },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        let read = |it| Threshold::parse(it).map(|it| (it.value(), it.unit(), it.to_string()));
        for (text, value, unit) in [
            ("5", 5.0, Unit::Count),
            ("0.5", 0.5, Unit::Count),
            ("80%", 80.0, Unit::Percent),
            ("1.5s", 1.5, Unit::Seconds),
            ("300ms", 0.3, Unit::Seconds),
            ("2GB", 2_147_483_648.0, Unit::Bytes),
        ] {
            assert_eq!(read(text), Ok((value, unit, text.to_owned())));
        }
        for text in ["", "%", "-5", "5 %", "5m", "1.2.3", ".5", "1e3", "inf"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
