//! Settings of a zone: <https://developers.cloudflare.com/api/resources/zones/subresources/settings/>.
//!
//! They are always there and belong to nobody: those that are named are set, all others are left alone, and nothing is put
//! back when it is not named any more.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::of_zone;
use crate::{
    api::{
        ApiError, OrAbsent, ReadCx, Result, WriteCx,
        retry::Class,
        vendor::{Method, Reader},
    },
    catalog::lifecycle::{Changed, Lifecycle, Look, New},
    fields,
    resource::{Facts, Live, Resource, Status},
};

/// Whether Cloudflare may raise `ssl` by itself. Not every zone knows it:
/// <https://developers.cloudflare.com/ssl/origin-configuration/ssl-modes/>.
pub const SSL_AUTOMATIC: &str = "ssl_automatic_mode";
/// What `tls_1_3` reads once `0rtt` is on.
const ZERO_ROUND_TRIPS: &str = "zrt";

/// Settings of a zone at Cloudflare, of which those that are named are ours.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    /// The zone's id.
    pub zone: String,
    /// What they are to be, by Cloudflare's ids.
    pub values: BTreeMap<String, Value>,
    /// Those that the zone's plan does not let anybody change: told of what there is, never of what is wanted.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(skip)]
    pub locked: BTreeSet<String>,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// The zone's id.
    pub id: String,
}

impl Resource for Settings {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Settings: zone),
        always: true,
        tagged: false,
        ..Facts::new::<Self>(
            "cloudflare.settings",
            "settings of a zone at Cloudflare",
            "https://developers.cloudflare.com/api/resources/zones/subresources/settings/",
        )
    };

    fn refuses(&self, live: &Self) -> Option<String> {
        let missing = self.values.keys().find(|it| !live.values.contains_key(*it));
        let locked = self.values.iter().find(|(id, it)| live.locked.contains(*id) && live.values.get(*id) != Some(it));
        let missing = missing.map(|it| format!("the zone has no setting `{it}`"));
        missing.or_else(|| locked.map(|(it, _)| format!("the zone's plan does not let anybody change `{it}`")))
    }
}

impl Lifecycle for Settings {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let found = look.wants.iter().map(async |want| {
            let (values, locked) = named(cx.vendors.cloudflare()?, want).await?;
            let state = Self { zone: want.zone.clone(), values, locked };
            let out = Out { id: want.zone.clone() };
            Ok(Live { state, out, tags: of_zone(&look.scope, Self::FACTS.kind), status: Status::Ready })
        });
        try_join_all(found).await
    }

    /// They are always there.
    async fn create(_: &WriteCx, _: &New<Self>) -> Result<()> {
        Ok(())
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, _: &Changed) -> Result<()> {
        let mut differing: Vec<_> =
            want.values.iter().filter(|(id, it)| live.state.values.get(*id) != Some(it)).collect();
        // What Cloudflare would change by itself is not ours to set.
        differing.sort_by_key(|(id, _)| *id != SSL_AUTOMATIC);
        for (id, value) in differing {
            let path = format!("/zones/{}/settings/{id}", want.zone);
            let body = json!({ "value": whole(value, live.state.values.get(id)) });
            cx.vendors
                .cloudflare()?
                .send("cloudflare:UpdateSetting", Method::PATCH, &path, Some(&body))
                .await
                .map_err(|error| ApiError { message: format!("{id}: {}", error.message), ..error })?;
        }
        Ok(())
    }

    /// What nobody names any more stays as it is.
    async fn delete(_: &WriteCx, _: &Live<Self>) -> Result<()> {
        Ok(())
    }
}

/// The values of what `want` names, and what of it is locked. All settings of a zone come in one answer, for as long as
/// there is such a call; what is not in it is asked for by itself.
async fn named(reader: &Reader, want: &Settings) -> Result<(BTreeMap<String, Value>, BTreeSet<String>)> {
    let path = format!("/zones/{}/settings", want.zone);
    let all = match reader.list("cloudflare:GetSettings", &path, &[]).await {
        Err(error) if !matches!(error.class(), Class::Absent | Class::Invalid) => return Err(error),
        all => all.unwrap_or_default(),
    };
    let id = |it: &Value| it.get("id").and_then(Value::as_str).map(str::to_owned);
    let mut found: BTreeMap<_, _> = all.into_iter().filter_map(|it| Some((id(&it)?, it))).collect();
    let rest = want.values.keys().filter(|it| !found.contains_key(*it)).map(|id| one(reader, &path, id));
    let rest = try_join_all(rest).await?;
    found.extend(rest.into_iter().flatten());
    let mut acc = (BTreeMap::new(), BTreeSet::new());
    for (id, wanted) in &want.values {
        let (value, locked) = match found.get(id) {
            Some(it) => (as_wanted(wanted, it.get("value").unwrap_or(&Value::Null)), is_locked(it)),
            None if id == SSL_AUTOMATIC => (wanted.clone(), false),
            None => continue,
        };
        acc.0.insert(id.clone(), value);
        acc.1.extend(locked.then(|| id.clone()));
    }
    Ok(acc)
}

/// `None` if there is no such setting.
async fn one(reader: &Reader, path: &str, id: &str) -> Result<Option<(String, Value)>> {
    let found = reader.get("cloudflare:GetSetting", &format!("{path}/{id}"), &[]).await.or_absent()?;
    Ok(found.map(|it| (id.to_owned(), it)))
}

fn is_locked(setting: &Value) -> bool {
    setting.get("editable") == Some(&Value::Bool(false))
}

/// The value as it is there, or as it is wanted if that is the same.
fn as_wanted(wanted: &Value, there: &Value) -> Value {
    let set = |it: &Value| Some(it.as_array()?.iter().map(ToString::to_string).collect::<BTreeSet<_>>());
    let same = match (wanted, there) {
        (Value::Array(_), Value::Array(_)) => set(wanted) == set(there),
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::String(a), Value::String(b)) => a == "on" && b == ZERO_ROUND_TRIPS,
        (Value::Object(a), Value::Object(b)) => {
            return b.iter().map(|(key, it)| (key.clone(), as_wanted(a.get(key).unwrap_or(it), it))).collect();
        }
        _ => false,
    };
    if same { wanted.clone() } else { there.clone() }
}

/// What is told of a setting: of one with parts all, for those that are left out would be put back.
fn whole(value: &Value, there: Option<&Value>) -> Value {
    let (Value::Object(parts), Some(Value::Object(there))) = (value, there) else { return value.clone() };
    let mut acc: Map<_, _> = there.clone();
    for (key, part) in parts {
        acc.insert(key.clone(), whole(part, there.get(key)));
    }
    acc.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(values: Value, locked: &[&str]) -> Settings {
        let values = serde_json::from_value(values).unwrap();
        Settings { zone: "z".into(), values, locked: locked.iter().map(|it| (*it).to_owned()).collect() }
    }

    #[test]
    fn what_is_locked_is_refused_unless_it_is_so_already() {
        let want = settings(json!({"polish": "lossy", "ssl": "full"}), &[]);
        let refuses = |values, locked: &[&str]| want.refuses(&settings(values, locked));
        assert_eq!(refuses(json!({"polish": "off", "ssl": "full"}), &[]), None);
        assert_eq!(refuses(json!({"polish": "lossy", "ssl": "full"}), &["polish"]), None);
        let locked = refuses(json!({"polish": "off", "ssl": "full"}), &["polish"]).unwrap();
        assert_eq!(locked, "the zone's plan does not let anybody change `polish`");
        assert_eq!(refuses(json!({"polish": "off"}), &[]).unwrap(), "the zone has no setting `ssl`");
    }

    #[test]
    fn what_reads_otherwise_is_the_same() {
        assert_eq!(as_wanted(&json!("on"), &json!("zrt")), json!("on"));
        assert_eq!(as_wanted(&json!("off"), &json!("zrt")), json!("zrt"));
        assert_eq!(as_wanted(&json!(["b", "a"]), &json!(["a", "b"])), json!(["b", "a"]));
        assert_eq!(as_wanted(&json!(300), &json!(300.0)), json!(300));
        let there = json!({"a": {"b": 1, "c": 2.0}});
        assert_eq!(as_wanted(&json!({"a": {"c": 2}}), &there), json!({"a": {"b": 1, "c": 2}}));
    }

    #[test]
    fn of_what_has_parts_all_are_told() {
        let there = json!({"a": {"b": 1, "c": 2}});
        assert_eq!(whole(&json!({"a": {"c": 3}}), Some(&there)), json!({"a": {"b": 1, "c": 3}}));
        assert_eq!(whole(&json!("on"), Some(&json!("off"))), json!("on"));
    }
}
