//! What a DNS record is to Cloudflare, and what of it tells records apart:
//! <https://developers.cloudflare.com/api/resources/dns/subresources/records/>.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    mark::unmark,
    record::{Data, Record},
};
use crate::resource::{
    tags::Scope,
    text::{
        digest::short,
        dns::{name, quoted, unquoted},
    },
    value::In,
};

/// Types of which a name has one or the other, and which can be behind the proxy.
const HOSTS: [&str; 3] = ["A", "AAAA", "CNAME"];
/// How long a comment may be on every plan: <https://developers.cloudflare.com/dns/manage-dns-records/reference/record-attributes/>.
const LONGEST: usize = 100;

/// A record as Cloudflare tells of it. It has had more members than these, and will have others.
#[derive(Debug, Deserialize)]
pub(super) struct Told {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) content: Option<String>,
    #[serde(default)]
    pub(super) data: Option<Value>,
    #[serde(default)]
    pub(super) priority: Option<u16>,
    #[serde(default)]
    pub(super) proxied: Option<bool>,
    pub(super) ttl: f64,
    #[serde(default)]
    pub(super) comment: Option<String>,
}

impl Told {
    /// Its mark: people may write behind it.
    pub(super) fn mark(&self) -> &str {
        self.comment.as_deref().unwrap_or_default().split_whitespace().next().unwrap_or_default()
    }

    /// Whose it is, and what they call it.
    pub(super) fn owner(&self) -> Option<(Scope, String)> {
        let (scope, called) = unmark(self.mark())?;
        Some((scope, lengthened(called, &name(&self.name), &self.kind)))
    }

    /// It as settings.
    pub(super) fn record(&self, zone: &str) -> Record {
        let structured = matches!(self.kind.as_str(), "CAA" | "SRV");
        let data = self.data.as_ref().filter(|_| structured);
        let record = Record {
            zone: zone.to_owned(),
            mark: self.mark().to_owned(),
            record_name: In::Known(self.name.clone()),
            record_type: self.kind.clone(),
            content: self.content.clone().filter(|_| data.is_none()).map(In::Known),
            data: data.and_then(|it| serde_json::from_value::<Data>(it.clone()).ok()),
            priority: self.priority.filter(|_| self.kind == "MX"),
            proxied: self.proxied.unwrap_or_default(),
            // Numbers are told as JSON has them; a TTL is a whole one.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to 86400")]
            ttl: self.ttl as u32,
        };
        settled(record)
    }
}

/// The record as Cloudflare has it once it was told: names in small letters, addresses short, texts in one.
pub(super) fn settled(record: Record) -> Record {
    let kind = record.record_type.clone();
    Record {
        record_name: match record.record_name {
            In::Known(it) => In::Known(name(&it)),
            other => other,
        },
        content: record.content.map(|it| match it {
            In::Known(text) => In::Known(content(&kind, &text)),
            other => other,
        }),
        data: record.data.map(|it| match it {
            Data::Srv { priority, weight, port, target } => Data::Srv { priority, weight, port, target: name(&target) },
            Data::Caa { flags, tag, value } => Data::Caa { flags, tag: tag.to_ascii_lowercase(), value },
        }),
        ttl: if record.proxied { 1 } else { record.ttl },
        ..record
    }
}

fn content(kind: &str, text: &str) -> String {
    let same = || text.to_owned();
    match kind {
        "A" => text.parse().map_or_else(|_| same(), |it: Ipv4Addr| it.to_string()),
        "AAAA" => text.parse().map_or_else(|_| same(), |it: Ipv6Addr| it.to_string()),
        "CNAME" | "MX" | "NS" => name(text),
        "TXT" => unquoted(text).unwrap_or_else(same),
        _ => same(),
    }
}

/// What a call says of it.
pub(super) fn body(record: &Record) -> Value {
    let Record { mark, record_name, record_type, content, data, priority, proxied, ttl, .. } = record;
    let mut acc = Map::new();
    let mut say = |key: &str, value: Value| drop(acc.insert(key.to_owned(), value));
    say("type", json!(record_type));
    say("name", json!(record_name));
    if let Some(it) = content {
        say("content", if record_type == "TXT" { quoted(it.get()).into() } else { it.get().as_str().into() });
    }
    if let Some(it) = data {
        say("data", json!(it));
    }
    if let Some(it) = priority {
        say("priority", json!(it));
    }
    if HOSTS.contains(&record_type.as_str()) {
        say("proxied", json!(proxied));
    }
    say("ttl", json!(ttl));
    say("comment", json!(mark));
    acc.into()
}

/// Whether `other`, which is somebody else's, keeps `want` from being there: a name's addresses are all of one owner, and no
/// record is there twice.
pub(super) fn in_the_way(want: &Record, other: &Record) -> bool {
    let host = |it: &Record| HOSTS.contains(&it.record_type.as_str());
    let same = || {
        want.record_type == other.record_type
            && (&want.content, &want.data, want.priority) == (&other.content, &other.data, other.priority)
    };
    want.record_name == other.record_name && (host(want) && host(other) || same())
}

/// What a mark that begins with `owner` calls the record `called`: `www.example.com/A`, or `…/A/1a2b3c4d` for all but the
/// first of a type. If that is too long, a digest stands for the name.
#[must_use]
pub(super) fn shortened(owner: &str, called: &str) -> String {
    if owner.len() + 1 + called.len() <= LONGEST {
        return called.to_owned();
    }
    let mut parts = called.splitn(3, '/');
    let first: Vec<_> = parts.by_ref().take(2).collect();
    let digest = format!("~{}", short(&first.join("/"), 9));
    parts.next().map_or_else(|| digest.clone(), |rest| format!("{digest}/{rest}"))
}

/// What a record is called of which a mark says `called`, if that is its digest.
fn lengthened(called: &str, name: &str, kind: &str) -> String {
    let whole = format!("{name}/{kind}");
    let Some(digested) = called.strip_prefix('~') else { return called.to_owned() };
    let (digest, rest) = digested.split_once('/').map_or((digested, None), |(digest, rest)| (digest, Some(rest)));
    match rest {
        // It was given another name or type since.
        _ if digest != short(&whole, 9) => called.to_owned(),
        Some(rest) => format!("{whole}/{rest}"),
        None => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(value: Value) -> Told {
        serde_json::from_value(value).unwrap()
    }

    fn record(kind: &str, content: &str) -> Record {
        told(json!({"id": "1", "name": "WWW.example.com", "type": kind, "content": content, "ttl": 300})).record("z")
    }

    #[test]
    fn what_cloudflare_writes_otherwise_is_the_same() {
        let content = |kind, text| record(kind, text).content;
        assert_eq!(content("AAAA", "2001:DB8:0:0::1"), content("AAAA", "2001:db8::1"));
        assert_eq!(content("CNAME", "Shop-1.elb.amazonaws.com."), content("CNAME", "shop-1.elb.amazonaws.com"));
        assert_eq!(content("TXT", "\"v=spf1 \" \"-all\""), content("TXT", "v=spf1 -all"));
        assert_ne!(content("TXT", "A"), content("TXT", "a"));
        assert_eq!(record("A", "192.0.2.1").record_name, "www.example.com".into());
    }

    #[test]
    fn what_is_structured_counts_and_not_its_text() {
        let data = json!({"flags": 0, "tag": "issue", "value": "letsencrypt.org"});
        let caa = json!({"id": "1", "name": "a.example.com", "type": "CAA", "content": "0 issue \"letsencrypt.org\"", "data": data, "ttl": 1.0, "comment": null});
        let caa = told(caa).record("z");
        assert_eq!((caa.content.is_none(), json!(caa.data)), (true, data));
        let data = json!({"priority": 1, "weight": 2, "port": 3, "target": "sip.example.com", "service": "_sip"});
        let srv = told(json!({"id": "1", "name": "_sip._tcp.example.com", "type": "SRV", "priority": 1, "content": "2 3 sip.example.com", "data": data, "ttl": 1})).record("z");
        assert_eq!((srv.priority, srv.content.is_none()), (None, true));
        assert_eq!(body(&srv)["data"], json!({"priority": 1, "weight": 2, "port": 3, "target": "sip.example.com"}));
    }

    #[test]
    fn a_call_says_all_that_matters() {
        let want = Record { mark: "infractl:a/b/c:d".into(), priority: Some(5), ..record("MX", "mail.example.com") };
        let all = json!({"type": "MX", "name": "www.example.com", "content": "mail.example.com", "priority": 5, "ttl": 300, "comment": "infractl:a/b/c:d"});
        assert_eq!(body(&want), all);
        assert_eq!(body(&record("TXT", "a \"b\""))["content"], json!("\"a \\\"b\\\"\""));
        let proxied = settled(Record { proxied: true, ..record("A", "192.0.2.1") });
        assert_eq!((body(&proxied)["ttl"].clone(), body(&proxied)["proxied"].clone()), (json!(1), json!(true)));
    }

    #[test]
    fn a_names_addresses_have_one_owner() {
        let (a, b, cname) = (record("A", "192.0.2.1"), record("A", "192.0.2.2"), record("CNAME", "a.example.com"));
        assert!(in_the_way(&a, &b) && in_the_way(&a, &cname) && in_the_way(&cname, &a));
        let (text, other) = (record("TXT", "a"), record("TXT", "b"));
        assert!(in_the_way(&text, &text) && !in_the_way(&text, &other) && !in_the_way(&text, &a));
        let elsewhere = Record { record_name: "api.example.com".into(), ..a.clone() };
        assert!(!in_the_way(&a, &elsewhere));
    }

    #[test]
    fn every_mark_fits_and_says_what_it_marks() {
        let owner = format!("infractl:{}/{}/ap-southeast-1", "s".repeat(24), "e".repeat(31));
        let long = format!("{}.example.com", "a".repeat(60));
        for called in [format!("{long}/CNAME"), format!("{long}/TXT/1a2b3c")] {
            let mark = format!("{owner}:{}", shortened(&owner, &called));
            assert!(mark.len() <= LONGEST, "{mark}");
            let kind = called.split('/').nth(1).unwrap();
            let seen = |name: &str| {
                let told =
                    json!({"id": "1", "name": name, "type": kind, "ttl": 1, "comment": format!("{mark} hands off")});
                told_owner(told)
            };
            assert_eq!(seen(&long), called);
            assert_ne!(seen("b.example.com"), called);
        }
        assert_eq!(shortened("infractl:shop/prod/eu-central-1", "www.example.com/A"), "www.example.com/A");
    }

    fn told_owner(value: Value) -> String {
        told(value).owner().unwrap().1
    }
}
