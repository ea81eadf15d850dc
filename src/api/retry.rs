//! What errors mean, and how long each is borne: one table for all services.
//!
//! The SDK repeats reads by itself; what is here decides on changes, and on what no SDK knows to be temporary.

use std::time::Duration;

use serde::Serialize;

use super::error::ApiError;

/// What an error means to whoever made the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Class {
    /// Too many calls; later ones will be heard.
    Throttled,
    /// The service is not well, or did not answer.
    Unavailable,
    /// What the call relies on exists but has not got around yet.
    NotYet,
    /// The resource is in a state that passes.
    Busy,
    /// Something that lags still uses what is to be deleted.
    Blocked,
    /// There is no such thing.
    Absent,
    /// There is such a thing already.
    Exists,
    /// An account's limit is reached.
    Quota,
    /// The caller may not do that.
    Denied,
    /// The caller's session has ended.
    Expired,
    /// Anything else: repeating it changes nothing.
    Invalid,
}

/// One line of the table.
#[derive(Debug)]
pub struct Rule {
    /// `service:Operation`; a `*` stands for any characters.
    pub call: &'static str,
    /// The provider's code, likewise.
    pub code: &'static str,
    /// A part of the message, in lower case; empty for any.
    pub says: &'static str,
    /// What it means.
    pub class: Class,
    /// How long to go on repeating the call.
    pub budget: Duration,
}

const fn rule_of(call: &'static str, code: &'static str, says: &'static str, class: Class, minutes: u64) -> Rule {
    Rule { call, code, says, class, budget: Duration::from_mins(minutes) }
}

/// The first line that fits counts, so what is special comes before what is general.
///
/// Sources: the API references' lists of errors
/// (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>,
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html>) and the budgets that Terraform's AWS provider
/// gives (<https://github.com/hashicorp/terraform-provider-aws>).
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    // Roles and what relies on them: IAM takes seconds, at worst minutes, to reach other services.
    rule_of("ec2:CreateFlowLogs",     "InvalidParameter*",         "unable to assume",            Class::NotYet, 5),
    rule_of("ec2:CreateFlowLogs",     "*",                         "access denied for loggroup",  Class::NotYet, 2),
    rule_of("ecr:SetRepositoryPolicy", "InvalidParameter*",        "invalid repository policy",   Class::NotYet, 2),
    rule_of("iam:*",                  "MalformedPolicyDocument*",  "invalid principal",           Class::NotYet, 2),
    rule_of("kms:*",                  "MalformedPolicyDocument*",  "invalid principal",           Class::NotYet, 2),
    rule_of("logs:PutRetentionPolicy", "AccessDenied*",            "no identity-based policy allows", Class::NotYet, 1),

    rule_of("secretsmanager:*",       "EncryptionFailure",         "",                            Class::NotYet, 2),
    // The first cache of an account makes the role that caches need.
    rule_of("elasticache:Create*",    "ServiceLinkedRoleNotFound*", "",                           Class::NotYet, 2),
    rule_of("elasticache:Create*",    "InvalidParameterValue*",    "service linked role",         Class::NotYet, 2),
    rule_of("elasticache:Create*",    "InvalidParameterValue*",    "service-linked role",         Class::NotYet, 2),

    // What was just made is not known everywhere yet. A call on the missing thing itself is `Absent`: see the types.
    rule_of("ec2:Create*",            "Invalid*.NotFound",         "",                            Class::NotYet, 5),
    rule_of("ec2:Attach*",            "Invalid*.NotFound",         "",                            Class::NotYet, 5),
    rule_of("ec2:Associate*",         "Invalid*.NotFound",         "",                            Class::NotYet, 5),
    rule_of("ec2:Authorize*",         "InvalidGroup.NotFound",     "",                            Class::NotYet, 5),
    rule_of("ec2:Modify*",            "Invalid*.NotFound",         "",                            Class::NotYet, 5),
    rule_of("ec2:Replace*",           "Invalid*.NotFound",         "",                            Class::NotYet, 5),
    rule_of("ec2:CreateTags",         "*NotFound",                 "",                            Class::NotYet, 5),
    rule_of("ec2:CreateRoute",        "InvalidParameterException", "",                            Class::NotYet, 5),
    rule_of("elasticache:CreateCacheSubnetGroup", "InvalidSubnet", "",                            Class::NotYet, 2),
    rule_of("elasticache:CreateReplicationGroup", "Cache*GroupNotFound*", "",                     Class::NotYet, 5),
    rule_of("elasticache:ModifyReplicationGroup", "Cache*GroupNotFound*", "",                     Class::NotYet, 5),
    rule_of("iam:PutRolePolicy",      "NoSuchEntity*",             "",                            Class::NotYet, 2),
    rule_of("iam:AttachRolePolicy",   "NoSuchEntity*",             "role",                        Class::NotYet, 2),
    rule_of("iam:TagRole",            "NoSuchEntity*",             "",                            Class::NotYet, 2),
    rule_of("logs:PutRetentionPolicy", "ResourceNotFoundException", "",                           Class::NotYet, 2),
    rule_of("s3:Put*",                "NoSuchBucket",              "",                            Class::NotYet, 2),
    rule_of("s3:PutBucketPolicy",     "MalformedPolicy",           "invalid principal",           Class::NotYet, 2),
    rule_of("s3:PutBucketPolicy",     "AccessDenied*",             "blockpublicpolicy",           Class::NotYet, 2),
    rule_of("s3:PutBucketReplication", "InvalidRequest",           "versioning",                  Class::NotYet, 2),

    // Deletions that others block.
    rule_of("ec2:DeleteSecurityGroup", "DependencyViolation",      "",                            Class::Blocked, 15),
    rule_of("ec2:DeleteSecurityGroup", "InvalidGroup.InUse",       "",                            Class::Blocked, 15),
    rule_of("ec2:DeleteSubnet",       "DependencyViolation",       "",                            Class::Blocked, 20),
    rule_of("ec2:DetachInternetGateway", "DependencyViolation",    "",                            Class::Blocked, 20),
    rule_of("ec2:*",                  "DependencyViolation",       "",                            Class::Blocked, 5),
    rule_of("ec2:ReleaseAddress",     "InvalidIPAddress.InUse",    "",                            Class::Blocked, 5),
    rule_of("ec2:ReleaseAddress",     "AuthFailure",               "permission to access the specified resource", Class::Blocked, 2),
    rule_of("ecr:DeleteRepository",   "RepositoryNotEmpty*",       "",                            Class::Blocked, 0),
    rule_of("elasticache:DeleteCacheSubnetGroup", "CacheSubnetGroupInUse", "",                    Class::Blocked, 5),
    rule_of("elasticache:DeleteCacheParameterGroup", "InvalidCacheParameterGroupState*", "",      Class::Blocked, 5),
    rule_of("elasticache:DeleteServerlessCache", "DependencyViolation", "",                       Class::Blocked, 5),
    rule_of("s3:DeleteBucket",        "BucketNotEmpty",            "empty_on_destroy",            Class::Blocked, 0),
    rule_of("s3:DeleteBucket",        "BucketNotEmpty",            "",                            Class::Blocked, 10),
    rule_of("*",                      "DeleteConflict*",           "",                            Class::Blocked, 2),
    rule_of("*",                      "ResourceInUse*",            "",                            Class::Blocked, 5),

    // States that pass. The names of an endpoint stay taken for a while after it is gone.
    rule_of("ec2:CreateVpcEndpoint",  "InvalidParameter*",         "conflicting dns domain",      Class::Busy, 2),
    rule_of("ec2:ModifyVpcEndpoint",  "InvalidParameter*",         "conflicting dns domain",      Class::Busy, 2),
    rule_of("kms:ScheduleKeyDeletion", "KMSInvalidState*",         "pending deletion",            Class::Absent, 0),
    rule_of("kms:*",                  "KMSInvalidState*",          "",                            Class::Busy, 2),
    rule_of("secretsmanager:CreateSecret", "InvalidRequest*",      "scheduled for deletion",      Class::Busy, 2),
    rule_of("secretsmanager:CreateSecret", "InvalidRequest*",      "was deleted",                 Class::Busy, 2),
    rule_of("ec2:CreateNatGateway",   "Resource.AlreadyAssociated", "",                           Class::Busy, 5),
    rule_of("elasticache:Delete*",    "Invalid*State*",            "deleting",                    Class::Absent, 0),
    // What is being made can only be deleted when it is there.
    rule_of("elasticache:DeleteReplicationGroup", "Invalid*State*", "",                           Class::Busy, 30),
    rule_of("elasticache:DeleteServerlessCache", "Invalid*State*", "",                            Class::Busy, 30),
    rule_of("elasticache:*",          "Invalid*State*",            "",                            Class::Busy, 10),
    rule_of("*",                      "IncorrectState",            "",                            Class::Busy, 5),
    rule_of("*",                      "ConcurrentModification*",   "",                            Class::Busy, 5),
    rule_of("s3:CreateBucket",        "OperationAborted*",         "",                            Class::Busy, 10),
    rule_of("s3:*",                   "OperationAborted*",         "",                            Class::Busy, 2),
    rule_of("*",                      "OperationAborted*",         "",                            Class::Busy, 1),
    rule_of("*",                      "EntityTemporarilyUnmodifiable*", "",                       Class::Busy, 5),

    // Absent and present, in their many spellings.
    rule_of("ec2:DetachInternetGateway", "Gateway.NotAttached",    "",                            Class::Absent, 0),
    rule_of("ec2:*",                  "Invalid*.NotFound",         "",                            Class::Absent, 0),
    rule_of("ec2:*",                  "InvalidVpcEndpointId.NotFound", "",                        Class::Absent, 0),
    rule_of("ec2:*",                  "NatGatewayNotFound",        "",                            Class::Absent, 0),
    rule_of("ecr:*",                  "*NotFoundException",        "",                            Class::Absent, 0),
    rule_of("elasticache:*",          "*NotFound*",                "",                            Class::Absent, 0),
    rule_of("elasticache:*",          "NoOperationFault",          "",                            Class::Exists, 0),
    rule_of("iam:*",                  "NoSuchEntity*",             "",                            Class::Absent, 0),
    rule_of("kms:*",                  "NotFound*",                 "",                            Class::Absent, 0),
    rule_of("secretsmanager:DeleteSecret", "InvalidRequest*",      "for deletion",                Class::Absent, 0),
    rule_of("s3:*",                   "NoSuch*",                   "",                            Class::Absent, 0),
    rule_of("s3:*",                   "*NotFoundError",            "",                            Class::Absent, 0),
    rule_of("s3:CreateBucket",        "BucketAlreadyOwnedByYou",   "",                            Class::Exists, 0),
    rule_of("*",                      "ResourceNotFound*",         "",                            Class::Absent, 0),
    rule_of("*",                      "ResourceExists*",           "",                            Class::Exists, 0),
    rule_of("*",                      "*AlreadyExists*",           "",                            Class::Exists, 0),
    rule_of("*",                      "*.Duplicate",               "",                            Class::Exists, 0),
    rule_of("ec2:*",                  "Resource.AlreadyAssociated", "",                           Class::Exists, 0),
    rule_of("ec2:CreateSubnet",       "InvalidSubnet.Conflict",    "",                            Class::Exists, 0),
    rule_of("ec2:ReplaceRoute",       "InvalidParameterValue",     "no route defined",            Class::Absent, 0),

    // Quotas, before the throttling that some of them look like.
    rule_of("*",                      "RequestLimitExceeded*",     "",                            Class::Throttled, 10),
    rule_of("*",                      "*LimitExceeded*",           "",                            Class::Quota, 0),
    rule_of("*",                      "*QuotaExceeded*",           "",                            Class::Quota, 0),
    rule_of("elasticache:*",          "*QuotaFor*Exceeded*",       "",                            Class::Quota, 0),

    // What any service may say.
    rule_of("kms:*",                  "DependencyTimeout*",        "",                            Class::Unavailable, 2),
    rule_of("*",                      "Throttl*",                  "",                            Class::Throttled, 10),
    rule_of("*",                      "TooManyRequests*",          "",                            Class::Throttled, 10),
    rule_of("*",                      "SlowDown",                  "",                            Class::Throttled, 10),
    rule_of("*",                      "PriorRequestNotComplete",   "",                            Class::Throttled, 5),
    rule_of("*",                      "ExpiredToken*",             "",                            Class::Expired, 0),
    rule_of("*",                      "RequestExpired",            "",                            Class::Expired, 0),
    rule_of("*",                      "NoCredentials",             "",                            Class::Expired, 0),
    rule_of("*",                      "AccessDenied*",             "",                            Class::Denied, 0),
    rule_of("*",                      "UnauthorizedOperation",     "",                            Class::Denied, 0),
    rule_of("*",                      "AuthFailure",               "",                            Class::Denied, 0),
    rule_of("*",                      "InvalidClientTokenId",      "",                            Class::Denied, 0),
    rule_of("*",                      "UnrecognizedClient*",       "",                            Class::Denied, 0),
];

/// What remains: a call without a telling answer may be repeated, a refusal may not.
const SILENT: Rule = rule_of("*", "*", "", Class::Unavailable, 10);
const REFUSED: Rule = rule_of("*", "*", "", Class::Invalid, 0);

/// The line for what a provider said, if the table has one.
#[must_use]
pub fn named(call: &str, code: &str, message: &str) -> Option<&'static Rule> {
    let message = message.to_lowercase();
    RULES.iter().find(|it| matches(it.call, call) && matches(it.code, code) && message.contains(it.says))
}

/// The line for `error`.
#[must_use]
pub fn rule(error: &ApiError) -> &'static Rule {
    let rest = if error.ambiguous { &SILENT } else { &REFUSED };
    named(&error.call, &error.code, &error.message).unwrap_or(rest)
}

/// Whether `text` is as `pattern` says, in which a `*` stands for any characters.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(text) = text.strip_prefix(start) else { return false };
    (0..=text.len()).any(|at| text.get(at..).is_some_and(|it| matches(rest, it)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(call: &str, code: &str, message: &str) -> Class {
        ApiError::refused(call, code, message).class()
    }

    #[test]
    fn the_special_comes_before_the_general() {
        assert_eq!(class("ec2:CreateNatGateway", "InvalidSubnetID.NotFound", ""), Class::NotYet);
        assert_eq!(class("ec2:DeleteSubnet", "InvalidSubnetID.NotFound", ""), Class::Absent);
        assert_eq!(class("ec2:CreateVpc", "VpcLimitExceeded", ""), Class::Quota);
        assert_eq!(class("ec2:CreateVpc", "RequestLimitExceeded", ""), Class::Throttled);
        assert_eq!(class("ec2:CreateVpc", "InvalidParameterValue", ""), Class::Invalid);
    }

    #[test]
    fn a_role_that_is_too_new_is_not_an_invalid_parameter() {
        let message = "Unable to assume given IAM role";
        assert_eq!(class("ec2:CreateFlowLogs", "InvalidParameter", message), Class::NotYet);
        assert_eq!(class("ec2:CreateFlowLogs", "InvalidParameter", "no such traffic type"), Class::Invalid);
    }

    #[test]
    fn silence_may_be_repeated() {
        let error = ApiError { ambiguous: true, ..ApiError::refused("ec2:CreateVpc", "NoAnswer", "") };
        assert_eq!(error.class(), Class::Unavailable);
    }

    #[test]
    fn stars_stand_for_anything() {
        assert!(matches("a*c*", "abcd") && matches("*", "") && matches("a", "a"));
        assert!(!matches("a*c", "abcd") && !matches("a", "ab"));
    }
}
