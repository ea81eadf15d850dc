//! All rules of a zone's phase, ours and others': <https://developers.cloudflare.com/ruleset-engine/rulesets-api/update/>.

use serde_json::{Map, Value, json};

use super::ruleset::Rule;
use crate::api::{
    ApiError, OrAbsent, ReadCx, Result, WriteCx,
    retry::Class,
    vendor::{Method, Reader},
};

const GET: &str = "cloudflare:GetEntryPoint";
const PUT: &str = "cloudflare:PutEntryPoint";
/// What a rule is given by the service, and does not take back.
const GIVEN: [&str; 3] = ["version", "last_updated", "categories"];
/// How often others are let go first before they are left to it.
const TRIES: usize = 8;

/// What a token has to be allowed to read and to write, by phase
/// (<https://developers.cloudflare.com/fundamentals/api/reference/permissions/>).
const PERMISSIONS: [(&str, &str); 9] = [
    ("http_request_dynamic_redirect", "Dynamic URL Redirects"),
    ("http_request_late_transform", "Zone Transform Rules"),
    ("http_response_headers_transform", "Zone Transform Rules"),
    ("http_request_origin", "Origin"),
    ("http_request_cache_settings", "Cache Settings"),
    ("http_request_firewall_custom", "Zone WAF"),
    ("http_ratelimit", "Zone WAF"),
    ("http_request_firewall_managed", "Zone WAF"),
    ("ddos_l7", "HTTP DDoS Managed Ruleset"),
];

/// A phase of a zone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) zone: &'a str,
    pub(super) phase: &'a str,
}

/// What a phase holds.
#[derive(Clone, Debug, Default)]
pub(super) struct EntryPoint {
    pub(super) id: String,
    pub(super) rules: Vec<Value>,
    version: u64,
}

impl EntryPoint {
    /// What is in it, to be written after `last`: rules that are not there any more get other ids, but keep their `ref`.
    fn followed_by(mut self, last: &Self) -> Self {
        for rule in &mut self.rules {
            let there = last.rules.iter().any(|it| it.get("id") == rule.get("id"));
            if let (false, Value::Object(map)) = (there, rule) {
                map.remove("id");
            }
        }
        Self { version: last.version, ..self }
    }

    fn has_any_of(&self, owner: &str) -> bool {
        self.rules.iter().any(|it| key(owner, it).is_some())
    }
}

impl Place<'_> {
    fn path(self) -> String {
        format!("/zones/{}/rulesets/phases/{}/entrypoint", self.zone, self.phase)
    }

    /// What was said, with the permission that is missing, if one is.
    fn told(self, error: ApiError) -> ApiError {
        let permission = PERMISSIONS.iter().find(|(phase, _)| *phase == self.phase).map(|it| it.1);
        let Some(permission) = permission.filter(|_| error.class() == Class::Denied) else { return error };
        let message = format!("{}; for {} the token needs `{permission}`", error.message, self.phase);
        ApiError { message, ..error }
    }
}

/// `None` if the phase has never had rules.
pub(super) async fn get(reader: &Reader, at: Place<'_>) -> Result<Option<EntryPoint>> {
    let found = reader.get(GET, &at.path(), &[]).await.map_err(|it| at.told(it)).or_absent()?;
    found.as_ref().map(read).transpose()
}

pub(super) fn read(it: &Value) -> Result<EntryPoint> {
    let text = |key: &str| it.get(key).and_then(Value::as_str).ok_or_else(|| ApiError::incomplete(GET, key));
    Ok(EntryPoint {
        id: text("id")?.to_owned(),
        version: version(it)?,
        // A phase from which all rules were taken may have no list at all.
        rules: it.get("rules").and_then(Value::as_array).cloned().unwrap_or_default(),
    })
}

fn version(it: &Value) -> Result<u64> {
    let number = it.get("version").and_then(Value::as_str).and_then(|it| it.parse().ok());
    number.ok_or_else(|| ApiError::incomplete(GET, "version"))
}

/// Writes the phase with `ours` in it and the rest as it is. There is no lock: if somebody else has written in between, what
/// they wrote is found again in the version before ours, and written once more.
pub(super) async fn put(cx: &WriteCx, at: Place<'_>, owner: &str, ours: &[Rule]) -> Result<()> {
    let base = get(cx.read.vendors.cloudflare()?, at).await?.unwrap_or_default();
    if ours.is_empty() && !base.has_any_of(owner) {
        return Ok(());
    }
    put_over(cx, at, owner, ours, base).await
}

/// The same, where something of ours has to be there.
pub(super) async fn change(cx: &WriteCx, at: Place<'_>, owner: &str, ours: &[Rule]) -> Result<()> {
    let base = get(cx.read.vendors.cloudflare()?, at).await?.unwrap_or_default();
    if !base.has_any_of(owner) {
        return Err(gone(PUT));
    }
    put_over(cx, at, owner, ours, base).await
}

/// What is said when what was to be changed is there no more.
pub(super) fn gone(call: &str) -> ApiError {
    ApiError::refused(call, "ResourceNotFound", "none of the rules is there any more")
}

async fn put_over(cx: &WriteCx, at: Place<'_>, owner: &str, ours: &[Rule], mut base: EntryPoint) -> Result<()> {
    let (reader, writer) = (cx.read.vendors.cloudflare()?, cx.vendors.cloudflare()?);
    for _ in 0..TRIES {
        let body = body(&base.rules, owner, ours);
        let answer = match writer.send(PUT, Method::PUT, &at.path(), Some(&body)).await {
            Ok(it) => it,
            Err(error) => {
                base = later(reader, at, &base, error).await?;
                continue;
            }
        };
        let Some(missed) = missed(base.version, version(&answer)?) else { return Ok(()) };
        let path = format!("{}/versions/{missed}", at.path());
        let before = read(&reader.get("cloudflare:GetEntryPointVersion", &path, &[]).await?)?;
        base = before.followed_by(&read(&answer)?);
    }
    Err(ApiError::refused(PUT, "Overtaken", format!("somebody else keeps changing the rules of {}", at.phase)))
}

/// What the phase holds by now, if it was refused because somebody else has written: a rule may be gone that was to stay.
async fn later(reader: &Reader, at: Place<'_>, base: &EntryPoint, error: ApiError) -> Result<EntryPoint> {
    if error.class() != Class::Invalid {
        return Err(at.told(error));
    }
    let now = get(reader, at).await?.unwrap_or_default();
    if now.version == base.version { Err(error) } else { Ok(now) }
}

/// The version that somebody else wrote between the one that was read and the one that was answered with. What changes nothing
/// may be no new version.
fn missed(read: u64, written: u64) -> Option<u64> {
    (written > read + 1).then(|| written - 1)
}

/// Asks whether that could be written.
pub(super) async fn rehearse(cx: &ReadCx, at: Place<'_>, owner: &str, ours: &[Rule]) -> Result<()> {
    let reader = cx.vendors.cloudflare()?;
    let base = get(reader, at).await?.unwrap_or_default();
    reader.rehearse(PUT, &at.path(), &body(&base.rules, owner, ours)).await.map_err(|it| at.told(it))
}

/// What `owner` calls a rule, if it is theirs.
pub(super) fn key<'a>(owner: &str, rule: &'a Value) -> Option<&'a str> {
    rule.get("ref")?.as_str()?.strip_prefix(owner)?.strip_prefix(':')
}

/// All rules: ours where the first of ours was, or at the end.
fn body(live: &[Value], owner: &str, ours: &[Rule]) -> Value {
    let is_ours = |it: &Value| key(owner, it).is_some();
    let at = live.iter().position(is_ours).unwrap_or(live.len());
    let others = |part: &[Value]| part.iter().filter(|it| !is_ours(it)).map(resent).collect::<Vec<_>>();
    let (before, after) = live.split_at(at);
    let ours = ours.iter().map(|it| sent(owner, it)).collect();
    let all = [others(before), ours, others(after)].concat();
    json!({"rules": all})
}

/// Somebody else's rule, as it is.
fn resent(rule: &Value) -> Value {
    let mut rule = rule.clone();
    if let Value::Object(map) = &mut rule {
        map.retain(|key, _| !GIVEN.contains(&key.as_str()));
    }
    rule
}

fn sent(owner: &str, rule: &Rule) -> Value {
    let texts = [
        ("ref", format!("{owner}:{}", rule.key)),
        ("description", rule.description.clone()),
        ("expression", rule.expression.clone()),
        ("action", rule.action.clone()),
    ];
    let mut acc: Map<_, _> = texts.into_iter().map(|(key, it)| (key.to_owned(), it.into())).collect();
    acc.insert("enabled".into(), rule.enabled.into());
    for (key, it) in [("action_parameters", &rule.action_parameters), ("ratelimit", &rule.ratelimit)] {
        if !it.is_empty() {
            acc.insert(key.to_owned(), it.tree().clone());
        }
    }
    // Some actions are always logged, and may not say so.
    if !rule.logging {
        acc.insert("logging".into(), json!({"enabled": false}));
    }
    acc.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: &str = "infractl:shop/dev/eu-central-1";

    fn ours(key: &str) -> Rule {
        let rule = json!({"key": key, "description": "", "expression": "true", "action": "block"});
        serde_json::from_value(rule).unwrap()
    }

    fn live(name: &str) -> Value {
        json!({"id": name, "ref": name, "version": "1", "last_updated": "x", "action": "log", "expression": "false"})
    }

    fn refs(live: &[Value], ours: &[Rule]) -> Vec<String> {
        let body = body(live, OWNER, ours);
        body["rules"].as_array().unwrap().iter().map(|it| it["ref"].as_str().unwrap().replace(OWNER, "")).collect()
    }

    #[test]
    fn whoever_may_not_is_told_what_they_need() {
        let at = Place { zone: "z", phase: "ddos_l7" };
        let said = |code: &str| at.told(ApiError::refused(GET, code, "no")).message;
        assert_eq!(said("10000"), "no; for ddos_l7 the token needs `HTTP DDoS Managed Ruleset`");
        assert_eq!(said("20120"), "no");
        let phases = PERMISSIONS.map(|it| it.0);
        assert!(super::super::ruleset::PHASES.iter().all(|it| phases.contains(it)));
    }

    #[test]
    fn others_stay_where_they_are() {
        let (a, b) = (live("a"), live("b"));
        let own = |key: &str| live(&format!("{OWNER}:{key}"));
        assert_eq!(refs(&[a.clone(), b.clone()], &[ours("x"), ours("y")]), ["a", "b", ":x", ":y"]);
        let between = [a.clone(), own("x"), b.clone(), own("z")];
        assert_eq!(refs(&between, &[ours("y"), ours("x")]), ["a", ":y", ":x", "b"]);
        assert_eq!(refs(&between, &[]), ["a", "b"]);
        assert_eq!(refs(&[], &[ours("x")]), [":x"]);
    }

    #[test]
    fn others_are_sent_as_they_are_without_what_is_given() {
        let sent = body(&[live("a")], OWNER, &[]);
        assert_eq!(sent, json!({"rules": [{"id": "a", "ref": "a", "action": "log", "expression": "false"}]}));
    }

    #[test]
    fn whose_a_rule_is_stands_before_its_name() {
        let rule = |text: &str| json!({"ref": text});
        assert_eq!(key(OWNER, &rule("infractl:shop/dev/eu-central-1:a:b")), Some("a:b"));
        for other in ["infractl:shop/dev/eu-central-11:a", "a", "infractl:shop/prod/eu-central-1:a"] {
            assert_eq!(key(OWNER, &rule(other)), None);
        }
        assert_eq!(key(OWNER, &json!({})), None);
    }

    #[test]
    fn what_others_write_in_between_is_in_the_version_before_ours() {
        assert_eq!([missed(0, 1), missed(4, 5), missed(4, 4)], [None; 3]);
        assert_eq!([missed(4, 6), missed(4, 7)], [Some(5), Some(6)]);
    }

    #[test]
    fn what_is_written_once_more_keeps_its_ids_where_they_are_known() {
        let at = |version: u64, names: &[&str]| EntryPoint {
            id: "1".into(),
            version,
            rules: names.iter().map(|it| live(it)).collect(),
        };
        let again = at(5, &["a", "b"]).followed_by(&at(6, &["a"]));
        assert_eq!(again.version, 6);
        assert_eq!(again.rules.iter().map(|it| it["ref"].as_str().unwrap()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(again.rules.iter().map(|it| it.get("id").is_some()).collect::<Vec<_>>(), [true, false]);
    }
}
