//! What records say, as zone files have it.

use std::net::{Ipv4Addr, Ipv6Addr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    resource::text::dns::{name, unquoted},
    spec::model::{Text, either::wrong},
};

/// A kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum RecordType {
    /// The address of a host, in version 4.
    A,
    /// The address of a host, in version 6.
    Aaaa,
    /// Who may issue certificates.
    Caa,
    /// Another name that it stands for.
    Cname,
    /// Where mail goes.
    Mx,
    /// Who answers for it.
    Ns,
    /// Where a service is.
    Srv,
    /// Text.
    Txt,
}

/// What a record says, taken apart. Names are in small letters and do not end with a dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordValue {
    /// An address, a name, or text without quotes.
    Plain(String),
    /// Where mail goes.
    Mx {
        /// Those with smaller numbers are tried first.
        preference: u16,
        /// The server; `.` for none.
        host: String,
    },
    /// Where a service is.
    Srv {
        /// Those with smaller numbers are tried first.
        priority: u16,
        /// How often it is tried among those of the same priority.
        weight: u16,
        /// The port.
        port: u16,
        /// The server; `.` for none.
        host: String,
    },
    /// Who may issue certificates.
    Caa {
        /// 128 if who does not know the tag may issue none.
        flags: u8,
        /// Such as `issue`.
        tag: String,
        /// Such as `letsencrypt.org`.
        value: String,
    },
}

impl RecordType {
    /// All there are.
    pub const ALL: [Self; 8] = [Self::A, Self::Aaaa, Self::Caa, Self::Cname, Self::Mx, Self::Ns, Self::Srv, Self::Txt];

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Caa => "CAA",
            Self::Cname => "CNAME",
            Self::Mx => "MX",
            Self::Ns => "NS",
            Self::Srv => "SRV",
            Self::Txt => "TXT",
        }
    }

    /// Whether what it says may be known only when the stack is there.
    pub(super) fn refers(self) -> bool {
        matches!(self, Self::A | Self::Aaaa | Self::Cname | Self::Ns | Self::Txt)
    }

    /// Whether two values of this type say the same.
    pub(super) fn same(self, a: &Text, b: &Text) -> bool {
        match (a.literal(), b.literal()) {
            (Some(a), Some(b)) => self.value(&a).is_ok_and(|it| self.value(&b) == Ok(it)),
            _ => a == b,
        }
    }

    /// What `text` says, as zone files have it.
    ///
    /// # Errors
    /// What is wrong with it, and on a second line what to do.
    pub fn value(self, text: &str) -> Result<RecordValue, String> {
        let parts: Vec<_> = text.split_whitespace().collect();
        let no = |help: &str| wrong(format!("`{text}` is nothing that {} says", self.article()), help);
        let address = |it: Option<String>, help| it.map(RecordValue::Plain).ok_or_else(|| no(help));
        match self {
            Self::A => address(text.parse().ok().map(|it: Ipv4Addr| it.to_string()), "it is like 192.0.2.1"),
            Self::Aaaa => address(text.parse().ok().map(|it: Ipv6Addr| it.to_string()), "it is like 2001:db8::1"),
            Self::Cname | Self::Ns => address(host(text), "it is a whole name like www.example.com"),
            Self::Txt => unquoted(text).map(RecordValue::Plain).ok_or_else(|| no("close the quotes, or write none")),
            Self::Mx => mx(&parts).ok_or_else(|| no("it is like 10 mail.example.com")),
            Self::Srv => srv(&parts).ok_or_else(|| no("it is like 10 5 5060 sip.example.com")),
            Self::Caa => caa(text).ok_or_else(|| no("it is like 0 issue \"letsencrypt.org\"")),
        }
    }

    /// It in a sentence.
    fn article(self) -> String {
        let article = match self {
            Self::A | Self::Aaaa | Self::Mx | Self::Ns | Self::Srv => "an",
            Self::Caa | Self::Cname | Self::Txt => "a",
        };
        format!("{article} {} record", self.as_str())
    }
}

fn mx(parts: &[&str]) -> Option<RecordValue> {
    let [preference, host] = parts else { return None };
    Some(RecordValue::Mx { preference: preference.parse().ok()?, host: host_or_none(host)? })
}

fn srv(parts: &[&str]) -> Option<RecordValue> {
    let [priority, weight, port, host] = parts else { return None };
    let number = |it: &str| it.parse().ok();
    let (priority, weight, port) = (number(priority)?, number(weight)?, number(port)?);
    Some(RecordValue::Srv { priority, weight, port, host: host_or_none(host)? })
}

/// <https://www.rfc-editor.org/rfc/rfc8659>
fn caa(text: &str) -> Option<RecordValue> {
    let (flags, rest) = text.trim().split_once(char::is_whitespace)?;
    let (tag, value) = rest.trim().split_once(char::is_whitespace)?;
    let known = !tag.is_empty() && tag.bytes().all(|it| it.is_ascii_alphanumeric());
    let tag = known.then(|| tag.to_ascii_lowercase())?;
    Some(RecordValue::Caa { flags: flags.parse().ok()?, tag, value: unquoted(value.trim())? })
}

/// A whole name, in small letters and without the dot at its end.
fn host(text: &str) -> Option<String> {
    let text = name(text);
    (text.contains('.') && is_name(&text)).then_some(text)
}

/// The same, or `.`, which says that there is none.
fn host_or_none(text: &str) -> Option<String> {
    if text == "." { Some(text.to_owned()) } else { host(text) }
}

pub(super) fn is_name(text: &str) -> bool {
    let label = |it: &str| {
        (1..=63).contains(&it.len())
            && !it.starts_with('-')
            && !it.ends_with('-')
            && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_')
    };
    text.len() <= 253 && text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> RecordValue {
        RecordValue::Plain(text.into())
    }

    #[test]
    fn values_as_zone_files_have_them() {
        let host = || "mail.example.com".to_owned();
        assert_eq!(RecordType::A.value("192.0.2.1"), Ok(plain("192.0.2.1")));
        assert_eq!(RecordType::Aaaa.value("2001:DB8:0::1"), Ok(plain("2001:db8::1")));
        assert_eq!(RecordType::Cname.value("WWW.Example.com."), Ok(plain("www.example.com")));
        assert_eq!(RecordType::Mx.value("10  Mail.example.com."), Ok(RecordValue::Mx { preference: 10, host: host() }));
        let srv = RecordValue::Srv { priority: 1, weight: 2, port: 3, host: host() };
        assert_eq!(RecordType::Srv.value("1 2 3 mail.example.com"), Ok(srv));
        let caa = |value: &str| RecordValue::Caa { flags: 0, tag: "issue".into(), value: value.into() };
        assert_eq!(RecordType::Caa.value("0 issue \"letsencrypt.org\""), Ok(caa("letsencrypt.org")));
        assert_eq!(RecordType::Caa.value("0 ISSUE ;"), Ok(caa(";")));
        assert_eq!(RecordType::Txt.value("v=spf1 -all"), Ok(plain("v=spf1 -all")));
        assert_eq!(RecordType::Txt.value("\"a b\" \"c\\\"d\""), Ok(plain("a bc\"d")));
    }

    #[test]
    fn what_no_record_of_a_type_says() {
        let wrong = [
            (RecordType::A, "2001:db8::1"),
            (RecordType::Aaaa, "192.0.2.1"),
            (RecordType::Cname, "www"),
            (RecordType::Cname, "a..b"),
            (RecordType::Mx, "mail.example.com"),
            (RecordType::Mx, "70000 mail.example.com"),
            (RecordType::Srv, "1 2 mail.example.com"),
            (RecordType::Caa, "0 issue"),
            (RecordType::Txt, "\"a"),
            (RecordType::Txt, ""),
        ];
        assert!(wrong.iter().all(|(kind, text)| kind.value(text).is_err()));
    }
}
