//! DNS records, whoever keeps them: <https://www.rfc-editor.org/rfc/rfc1035>.

mod value;
mod values;

use std::{borrow::Cow, ops::Deref};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use self::value::is_name;
pub use self::{
    value::{RecordType, RecordValue},
    values::Values,
};
use super::{
    Span,
    either::{Either, either, text_type, wrong},
};

text_type! {
    /// A name in a zone: `@` for the zone itself, `www` or `_dmarc` for one in it, `*` for all that are not there; or a whole
    /// one, such as `www.example.com`.
    RecordName, pattern: "^(@|([*][.])?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|[*])$", check: record_name
}

/// One record of a name, or a list of its records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Records(pub Vec<Record>);

/// What one name says: records of one type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// What it says: an address, another name, or text as zone files have it, such as `10 mail.example.com` for `MX`, `10 5
    /// 5060 sip.example.com` for `SRV` and `0 issue "letsencrypt.org"` for `CAA`; a list is a record for each.
    pub to: Values,
    /// What kind of record it is. Default: `A` or `AAAA` if `to` is an address, and `CNAME` if it is a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<RecordType>,
    /// For how long others may remember it, such as `5m`. Default: what whoever keeps it thinks best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<Span>,
    /// Whether requests go through Cloudflare, which hides what `to` is; only under `cloudflare`, and for `A`, `AAAA` and
    /// `CNAME`. Default: false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxied: Option<bool>,
}

impl RecordName {
    /// The whole name, in the zone `zone`: in small letters and without a dot at its end.
    #[must_use]
    pub fn within(&self, zone: &str) -> String {
        let (name, zone) = (self.as_str().to_ascii_lowercase(), zone.to_ascii_lowercase());
        match name.strip_suffix(&zone) {
            Some(rest) if rest.is_empty() || rest.ends_with('.') => name,
            _ if name == "@" => zone,
            _ => format!("{name}.{zone}"),
        }
    }
}

impl Record {
    /// What kind it is: as it says, or as its first value looks. A reference is to a name.
    #[must_use]
    pub fn kind(&self) -> Option<RecordType> {
        self.r#type.or_else(|| {
            let first = self.to.first()?;
            let Some(text) = first.literal() else { return Some(RecordType::Cname) };
            let fitting = [RecordType::A, RecordType::Aaaa, RecordType::Cname].into_iter();
            fitting.filter(|it| it.value(&text).is_ok()).find(|it| *it != RecordType::Cname || text.contains('.'))
        })
    }

    /// What is wrong with it: where below it, and why, with what to do on a second line.
    #[must_use]
    pub fn problems(&self) -> Vec<(String, String)> {
        let at = |index: usize| if self.to.is_list() { format!("to[{index}]") } else { "to".to_owned() };
        if self.to.is_empty() {
            return vec![("to".into(), wrong("a record has to say something", "give `to` a value"))];
        }
        let Some(kind) = self.kind() else {
            let help = format!("give it a `type`: {}", RecordType::ALL.map(RecordType::as_str).join(", "));
            return vec![(at(0), wrong("what is neither an address nor a name can be of several types", help))];
        };
        let mut acc = Vec::new();
        for (index, text) in self.to.iter().enumerate() {
            let problem = match text.literal() {
                Some(text) => kind.value(&text).err(),
                None if kind.refers() => None,
                None => Some(wrong(
                    format!("the value of a record of type {} is known beforehand", kind.as_str()),
                    "only A, AAAA, CNAME, NS and TXT can refer to what the stack makes",
                )),
            };
            acc.extend(problem.map(|it| (at(index), it)));
            if self.to.iter().take(index).any(|it| kind.same(it, text)) {
                acc.push((at(index), wrong("this value is there twice", "remove one of them")));
            }
        }
        if kind == RecordType::Cname && self.to.len() > 1 {
            acc.push((at(1), wrong("a name can stand for one other name only", "use A or AAAA for several addresses")));
        }
        acc
    }
}

fn record_name(text: &str) -> Result<(), String> {
    let rest = text.strip_prefix("*.").unwrap_or(text);
    if matches!(text, "@" | "*") || is_name(rest) {
        return Ok(());
    }
    let help = match text {
        it if it.ends_with('.') => "write it without the dot at its end",
        it if !it.is_ascii() => "write it in ASCII, as in xn--bcher-kva.example.com",
        _ => "it is like www, _dmarc, * or @ for the zone itself",
    };
    Err(wrong(format!("`{text}` is no name in a zone"), help))
}

impl Deref for Records {
    type Target = [Record];

    fn deref(&self) -> &[Record] {
        &self.0
    }
}

impl<'de> Either<'de> for Records {
    const EXPECTED: &'static str = "a record, or a list of records";

    fn from_list<D: Deserializer<'de>>(list: D) -> Result<Self, D::Error> {
        Vec::deserialize(list).map(Self)
    }
    fn from_map<D: Deserializer<'de>>(map: D) -> Result<Self, D::Error> {
        Record::deserialize(map).map(|it| Self(vec![it]))
    }
}

impl<'de> Deserialize<'de> for Records {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        either(deserializer)
    }
}

impl JsonSchema for Records {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Records".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<Record>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::model::Text;

    #[test]
    fn names_are_in_their_zone() {
        let within = |it: &str| it.parse::<RecordName>().map(|it| it.within("Example.com"));
        assert_eq!(within("@"), Ok("example.com".into()));
        assert_eq!(within("WWW"), Ok("www.example.com".into()));
        assert_eq!(within("*.dev"), Ok("*.dev.example.com".into()));
        assert_eq!(within("a.example.com"), Ok("a.example.com".into()));
        assert_eq!(within("example.com"), Ok("example.com".into()));
        assert_eq!(within("notexample.com"), Ok("notexample.com.example.com".into()));
        assert!(["", "a.", "-a", "a b", "ä", "a.*"].iter().all(|it| within(it).is_err()));
    }

    #[test]
    fn the_type_shows_in_the_value() {
        let kind = |text: &str| {
            let to = Values::from(Text::plain(text.into()));
            Record { to, ..Record::default() }.kind()
        };
        assert_eq!(kind("192.0.2.1"), Some(RecordType::A));
        assert_eq!(kind("::1"), Some(RecordType::Aaaa));
        assert_eq!(kind("www.example.com"), Some(RecordType::Cname));
        assert_eq!(kind("v=spf1 -all"), None);
    }
}
