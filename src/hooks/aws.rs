//! What AWS is told.

use super::{Release, Teller, Untold, release::short};
use crate::{
    api::patience::{Again, Patience},
    catalog::aws::{cloudfront::invalidation::invalidate as forget, sns::topic::publish},
    spec::model::{CloudfrontHook, InvalidationPath},
};

/// How long the subject of a message may be (<https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>).
const SUBJECT: usize = 100;

/// Whoever listens to a topic bears to hear something twice: SNS gives no promise that it does not happen.
pub(super) async fn notify(
    teller: &Teller<'_>,
    patience: Patience,
    release: &Release<'_>,
    topic: &str,
) -> Result<(), Untold> {
    let (subject, message) = (short(&release.title(), SUBJECT), release.text());
    let said = patience.repeat(Again::Always, async || publish(teller.cx, topic, &subject, &message).await);
    Ok(said.await?)
}

pub(super) async fn invalidate(
    teller: &Teller<'_>,
    patience: Patience,
    release: &Release<'_>,
    hook: &CloudfrontHook,
) -> Result<(), Untold> {
    let paths: Vec<_> = hook.paths.iter().map(InvalidationPath::as_str).collect();
    // An image may be released again after another one: then it is another invalidation.
    let reference = format!("infractl-{}-{}", release.service, teller.nonce);
    let distribution = hook.distribution.as_str();
    let said = patience.repeat(Again::Always, async || forget(teller.cx, distribution, &paths, &reference).await);
    Ok(said.await?)
}
