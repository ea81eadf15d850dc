//! Settings in a few words.

use serde_json::{Map, Value};

use super::names::Names;
use crate::{
    plan::diff::FieldChange,
    resource::value::{Address, as_parts, as_reference, references},
};

/// Protocols by their numbers, as some providers have them
/// (<https://www.iana.org/assignments/protocol-numbers/protocol-numbers.xhtml>); AWS calls all of them `-1`.
const PROTOCOLS: [(&str, &str); 5] = [("-1", "all"), ("1", "icmp"), ("6", "tcp"), ("17", "udp"), ("58", "icmpv6")];

/// More things of a kind than this, called by names of their own, are counted.
const MANY: usize = 5;

impl Names {
    /// A value on one line; resources by their addresses.
    #[must_use]
    pub fn brief(&self, value: &Value) -> String {
        if let Some(it) = as_reference(value) {
            return if Self::is_id(&it.out) { it.from.to_string() } else { format!("{} of {}", it.out, it.from) };
        }
        if let Some(parts) = as_parts(value) {
            let part = |it: &Value| it.as_str().map_or_else(|| format!("({})", self.brief(it)), str::to_owned);
            return quoted(&parts.iter().map(part).collect::<String>());
        }
        match value {
            Value::Null => "none".into(),
            Value::String(it) => self.get(it).map_or_else(|| quoted(it), ToString::to_string),
            Value::Array(items) if items.is_empty() => "none".into(),
            Value::Array(items) => format!("[{}]", list(&self.all(items))),
            Value::Object(map) if map.is_empty() => "none".into(),
            Value::Object(map) if is_many(map) => map.len().to_string(),
            Value::Object(map) => range(map).unwrap_or_else(|| self.fields(map).join(", ")),
            other => other.to_string(),
        }
    }

    fn all(&self, items: &[Value]) -> Vec<String> {
        items.iter().map(|it| self.brief(it)).collect()
    }

    fn fields(&self, map: &Map<String, Value>) -> Vec<String> {
        let named = map.iter().filter(|(_, value)| !value.is_null());
        named.map(|(key, value)| format!("{key} {}", self.field(key, value))).collect()
    }

    fn field(&self, key: &str, value: &Value) -> String {
        let brief = self.brief(value);
        let several = value.as_object().is_some_and(|it| it.len() > 1 && range(it).is_none());
        match PROTOCOLS.iter().find(|(number, _)| key == "protocol" && *number == brief) {
            Some((_, name)) => (*name).into(),
            None if several && as_reference(value).is_none() => format!("({brief})"),
            None => brief,
        }
    }

    /// The settings of what is made: those that tell it from others in at most `width` characters, then what has several
    /// parts, a line each. What it refers to is left out unless there is nothing else.
    #[must_use]
    pub fn new_one(&self, want: &Value, width: usize) -> (String, Vec<String>) {
        let Some(map) = want.as_object() else { return (self.brief(want), Vec::new()) };
        let (mut plain, mut links, mut lines) = (Map::new(), Map::new(), Vec::new());
        for (key, value) in map.iter().filter(|(_, it)| !it.is_null() && !is_empty(it)) {
            match self.parts(value) {
                _ if self.refers(value) => drop(links.insert(key.clone(), value.clone())),
                Some(parts) => lines.extend(parts.iter().map(|it| format!("{key}: {it}"))),
                None => drop(plain.insert(key.clone(), value.clone())),
            }
        }
        if plain.is_empty() && lines.is_empty() {
            plain = links;
        }
        match (plain.is_empty(), lines.as_slice()) {
            (true, [_]) => (lines.remove(0), Vec::new()),
            _ => (some(&self.fields(&plain), width), lines),
        }
    }

    /// What tells something that is there from others of its kind, in at most `width` characters.
    #[must_use]
    pub fn old_one(&self, id: Option<&str>, state: &Value, width: usize) -> String {
        let plain = |it: &Value| !it.is_null() && !it.is_object() && !it.is_array() && !self.refers(it);
        let own = state.as_object().into_iter().flatten().filter(|(_, it)| plain(it));
        let own: Map<_, _> = own.map(|(key, it)| (key.clone(), it.clone())).collect();
        let id = id.map(str::to_owned).into_iter();
        some(&id.chain(self.fields(&own)).collect::<Vec<_>>(), width)
    }

    fn refers(&self, value: &Value) -> bool {
        let one = |it: &Value| as_reference(it).is_some() || it.as_str().is_some_and(|it| self.get(it).is_some());
        one(value) || value.as_array().is_some_and(|it| it.iter().all(one))
    }

    /// What has parts that come and go one by one: a list, and the statements of a policy.
    fn parts(&self, value: &Value) -> Option<Vec<String>> {
        match value {
            Value::Array(items) if items.iter().any(Value::is_string) && !self.refers(value) => None,
            Value::Array(items) => Some(self.all(items)),
            value => self.statements(value),
        }
    }

    /// The changes of a resource, a line each; those within a policy are told by its statements.
    #[must_use]
    pub fn changes(&self, fields: &[FieldChange], before: &Value, after: &Value) -> Vec<String> {
        let (mut acc, mut counted) = (Vec::<FieldChange>::new(), Vec::new());
        for it in fields {
            let (from, to) = (before.get(it.field()), after.get(it.field()));
            if fields.iter().filter(|other| other.field() == it.field()).count() > MANY
                && let Some(line) = counts(it.field(), from, to)
            {
                counted.extend((!counted.contains(&line)).then_some(line));
                continue;
            }
            let policy = [from, to].into_iter().flatten().any(|it| self.statements(it).is_some());
            let whole = || FieldChange { path: it.field().to_owned(), from: from.cloned(), to: to.cloned() };
            let it = if policy { whole() } else { it.clone() };
            if !acc.contains(&it) {
                acc.push(it);
            }
        }
        acc.iter().flat_map(|it| self.change(it)).chain(counted).collect()
    }

    /// A change on one line, or one a part for what has parts.
    #[must_use]
    pub fn change(&self, change: &FieldChange) -> Vec<String> {
        let FieldChange { path, from, to } = change;
        let from = from.as_ref().filter(|it| !it.is_null());
        let to = to.as_ref().filter(|it| !it.is_null());
        let lines = match (from.map(|it| self.list(it)), to.map(|it| self.list(it))) {
            (Some(Some(from)), Some(Some(to))) => minus(path, &from, &to).chain(plus(path, &from, &to)).collect(),
            (None, Some(Some(to))) => plus(path, &[], &to).collect(),
            (Some(Some(from)), None) => minus(path, &from, &[]).collect(),
            _ => self.whole(path, from, to),
        };
        lines.into_iter().chain(self.moves(change)).collect()
    }

    fn list(&self, value: &Value) -> Option<Vec<String>> {
        match value {
            Value::Array(items) => Some(self.all(items)),
            value => self.statements(value),
        }
    }

    fn whole(&self, path: &str, from: Option<&Value>, to: Option<&Value>) -> Vec<String> {
        let key = path.rsplit('.').next().unwrap_or_default();
        match (from.map(|it| self.field(key, it)), to.map(|it| self.field(key, it))) {
            (Some(from), Some(to)) if from != to => vec![format!("{path}: {from} → {to}")],
            (Some(from), None) => vec![format!("{path}: - {from}")],
            (None, Some(to)) => vec![format!("{path}: + {to}")],
            _ => Vec::new(),
        }
    }

    /// What reads the same before and after because only ids change: it refers to what is made anew.
    fn moves(&self, change: &FieldChange) -> Option<String> {
        let before = change.from.as_ref().map(|it| self.list(it).unwrap_or_else(|| vec![self.brief(it)]))?;
        let after: Vec<_> = match change.to.as_ref()? {
            Value::Array(items) => items.iter().collect(),
            one => vec![one],
        };
        let same = after.into_iter().filter(|it| before.contains(&self.brief(it)));
        let mut anew: Vec<_> = same.flat_map(references).map(|it| it.from.to_string()).collect();
        anew.dedup();
        (!anew.is_empty()).then(|| format!("{}: to the new {}", change.path, list(&anew)))
    }
}

/// `ec2.subnet/a, b, ec2.vpc/main`: of addresses, the type is said again only where it changes.
pub(super) fn list(items: &[String]) -> String {
    let mut acc = String::new();
    let mut before = None;
    for item in items {
        let parts = Address::parse(item).map(|it| (it.kind().to_owned(), it.name().to_owned()));
        let same = parts.as_ref().filter(|(kind, _)| before.as_ref() == Some(kind));
        acc += if acc.is_empty() { "" } else { ", " };
        acc += same.map_or(item.as_str(), |(_, name)| name);
        before = parts.map(|(kind, _)| kind);
    }
    acc
}

fn minus<'a>(path: &str, from: &'a [String], to: &'a [String]) -> impl Iterator<Item = String> {
    from.iter().filter(|it| !to.contains(it)).map(move |it| format!("{path}: - {it}"))
}

fn plus<'a>(path: &str, from: &'a [String], to: &'a [String]) -> impl Iterator<Item = String> {
    to.iter().filter(|it| !from.contains(it)).map(move |it| format!("{path}: + {it}"))
}

/// Whether there are too many things of a kind to name each.
fn is_many(map: &Map<String, Value>) -> bool {
    map.len() > MANY && map.values().all(Value::is_object)
}

/// Of many things of a kind, how many are new, otherwise, and gone.
fn counts(field: &str, from: Option<&Value>, to: Option<&Value>) -> Option<String> {
    let (from, to) = from.and_then(Value::as_object).zip(to.and_then(Value::as_object))?;
    if !from.values().chain(to.values()).all(Value::is_object) {
        return None;
    }
    let new = to.keys().filter(|it| !from.contains_key(*it)).count();
    let gone = from.keys().filter(|it| !to.contains_key(*it)).count();
    let changed = to.iter().filter(|(key, it)| from.get(*key).is_some_and(|from| from != *it)).count();
    let all = [(new, "new"), (changed, "changed"), (gone, "removed")];
    let said: Vec<_> = all.iter().filter(|it| it.0 > 0).map(|(count, word)| format!("{count} {word}")).collect();
    Some(format!("{field}: {}", said.join(", ")))
}

fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty)
}

/// Text as it is, unless one could not see where it ends.
fn quoted(text: &str) -> String {
    let plain =
        !text.is_empty() && !text.contains(|it: char| it.is_whitespace() || it.is_control() || "\",".contains(it));
    if plain { text.to_owned() } else { Value::from(text).to_string() }
}

/// From one number to another, both included.
fn range(map: &Map<String, Value>) -> Option<String> {
    let (from, to) = (map.get("from")?.as_u64()?, map.get("to")?.as_u64()?);
    (map.len() == 2).then(|| if from == to { from.to_string() } else { format!("{from}-{to}") })
}

/// As many of `fields` as fit, at least one.
fn some(fields: &[String], width: usize) -> String {
    let mut acc = String::new();
    for field in fields {
        if !acc.is_empty() && acc.chars().count() + field.chars().count() + 2 > width {
            return acc + ", …";
        }
        acc += if acc.is_empty() { "" } else { ", " };
        acc += field;
    }
    acc
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn change(from: Value, to: Value) -> Vec<String> {
        Names::default().change(&FieldChange { path: "it".into(), from: Some(from), to: Some(to) })
    }

    #[test]
    fn a_rule_reads_like_one() {
        let rule = json!({
            "protocol": "-1",
            "ports": {"from": 443, "to": 443},
            "peer": {"group": {"$from": "ec2.security_group/web", "$out": "id"}},
            "description": "from outside",
        });
        let said = "protocol all, ports 443, peer group ec2.security_group/web, description \"from outside\"";
        assert_eq!(Names::default().brief(&rule), said);
        assert_eq!(Names::default().brief(&json!({"ports": {"from": 80, "to": 90}})), "ports 80-90");
    }

    #[test]
    fn text_that_would_run_into_the_rest_is_quoted() {
        for (text, said) in [("a-b", "a-b"), ("a b", "\"a b\""), ("", "\"\""), ("a\u{1b}", "\"a\\u001b\"")] {
            assert_eq!(Names::default().brief(&json!(text)), said);
        }
    }

    #[test]
    fn sets_change_part_by_part() {
        assert_eq!(change(json!(["a", "b"]), json!(["b", "c"])), ["it: - a", "it: + c"]);
        assert_eq!(change(json!("a"), json!("b")), ["it: a → b"]);
        assert_eq!(change(json!(null), json!(30)), ["it: + 30"]);
        assert_eq!(change(json!(30), json!(null)), ["it: - 30"]);
    }

    #[test]
    fn what_is_many_is_counted() {
        let file = |md5: &str| json!({"md5": md5});
        let all = |names: &[&str], md5: &str| {
            let files: Map<_, _> = names.iter().map(|it| ((*it).to_owned(), file(md5))).collect();
            json!({"files": files})
        };
        let names = Names::default();
        let (before, mut after) = (all(&["a.js", "b", "c", "d", "e"], "1"), all(&["a.js", "b", "c", "x", "y"], "2"));
        after["files"]["a.js"] = file("1");
        let mut changes = crate::plan::diff::diff(&after, &before);
        let gone = |it: &str| FieldChange { path: format!("files.{it}"), from: Some(file("1")), to: None };
        changes.extend(["d", "e"].map(gone));
        assert_eq!(names.changes(&changes, &before, &after), ["files: 2 new, 2 changed, 2 removed"]);
        let few = crate::plan::diff::diff(&all(&["a.js"], "2"), &all(&["a.js"], "1"));
        assert_eq!(names.changes(&few, &before, &after), ["files.a.js.md5: 1 → 2"]);
        assert_eq!(names.brief(&all(&["a", "b", "c", "d", "e", "f"], "1")), "files (6)");
    }

    #[test]
    fn new_ones_are_told_by_what_is_their_own() {
        let reference = json!({"$from": "ec2.vpc/main", "$out": "id"});
        let names = Names::default();
        let want = json!({"vpc": reference, "cidr": "10.0.0.0/24", "public_ips": false, "none": null});
        assert_eq!(names.new_one(&want, 80), ("cidr 10.0.0.0/24, public_ips false".into(), vec![]));
        assert_eq!(names.new_one(&want, 20), ("cidr 10.0.0.0/24, …".into(), vec![]));
        assert_eq!(names.new_one(&json!({"vpc": reference}), 80), ("vpc ec2.vpc/main".into(), vec![]));
        let routes = json!({"vpc": reference, "routes": [{"to": "a"}, {"to": "b"}]});
        assert_eq!(names.new_one(&routes, 80), (String::new(), vec!["routes: to a".into(), "routes: to b".into()]));
    }
}
