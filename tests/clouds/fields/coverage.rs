//! What a stack file can say and what the tables of edits say of it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    SEQUENCES,
    bench::Sequence,
    file::{differing, is_of, keys, lay_over, values, yaml},
};

/// Keys that no resource is made from.
const NOT_OF_RESOURCES: [&str; 11] = [
    "stack",
    "region",
    "account",
    "domain",
    "protect",
    "ephemeral",
    "limits",
    "ignore_tags",
    "variables",
    "environments",
    "outputs",
];

/// Every key is changed alone in some case, and every value of those that have few is applied once.
#[test]
fn every_key_has_its_case() {
    let schema = serde_json::to_value(infractl::spec::schema()).unwrap();
    let keys: Vec<_> =
        keys(&schema).into_iter().filter(|(it, _)| !NOT_OF_RESOURCES.contains(&it[0].as_str())).collect();
    assert!(keys.len() > 30, "{keys:?}");
    let (mut changed, mut files) = (BTreeSet::new(), Vec::new());
    for sequence in SEQUENCES {
        follow(sequence, &mut changed, &mut files);
    }
    let mut missing = Vec::new();
    for (key, choices) in &keys {
        // What has keys of its own has to come or go as a whole as well.
        let has_keys = keys.iter().any(|(it, _)| it.len() > key.len() && it.starts_with(key));
        if !changed.iter().any(|it| is_of(key, it) && !(has_keys && it.len() > key.len())) {
            missing.push(key.join("."));
        }
        let given: Vec<_> = files.iter().flat_map(|it| values(it, key)).collect();
        missing.extend(choices.iter().filter(|it| !given.contains(it)).map(|it| format!("{}: {it}", key.join("."))));
    }
    assert_eq!(missing, Vec::<String>::new(), "no case for these");
}

/// The paths that cases change alone, and all files that come of them.
fn follow(sequence: &Sequence, changed: &mut BTreeSet<Vec<String>>, files: &mut Vec<Value>) {
    let mut file = yaml(sequence.base);
    files.push(file.clone());
    for case in sequence.cases {
        let before = file.clone();
        lay_over(&mut file, &yaml(case.edit));
        let paths = differing(&before, &file);
        changed.extend(paths.into_iter().collect::<Vec<_>>().try_into().ok().map(|[one]: [Vec<String>; 1]| one));
        files.push(file.clone());
    }
}
