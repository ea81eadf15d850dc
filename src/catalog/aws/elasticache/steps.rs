//! How a replication group becomes another, one step at a time: each makes it unavailable for a while.

use aws_sdk_elasticache::types::TransitEncryptionMode;

use super::replication_group::ReplicationGroup;
use crate::{
    api::{During, Result, WriteCx, retry::Class},
    catalog::lifecycle::Changed,
    fields,
    resource::Live,
};

/// What is done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Replicas are added, before anything counts on them.
    Increase,
    /// Nothing counts on a replica any more.
    LetGo,
    /// Replicas are taken away.
    Decrease,
    /// Everything else changes.
    Settings,
    /// TLS goes one step: off, preferred, required, or the same back
    /// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-enable.html>).
    Tls,
}

/// Takes the next step from `live` to `want`.
pub(super) async fn step(
    cx: &WriteCx,
    want: &ReplicationGroup,
    live: &Live<ReplicationGroup>,
    changed: &Changed,
) -> Result<()> {
    let id = &live.state.group_id;
    match next(want, &live.state, changed) {
        Step::Increase => {
            let call = cx.elasticache.increase_replica_count().replication_group_id(id);
            let call = call.new_replica_count(count(want.replicas)).apply_immediately(true);
            done(call.send().await.during("elasticache:IncreaseReplicaCount"))
        }
        Step::Decrease => {
            let call = cx.elasticache.decrease_replica_count().replication_group_id(id);
            let call = call.new_replica_count(count(want.replicas)).apply_immediately(true);
            done(call.send().await.during("elasticache:DecreaseReplicaCount"))
        }
        Step::LetGo => {
            let call = cx.elasticache.modify_replication_group().replication_group_id(id).apply_immediately(true);
            let call = call.automatic_failover_enabled(want.automatic_failover).multi_az_enabled(want.multi_az);
            call.send().await.during("elasticache:ModifyReplicationGroup").map(drop)
        }
        Step::Tls => {
            let call = cx.elasticache.modify_replication_group().replication_group_id(id).apply_immediately(true);
            let (on, mode) = tls(want, &live.state);
            let call = call.transit_encryption_enabled(on).set_transit_encryption_mode(mode);
            call.send().await.during("elasticache:ModifyReplicationGroup").map(drop)
        }
        Step::Settings => settings(cx, want, live, changed).await,
    }
}

fn next(want: &ReplicationGroup, live: &ReplicationGroup, changed: &Changed) -> Step {
    let lets_go = (live.automatic_failover && !want.automatic_failover) || (live.multi_az && !want.multi_az);
    let rest = fields!(ReplicationGroup: description, engine, version, node_type, automatic_failover, multi_az,
        security_groups, parameter_group, snapshot_days, snapshot_window, maintenance_window, minor_upgrades);
    if want.replicas > live.replicas {
        Step::Increase
    } else if lets_go {
        Step::LetGo
    } else if want.replicas < live.replicas {
        Step::Decrease
    } else if changed.any(rest) {
        Step::Settings
    } else {
        Step::Tls
    }
}

async fn settings(
    cx: &WriteCx,
    want: &ReplicationGroup,
    live: &Live<ReplicationGroup>,
    changed: &Changed,
) -> Result<()> {
    let is = |fields: &[&str]| changed.any(fields);
    let mut call = cx.elasticache.modify_replication_group().replication_group_id(&live.state.group_id);
    call = call.apply_immediately(want.apply_immediately.unwrap_or(true));
    if is(fields!(ReplicationGroup: description)) {
        call = call.replication_group_description(&want.description);
    }
    if is(fields!(ReplicationGroup: engine)) {
        call = call.engine(&want.engine);
    }
    if is(fields!(ReplicationGroup: engine, version)) {
        call = call.engine_version(&want.version);
    }
    if is(fields!(ReplicationGroup: node_type)) {
        call = call.cache_node_type(&want.node_type);
    }
    if is(fields!(ReplicationGroup: automatic_failover, multi_az)) {
        call = call.automatic_failover_enabled(want.automatic_failover).multi_az_enabled(want.multi_az);
    }
    if is(fields!(ReplicationGroup: security_groups)) {
        call = call.set_security_group_ids(Some(want.security_groups.iter().map(|it| it.get().clone()).collect()));
    }
    if is(fields!(ReplicationGroup: parameter_group)) {
        call = call.cache_parameter_group_name(want.parameter_group.get());
    }
    if is(fields!(ReplicationGroup: snapshot_days)) {
        call = call.snapshot_retention_limit(count(want.snapshot_days));
        // What was never taken a snapshot of has to be told which node they are taken of.
        let of = live.out.nodes.first().filter(|_| live.state.snapshot_days == 0);
        call = call.set_snapshotting_cluster_id(of.cloned());
    }
    if is(fields!(ReplicationGroup: snapshot_window)) {
        call = call.set_snapshot_window(want.snapshot_window.clone());
    }
    if is(fields!(ReplicationGroup: maintenance_window)) {
        call = call.set_preferred_maintenance_window(want.maintenance_window.clone());
    }
    if is(fields!(ReplicationGroup: minor_upgrades)) {
        call = call.auto_minor_version_upgrade(want.minor_upgrades);
    }
    call.send().await.during("elasticache:ModifyReplicationGroup").map(drop)
}

/// Whether TLS is on after the next step, and in which mode.
fn tls(want: &ReplicationGroup, live: &ReplicationGroup) -> (bool, Option<TransitEncryptionMode>) {
    match (want.tls, want.plaintext, live.tls, live.plaintext) {
        (true, false, true, _) => (true, Some(TransitEncryptionMode::Required)),
        (false, _, true, true) => (false, None),
        _ => (true, Some(TransitEncryptionMode::Preferred)),
    }
}

/// Whether `want` needs nodes of another size or with other software.
pub(super) fn needs_new_nodes(want: &ReplicationGroup, live: &ReplicationGroup) -> bool {
    want.node_type != live.node_type || want.version != live.version || want.engine != live.engine
}

/// There may be as many nodes as there should be already.
fn done<T>(said: Result<T>) -> Result<()> {
    match said {
        Err(error) if error.class() == Class::Exists => Ok(()),
        other => other.map(drop),
    }
}

/// A number as the SDK takes it.
pub(super) fn count(number: u32) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::aws::elasticache::replication_group::tests::sample,
        plan::diff::diff_settings,
        resource::{Resource, to_tree},
    };

    /// The steps from one to the other, as long as each does what it is for.
    fn way(want: &ReplicationGroup, mut live: ReplicationGroup) -> Vec<Step> {
        let mut acc = Vec::new();
        loop {
            let fields = diff_settings(&ReplicationGroup::FACTS, &to_tree(want), &to_tree(&live));
            if fields.is_empty() || acc.len() > 9 {
                return acc;
            }
            let step = next(want, &live, &Changed::of(&fields));
            match step {
                Step::Increase | Step::Decrease => live.replicas = want.replicas,
                Step::LetGo => (live.automatic_failover, live.multi_az) = (want.automatic_failover, want.multi_az),
                Step::Settings => {
                    live = ReplicationGroup { tls: live.tls, plaintext: live.plaintext, ..want.clone() };
                }
                Step::Tls => {
                    let (on, mode) = tls(want, &live);
                    assert!(
                        mode != Some(TransitEncryptionMode::Required) || live.tls,
                        "required comes after preferred"
                    );
                    assert!(on || live.plaintext, "off comes after preferred");
                    (live.tls, live.plaintext) = (on, mode != Some(TransitEncryptionMode::Required));
                }
            }
            acc.push(step);
        }
    }

    #[test]
    fn replicas_are_there_before_anything_counts_on_them_and_as_long_as_it_does() {
        let one = sample();
        let three = ReplicationGroup { replicas: 2, automatic_failover: true, multi_az: true, ..sample() };
        assert_eq!(way(&three, one.clone()), [Step::Increase, Step::Settings]);
        assert_eq!(way(&one, three), [Step::LetGo, Step::Decrease]);
    }

    #[test]
    fn tls_goes_step_by_step() {
        let required = sample();
        let preferred = ReplicationGroup { plaintext: true, ..sample() };
        let off = ReplicationGroup { tls: false, plaintext: true, ..sample() };
        assert_eq!(way(&required, off.clone()), [Step::Tls, Step::Tls]);
        assert_eq!(way(&off, required.clone()), [Step::Tls, Step::Tls]);
        assert_eq!(way(&preferred, off), [Step::Tls]);
        assert_eq!(way(&required, preferred), [Step::Tls]);
    }

    #[test]
    fn other_settings_are_one_step() {
        let want = ReplicationGroup { snapshot_days: 3, version: "8.1".into(), ..sample() };
        assert_eq!(way(&want, sample()), [Step::Settings]);
        assert!(needs_new_nodes(&want, &sample()));
    }
}
