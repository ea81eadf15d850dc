//! A database as RDS tells of it, in the words of who wants it.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_rds::types::{DatabaseInsightsMode, DbInstance, DbParameterGroupStatus, PendingModifiedValues, SourceType};
use aws_smithy_types::date_time::Format;
use futures::future::try_join_all;

use super::{
    count,
    instance::{Instance, Out},
    parameters::{Parameter, set_in},
    tags, version,
};
use crate::{
    api::{ApiError, During, ReadCx, Result},
    catalog::{aws::logs::log_group::OF_DATABASES, lifecycle::Look},
    plan::diff::diff_settings,
    resource::{
        Live, Resource, Status,
        tags::{ON_DELETE, Tags},
        to_tree,
        value::{In, references},
    },
};

const DESCRIBE: &str = "rds:DescribeDBInstances";
/// How far back events are looked at, in minutes: as far as they are kept for sure.
const EVENTS: i32 = 24 * 60;
/// The tag that holds the version of the secret whose password the database has.
pub(super) const PASSWORD: &str = "infractl:password";
/// What [`ON_DELETE`] says of a database of which a last snapshot is to be made.
pub(super) const SNAPSHOT: &str = "snapshot";
/// What [`ON_DELETE`] says of one that is to be gone.
pub(super) const NOTHING: &str = "nothing";

pub(super) async fn all(cx: &ReadCx, look: &Look<Instance>) -> Result<Vec<Live<Instance>>> {
    let wanted: BTreeMap<_, _> = look.wants.iter().map(|it| (it.identifier.as_str(), it)).collect();
    let pages = cx.rds.describe_db_instances().into_paginator().items().send();
    let mut found: Vec<_> = pages.collect::<Result<_, _>>().await.during(DESCRIBE)?;
    found.retain(|it| {
        let ours = look.scope.address(&tags(it.tag_list())).is_some();
        ours || it.db_instance_identifier().is_some_and(|it| wanted.contains_key(it))
    });
    let want = |it: &DbInstance| wanted.get(it.db_instance_identifier()?).copied();
    try_join_all(found.iter().map(|it| async move {
        let want = want(it);
        let mut live = live(it, want)?;
        let (parameters, failed) = tokio::try_join!(running_with(cx, it, want), upgrade_failed(cx, want, &live))?;
        live.state.static_parameters = parameters;
        let status = failed.or_else(|| busy(it, want?, &live.state));
        live.status = status.unwrap_or(live.status);
        Ok(live)
    }))
    .await
}

/// The parameters that it took up when it last started: what its group has, unless RDS says that they wait for a restart.
async fn running_with(cx: &ReadCx, it: &DbInstance, want: Option<&Instance>) -> Result<Option<BTreeSet<Parameter>>> {
    // Of what nobody wants any more, too, what can be told is told.
    let wanted = want.map_or(Some(BTreeSet::new()), |it| it.static_parameters.clone());
    let group = it.db_parameter_groups().first().filter(|it| it.parameter_apply_status() != Some("pending-reboot"));
    let (Some(wanted), Some(group)) = (wanted, group) else { return Ok(None) };
    let found = set_in(cx, name_of(group), wanted.iter()).await?;
    Ok(found.map(|it| it.into_iter().filter(Parameter::is_static).collect()))
}

/// An upgrade that RDS gave up is only told as an event: the database is back at its old version as if nothing had been.
async fn upgrade_failed(cx: &ReadCx, want: Option<&Instance>, live: &Live<Instance>) -> Result<Option<Status>> {
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
fn is_failed_upgrade(said: &str) -> bool {
    let said = said.to_lowercase().replace('\u{2019}', "'");
    ["cannot be upgraded", "can't be upgraded", "could not be upgraded", "unable to upgrade", "upgrade failed"]
        .iter()
        .any(|it| said.contains(it))
}

fn name_of(group: &DbParameterGroupStatus) -> &str {
    group.db_parameter_group_name().unwrap_or_default()
}

/// All but what only its parameter group can tell.
fn live(it: &DbInstance, want: Option<&Instance>) -> Result<Live<Instance>> {
    let lacks = |what| ApiError::incomplete(DESCRIBE, what);
    let identifier = it.db_instance_identifier().ok_or_else(|| lacks("identifier"))?.to_owned();
    let arn = it.db_instance_arn().ok_or_else(|| lacks("ARN"))?.to_owned();
    let mut tags = tags(it.tag_list());
    let (on_delete, password_version) = (tags.remove(ON_DELETE), tags.remove(PASSWORD));
    let logs: BTreeSet<_> = it.enabled_cloudwatch_logs_exports().iter().cloned().collect();
    let mut state = Instance {
        engine: it.engine().unwrap_or_default().to_owned(),
        version: Some(it.engine_version().unwrap_or_default().to_owned()),
        class: it.db_instance_class().unwrap_or_default().to_owned(),
        storage: Some(count(it.allocated_storage())),
        // A limit that is reached says that it does not grow by itself.
        max_storage: count(it.max_allocated_storage().filter(|limit| it.allocated_storage() != Some(*limit))),
        storage_type: it.storage_type().unwrap_or_default().to_owned(),
        iops: it.iops().map(|it| count(Some(it))),
        throughput: it.storage_throughput().map(|it| count(Some(it))),
        encrypted: Some(it.storage_encrypted().unwrap_or_default()),
        kms_key: it.kms_key_id().map(Into::into),
        database: it.db_name().map(str::to_owned),
        username: it.master_username().map(str::to_owned),
        managed_password: it.master_user_secret().is_some(),
        password_secret: None,
        password_version: password_version.map(Into::into),
        port: port(it),
        subnet_group: it.db_subnet_group().and_then(|it| it.db_subnet_group_name()).map(Into::into),
        security_groups: groups(it),
        parameter_group: it.db_parameter_groups().first().map_or("", name_of).into(),
        static_parameters: None,
        multi_az: it.multi_az().unwrap_or_default(),
        public: it.publicly_accessible().unwrap_or_default(),
        backup_days: count(it.backup_retention_period()),
        backup_window: it.preferred_backup_window().map(str::to_owned),
        maintenance_window: it.preferred_maintenance_window().map(str::to_lowercase),
        minor_upgrades: it.auto_minor_version_upgrade().unwrap_or_default(),
        deletion_protection: it.deletion_protection().unwrap_or_default(),
        tagged_snapshots: it.copy_tags_to_snapshot().unwrap_or_default(),
        advanced_insights: it.database_insights_mode() == Some(&DatabaseInsightsMode::Advanced),
        log_groups: logs.iter().map(|it| log_group(&identifier, it).into()).collect(),
        logs,
        final_snapshot: on_delete.as_deref() == Some(SNAPSHOT),
        replica_of: it.read_replica_source_db_instance_identifier().map(Into::into),
        made_from: None,
        in_window: want.is_some_and(|it| it.in_window),
        pending: None,
        identifier,
    };
    let out = out(it, arn, &state);
    if let Some(pending) = it.pending_modified_values() {
        wait(&mut state, pending, want);
    }
    if let Some(want) = want {
        in_terms_of(&mut state, want);
    }
    Ok(Live { state, out, tags, status: status(it) })
}

fn out(it: &DbInstance, arn: String, state: &Instance) -> Out {
    Out {
        id: state.identifier.clone(),
        arn,
        resource_id: it.dbi_resource_id().unwrap_or_default().to_owned(),
        host: it.endpoint().and_then(|it| it.address()).map(str::to_owned),
        port: state.port,
        managed_secret: it.master_user_secret().and_then(|it| it.secret_arn()).map(str::to_owned),
        allocated: count(it.allocated_storage()),
    }
}

/// The log group that RDS writes a log to.
pub(crate) fn log_group(identifier: &str, log: &str) -> String {
    format!("{OF_DATABASES}{identifier}/{log}")
}

fn port(it: &DbInstance) -> u16 {
    let port = it.endpoint().and_then(|it| it.port()).or(it.db_instance_port());
    port.and_then(|it| it.try_into().ok()).unwrap_or_default()
}

fn groups(it: &DbInstance) -> BTreeSet<In<String>> {
    let staying = it.vpc_security_groups().iter().filter(|it| it.status() != Some("removing"));
    staying.filter_map(|it| Some(it.vpc_security_group_id()?.into())).collect()
}

/// Puts in what waits for the maintenance window, where that is what counts: where changes are meant to wait, and where
/// nobody wants them.
fn wait(state: &mut Instance, pending: &PendingModifiedValues, want: Option<&Instance>) {
    let window = want.is_some_and(|it| it.in_window);
    let mut names = BTreeSet::new();
    macro_rules! wait {
        ($field:ident, $value:expr) => {
            if let Some(value) = $value {
                names.insert(stringify!($field).to_owned());
                let unwanted = want.is_none_or(|it| it.$field == state.$field);
                if window || unwanted {
                    state.$field = value;
                }
            }
        };
    }
    let text = |it: Option<&str>| it.map(str::to_owned);
    let number = |it: Option<i32>| it.map(|it| count(Some(it)));
    wait!(class, text(pending.db_instance_class()));
    wait!(storage_type, text(pending.storage_type()));
    wait!(multi_az, pending.multi_az());
    wait!(backup_days, number(pending.backup_retention_period()));
    wait!(port, pending.port().and_then(|it| it.try_into().ok()));
    wait!(storage, number(pending.allocated_storage()).map(Some));
    wait!(iops, number(pending.iops()).map(Some));
    wait!(throughput, number(pending.storage_throughput()).map(Some));
    if let Some(version) = text(pending.engine_version()) {
        names.insert("version".into());
        let wanted = want.and_then(|it| it.version.as_deref());
        let there = state.version.as_deref().is_some_and(|it| Some(version::seen(it, wanted).as_str()) == wanted);
        if window || there || wanted.is_none() {
            state.version = Some(version);
        }
    }
    state.pending = Some(names).filter(|it| !it.is_empty());
}

/// What the provider says otherwise than `want`, and means the same.
fn in_terms_of(state: &mut Instance, want: &Instance) {
    state.version = state.version.as_deref().map(|it| version::seen(it, want.version.as_deref()));
    if let (Some(live), Some(wanted)) = (state.storage, want.storage) {
        // It may have grown by itself, and RDS makes small steps larger ones of a tenth.
        let grown = want.max_storage > wanted && live <= want.max_storage;
        if live > wanted && (grown || live <= wanted.saturating_add(wanted.div_ceil(10))) {
            state.storage = Some(wanted);
        }
    }
}

/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html#Overview.DBInstance.Status>
fn status(it: &DbInstance) -> Status {
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
fn busy(it: &DbInstance, want: &Instance, state: &Instance) -> Option<Status> {
    let word = it.db_instance_status().filter(|it| passes(it) && !it.starts_with("storage-"))?;
    let want = to_tree(want);
    let differs = references(&want).is_empty() && !diff_settings(&Instance::FACTS, &want, &to_tree(state)).is_empty();
    differs.then(|| Status::Pending(word.to_owned()))
}

/// The tags that a database carries beyond those that all resources have.
pub(super) fn own_tags(final_snapshot: bool, password: Option<&str>) -> Tags {
    let word = if final_snapshot { SNAPSHOT } else { NOTHING };
    let password = password.map(|it| (PASSWORD.to_owned(), it.to_owned()));
    [(ON_DELETE.to_owned(), word.to_owned())].into_iter().chain(password).collect()
}

#[cfg(test)]
mod tests {
    use aws_sdk_rds::types::{
        DbSubnetGroup, Endpoint, Tag, VpcSecurityGroupMembership,
        builders::{DbInstanceBuilder, PendingModifiedValuesBuilder},
    };
    use serde_json::json;

    use super::*;
    use crate::resource::Risk;

    /// As `DescribeDBInstances` answers, with all that RDS fills in.
    fn shown(status: &str) -> DbInstanceBuilder {
        let parameters = DbParameterGroupStatus::builder()
            .db_parameter_group_name("shop-prod-main-16")
            .parameter_apply_status("in-sync");
        let group = |id: &str, status: &str| {
            VpcSecurityGroupMembership::builder().vpc_security_group_id(id).status(status).build()
        };
        DbInstance::builder()
            .db_instance_identifier("shop-prod-main")
            .db_instance_arn("arn:aws:rds:eu-central-1:123456789012:db:shop-prod-main")
            .dbi_resource_id("db-ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            .db_instance_status(status)
            .db_instance_class("db.t4g.micro")
            .engine("postgres")
            .engine_version("16.4")
            .endpoint(Endpoint::builder().address("shop-prod-main.c1.rds.amazonaws.com").port(5432).build())
            .db_instance_port(0)
            .allocated_storage(20)
            .max_allocated_storage(100)
            .storage_type("gp3")
            .iops(3000)
            .storage_throughput(125)
            .storage_encrypted(true)
            .kms_key_id("arn:aws:kms:eu-central-1:123456789012:key/1")
            .db_name("shop")
            .master_username("app")
            .db_subnet_group(DbSubnetGroup::builder().db_subnet_group_name("shop-prod-isolated").build())
            .vpc_security_groups(group("sg-1", "active"))
            .vpc_security_groups(group("sg-2", "removing"))
            .db_parameter_groups(parameters.build())
            .multi_az(false)
            .publicly_accessible(false)
            .backup_retention_period(7)
            .preferred_backup_window("02:00-03:00")
            .preferred_maintenance_window("sun:03:30-sun:04:30")
            .auto_minor_version_upgrade(true)
            .deletion_protection(true)
            .copy_tags_to_snapshot(true)
            .database_insights_mode(DatabaseInsightsMode::Standard)
            .performance_insights_enabled(true)
            .performance_insights_retention_period(7)
            .enabled_cloudwatch_logs_exports("upgrade")
            .enabled_cloudwatch_logs_exports("postgresql")
            .license_model("postgresql-license")
            .ca_certificate_identifier("rds-ca-rsa2048-g1")
            .engine_lifecycle_support("open-source-rds-extended-support")
            .tag_list(Tag::builder().key(ON_DELETE).value(SNAPSHOT).build())
            .tag_list(Tag::builder().key(PASSWORD).value("v1").build())
            .tag_list(Tag::builder().key("team").value("web").build())
    }

    /// What a file with few lines means.
    fn wanted() -> Instance {
        let tree = json!({
            "identifier": "shop-prod-main", "engine": "postgres", "version": "16", "class": "db.t4g.micro",
            "storage": 20, "max_storage": 100, "storage_type": "gp3", "encrypted": true, "database": "shop",
            "username": "app", "managed_password": false, "password_secret": "arn:secret", "password_version": "v1",
            "port": 5432, "subnet_group": "shop-prod-isolated", "security_groups": ["sg-1"],
            "parameter_group": "shop-prod-main-16", "multi_az": false, "public": false, "backup_days": 7,
            "minor_upgrades": true, "deletion_protection": true, "tagged_snapshots": true, "advanced_insights": false,
            "logs": ["postgresql", "upgrade"], "log_groups": [], "final_snapshot": true, "in_window": false,
        });
        serde_json::from_value(tree).unwrap()
    }

    fn differs(want: &Instance, shown: DbInstanceBuilder) -> Vec<String> {
        let live = live(&shown.build(), Some(want)).unwrap().erase();
        diff_settings(&Instance::FACTS, &to_tree(want), &live.state).into_iter().map(|it| it.path).collect()
    }

    fn pending(of: PendingModifiedValuesBuilder) -> DbInstanceBuilder {
        shown("available").pending_modified_values(of.build())
    }

    fn window(want: Instance) -> Instance {
        Instance { in_window: true, ..want }
    }

    #[test]
    fn what_rds_fills_in_is_no_difference() {
        assert_eq!(differs(&wanted(), shown("available")), [""; 0]);
        let live = live(&shown("available").build(), None).unwrap();
        assert_eq!(live.tags, Tags::from([("team".into(), "web".into())]));
        assert_eq!((live.out.port, live.out.host.is_some(), live.out.allocated), (5432, true, 20));
    }

    #[test]
    fn each_difference_is_seen() {
        let want = wanted();
        let changed = |change: fn(DbInstanceBuilder) -> DbInstanceBuilder| differs(&want, change(shown("available")));
        assert_eq!(changed(|it| it.db_instance_class("db.t4g.small")), ["class"]);
        assert_eq!(changed(|it| it.engine_version("15.9")), ["version"]);
        assert_eq!(changed(|it| it.multi_az(true)), ["multi_az"]);
        assert_eq!(changed(|it| it.deletion_protection(false)), ["deletion_protection"]);
        assert_eq!(changed(|it| it.publicly_accessible(true)), ["public"]);
        assert_eq!(changed(|it| it.set_max_allocated_storage(None)), ["max_storage"]);
        assert_eq!(changed(|it| it.max_allocated_storage(20)), ["max_storage"]);
        assert_eq!(changed(|it| it.set_tag_list(None)), ["password_version", "final_snapshot"]);
        assert_eq!(changed(|it| it.enabled_cloudwatch_logs_exports("iam-db-auth-error")), ["logs"]);
        assert_eq!(changed(|it| it.database_insights_mode(DatabaseInsightsMode::Advanced)), ["advanced_insights"]);
    }

    #[test]
    fn storage_that_grew_is_as_wanted_and_never_shrinks() {
        let want = wanted();
        assert_eq!(differs(&want, shown("available").allocated_storage(60)), [""; 0]);
        let fixed = Instance { storage: Some(100), max_storage: 0, ..wanted() };
        let at = |size| shown("available").allocated_storage(size).set_max_allocated_storage(None);
        assert_eq!(
            (differs(&fixed, at(100)), differs(&fixed, at(110))),
            (vec![], vec![]),
            "a tenth is the smallest step"
        );
        assert_eq!(differs(&fixed, at(111)), ["storage"]);
        let live = live(&at(111).build(), Some(&fixed)).unwrap();
        assert_eq!(fixed.refuses(&live.state).unwrap(), "it has 111 GiB of storage, which never shrinks to 100");
        assert_eq!(live.state.refuses(&fixed), None);
    }

    #[test]
    fn a_version_never_goes_back() {
        let back = Instance { version: Some("15".into()), ..wanted() };
        let found = live(&shown("available").build(), Some(&back)).unwrap();
        assert_eq!(back.refuses(&found.state).unwrap(), "it has version 16.4, which never goes back to 15");
        let on = Instance { version: Some("17".into()), ..wanted() };
        let found = live(&shown("available").build(), Some(&on)).unwrap();
        assert_eq!(on.refuses(&found.state), None);
        assert!(
            matches!(on.change_risks(&found.state).as_slice(), [Risk::Interrupts(it)] if it.contains("half an hour"))
        );
    }

    #[test]
    fn what_waits_for_the_window_is_as_wanted_where_it_may_wait() {
        let small = PendingModifiedValues::builder().db_instance_class("db.t4g.small").engine_version("16.6");
        let want = Instance { class: "db.t4g.small".into(), version: Some("16.6".into()), ..wanted() };
        assert_eq!(differs(&window(want.clone()), pending(small.clone())), [""; 0]);
        assert_eq!(differs(&want, pending(small.clone())), ["version", "class"]);
        // Whoever no longer wants it has to say so.
        assert_eq!(differs(&window(wanted()), pending(small.clone())), ["class"]);
        assert_eq!(differs(&wanted(), pending(small)), ["class"]);
    }

    #[test]
    fn a_plan_says_what_waits_and_what_stops() {
        let want = Instance { class: "db.t4g.small".into(), multi_az: true, ..wanted() };
        let old = live(&shown("available").build(), Some(&want)).unwrap().state;
        assert_eq!(want.change_risks(&old), [Risk::Interrupts("the database restarts, for its size".into())]);
        let defers = "class, multi_az: happens in the maintenance window, sun:03:30-sun:04:30 UTC";
        assert_eq!(window(want).change_risks(&old), [Risk::Defers(defers.into())]);
        let port = window(Instance { port: 5433, ..wanted() });
        assert_eq!(port.change_risks(&old), [Risk::Interrupts("the database restarts at once, for its port".into())]);
        let waiting = pending(PendingModifiedValues::builder().engine_version("16.6"));
        let waiting = live(&waiting.build(), Some(&wanted())).unwrap().state;
        let logs = Instance { logs: BTreeSet::new(), ..wanted() };
        let [Risk::Interrupts(said)] = &logs.change_risks(&waiting)[..] else { panic!() };
        assert_eq!(said, "what waits for the maintenance window comes now, too: version");
    }

    #[test]
    fn parameters_that_wait_for_a_restart_are_a_difference_where_restarts_are_ours() {
        let want = Instance { static_parameters: Some(BTreeSet::new()), ..wanted() };
        let live = live(&shown("available").build(), Some(&want)).unwrap();
        let said = [Risk::Interrupts("the database restarts, for its parameters".into())];
        assert_eq!(want.change_risks(&live.state), said);
        assert_eq!(wanted().change_risks(&live.state), []);
    }

    #[test]
    fn logs_have_groups_with_the_names_that_rds_gives_them() {
        let live = live(&shown("available").build(), None).unwrap().state;
        let upgrade = "/aws/rds/instance/shop-prod-main/upgrade".into();
        assert!(live.log_groups.contains(&upgrade) && live.log_groups.len() == 2);
    }

    #[test]
    fn what_passes_is_waited_for_only_where_something_is_to_change() {
        let (want, small) = (wanted(), Instance { class: "db.t4g.small".into(), ..wanted() });
        for word in ["backing-up", "modifying", "rebooting", "configuring-log-exports"] {
            let it = shown(word).build();
            let state = live(&it, Some(&want)).unwrap().state;
            assert_eq!((status(&it), busy(&it, &want, &state)), (Status::Ready, None));
            assert_eq!(busy(&it, &small, &state), Some(Status::Pending(word.into())));
        }
        let it = shown("storage-optimization").build();
        assert_eq!(busy(&it, &small, &live(&it, None).unwrap().state), None);
    }

    #[test]
    fn states() {
        let of = |word: &str| status(&shown(word).build());
        assert_eq!(
            (of("available"), of("storage-optimization"), of("stopped")),
            (Status::Ready, Status::Ready, Status::Ready)
        );
        for word in ["creating", "upgrading", "starting", "whatever-comes-next"] {
            assert_eq!(of(word), Status::Pending(word.into()));
        }
        let without_address = status(&shown("modifying").set_endpoint(None).build());
        assert_eq!(without_address, Status::Pending("modifying".into()));
        for word in ["failed", "incompatible-network", "inaccessible-encryption-credentials", "restore-error"] {
            assert_eq!(of(word), Status::Failed(word.into()));
        }
        assert_eq!(of("deleting"), Status::Leaving);
        assert!(matches!(of("incompatible-parameters"), Status::Reverted(_)));
    }

    #[test]
    fn one_that_is_being_made_has_no_address_yet() {
        let live = live(&shown("creating").set_endpoint(None).db_instance_port(5432).build(), None).unwrap();
        assert_eq!((live.out.host, live.out.port, live.status), (None, 5432, Status::Pending("creating".into())));
        assert!(super::live(&DbInstance::builder().build(), None).is_err());
    }

    #[test]
    fn failed_upgrades_are_told_by_events() {
        assert!(is_failed_upgrade("Database instance is in a state that cannot be upgraded: PreUpgrade checks failed"));
        assert!(!is_failed_upgrade("Finished applying upgrade to PostgreSQL 17.2") && !is_failed_upgrade("Backing up"));
    }
}
