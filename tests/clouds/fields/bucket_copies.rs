//! Copies of buckets in another region.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "buckets: { media: { versioning: true, empty_on_destroy: true } }",
    cases: &[
        case(
            "buckets: { media: { replicate: { region: eu-west-1 } } }",
            &[
                "create iam.role/buckets.media.copy",
                "create s3.bucket/media.copy",
                "update s3.bucket/media: replication",
            ],
            &[
                "+iam.role/buckets.media.copy: description=Copies the bucket media of shop-default, path=/infractl/shop/default/eu-central-1/, policy infractl=Allow s3:GetObjectVersionAcl,s3:GetObjectVersionForReplication,s3:GetObjectVersionTagging on arn:aws:s3:::s3.bucket/media/*; Allow s3:GetReplicationConfiguration,s3:ListBucket on arn:aws:s3:::s3.bucket/media; Allow s3:ReplicateObject,s3:ReplicateTags on arn:aws:s3:::s3.bucket/media.copy/* (2012-10-17), trust=Allow sts:AssumeRole by Service=s3.amazonaws.com if StringEquals=aws:SourceAccount=this account (2012-10-17)",
                "+s3.bucket/media.copy: Deny s3:* on s3.bucket/media.copy,s3.bucket/media.copy/* by * if Bool=aws:SecureTransport=false=yes, blocked=new ACLs; ACLs; new policies; policies, encryption=AES256, name=shop-default-media-copy, on_delete=empty, owner=BucketOwnerEnforced, region=eu-west-1, versions=Enabled",
                "s3.bucket/media copies: none -> * to s3.bucket/media.copy by iam.role/buckets.media.copy",
            ],
        ),
        case(
            "buckets: { media: { lifecycle: [{ noncurrent: 30d }] } }",
            &["update s3.bucket/media: lifecycle"],
            &["s3.bucket/media lifecycle: none -> * old 30"],
        ),
        case(
            "buckets: { media: { lifecycle: [{ noncurrent: 60d }] } }",
            &["update s3.bucket/media: lifecycle"],
            &["s3.bucket/media lifecycle: * old 30 -> * old 60"],
        ),
        case(
            "buckets: { media: { replicate: { prefix: raw/ } } }",
            &["update s3.bucket/media: replication.rules"],
            &[
                "s3.bucket/media copies: * to s3.bucket/media.copy by iam.role/buckets.media.copy -> raw/* to s3.bucket/media.copy by iam.role/buckets.media.copy",
            ],
        ),
        case(
            "buckets: { media: { replicate: { class: infrequent_access } } }",
            &["update s3.bucket/media: replication.rules"],
            &[
                "s3.bucket/media copies: raw/* to s3.bucket/media.copy by iam.role/buckets.media.copy -> raw/* to s3.bucket/media.copy as STANDARD_IA by iam.role/buckets.media.copy",
            ],
        ),
        case(
            "buckets: { media: { replicate: { class: one_zone } } }",
            &["update s3.bucket/media: replication.rules"],
            &[
                "s3.bucket/media copies: raw/* to s3.bucket/media.copy as STANDARD_IA by iam.role/buckets.media.copy -> raw/* to s3.bucket/media.copy as ONEZONE_IA by iam.role/buckets.media.copy",
            ],
        ),
        case(
            "buckets: { media: { replicate: { class: glacier_instant } } }",
            &["update s3.bucket/media: replication.rules"],
            &[
                "s3.bucket/media copies: raw/* to s3.bucket/media.copy as ONEZONE_IA by iam.role/buckets.media.copy -> raw/* to s3.bucket/media.copy as GLACIER_IR by iam.role/buckets.media.copy",
            ],
        ),
        case(
            "buckets: { media: { replicate: { class: glacier } } }",
            &["update s3.bucket/media: replication.rules"],
            &[
                "s3.bucket/media copies: raw/* to s3.bucket/media.copy as GLACIER_IR by iam.role/buckets.media.copy -> raw/* to s3.bucket/media.copy as GLACIER by iam.role/buckets.media.copy",
            ],
        ),
        case(
            "buckets: { media: { replicate: { class: deep_archive } } }",
            &["update s3.bucket/media: replication.rules"],
            &[
                "s3.bucket/media copies: raw/* to s3.bucket/media.copy as GLACIER by iam.role/buckets.media.copy -> raw/* to s3.bucket/media.copy as DEEP_ARCHIVE by iam.role/buckets.media.copy",
            ],
        ),
        case(
            "buckets: { media: { replicate: { class: intelligent } } }",
            &["update s3.bucket/media: replication.rules"],
            &[
                "s3.bucket/media copies: raw/* to s3.bucket/media.copy as DEEP_ARCHIVE by iam.role/buckets.media.copy -> raw/* to s3.bucket/media.copy as INTELLIGENT_TIERING by iam.role/buckets.media.copy",
            ],
        ),
        case(
            "buckets: { media: { replicate: { region: us-east-1 } } }",
            &[
                "replace s3.bucket/media.copy: bucket_name, region",
                "update iam.role/buckets.media.copy: policy.Statement",
                "update s3.bucket/media: replication.rules",
            ],
            &["s3.bucket/media.copy region: eu-west-1 -> us-east-1"],
        ),
        case(
            "buckets: { media: { replicate: null } }",
            &[
                "delete iam.role/buckets.media.copy",
                "delete s3.bucket/media.copy",
                "update s3.bucket/media: replication",
            ],
            &[
                "-iam.role/buckets.media.copy",
                "-s3.bucket/media.copy",
                "s3.bucket/media copies: raw/* to s3.bucket/media.copy as INTELLIGENT_TIERING by iam.role/buckets.media.copy -> none",
            ],
        ),
    ],
};
