//! Changing a database in place, and deleting it.

use aws_sdk_rds::{
    operation::modify_db_instance::builders::ModifyDBInstanceFluentBuilder, types::CloudwatchLogsExportConfiguration,
};

use super::{
    instance::{Instance, Out},
    make::{groups, insights, password},
    number,
    observe::own_tags,
    version::major,
};
use crate::{
    api::{During, OrDone, Result, WriteCx, retry::Class},
    catalog::lifecycle::{Changed, TagChanges},
    fields,
    resource::{Live, Status},
};

/// From how many GiB on the operations of `gp3` can be chosen
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage>).
const STRIPED: u32 = 400;

/// A change after which the database has to start anew is made last, and only if no other one was: that may well restart it
/// anyway, and whoever asked comes back for what is left.
pub(super) async fn instance(cx: &WriteCx, want: &Instance, live: &Live<Instance>, changed: &Changed) -> Result<()> {
    let modifies = changed.any_but(fields!(Instance: final_snapshot, static_parameters));
    if modifies {
        let call = cx.rds.modify_db_instance().db_instance_identifier(&live.out.id);
        let call = call.apply_immediately(!want.in_window);
        let mut call = settings(storage(call, want, live, changed), want, &live.state, changed);
        if changed.any(fields!(Instance: password_version, managed_password)) {
            call = call.set_master_user_password(password(&cx.read, want).await?).set_manage_master_user_password(
                changed.any(fields!(Instance: managed_password)).then_some(want.managed_password),
            );
        }
        let said = call.send().await.during("rds:ModifyDBInstance").map(drop);
        // What is as it should be, and only not seen yet, need not be said twice.
        said.or_else(|it| if it.class() == Class::Exists { Ok(()) } else { Err(it) })?;
    }
    if changed.any(fields!(Instance: final_snapshot, password_version)) {
        let version = want.password_version.as_ref().map(|it| it.get().as_str());
        let set = own_tags(want.final_snapshot, version);
        super::retag(cx, &live.out.arn, &TagChanges { set, unset: Vec::new() }).await?;
    }
    if changed.any(fields!(Instance: static_parameters)) && !modifies {
        let call = cx.rds.reboot_db_instance().db_instance_identifier(&live.out.id);
        call.send().await.during("rds:RebootDBInstance")?;
    }
    Ok(())
}

fn settings(
    mut call: ModifyDBInstanceFluentBuilder,
    want: &Instance,
    live: &Instance,
    changed: &Changed,
) -> ModifyDBInstanceFluentBuilder {
    macro_rules! set {
        ($($field:ident => |$call:ident| $set:expr;)*) => {
            $(if changed.any(fields!(Instance: $field)) {
                let $call = call;
                call = $set;
            })*
        };
    }
    set! {
        class => |it| it.db_instance_class(&want.class);
        port => |it| it.db_port_number(number(want.port));
        security_groups => |it| it.set_vpc_security_group_ids(Some(groups(want)));
        parameter_group => |it| it.db_parameter_group_name(want.parameter_group.get());
        multi_az => |it| it.multi_az(want.multi_az);
        public => |it| it.publicly_accessible(want.public);
        backup_days => |it| it.backup_retention_period(number(want.backup_days));
        backup_window => |it| it.set_preferred_backup_window(want.backup_window.clone());
        maintenance_window => |it| it.set_preferred_maintenance_window(want.maintenance_window.clone());
        minor_upgrades => |it| it.auto_minor_version_upgrade(want.minor_upgrades);
        deletion_protection => |it| it.deletion_protection(want.deletion_protection);
        tagged_snapshots => |it| it.copy_tags_to_snapshot(want.tagged_snapshots);
        logs => |it| it.cloudwatch_logs_export_configuration(exports(want, live));
        advanced_insights => |it| {
            let (mode, days) = insights(want);
            it.database_insights_mode(mode).enable_performance_insights(true).performance_insights_retention_period(days)
        };
    }
    if let (true, Some(to)) = (changed.any(fields!(Instance: version)), &want.version) {
        let is_major = live.version.as_deref().is_some_and(|it| major(it) != major(to));
        call = call.engine_version(to).allow_major_version_upgrade(is_major);
    }
    call
}

fn exports(want: &Instance, live: &Instance) -> CloudwatchLogsExportConfiguration {
    let some = |it: Vec<String>| Some(it).filter(|it| !it.is_empty());
    CloudwatchLogsExportConfiguration::builder()
        .set_enable_log_types(some(want.logs.difference(&live.logs).cloned().collect()))
        .set_disable_log_types(some(live.logs.difference(&want.logs).cloned().collect()))
        .build()
}

/// What of the storage changes is sent together with its size, and with the operations a second that it has where these are
/// to be chosen: <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html>.
fn storage(
    mut call: ModifyDBInstanceFluentBuilder,
    want: &Instance,
    live: &Live<Instance>,
    changed: &Changed,
) -> ModifyDBInstanceFluentBuilder {
    let Live { state, out, .. } = live;
    let size = want.storage.unwrap_or_default().max(out.allocated);
    if changed.any(fields!(Instance: storage, storage_type, iops, throughput)) {
        let same = want.storage_type == state.storage_type && (state.storage_type != "gp3" || out.allocated >= STRIPED);
        let kept = |want: Option<u32>, live: Option<u32>| want.or(live.filter(|_| same)).map(number);
        call = call
            .allocated_storage(number(size))
            .storage_type(&want.storage_type)
            .set_iops(kept(want.iops, state.iops))
            .set_storage_throughput(kept(want.throughput, state.throughput));
    }
    if changed.any(fields!(Instance: max_storage)) {
        // A limit that is reached is how it is said that there is no growing.
        let limit = if want.max_storage == 0 { size } else { want.max_storage };
        call = call.max_allocated_storage(number(limit));
    }
    call
}

/// The name of the last snapshot, if one is made: by what RDS calls this one database, so that asking again makes no second
/// one.
pub(super) fn last_snapshot(live: &Live<Instance>) -> Option<String> {
    let Out { id, resource_id, .. } = &live.out;
    // RDS makes no snapshot of what does not work.
    let last =
        live.state.final_snapshot && live.state.replica_of.is_none() && !matches!(live.status, Status::Failed(_));
    last.then(|| format!("{id}-final-{}", resource_id.trim_start_matches("db-").to_lowercase()))
}

pub(super) async fn delete(cx: &WriteCx, live: &Live<Instance>) -> Result<()> {
    let id = &live.out.id;
    let mut protected = None;
    if live.state.deletion_protection {
        let call = cx.rds.modify_db_instance().db_instance_identifier(id).deletion_protection(false);
        let lifted = call.apply_immediately(false).send().await.during("rds:ModifyDBInstance").or_done();
        // One that is busy may well be so with being deleted.
        protected =
            lifted.map_or_else(|it| if it.class() == Class::Busy { Ok(Some(it)) } else { Err(it) }, |()| Ok(None))?;
    }
    let name = last_snapshot(live);
    let call = cx
        .rds
        .delete_db_instance()
        .db_instance_identifier(id)
        .skip_final_snapshot(name.is_none())
        .set_final_db_snapshot_identifier(name);
    let deleted = call.send().await.during("rds:DeleteDBInstance").or_done();
    deleted.map_err(|it| protected.unwrap_or(it))
}
