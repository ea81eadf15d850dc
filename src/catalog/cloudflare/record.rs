//! DNS records: <https://developers.cloudflare.com/dns/manage-dns-records/reference/dns-record-types/>.
//!
//! A comment says whose a record is. Records of others are left as they are, in whatever number they are there.

use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    around,
    mark::{mark, owner},
    record_text::{Told, body, in_the_way, settled, shortened},
    seen,
};
use crate::{
    api::{
        ApiError, OrDone, ReadCx, Result, WriteCx,
        vendor::{Method, Reader},
    },
    catalog::lifecycle::{Changed, Lifecycle, Look, New},
    fields,
    resource::{
        Facts, Live, Resource, Status,
        tags::{Scope, Tags},
        to_tree,
        value::{Address, In},
    },
};

/// A DNS record in a zone at Cloudflare.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// What it says, unless that has parts: an address, a name, or text without quotes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub content: Option<In<String>>,
    /// What it says, in its parts: `SRV` and `CAA`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub data: Option<Data>,
    /// Which is tried first: `MX`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub priority: Option<u16>,
    /// Whether requests go through Cloudflare.
    pub proxied: bool,
    /// For how many seconds others may remember it: from 60, or from 30 on the plan Enterprise; 1 for what Cloudflare thinks
    /// best, as is always so for what is proxied.
    pub ttl: u32,
    /// The zone's id.
    pub zone: String,
    /// Whose it is and what they call it: what its comment begins with.
    pub mark: String,
    /// Its whole name, such as `www.example.com`.
    pub record_name: In<String>,
    /// Its type, such as `CNAME`.
    pub record_type: String,
}

/// What a record says that has parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Data {
    /// Where a service is.
    Srv {
        /// Those with smaller numbers are tried first.
        priority: u16,
        /// How often it is tried among those of the same priority.
        weight: u16,
        /// The port.
        port: u16,
        /// The server.
        target: String,
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

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its id.
    pub id: String,
}

impl Record {
    /// The mark of what `scope` calls `called`; a comment of at most 100 characters, as every plan has.
    #[must_use]
    pub fn mark(scope: &Scope, called: &str) -> String {
        mark(scope, &shortened(&owner(scope), called))
    }
}

impl Resource for Record {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Record: zone, mark, record_type),
        unique_by: fields!(Record: mark),
        tagged: false,
        canonical: |tree| Some(to_tree(&settled(serde_json::from_value(tree.clone()).ok()?))),
        ..Facts::new::<Self>(
            "cloudflare.record",
            "a DNS record in a zone at Cloudflare",
            "https://developers.cloudflare.com/api/resources/dns/subresources/records/",
        )
    };
}

impl Lifecycle for Record {
    /// All records of a zone at once, with those of others that are in the way; of a zone of which nothing is wanted, and of
    /// a name that is looked at again, only what matters.
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted = look.wants.iter().map(|it| it.zone.as_str());
        let Some((reader, zones)) = around(cx, wanted).await? else { return Ok(Vec::new()) };
        let found = try_join_all(zones.iter().map(|zone| in_zone(reader, zone, look)));
        Ok(found.await?.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let path = format!("/zones/{}/dns_records", new.want.zone);
        let body = body(&new.want);
        cx.vendors.cloudflare()?.send("cloudflare:CreateRecord", Method::POST, &path, Some(&body)).await.map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, _: &Changed) -> Result<()> {
        let (path, mut body) = (path(live), body(want));
        // What people wrote behind the mark stays.
        body.as_object_mut().and_then(|it| it.remove("comment"));
        cx.vendors.cloudflare()?.send("cloudflare:UpdateRecord", Method::PATCH, &path, Some(&body)).await.map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        cx.vendors.cloudflare()?.send("cloudflare:DeleteRecord", Method::DELETE, &path(live), None).await.or_done()
    }
}

fn path(live: &Live<Record>) -> String {
    format!("/zones/{}/dns_records/{}", live.state.zone, live.out.id)
}

async fn in_zone(reader: &Reader, zone: &str, look: &Look<Record>) -> Result<Vec<Live<Record>>> {
    const CALL: &str = "cloudflare:ListRecords";
    let wants: Vec<_> = look.wants.iter().filter(|it| it.zone == zone).collect();
    let path = format!("/zones/{zone}/dns_records");
    let list = async |filter: Option<(&str, &str)>| {
        let query: Vec<_> = [("per_page", "5000")].into_iter().chain(filter).collect();
        reader.list(CALL, &path, &query).await
    };
    let found = match (look.strays, wants.as_slice()) {
        (true, []) => seen(list(Some(("comment.startswith", &owner(&look.scope)))).await, false)?,
        (true, _) => list(None).await?,
        (false, wants) => {
            let named = wants.iter().filter_map(|it| it.record_name.known());
            let named = named.map(|it| list(Some(("name.exact", it.as_str()))));
            try_join_all(named).await?.concat()
        }
    };
    let mut acc = Vec::new();
    for it in found {
        let told: Told = serde_json::from_value(it).map_err(|it| ApiError::malformed(CALL, &it))?;
        acc.extend(lives(&told, zone, &look.scope, &wants));
    }
    Ok(acc)
}

/// It, if it is of `scope`; otherwise it once for each of `wants` that it is in the way of.
fn lives(told: &Told, zone: &str, scope: &Scope, wants: &[&Record]) -> Vec<Live<Record>> {
    let state = told.record(zone);
    let tags = told.owner().map(|(whose, called)| whose.tags(&Address::new(Record::FACTS.kind, &called)));
    let tags: Tags = tags.unwrap_or_default();
    if scope.address(&tags).is_some() {
        return vec![Live { state, out: Out { id: told.id.clone() }, tags, status: Status::Ready }];
    }
    let hindered = wants.iter().filter(|it| in_the_way(&settled((**it).clone()), &state));
    hindered
        .map(|it| Live {
            state: (*it).clone(),
            out: Out { id: told.id.clone() },
            tags: tags.clone(),
            status: Status::Ready,
        })
        .collect()
}
