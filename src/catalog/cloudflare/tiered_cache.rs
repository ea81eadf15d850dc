//! What lies between Cloudflare's caches and the origin: <https://developers.cloudflare.com/cache/how-to/tiered-cache/> and
//! <https://developers.cloudflare.com/cache/advanced-configuration/cache-reserve/>.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::of_zone;
use crate::{
    api::{
        ApiError, OrAbsent, ReadCx, Result, WriteCx,
        vendor::{Method, Reader},
    },
    catalog::lifecycle::{Changed, Lifecycle, Look, New},
    fields,
    resource::{Facts, Live, Resource, Risk, Status},
};

/// What lies between Cloudflare's caches and the origin; what is not named is left alone.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct TieredCache {
    /// The zone's id.
    pub zone: String,
    /// Whether caches ask each other before they ask the origin.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tiered: Option<bool>,
    /// Whether Cloudflare finds the cache that is nearest to the origin, which is then the only one to ask it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub smart: Option<bool>,
    /// Whether what is cached is kept in a store of its own, which is paid for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reserve: Option<bool>,
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

/// A switch: its field, its path below the zone's, and the calls that read and set it.
struct Switch {
    field: &'static str,
    path: &'static str,
    get: &'static str,
    update: &'static str,
}

/// In the order in which they are turned on: each needs those before it.
const SWITCHES: [Switch; 3] = [
    Switch {
        field: "tiered",
        path: "argo/tiered_caching",
        get: "cloudflare:GetTieredCaching",
        update: "cloudflare:UpdateTieredCaching",
    },
    Switch {
        field: "smart",
        path: "cache/tiered_cache_smart_topology_enable",
        get: "cloudflare:GetSmartTiering",
        update: "cloudflare:UpdateSmartTiering",
    },
    Switch {
        field: "reserve",
        path: "cache/cache_reserve",
        get: "cloudflare:GetCacheReserve",
        update: "cloudflare:UpdateCacheReserve",
    },
];

impl TieredCache {
    fn switches(&self) -> [(&'static Switch, Option<bool>); 3] {
        let [tiered, smart, reserve] = &SWITCHES;
        [(tiered, self.tiered), (smart, self.smart), (reserve, self.reserve)]
    }
}

impl Resource for TieredCache {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(TieredCache: zone),
        always: true,
        tagged: false,
        ..Facts::new::<Self>(
            "cloudflare.tiered_cache",
            "what lies between Cloudflare's caches and the origin",
            "https://developers.cloudflare.com/cache/how-to/tiered-cache/",
        )
    };

    fn refuses(&self, live: &Self) -> Option<String> {
        let both = self.switches().into_iter().zip(live.switches());
        let mut differing = both.filter(|((_, want), (_, live))| want.is_some() && want != live);
        let locked = differing.find(|((it, _), _)| live.locked.contains(it.field))?.0.0;
        Some(format!("the zone's plan does not let anybody change `{}`", locked.field))
    }

    fn risks(&self) -> Vec<Risk> {
        let paid = || Risk::Defers("what is kept in Cache Reserve is paid for, by its size and its use".into());
        self.reserve.filter(|it| *it).map(|_| paid()).into_iter().collect()
    }
}

impl Lifecycle for TieredCache {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let found = look.wants.iter().map(async |want| {
            let state = there(cx.vendors.cloudflare()?, want).await?;
            let out = Out { id: want.zone.clone() };
            Ok(Live { state, out, tags: of_zone(&look.scope, Self::FACTS.kind), status: Status::Ready })
        });
        try_join_all(found).await
    }

    /// They are always there.
    async fn create(_: &WriteCx, _: &New<Self>) -> Result<()> {
        Ok(())
    }

    async fn update(cx: &WriteCx, want: &Self, _: &Live<Self>, changed: &Changed) -> Result<()> {
        let named = want.switches().into_iter().filter_map(|(it, on)| Some((it, on?)));
        let mut steps: Vec<_> = named.filter(|(it, _)| changed.any(&[it.field])).collect();
        // What needs another is turned off before it, and on after it.
        let at = |it: &Switch| SWITCHES.iter().position(|other| other.field == it.field);
        steps.sort_by_key(|(it, on)| (*on, if *on { at(it) } else { at(it).map(|it| SWITCHES.len() - it) }));
        for (it, on) in steps {
            let (path, body) = (format!("/zones/{}/{}", want.zone, it.path), json!({ "value": word(on) }));
            cx.vendors.cloudflare()?.send(it.update, Method::PATCH, &path, Some(&body)).await?;
        }
        Ok(())
    }

    /// What nobody names any more stays as it is.
    async fn delete(_: &WriteCx, _: &Live<Self>) -> Result<()> {
        Ok(())
    }
}

fn word(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// What of it is named. What was never set does not exist, and is off.
async fn there(reader: &Reader, want: &TieredCache) -> Result<TieredCache> {
    let asked = want.switches().map(async |(it, wanted)| {
        if wanted.is_none() {
            return Ok((None, false));
        }
        let answer = reader.get(it.get, &format!("/zones/{}/{}", want.zone, it.path), &[]).await.or_absent()?;
        let Some(answer) = answer else { return Ok((Some(false), false)) };
        let value = answer.get("value").and_then(Value::as_str);
        let value = value.ok_or_else(|| ApiError::incomplete(it.get, "value"))?;
        Ok((Some(value == "on"), answer.get("editable") == Some(&Value::Bool(false))))
    });
    let found: Vec<(Option<bool>, bool)> = try_join_all(asked).await?;
    let on = |at: usize| found.get(at).and_then(|(on, _)| *on);
    let locked = SWITCHES.iter().zip(&found).filter(|(_, (_, locked))| *locked).map(|(it, _)| it.field.to_owned());
    Ok(TieredCache { zone: want.zone.clone(), tiered: on(0), smart: on(1), reserve: on(2), locked: locked.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_locked_is_refused_unless_it_is_so_already() {
        let cache = |reserve, locked: &[&str]| TieredCache {
            zone: "z".into(),
            tiered: None,
            smart: None,
            reserve,
            locked: locked.iter().map(|it| (*it).to_owned()).collect(),
        };
        let want = cache(Some(true), &[]);
        assert_eq!(want.refuses(&cache(Some(false), &[])), None);
        assert_eq!(want.refuses(&cache(Some(true), &["reserve"])), None);
        assert!(want.refuses(&cache(Some(false), &["reserve"])).unwrap().contains("`reserve`"));
        assert_eq!(cache(None, &[]).refuses(&cache(Some(false), &["reserve"])), None);
    }
}
