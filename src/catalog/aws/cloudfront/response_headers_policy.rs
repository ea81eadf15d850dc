//! Response headers policies:
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/modifying-response-headers.html>.

use std::collections::BTreeMap;

use aws_sdk_cloudfront::types::{
    ResponseHeadersPolicy as SdkPolicy, ResponseHeadersPolicyConfig, ResponseHeadersPolicyType,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::headers::canonical;
use super::{headers, is_here, marked, unsent};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New},
    fields,
    resource::{Facts, Live, Resource, Status, Waits},
};

const GET: &str = "cloudfront:GetResponseHeadersPolicyConfig";
const LIST: &str = "cloudfront:ListResponseHeadersPolicies";

/// Headers that distributions add to answers.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ResponseHeadersPolicy {
    /// Its name, of which an account has one; up to 128 letters, digits, `-` and `_`.
    pub policy_name: String,
    /// Whose it is: it has no tags. Up to 128 characters.
    pub comment: String,
    /// The headers, by their names in small letters.
    pub headers: BTreeMap<String, Header>,
}

/// What a header says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Header {
    /// Its value.
    pub value: String,
    /// Whether it takes the place of what the origin says.
    pub wins: bool,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its id.
    pub id: String,
}

impl Resource for ResponseHeadersPolicy {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(ResponseHeadersPolicy: policy_name),
        unique_by: fields!(ResponseHeadersPolicy: policy_name),
        // Otherwise it would not be ours.
        at_creation: fields!(ResponseHeadersPolicy: comment),
        whole: fields!(ResponseHeadersPolicy: headers),
        tagged: false,
        // A distribution uses it until that is gone everywhere.
        waits: Waits::minutes(5, 5, 30),
        ..Facts::new::<Self>(
            "cloudfront.response_headers_policy",
            "headers that distributions add to answers",
            "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ResponseHeadersPolicy.html",
        )
    };
}

impl ResponseHeadersPolicy {
    /// `config` with our settings: what we have no opinion on stays.
    fn patched(&self, call: &str, mut config: ResponseHeadersPolicyConfig) -> Result<ResponseHeadersPolicyConfig> {
        config.comment = Some(self.comment.clone());
        headers::set(&mut config, &self.headers).map_err(|it| unsent(call, &it))?;
        Ok(config)
    }
}

impl Lifecycle for ResponseHeadersPolicy {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        if look.wants.is_empty() && !is_here(&look.scope) {
            return Ok(Vec::new());
        }
        let found: Vec<_> = listed(cx).await?.iter().map(live).collect::<Result<_>>()?;
        let meant = |it: &Live<Self>| {
            look.scope.address(&it.tags).is_some()
                || look.wants.iter().any(|want| want.policy_name == it.state.policy_name)
        };
        Ok(found.into_iter().filter(meant).collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        const CALL: &str = "cloudfront:CreateResponseHeadersPolicy";
        let empty = ResponseHeadersPolicyConfig::builder().name(&new.want.policy_name).build();
        let config = new.want.patched(CALL, empty.map_err(|it| unsent(CALL, &it))?)?;
        let call = cx.cloudfront.create_response_headers_policy().response_headers_policy_config(config);
        call.send().await.during(CALL).map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, _: &Changed) -> Result<()> {
        const CALL: &str = "cloudfront:UpdateResponseHeadersPolicy";
        let id = &live.out.id;
        let seen = cx.read.cloudfront.get_response_headers_policy_config().id(id).send().await.during(GET)?;
        let config = seen.response_headers_policy_config.ok_or_else(|| ApiError::incomplete(GET, "configuration"))?;
        let call = cx.cloudfront.update_response_headers_policy().id(id).set_if_match(seen.e_tag);
        call.response_headers_policy_config(want.patched(CALL, config)?).send().await.during(CALL).map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let id = &live.out.id;
        let seen = cx.read.cloudfront.get_response_headers_policy_config().id(id).send().await;
        let Some(seen) = seen.during(GET).or_absent()? else { return Ok(()) };
        let call = cx.cloudfront.delete_response_headers_policy().id(id).set_if_match(seen.e_tag);
        call.send().await.during("cloudfront:DeleteResponseHeadersPolicy").or_done()
    }
}

/// The account's own; AWS has others, which are for all.
async fn listed(cx: &ReadCx) -> Result<Vec<SdkPolicy>> {
    let (mut acc, mut marker) = (Vec::new(), None);
    loop {
        let call = cx.cloudfront.list_response_headers_policies().r#type(ResponseHeadersPolicyType::Custom);
        let page = call.set_marker(marker).send().await.during(LIST)?;
        let list = page.response_headers_policy_list.ok_or_else(|| ApiError::incomplete(LIST, "list"))?;
        acc.extend(list.items.unwrap_or_default().into_iter().filter_map(|it| it.response_headers_policy));
        marker = list.next_marker.filter(|it| !it.is_empty());
        if marker.is_none() {
            return Ok(acc);
        }
    }
}

fn live(it: &SdkPolicy) -> Result<Live<ResponseHeadersPolicy>> {
    let config = it.response_headers_policy_config().ok_or_else(|| ApiError::incomplete(LIST, "configuration"))?;
    let comment = config.comment().unwrap_or_default().to_owned();
    let tags = marked(ResponseHeadersPolicy::FACTS.kind, &comment);
    let state = ResponseHeadersPolicy { policy_name: config.name().to_owned(), comment, headers: headers::of(config) };
    Ok(Live { state, out: Out { id: it.id().to_owned() }, tags, status: Status::Ready })
}
