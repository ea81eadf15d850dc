//! Certificates of the Origin CA, which Cloudflare alone trusts:
//! <https://developers.cloudflare.com/ssl/origin-configuration/origin-ca/>.
//!
//! Nothing can be written on a certificate but names. So each has one more, which nobody asks for and which says whose it
//! is: `main.shop.prod.eu-central-1.infractl.example.com`.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{around, seen};
use crate::{
    api::{
        ApiError, OrDone, ReadCx, Result, WriteCx,
        cloudflare::is_soon,
        vendor::{Method, Reader},
    },
    catalog::lifecycle::{Lifecycle, Look, New},
    fields,
    resource::{Facts, Live, Resource, Status, tags::Scope, value::Address},
};

const LIST: &str = "cloudflare:ListCertificates";
/// A part of the name that says whose a certificate is.
const OURS: &str = "infractl";

/// A certificate with which an origin shows Cloudflare who it is.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct OriginCertificate {
    /// The names that it is for; each may begin with `*.`.
    pub hosts: BTreeSet<String>,
    /// `origin-rsa` or `origin-ecc`, as the key is that it is for.
    pub request_type: String,
    /// For how many days it is valid: 7, 30, 90, 365, 730, 1095 or 5475.
    pub validity_days: u32,
    /// The request for it: it is signed with the key, which nobody else sees.
    pub request: String,
    /// The zone's id.
    pub zone: String,
    /// Whose it is and what they call it, as a name in the zone.
    pub mark: String,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its serial number.
    pub id: String,
    /// It, as PEM.
    pub certificate: String,
    /// When it ends, in Cloudflare's words.
    pub expires_on: Option<String>,
    /// Whether that is soon.
    pub expires_soon: bool,
}

impl OriginCertificate {
    /// The mark of what `scope` calls `called`, in the zone `domain`.
    #[must_use]
    pub fn mark(Scope { stack, env, region }: &Scope, called: &str, domain: &str) -> String {
        format!("{called}.{stack}.{env}.{region}.{OURS}.{domain}").to_ascii_lowercase()
    }

    /// The same as Cloudflare tells of it: names in small letters, and a request however its lines end.
    #[must_use]
    pub fn settled(self) -> Self {
        let lines: Vec<_> = self.request.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
        Self { request: lines.join("\n"), hosts: self.hosts.iter().map(|it| it.to_ascii_lowercase()).collect(), ..self }
    }
}

/// Whose a certificate is with `host` among its names, and what they call it.
fn unmark(host: &str) -> Option<(Scope, &str)> {
    let mut parts = host.split('.');
    let mut next = || parts.next().filter(|it| !it.is_empty());
    let (called, stack, env, region) = (next()?, next()?, next()?, next()?);
    let scope = Scope { stack: stack.into(), env: env.into(), region: region.into() };
    (next()? == OURS).then_some((scope, called))
}

impl Resource for OriginCertificate {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(OriginCertificate: zone, mark, hosts, request_type, validity_days, request),
        tagged: false,
        repeatable: false,
        interrupts: Some("an origin that still has this certificate is not trusted any more"),
        canonical: |tree| {
            let it: Self = serde_json::from_value(tree.clone()).ok()?;
            Some(crate::resource::to_tree(&it.settled()))
        },
        ..Facts::new::<Self>(
            "cloudflare.origin_certificate",
            "a certificate with which an origin shows Cloudflare who it is",
            "https://developers.cloudflare.com/api/resources/origin_ca_certificates/",
        )
    };

    fn note(live: &Live<Self>) -> Option<String> {
        let end = live.out.expires_on.as_ref().filter(|_| live.out.expires_soon)?;
        Some(format!("expires on {}: change its request to have a new one", end.get(..10).unwrap_or(end)))
    }
}

impl Lifecycle for OriginCertificate {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted = look.wants.iter().map(|it| it.zone.as_str());
        let Some((reader, mut zones)) = around(cx, wanted.clone()).await? else { return Ok(Vec::new()) };
        let wanted: BTreeSet<_> = wanted.collect();
        zones.retain(|it| look.strays || wanted.contains(it.as_str()));
        let found = zones.iter().map(|zone| in_zone(reader, zone, &look.wants));
        let found = try_join_all(found).await?.into_iter().flatten();
        Ok(found.filter(|it| look.scope.address(&it.tags).is_some()).collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let Self { mark, hosts, request_type, validity_days, request, .. } = &new.want;
        let hosts: Vec<_> = hosts.iter().chain([mark]).collect();
        let body = json!({ "csr": request, "hostnames": hosts, "request_type": request_type, "requested_validity": validity_days });
        let client = cx.vendors.cloudflare()?;
        client.send("cloudflare:CreateCertificate", Method::POST, "/certificates", Some(&body)).await.map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let path = format!("/certificates/{}", live.out.id);
        cx.vendors.cloudflare()?.send("cloudflare:DeleteCertificate", Method::DELETE, &path, None).await.or_done()
    }
}

async fn in_zone(reader: &Reader, zone: &str, wants: &[OriginCertificate]) -> Result<Vec<Live<OriginCertificate>>> {
    let wanted = wants.iter().any(|it| it.zone == zone);
    let found = seen(reader.list(LIST, "/certificates", &[("zone_id", zone), ("per_page", "50")]).await, wanted)?;
    let lives = found.iter().filter(|it| it.get("revoked_at").is_none_or(Value::is_null));
    Ok(lives.map(|it| live(it, zone, wants)).collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// `None` if it is not marked. What an answer leaves out is as it is wanted: nothing of it can have changed.
fn live(found: &Value, zone: &str, wants: &[OriginCertificate]) -> Result<Option<Live<OriginCertificate>>> {
    let text = |key: &str| found.get(key).and_then(Value::as_str).filter(|it| !it.is_empty()).map(str::to_owned);
    let hosts = found.get("hostnames").and_then(Value::as_array);
    let hosts = hosts.ok_or_else(|| ApiError::incomplete(LIST, "hostnames"))?;
    let mut hosts: BTreeSet<_> = hosts.iter().filter_map(|it| Some(it.as_str()?.to_owned())).collect();
    let Some(mark) = hosts.iter().find(|it| unmark(it).is_some()).cloned() else { return Ok(None) };
    hosts.remove(&mark);
    let Some((scope, called)) = unmark(&mark) else { return Ok(None) };
    let tags = scope.tags(&Address::new(OriginCertificate::FACTS.kind, called));
    let want = wants.iter().find(|it| it.mark == mark);
    let days = found.get("requested_validity").and_then(Value::as_f64);
    // It is one of a few whole numbers.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 5475")]
    let days = days.map(|it| it as u32).or(want.map(|it| it.validity_days)).unwrap_or_default();
    let state = OriginCertificate {
        zone: zone.to_owned(),
        hosts,
        request_type: text("request_type").or(want.map(|it| it.request_type.clone())).unwrap_or_default(),
        validity_days: days,
        request: text("csr").or(want.map(|it| it.request.clone())).unwrap_or_default(),
        mark,
    };
    let expires_on = text("expires_on");
    let out = Out {
        id: text("id").ok_or_else(|| ApiError::incomplete(LIST, "id"))?,
        certificate: text("certificate").ok_or_else(|| ApiError::incomplete(LIST, "certificate"))?,
        expires_soon: expires_on.as_deref().is_some_and(is_soon),
        expires_on,
    };
    Ok(Some(Live { state: state.settled(), out, tags, status: Status::Ready }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(expires_on: &str) -> Value {
        let mark = "main.shop.prod.eu-central-1.infractl.example.com";
        json!({
            "id": "7", "certificate": "PEM", "csr": "-----BEGIN\r\nX\r\n-----END\r\n", "expires_on": expires_on,
            "hostnames": ["*.example.com", mark], "request_type": "origin-rsa", "requested_validity": 5475,
        })
    }

    #[test]
    fn a_name_says_whose_it_is() {
        let scope = Scope { stack: "shop".into(), env: "prod".into(), region: "eu-central-1".into() };
        let found = live(&told("2041-01-01 05:20:00 +0000 UTC"), "z", &[]).unwrap().unwrap();
        let address = Address::new("cloudflare.origin_certificate", "main");
        assert_eq!(scope.address(&found.tags), Some(address));
        assert_eq!(found.state.mark, OriginCertificate::mark(&scope, "main", "Example.com"));
        assert_eq!(found.state.hosts, ["*.example.com".to_owned()].into());
        assert_eq!(found.state.request, "-----BEGIN\nX\n-----END");
        assert!(OriginCertificate::note(&found).is_none());
        let foreign = json!({"id": "8", "certificate": "PEM", "hostnames": ["example.com"]});
        assert!(live(&foreign, "z", &[]).unwrap().is_none());
    }

    #[test]
    fn what_ends_soon_is_told_of() {
        let note = |end: &str| OriginCertificate::note(&live(&told(end), "z", &[]).unwrap().unwrap());
        let told = "expires on 2026-01-31: change its request to have a new one";
        assert_eq!(note("2026-01-31 05:20:00 +0000 UTC").as_deref(), Some(told));
        assert_eq!(note("2941-01-31T05:20:00Z"), None);
    }
}
