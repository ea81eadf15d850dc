//! Buckets, copies of them in another region, and the role that copies.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Ground, cloudflare::media, naming::fit, stack::Stack, trust};
use crate::{
    catalog::aws::{
        iam::role::Role,
        s3::{
            bucket::{self, Bucket, Out},
            bucket_policy::BucketPolicy,
            cors::CorsRule,
            lifecycle_rule::LifecycleRule,
            replication::{Replication, ReplicationRule},
            settings::{Encryption, OnDelete, PublicAccess},
        },
    },
    field,
    resource::{graph::Handle, text::policy::PolicyDocument, value::In},
    spec::model::{
        self, BucketCopy, BucketCors, BucketEffect, BucketEncryption, BucketRule, BucketStatement, Days, StorageClass,
        Text,
    },
};

pub(super) fn buckets(stack: &mut Stack<'_>, ground: &Ground) {
    for (name, it) in &stack.spec.buckets {
        let component = format!("buckets.{name}");
        let plan = Planned::new(stack, name.as_str(), it);
        let replication = it.replicate.as_ref().map(|copy| plan.replication(stack, &component, copy));
        let statements = it.policy.iter().map(|it| plan.statement(stack, it));
        let public = it.public.map(|_| plan.anyone_may_read());
        let media = media::statement(stack, ground, name, &plan.inside("*"));
        let policy = plan.policy(public.into_iter().chain(media).chain(statements));
        let kms = it.encryption() == BucketEncryption::Kms;
        let key = it.key.as_ref().map(|it| stack.text(it));
        let bucket = Bucket {
            versioning: it.versioning,
            encryption: Encryption::new(if kms { Encryption::KMS } else { Encryption::S3 }, key, kms),
            public_access_block: block(it.public.is_some()),
            lifecycle: it.lifecycle.iter().map(rule).collect(),
            cors: it.cors.iter().map(cors).collect(),
            policy: Some(policy),
            replication,
            ..plan.closed()
        };
        let bucket = stack.graph.add(&component, name.as_str(), &bucket);
        stack.give(&component, "", bucket.out(field!(name)));
        stack.give(&component, "name", bucket.out(field!(name)));
        stack.give(&component, "arn", bucket.out(field!(arn)));
        stack.give(&component, "domain", bucket.out(field!(domain)));
    }
}

/// A bucket for what load balancers log, kept for so many days. They write by themselves, and only where keys are S3's own:
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html>.
pub(super) fn log_bucket(stack: &mut Stack<'_>, component: &str, name: &str, days: u32) -> Handle<Bucket> {
    let plan = Planned::named(stack, name, None);
    let account = &stack.graph.place.account;
    let writes = json!({
        "Sid": "LoadBalancersWrite",
        "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": plan.inside(&format!("*AWSLogs/{account}/*")),
    });
    let forget = LifecycleRule { expire_days: i32::try_from(days).ok(), ..LifecycleRule::default() };
    // Logs come for up to an hour after the load balancer is gone, and nobody misses them.
    let bucket = Bucket {
        lifecycle: [forget].into(),
        policy: Some(plan.policy([writes])),
        on_delete: OnDelete::Empty,
        ..plan.closed()
    };
    stack.graph.add(component, name, &bucket)
}

/// A bucket for the files of a site. Its policy names what reads it, which is made after it. What is in it comes from a
/// folder, and can be published again.
pub(super) fn site_bucket(stack: &mut Stack<'_>, component: &str, name: &str) -> (Handle<Bucket>, Planned) {
    // No bucket of the file's own can have such a name.
    let plan = Planned::named(stack, &format!("sites--{name}"), None);
    let bucket = Bucket { policy: None, on_delete: OnDelete::Empty, ..plan.closed() };
    (stack.graph.add(component, &format!("sites.{name}"), &bucket), plan)
}

/// Lets a distribution, and nobody else, read what is in a bucket. Whoever may list what there is, is told what there is not:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>.
pub(super) fn read_by(stack: &mut Stack<'_>, component: &str, plan: &Planned, reader: In<String>) {
    let may = |sid: &str, action: &str, on: String| {
        json!({
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": action,
            "Resource": on,
            "Condition": {"StringEquals": {"AWS:SourceArn": reader}},
        })
    };
    let statements = [may("Read", "s3:GetObject", plan.inside("*")), may("List", "s3:ListBucket", plan.arn.clone())];
    let policy =
        BucketPolicy { bucket_name: plan.name.clone(), region: plan.region.clone(), policy: plan.policy(statements) };
    stack.graph.add(component, component, &policy);
}

/// The name in the DNS of a bucket for what CloudFront logs, kept for so many days. It writes with an ACL that it sets by
/// itself: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html>.
pub(super) fn site_logs(stack: &mut Stack<'_>, component: &str, name: &str, days: u32) -> In<String> {
    let plan = Planned::named(stack, &format!("sites--{name}--logs"), None);
    let forget = LifecycleRule { expire_days: i32::try_from(days).ok(), ..LifecycleRule::default() };
    let bucket = Bucket {
        ownership: "BucketOwnerPreferred".into(),
        lifecycle: [forget].into(),
        on_delete: OnDelete::Empty,
        ..plan.closed()
    };
    let bucket = stack.graph.add(component, &format!("sites.{name}.logs"), &bucket);
    In::join([bucket.out(field!(name)), ".s3.amazonaws.com".into()])
}

/// A bucket whose name is settled.
pub(super) struct Planned {
    name: String,
    region: String,
    arn: String,
    on_delete: OnDelete,
}

impl Planned {
    fn new(stack: &Stack<'_>, name: &str, spec: &model::Bucket) -> Self {
        let chosen = spec.name.as_ref().map(ToString::to_string);
        let goes = spec.empty_on_destroy.unwrap_or(stack.spec.ephemeral);
        let on_delete = if goes { OnDelete::Empty } else { OnDelete::Keep };
        Self { on_delete, ..Self::named(stack, name, chosen) }
    }

    fn named(stack: &Stack<'_>, name: &str, chosen: Option<String>) -> Self {
        let (scope, place) = (&stack.graph.scope, &stack.graph.place);
        let name = chosen.unwrap_or_else(|| bucket::name(scope, &place.account, &place.region, name));
        Self::at(stack, name, &place.region)
    }

    fn at(stack: &Stack<'_>, name: String, region: &str) -> Self {
        let arn = Out::of(&name, region, Some(&stack.graph.place.partition)).arn;
        Self { arn, name, region: region.to_owned(), on_delete: OnDelete::Keep }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn region(&self) -> &str {
        &self.region
    }

    fn inside(&self, path: &str) -> String {
        format!("{}/{path}", self.arn)
    }

    /// It, with nothing said about it.
    fn closed(&self) -> Bucket {
        Bucket {
            bucket_name: self.name.clone(),
            region: self.region.clone(),
            ownership: "BucketOwnerEnforced".into(),
            public_access_block: block(false),
            policy: Some(self.policy([])),
            on_delete: self.on_delete,
            ..Bucket::default()
        }
    }

    /// What is sent in the clear is refused, whoever sends it:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html>.
    fn policy(&self, statements: impl IntoIterator<Item = Value>) -> PolicyDocument {
        let secure = json!({
            "Sid": "DenyInsecureTransport",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [self.arn, self.inside("*")],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        });
        let all: Vec<_> = std::iter::once(secure).chain(statements).collect();
        PolicyDocument::new(json!({"Version": "2012-10-17", "Statement": all}))
    }

    fn anyone_may_read(&self) -> Value {
        json!({
            "Sid": "PublicRead",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": self.inside("*"),
        })
    }

    fn statement(&self, stack: &Stack<'_>, it: &BucketStatement) -> Value {
        let everything = || vec![self.arn.clone(), self.inside("*")];
        let paths = it.paths.iter().map(|path| self.inside(path.trim_start_matches('/'))).collect();
        let mut statement = json!({
            "Effect": if it.effect == BucketEffect::Allow { "Allow" } else { "Deny" },
            "Principal": principals(stack, &it.principals),
            "Action": it.actions,
            "Resource": if it.paths.is_empty() { everything() } else { paths },
        });
        if let (false, Value::Object(map)) = (it.condition.is_empty(), &mut statement) {
            let texts = |all: &Vec<Text>| json!(all.iter().map(|it| stack.text(it)).collect::<Vec<_>>());
            let keys = it.condition.iter().map(|(operator, keys)| {
                let keys: Map<_, _> = keys.iter().map(|(key, all)| (key.clone(), texts(all))).collect();
                (operator.clone(), Value::Object(keys))
            });
            map.insert("Condition".into(), Value::Object(keys.collect()));
        }
        statement
    }

    /// Makes the bucket with the copies, and the role that writes them.
    fn replication(&self, stack: &mut Stack<'_>, component: &str, copy: &BucketCopy) -> Replication {
        let name = component.trim_start_matches("buckets.");
        let (account, region) = (stack.graph.place.account.clone(), copy.region.as_str());
        let called = bucket::name(&stack.graph.scope, &account, region, &format!("{name}-copy"));
        let there = Self { on_delete: self.on_delete, ..Self::at(stack, called, region) };
        // Copies of old versions are old versions, too.
        let bucket = Bucket { versioning: true, ..there.closed() };
        let destination = stack.graph.add(component, &format!("{name}.copy"), &bucket);
        let role = stack.graph.add(component, &format!("{component}.copy"), &self.copier(stack, name, &there));
        let rule = ReplicationRule {
            destination: destination.out(field!(arn)),
            storage_class: copy.class.map(|it| it.word().to_owned()),
            prefix: copy.prefix.clone(),
            other: Vec::new(),
        };
        Replication { role: role.out(field!(arn)), rules: [rule].into() }
    }

    /// What S3 needs to copy:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html>.
    fn copier(&self, stack: &Stack<'_>, name: &str, there: &Self) -> Role {
        let scope = &stack.graph.scope;
        let allow = |actions: &[&str], on: String| json!({"Effect": "Allow", "Action": actions, "Resource": on});
        Role {
            role_name: fit(&format!("{}-bucket-{name}-copy", scope.global_prefix()), 64),
            path: scope.global_path(),
            description: format!("Copies the bucket {name} of {}", scope.prefix()),
            trust: trust::service_of("s3.amazonaws.com", &stack.graph.place.account),
            policy: Some(PolicyDocument::new(json!({
                "Version": "2012-10-17",
                "Statement": [
                    allow(&["s3:GetReplicationConfiguration", "s3:ListBucket"], self.arn.clone()),
                    allow(
                        &[
                            "s3:GetObjectVersionAcl",
                            "s3:GetObjectVersionForReplication",
                            "s3:GetObjectVersionTagging",
                        ],
                        self.inside("*"),
                    ),
                    allow(&["s3:ReplicateObject", "s3:ReplicateTags"], there.inside("*")),
                ],
            }))),
        }
    }
}

/// ACLs mean nothing in any case; of the rest, only what a public policy needs is left open.
fn block(public: bool) -> BTreeSet<PublicAccess> {
    let of_policies =
        |it: &PublicAccess| matches!(it, PublicAccess::BlockPublicPolicy | PublicAccess::RestrictPublicBuckets);
    PublicAccess::ALL.into_iter().filter(|it| !(public && of_policies(it))).collect()
}

/// Services by their names, everyone by `*`, and the rest as AWS has them: ARNs and accounts.
fn principals(stack: &Stack<'_>, all: &[Text]) -> Value {
    let (mut services, mut others) = (Vec::new(), Vec::new());
    for text in all {
        match text.literal() {
            Some(it) if it == "*" => return json!("*"),
            Some(it) if it.ends_with(".amazonaws.com") => services.push(it.into_owned()),
            _ => others.push(stack.text(text)),
        }
    }
    let mut map = Map::new();
    if !others.is_empty() {
        map.insert("AWS".into(), json!(others));
    }
    if !services.is_empty() {
        map.insert("Service".into(), json!(services));
    }
    map.into()
}

fn rule(it: &BucketRule) -> LifecycleRule {
    let days = |it: Option<Days>| it.and_then(|it| i32::try_from(it.count()).ok());
    let text = |it: &dyn ToString| it.to_string();
    LifecycleRule {
        prefix: it.prefix.clone(),
        tags: it.tags.iter().map(|(key, value)| (text(key), text(value))).collect(),
        transitions: it
            .to
            .map(StorageClass::word)
            .zip(days(it.after))
            .map(|(to, days)| (to.to_owned(), days))
            .into_iter()
            .collect(),
        expire_days: days(it.expire),
        noncurrent_days: days(it.noncurrent),
        abort_upload_days: days(it.abort_uploads),
        other: Vec::new(),
    }
}

fn cors(it: &BucketCors) -> CorsRule {
    CorsRule {
        origins: it.origins.iter().map(ToString::to_string).collect(),
        methods: it.methods.iter().map(|it| it.word().to_owned()).collect(),
        headers: it.headers.iter().map(ToString::to_string).collect(),
        expose: it.expose.clone(),
        max_age_seconds: it.max_age.and_then(|it| i32::try_from(it.seconds()).ok()),
    }
}
