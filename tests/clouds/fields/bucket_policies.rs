//! Buckets' policies.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "{ keys: { main: { window: 7d } }, buckets: { media: {} } }",
    cases: &[
        case(
            "buckets: { media: { policy: [{ principals: ['210987654321'], actions: ['s3:GetObject'] }] } }",
            &["update s3.bucket/media: policy.Statement"],
            &[
                "s3.bucket/media Allow s3:GetObject on s3.bucket/media,s3.bucket/media/* by AWS=arn:aws:iam::210987654321:root: none -> yes",
            ],
        ),
        case(
            "buckets: { media: { policy: [{ principals: [cloudfront.amazonaws.com], actions: ['s3:GetObject'] }] } }",
            &["update s3.bucket/media: policy.Statement"],
            &[
                "s3.bucket/media Allow s3:GetObject on s3.bucket/media,s3.bucket/media/* by Service=cloudfront.amazonaws.com: none -> yes",
                "s3.bucket/media Allow s3:GetObject on s3.bucket/media,s3.bucket/media/* by AWS=arn:aws:iam::210987654321:root: yes -> none",
            ],
        ),
        case(
            "buckets: { media: { policy: [{ principals: [cloudfront.amazonaws.com], actions: ['s3:GetObject', 's3:ListBucket'] }] } }",
            &["update s3.bucket/media: policy.Statement"],
            &[
                "s3.bucket/media Allow s3:GetObject,s3:ListBucket on s3.bucket/media,s3.bucket/media/* by Service=cloudfront.amazonaws.com: none -> yes",
                "s3.bucket/media Allow s3:GetObject on s3.bucket/media,s3.bucket/media/* by Service=cloudfront.amazonaws.com: yes -> none",
            ],
        ),
        case(
            "buckets: { media: { policy: [{ principals: [cloudfront.amazonaws.com], actions: ['s3:GetObject', 's3:ListBucket'], effect: deny }] } }",
            &["update s3.bucket/media: policy.Statement"],
            &[
                "s3.bucket/media Deny s3:GetObject,s3:ListBucket on s3.bucket/media,s3.bucket/media/* by Service=cloudfront.amazonaws.com: none -> yes",
                "s3.bucket/media Allow s3:GetObject,s3:ListBucket on s3.bucket/media,s3.bucket/media/* by Service=cloudfront.amazonaws.com: yes -> none",
            ],
        ),
        case(
            "buckets: { media: { policy: [{ principals: [cloudfront.amazonaws.com], actions: ['s3:GetObject'], effect: allow }] } }",
            &["update s3.bucket/media: policy.Statement"],
            &[
                "s3.bucket/media Allow s3:GetObject on s3.bucket/media,s3.bucket/media/* by Service=cloudfront.amazonaws.com: none -> yes",
                "s3.bucket/media Deny s3:GetObject,s3:ListBucket on s3.bucket/media,s3.bucket/media/* by Service=cloudfront.amazonaws.com: yes -> none",
            ],
        ),
        case(
            "buckets: { media: { policy: [{ principals: [cloudfront.amazonaws.com], actions: ['s3:GetObject'], effect: allow, paths: ['a/*'] }] } }",
            &["update s3.bucket/media: policy.Statement"],
            &[
                "s3.bucket/media Allow s3:GetObject on s3.bucket/media/a/* by Service=cloudfront.amazonaws.com: none -> yes",
                "s3.bucket/media Allow s3:GetObject on s3.bucket/media,s3.bucket/media/* by Service=cloudfront.amazonaws.com: yes -> none",
            ],
        ),
        case(
            "buckets: { media: { policy: [{ principals: [cloudfront.amazonaws.com], actions: ['s3:GetObject'], effect: allow, paths: ['a/*'], condition: { StringEquals: { 'aws:SourceArn': ['${keys.main.arn}'] } } }] } }",
            &["update s3.bucket/media: policy.Statement"],
            &[
                "s3.bucket/media Allow s3:GetObject on s3.bucket/media/a/* by Service=cloudfront.amazonaws.com if StringEquals=aws:SourceArn=kms.key/main: none -> yes",
                "s3.bucket/media Allow s3:GetObject on s3.bucket/media/a/* by Service=cloudfront.amazonaws.com: yes -> none",
            ],
        ),
        case(
            "buckets: { media: { policy: [{ principals: [cloudfront.amazonaws.com], actions: ['s3:GetObject'], effect: allow, paths: ['a/*'], condition: { StringEquals: { 'aws:SourceArn': ['${keys.main.arn}', b] } } }] } }",
            &["update s3.bucket/media: policy.Statement"],
            &[
                "s3.bucket/media Allow s3:GetObject on s3.bucket/media/a/* by Service=cloudfront.amazonaws.com if StringEquals=aws:SourceArn=kms.key/main,b: none -> yes",
                "s3.bucket/media Allow s3:GetObject on s3.bucket/media/a/* by Service=cloudfront.amazonaws.com if StringEquals=aws:SourceArn=kms.key/main: yes -> none",
            ],
        ),
        case(
            "buckets: { media: { policy: [{ principals: [cloudfront.amazonaws.com], actions: ['s3:GetObject'], effect: allow, paths: ['a/*'], condition: { StringEquals: { 'aws:SourceArn': ['${keys.main.arn}', b] }, StringLike: { 'aws:SourceAccount': ['1*'] } } }] } }",
            &["update s3.bucket/media: policy.Statement"],
            &[
                "s3.bucket/media Allow s3:GetObject on s3.bucket/media/a/* by Service=cloudfront.amazonaws.com if StringEquals=aws:SourceArn=kms.key/main,b,StringLike=aws:SourceAccount=1*: none -> yes",
                "s3.bucket/media Allow s3:GetObject on s3.bucket/media/a/* by Service=cloudfront.amazonaws.com if StringEquals=aws:SourceArn=kms.key/main,b: yes -> none",
            ],
        ),
        case(
            "buckets: { media: { policy: null } }",
            &["update s3.bucket/media: policy.Statement"],
            &[
                "s3.bucket/media Allow s3:GetObject on s3.bucket/media/a/* by Service=cloudfront.amazonaws.com if StringEquals=aws:SourceArn=kms.key/main,b,StringLike=aws:SourceAccount=1*: yes -> none",
            ],
        ),
    ],
};
