//! Whether a database can be used, and whether it can be changed.

use aws_sdk_rds::types::{DbInstance, SourceType};
use aws_smithy_types::date_time::Format;

use super::instance::Instance;
use crate::{
    api::{During, ReadCx, Result},
    plan::diff::diff_settings,
    resource::{Live, Resource, Status, to_tree, value::references},
};

/// How far back events are looked at, in minutes: as far as they are kept for sure.
const EVENTS: i32 = 24 * 60;

/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status>
pub(super) fn status(it: &DbInstance) -> Status {
    let word = it.db_instance_status().unwrap_or("creating");
    match word {
        // A full database has to be changed to be of use again, and a stopped one was stopped by someone.
        "available" | "storage-full" | "stopped" => Status::Ready,
        _ if passes(word) && it.endpoint().is_some() => Status::Ready,
        // Its parameters can be put right.
        "incompatible-parameters" => {
            Status::Reverted("incompatible-parameters: it does not start with the parameters that it has".into())
        }
        "deleting" => Status::Leaving,
        "failed" | "insufficient-capacity" | "restore-error" => Status::Failed(word.into()),
        _ if word.starts_with("incompatible-") || word.starts_with("inaccessible-") => Status::Failed(word.into()),
        passing => Status::Pending(passing.into()),
    }
}

/// Whether a state comes and goes while the database stays what it is, at night for its backup and after every change: no
/// plan has to wait for that. What is to change it has to, or else would ask in vain.
fn passes(word: &str) -> bool {
    matches!(word, "backing-up" | "maintenance" | "modifying" | "rebooting" | "resetting-master-credentials")
        || word.starts_with("configuring-")
        || word.starts_with("storage-")
}

/// What is busy and not yet as `want` has it will be, or can be asked again then.
pub(super) fn busy(it: &DbInstance, want: &Instance, state: &Instance) -> Option<Status> {
    let word = it.db_instance_status().filter(|it| passes(it) && !it.starts_with("storage-"))?;
    let want = to_tree(want);
    let differs = references(&want).is_empty() && !diff_settings(&Instance::FACTS, &want, &to_tree(state)).is_empty();
    differs.then(|| Status::Pending(word.to_owned()))
}

/// An upgrade that RDS gave up is only told as an event: the database is back at its old version as if nothing had been.
pub(super) async fn upgrade_failed(
    cx: &ReadCx,
    want: Option<&Instance>,
    live: &Live<Instance>,
) -> Result<Option<Status>> {
    let differs = want.is_some_and(|it| it.version.is_some() && it.version != live.state.version);
    if !differs || live.status != Status::Ready {
        return Ok(None);
    }
    let call = cx.rds.describe_events().source_type(SourceType::DbInstance).source_identifier(&live.out.id);
    let pages = call.duration(EVENTS).into_paginator().items().send();
    let events: Vec<_> = pages.collect::<Result<_, _>>().await.during("rds:DescribeEvents")?;
    let told = events.iter().filter_map(|it| Some((it.date()?, it.message()?)));
    let failed = told.filter(|(_, said)| is_failed_upgrade(said)).max_by_key(|(date, _)| date.secs());
    Ok(failed.map(|(date, said)| {
        let date = date.fmt(Format::DateTime).unwrap_or_default();
        Status::Reverted(format!("its upgrade failed: {said} ({date})"))
    }))
}

/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html>
pub(super) fn is_failed_upgrade(said: &str) -> bool {
    let said = said.to_lowercase().replace('\u{2019}', "'");
    ["cannot be upgraded", "can't be upgraded", "could not be upgraded", "unable to upgrade", "upgrade failed"]
        .iter()
        .any(|it| said.contains(it))
}
