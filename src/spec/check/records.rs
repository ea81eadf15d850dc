//! DNS records, whoever keeps them.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::{
    diagnostic::Diagnostic,
    spec::model::{Record, RecordName, RecordType, Records},
};

/// What is wrong with the records under `path`, which are in the zone `zone`.
pub(super) fn records(path: &str, zone: &str, records: &IndexMap<RecordName, Records>, found: &mut Vec<Diagnostic>) {
    let mut names = BTreeSet::new();
    for (name, records) in records {
        let path = format!("{path}.{name}");
        let whole = name.within(zone);
        if !names.insert(whole.clone()) {
            let problem = Diagnostic::error("records/twice", &path, format!("`{whole}` is there twice"));
            found.push(problem.help("write its records as a list, under one of the two names"));
        }
        if records.is_empty() {
            found.push(
                Diagnostic::error("records/empty", &path, "there is no record").help("give it one, or remove it"),
            );
        }
        of_name(&path, whole == zone.to_ascii_lowercase(), records, found);
    }
}

/// What is wrong with one of the records of a name, and with all of them together.
fn of_name(path: &str, apex: bool, records: &[Record], found: &mut Vec<Diagnostic>) {
    let mut kinds = Vec::new();
    for (index, record) in records.iter().enumerate() {
        let path = at(path, index, records);
        for (under, problem) in record.problems() {
            let (message, help) = problem.split_once('\n').unwrap_or((&problem, ""));
            let problem = Diagnostic::error("records/value", format!("{path}.{under}"), message);
            found.push(if help.is_empty() { problem } else { problem.help(help) });
        }
        let Some(kind) = record.kind() else { continue };
        if kinds.contains(&kind) {
            let message = format!("there is another record of type {} for this name", kind.as_str());
            let problem = Diagnostic::error("records/twice", &path, message);
            found.push(problem.help("write its values as a list under `to`"));
        }
        kinds.push(kind);
    }
    let has = |kind| kinds.contains(&kind);
    let several = kinds.len() > 1;
    if has(RecordType::Cname) && (has(RecordType::A) || has(RecordType::Aaaa)) {
        let problem = Diagnostic::error("records/together", path, "a name that stands for another has no address");
        found.push(problem.help("remove the CNAME, or the addresses"));
    }
    if has(RecordType::Ns) && several && !apex {
        let message = "a name that others answer for has no other records";
        found.push(Diagnostic::error("records/together", path, message).help("remove the NS, or all others"));
    }
}

/// Where one of `records` stands.
pub(super) fn at(path: &str, index: usize, records: &[Record]) -> String {
    if records.len() == 1 { path.to_owned() } else { format!("{path}[{index}]") }
}
