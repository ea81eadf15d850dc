//! Whose a record is. Records have no tags, so each of ours has another one beside it that says so: a text at a name under
//! `_infractl` in the zone. Both are made, and go, in one change, which is done as a whole or not at all; so no run has to wait
//! for another, and all of a zone's stand together in its list. See `docs/decisions/0016-records.md`.

use aws_sdk_route53::types::{ResourceRecordSet, RrType};

use super::{name::DnsName, value::RecordValue};
use crate::catalog::cloudflare::mark::unmark;

/// Under which name in the zone all of them stand.
const UNDER: &str = "_infractl";
/// Stands for the star of a name, which would mean something there.
const STAR: &str = "_star";
/// For how long it may be remembered: nobody asks for it but us.
pub(super) const TTL: i64 = 300;

/// Where all markers of a zone stand.
pub(super) fn root(zone: &DnsName) -> DnsName {
    DnsName::new(&format!("{UNDER}.{zone}"))
}

/// Where the marker of a record stands.
pub(super) fn name(zone: &DnsName, record: &DnsName, kind: &str) -> DnsName {
    let within = record.within(zone).unwrap_or(record.as_str()).replace('*', STAR);
    let dot = if within.is_empty() { "" } else { "." };
    DnsName::new(&format!("{kind}{dot}{within}.{UNDER}.{zone}"))
}

/// The name and type of the record that `set` is the marker of, and that record's mark; `None` if it is no marker.
pub(super) fn read(zone: &DnsName, set: &ResourceRecordSet) -> Option<((DnsName, String), String)> {
    let at = DnsName::new(set.name());
    let place = at.within(&root(zone)).filter(|_| *set.r#type() == RrType::Txt)?;
    let (kind, within) = place.split_once('.').unwrap_or((place, ""));
    let within = within.replace(STAR, "*");
    let dot = if within.is_empty() { "" } else { "." };
    let record = DnsName::new(&format!("{within}{dot}{zone}"));
    let said = set.resource_records().iter().map(|it| RecordValue::new(it.value()));
    let mut said = said.map(|it| it.as_str().trim_matches('"').to_owned());
    Some(((record, kind.to_ascii_uppercase()), said.find(|it| unmark(it).is_some())?))
}

#[cfg(test)]
mod tests {
    use aws_sdk_route53::types::ResourceRecord;

    use super::*;
    use crate::{catalog::cloudflare::mark::mark, resource::tags::Scope};

    fn set(name: &str, value: &str) -> ResourceRecordSet {
        let record = ResourceRecord::builder().value(value).build().unwrap();
        ResourceRecordSet::builder().name(name).r#type(RrType::Txt).ttl(TTL).resource_records(record).build().unwrap()
    }

    #[test]
    fn a_marker_says_whose_a_record_is() {
        let scope = Scope { stack: "shop".into(), env: "dev".into(), region: "eu-central-1".into() };
        let zone = DnsName::new("example.com");
        let mark = mark(&scope, "api.A");
        for (record, at) in [
            ("api.example.com", "a.api._infractl.example.com"),
            ("example.com", "a._infractl.example.com"),
            ("*.example.com", "a._star._infractl.example.com"),
            ("*.dev.example.com", "a._star.dev._infractl.example.com"),
        ] {
            let record = DnsName::new(record);
            assert_eq!(name(&zone, &record, "A").as_str(), at);
            let read = read(&zone, &set(&format!("{at}."), &format!("\"{mark}\""))).unwrap();
            assert_eq!(read, ((record, "A".to_owned()), mark.clone()));
        }
    }

    #[test]
    fn other_texts_are_no_markers() {
        let zone = DnsName::new("example.com");
        assert_eq!(read(&zone, &set("a.api._infractl.example.com.", "\"something\"")), None);
        assert_eq!(read(&zone, &set("a.api.example.com.", "\"infractl:shop/dev/eu-central-1:api.A\"")), None);
    }
}
