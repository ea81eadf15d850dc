//! Policies of buckets that name what builds on the bucket, so that they cannot be part of it:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html>.

use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{At, NO_BUCKET, on, or_unset, tagging};
use crate::{
    api::{ApiError, During, OrAbsent, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Changed, Lifecycle, Look, New},
    fields,
    resource::{Facts, Live, Place, Resource, Status, Waits, text::policy::PolicyDocument},
};

/// Who may do what with a bucket.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct BucketPolicy {
    /// The bucket's name.
    pub bucket_name: String,
    /// The bucket's region.
    pub region: String,
    /// Who may do what.
    pub policy: PolicyDocument,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// The bucket's name with `?policy`, as S3 asks for it: what refers to the bucket does not refer to this.
    pub id: String,
}

impl Resource for BucketPolicy {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(BucketPolicy: bucket_name, region),
        unique_by: fields!(BucketPolicy: bucket_name),
        stands_on: &["s3.bucket"],
        // The bucket's tags speak for it, and it goes with the bucket.
        tagged: false,
        waits: Waits::minutes(5, 5, 5),
        ..Facts::new::<Self>(
            "s3.bucket_policy",
            "who may do what with a bucket",
            "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html",
        )
    };

    fn foretell(&self, _: &Place) -> Map<String, Value> {
        Map::from_iter([("id".to_owned(), id(&self.bucket_name).into())])
    }
}

impl Lifecycle for BucketPolicy {
    /// What nobody wants is not looked for: it goes with its bucket.
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let found = try_join_all(look.wants.iter().map(|it| live(cx, it))).await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        put(cx, &new.want).await
    }

    async fn update(cx: &WriteCx, want: &Self, _: &Live<Self>, _: &Changed) -> Result<()> {
        put(cx, want).await
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let at = At::writing(cx, &live.state.bucket_name, &live.state.region);
        on!(at, delete_bucket_policy).send().await.during("s3:DeleteBucketPolicy").or_done()
    }
}

fn id(bucket: &str) -> String {
    format!("{bucket}?policy")
}

/// `None` if there is no such bucket, or nothing is said of it.
async fn live(cx: &ReadCx, want: &BucketPolicy) -> Result<Option<Live<BucketPolicy>>> {
    const CALL: &str = "s3:GetBucketPolicy";
    let BucketPolicy { bucket_name, region, .. } = want;
    let at = At::reading(cx, bucket_name, region);
    let (tags, answer) =
        tokio::join!(tagging::read(&at), async { or_unset(on!(at, get_bucket_policy).send().await.during(CALL)) });
    let (Some(tags), Some(answer)) = (none_or_others(tags)?, none_or_others(answer)?) else { return Ok(None) };
    let Some(text) = answer.and_then(|it| it.policy) else { return Ok(None) };
    let policy = PolicyDocument::from_text(&text).map_err(|_| ApiError::incomplete(CALL, "readable policy"))?;
    let state = BucketPolicy { bucket_name: bucket_name.clone(), region: region.clone(), policy };
    Ok(Some(Live { state, out: Out { id: id(bucket_name) }, tags, status: Status::Ready }))
}

/// `None` where there is no such bucket, or it is somebody else's: that is told of the bucket itself.
pub(super) fn none_or_others<T>(said: Result<T>) -> Result<Option<T>> {
    match said {
        Err(error) if error.code != NO_BUCKET && super::read::is_of_others(&error) => Ok(None),
        other => other.or_absent(),
    }
}

async fn put(cx: &WriteCx, want: &BucketPolicy) -> Result<()> {
    let at = At::writing(cx, &want.bucket_name, &want.region);
    on!(at, put_bucket_policy).policy(want.policy.to_text()).send().await.during("s3:PutBucketPolicy").map(drop)
}
