//! Invalidations: <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html>.

use aws_sdk_cloudfront::{
    error::BuildError,
    types::{InvalidationBatch, Paths},
};

use crate::api::{ApiError, During, Result, WriteCx};

const CALL: &str = "cloudfront:CreateInvalidation";

/// Makes a distribution forget `paths`, which takes it a few minutes. Asked again with the same reference, it gives the
/// invalidation that there is.
///
/// # Errors
///
/// What CloudFront refused.
pub async fn invalidate(cx: &WriteCx, distribution: &str, paths: &[&str], reference: &str) -> Result<()> {
    let count = i32::try_from(paths.len()).unwrap_or(i32::MAX);
    let paths = paths.iter().fold(Paths::builder().quantity(count), |acc, it| acc.items(*it));
    let unsent = |it: BuildError| ApiError::refused(CALL, "NotSent", it.to_string());
    let batch = InvalidationBatch::builder().paths(paths.build().map_err(unsent)?).caller_reference(reference);
    let call = cx.cloudfront.create_invalidation().distribution_id(distribution);
    call.invalidation_batch(batch.build().map_err(unsent)?).send().await.during(CALL).map(drop)
}
