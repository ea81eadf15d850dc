//! Records: <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/rrsets-working-with.html>.
//!
//! A name and a type have one record, with one value or several. It has no tags: its [`marker`] says whose it is.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_route53::{
    operation::change_resource_record_sets::{ChangeResourceRecordSetsError, ChangeResourceRecordSetsOutput},
    types::{AliasTarget, Change, ChangeAction, ChangeBatch, HostedZone, ResourceRecord, ResourceRecordSet, RrType},
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{id, listing, marker, name::DnsName, value::RecordValue, zone};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx, meter::beside},
    catalog::{
        cloudflare::mark::unmark,
        lifecycle::{Changed, Lifecycle, Look, New},
    },
    fields,
    resource::{
        Facts, Live, Resource, Status,
        tags::{Scope, Tags},
        value::{Address, In},
    },
};

const CHANGE: &str = "route53:ChangeResourceRecordSets";
/// In how many zones is looked for what nobody wants any more, where the file names none: the service takes five calls a second.
const FEW: usize = 5;

/// What a name says to those who ask for one type of record.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Record {
    /// The zone that it is in.
    pub zone: In<String>,
    /// The zone's domain.
    pub zone_name: DnsName,
    /// The whole name, such as `www.example.com`, of which a zone has one record of a type.
    pub record_name: In<DnsName>,
    /// Such as `A` or `TXT`.
    pub record_type: String,
    /// For how many seconds it may be remembered; an alias has what it leads to.
    pub ttl: Option<u32>,
    /// What it says, as zone files have it; nothing if it is an alias.
    pub values: BTreeSet<In<RecordValue>>,
    /// Something in AWS that it says the addresses of.
    pub alias: Option<Alias>,
    /// Whose it is and what they call it, which a record beside it says; empty if nobody does.
    pub mark: String,
}

/// Something in AWS whose addresses a record says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Alias {
    /// Its name.
    pub to: In<DnsName>,
    /// The zone of its name, which is AWS's own.
    pub zone: In<String>,
    /// Whether the record says nothing while what it leads to is not well.
    pub evaluate_health: bool,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its zone, name and type.
    pub id: String,
}

impl Resource for Record {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Record: zone, record_type),
        unique_by: fields!(Record: zone, record_name, record_type),
        tagged: false,
        interrupts: Some("its name is no longer answered"),
        ..Facts::new::<Self>(
            "route53.record",
            "what a name says",
            "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
        )
    };
}

impl Lifecycle for Record {
    /// A zone that is wanted is listed as a whole. In others, the markers are enough to know whether anything is ours.
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        if !look.strays {
            let found = try_join_all(look.wants.iter().map(|it| it.find(cx, &look.scope))).await?;
            return Ok(found.into_iter().flatten().collect());
        }
        let known = look.wants.iter().filter_map(|it| Some((it.zone.known()?.clone(), it.zone_name.clone())));
        let mut named: BTreeMap<_, _> = known.collect();
        named.extend(cx.hosted.get().map(|it| (it.id.clone(), DnsName::new(&it.name))));
        let whole = |zones: BTreeMap<String, DnsName>| async move {
            try_join_all(zones.into_iter().map(|(id, name)| whole(cx, id, name, look))).await
        };
        let others = async {
            let all = super::zones(cx).await?;
            let own = zone::own(&look.scope, &all).into_iter().filter(|(id, _)| !named.contains_key(id));
            let own: BTreeMap<_, _> = own.collect();
            let rest = rest(&all, &named, &own);
            let marked = try_join_all(rest.into_iter().map(|(id, name)| marked(cx, id, name, &look.scope)));
            let (own, marked) = tokio::try_join!(beside(whole(own)), beside(marked))?;
            let more = whole(marked.into_iter().flatten().collect()).await?;
            Ok(own.into_iter().chain(more).collect::<Vec<_>>())
        };
        let (named, others) = tokio::try_join!(beside(whole(named.clone())), beside(others))?;
        Ok(named.into_iter().chain(others).flatten().collect())
    }

    /// One that is there already is not taken over, whatever it says.
    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        send(cx, new.want.zone.get(), new.want.put(ChangeAction::Create)?).await
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        // Only its marker is left of one that somebody deleted, and what has another name is made anew.
        let renamed = changed.any(fields!(Record: record_name));
        let left = live.state.values.is_empty() && live.state.alias.is_none();
        let mut changes = if renamed { live.state.gone(&cx.read).await? } else { Vec::new() };
        changes.extend(want.put(if renamed || left { ChangeAction::Create } else { ChangeAction::Upsert })?);
        send(cx, want.zone.get(), changes).await
    }

    /// What is deleted has to be named to the letter, so that is asked for first.
    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let changes = live.state.gone(&cx.read).await?;
        if changes.is_empty() { Ok(()) } else { send(cx, live.state.zone.get(), changes).await.or_done() }
    }
}

impl Record {
    /// What puts it there, with its marker.
    fn put(&self, action: ChangeAction) -> Result<Vec<Change>> {
        Ok(vec![change(action, self.to_sdk()?)?, change(ChangeAction::Upsert, self.marker()?)?])
    }

    /// What takes it away, with its marker: both as the zone has them.
    async fn gone(&self, cx: &ReadCx) -> Result<Vec<Change>> {
        let (own, marker) = sets(self, cx).await?;
        own.into_iter().chain(marker).map(|it| change(ChangeAction::Delete, it)).collect()
    }

    /// The one of its name and type, and whose it is.
    async fn find(&self, cx: &ReadCx, scope: &Scope) -> Result<Vec<Live<Self>>> {
        let (own, marker) = sets(self, cx).await?;
        let sets: Vec<_> = own.into_iter().chain(marker).collect();
        found(self.zone.get(), &self.zone_name, &sets, scope, std::slice::from_ref(self))
    }

    fn to_sdk(&self) -> Result<ResourceRecordSet> {
        let values = self.values.iter().map(|it| record(it.get())).collect::<Result<Vec<_>>>()?;
        let alias = self.alias.as_ref().map(|it| {
            let alias = AliasTarget::builder().dns_name(it.to.get().as_str()).hosted_zone_id(it.zone.get());
            alias.evaluate_target_health(it.evaluate_health).build().map_err(unsent)
        });
        ResourceRecordSet::builder()
            .name(self.record_name.get().as_str())
            .r#type(RrType::from(self.record_type.as_str()))
            .set_ttl(self.ttl.map(i64::from))
            .set_resource_records(Some(values).filter(|it| !it.is_empty()))
            .set_alias_target(alias.transpose()?)
            .build()
            .map_err(unsent)
    }

    fn marker(&self) -> Result<ResourceRecordSet> {
        ResourceRecordSet::builder()
            .name(marker::name(&self.zone_name, self.record_name.get(), &self.record_type).as_str())
            .r#type(RrType::Txt)
            .ttl(marker::TTL)
            .resource_records(record(&RecordValue::text(self.mark.as_bytes()))?)
            .build()
            .map_err(unsent)
    }
}

/// A record and its marker, as the zone has them.
async fn sets(it: &Record, cx: &ReadCx) -> Result<(Option<ResourceRecordSet>, Option<ResourceRecordSet>)> {
    let (zone, name, kind) = (it.zone.get(), it.record_name.get(), it.record_type.as_str());
    let marker = marker::name(&it.zone_name, name, kind);
    tokio::try_join!(listing::one(cx, zone, name, kind), listing::one(cx, zone, &marker, RrType::Txt.as_str()))
}

/// The zones that nobody names: none if they are many, or if the file names one.
fn rest(
    all: &[HostedZone],
    named: &BTreeMap<String, DnsName>,
    own: &BTreeMap<String, DnsName>,
) -> Vec<(String, DnsName)> {
    if !named.is_empty() || all.len() > FEW {
        return Vec::new();
    }
    let rest = all.iter().map(|it| (id(it.id()).to_owned(), DnsName::new(it.name())));
    rest.filter(|(id, _)| !own.contains_key(id)).collect()
}

/// A zone, if there is anything in it that is marked as the scope's.
async fn marked(cx: &ReadCx, id: String, name: DnsName, scope: &Scope) -> Result<Option<(String, DnsName)>> {
    let sets = listing::below(cx, &id, &marker::root(&name)).await?;
    let mut marks = sets.iter().filter_map(|it| marker::read(&name, it));
    let ours = marks.any(|(_, mark)| is_of(scope, &mark));
    Ok(ours.then_some((id, name)))
}

async fn whole(cx: &ReadCx, id: String, name: DnsName, look: &Look<Record>) -> Result<Vec<Live<Record>>> {
    let sets = listing::all(cx, &id).await?;
    found(&id, &name, &sets, &look.scope, &look.wants)
}

/// What of a zone is the scope's, and what has a name that one of `wants` needs, or may need as far as is known by now.
fn found(
    zone: &str,
    zone_name: &DnsName,
    sets: &[ResourceRecordSet],
    scope: &Scope,
    wants: &[Record],
) -> Result<Vec<Live<Record>>> {
    let (marks, sets): (Vec<_>, Vec<_>) = sets.iter().partition(|it| marker::read(zone_name, it).is_some());
    let mut marks: BTreeMap<_, _> = marks.into_iter().filter_map(|it| marker::read(zone_name, it)).collect();
    let needed = |name: &DnsName, kind: &str| {
        wants.iter().any(|it| it.record_type == kind && it.record_name.known().is_none_or(|it| it == name))
    };
    let mut acc = Vec::new();
    for set in sets {
        let at = (DnsName::new(set.name()), set.r#type().as_str().to_owned());
        let mark = marks.remove(&at).unwrap_or_default();
        if is_of(scope, &mark) || needed(&at.0, &at.1) {
            acc.push(live(zone, zone_name, at, Some(set), mark)?);
        }
    }
    let left = marks.into_iter().filter(|(_, mark)| is_of(scope, mark));
    acc.extend(left.map(|(at, mark)| live(zone, zone_name, at, None, mark)).collect::<Result<Vec<_>>>()?);
    Ok(acc)
}

fn is_of(scope: &Scope, mark: &str) -> bool {
    unmark(mark).is_some_and(|(it, _)| it == *scope)
}

/// The tags that a mark stands for.
fn tags(mark: &str) -> Tags {
    unmark(mark).map(|(scope, name)| scope.tags(&Address::new(Record::FACTS.kind, name))).unwrap_or_default()
}

fn live(
    zone: &str,
    zone_name: &DnsName,
    (name, kind): (DnsName, String),
    set: Option<&ResourceRecordSet>,
    mark: String,
) -> Result<Live<Record>> {
    let lacks = |what| ApiError::incomplete("route53:ListResourceRecordSets", what);
    let ttl = set.and_then(ResourceRecordSet::ttl).map(u32::try_from).transpose().map_err(|_| lacks("positive TTL"))?;
    // One of several that share name and type by weight, region or the like has a word of its own.
    let word = set.and_then(ResourceRecordSet::set_identifier).map_or_else(String::new, |it| format!(" {it}"));
    let out = Out { id: format!("{zone} {name} {kind}{word}") };
    let state = Record {
        zone: zone.into(),
        zone_name: zone_name.clone(),
        record_name: In::Known(name),
        record_type: kind,
        ttl,
        values: set
            .into_iter()
            .flat_map(|it| it.resource_records())
            .map(|it| RecordValue::new(it.value()).into())
            .collect(),
        alias: set.and_then(ResourceRecordSet::alias_target).map(|it| Alias {
            to: DnsName::new(plain(it.dns_name())).into(),
            zone: it.hosted_zone_id().into(),
            evaluate_health: it.evaluate_target_health(),
        }),
        mark,
    };
    Ok(Live { tags: tags(&state.mark), state, out, status: Status::Ready })
}

/// The console asks for a load balancer by another of its names, which has addresses of both versions.
fn plain(name: &str) -> &str {
    name.strip_prefix("dualstack.").unwrap_or(name)
}

fn record(value: &RecordValue) -> Result<ResourceRecord> {
    ResourceRecord::builder().value(value.to_wire()).build().map_err(unsent)
}

fn change(action: ChangeAction, set: ResourceRecordSet) -> Result<Change> {
    Change::builder().action(action).resource_record_set(set).build().map_err(unsent)
}

fn unsent(error: impl std::fmt::Display) -> ApiError {
    ApiError::refused(CHANGE, "NotSent", error.to_string())
}

/// All of it, or nothing.
async fn send(cx: &WriteCx, zone: &str, changes: impl IntoIterator<Item = Change>) -> Result<()> {
    let batch = ChangeBatch::builder().set_changes(Some(changes.into_iter().collect())).build().map_err(unsent)?;
    let call = cx.route53.change_resource_record_sets().hosted_zone_id(zone).change_batch(batch);
    said(call.send().await).map(drop)
}

/// Why a change is refused may stand in a list of its own
/// (<https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html#API_ChangeResourceRecordSets_Errors>).
fn said(
    answer: Result<ChangeResourceRecordSetsOutput, SdkError<ChangeResourceRecordSetsError, HttpResponse>>,
) -> Result<ChangeResourceRecordSetsOutput> {
    let reasons = match answer.as_ref().err().and_then(SdkError::as_service_error) {
        Some(ChangeResourceRecordSetsError::InvalidChangeBatch(it)) => it.messages().join(" "),
        _ => String::new(),
    };
    answer.during(CHANGE).map_err(|it| {
        let message = if reasons.is_empty() { it.message } else { reasons };
        ApiError { message, ..it }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::cloudflare::mark::mark;

    const ZONE: &str = "Z1";

    fn scope() -> Scope {
        Scope { stack: "shop".into(), env: "dev".into(), region: "eu-central-1".into() }
    }

    fn want(name: &str, kind: &str, values: &[&str]) -> Record {
        Record {
            zone: ZONE.into(),
            zone_name: DnsName::new("example.com"),
            record_name: DnsName::new(name).into(),
            record_type: kind.into(),
            ttl: Some(300),
            values: values.iter().map(|it| RecordValue::new(it).into()).collect(),
            alias: None,
            mark: mark(&scope(), kind),
        }
    }

    fn seen(sets: &[ResourceRecordSet], wants: &[Record]) -> Vec<Live<Record>> {
        found(ZONE, &DnsName::new("example.com"), sets, &scope(), wants).unwrap()
    }

    fn own(name: &str) -> Tags {
        scope().tags(&Address::new("route53.record", name))
    }

    #[test]
    fn a_record_is_whose_its_marker_says() {
        let (own, foreign) =
            (want("api.example.com", "A", &["192.0.2.1"]), want("www.example.com", "A", &["192.0.2.2"]));
        let sets = [own.to_sdk().unwrap(), own.marker().unwrap(), foreign.to_sdk().unwrap()];
        let found = seen(&sets, &[]);
        let [it] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((it.out.id.as_str(), &it.tags), ("Z1 api.example.com A", &self::own("A")));
        // What is in the way is seen as well.
        let found = seen(&sets, &[foreign]);
        assert_eq!(found.iter().filter(|it| it.tags.is_empty()).count(), 1);
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_marker_that_is_left_over_is_ours_to_remove() {
        let own = want("api.example.com", "A", &["192.0.2.1"]);
        let found = seen(&[own.marker().unwrap()], &[]);
        let [it] = found.as_slice() else { panic!("{found:?}") };
        assert!(it.state.values.is_empty() && it.state.alias.is_none());
        assert_eq!(it.tags, self::own("A"));
    }

    #[test]
    fn what_is_sent_is_what_is_shown() {
        let mut alias = want("api.example.com", "A", &[]);
        alias.ttl = None;
        let target = |it: &str| Alias { to: DnsName::new(it).into(), zone: "Z2".into(), evaluate_health: true };
        alias.alias = Some(target("shop-1.eu-central-1.elb.amazonaws.com"));
        let long = "x".repeat(300);
        let text = want("example.com", "TXT", &[&format!("\"{long}\"")]);
        for it in [alias.clone(), text, want("example.com", "MX", &["10 Mail.example.com."])] {
            let found = seen(&[it.to_sdk().unwrap(), it.marker().unwrap()], &[]);
            assert_eq!(serde_json::to_value(&found[0].state).unwrap(), serde_json::to_value(&it).unwrap());
        }
        let mut shown = alias.to_sdk().unwrap();
        if let Some(it) = &mut shown.alias_target {
            it.dns_name = format!("dualstack.{}.", it.dns_name);
        }
        assert_eq!(seen(&[shown], &[alias.clone()])[0].state.alias, alias.alias);
    }
}
