//! Names as DNS has them: <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html>.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use crate::resource::value::In;

/// A whole name, in small letters and without a dot at its end. As Route 53 writes it, it ends with one, and letters that are
/// seldom in names are octal: `\052.example.com.` and `*.Example.com` are one name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct DnsName(String);

impl DnsName {
    /// The name that `text` is, however it is written.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = unescaped(text).to_ascii_lowercase();
        Self(text.strip_suffix('.').map(str::to_owned).unwrap_or(text))
    }

    /// The same of what may not be known yet.
    #[must_use]
    pub fn of(text: In<String>) -> In<Self> {
        match text {
            In::Known(it) => In::Known(Self::new(&it)),
            In::Out(it) => In::Out(it),
            In::Joined(it) => In::Joined(it),
        }
    }

    /// It in small letters and without a dot at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before `zone` in it, such as `www`: nothing in the zone's own name. `None` if it is not in the zone.
    #[must_use]
    pub fn within(&self, zone: &Self) -> Option<&str> {
        let rest = self.0.strip_suffix(zone.as_str())?;
        if rest.is_empty() { Some(rest) } else { rest.strip_suffix('.') }
    }
}

/// Three octal digits after a backslash stand for a letter.
fn unescaped(text: &str) -> Cow<'_, str> {
    let mut parts = text.split('\\');
    let first = parts.next().unwrap_or_default();
    if first.len() == text.len() {
        return text.into();
    }
    let rest = parts.map(|part| {
        let letter = part.get(..3).and_then(|it| u8::from_str_radix(it, 8).ok()).filter(u8::is_ascii);
        match (letter, part.get(3..)) {
            (Some(letter), Some(rest)) => format!("{}{rest}", char::from(letter)),
            _ => format!("\\{part}"),
        }
    });
    std::iter::once(first.to_owned()).chain(rest).collect::<String>().into()
}

impl fmt::Display for DnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for DnsName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|it| Self::new(&it))
    }
}

impl JsonSchema for DnsName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "DnsName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_however_it_is_written() {
        for text in ["*.example.com", "\\052.Example.COM.", "*.example.com."] {
            assert_eq!(DnsName::new(text).as_str(), "*.example.com");
        }
        assert_eq!(DnsName::new("a\\100b.example.com").as_str(), "a@b.example.com");
        assert_eq!(DnsName::new("a\\9.example.com").as_str(), "a\\9.example.com");
        let read: DnsName = serde_json::from_str("\"WWW.example.com.\"").unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), "\"www.example.com\"");
    }

    #[test]
    fn a_name_is_in_a_zone() {
        let zone = DnsName::new("example.com");
        let within = |it| DnsName::new(it).within(&zone).map(str::to_owned);
        assert_eq!(within("a.b.example.com."), Some("a.b".into()));
        assert_eq!(within("example.com"), Some(String::new()));
        assert_eq!(within("notexample.com"), None);
        assert_eq!(within("com"), None);
    }
}
