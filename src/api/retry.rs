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
    rule_of("ec2:*",                  "InvalidParameterValue",     "invalid iam instance profile", Class::NotYet, 5),
    rule_of("ec2:*",                  "InvalidParameterValue",     "has no associated iam roles", Class::NotYet, 5),
    rule_of("ecr:SetRepositoryPolicy", "InvalidParameter*",        "invalid repository policy",   Class::NotYet, 2),
    rule_of("iam:*",                  "MalformedPolicyDocument*",  "invalid principal",           Class::NotYet, 2),
    rule_of("kms:*",                  "MalformedPolicyDocument*",  "invalid principal",           Class::NotYet, 2),
    rule_of("logs:PutRetentionPolicy", "AccessDenied*",            "no identity-based policy allows", Class::NotYet, 1),

    rule_of("secretsmanager:*",       "EncryptionFailure",         "",                            Class::NotYet, 2),
    // The first cache of an account makes the role that caches need.
    rule_of("elasticache:Create*",    "ServiceLinkedRoleNotFound*", "",                           Class::NotYet, 2),
    rule_of("elasticache:Create*",    "InvalidParameterValue*",    "service linked role",         Class::NotYet, 2),
    rule_of("elasticache:Create*",    "InvalidParameterValue*",    "service-linked role",         Class::NotYet, 2),
    rule_of("rds:*",                  "InvalidParameterValue",     "service linked role",         Class::NotYet, 2),
    rule_of("application-autoscaling:*", "ValidationException",    "unable to assume iam role",   Class::NotYet, 2),
    rule_of("ecs:Create*",            "InvalidParameterException", "unable to assume the service linked role", Class::NotYet, 4),
    rule_of("ecs:UpdateService",      "InvalidParameterException", "unable to assume the service linked role", Class::NotYet, 4),
    rule_of("ecs:*Service",           "InvalidParameterException", "role being passed has the proper permissions", Class::NotYet, 4),

    // What was just made is not known everywhere yet. A call on the missing thing itself is `Absent`: see the types.
    rule_of("cloudfront:*Distribution*", "InvalidViewerCertificate", "",                          Class::NotYet, 1),
    rule_of("cloudfront:*Distribution*", "InvalidFunctionAssociation", "",                        Class::NotYet, 2),
    rule_of("cloudfront:*Distribution*", "InvalidOriginAccessControl", "",                        Class::NotYet, 2),
    rule_of("cloudfront:*Distribution*", "InvalidWebACLId",        "",                            Class::NotYet, 5),
    rule_of("cloudfront:*Distribution*", "NoSuchResponseHeadersPolicy", "",                       Class::NotYet, 2),
    rule_of("cloudfront:*Distribution*", "NoSuchOriginAccessControl", "",                         Class::NotYet, 2),
    rule_of("cloudfront:*Distribution*", "NoSuchCachePolicy",      "",                            Class::NotYet, 2),
    rule_of("cloudwatch:TagResource", "ResourceNotFound*",         "",                            Class::NotYet, 2),
    rule_of("ec2:Create*",            "Invalid*.NotFound",         "",                            Class::NotYet, 5),
    // An image that is not there will not come.
    rule_of("ec2:RunInstances",       "InvalidAMIID.NotFound",     "",                            Class::Invalid, 0),
    rule_of("ec2:RunInstances",       "Invalid*.NotFound",         "",                            Class::NotYet, 5),
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
    rule_of("elasticloadbalancing:Create*", "*NotFound",           "",                            Class::NotYet, 5),
    rule_of("elasticloadbalancing:CreateLoadBalancer", "InvalidSecurityGroup", "",                Class::NotYet, 2),
    rule_of("elasticloadbalancing:CreateLoadBalancer", "InvalidSubnet", "internet gateway",       Class::NotYet, 2),
    rule_of("elasticloadbalancing:Set*", "SubnetNotFound",         "",                            Class::NotYet, 5),
    rule_of("elasticloadbalancing:Set*", "InvalidSecurityGroup",   "",                            Class::NotYet, 2),
    rule_of("elasticloadbalancing:Modify*", "CertificateNotFound", "",                            Class::NotYet, 5),
    rule_of("elasticloadbalancing:Modify*", "TargetGroupNotFound", "",                            Class::NotYet, 2),
    rule_of("elasticloadbalancing:AddListenerCertificates", "CertificateNotFound", "",            Class::NotYet, 5),
    // The policy of the bucket for its log was put there a moment ago.
    rule_of("elasticloadbalancing:ModifyLoadBalancerAttributes", "InvalidConfigurationRequest", "access denied for bucket", Class::NotYet, 2),
    rule_of("iam:AddRoleToInstanceProfile", "NoSuchEntity*",       "",                            Class::NotYet, 2),
    rule_of("iam:TagInstanceProfile", "NoSuchEntity*",             "",                            Class::NotYet, 2),
    rule_of("iam:PutRolePolicy",      "NoSuchEntity*",             "",                            Class::NotYet, 2),
    rule_of("iam:AttachRolePolicy",   "NoSuchEntity*",             "role",                        Class::NotYet, 2),
    rule_of("iam:TagRole",            "NoSuchEntity*",             "",                            Class::NotYet, 2),
    rule_of("logs:PutRetentionPolicy", "ResourceNotFoundException", "",                           Class::NotYet, 2),
    rule_of("s3:Put*",                "NoSuchBucket",              "",                            Class::NotYet, 2),
    rule_of("s3:PutBucketPolicy",     "MalformedPolicy",           "invalid principal",           Class::NotYet, 2),
    rule_of("s3:PutBucketPolicy",     "AccessDenied*",             "blockpublicpolicy",           Class::NotYet, 2),
    rule_of("s3:PutBucketReplication", "InvalidRequest",           "versioning",                  Class::NotYet, 2),
    rule_of("sns:SetTopicAttributes", "NotFound*",                 "",                            Class::NotYet, 2),
    rule_of("sns:Subscribe",          "NotFound*",                 "",                            Class::NotYet, 2),
    rule_of("sns:TagResource",        "ResourceNotFound*",         "",                            Class::NotYet, 2),
    rule_of("rds:Create*",            "DBInstanceNotFound*",       "",                            Class::NotYet, 5),
    rule_of("rds:Create*",            "DB*GroupNotFound*",         "",                            Class::NotYet, 5),
    rule_of("rds:Restore*",           "DB*GroupNotFound*",         "",                            Class::NotYet, 5),
    rule_of("rds:ModifyDBInstance",   "DB*GroupNotFound*",         "",                            Class::NotYet, 5),
    rule_of("rds:*",                  "KMSKeyNotAccessible*",      "",                            Class::NotYet, 2),
    rule_of("rds:*",                  "InvalidParameterValue",     "invalid security group",      Class::NotYet, 5),
    rule_of("secretsmanager:GetSecretValue", "ResourceNotFound*",  "the specified secret.",       Class::NotYet, 2),

    rule_of("route53:ChangeResourceRecordSets", "NoSuchHostedZone", "",                           Class::NotYet, 1),
    rule_of("route53:ChangeTagsForResource", "NoSuchHostedZone",   "",                            Class::NotYet, 1),
    rule_of("route53:ChangeTagsForResource", "NoSuchHealthCheck",  "",                            Class::NotYet, 1),
    rule_of("acm:AddTagsToCertificate", "ResourceNotFound*",       "",                            Class::NotYet, 1),
    // A load balancer that WAF does not know yet has no web ACL.
    rule_of("wafv2:GetWebACLForResource", "WAFUnavailableEntity*", "",                            Class::Absent, 0),
    rule_of("wafv2:*",                "WAFUnavailableEntity*",     "",                            Class::NotYet, 5),
    rule_of("wafv2:AssociateWebACL",  "WAFNonexistentItem*",       "",                            Class::NotYet, 5),
    rule_of("wafv2:CreateWebACL",     "WAFNonexistentItem*",       "",                            Class::NotYet, 5),
    rule_of("wafv2:UpdateWebACL",     "WAFNonexistentItem*",       "",                            Class::NotYet, 5),
    rule_of("wafv2:PutLoggingConfiguration", "WAFNonexistentItem*", "",                           Class::NotYet, 5),
    rule_of("wafv2:TagResource",      "WAFNonexistentItem*",       "",                            Class::NotYet, 2),
    rule_of("wafv2:*",                "WAFServiceLinkedRole*",     "",                            Class::NotYet, 2),

    rule_of("application-autoscaling:*", "FailedResourceAccessException", "",                     Class::NotYet, 2),
    rule_of("application-autoscaling:*", "ValidationException",    "ecs service doesn't exist",   Class::NotYet, 2),
    rule_of("application-autoscaling:Put*", "ObjectNotFoundException", "",                         Class::NotYet, 2),
    rule_of("ecs:CreateService",      "ClusterNotFoundException",  "",                            Class::NotYet, 4),
    rule_of("ecs:*Service",           "InvalidParameterException", "does not have an associated load balancer", Class::NotYet, 4),
    rule_of("ecs:*Service",           "ClientException",           "taskdefinition not found",    Class::NotYet, 2),

    // Deletions that others block. What used a certificate is known to for a while, and a distribution that is gone is not known
    // to be everywhere.
    rule_of("acm:DeleteCertificate",  "ResourceInUse*",            "",                            Class::Blocked, 20),
    rule_of("cloudfront:Delete*",     "*InUse",                    "",                            Class::Blocked, 20),
    rule_of("ecs:DeleteCluster",      "ClusterContains*",          "",                            Class::Blocked, 20),
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
    rule_of("elasticloadbalancing:DeleteTargetGroup", "ResourceInUse", "",                        Class::Blocked, 2),
    rule_of("route53:DeleteHostedZone", "HostedZoneNotEmpty",      "",                            Class::Blocked, 2),
    rule_of("s3:DeleteBucket",        "BucketNotEmpty",            "empty_on_destroy",            Class::Blocked, 0),
    rule_of("s3:DeleteBucket",        "BucketNotEmpty",            "",                            Class::Blocked, 10),
    // A distribution that was protected by it lets go of it only once the whole world knows.
    rule_of("wafv2:*",                "WAFAssociatedItem*",        "",                            Class::Blocked, 20),
    rule_of("*",                      "DeleteConflict*",           "",                            Class::Blocked, 2),
    rule_of("*",                      "ResourceInUse*",            "",                            Class::Blocked, 5),
    rule_of("rds:DeleteDBSubnetGroup", "InvalidDBSubnetGroupState*", "",                          Class::Blocked, 5),
    rule_of("rds:DeleteDBParameterGroup", "InvalidDBParameterGroupState*", "",                    Class::Blocked, 5),

    // States that pass. That a machine may be deleted again is not known everywhere at once.
    rule_of("ec2:TerminateInstances", "OperationNotPermitted",     "disableapitermination",       Class::Busy, 1),
    rule_of("ec2:*",                  "IncorrectInstanceState",    "",                            Class::Busy, 5),
    rule_of("ec2:*IamInstanceProfile*", "IncorrectState",          "",                            Class::Busy, 2),
    // It is changed only with the ETag of what was seen last: it is looked at again.
    rule_of("cloudfront:*",           "PreconditionFailed",        "",                            Class::Busy, 2),
    rule_of("cloudfront:*",           "InvalidIfMatchVersion",     "",                            Class::Busy, 2),
    rule_of("cloudfront:DeleteDistribution", "DistributionNotDisabled", "",                       Class::Busy, 45),
    rule_of("cloudfront:*Distribution*", "CNAMEAlreadyExists",     "",                            Class::Busy, 2),
    // The names of an endpoint stay taken for a while after it is gone.
    rule_of("cloudwatch:*",           "Conflict*",                 "",                            Class::Busy, 2),
    rule_of("ec2:CreateVpcEndpoint",  "InvalidParameter*",         "conflicting dns domain",      Class::Busy, 2),
    rule_of("ec2:ModifyVpcEndpoint",  "InvalidParameter*",         "conflicting dns domain",      Class::Busy, 2),
    rule_of("acm:*",                  "RequestInProgress*",        "",                            Class::Busy, 5),
    // What is deleted was looked at a moment too early.
    rule_of("route53:ChangeResourceRecordSets", "InvalidChangeBatch", "do not match",             Class::Busy, 2),
    // A name that was something else is so until that is deleted.
    rule_of("route53:ChangeResourceRecordSets", "InvalidChangeBatch", "conflicts with other",     Class::Busy, 2),
    rule_of("route53:UpdateHealthCheck", "HealthCheckVersionMismatch", "",                        Class::Busy, 2),
    rule_of("route53:*",              "LastVPCAssociation",        "",                            Class::Busy, 2),
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
    // Rules change places, or one has yet to go.
    rule_of("elasticloadbalancing:*", "PriorityInUse",             "",                            Class::Busy, 5),
    rule_of("elasticloadbalancing:DeleteLoadBalancer", "OperationNotPermitted", "deletion protection", Class::Busy, 1),
    rule_of("sns:*",                  "ConcurrentAccess*",         "",                            Class::Busy, 2),
    rule_of("sns:*",                  "StaleTag*",                 "",                            Class::Busy, 2),
    rule_of("rds:DeleteDBInstance",   "InvalidDBInstanceState*",   "already being deleted",       Class::Absent, 0),
    rule_of("rds:DeleteDBInstance",   "InvalidDBInstanceState*",   "",                            Class::Busy, 60),
    rule_of("rds:CreateDBInstance*",  "InvalidDBInstanceState*",   "",                            Class::Busy, 40),
    rule_of("rds:*",                  "InvalidDBInstanceState*",   "",                            Class::Busy, 80),
    rule_of("rds:ModifyDBInstance",   "InvalidParameterCombination", "previous storage change is being optimized", Class::Busy, 80),
    // What was asked for is so already, and only not seen yet.
    rule_of("rds:ModifyDBInstance",   "InvalidParameterCombination", "no modifications were requested", Class::Exists, 0),
    rule_of("rds:*",                  "InvalidDBParameterGroupState*", "",                         Class::Busy, 5),
    rule_of("rds:*",                  "InvalidDBSubnetGroupState*", "",                           Class::Busy, 5),
    rule_of("application-autoscaling:*", "ConcurrentUpdateException", "",                         Class::Busy, 2),
    rule_of("ecs:CreateService",      "InvalidParameterException", "draining",                    Class::Busy, 20),
    rule_of("ecs:DeleteService",      "InvalidParameterException", "deployments are active",      Class::Busy, 10),
    rule_of("ecs:DeleteService",      "*",                         "dependencyviolation",         Class::Busy, 10),
    rule_of("ecs:PutClusterCapacityProviders", "*",                "was not active",              Class::Busy, 10),
    rule_of("ecs:RegisterTaskDefinition", "ClientException",       "too many concurrent attempts", Class::Busy, 2),
    rule_of("ecs:*",                  "UpdateInProgressException", "",                            Class::Busy, 10),
    rule_of("wafv2:*",                "WAFOptimisticLock*",        "",                            Class::Busy, 2),
    rule_of("*",                      "IncorrectState",            "",                            Class::Busy, 5),
    rule_of("*",                      "ConcurrentModification*",   "",                            Class::Busy, 5),
    rule_of("s3:CreateBucket",        "OperationAborted*",         "",                            Class::Busy, 10),
    rule_of("s3:*",                   "OperationAborted*",         "",                            Class::Busy, 2),
    rule_of("*",                      "OperationAborted*",         "",                            Class::Busy, 1),
    rule_of("*",                      "EntityTemporarilyUnmodifiable*", "",                       Class::Busy, 5),

    // Absent and present, in their many spellings.
    rule_of("cloudfront:*",           "NoSuch*",                   "",                            Class::Absent, 0),
    rule_of("cloudfront:Create*",     "*AlreadyExists",            "",                            Class::Exists, 0),
    rule_of("cloudwatch:*",           "DashboardNotFound*",        "",                            Class::Absent, 0),
    rule_of("ec2:DetachInternetGateway", "Gateway.NotAttached",    "",                            Class::Absent, 0),
    rule_of("ec2:*",                  "Invalid*.NotFound",         "",                            Class::Absent, 0),
    rule_of("ec2:*",                  "InvalidVpcEndpointId.NotFound", "",                        Class::Absent, 0),
    rule_of("ec2:*",                  "NatGatewayNotFound",        "",                            Class::Absent, 0),
    rule_of("ecr:*",                  "*NotFoundException",        "",                            Class::Absent, 0),
    rule_of("elasticache:*",          "*NotFound*",                "",                            Class::Absent, 0),
    rule_of("elasticache:*",          "NoOperationFault",          "",                            Class::Exists, 0),
    rule_of("elasticloadbalancing:*", "*NotFound",                 "",                            Class::Absent, 0),
    rule_of("application-autoscaling:*", "ObjectNotFoundException", "",                           Class::Absent, 0),
    rule_of("ecs:*",                  "ClusterNotFoundException",  "",                            Class::Absent, 0),
    rule_of("ecs:*",                  "ServiceNotFoundException",  "",                            Class::Absent, 0),
    rule_of("ecs:*",                  "ServiceNotActiveException", "",                            Class::Absent, 0),
    rule_of("ecs:*TaskDefinition",    "ClientException",           "unable to describe task definition", Class::Absent, 0),
    rule_of("ecs:*TaskDefinition",    "*",                         "does not exist",              Class::Absent, 0),
    rule_of("ecs:DeregisterTaskDefinition", "*",                   "inactive",                    Class::Absent, 0),
    rule_of("ecs:*agResource",        "InvalidParameterException", "inactive",                    Class::Absent, 0),
    rule_of("ecs:CreateService",      "InvalidParameterException", "not idempotent",              Class::Exists, 0),
    // It waits for nothing any more.
    rule_of("ecs:ContinueServiceDeployment", "InvalidParameterException", "",                     Class::Absent, 0),
    rule_of("ecs:StopTask",           "InvalidParameterException", "task was not found",          Class::Absent, 0),
    // A profile has one role, which it has already and which is only not seen yet.
    rule_of("iam:AddRoleToInstanceProfile", "LimitExceeded*",      "",                            Class::Exists, 0),
    rule_of("iam:*",                  "NoSuchEntity*",             "",                            Class::Absent, 0),
    rule_of("kms:*",                  "NotFound*",                 "",                            Class::Absent, 0),
    rule_of("route53:*",              "NoSuch*",                   "",                            Class::Absent, 0),
    rule_of("route53:DisassociateVPCFromHostedZone", "VPCAssociationNotFound", "",                Class::Absent, 0),
    rule_of("route53:ChangeResourceRecordSets", "InvalidChangeBatch", "already exists",           Class::Exists, 0),
    rule_of("route53:ChangeResourceRecordSets", "InvalidChangeBatch", "not found",                Class::Absent, 0),
    rule_of("secretsmanager:DeleteSecret", "InvalidRequest*",      "for deletion",                Class::Absent, 0),
    rule_of("s3:*",                   "NoSuch*",                   "",                            Class::Absent, 0),
    rule_of("s3:*",                   "*NotFoundError",            "",                            Class::Absent, 0),
    rule_of("s3:CreateBucket",        "BucketAlreadyOwnedByYou",   "",                            Class::Exists, 0),
    rule_of("sns:*",                  "NotFound*",                 "",                            Class::Absent, 0),
    rule_of("sns:CreateTopic",        "InvalidParameter*",         "already exists with different", Class::Exists, 0),
    rule_of("rds:*",                  "DB*NotFound*",              "",                            Class::Absent, 0),
    rule_of("wafv2:*",                "WAFNonexistentItem*",       "",                            Class::Absent, 0),
    rule_of("wafv2:*",                "WAFDuplicateItem*",         "",                            Class::Exists, 0),
    rule_of("*",                      "ResourceNotFound*",         "",                            Class::Absent, 0),
    rule_of("*",                      "ResourceExists*",           "",                            Class::Exists, 0),
    rule_of("*",                      "*AlreadyExists*",           "",                            Class::Exists, 0),
    rule_of("*",                      "*.Duplicate",               "",                            Class::Exists, 0),
    rule_of("elasticloadbalancing:*", "Duplicate*",                "",                            Class::Exists, 0),
    rule_of("ec2:*",                  "Resource.AlreadyAssociated", "",                           Class::Exists, 0),
    rule_of("ec2:CreateSubnet",       "InvalidSubnet.Conflict",    "",                            Class::Exists, 0),
    rule_of("ec2:ReplaceRoute",       "InvalidParameterValue",     "no route defined",            Class::Absent, 0),

    // Cloudflare and Upstash: codes are numbers
    // (<https://developers.cloudflare.com/dns/manage-dns-records/troubleshooting/> and what the API answers).
    rule_of("cloudflare:DeleteRecord", "81044",                    "",                            Class::Absent, 0),
    rule_of("cloudflare:UpdateRecord", "81044",                    "",                            Class::Absent, 0),
    rule_of("cloudflare:GetEntryPoint", "10003",                   "",                            Class::Absent, 0),
    // Two who write the same rules go one after the other.
    rule_of("cloudflare:PutEntryPoint", "Overtaken",               "",                            Class::Busy, 5),
    rule_of("cloudflare:DeleteCertificate", "1014",                "revoked",                     Class::Absent, 0),
    rule_of("cloudflare:DeleteCertificate", "1101",                  "",                            Class::Absent, 0),
    // Settings that a zone does not have, and those that were never set.
    rule_of("cloudflare:GetSetting",  "1006",                      "",                            Class::Absent, 0),
    rule_of("cloudflare:Get*",        "1142",                      "",                            Class::Absent, 0),
    // Another type of record is about to go from the name; one of somebody else's was told of in the plan.
    rule_of("cloudflare:*Record",     "81053",                     "",                            Class::Busy, 2),
    rule_of("cloudflare:*Record",     "81054",                     "",                            Class::Busy, 2),
    rule_of("cloudflare:*Record",     "81056",                     "",                            Class::Busy, 2),
    rule_of("cloudflare:*Record",     "81045",                     "",                            Class::Quota, 0),
    rule_of("cloudflare:*",           "81057",                     "",                            Class::Exists, 0),
    rule_of("cloudflare:*",           "81058",                     "",                            Class::Exists, 0),
    // Its analytics have words for it: <https://developers.cloudflare.com/analytics/graphql-api/errors/>.
    rule_of("cloudflare:Analytics",   "",                          "authorized",                  Class::Denied, 0),
    rule_of("cloudflare:Analytics",   "",                          "does not have access",        Class::Denied, 0),
    rule_of("cloudflare:Analytics",   "",                          "try again later",             Class::Unavailable, 5),
    rule_of("cloudflare:Analytics",   "",                          "internal server error",       Class::Unavailable, 5),
    rule_of("cloudflare:*",           "10000",                     "",                            Class::Denied, 0),
    rule_of("cloudflare:*",           "9109",                      "",                            Class::Denied, 0),
    rule_of("cloudflare:*",           "6003",                      "",                            Class::Denied, 0),
    rule_of("upstash:*",              "Http4*",                    "database not found",          Class::Absent, 0),
    rule_of("upstash:*",              "Http4*",                    "modif",                       Class::Busy, 10),

    // Quotas, before the throttling that some of them look like.
    rule_of("*",                      "RequestLimitExceeded*",     "",                            Class::Throttled, 10),
    rule_of("cloudfront:*",           "TooManyRequests*",          "",                            Class::Throttled, 10),
    rule_of("cloudfront:*",           "TooMany*",                  "",                            Class::Quota, 0),
    rule_of("elasticloadbalancing:*", "TooMany*",                  "",                            Class::Quota, 0),
    rule_of("route53:*",              "TooMany*",                  "",                            Class::Quota, 0),
    rule_of("wafv2:*",                "WAFLimitsExceeded*",        "",                            Class::Quota, 0),
    rule_of("*",                      "*LimitExceeded*",           "",                            Class::Quota, 0),
    rule_of("*",                      "*QuotaExceeded*",           "",                            Class::Quota, 0),
    rule_of("elasticache:*",          "*QuotaFor*Exceeded*",       "",                            Class::Quota, 0),

    // What a task is refused for stands where others have a code.
    rule_of("ecs:RunTask",            "*limit on the number of vCPUs*", "",                       Class::Quota, 0),
    rule_of("ecs:RunTask",            "Capacity is unavailable*",  "",                            Class::Unavailable, 5),

    // A zone may run out of machines for a while; the message says which other zones have some.
    rule_of("ec2:RunInstances",       "Insufficient*",             "",                            Class::Unavailable, 2),

    // What any service may say.
    rule_of("kms:*",                  "DependencyTimeout*",        "",                            Class::Unavailable, 2),
    rule_of("wafv2:*",                "WAFInternalError*",         "",                            Class::Unavailable, 5),
    rule_of("wafv2:*",                "WAFTagOperation*",          "",                            Class::Unavailable, 5),
    rule_of("*",                      "Throttl*",                  "",                            Class::Throttled, 10),
    rule_of("*",                      "TooManyRequests*",          "",                            Class::Throttled, 10),
    rule_of("*",                      "SlowDown",                  "",                            Class::Throttled, 10),
    rule_of("*",                      "PriorRequestNotComplete",   "",                            Class::Throttled, 5),
    rule_of("*",                      "NotConnected",              "",                            Class::Unavailable, 10),
    rule_of("*",                      "ExpiredToken*",             "",                            Class::Expired, 0),
    rule_of("*",                      "RequestExpired",            "",                            Class::Expired, 0),
    rule_of("*",                      "NoCredentials",             "",                            Class::Expired, 0),
    rule_of("*",                      "AccessDenied*",             "",                            Class::Denied, 0),
    rule_of("sns:*",                  "AuthorizationError*",       "",                            Class::Denied, 0),
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
    fn a_machine_waits_for_its_profile_but_not_for_its_image() {
        let run = |code, message| class("ec2:RunInstances", code, message);
        let name = "Value (shop) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name";
        assert_eq!(run("InvalidParameterValue", name), Class::NotYet);
        let role = "IAM Instance Profile \"arn:aws:iam::1:instance-profile/shop\" has no associated IAM Roles";
        assert_eq!(run("InvalidParameterValue", role), Class::NotYet);
        assert_eq!(run("InvalidParameterValue", "Invalid value 'x' for instanceType"), Class::Invalid);
        assert_eq!(run("InvalidSubnetID.NotFound", ""), Class::NotYet);
        assert_eq!(run("InvalidAMIID.NotFound", ""), Class::Invalid);
        assert_eq!(run("InsufficientInstanceCapacity", ""), Class::Unavailable);
        assert_eq!(run("VcpuLimitExceeded", ""), Class::Quota);
    }

    #[test]
    fn a_database_is_busy_unless_it_is_going_or_never_will_be_able_to() {
        let busy = "Instance shop is not currently available";
        assert_eq!(class("rds:ModifyDBInstance", "InvalidDBInstanceState", busy), Class::Busy);
        assert_eq!(class("rds:DeleteDBInstance", "InvalidDBInstanceState", busy), Class::Busy);
        let going = "Instance shop is already being deleted.";
        assert_eq!(class("rds:DeleteDBInstance", "InvalidDBInstanceState", going), Class::Absent);
        let storage = "You can't modify storage while the previous storage change is being optimized.";
        assert_eq!(class("rds:ModifyDBInstance", "InvalidParameterCombination", storage), Class::Busy);
        let never = "Invalid storage size for engine name postgres and storage type gp3: 5";
        assert_eq!(class("rds:CreateDBInstance", "InvalidParameterCombination", never), Class::Invalid);
    }

    #[test]
    fn a_web_acl_waits_for_what_it_refers_to() {
        assert_eq!(class("wafv2:AssociateWebACL", "WAFUnavailableEntityException", ""), Class::NotYet);
        assert_eq!(class("wafv2:AssociateWebACL", "WAFNonexistentItemException", ""), Class::NotYet);
        assert_eq!(class("wafv2:GetWebACLForResource", "WAFUnavailableEntityException", ""), Class::Absent);
        assert_eq!(class("wafv2:DeleteWebACL", "WAFNonexistentItemException", ""), Class::Absent);
        assert_eq!(class("wafv2:DeleteWebACL", "WAFAssociatedItemException", ""), Class::Blocked);
        assert_eq!(class("wafv2:UpdateWebACL", "WAFOptimisticLockException", ""), Class::Busy);
        assert_eq!(class("wafv2:CreateWebACL", "WAFDuplicateItemException", ""), Class::Exists);
        assert_eq!(class("wafv2:CreateWebACL", "WAFLimitsExceededException", ""), Class::Quota);
        assert_eq!(class("wafv2:CreateWebACL", "WAFTagOperationException", ""), Class::Unavailable);
        assert_eq!(class("wafv2:CreateWebACL", "WAFInvalidParameterException", ""), Class::Invalid);
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
