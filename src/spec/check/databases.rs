//! Databases.

use super::{
    super::model::{Database, DatabaseSource, PasswordKind, Spec, Storage, StorageType},
    keeping::no_key,
};
use crate::diagnostic::Diagnostic;

/// From how many GiB on the operations and the throughput of `gp3` can be chosen.
const CHOSEN: u32 = 400;

pub(super) fn network(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (name, database) in &spec.databases {
        let path = format!("databases.{name}");
        let Some(network) = &spec.network else {
            let message = format!("`{path}` has no network to stand in");
            found.push(Diagnostic::error("database/network", &path, message).help("add `network: {}`"));
            continue;
        };
        if let Some(tier) = database.tier.filter(|it| !network.has(*it)) {
            let message = format!("the network has no tier `{}`", tier.as_str());
            found.push(
                Diagnostic::error("network/no-such-tier", format!("{path}.tier"), message)
                    .help("add it to `tiers`, or choose another"),
            );
        }
        if network.zones.count() < 2 {
            let message = format!("`{path}` needs subnets in two zones; the network has one");
            found.push(Diagnostic::error("database/zones", &path, message).help("write `network: { zones: 2 }`"));
        }
    }
}

pub(super) fn settings(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (name, database) in &spec.databases {
        let path = format!("databases.{name}");
        storage(&database.storage, &format!("{path}.storage"), found);
        if database.port < 1150 {
            let message = format!("RDS listens on no port as low as {}", database.port);
            let problem = Diagnostic::error("database/port", format!("{path}.port"), message);
            found.push(problem.help("choose 1150 to 65535, or leave it at 5432"));
        }
        found.extend(database.key.as_ref().and_then(|it| no_key(it, format!("{path}.key"))));
        windows(database, &path, found);
        replicas(spec, name.as_str(), database, &path, found);
        if let Some(it) = &database.from {
            source(database, it, &format!("{path}.from"), found);
        }
    }
}

/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html>
fn storage(it: &Storage, path: &str, found: &mut Vec<Diagnostic>) {
    let mut wrong = |id, message: String, help: &str| found.push(Diagnostic::error(id, path, message).help(help));
    if !(20..=65536).contains(&it.min) {
        wrong("database/storage", format!("a database cannot have {} GiB", it.min), "choose 20 to 65536");
    }
    if let Some(max) = it.max.filter(|max| *max < it.min.saturating_add(it.min.div_ceil(10)) || *max > 65536) {
        let message = format!("storage cannot grow from {} to {max} GiB by itself", it.min);
        wrong("database/storage", message, "let it grow by a tenth at least, up to 65536; or write one number");
    }
    let word = it.r#type.as_str();
    match it.r#type {
        StorageType::Gp3 if it.min < CHOSEN && (it.iops.is_some() || it.throughput.is_some()) => {
            let message = format!("`gp3` has a fixed speed below {CHOSEN} GiB");
            wrong("database/speed", message, "leave out `iops` and `throughput`, or have more storage");
        }
        StorageType::Gp3 if it.iops.is_none() && it.throughput.is_some() => {
            wrong("database/speed", "`throughput` goes with `iops`".into(), "write both, such as iops: 12000");
        }
        StorageType::Gp3 if it.iops.is_some_and(|it| it < 12000) => {
            wrong(
                "database/speed",
                "from 400 GiB on `gp3` does 12000 operations a second or more".into(),
                "write more",
            );
        }
        StorageType::Gp2 if it.iops.is_some() || it.throughput.is_some() => {
            wrong("database/speed", "`gp2` is as fast as it is large".into(), "leave out `iops` and `throughput`");
        }
        StorageType::Io1 | StorageType::Io2 if it.iops.is_none() => {
            wrong("database/speed", format!("`{word}` has as many operations a second as you say"), "write `iops`");
        }
        StorageType::Io1 | StorageType::Io2 if it.throughput.is_some() => {
            wrong("database/speed", format!("`{word}` has no `throughput` of its own"), "leave it out");
        }
        _ => (),
    }
}

fn windows(database: &Database, path: &str, found: &mut Vec<Diagnostic>) {
    let (Some(daily), Some(weekly)) = (&database.backup_window, &database.maintenance_window) else { return };
    if weekly.overlaps(daily) {
        let message = format!("the backup at {daily} falls into the maintenance at {weekly}");
        let problem = Diagnostic::error("database/windows", format!("{path}.backup_window"), message);
        found.push(problem.help("let one end before the other begins"));
    }
}

fn replicas(spec: &Spec, name: &str, database: &Database, path: &str, found: &mut Vec<Diagnostic>) {
    let replicas = &database.replicas.0;
    if replicas.is_empty() {
        return;
    }
    let path = format!("{path}.replicas");
    let mut wrong =
        |message: String, help| found.push(Diagnostic::error("database/replicas", &path, message).help(help));
    if database.backups.days() == 0 {
        wrong("read replicas are made from backups, and there are none".into(), "write `backups: 1d` or more");
    }
    if database.password == PasswordKind::Managed {
        wrong("a database whose password RDS manages has no read replicas here".into(), "write `password: generated`");
    }
    if replicas.len() > 15 {
        wrong(format!("{} read replicas are too many", replicas.len()), "a database has at most 15");
    }
    for replica in replicas.keys() {
        let full = format!("{name}-{replica}");
        if spec.databases.contains_key(full.as_str()) {
            wrong(format!("`{replica}` would be called as the database `{full}` is"), "rename one of them");
        }
    }
}

fn source(database: &Database, from: &DatabaseSource, path: &str, found: &mut Vec<Diagnostic>) {
    let mut wrong = |message: &str, help: &str| {
        found.push(Diagnostic::error("database/from", path, message.to_owned()).help(help));
    };
    match (&from.snapshot, &from.database, &from.at) {
        (Some(_), Some(_), _) | (None, None, _) => {
            wrong("a database is made from a snapshot or from another database", "write either of them");
        }
        (Some(_), None, Some(_)) => wrong("a snapshot is of one moment", "leave out `at`"),
        _ => (),
    }
    if database.name.is_none() || database.username.is_none() {
        wrong(
            "the names of the database in it and of its user are those of what it is made from",
            "write them as `name` and `username`",
        );
    }
    if database.key.is_some() {
        wrong("what a database is made from says how it is encrypted", "leave out `key`");
    }
}
