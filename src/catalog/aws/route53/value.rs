//! What records say: <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html>.

use std::{borrow::Cow, fmt::Write, net::Ipv6Addr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use crate::resource::value::In;

/// How many bytes a string in a record may have; longer text is several.
const STRING: usize = 255;

/// One value of a record, in the one of its forms that all its others are equal to: names in small letters and without a dot
/// at their end, text in quotes and in one piece.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct RecordValue(String);

impl RecordValue {
    /// The value that `text` is, however it is written.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        if text.starts_with('"') {
            return Self::text(&unquoted(text));
        }
        let words: Vec<_> = text.split_whitespace().map(word).collect();
        Self(words.join(" "))
    }

    /// What a record of type TXT says, without quotes.
    #[must_use]
    pub fn text(bytes: &[u8]) -> Self {
        Self(format!("\"{}\"", escaped(bytes)))
    }

    /// The value of what may not be known yet.
    #[must_use]
    pub fn of(text: In<String>) -> In<Self> {
        match text {
            In::Known(it) => In::Known(Self::new(&it)),
            In::Out(it) => In::Out(it),
            In::Joined(it) => In::Joined(it),
        }
    }

    /// It in its one form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As Route 53 takes it: long text falls into several strings.
    #[must_use]
    pub fn to_wire(&self) -> String {
        if !self.0.starts_with('"') {
            return self.0.clone();
        }
        let bytes = unquoted(&self.0);
        let strings: Vec<_> = bytes.chunks(STRING).map(|it| format!("\"{}\"", escaped(it))).collect();
        if strings.is_empty() { "\"\"".to_owned() } else { strings.join(" ") }
    }
}

/// One word of a value: what is in quotes stays as it is.
fn word(text: &str) -> String {
    if text.contains('"') {
        return text.to_owned();
    }
    if let Ok(it) = text.parse::<Ipv6Addr>() {
        return it.to_string();
    }
    let text = text.to_ascii_lowercase();
    match text.strip_suffix('.') {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => text,
    }
}

/// What stands in quotes, put together.
fn unquoted(text: &str) -> Vec<u8> {
    let (mut acc, mut inside) = (Vec::new(), false);
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'"' => inside = !inside,
            b'\\' => {
                let octal = after.get(..3).and_then(|it| std::str::from_utf8(it).ok());
                let octal = octal.and_then(|it| u8::from_str_radix(it, 8).ok());
                let (letter, taken) = octal.map_or_else(|| (after.first().copied(), 1), |it| (Some(it), 3));
                acc.extend(letter);
                rest = after.get(taken..).unwrap_or_default();
            }
            it if inside => acc.push(*it),
            _ => (),
        }
    }
    acc
}

fn escaped(bytes: &[u8]) -> String {
    let mut acc = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'"' | b'\\' => acc.extend(['\\', char::from(*byte)]),
            b' '..=b'~' => acc.push(char::from(*byte)),
            // Writing to a string cannot fail.
            _ => drop(write!(acc, "\\{byte:03o}")),
        }
    }
    acc
}

impl<'de> Deserialize<'de> for RecordValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|it| Self::new(&it))
    }
}

impl JsonSchema for RecordValue {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "RecordValue".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(texts: &[&str]) {
        for text in texts {
            assert_eq!(RecordValue::new(text).as_str(), texts[0]);
        }
    }

    #[test]
    fn a_value_is_the_same_however_it_is_written() {
        same(&["www.example.com", "WWW.example.com."]);
        same(&["10 mail.example.com", "10  Mail.Example.com."]);
        same(&["0 issue \"amazon.com\""]);
        same(&["2001:db8::1", "2001:0DB8:0::1"]);
        same(&["0 5 5060 ."]);
        same(&["\"v=spf1 -all\"", "\"v=spf1\" \" -all\"", "\"v=spf1\\040-all\""]);
        same(&["\"a\\\"b\\\\c\\303\\244\"", "\"a\\\"b\\\\cä\""]);
    }

    #[test]
    fn text_has_case_and_dots_of_its_own() {
        assert_eq!(RecordValue::text(b"Ends with a dot.").as_str(), "\"Ends with a dot.\"");
    }

    #[test]
    fn long_text_falls_into_strings() {
        let text = "x".repeat(300);
        let value = RecordValue::text(text.as_bytes());
        assert_eq!(value.to_wire(), format!("\"{}\" \"{}\"", "x".repeat(255), "x".repeat(45)));
        assert_eq!(RecordValue::new(&value.to_wire()), value);
        assert_eq!(RecordValue::text(b"").to_wire(), "\"\"");
    }
}
