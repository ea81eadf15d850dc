//! Copies in another bucket: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html>.

use std::collections::BTreeSet;

use aws_sdk_s3::types::{
    DeleteMarkerReplication, DeleteMarkerReplicationStatus, Destination, ReplicationConfiguration,
    ReplicationRule as SdkRule, ReplicationRuleFilter, ReplicationRuleStatus,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::unsent;
use crate::{api::Result, resource::value::In};

/// What is copied to other buckets. Both sides have to keep versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Replication {
    /// The ARN of the role that copies.
    pub role: In<String>,
    /// What is copied where.
    pub rules: BTreeSet<ReplicationRule>,
}

/// What is copied to one bucket. What is deleted stays in the copy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ReplicationRule {
    /// The ARN of the bucket with the copies.
    pub destination: In<String>,
    /// The storage class of the copies; that of the objects if there is none.
    pub storage_class: Option<String>,
    /// How the keys of the objects begin; empty for all.
    pub prefix: String,
    /// What else a rule says that somebody else made; such a rule is never one of ours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other: Vec<String>,
}

pub(super) fn from_sdk(all: &ReplicationConfiguration) -> Replication {
    Replication { role: all.role().into(), rules: all.rules().iter().map(rule).collect() }
}

fn rule(rule: &SdkRule) -> ReplicationRule {
    let (filter, destination) = (rule.filter(), rule.destination());
    #[expect(deprecated, reason = "it is still given")]
    let prefix = filter.and_then(|it| it.prefix()).or(rule.prefix());
    let markers = rule.delete_marker_replication().and_then(|it| it.status());
    let tags = filter.is_some_and(|it| it.tag().is_some() || it.and().is_some());
    let said = [
        ("disabled", *rule.status() != ReplicationRuleStatus::Enabled),
        ("by tags", tags),
        ("delete markers", markers == Some(&DeleteMarkerReplicationStatus::Enabled)),
        ("encrypted objects", rule.source_selection_criteria().is_some()),
        ("another account", destination.is_some_and(|it| it.access_control_translation().is_some())),
        ("another key", destination.is_some_and(|it| it.encryption_configuration().is_some())),
        ("in time", destination.is_some_and(|it| it.replication_time().is_some())),
    ];
    ReplicationRule {
        destination: destination.map(Destination::bucket).unwrap_or_default().into(),
        storage_class: destination.and_then(|it| it.storage_class()).map(|it| it.as_str().to_owned()),
        prefix: prefix.unwrap_or_default().to_owned(),
        other: said.into_iter().filter(|it| it.1).map(|it| it.0.to_owned()).collect(),
    }
}

pub(super) fn to_sdk(call: &str, wanted: &Replication) -> Result<ReplicationConfiguration> {
    let rules = (1..).zip(&wanted.rules).map(|(priority, rule)| {
        let markers = DeleteMarkerReplication::builder().status(DeleteMarkerReplicationStatus::Disabled).build();
        let class = rule.storage_class.as_deref().map(Into::into);
        let destination = Destination::builder().bucket(rule.destination.get()).set_storage_class(class).build()?;
        SdkRule::builder()
            .id(format!("infractl-{priority}"))
            .priority(priority)
            .status(ReplicationRuleStatus::Enabled)
            .filter(ReplicationRuleFilter::builder().prefix(&rule.prefix).build())
            .delete_marker_replication(markers)
            .destination(destination)
            .build()
    });
    let rules = rules.collect::<Result<_, _>>().map_err(|it| unsent(call, &it))?;
    let all = ReplicationConfiguration::builder().role(wanted.role.get()).set_rules(Some(rules));
    all.build().map_err(|it| unsent(call, &it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_what_is_read() {
        let rule = |class: Option<&str>, prefix: &str| ReplicationRule {
            destination: "arn:aws:s3:::copies".into(),
            storage_class: class.map(str::to_owned),
            prefix: prefix.into(),
            other: Vec::new(),
        };
        let wanted = Replication {
            role: "arn:aws:iam::123456789012:role/copies".into(),
            rules: [rule(Some("STANDARD_IA"), "a/"), rule(None, "")].into(),
        };
        assert_eq!(from_sdk(&to_sdk("s3:PutBucketReplication", &wanted).unwrap()), wanted);
    }
}
