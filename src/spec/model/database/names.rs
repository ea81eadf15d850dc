//! Words that RDS and PostgreSQL take.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::spec::model::{
    days::Days,
    either::{Either, either, text_type, wrong},
};

text_type! {
    /// A class of database machines, such as `db.t4g.micro` or `db.m7g.large`.
    DatabaseClass, pattern: "^db\\.[a-z0-9-]+\\.[a-z0-9]+$", check: class
}
text_type! {
    /// A database's name in PostgreSQL: letters, digits and underscores, beginning with a letter; at most 63, and no word of SQL.
    DatabaseName, pattern: "^[A-Za-z][A-Za-z0-9_]{0,62}$", check: database
}
text_type! {
    /// A user's name: letters, digits and underscores, beginning with a letter; at most 16, and no word of SQL.
    Username, pattern: "^[A-Za-z][A-Za-z0-9_]{0,15}$", check: username
}
text_type! {
    /// A setting of PostgreSQL, in small letters, such as `work_mem` or `rds.force_ssl`.
    ParameterName, pattern: "^[a-z][a-z0-9_.]*$", check: parameter
}
text_type! {
    /// A snapshot's or a database's name in RDS; a snapshot's may be its ARN.
    SnapshotName, pattern: "^[A-Za-z][A-Za-z0-9:-]{0,254}$", check: snapshot
}
text_type! {
    /// A moment, such as 2026-01-31T12:00:00Z, or `latest`.
    Time, pattern: "^(latest|[0-9-]{10}T[0-9:]{8}(Z|[+-][0-9:]{5}))$", check: time
}

/// What PostgreSQL keeps for itself
/// (<https://www.postgresql.org/docs/current/sql-keywords-appendix.html>), and what RDS does.
const RESERVED: &str = " all analyse analyze and any array as asc asymmetric authorization both binary case cast check collate \
    collation column concurrently constraint create cross current_catalog current_date current_role current_schema \
    current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign \
    freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit \
    localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references \
    returning right select session_user similar some symmetric system_user table tablesample then to trailing true union \
    unique user using variadic verbose when where window with admin rdsadmin template0 template1 ";

/// Whether PostgreSQL or RDS keeps `word` for itself.
fn reserved(word: &str) -> bool {
    RESERVED.contains(&format!(" {} ", word.to_lowercase()))
}

fn class(text: &str) -> Result<(), String> {
    let plain =
        |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
    let fits = match text.split('.').collect::<Vec<_>>().as_slice() {
        ["db", family, size] => plain(family) && plain(size),
        _ => false,
    };
    if fits {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no class of databases"), "write one such as db.t4g.micro or db.m7g.large"))
}

fn word(text: &str, longest: usize, what: &str) -> Result<(), String> {
    let fits = text.len() <= longest
        && text.starts_with(|it: char| it.is_ascii_alphabetic())
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
    if !fits {
        let help = format!("use letters, digits and underscores, beginning with a letter; at most {longest}");
        return Err(wrong(format!("`{text}` cannot be {what}"), help));
    }
    if reserved(text) {
        return Err(wrong(format!("`{text}` cannot be {what}: PostgreSQL keeps the word"), "choose another one"));
    }
    Ok(())
}

fn database(text: &str) -> Result<(), String> {
    word(text, 63, "a database's name")
}

/// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>
fn username(text: &str) -> Result<(), String> {
    word(text, 16, "a user's name")
}

fn parameter(text: &str) -> Result<(), String> {
    let fits = text.starts_with(|it: char| it.is_ascii_lowercase())
        && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || b"_.".contains(&it));
    if fits {
        return Ok(());
    }
    let small = text.to_lowercase();
    if small != text && parameter(&small).is_ok() {
        return Err(wrong(format!("`{text}` is no setting as RDS writes it"), format!("write {small}")));
    }
    Err(wrong(format!("`{text}` is no setting of PostgreSQL"), "write its name, such as work_mem"))
}

fn snapshot(text: &str) -> Result<(), String> {
    let fits = text.len() <= 255
        && text.starts_with(|it: char| it.is_ascii_alphabetic())
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"-:".contains(&it));
    if fits { Ok(()) } else { Err(wrong(format!("`{text}` is no name in RDS"), "write it as the console shows it")) }
}

fn time(text: &str) -> Result<(), String> {
    if text == "latest" || is_time(text) {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no moment"), "write one such as 2026-01-31T12:00:00Z, or latest"))
}

/// Whether `text` is a time as RFC 3339 has it, to the second.
fn is_time(text: &str) -> bool {
    let shape: String = text.chars().map(|it| if it.is_ascii_digit() { '0' } else { it }).collect();
    let zoned = ["0000-00-00T00:00:00Z", "0000-00-00T00:00:00+00:00", "0000-00-00T00:00:00-00:00"];
    let part = |at: std::ops::Range<usize>| text.get(at).and_then(|it| it.parse::<u32>().ok()).unwrap_or(99);
    zoned.contains(&shape.as_str())
        && (1..=12).contains(&part(5..7))
        && (1..=31).contains(&part(8..10))
        && part(11..13) < 24
        && part(14..16) < 60
        && part(17..19) < 60
}

impl Default for DatabaseClass {
    fn default() -> Self {
        Self("db.t4g.micro".into())
    }
}

impl Time {
    /// The moment; `None` for the latest possible.
    #[must_use]
    pub fn moment(&self) -> Option<&str> {
        Some(self.as_str()).filter(|it| *it != "latest")
    }
}

impl DatabaseName {
    /// What a stack's database is called if nobody says: as the stack is, as far as PostgreSQL can call it that.
    #[must_use]
    pub fn of_stack(stack: &str) -> String {
        let plain = stack.replace('-', "_");
        if reserved(&plain) { format!("{plain}_db") } else { plain }
    }
}

/// A version of PostgreSQL: a major one, such as 16, or one in full, such as 16.4.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PostgresVersion(String);

impl PostgresVersion {
    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The major version, such as 16.
    #[must_use]
    pub fn major(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }
}

impl Either<'_> for PostgresVersion {
    const EXPECTED: &'static str = "a version such as 16, or \"16.4\" in quotes";

    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        let number = |it: &str| !it.is_empty() && it.len() <= 2 && it.bytes().all(|it| it.is_ascii_digit());
        let parts: Vec<_> = it.split('.').collect();
        let fits = matches!(parts.as_slice(), [major, minor @ ..]
            if major.len() == 2 && number(major) && minor.len() <= 1 && minor.iter().all(|it| number(it)));
        if fits {
            return Ok(Self(it.to_owned()));
        }
        Err(E::custom(wrong(
            format!("`{it}` is no version of PostgreSQL"),
            "write one such as 16, or \"16.4\" in quotes",
        )))
    }
    fn from_number<E: de::Error>(it: u64) -> Result<Self, E> {
        Self::from_text(&it.to_string())
    }
}

impl<'de> Deserialize<'de> for PostgresVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for PostgresVersion {
    fn schema_name() -> Cow<'static, str> {
        "PostgresVersion".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "integer"],
            "description": "A version of PostgreSQL: a major one, such as 16, or one in full and in quotes, such as \"16.4\".",
            "pattern": "^[0-9]{2}(\\.[0-9]{1,2})?$",
        })
    }
}

/// For how long a database can be brought back to any moment: 1d to 35d, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backups(u32);

impl Backups {
    /// For how many days; 0 for not at all.
    #[must_use]
    pub fn days(self) -> u32 {
        self.0
    }
}

impl Default for Backups {
    fn default() -> Self {
        Self(7)
    }
}

impl fmt::Display for Backups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 { f.write_str("none") } else { write!(f, "{}d", self.0) }
    }
}

impl Serialize for Backups {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Either<'_> for Backups {
    const EXPECTED: &'static str = "a number of days such as 7d, or none";

    fn from_text<E: de::Error>(it: &str) -> Result<Self, E> {
        if it == "none" {
            return Ok(Self(0));
        }
        match Days::from_text(it)?.count() {
            it @ 1..=35 => Ok(Self(it)),
            it => Err(E::custom(wrong(format!("RDS keeps no backups for {it} days"), "choose 1d to 35d, or none"))),
        }
    }
    fn from_number<E: de::Error>(it: u64) -> Result<Self, E> {
        if it == 0 { Ok(Self(0)) } else { Days::from_number(it).map(|it| Self(it.count())) }
    }
}

impl<'de> Deserialize<'de> for Backups {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for Backups {
    fn schema_name() -> Cow<'static, str> {
        "Backups".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "For how long a database can be brought back to any moment: 1d to 35d, or none.",
            "pattern": "^([0-9]+[dw]|none)$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_mean_something_to_postgresql_are_refused() {
        assert!(database("shop").is_ok() && database("User").is_err() && database("shop-2").is_err());
        assert!(username("app").is_ok() && username("admin").is_err() && username(&"a".repeat(17)).is_err());
        assert_eq!(["shop-2", "order"].map(DatabaseName::of_stack), ["shop_2", "order_db"]);
    }

    #[test]
    fn classes_settings_and_times() {
        assert!(class("db.m7g.2xlarge").is_ok() && class("t4g.micro").is_err() && class("db.t4g").is_err());
        assert!(parameter("Work_Mem").unwrap_err().ends_with("write work_mem") && parameter("work mem").is_err());
        assert!(["latest", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00+01:00"].iter().all(|it| time(it).is_ok()));
        assert!(
            ["2026-13-31T12:00:00Z", "2026-01-31", "now", "2026-01-31T25:00:00Z"].iter().all(|it| time(it).is_err())
        );
    }

    #[test]
    fn versions() {
        let version = |it: &str| serde_json::from_value::<PostgresVersion>(it.into());
        assert!(["16", "16.4", "17.10"].into_iter().all(|it| version(it).is_ok()));
        assert!(["9.6", "16.", "16.4.1", "sixteen", "", "1600"].into_iter().all(|it| version(it).is_err()));
        assert_eq!(serde_json::from_value::<PostgresVersion>(16.into()).unwrap().major(), "16");
    }

    #[test]
    fn backups() {
        let days = |it: serde_json::Value| serde_json::from_value::<Backups>(it).map(Backups::days).ok();
        assert_eq!([days("7d".into()), days("none".into()), days("5w".into())], [Some(7), Some(0), Some(35)]);
        assert_eq!((days("36d".into()), days(0.into()), days(7.into())), (None, Some(0), None));
    }
}
