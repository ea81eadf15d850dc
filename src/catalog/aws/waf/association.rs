//! Which web ACL a load balancer has: <https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-associating-aws-resource.html>.
//!
//! A load balancer has one at most, so this is a setting of it, and its tags say whose it is. One that others gave to it is
//! theirs, unless the stack wants another.

use std::collections::BTreeMap;

use aws_sdk_wafv2::types::WebAcl as SdkWebAcl;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Reach;
use crate::{
    api::{During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::{
        aws::elb,
        lifecycle::{Changed, Lifecycle, Look, New},
    },
    fields,
    resource::{Facts, Live, Resource, Status, tags::Tags, value::In},
};

const GET: &str = "wafv2:GetWebACLForResource";

/// The web ACL of a load balancer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Association {
    /// The load balancer, by its ARN.
    pub load_balancer: In<String>,
    /// The web ACL, by its ARN.
    pub web_acl: In<String>,
}

/// What deletion needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// The load balancer's.
    pub arn: String,
}

impl Resource for Association {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Association: load_balancer),
        holds: fields!(Association: web_acl),
        tagged: false,
        ..Facts::new::<Self>(
            "waf.association",
            "which web ACL a load balancer has",
            "https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html",
        )
    };
}

impl Lifecycle for Association {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let mut balancers = elb::load_balancers_of(cx, &look.scope).await?;
        balancers.retain(|it| it.contains(":loadbalancer/app/"));
        let acls = try_join_all(balancers.iter().map(|arn| async move { acl(cx, arn).await }));
        let (acls, tags) = tokio::try_join!(acls, elb::tags(cx, balancers.clone()))?;
        let ours = |it: &SdkWebAcl| Reach::Regional.may_be_of(&look.scope, it.name()) || !look.wants.is_empty();
        let found = balancers.into_iter().zip(acls);
        Ok(found.filter_map(|(arn, acl)| live(arn, &acl.filter(ours)?, &tags)).collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        associate(cx, &new.want).await
    }

    /// It takes the place of the one before at once.
    async fn update(cx: &WriteCx, want: &Self, _: &Live<Self>, _: &Changed) -> Result<()> {
        associate(cx, want).await
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = cx.waf.disassociate_web_acl().resource_arn(&live.out.arn);
        call.send().await.during("wafv2:DisassociateWebACL").or_done()
    }
}

async fn associate(cx: &WriteCx, want: &Association) -> Result<()> {
    let call = cx.waf.associate_web_acl().web_acl_arn(want.web_acl.get()).resource_arn(want.load_balancer.get());
    call.send().await.during("wafv2:AssociateWebACL").map(drop)
}

/// `None` if the load balancer has none, or went while we looked.
async fn acl(cx: &ReadCx, load_balancer: &str) -> Result<Option<SdkWebAcl>> {
    let answer = cx.waf.get_web_acl_for_resource().resource_arn(load_balancer).send().await;
    Ok(answer.during(GET).or_absent()?.and_then(|it| it.web_acl))
}

/// `None` if the load balancer went while we looked.
fn live(arn: String, acl: &SdkWebAcl, tags: &BTreeMap<String, Tags>) -> Option<Live<Association>> {
    let tags = tags.get(&arn)?.clone();
    let state = Association { load_balancer: arn.as_str().into(), web_acl: acl.arn().into() };
    Some(Live { state, out: Out { arn }, tags, status: Status::Ready })
}
