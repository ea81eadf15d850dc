//! The policies of `docs/ci.md` allow all that is called.

use std::{collections::BTreeSet, fs, path::PathBuf};

use infractl::api::permissions::permission;
use serde_json::Value;

/// Calls that read, but not when a plan is made.
const WHEN_APPLIED: [&str; 5] = [
    "ecr:BatchGetImage",
    "logs:DescribeResourcePolicies",
    "secretsmanager:GetRandomPassword",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameters",
];

/// The actions of the page's two policies: of those who plan, and of those who apply besides.
fn allowed() -> (Vec<String>, Vec<String>) {
    let page = fs::read_to_string("docs/ci.md").unwrap();
    let blocks = page.split("```json\n").skip(1).map(|it| it.split("```").next().unwrap());
    let policies: Vec<Value> = blocks.map(|it| serde_json::from_str(it).unwrap()).collect();
    let actions = |policy: &Value| {
        let statements = policy["Statement"].as_array().unwrap().iter();
        let all = statements.flat_map(|it| match &it["Action"] {
            Value::Array(all) => all.clone(),
            one => vec![one.clone()],
        });
        all.map(|it| it.as_str().unwrap().to_owned()).collect()
    };
    // The first is who may have a role.
    (actions(&policies[1]), actions(&policies[2]))
}

fn allows(actions: &[String], action: &str) -> bool {
    let fits = |it: &String| it.strip_suffix('*').map_or(it == action, |start| action.starts_with(start));
    actions.iter().any(fits)
}

/// Every call that the code names, as the permissions that it needs.
fn called() -> BTreeSet<String> {
    let mut acc = BTreeSet::new();
    let mut folders = vec![PathBuf::from("src/catalog"), PathBuf::from("src/api")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            // What is known of errors and permissions is known of what others call as well.
            } else if !["src/api/permissions.rs", "src/api/retry.rs"].contains(&path.to_str().unwrap()) {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap();
                acc.extend(code.split('"').filter(|it| is_call(it)).map(str::to_owned));
            }
        }
    }
    // What a token at Cloudflare may do is no policy's matter.
    let acc = acc.iter().filter(|it| !it.starts_with("cloudflare:"));
    acc.flat_map(|it| permission(it).split("` and `")).map(str::to_owned).collect()
}

/// Providers that know no permissions of AWS.
const VENDORS: [&str; 2] = ["cloudflare", "upstash"];

/// Such as `ec2:CreateVpc`, and not `s3:*` or `ecs:service:DesiredCount`.
fn is_call(text: &str) -> bool {
    let words =
        |it: &str, more: &str| !it.is_empty() && it.chars().all(|it| it.is_ascii_alphanumeric() || more.contains(it));
    text.split_once(':').is_some_and(|(service, name)| {
        words(service, "-")
            && words(name, "")
            && name.starts_with(char::is_uppercase)
            && !VENDORS.contains(&service)
            && service == service.to_lowercase()
    })
}

#[test]
fn what_is_called_is_allowed() {
    let (plan, apply) = allowed();
    let reads = |it: &str| ["Describe", "Filter", "Get", "List"].iter().any(|verb| it.contains(&format!(":{verb}")));
    let missing = |it: &String| match reads(it) && !WHEN_APPLIED.contains(&it.as_str()) {
        true => !allows(&plan, it),
        false => !allows(&apply, it),
    };
    let calls = called();
    assert!(calls.len() > 150, "{calls:?}");
    assert_eq!(calls.into_iter().filter(missing).collect::<Vec<_>>(), Vec::<String>::new());
    assert!(plan.iter().all(|it| reads(it)), "who plans changes nothing: {plan:?}");
}
