//! Whose a record is. Records have no tags, so each of ours has another one beside it that says so: a text at a name under
//! `_infractl` in the zone. Both are made, and go, in one change, which is done as a whole or not at all; so no run has to wait
//! for another, and all of a zone's stand together in its list. See `docs/decisions/0015-records.md`.

use aws_sdk_route53::types::{ResourceRecordSet, RrType};

use super::{name::DnsName, value::RecordValue};
use crate::resource::tags::{ENV, ID, REGION, STACK, Tags};

/// Under which name in the zone all of them stand.
const UNDER: &str = "_infractl";
/// Stands for the star of a name, which would mean something there.
const STAR: &str = "_star";
/// How the text begins, and what it has of the tags of other resources.
const HERITAGE: &str = "heritage=infractl";
const PARTS: [(&str, &str); 4] = [("stack", STACK), ("env", ENV), ("region", REGION), ("id", ID)];
/// For how long it may be remembered: nobody asks for it but us.
pub(super) const TTL: i64 = 300;

/// Where all markers of a zone stand.
pub(super) fn root(zone: &DnsName) -> DnsName {
    DnsName::new(&format!("{UNDER}.{zone}"))
}

/// Where the marker of a record stands.
pub(super) fn name(zone: &DnsName, record: &DnsName, kind: &str) -> DnsName {
    let within = record.within(zone).unwrap_or(record.as_str());
    let within = if within == "*" { STAR.to_owned() } else { within.replace("*.", &format!("{STAR}.")) };
    let dot = if within.is_empty() { "" } else { "." };
    DnsName::new(&format!("{kind}{dot}{within}.{UNDER}.{zone}"))
}

/// What it says of a record with `tags`.
pub(super) fn text(tags: &Tags) -> RecordValue {
    let parts = PARTS.iter().filter_map(|(key, tag)| Some(format!(",{key}={}", tags.get(*tag)?)));
    RecordValue::text(format!("{HERITAGE}{}", parts.collect::<String>()).as_bytes())
}

/// The name and type of the record that `set` is the marker of, and that record's tags; `None` if it is no marker.
pub(super) fn read(zone: &DnsName, set: &ResourceRecordSet) -> Option<((DnsName, String), Tags)> {
    let at = DnsName::new(set.name());
    let place = at.within(&root(zone)).filter(|_| *set.r#type() == RrType::Txt)?;
    let (kind, within) = place.split_once('.').unwrap_or((place, ""));
    let within = within.replace(STAR, "*");
    let dot = if within.is_empty() { "" } else { "." };
    let record = DnsName::new(&format!("{within}{dot}{zone}"));
    let said = set.resource_records().iter().map(|it| RecordValue::new(it.value()));
    let tags = said.into_iter().find_map(|it| tags(it.as_str().trim_matches('"')))?;
    Some(((record, kind.to_ascii_uppercase()), tags))
}

fn tags(text: &str) -> Option<Tags> {
    let rest = text.strip_prefix(HERITAGE)?;
    let parts = rest.split(',').filter_map(|it| it.split_once('='));
    let known = parts.filter_map(|(key, value)| {
        let (_, tag) = PARTS.iter().find(|(known, _)| *known == key)?;
        Some(((*tag).to_owned(), value.to_owned()))
    });
    Some(known.collect())
}

#[cfg(test)]
mod tests {
    use aws_sdk_route53::types::ResourceRecord;

    use super::*;
    use crate::resource::{tags::Scope, value::Address};

    fn set(name: &str, value: &str) -> ResourceRecordSet {
        let record = ResourceRecord::builder().value(value).build().unwrap();
        ResourceRecordSet::builder().name(name).r#type(RrType::Txt).ttl(TTL).resource_records(record).build().unwrap()
    }

    #[test]
    fn a_marker_says_whose_a_record_is() {
        let scope = Scope { stack: "shop".into(), env: "dev".into(), region: "eu-central-1".into() };
        let tags = scope.tags(&Address::new("route53.record", "api.A"));
        let zone = DnsName::new("example.com");
        let text = text(&tags);
        let said = "\"heritage=infractl,stack=shop,env=dev,region=eu-central-1,id=route53.record/api.A\"";
        assert_eq!(text.as_str(), said);
        for (record, at) in [
            ("api.example.com", "a.api._infractl.example.com"),
            ("example.com", "a._infractl.example.com"),
            ("*.example.com", "a._star._infractl.example.com"),
            ("*.dev.example.com", "a._star.dev._infractl.example.com"),
        ] {
            let record = DnsName::new(record);
            assert_eq!(name(&zone, &record, "A").as_str(), at);
            let read = read(&zone, &set(&format!("{at}."), said)).unwrap();
            assert_eq!(read, ((record, "A".to_owned()), tags.clone()));
        }
    }

    #[test]
    fn other_texts_are_no_markers() {
        let zone = DnsName::new("example.com");
        assert_eq!(read(&zone, &set("a.api._infractl.example.com.", "\"something\"")), None);
        assert_eq!(read(&zone, &set("a.api.example.com.", "\"heritage=infractl,stack=shop\"")), None);
    }
}
