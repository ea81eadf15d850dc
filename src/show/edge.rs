//! What a zone at Cloudflare did with requests.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    json::FORMAT,
    style::{BOLD, paint},
};
use crate::catalog::cloudflare::analytics::{Traffic, Volume};

/// Units of bytes, as networks count them.
const UNITS: [(&str, u64); 4] = [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];

/// A zone, and what it did between two moments.
#[derive(Clone, Copy, Debug)]
pub struct Edge<'a> {
    /// Its name.
    pub zone: &'a str,
    /// The first moment.
    pub since: &'a str,
    /// The moment after the last.
    pub until: &'a str,
    /// What it did.
    pub traffic: &'a Traffic,
}

/// For people.
#[must_use]
pub fn text(it: &Edge<'_>) -> String {
    let Traffic { all, cached, statuses, events } = it.traffic;
    let answers = statuses.iter().map(|(class, &n)| format!("{class} {}{}", number(n), of(n, all.requests, "")));
    let rows = [
        ("requests", number(all.requests) + &of(cached.requests, all.requests, " from the cache")),
        ("sent", size(all.bytes) + &of(cached.bytes, all.bytes, " from the cache")),
        ("answers", list(answers)),
        ("threats", events.as_ref().map_or_else(unseen, threats)),
    ];
    let title = format!("{} at Cloudflare, {} to {}", paint(BOLD, it.zone), it.since, it.until);
    let lines = rows.map(|(name, said)| format!("  {name:<8}  {said}\n"));
    format!("{title}\n{}", lines.concat())
}

fn threats(events: &BTreeMap<String, u64>) -> String {
    list(events.iter().map(|(action, &n)| format!("{action} {}", number(n))))
}

fn unseen() -> String {
    "not told: the zone's plan or the token does not include them".into()
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.collect();
    if items.is_empty() { "none".into() } else { items.join(", ") }
}

/// ` (62.0 %)`; nothing where there is nothing to have a share of.
fn of(part: u64, whole: u64, what: &str) -> String {
    share(part, whole, 1_000).map(|it| format!(" ({}.{} %{what})", it / 10, it % 10)).unwrap_or_default()
}

/// So many parts of `scale`, rounded.
fn share(part: u64, whole: u64, scale: u64) -> Option<u32> {
    let (part, whole, scale) = (u128::from(part), u128::from(whole), u128::from(scale));
    (part * scale + whole / 2).checked_div(whole)?.try_into().ok()
}

/// `1234567` as `1,234,567`.
fn number(it: u64) -> String {
    let digits = it.to_string();
    let mut acc = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            acc.push(',');
        }
        acc.push(digit);
    }
    acc
}

/// `12.3 GB`.
fn size(bytes: u64) -> String {
    match UNITS.iter().find(|(_, unit)| bytes >= *unit) {
        Some((name, unit)) => format!("{}.{} {name}", number(bytes / unit), bytes % unit * 10 / unit),
        None => format!("{bytes} B"),
    }
}

/// For machines.
#[must_use]
pub fn json(it: &Edge<'_>) -> Value {
    let Traffic { all, cached, statuses, events } = it.traffic;
    let Volume { requests, bytes } = all;
    let ratio = share(cached.requests, *requests, 10_000).map(|it| f64::from(it) / 10_000.0);
    let edge = json!({
        "zone": it.zone,
        "since": it.since,
        "until": it.until,
        "requests": requests,
        "cached_requests": cached.requests,
        "cache_hit_ratio": ratio,
        "bytes": bytes,
        "cached_bytes": cached.bytes,
        "statuses": statuses,
        "events": events,
    });
    json!({"format": FORMAT, "edge": edge})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([999, 1_550, 12_300_000_000].map(size), ["999 B", "1.5 kB", "12.3 GB"]);
        assert_eq!([of(2, 3, ""), of(u64::MAX, u64::MAX, " x"), of(0, 0, "")], [" (66.7 %)", " (100.0 % x)", ""]);
    }

    #[test]
    fn nothing_is_told_as_such() {
        let traffic = Traffic::default();
        let edge = Edge { zone: "example.com", since: "a", until: "b", traffic: &traffic };
        let text = console::strip_ansi_codes(&text(&edge)).into_owned();
        assert!(
            text.starts_with("example.com at Cloudflare, a to b\n  requests  0\n  sent      0 B\n  answers   none\n")
        );
        assert!(text.contains("  threats   not told: "), "{text}");
        assert_eq!(json(&edge)["edge"]["cache_hit_ratio"], Value::Null);
    }
}
