//! AWS WAF, version 2: <https://docs.aws.amazon.com/waf/latest/APIReference/Welcome.html>.
//!
//! What protects load balancers is in their region, what protects CloudFront is in us-east-1, whatever the stack's region
//! is. Nothing here can be listed by tag: names begin as those of the scope do, and tags then say whose a thing is.

pub mod association;
pub mod ip_set;
pub mod logging;
pub mod rule;
pub mod web_acl;

use aws_sdk_wafv2::{
    Client,
    error::BuildError,
    types::{Scope as SdkScope, Tag},
};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    api::{ApiError, During, OrAbsent, ReadCx, Result, WriteCx},
    catalog::lifecycle::TagChanges,
    resource::tags::{Scope, Tags},
};

/// How long the name of anything here may be.
pub const NAME_LIMIT: usize = 128;

/// What something here protects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Load balancers of the stack's region.
    Regional,
    /// Distributions of CloudFront, which are everywhere.
    Everywhere,
}

impl Reach {
    /// Both.
    const ALL: [Self; 2] = [Self::Regional, Self::Everywhere];

    /// Starts every name of `scope` here. What is everywhere shares its names with the stacks of all regions.
    #[must_use]
    pub fn prefix(self, scope: &Scope) -> String {
        match self {
            Self::Regional => scope.prefix(),
            Self::Everywhere => scope.global_prefix(),
        }
    }

    /// Whether what is called `name` may be of `scope`: its tags have to say so.
    fn may_be_of(self, scope: &Scope, name: &str) -> bool {
        name.strip_prefix(&self.prefix(scope)).is_some_and(|it| it.starts_with('-'))
    }

    fn to_sdk(self) -> SdkScope {
        match self {
            Self::Regional => SdkScope::Regional,
            Self::Everywhere => SdkScope::Cloudfront,
        }
    }

    fn reader(self, cx: &ReadCx) -> &Client {
        match self {
            Self::Regional => &cx.waf,
            Self::Everywhere => &cx.waf_everywhere,
        }
    }

    fn writer(self, cx: &WriteCx) -> &Client {
        match self {
            Self::Regional => &cx.waf,
            Self::Everywhere => &cx.waf_everywhere,
        }
    }
}

/// A list of the service, for which the SDK has no paginator.
trait List: Sync {
    /// What is on its pages.
    type Item: Send;
    /// What is made of that.
    type Seen: Send;

    /// A page, and where it goes on.
    fn page(&self, marker: Option<String>) -> impl Future<Output = Result<(Vec<Self::Item>, Option<String>)>> + Send;

    /// `None` for what is not ours, or went while we looked.
    fn look(&self, it: Self::Item) -> impl Future<Output = Result<Option<Self::Seen>>> + Send;

    /// All that is there. After the last page there is a marker as well, which leads to an empty one: so what is on a page is
    /// looked at while the next is asked for.
    async fn all(&self) -> Result<Vec<Self::Seen>> {
        let (mut acc, mut marker) = (Vec::new(), None);
        let mut page = self.page(None).await?;
        loop {
            let (found, next) = page;
            let looked = try_join_all(found.into_iter().map(|it| self.look(it)));
            let Some(next) = next.filter(|it| marker.as_ref() != Some(it)) else {
                acc.extend(looked.await?);
                return Ok(acc.into_iter().flatten().collect());
            };
            marker = Some(next.clone());
            let (looked, more) = tokio::try_join!(looked, self.page(Some(next)))?;
            acc.extend(looked);
            page = more;
        }
    }
}

/// The tags of what has `arn`; `None` if it went while we looked.
async fn tags(cx: &ReadCx, reach: Reach, arn: &str) -> Result<Option<Tags>> {
    let call = reach.reader(cx).list_tags_for_resource().resource_arn(arn);
    let answer = call.send().await.during("wafv2:ListTagsForResource").or_absent()?;
    let tags = answer.map(|it| it.tag_info_for_resource.and_then(|it| it.tag_list).unwrap_or_default());
    Ok(tags.map(|it| it.into_iter().map(|it| (it.key, it.value)).collect()))
}

/// Tags as the SDK takes them.
fn to_sdk(call: &str, tags: &Tags) -> Result<Vec<Tag>> {
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    tags.collect::<std::result::Result<_, _>>().map_err(|it| unsent(call, &it))
}

/// Sets and removes tags of anything here.
async fn retag(cx: &WriteCx, reach: Reach, arn: &str, tags: &TagChanges) -> Result<()> {
    const CALL: &str = "wafv2:TagResource";
    let client = reach.writer(cx);
    if !tags.set.is_empty() {
        let call = client.tag_resource().resource_arn(arn).set_tags(Some(to_sdk(CALL, &tags.set)?));
        call.send().await.during(CALL)?;
    }
    if !tags.unset.is_empty() {
        let call = client.untag_resource().resource_arn(arn).set_tag_keys(Some(tags.unset.clone()));
        call.send().await.during("wafv2:UntagResource")?;
    }
    Ok(())
}

/// What lacks something that the service's model wants.
fn unsent(call: &str, error: &BuildError) -> ApiError {
    ApiError::refused(call, "NotSent", error.to_string())
}

/// The word that says which version of a thing a change is for.
fn lock(call: &str, token: Option<String>) -> Result<String> {
    token.ok_or_else(|| ApiError::incomplete(call, "lock token"))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A list of numbers, with where it was asked to go on.
    struct Numbers(Mutex<Vec<Option<String>>>);

    impl List for Numbers {
        type Item = u8;
        type Seen = u8;

        async fn page(&self, marker: Option<String>) -> Result<(Vec<u8>, Option<String>)> {
            let mut asked = self.0.lock().unwrap();
            let (found, next) = [(vec![1, 3], "a"), (vec![], "b"), (vec![2], "b")][asked.len()].clone();
            asked.push(marker);
            Ok((found, Some(next.to_owned())))
        }

        async fn look(&self, it: u8) -> Result<Option<u8>> {
            Ok((it < 3).then_some(it))
        }
    }

    #[tokio::test]
    async fn a_list_ends_where_it_repeats_itself() {
        let numbers = Numbers(Mutex::default());
        assert_eq!(numbers.all().await.unwrap(), [1, 2]);
        assert_eq!(numbers.0.into_inner().unwrap(), [None, Some("a".to_owned()), Some("b".to_owned())]);
    }

    #[test]
    fn names_of_other_scopes_do_not_count() {
        let scope = Scope { stack: "shop".into(), env: "dev".into(), region: "eu-central-1".into() };
        assert!(Reach::Regional.may_be_of(&scope, "shop-dev-main"));
        assert!(Reach::Everywhere.may_be_of(&scope, "shop-dev-eu-central-1-main"));
        assert!(!Reach::Regional.may_be_of(&scope, "shop-develop-main"));
        assert!(!Reach::Everywhere.may_be_of(&scope, "shop-dev-eu-west-1-main"));
    }
}
