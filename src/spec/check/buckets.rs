//! Buckets.

use std::collections::BTreeMap;

use super::{
    super::model::{
        Bucket, BucketEffect, BucketEncryption, BucketRule, BucketStatement, ComponentName, Days, Spec, Text,
    },
    keeping::no_key,
};
use crate::diagnostic::Diagnostic;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    same_names(spec, found);
    for (name, bucket) in &spec.buckets {
        let path = format!("buckets.{name}");
        key(bucket, &path, found);
        copy(spec, bucket, &path, found);
        for (at, rule) in bucket.lifecycle.iter().enumerate() {
            lifecycle(bucket, rule, &format!("{path}.lifecycle[{at}]"), found);
        }
        for (at, it) in bucket.cors.iter().enumerate() {
            for (key, empty) in [("origins", it.origins.is_empty()), ("methods", it.methods.is_empty())] {
                let path = format!("{path}.cors[{at}].{key}");
                let problem = || Diagnostic::error("bucket/empty", path, format!("there are no {key}"));
                found.extend(empty.then(problem));
            }
        }
        for (at, it) in bucket.policy.iter().enumerate() {
            statement(bucket, it, &format!("{path}.policy[{at}]"), found);
        }
    }
}

fn same_names(spec: &Spec, found: &mut Vec<Diagnostic>) {
    let mut first = BTreeMap::<&str, &ComponentName>::new();
    for (at, name) in spec.buckets.iter().filter_map(|(at, it)| Some((at, it.name.as_ref()?))) {
        if let Some(other) = first.insert(name.as_str(), at) {
            let message = format!("`buckets.{other}` has the same name");
            let problem = Diagnostic::error("bucket/same-name", format!("buckets.{at}.name"), message);
            found.push(problem.help("the world has one bucket of a name: choose another one"));
        }
    }
}

fn key(bucket: &Bucket, path: &str, found: &mut Vec<Diagnostic>) {
    let Some(key) = &bucket.key else { return };
    let path = format!("{path}.key");
    if bucket.encryption() == BucketEncryption::S3 {
        let problem = Diagnostic::error("bucket/key", path.as_str(), "`encryption: s3` has keys of its own");
        found.push(problem.help("remove `key`, or write `encryption: kms`"));
    }
    found.extend(no_key(key, path));
}

fn copy(spec: &Spec, bucket: &Bucket, path: &str, found: &mut Vec<Diagnostic>) {
    let Some(copy) = &bucket.replicate else { return };
    let wrong = |at: String, message: &str, help: &str| Diagnostic::error("bucket/copy", at, message).help(help);
    if copy.region == spec.region {
        let at = format!("{path}.replicate.region");
        found.push(wrong(
            at,
            "that is the stack's own region",
            "choose another one: a copy is for the day when one fails",
        ));
    }
    if !bucket.versioning {
        let at = format!("{path}.replicate");
        found.push(wrong(at, "S3 copies only from buckets that keep versions", "add `versioning: true`"));
    }
    if bucket.encryption() == BucketEncryption::Kms {
        let at = format!("{path}.replicate");
        let help = "encrypt it with `s3`, or copy it with a tool that has both keys";
        found.push(wrong(at, "what a key in KMS encrypts is not copied to another region", help));
    }
}

fn lifecycle(bucket: &Bucket, rule: &BucketRule, path: &str, found: &mut Vec<Diagnostic>) {
    let wrong = |at: String, message: String| Diagnostic::error("bucket/lifecycle", at, message);
    let below = |key: &str| format!("{path}.{key}");
    let days = |it: Option<Days>| it.map(Days::count);
    if rule.after.is_some() != rule.to.is_some() {
        found.push(wrong(path.into(), "`after` and `to` belong together".into()).help("write both, or none of them"));
    }
    if [rule.after, rule.expire, rule.noncurrent, rule.abort_uploads].iter().all(Option::is_none) && rule.to.is_none() {
        let help = "add `after` with `to`, `expire`, `noncurrent` or `abort_uploads`";
        found.push(wrong(path.into(), "the rule does nothing".into()).help(help));
    }
    if let Some((after, to)) = days(rule.after).zip(rule.to).filter(|(after, to)| *after < to.least_days()) {
        let message =
            format!("objects move to that class after {} days at the soonest, not after {after}", to.least_days());
        found.push(wrong(below("after"), message));
    }
    if let Some((after, expire)) = days(rule.after).zip(days(rule.expire)).filter(|(after, expire)| expire <= after) {
        let message = format!("the objects are deleted after {expire} days, before they could move after {after}");
        found.push(wrong(below("expire"), message).help("make it longer, or remove `after` and `to`"));
    }
    if rule.noncurrent.is_some() && !bucket.versioning {
        let problem = wrong(below("noncurrent"), "the bucket keeps no old versions".into());
        found.push(problem.help("remove it, or add `versioning: true`"));
    }
    if rule.abort_uploads.is_some() && !rule.tags.is_empty() {
        let problem = wrong(below("abort_uploads"), "an upload that is not finished has no tags".into());
        found.push(problem.help("give it a rule of its own, without `tags`"));
    }
}

fn statement(bucket: &Bucket, it: &BucketStatement, path: &str, found: &mut Vec<Diagnostic>) {
    for (key, empty) in [("principals", it.principals.is_empty()), ("actions", it.actions.is_empty())] {
        let problem = || Diagnostic::error("bucket/empty", format!("{path}.{key}"), format!("there are no {key}"));
        found.extend(empty.then(problem));
    }
    let everyone = it.principals.iter().any(|it| Text::literal(it).is_some_and(|it| it == "*"));
    let open = everyone && it.effect == BucketEffect::Allow && it.condition.is_empty();
    if open && bucket.public.is_none() {
        let message = "the bucket is closed to the public, so S3 refuses what allows everyone something";
        let problem = Diagnostic::error("bucket/public", format!("{path}.principals"), message);
        found.push(problem.help("name those who may, add a `condition`, or write `public: read` for the bucket"));
    }
}
