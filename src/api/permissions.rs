//! Permissions that are not called as the calls that need them.

/// By call; <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html> says it for each of S3, and
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/permission-to-pass-iam-roles.html> what hands on a role.
const NAMES: &[(&str, &str)] = &[
    // Of tokens: <https://developers.cloudflare.com/fundamentals/api/reference/permissions/>.
    ("cloudflare:Analytics", "Analytics Read"),
    ("cloudflare:CreateCertificate", "SSL and Certificates Write"),
    ("cloudflare:CreateRecord", "DNS Write"),
    ("cloudflare:DeleteCertificate", "SSL and Certificates Write"),
    ("cloudflare:DeleteRecord", "DNS Write"),
    ("cloudflare:GetBotManagement", "Bot Management Read"),
    ("cloudflare:GetCacheReserve", "Zone Settings Read"),
    ("cloudflare:GetConnectorRules", "Cloud Connector Read"),
    ("cloudflare:GetSetting", "Zone Settings Read"),
    ("cloudflare:GetSettings", "Zone Settings Read"),
    ("cloudflare:GetSmartTiering", "Zone Settings Read"),
    ("cloudflare:GetTieredCaching", "Zone Settings Read"),
    ("cloudflare:ListCertificates", "SSL and Certificates Read"),
    ("cloudflare:ListRecords", "DNS Read"),
    ("cloudflare:ListZones", "Zone Read"),
    ("cloudflare:PutBotManagement", "Bot Management Write"),
    ("cloudflare:PutConnectorRules", "Cloud Connector Write"),
    ("cloudflare:UpdateCacheReserve", "Zone Settings Write"),
    ("cloudflare:UpdateRecord", "DNS Write"),
    ("cloudflare:UpdateSetting", "Zone Settings Write"),
    ("cloudflare:UpdateSmartTiering", "Zone Settings Write"),
    ("cloudflare:UpdateTieredCaching", "Zone Settings Write"),
    ("ec2:AssociateIamInstanceProfile", "ec2:AssociateIamInstanceProfile` and `iam:PassRole"),
    ("ec2:ReplaceIamInstanceProfileAssociation", "ec2:ReplaceIamInstanceProfileAssociation` and `iam:PassRole"),
    ("ec2:RunInstances", "ec2:RunInstances` and `ec2:CreateTags` and `iam:PassRole` and `ssm:GetParameters"),
    ("cloudfront:CreateDistributionWithTags", "cloudfront:CreateDistribution` and `cloudfront:TagResource"),
    ("iam:AddRoleToInstanceProfile", "iam:AddRoleToInstanceProfile` and `iam:PassRole"),
    ("s3:CreateBucket", "s3:CreateBucket` and `s3:TagResource"),
    ("s3:DeleteBucketCors", "s3:PutBucketCORS"),
    ("s3:DeleteBucketLifecycle", "s3:PutLifecycleConfiguration"),
    ("s3:DeleteBucketReplication", "s3:PutReplicationConfiguration"),
    ("s3:DeleteBucketTagging", "s3:PutBucketTagging"),
    ("s3:DeleteObjects", "s3:DeleteObject` and `s3:DeleteObjectVersion"),
    ("s3:GetBucketCors", "s3:GetBucketCORS"),
    ("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration"),
    ("s3:GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration"),
    ("s3:GetBucketReplication", "s3:GetReplicationConfiguration"),
    ("s3:GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
    ("s3:ListBuckets", "s3:ListAllMyBuckets"),
    ("s3:ListMultipartUploads", "s3:ListBucketMultipartUploads"),
    ("s3:ListObjectVersions", "s3:ListBucketVersions"),
    ("s3:ListObjectsV2", "s3:ListBucket"),
    ("s3:PutBucketCors", "s3:PutBucketCORS"),
    ("s3:PutBucketEncryption", "s3:PutEncryptionConfiguration"),
    ("s3:PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration"),
    ("s3:PutBucketReplication", "s3:PutReplicationConfiguration"),
    ("s3:PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
    ("wafv2:AssociateWebACL", "wafv2:AssociateWebACL` and `elasticloadbalancing:SetWebACL"),
    ("wafv2:DeleteLoggingConfiguration", "wafv2:DeleteLoggingConfiguration` and `logs:DeleteLogDelivery"),
    ("wafv2:DisassociateWebACL", "wafv2:DisassociateWebACL` and `elasticloadbalancing:SetWebACL"),
    (
        "wafv2:PutLoggingConfiguration",
        "wafv2:PutLoggingConfiguration` and `iam:CreateServiceLinkedRole` and `logs:CreateLogDelivery` and \
            `logs:DescribeResourcePolicies` and `logs:PutResourcePolicy",
    ),
];

/// What has to be allowed for `call`: most often what it is called.
#[must_use]
pub fn permission(call: &str) -> &str {
    NAMES.iter().find(|it| it.0 == call).map_or(call, |it| it.1)
}
