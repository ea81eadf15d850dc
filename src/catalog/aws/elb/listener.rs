//! Listeners: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html>.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticloadbalancingv2::types::{Certificate, Listener as SdkListener, ProtocolEnum};
use futures::future::{join_all, try_join_all};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{action::Action, completed, indexed, listeners, number, tags, to_sdk};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx, meter::beside},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Resource, Status, Waits, tags::Tags, value::In},
};

const DESCRIBE: &str = "elasticloadbalancing:DescribeListeners";
const CERTIFICATES: &str = "elasticloadbalancing:DescribeListenerCertificates";

/// A port on which a load balancer takes requests.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Listener {
    /// The load balancer.
    pub load_balancer: In<String>,
    /// The port, of which a load balancer has one.
    pub port: u16,
    /// `HTTP` or `HTTPS`.
    pub protocol: String,
    /// For HTTPS: the certificate for clients that ask for no name, or for one that no other certificate has.
    pub certificate: Option<In<String>>,
    /// For HTTPS: the certificates for other names.
    pub more_certificates: BTreeSet<In<String>>,
    /// For HTTPS: which versions and ciphers clients may use, such as `ELBSecurityPolicy-TLS13-1-2-2021-06`.
    pub tls_policy: Option<String>,
    /// What is done with requests that no rule takes.
    pub default_action: Action,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
}

impl Resource for Listener {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Listener: load_balancer, port),
        unique_by: fields!(Listener: load_balancer, port),
        interrupts: Some("its port is closed"),
        waits: Waits::minutes(5, 5, 5),
        ..Facts::new::<Self>(
            "elb.listener",
            "a port on which a load balancer takes requests",
            "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Listener.html",
        )
    };
}

impl Lifecycle for Listener {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let early = async {
            let known = indexed(cx, &look.scope).await?.listeners;
            let more = join_all(known.iter().map(|it| more_certificates(cx, it)));
            let (tags, more) = tokio::join!(tags(cx, known.clone()), more);
            // Of those that have no certificates, it need not be known.
            let more = known.into_iter().zip(more).filter_map(|(arn, it)| Some((arn, it.ok()??)));
            Ok((tags?, more.collect()))
        };
        let (found, (tags, more)) = tokio::try_join!(beside(listeners(cx, &look.scope)), beside(early))?;
        let arns = found.iter().filter_map(|it| it.listener_arn.as_ref());
        let secure = found.iter().filter(|it| is_secure(it)).filter_map(|it| it.listener_arn.as_ref());
        let (tags, more) = tokio::try_join!(
            completed(tags, arns, |it| super::tags(cx, it)),
            completed(more, secure, |it| async move {
                let found = try_join_all(it.iter().map(|it| more_certificates(cx, it))).await?;
                Ok(it.into_iter().zip(found).filter_map(|(arn, it)| Some((arn, it?))).collect())
            }),
        )?;
        found.iter().filter_map(|it| live(it, &more, &tags).transpose()).collect()
    }

    /// It takes one certificate; the others are added to it.
    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let want = &new.want;
        let call = cx
            .elb
            .create_listener()
            .load_balancer_arn(want.load_balancer.get())
            .port(want.port.into())
            .protocol(want.protocol.as_str().into())
            .set_certificates(want.certificate.as_ref().map(|it| vec![certificate(it)]))
            .set_ssl_policy(want.tls_policy.clone())
            .default_actions(want.default_action.to_sdk())
            .set_tags(Some(to_sdk(&new.tags)));
        call.send().await.during("elasticloadbalancing:CreateListener").map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        let arn = &live.out.arn;
        let mut call = cx.elb.modify_listener().listener_arn(arn);
        // What becomes HTTPS needs its certificate and policy in the same call, and what becomes HTTP loses them.
        if changed.any(fields!(Listener: protocol, certificate, tls_policy)) {
            call = call
                .protocol(want.protocol.as_str().into())
                .set_certificates(want.certificate.as_ref().map(|it| vec![certificate(it)]))
                .set_ssl_policy(want.tls_policy.clone());
        }
        if changed.any(fields!(Listener: default_action)) {
            call = call.default_actions(want.default_action.to_sdk());
        }
        if changed.any(fields!(Listener: protocol, certificate, tls_policy, default_action)) {
            call.send().await.during("elasticloadbalancing:ModifyListener")?;
        }
        let (have, wanted) = (&live.state.more_certificates, &want.more_certificates);
        let add: Vec<_> = wanted.difference(have).map(certificate).collect();
        if !add.is_empty() {
            let call = cx.elb.add_listener_certificates().listener_arn(arn).set_certificates(Some(add));
            call.send().await.during("elasticloadbalancing:AddListenerCertificates")?;
        }
        // What has become the default one cannot be removed, and does not count among the others any more.
        let stays = |it: &&In<String>| Some(*it) != want.certificate.as_ref();
        let remove: Vec<_> = have.difference(wanted).filter(stays).map(certificate).collect();
        if !remove.is_empty() && want.certificate.is_some() {
            let call = cx.elb.remove_listener_certificates().listener_arn(arn).set_certificates(Some(remove));
            call.send().await.during("elasticloadbalancing:RemoveListenerCertificates")?;
        }
        Ok(())
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.elb.delete_listener().listener_arn(&live.out.arn);
        call.send().await.during("elasticloadbalancing:DeleteListener").or_done()
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        super::retag(cx, &live.out.arn, tags).await
    }
}

fn certificate(arn: &In<String>) -> Certificate {
    Certificate::builder().certificate_arn(arn.get()).build()
}

fn is_secure(it: &SdkListener) -> bool {
    it.protocol() == Some(&ProtocolEnum::Https)
}

/// Those besides the default one; `None` if the listener went while we looked.
async fn more_certificates(cx: &ReadCx, arn: &str) -> Result<Option<BTreeSet<In<String>>>> {
    let call = cx.elb.describe_listener_certificates().listener_arn(arn);
    let found: Result<Vec<_>, _> = call.into_paginator().items().send().collect().await;
    Ok(found.during(CERTIFICATES).or_absent()?.map(|it| others(&it)))
}

/// One that is both is listed twice
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListenerCertificates.html>).
fn others(all: &[Certificate]) -> BTreeSet<In<String>> {
    let (default, more): (Vec<_>, Vec<_>) = all.iter().partition(|it| it.is_default() == Some(true));
    let default: Vec<_> = default.iter().map(|it| it.certificate_arn()).collect();
    let more = more.iter().map(|it| it.certificate_arn()).filter(|it| !default.contains(it));
    more.flatten().map(Into::into).collect()
}

/// `None` if it went while we looked.
fn live(
    it: &SdkListener,
    more: &BTreeMap<String, BTreeSet<In<String>>>,
    tags: &BTreeMap<String, Tags>,
) -> Result<Option<Live<Listener>>> {
    let lacks = |what| ApiError::incomplete(DESCRIBE, what);
    let arn = it.listener_arn().ok_or_else(|| lacks("ARN"))?;
    let Some(tags) = tags.get(arn).cloned() else { return Ok(None) };
    let protocol = it.protocol().map(ProtocolEnum::as_str).unwrap_or_default();
    // HTTP may show a policy that it once had.
    let secure = is_secure(it);
    let more_certificates = match more.get(arn) {
        Some(it) if secure => it.clone(),
        None if secure => return Ok(None),
        _ => BTreeSet::new(),
    };
    let state = Listener {
        load_balancer: it.load_balancer_arn().ok_or_else(|| lacks("load balancer"))?.into(),
        port: number(DESCRIBE, "port", it.port())?,
        protocol: protocol.to_owned(),
        certificate: it.certificates().first().filter(|_| secure).and_then(|it| Some(it.certificate_arn()?.into())),
        more_certificates,
        tls_policy: it.ssl_policy().filter(|_| secure).map(str::to_owned),
        default_action: Action::of(it.default_actions()),
    };
    Ok(Some(Live { state, out: Out { arn: arn.to_owned() }, tags, status: Status::Ready }))
}

#[cfg(test)]
mod tests {
    use aws_sdk_elasticloadbalancingv2::types::{Action as SdkAction, ActionTypeEnum};

    use super::*;

    const ARN: &str = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shop-dev/0123/4567";

    fn seen(protocol: ProtocolEnum) -> Live<Listener> {
        let action = SdkAction::builder().r#type(ActionTypeEnum::Forward).target_group_arn("tg-1").order(1).build();
        let it = SdkListener::builder()
            .listener_arn(ARN)
            .load_balancer_arn("arn:lb")
            .port(443)
            .protocol(protocol)
            .certificates(Certificate::builder().certificate_arn("arn:one").build())
            .ssl_policy("ELBSecurityPolicy-2016-08")
            .default_actions(action)
            .build();
        let more = [(ARN.to_owned(), BTreeSet::new())].into();
        live(&it, &more, &[(ARN.to_owned(), Tags::new())].into()).unwrap().unwrap()
    }

    #[test]
    fn only_https_has_certificates_and_a_policy() {
        let https = seen(ProtocolEnum::Https).state;
        assert_eq!(https.certificate, Some("arn:one".into()));
        assert_eq!(https.tls_policy.as_deref(), Some("ELBSecurityPolicy-2016-08"));
        let http = seen(ProtocolEnum::Http).state;
        assert_eq!((http.certificate, http.tls_policy), (None, None));
        assert_eq!(http.default_action, Action::Forward(["tg-1".into()].into()));
    }

    #[test]
    fn the_default_certificate_is_none_of_the_others() {
        let one = |arn: &str, default| Certificate::builder().certificate_arn(arn).is_default(default).build();
        let all = [one("b", false), one("d", true), one("a", false), one("d", false)];
        assert_eq!(others(&all), ["a".into(), "b".into()].into());
    }
}
