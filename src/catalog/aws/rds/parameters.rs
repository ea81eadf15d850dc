//! What a parameter group sets, and which of that needs a restart.

use std::collections::BTreeSet;

use aws_sdk_rds::types::{Filter, Parameter as SdkParameter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::{During, OrAbsent, ReadCx, Result};

/// A setting of PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Parameter {
    /// Its name, in small letters.
    pub name: String,
    /// Its value, in the unit that the setting has; may be a formula such as `{DBInstanceClassMemory/32768}`.
    pub value: String,
}

/// Settings that take effect when PostgreSQL starts. Plans go by this list, changes by what RDS says.
///
/// Those of PostgreSQL 12 to 18 whose context is `postmaster`
/// (<https://www.postgresql.org/docs/current/view-pg-settings.html>), and of RDS's own and of its extensions those whose
/// apply type is `static`
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html>).
const STATIC: &[&str] = &[
    "autovacuum_freeze_max_age",
    "autovacuum_multixact_freeze_max_age",
    "commit_timestamp_buffers",
    "cron.database_name",
    "cron.max_running_jobs",
    "cron.use_background_workers",
    "huge_pages",
    "io_max_concurrency",
    "io_method",
    "max_connections",
    "max_files_per_process",
    "max_locks_per_transaction",
    "max_logical_replication_workers",
    "max_notify_queue_pages",
    "max_pred_locks_per_transaction",
    "max_prepared_transactions",
    "max_replication_slots",
    "max_wal_senders",
    "max_worker_processes",
    "min_dynamic_shared_memory",
    "multixact_member_buffers",
    "multixact_offset_buffers",
    "notify_buffers",
    "old_snapshot_threshold",
    "pg_stat_statements.max",
    "rds.custom_dns_resolution",
    "rds.logical_replication",
    "rds.pg_stat_ramdisk_size",
    "rds.rds_superuser_reserved_connections",
    "rds.restrict_password_commands",
    "serializable_buffers",
    "shared_buffers",
    "shared_memory_type",
    "shared_preload_libraries",
    "subtransaction_buffers",
    "superuser_reserved_connections",
    "track_activity_query_size",
    "track_commit_timestamp",
    "transaction_buffers",
    "wal_buffers",
    "wal_decode_buffer_size",
];

impl Parameter {
    /// Whether it takes effect only when PostgreSQL starts.
    #[must_use]
    pub fn is_static(&self) -> bool {
        STATIC.contains(&self.name.as_str())
    }

    /// `None` where the group leaves the choice to PostgreSQL.
    fn read(from: &SdkParameter) -> Option<Self> {
        Some(Self { name: from.parameter_name()?.to_lowercase(), value: from.parameter_value()?.to_owned() })
    }
}

/// What someone has set in `group`, and those of `wanted` that are as wanted because the engine has them so: what is set to
/// its default value does not count as set. `None` if there is no such group.
pub(super) async fn set_in<'a>(
    cx: &ReadCx,
    group: &str,
    wanted: impl Iterator<Item = &'a Parameter>,
) -> Result<Option<BTreeSet<Parameter>>> {
    let Some(set) = described(cx, group, None).await? else { return Ok(None) };
    let mut acc: BTreeSet<_> = set.iter().filter_map(Parameter::read).collect();
    let unset: BTreeSet<_> = wanted.map(|it| &it.name).filter(|name| !acc.iter().any(|it| it.name == **name)).collect();
    if !unset.is_empty() {
        let found = described(cx, group, Some(unset.into_iter().cloned().collect())).await?;
        acc.extend(found.unwrap_or_default().iter().filter_map(Parameter::read));
    }
    Ok(Some(acc))
}

/// The parameters called `names`, or those that someone has set; `None` if there is no such group.
pub(super) async fn described(
    cx: &ReadCx,
    group: &str,
    names: Option<Vec<String>>,
) -> Result<Option<Vec<SdkParameter>>> {
    let call = cx.rds.describe_db_parameters().db_parameter_group_name(group);
    let call = match names {
        Some(names) => call.filters(Filter::builder().name("parameter-name").set_values(Some(names)).build()),
        None => call.source("user"),
    };
    call.into_paginator().items().send().collect::<Result<_, _>>().await.during("rds:DescribeDBParameters").or_absent()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        assert!(STATIC.is_sorted());
    }

    #[test]
    fn what_has_no_value_is_not_set() {
        let sdk = |value: Option<&str>| {
            let value = value.map(str::to_owned);
            SdkParameter::builder().parameter_name("Max_Connections").set_parameter_value(value).build()
        };
        let found = Parameter::read(&sdk(Some("100"))).unwrap();
        assert!(found.is_static() && found.name == "max_connections");
        assert_eq!(Parameter::read(&sdk(None)), None);
    }
}
