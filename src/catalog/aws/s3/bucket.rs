//! Buckets: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingBucket.html>.

use std::collections::BTreeSet;

use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration, ObjectOwnership};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    At,
    cors::CorsRule,
    empty,
    lifecycle_rule::LifecycleRule,
    read,
    replication::Replication,
    settings::{Encryption, OnDelete, PublicAccess},
    tagging, write,
};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New, TagChanges},
    fields,
    resource::{
        Facts, Live, Place, Resource, Risk, Waits,
        tags::{ON_DELETE, Scope},
        text::{digest::short, policy::PolicyDocument},
        to_tree,
    },
};

/// The region whose buckets have no word for where they are.
const FIRST_REGION: &str = "us-east-1";
/// As many characters as a name may have.
const LONGEST: usize = 63;

/// A place for objects.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Bucket {
    /// Its name, of which the world has one: 3 to 63 small letters, digits and hyphens.
    pub bucket_name: String,
    /// Where it is, such as `eu-central-1`.
    pub region: String,
    /// Whether an object that is overwritten or deleted is kept as an old version.
    pub versioning: bool,
    /// How objects are encrypted unless their writers say otherwise.
    pub encryption: Encryption,
    /// Whose an object is: the bucket's owner's, and ACLs mean nothing, by `BucketOwnerEnforced`.
    pub ownership: String,
    /// What keeps it from being made public.
    pub public_access_block: BTreeSet<PublicAccess>,
    /// What becomes of objects with time.
    pub lifecycle: BTreeSet<LifecycleRule>,
    /// Which web pages may use it.
    pub cors: Vec<CorsRule>,
    /// Who may do what with it; left out where that stands in a policy of its own.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub policy: Option<PolicyDocument>,
    /// What is copied to other buckets.
    pub replication: Option<Replication>,
    /// What becomes of its objects when it is deleted.
    pub on_delete: OnDelete,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its name in the DNS: the region's, since the one without works for new buckets only after hours.
    pub domain: String,
}

/// As much of a stack's own beginning of names as there is always room for.
const START: usize = 46;

/// How the names of a scope's buckets begin, unless the file chooses them.
pub(in crate::catalog::aws) fn start(scope: &Scope) -> String {
    format!("{}-", scope.prefix()).chars().take(START).collect()
}

/// A name that no other account has, nor any other region: the world has one bucket of a name.
#[must_use]
pub fn name(scope: &Scope, account: &str, region: &str, name: &str) -> String {
    let whole = format!("{}-{name}-{}", scope.prefix(), short(&format!("{account} {region}"), 8));
    if whole.len() <= LONGEST {
        return whole;
    }
    let start = start(scope);
    format!("{}-{}", start.trim_end_matches('-'), short(&whole, 16))
}

impl Out {
    /// What a bucket is called in `region`, whose partition is told by its name where it is not known.
    #[must_use]
    pub fn of(name: &str, region: &str, partition: Option<&str>) -> Self {
        let china = region.starts_with("cn-");
        let usual = match region {
            _ if china => "aws-cn",
            it if it.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        let suffix = if china { "amazonaws.com.cn" } else { "amazonaws.com" };
        Self {
            arn: format!("arn:{}:s3:::{name}", partition.unwrap_or(usual)),
            name: name.to_owned(),
            domain: format!("{name}.s3.{region}.{suffix}"),
        }
    }
}

impl Resource for Bucket {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Bucket: bucket_name, region),
        unique_by: fields!(Bucket: bucket_name),
        holds_data: true,
        // A name may be taken for a while after it was given up, and who writes late keeps a bucket from being empty.
        waits: Waits::minutes(10, 10, 15),
        ..Facts::new::<Self>(
            "s3.bucket",
            "a place for objects",
            "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html",
        )
    };

    fn foretell(&self, place: &Place) -> Map<String, Value> {
        match to_tree(&Out::of(&self.bucket_name, &self.region, Some(&place.partition))) {
            Value::Object(it) => it,
            _ => Map::new(),
        }
    }

    fn risks(&self) -> Vec<Risk> {
        let open = !self.public_access_block.contains(&PublicAccess::RestrictPublicBuckets);
        let actions = self.policy.iter().filter(|_| open).flat_map(PolicyDocument::public_actions);
        let actions: Vec<_> = actions.collect();
        let what = format!("anyone on the internet may {} in {}", actions.join(", "), self.bucket_name);
        (!actions.is_empty()).then_some(Risk::Exposes(what)).into_iter().collect()
    }

    fn change_risks(&self, live: &Self) -> Vec<Risk> {
        let new = self.lifecycle.difference(&live.lifecycle);
        let expiring = new.filter_map(|it| Some((it, it.expire_days.or(it.noncurrent_days)?)));
        expiring
            .map(|(it, days)| {
                let which =
                    if it.prefix.is_empty() { "objects".into() } else { format!("objects under {}", it.prefix) };
                let what = if it.expire_days.is_some() { which } else { format!("old versions of {which}") };
                Risk::Defers(format!(
                    "{what} are deleted {days} days after they were written, those there are included"
                ))
            })
            .collect()
    }
}

impl Lifecycle for Bucket {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        read::buckets(cx, look).await
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        const CALL: &str = "s3:CreateBucket";
        let want = &new.want;
        let at = At::writing(cx, &want.bucket_name, &want.region);
        let mut tags = new.tags.clone();
        tags.extend(want.on_delete.tag().map(|it| (ON_DELETE.to_owned(), it.to_owned())));
        let place = (want.region != FIRST_REGION).then(|| BucketLocationConstraint::from(want.region.as_str()));
        let configuration = CreateBucketConfiguration::builder()
            .set_location_constraint(place)
            .set_tags(Some(tagging::to_sdk(CALL, &tags)?))
            .build();
        let call = at
            .s3
            .create_bucket()
            .bucket(&at.name)
            .object_ownership(ObjectOwnership::from(want.ownership.as_str()))
            .create_bucket_configuration(configuration);
        call.send().await.during(CALL).map(drop)
    }

    async fn update(cx: &WriteCx, want: &Self, live: &Live<Self>, changed: &Changed) -> Result<()> {
        let (reader, at) = both(cx, live);
        write::settings(&reader, &at, want, changed).await
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let (reader, at) = both(cx, live);
        let keeps = live.state.on_delete == OnDelete::Keep;
        if !keeps {
            empty::empty(&reader, &at).await.or_done()?;
        }
        let call = super::on!(at, delete_bucket);
        call.send().await.during("s3:DeleteBucket").or_done().map_err(|it| if keeps { how(it) } else { it })
    }

    async fn blockers(cx: &ReadCx, live: &Live<Self>) -> Result<Vec<String>> {
        empty::contents(&At::reading(cx, &live.state.bucket_name, &live.state.region)).await
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        let (reader, at) = both(cx, live);
        tagging::change(&reader, &at, tags).await
    }
}

/// To look with, and to change with.
fn both(cx: &WriteCx, live: &Live<Bucket>) -> (At, At) {
    let Bucket { bucket_name: name, region, .. } = &live.state;
    (At::reading(&cx.read, name, region), At::writing(cx, name, region))
}

/// What holds objects that are to be kept stays until someone decides: waiting helps nobody.
fn how(error: ApiError) -> ApiError {
    if error.code != "BucketNotEmpty" {
        return error;
    }
    let message = "it holds objects: set `empty_on_destroy: true` for it and apply that first, or empty it by hand";
    ApiError { message: message.into(), ..error }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::retry::{self, Class};

    #[test]
    fn names_are_found_by_their_start_and_differ_by_account_and_region() {
        for env in ["dev", &"e".repeat(31)] {
            let scope = Scope { stack: "s".repeat(24), env: env.into(), region: "eu-central-1".into() };
            let all: BTreeSet<_> = ["1", "2"]
                .into_iter()
                .flat_map(|account| ["eu-west-1", "eu-central-1"].map(|it| name(&scope, account, it, &"n".repeat(24))))
                .collect();
            assert_eq!(all.len(), 4, "{all:?}");
            assert!(all.iter().all(|it| it.len() <= LONGEST && it.starts_with(&start(&scope))), "{all:?}");
        }
    }

    #[test]
    fn outputs_are_of_the_region() {
        let bucket = Bucket { bucket_name: "shop".into(), region: "cn-north-1".into(), ..Bucket::default() };
        let place = |region: &str, partition: &str| Place {
            account: "123456789012".into(),
            region: region.into(),
            partition: partition.into(),
        };
        let said = Value::from(bucket.foretell(&place("cn-north-1", "aws-cn")));
        assert_eq!(said["arn"], "arn:aws-cn:s3:::shop");
        assert_eq!(said["domain"], "shop.s3.cn-north-1.amazonaws.com.cn");
        assert_eq!(said, to_tree(&Out::of("shop", "cn-north-1", None)));
        assert_eq!(Out::of("shop", "us-gov-west-1", None).arn, "arn:aws-us-gov:s3:::shop");
    }

    #[test]
    fn a_bucket_that_keeps_its_objects_is_not_waited_for() {
        let full = |message: &str| ApiError::refused("s3:DeleteBucket", "BucketNotEmpty", message);
        let error = how(full("The bucket you tried to delete is not empty"));
        assert!(error.message.contains("empty_on_destroy"));
        assert_eq!((retry::rule(&error).class, retry::rule(&error).budget.as_secs()), (Class::Blocked, 0));
        // One that was emptied may have been written to since.
        assert!(retry::rule(&full("The bucket you tried to delete is not empty")).budget.as_secs() > 0);
    }

    #[test]
    fn what_the_policy_opens_to_all_is_a_risk_unless_it_is_blocked() {
        let statement = json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"});
        let policy = Some(PolicyDocument::new(json!({"Statement": statement})));
        let open = Bucket { bucket_name: "shop".into(), policy, ..Bucket::default() };
        assert_eq!(open.risks(), [Risk::Exposes("anyone on the internet may s3:GetObject in shop".into())]);
        let closed = Bucket { public_access_block: PublicAccess::ALL.into(), ..open };
        assert_eq!(closed.risks(), []);
    }
}
