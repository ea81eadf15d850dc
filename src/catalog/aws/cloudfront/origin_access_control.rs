//! Origin access controls:
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>.

use aws_sdk_cloudfront::types::{
    OriginAccessControlConfig, OriginAccessControlOriginTypes, OriginAccessControlSigningBehaviors,
    OriginAccessControlSigningProtocols, OriginAccessControlSummary,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{is_here, marked, unsent};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New},
    fields,
    resource::{Facts, Live, Resource, Status, Waits},
};

const GET: &str = "cloudfront:GetOriginAccessControlConfig";
const UPDATE: &str = "cloudfront:UpdateOriginAccessControl";

/// How a distribution proves to a bucket that it is one that may read.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct OriginAccessControl {
    /// Its name, of which an account has one; up to 64 characters.
    pub control_name: String,
    /// Whose it is: it has no tags. Up to 256 characters.
    pub description: String,
    /// What it is for: `s3`, or another kind of origin.
    pub origin_type: String,
    /// Which requests are signed: `always`, `never`, or those without a signature, by `no-override`.
    pub signing: String,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its id.
    pub id: String,
}

impl Resource for OriginAccessControl {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(OriginAccessControl: control_name),
        unique_by: fields!(OriginAccessControl: control_name),
        // Otherwise it would not be ours.
        at_creation: fields!(OriginAccessControl: description),
        tagged: false,
        // A distribution uses it until that is gone everywhere.
        waits: Waits::minutes(5, 5, 30),
        ..Facts::new::<Self>(
            "cloudfront.origin_access_control",
            "how a distribution proves to a bucket that it may read",
            "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControl.html",
        )
    };
}

impl OriginAccessControl {
    fn to_sdk(&self, call: &str) -> Result<OriginAccessControlConfig> {
        let config = OriginAccessControlConfig::builder()
            .name(&self.control_name)
            .description(&self.description)
            .origin_access_control_origin_type(OriginAccessControlOriginTypes::from(self.origin_type.as_str()))
            .signing_behavior(OriginAccessControlSigningBehaviors::from(self.signing.as_str()))
            .signing_protocol(OriginAccessControlSigningProtocols::Sigv4);
        config.build().map_err(|it| unsent(call, &it))
    }
}

impl Lifecycle for OriginAccessControl {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        if look.wants.is_empty() && !is_here(&look.scope) {
            return Ok(Vec::new());
        }
        let found = listed(cx).await?.into_iter().map(|it| live(&it));
        let meant = |it: &Live<Self>| {
            look.scope.address(&it.tags).is_some()
                || look.wants.iter().any(|want| want.control_name == it.state.control_name)
        };
        Ok(found.filter(meant).collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        const CALL: &str = "cloudfront:CreateOriginAccessControl";
        let call = cx.cloudfront.create_origin_access_control();
        call.origin_access_control_config(new.want.to_sdk(CALL)?).send().await.during(CALL).map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, _: &Changed) -> Result<()> {
        let id = &live.out.id;
        let seen = cx.read.cloudfront.get_origin_access_control_config().id(id).send().await.during(GET)?;
        let call = cx.cloudfront.update_origin_access_control().id(id).set_if_match(seen.e_tag);
        call.origin_access_control_config(want.to_sdk(UPDATE)?).send().await.during(UPDATE).map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let id = &live.out.id;
        let seen = cx.read.cloudfront.get_origin_access_control_config().id(id).send().await;
        let Some(seen) = seen.during(GET).or_absent()? else { return Ok(()) };
        let call = cx.cloudfront.delete_origin_access_control().id(id).set_if_match(seen.e_tag);
        call.send().await.during("cloudfront:DeleteOriginAccessControl").or_done()
    }
}

async fn listed(cx: &ReadCx) -> Result<Vec<OriginAccessControlSummary>> {
    const CALL: &str = "cloudfront:ListOriginAccessControls";
    let mut pages = cx.cloudfront.list_origin_access_controls().into_paginator().send();
    let mut acc = Vec::new();
    while let Some(page) = pages.next().await {
        let list = page.during(CALL)?.origin_access_control_list;
        acc.extend(list.ok_or_else(|| ApiError::incomplete(CALL, "list"))?.items.unwrap_or_default());
    }
    Ok(acc)
}

fn live(it: &OriginAccessControlSummary) -> Live<OriginAccessControl> {
    let state = OriginAccessControl {
        control_name: it.name().to_owned(),
        description: it.description().to_owned(),
        origin_type: it.origin_access_control_origin_type().as_str().to_owned(),
        signing: it.signing_behavior().as_str().to_owned(),
    };
    let tags = marked(OriginAccessControl::FACTS.kind, it.description());
    Live { state, out: Out { id: it.id().to_owned() }, tags, status: Status::Ready }
}
