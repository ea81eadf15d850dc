//! Values that only caches have.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::either::{Either, either, text_type, wrong};

text_type! {
    /// The version of a cache's engine, such as `"8.0"`; for a serverless cache its beginning counts.
    CacheVersion, pattern: r"^[0-9]{1,2}\.[0-9]{1,2}$", check: version
}
text_type! {
    /// The size of a cache's nodes, such as `cache.t4g.micro`, or of its machine, such as `t4g.micro`.
    CacheSize, pattern: r"^(cache\.)?[a-z][a-z0-9-]*\.[a-z0-9-]+$", check: size
}
text_type! {
    /// The name of a setting of an engine, such as `maxmemory-policy`.
    CacheParameter, pattern: "^[a-z][a-z0-9-]*$", check: parameter
}

fn version(text: &str) -> Result<(), String> {
    let number = |it: &str| (1..=2).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_digit());
    match text.split('.').collect::<Vec<_>>().as_slice() {
        [major, minor] if number(major) && number(minor) => Ok(()),
        _ => Err(wrong(
            format!("`{text}` is no version of a cache"),
            "write the major and the minor version in quotes: \"8.0\"; patches come by themselves",
        )),
    }
}

fn size(text: &str) -> Result<(), String> {
    let word =
        |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
    match text.split('.').collect::<Vec<_>>().as_slice() {
        ["cache", family, size] | [family, size] if *family != "cache" && word(family) && word(size) => Ok(()),
        _ => Err(wrong(format!("`{text}` is no size of a cache"), "a size looks like cache.t4g.micro")),
    }
}

fn parameter(text: &str) -> Result<(), String> {
    let fits = text.starts_with(|it: char| it.is_ascii_lowercase())
        && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
    if fits { Ok(()) } else { Err(wrong(format!("`{text}` is no parameter"), "one looks like maxmemory-policy")) }
}

impl CacheVersion {
    /// Its parts.
    #[must_use]
    pub fn numbers(&self) -> (u32, u32) {
        let (major, minor) = self.as_str().split_once('.').unwrap_or_default();
        (major.parse().unwrap_or_default(), minor.parse().unwrap_or_default())
    }
}

/// At least and at most how much: `1..5`, or `5` for at most that much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheRange {
    /// What is paid for even if it is not used.
    pub least: Option<u32>,
    /// What is never exceeded.
    pub most: u32,
}

impl fmt::Display for CacheRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.least.iter().try_for_each(|it| write!(f, "{it}.."))?;
        write!(f, "{}", self.most)
    }
}

impl Serialize for CacheRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Either<'_> for CacheRange {
    const EXPECTED: &'static str = "a number, or a range such as 1..5";

    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        let number = |it: &str| it.bytes().all(|it| it.is_ascii_digit()).then(|| it.parse().ok())?;
        let range = match it.split_once("..") {
            Some((least, most)) => number(least).zip(number(most)).map(|(least, most)| (Some(least), most)),
            None => number(it).map(|most| (None, most)),
        };
        match range {
            Some((least, most)) if least.is_none_or(|it| it <= most) => Ok(Self { least, most }),
            Some(_) => Err(E::custom(wrong(format!("`{it}` ends before it begins"), "write the smaller number first"))),
            None => Err(E::custom(wrong(format!("`{it}` is no range"), "write it as 1..5, or 5 for at most 5"))),
        }
    }
    fn from_number<E: de::Error>(it: u64) -> Result<Self, E> {
        let most =
            it.try_into().map_err(|_| E::custom(wrong(format!("{it} is too much"), "choose a smaller number")))?;
        Ok(Self { least: None, most })
    }
}

impl<'de> Deserialize<'de> for CacheRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for CacheRange {
    fn schema_name() -> Cow<'static, str> {
        "CacheRange".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "At least and at most how much, such as `1..5`, or a number for the most.",
            "anyOf": [
                { "type": "integer", "minimum": 1 },
                { "type": "string", "pattern": r"^[0-9]+(\.\.[0-9]+)?$" },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_sizes() {
        assert!(version("8.0").is_ok() && size("cache.t4g.micro").is_ok() && size("t4g.micro").is_ok());
        assert!(["8", "8.0.1", "", "x.y", "8."].into_iter().all(|it| version(it).is_err()));
        assert!(["cache.t4g", "db.t4g.micro", "", "cache..x", "t4g", "t4g."].into_iter().all(|it| size(it).is_err()));
    }
}
