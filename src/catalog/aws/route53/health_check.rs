//! Health checks: <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover.html>.

use aws_sdk_route53::types::{HealthCheck as SdkHealthCheck, HealthCheckConfig, HealthCheckType, TagResourceType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{name::DnsName, place, proven, reference};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx},
    catalog::{
        aws::prices,
        lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    },
    fields,
    resource::{Facts, Live, Place, Resource, Status, Surroundings, tags::Tags, value::In},
};

const LIST: &str = "route53:ListHealthChecks";
const KIND: TagResourceType = TagResourceType::Healthcheck;

/// Asks a host, from all over the world, whether it is well.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct HealthCheck {
    /// Who is asked.
    pub host: In<DnsName>,
    /// How: `HTTP`, `HTTPS`, each with `_STR_MATCH` at its end if an answer has to have a text, or `TCP`.
    pub protocol: String,
    /// The port.
    pub port: u16,
    /// What is asked for; empty for TCP.
    pub path: String,
    /// The text that the first 5,120 bytes of an answer have to have; empty for any.
    pub contains: String,
    /// How often each of those who ask does: every 10 or 30 seconds.
    pub interval_seconds: u32,
    /// After how many failures in a row it is not well: 1 to 10.
    pub failures: u32,
    /// Whether well is taken for not well.
    pub inverted: bool,
    /// Whether nobody asks, and it counts as well.
    pub disabled: bool,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Such as `01234567-89ab-cdef-0123-456789abcdef`.
    pub id: String,
    /// Which of its versions this is: an update of another one is refused.
    pub version: i64,
}

impl Resource for HealthCheck {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(HealthCheck: protocol, interval_seconds),
        ..Facts::new::<Self>(
            "route53.health_check",
            "asks a host whether it is well",
            "https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
        )
    };

    /// What is asked is likely in AWS.
    fn monthly(&self, _: &Place, _: &dyn Surroundings) -> Option<f64> {
        let more = [self.protocol.starts_with("HTTPS"), !self.contains.is_empty(), self.interval_seconds < 30];
        let more = more.into_iter().filter(|it| *it).map(|_| prices::HEALTH_CHECK_OPTION).sum::<f64>();
        Some(prices::HEALTH_CHECK + more)
    }
}

impl Lifecycle for HealthCheck {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let pages = cx.route53.list_health_checks().into_paginator().items().send();
        let all: Vec<_> = pages.collect::<Result<_, _>>().await.during(LIST)?;
        let own = |it: &&SdkHealthCheck| place(&look.scope, &Self::FACTS, it.caller_reference()).is_some();
        let found: Vec<_> = all.iter().filter(own).collect();
        let ids: Vec<_> = found.iter().map(|it| it.id().to_owned()).collect();
        let mut tags = super::tags(cx, KIND, &ids).await?;
        let found = found.into_iter().filter_map(|it| Some((it, tags.remove(it.id())?)));
        found.map(|(it, tags)| live(it, proven(&look.scope, &Self::FACTS, it.caller_reference(), tags))).collect()
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        const CALL: &str = "route53:CreateHealthCheck";
        let want = &new.want;
        let config = HealthCheckConfig::builder()
            .r#type(HealthCheckType::from(want.protocol.as_str()))
            .fully_qualified_domain_name(want.host.get().as_str())
            .port(want.port.into())
            .set_resource_path(text(&want.path))
            .set_search_string(text(&want.contains))
            .request_interval(int(want.interval_seconds))
            .failure_threshold(int(want.failures))
            .set_enable_sni(want.protocol.starts_with("HTTPS").then_some(true))
            .inverted(want.inverted)
            .disabled(want.disabled)
            .build()
            .map_err(|it| ApiError::refused(CALL, "NotSent", it.to_string()))?;
        let call = cx.route53.create_health_check().health_check_config(config);
        let call = call.caller_reference(reference(&new.tags, &new.token));
        call.send().await.during(CALL).map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, _: &Changed) -> Result<()> {
        let call = cx
            .route53
            .update_health_check()
            .health_check_id(&live.out.id)
            .health_check_version(live.out.version)
            .fully_qualified_domain_name(want.host.get().as_str())
            .port(want.port.into())
            .set_resource_path(text(&want.path))
            .set_search_string(text(&want.contains))
            .failure_threshold(int(want.failures))
            .inverted(want.inverted)
            .disabled(want.disabled);
        call.send().await.during("route53:UpdateHealthCheck").map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.route53.delete_health_check().health_check_id(&live.out.id);
        call.send().await.during("route53:DeleteHealthCheck").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, KIND, &live.out.id, &live.tags, tags).await
    }
}

fn text(it: &str) -> Option<String> {
    Some(it.to_owned()).filter(|it| !it.is_empty())
}

fn int(it: u32) -> i32 {
    i32::try_from(it).unwrap_or(i32::MAX)
}

fn live(it: &SdkHealthCheck, tags: Tags) -> Result<Live<HealthCheck>> {
    let lacks = |what| ApiError::incomplete(LIST, what);
    let config = it.health_check_config().ok_or_else(|| lacks("configuration"))?;
    let number = |it: Option<i32>| it.and_then(|it| u32::try_from(it).ok());
    let state = HealthCheck {
        host: In::Known(DnsName::new(config.fully_qualified_domain_name().unwrap_or_default())),
        protocol: config.r#type().as_str().to_owned(),
        port: config.port().and_then(|it| u16::try_from(it).ok()).unwrap_or_default(),
        path: config.resource_path().unwrap_or_default().to_owned(),
        contains: config.search_string().unwrap_or_default().to_owned(),
        interval_seconds: number(config.request_interval()).unwrap_or(30),
        failures: number(config.failure_threshold()).unwrap_or(3),
        inverted: config.inverted().unwrap_or_default(),
        disabled: config.disabled().unwrap_or_default(),
    };
    let out = Out { id: it.id().to_owned(), version: it.health_check_version() };
    Ok(Live { state, out, tags, status: Status::Ready })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_as_usual() {
        let config = HealthCheckConfig::builder().r#type(HealthCheckType::Tcp).port(5432);
        let config = config.fully_qualified_domain_name("db.Example.com").build().unwrap();
        let check = SdkHealthCheck::builder().id("1").caller_reference("by hand").health_check_config(config);
        let it = live(&check.health_check_version(2).build().unwrap(), Tags::new()).unwrap();
        assert_eq!((it.out.version, it.state.interval_seconds, it.state.failures), (2, 30, 3));
        assert_eq!(it.state.host, In::Known(DnsName::new("db.example.com")));
        assert_eq!((it.state.path.as_str(), it.state.protocol.as_str()), ("", "TCP"));
    }
}
