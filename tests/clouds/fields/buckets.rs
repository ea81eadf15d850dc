//! Buckets.

use super::bench::{Sequence, case};

pub(super) const SEQUENCE: Sequence = Sequence {
    base: "keys: { main: { window: 7d } }",
    cases: &[
        case(
            "buckets: { media: {} }",
            &["create s3.bucket/media"],
            &[
                "+s3.bucket/media: Deny s3:* on s3.bucket/media,s3.bucket/media/* by * if Bool=aws:SecureTransport=false=yes, blocked=new ACLs; ACLs; new policies; policies, encryption=AES256, name=shop-default-media, owner=BucketOwnerEnforced, region=eu-central-1",
            ],
        ),
        case(
            "buckets: { logs: { empty_on_destroy: true } }",
            &["create s3.bucket/logs"],
            &[
                "+s3.bucket/logs: Deny s3:* on s3.bucket/logs,s3.bucket/logs/* by * if Bool=aws:SecureTransport=false=yes, blocked=new ACLs; ACLs; new policies; policies, encryption=AES256, name=shop-default-logs, on_delete=empty, owner=BucketOwnerEnforced, region=eu-central-1",
            ],
        ),
        case("buckets: { logs: null }", &["delete s3.bucket/logs"], &["-s3.bucket/logs"]),
        // What is written as it is by default changes nothing.
        case(
            "buckets: { media: { versioning: false, encryption: s3, lifecycle: [], cors: [], policy: [], empty_on_destroy: false } }",
            &[],
            &[],
        ),
        case(
            "buckets: { media: { versioning: true } }",
            &["update s3.bucket/media: versioning"],
            &["s3.bucket/media versions: none -> Enabled"],
        ),
        case(
            "buckets: { media: { versioning: false } }",
            &["update s3.bucket/media: versioning"],
            &["s3.bucket/media versions: Enabled -> none"],
        ),
        case(
            "buckets: { media: { encryption: kms } }",
            &["update s3.bucket/media: encryption.algorithm, encryption.bucket_key"],
            &["s3.bucket/media encryption: AES256 -> aws:kms  at once"],
        ),
        case(
            "buckets: { media: { key: '${keys.main}' } }",
            &["update s3.bucket/media: encryption.key"],
            &["s3.bucket/media encryption: aws:kms  at once -> aws:kms kms.key/main at once"],
        ),
        case(
            "buckets: { media: { key: null } }",
            &["update s3.bucket/media: encryption.key"],
            &["s3.bucket/media encryption: aws:kms kms.key/main at once -> aws:kms  at once"],
        ),
        case(
            "buckets: { media: { encryption: s3 } }",
            &["update s3.bucket/media: encryption.algorithm, encryption.bucket_key"],
            &["s3.bucket/media encryption: aws:kms  at once -> AES256"],
        ),
        case(
            "buckets: { media: { public: read } }",
            &["update s3.bucket/media: public_access_block, policy.Statement"],
            &[
                "s3.bucket/media Allow s3:GetObject on s3.bucket/media/* by *: none -> yes",
                "s3.bucket/media blocked: new ACLs; ACLs; new policies; policies -> new ACLs; ACLs",
            ],
        ),
        case(
            "buckets: { media: { public: null } }",
            &["update s3.bucket/media: public_access_block, policy.Statement"],
            &[
                "s3.bucket/media Allow s3:GetObject on s3.bucket/media/* by *: yes -> none",
                "s3.bucket/media blocked: new ACLs; ACLs -> new ACLs; ACLs; new policies; policies",
            ],
        ),
        case(
            "buckets: { media: { empty_on_destroy: true } }",
            &["update s3.bucket/media: on_delete"],
            &["s3.bucket/media on_delete: none -> empty"],
        ),
        case(
            "buckets: { media: { empty_on_destroy: false } }",
            &["update s3.bucket/media: on_delete"],
            &["s3.bucket/media on_delete: empty -> none"],
        ),
        case("ephemeral: true", &[], &[]),
        case(
            "buckets: { media: { empty_on_destroy: null } }",
            &["update s3.bucket/media: on_delete"],
            &["s3.bucket/media on_delete: none -> empty"],
        ),
        case(
            "buckets: { media: { name: shop-media-of-THIS-ACCOUNT } }",
            &["replace s3.bucket/media: bucket_name"],
            &["s3.bucket/media name: shop-default-media -> shop-media"],
        ),
    ],
};
