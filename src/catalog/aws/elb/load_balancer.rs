//! Application load balancers: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html>.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticloadbalancingv2::types::{
    AvailabilityZone, IpAddressType, LoadBalancer as SdkLoadBalancer, LoadBalancerAttribute, LoadBalancerSchemeEnum,
    LoadBalancerStateEnum, LoadBalancerTypeEnum,
};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{load_balancers, may_be_of, suffix, tags, to_sdk};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::{
        aws::prices,
        lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    },
    fields,
    resource::{Facts, Live, Place, Resource, Risk, Status, Surroundings, Waits, tags::Tags, value::In},
};

const DESCRIBE: &str = "elasticloadbalancing:DescribeLoadBalancers";
const ATTRIBUTES: &str = "elasticloadbalancing:DescribeLoadBalancerAttributes";
const MODIFY: &str = "elasticloadbalancing:ModifyLoadBalancerAttributes";

/// Takes requests and gives them to targets.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LoadBalancer {
    /// Its name, of which a region has one: up to 32 letters, digits and hyphens.
    pub load_balancer_name: String,
    /// From where it is reached.
    pub scheme: Scheme,
    /// The subnets that it stands in, in two availability zones at least.
    pub subnets: BTreeSet<In<String>>,
    /// The security groups around it.
    pub security_groups: BTreeSet<In<String>>,
    /// After how many seconds without a byte a connection is closed: 1 to 4000.
    pub idle_timeout_seconds: u32,
    /// After how many seconds a client's connection is closed, however busy: 60 to 604800.
    pub client_keep_alive_seconds: u32,
    /// Whether clients may speak HTTP/2.
    pub http2: bool,
    /// Whether headers with invalid names are taken out of requests.
    pub drop_invalid_headers: bool,
    /// Whether targets get the `Host` header as the client sent it.
    pub preserve_host_header: bool,
    /// What is done with requests that targets could take otherwise than they were meant.
    pub desync_mitigation: Desync,
    /// Whether it is refused to delete it.
    pub deletion_protection: bool,
    /// Where its log of requests is kept; there is none if it is left out.
    pub access_logs: Option<AccessLogs>,
}

/// From where a load balancer is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// From the internet.
    InternetFacing,
    /// From within the network.
    Internal,
}

/// What is done with requests that targets could take otherwise than they were meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Desync {
    /// They are counted.
    Monitor,
    /// Those that are a risk are made safe or refused.
    Defensive,
    /// All that are not to the letter are refused.
    Strictest,
}

/// Where a log of requests is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccessLogs {
    /// The bucket's name.
    pub bucket: In<String>,
    /// Where in it, before `AWSLogs/`; at the top if empty.
    pub prefix: String,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// What metrics know it by, such as `app/shop-prod/0123456789abcdef`.
    pub arn_suffix: String,
    /// The name that leads to it.
    pub dns_name: String,
    /// The hosted zone of that name, for aliases.
    pub zone_id: String,
}

impl Resource for LoadBalancer {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(LoadBalancer: load_balancer_name, scheme),
        protected_by: Some("deletion_protection"),
        holds: fields!(LoadBalancer: subnets, security_groups),
        // Its public addresses keep the gateway from being detached.
        stands_on: &["ec2.internet_gateway"],
        unique_by: fields!(LoadBalancer: load_balancer_name),
        interrupts: Some("what it serves cannot be reached, and its DNS name goes with it"),
        waits: Waits::minutes(10, 10, 10).usually(180),
        ..Facts::new::<Self>(
            "elb.load_balancer",
            "takes requests and gives them to targets",
            "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancer.html",
        )
    };

    /// What goes through it comes on top.
    fn monthly(&self, place: &Place, _: &dyn Surroundings) -> Option<f64> {
        let public = self.subnets.iter().filter(|_| self.scheme == Scheme::InternetFacing);
        let addresses: f64 = public.map(|_| prices::PUBLIC_IP * prices::HOURS).sum();
        Some(prices::month(place, prices::LOAD_BALANCER)? + addresses)
    }

    fn change_risks(&self, live: &Self) -> Vec<Risk> {
        let gone = live.subnets.difference(&self.subnets).count();
        let risk = "requests that arrive in a zone that the load balancer leaves are cut off".to_owned();
        (gone > 0).then_some(Risk::Interrupts(risk)).into_iter().collect()
    }
}

impl Lifecycle for LoadBalancer {
    /// A load balancer of another type that has a wanted name is in the way as well: names are one for all types.
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted = |name: &str| look.wants.iter().any(|it| it.load_balancer_name == name);
        let all = load_balancers(cx).await?;
        let name =
            |it: &SdkLoadBalancer| it.load_balancer_name().is_some_and(|it| may_be_of(&look.scope, it) || wanted(it));
        let found: Vec<_> = all.iter().filter(|it| name(it)).collect();
        let arns: Vec<_> = found.iter().filter_map(|it| it.load_balancer_arn.clone()).collect();
        let (tags, attributes) = tokio::try_join!(
            tags(cx, arns),
            try_join_all(found.iter().map(|it| attributes(cx, it))), //
        )?;
        let both = found.iter().zip(attributes);
        both.filter_map(|(it, attributes)| live(it, &attributes?, &tags).transpose()).collect()
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let want = &new.want;
        let call = cx
            .elb
            .create_load_balancer()
            .name(&want.load_balancer_name)
            .r#type(LoadBalancerTypeEnum::Application)
            .scheme(match want.scheme {
                Scheme::InternetFacing => LoadBalancerSchemeEnum::InternetFacing,
                Scheme::Internal => LoadBalancerSchemeEnum::Internal,
            })
            .ip_address_type(IpAddressType::Ipv4)
            .set_subnets(Some(texts(&want.subnets)))
            .set_security_groups(Some(texts(&want.security_groups)))
            .set_tags(Some(to_sdk(&new.tags)));
        call.send().await.during("elasticloadbalancing:CreateLoadBalancer").map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        let arn = &live.out.arn;
        if changed.any(fields!(LoadBalancer: security_groups)) {
            let call = cx.elb.set_security_groups().load_balancer_arn(arn);
            let call = call.set_security_groups(Some(texts(&want.security_groups)));
            call.send().await.during("elasticloadbalancing:SetSecurityGroups")?;
        }
        if changed.any(fields!(LoadBalancer: subnets)) {
            let call = cx.elb.set_subnets().load_balancer_arn(arn).set_subnets(Some(texts(&want.subnets)));
            call.send().await.during("elasticloadbalancing:SetSubnets")?;
        }
        set(cx, arn, want.settings().into_iter().filter(|(field, ..)| changed.any(&[field]))).await
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let arn = &live.out.arn;
        if live.state.deletion_protection {
            let off = ("deletion_protection", "deletion_protection.enabled", "false".to_owned());
            if set(cx, arn, [off]).await.or_absent()?.is_none() {
                return Ok(());
            }
        }
        let call = cx.elb.delete_load_balancer().load_balancer_arn(arn);
        call.send().await.during("elasticloadbalancing:DeleteLoadBalancer").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.arn, tags).await
    }
}

/// A field, the attribute that it is with the provider, and its value there.
type Setting = (&'static str, &'static str, String);

impl LoadBalancer {
    fn settings(&self) -> Vec<Setting> {
        let mut acc = vec![
            ("idle_timeout_seconds", "idle_timeout.timeout_seconds", self.idle_timeout_seconds.to_string()),
            ("client_keep_alive_seconds", "client_keep_alive.seconds", self.client_keep_alive_seconds.to_string()),
            ("http2", "routing.http2.enabled", self.http2.to_string()),
            (
                "drop_invalid_headers",
                "routing.http.drop_invalid_header_fields.enabled",
                self.drop_invalid_headers.to_string(),
            ),
            (
                "preserve_host_header",
                "routing.http.preserve_host_header.enabled",
                self.preserve_host_header.to_string(),
            ),
            (
                "desync_mitigation",
                "routing.http.desync_mitigation_mode",
                match self.desync_mitigation {
                    Desync::Monitor => "monitor",
                    Desync::Defensive => "defensive",
                    Desync::Strictest => "strictest",
                }
                .into(),
            ),
            ("deletion_protection", "deletion_protection.enabled", self.deletion_protection.to_string()),
            ("access_logs", "access_logs.s3.enabled", self.access_logs.is_some().to_string()),
        ];
        // Without a bucket, its name stays, and says nothing.
        acc.extend(self.access_logs.iter().flat_map(|it| {
            let bucket = ("access_logs", "access_logs.s3.bucket", it.bucket.get().clone());
            [bucket, ("access_logs", "access_logs.s3.prefix", it.prefix.clone())]
        }));
        acc
    }
}

async fn set(cx: &WriteCx, arn: &str, settings: impl IntoIterator<Item = Setting>) -> Result<()> {
    let attribute = |(_, key, value): Setting| LoadBalancerAttribute::builder().key(key).value(value).build();
    let attributes: Vec<_> = settings.into_iter().map(attribute).collect();
    if attributes.is_empty() {
        return Ok(());
    }
    let call = cx.elb.modify_load_balancer_attributes().load_balancer_arn(arn).set_attributes(Some(attributes));
    call.send().await.during(MODIFY).map(drop)
}

/// `None` if it went while we looked.
async fn attributes(cx: &ReadCx, it: &SdkLoadBalancer) -> Result<Option<Vec<LoadBalancerAttribute>>> {
    let call = cx.elb.describe_load_balancer_attributes().set_load_balancer_arn(it.load_balancer_arn.clone());
    let answer = call.send().await.during(ATTRIBUTES).or_absent()?;
    Ok(answer.map(|it| it.attributes.unwrap_or_default()))
}

/// `None` if it went while we looked.
fn live(
    it: &SdkLoadBalancer,
    attributes: &[LoadBalancerAttribute],
    tags: &BTreeMap<String, Tags>,
) -> Result<Option<Live<LoadBalancer>>> {
    let lacks = |what| ApiError::incomplete(DESCRIBE, what);
    let arn = it.load_balancer_arn().ok_or_else(|| lacks("ARN"))?;
    let Some(tags) = tags.get(arn).cloned() else { return Ok(None) };
    let attributes = attributes.iter().filter_map(|it| Some((it.key()?, it.value().unwrap_or_default())));
    let attributes: BTreeMap<_, _> = attributes.collect();
    // What an attribute is when a region does not have it yet, or never for this type.
    let text = |key, default| *attributes.get(key).unwrap_or(&default);
    let yes = |key| text(key, "false") == "true";
    let seconds = |key, default| text(key, default).parse().map_err(|_| ApiError::incomplete(ATTRIBUTES, key));
    let zones = it.availability_zones().iter();
    let state = LoadBalancer {
        load_balancer_name: it.load_balancer_name().ok_or_else(|| lacks("name"))?.to_owned(),
        scheme: match it.scheme() {
            Some(LoadBalancerSchemeEnum::Internal) => Scheme::Internal,
            _ => Scheme::InternetFacing,
        },
        subnets: zones.filter_map(AvailabilityZone::subnet_id).map(Into::into).collect(),
        security_groups: it.security_groups().iter().map(|it| it.as_str().into()).collect(),
        idle_timeout_seconds: seconds("idle_timeout.timeout_seconds", "60")?,
        client_keep_alive_seconds: seconds("client_keep_alive.seconds", "3600")?,
        http2: text("routing.http2.enabled", "true") == "true",
        drop_invalid_headers: yes("routing.http.drop_invalid_header_fields.enabled"),
        preserve_host_header: yes("routing.http.preserve_host_header.enabled"),
        desync_mitigation: match text("routing.http.desync_mitigation_mode", "defensive") {
            "monitor" => Desync::Monitor,
            "strictest" => Desync::Strictest,
            _ => Desync::Defensive,
        },
        deletion_protection: yes("deletion_protection.enabled"),
        access_logs: yes("access_logs.s3.enabled").then(|| AccessLogs {
            bucket: text("access_logs.s3.bucket", "").into(),
            prefix: text("access_logs.s3.prefix", "").to_owned(),
        }),
    };
    let out = Out {
        arn: arn.to_owned(),
        arn_suffix: suffix(arn),
        dns_name: it.dns_name().ok_or_else(|| lacks("DNS name"))?.to_lowercase(),
        zone_id: it.canonical_hosted_zone_id().unwrap_or_default().to_owned(),
    };
    Ok(Some(Live { state, out, tags, status: status(it) }))
}

/// One that failed may still come up: it counts as on its way until nobody waits any longer. One that is impaired serves,
/// but lacks addresses to grow.
fn status(it: &SdkLoadBalancer) -> Status {
    let state = it.state();
    let why = state.and_then(|it| it.reason()).map(|it| format!(": {it}")).unwrap_or_default();
    match state.and_then(|it| it.code()) {
        Some(LoadBalancerStateEnum::Active | LoadBalancerStateEnum::ActiveImpaired) => Status::Ready,
        Some(other) => Status::Pending(format!("{}{why}", other.as_str())),
        None => Status::Pending("without state".into()),
    }
}

fn texts(ids: &BTreeSet<In<String>>) -> Vec<String> {
    ids.iter().map(|it| it.get().clone()).collect()
}

#[cfg(test)]
mod tests {
    use aws_sdk_elasticloadbalancingv2::types::LoadBalancerState;

    use super::*;

    const ARN: &str =
        "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/shop-dev/0123456789abcdef";

    fn sdk(state: LoadBalancerStateEnum) -> SdkLoadBalancer {
        let zone = |id: &str| AvailabilityZone::builder().zone_name("eu-central-1a").subnet_id(id).build();
        SdkLoadBalancer::builder()
            .load_balancer_arn(ARN)
            .dns_name("Shop-Dev-12345.eu-central-1.elb.amazonaws.com")
            .canonical_hosted_zone_id("Z215JYRZR1TBD5")
            .load_balancer_name("shop-dev")
            .scheme(LoadBalancerSchemeEnum::InternetFacing)
            .state(LoadBalancerState::builder().code(state).reason("no room").build())
            .availability_zones(zone("subnet-2"))
            .availability_zones(zone("subnet-1"))
            .security_groups("sg-1")
            .build()
    }

    /// As a new load balancer has them, with some that nobody here knows.
    fn shown() -> Vec<LoadBalancerAttribute> {
        let of = |(key, value): (&str, &str)| LoadBalancerAttribute::builder().key(key).value(value).build();
        let all = [
            ("access_logs.s3.enabled", "false"),
            ("access_logs.s3.bucket", ""),
            ("access_logs.s3.prefix", ""),
            ("connection_logs.s3.enabled", "false"),
            ("idle_timeout.timeout_seconds", "60"),
            ("deletion_protection.enabled", "false"),
            ("routing.http2.enabled", "true"),
            ("routing.http.drop_invalid_header_fields.enabled", "false"),
            ("routing.http.desync_mitigation_mode", "defensive"),
            ("client_keep_alive.seconds", "3600"),
            ("zonal_shift.config.enabled", "false"),
        ];
        all.map(of).into()
    }

    fn seen(attributes: &[LoadBalancerAttribute]) -> Live<LoadBalancer> {
        let tags = [(ARN.to_owned(), Tags::new())].into();
        live(&sdk(LoadBalancerStateEnum::Active), attributes, &tags).unwrap().unwrap()
    }

    #[test]
    fn what_is_sent_is_what_is_shown() {
        let mut want = seen(&shown()).state;
        want.access_logs = Some(AccessLogs { bucket: "logs".into(), prefix: "web".into() });
        want.desync_mitigation = Desync::Strictest;
        want.drop_invalid_headers = true;
        want.idle_timeout_seconds = 120;
        let of = |(_, key, value)| LoadBalancerAttribute::builder().key(key).value(value).build();
        let sent: Vec<_> = want.settings().into_iter().map(of).collect();
        let tree = |it: &LoadBalancer| serde_json::to_value(it).unwrap();
        assert_eq!(tree(&seen(&sent).state), tree(&want));
    }

    #[test]
    fn attributes_that_are_not_shown_have_their_defaults() {
        let tree = |it: &[LoadBalancerAttribute]| serde_json::to_value(seen(it).state).unwrap();
        assert_eq!(tree(&shown()), tree(&[]));
    }

    #[test]
    fn sets_have_no_order_and_names_no_case() {
        let live = seen(&shown());
        assert_eq!(live.state.subnets, ["subnet-1".into(), "subnet-2".into()].into());
        assert_eq!(live.out.dns_name, "shop-dev-12345.eu-central-1.elb.amazonaws.com");
        assert_eq!(live.out.arn_suffix, "app/shop-dev/0123456789abcdef");
    }

    #[test]
    fn states() {
        let of = |it| status(&sdk(it));
        assert_eq!(of(LoadBalancerStateEnum::Active), Status::Ready);
        assert_eq!(of(LoadBalancerStateEnum::ActiveImpaired), Status::Ready);
        assert_eq!(of(LoadBalancerStateEnum::Provisioning), Status::Pending("provisioning: no room".into()));
        assert_eq!(of(LoadBalancerStateEnum::Failed), Status::Pending("failed: no room".into()));
    }

    #[test]
    fn what_went_while_we_looked_is_not_there() {
        assert!(live(&sdk(LoadBalancerStateEnum::Active), &shown(), &BTreeMap::new()).unwrap().is_none());
    }
}
