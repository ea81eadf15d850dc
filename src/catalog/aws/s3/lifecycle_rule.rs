//! What becomes of objects with time:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html>.

use std::collections::BTreeMap;

use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, ExpirationStatus, LifecycleExpiration, LifecycleRule as SdkRule,
    LifecycleRuleAndOperator, LifecycleRuleFilter, NoncurrentVersionExpiration, Tag, Transition,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{tagging, unsent};
use crate::api::Result;

/// What becomes of some objects with time. Its id makes no difference, and S3 says the same filter in several ways.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct LifecycleRule {
    /// How the keys of the objects begin; empty for all.
    pub prefix: String,
    /// Tags that the objects have.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// After how many days they move to a storage class, such as `STANDARD_IA`, by the class.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub transitions: BTreeMap<String, i32>,
    /// After how many days they are deleted; where versions are kept, they become old versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expire_days: Option<i32>,
    /// After how many days an old version is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noncurrent_days: Option<i32>,
    /// After how many days an upload that was not finished is given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abort_upload_days: Option<i32>,
    /// What else a rule says that somebody else made; such a rule is never one of ours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other: Vec<String>,
}

pub(super) fn from_sdk(rule: &SdkRule) -> LifecycleRule {
    let (filter, expiration) = (rule.filter(), rule.expiration());
    let both = filter.and_then(LifecycleRuleFilter::and);
    // Rules of old have their prefix outside of the filter.
    #[expect(deprecated, reason = "it is still given")]
    let prefixes = [filter.and_then(|it| it.prefix()), both.and_then(|it| it.prefix()), rule.prefix()];
    let tags = filter.and_then(|it| it.tag()).into_iter().chain(both.into_iter().flat_map(|it| it.tags()));
    let transitions = rule.transitions().iter();
    LifecycleRule {
        prefix: prefixes.into_iter().flatten().next().unwrap_or_default().to_owned(),
        tags: tags.map(|it| (it.key().to_owned(), it.value().to_owned())).collect(),
        transitions: transitions.filter_map(|it| Some((it.storage_class()?.as_str().to_owned(), it.days()?))).collect(),
        expire_days: expiration.and_then(LifecycleExpiration::days),
        noncurrent_days: rule.noncurrent_version_expiration().and_then(|it| it.noncurrent_days()),
        abort_upload_days: rule.abort_incomplete_multipart_upload().and_then(|it| it.days_after_initiation()),
        other: others(rule),
    }
}

/// What a rule says that ours never say.
fn others(rule: &SdkRule) -> Vec<String> {
    let filter = rule.filter();
    let sizes = filter.is_some_and(|it| it.object_size_greater_than().or(it.object_size_less_than()).is_some());
    let both = filter.and_then(LifecycleRuleFilter::and);
    let both = both.is_some_and(|it| it.object_size_greater_than().or(it.object_size_less_than()).is_some());
    let expiration = rule.expiration();
    let old = rule.noncurrent_version_expiration();
    let said = [
        ("disabled", *rule.status() != ExpirationStatus::Enabled),
        ("by size", sizes || both),
        ("by date", expiration.is_some_and(|it| it.date().is_some())),
        ("move by date", rule.transitions().iter().any(|it| it.date().is_some())),
        ("delete markers", expiration.is_some_and(|it| it.expired_object_delete_marker() == Some(true))),
        ("move old versions", !rule.noncurrent_version_transitions().is_empty()),
        ("keep some versions", old.is_some_and(|it| it.newer_noncurrent_versions().is_some())),
    ];
    said.into_iter().filter(|it| it.1).map(|it| it.0.to_owned()).collect()
}

/// `id` is unique in the bucket.
pub(super) fn to_sdk(call: &str, id: String, rule: &LifecycleRule) -> Result<SdkRule> {
    SdkRule::builder()
        .id(id)
        .status(ExpirationStatus::Enabled)
        .filter(filter(call, rule)?)
        .set_transitions(transitions(rule))
        .set_expiration(rule.expire_days.map(|it| LifecycleExpiration::builder().days(it).build()))
        .set_noncurrent_version_expiration(
            rule.noncurrent_days.map(|it| NoncurrentVersionExpiration::builder().noncurrent_days(it).build()),
        )
        .set_abort_incomplete_multipart_upload(
            rule.abort_upload_days
                .map(|it| AbortIncompleteMultipartUpload::builder().days_after_initiation(it).build()),
        )
        .build()
        .map_err(|it| unsent(call, &it))
}

/// A filter says one thing, or several in an `And`.
fn filter(call: &str, rule: &LifecycleRule) -> Result<LifecycleRuleFilter> {
    let filter = LifecycleRuleFilter::builder();
    let tags: Vec<Tag> = tagging::to_sdk(call, &rule.tags)?;
    Ok(match (tags.as_slice(), rule.prefix.is_empty()) {
        ([], _) => filter.prefix(&rule.prefix).build(),
        ([tag], true) => filter.tag(tag.clone()).build(),
        (_, bare) => {
            let both = LifecycleRuleAndOperator::builder().set_tags(Some(tags));
            let both = if bare { both } else { both.prefix(&rule.prefix) };
            filter.and(both.build()).build()
        }
    })
}

fn transitions(rule: &LifecycleRule) -> Option<Vec<Transition>> {
    let all = rule.transitions.iter();
    let all: Vec<_> = all
        .map(|(class, days)| Transition::builder().storage_class(class.as_str().into()).days(*days).build())
        .collect();
    (!all.is_empty()).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(rule: &LifecycleRule) -> LifecycleRule {
        from_sdk(&to_sdk("s3:PutBucketLifecycleConfiguration", "1".into(), rule).unwrap())
    }

    #[test]
    fn what_is_sent_is_what_is_read() {
        let tags = |keys: &[&str]| keys.iter().map(|it| ((*it).to_owned(), "1".to_owned())).collect();
        for rule in [
            LifecycleRule { expire_days: Some(1), ..LifecycleRule::default() },
            LifecycleRule { prefix: "a/".into(), noncurrent_days: Some(30), ..LifecycleRule::default() },
            LifecycleRule { tags: tags(&["a"]), expire_days: Some(9), ..LifecycleRule::default() },
            LifecycleRule { prefix: "a/".into(), tags: tags(&["a"]), expire_days: Some(9), ..Default::default() },
            LifecycleRule {
                tags: tags(&["a", "b"]),
                transitions: [("GLACIER".into(), 90)].into(),
                ..Default::default()
            },
            LifecycleRule { abort_upload_days: Some(7), ..LifecycleRule::default() },
        ] {
            assert_eq!(round(&rule), rule);
        }
    }

    #[test]
    #[expect(deprecated, reason = "it is still given")]
    fn old_and_new_prefixes_are_the_same() {
        let rule = || {
            let expiration = LifecycleExpiration::builder().days(1).build();
            SdkRule::builder().status(ExpirationStatus::Enabled).expiration(expiration)
        };
        let wanted = LifecycleRule { prefix: "a/".into(), expire_days: Some(1), ..LifecycleRule::default() };
        let filter = LifecycleRuleFilter::builder().prefix("a/").build();
        assert_eq!(from_sdk(&rule().prefix("a/").build().unwrap()), wanted);
        assert_eq!(from_sdk(&rule().id("other").filter(filter).build().unwrap()), wanted);
        // A rule for all objects has an empty filter, or an empty prefix in it.
        let all = LifecycleRule { expire_days: Some(1), ..LifecycleRule::default() };
        let empty = LifecycleRuleFilter::builder().build();
        assert_eq!(from_sdk(&rule().filter(empty).build().unwrap()), all);
    }

    #[test]
    fn what_ours_never_say_tells_rules_apart() {
        let expiration = LifecycleExpiration::builder().days(1).build();
        let rule = SdkRule::builder().status(ExpirationStatus::Disabled).expiration(expiration).build().unwrap();
        let filter = LifecycleRuleFilter::builder().object_size_greater_than(1).build();
        assert_eq!(from_sdk(&rule).other, ["disabled"]);
        let rule = SdkRule::builder().status(ExpirationStatus::Enabled).filter(filter).build().unwrap();
        assert_eq!(from_sdk(&rule).other, ["by size"]);
    }
}
