//! Registries of images, in ECR.

use std::collections::BTreeSet;

use serde_json::json;

use super::stack::Stack;
use crate::{
    catalog::aws::ecr::{LifecyclePolicy, repository::Repository},
    field,
    resource::text::policy::PolicyDocument,
    spec::model::{AccountId, Days},
};

pub(super) fn registries(stack: &mut Stack<'_>) {
    let spec = stack.spec;
    for (name, it) in &spec.registries {
        let component = format!("registries.{name}");
        let partition = &stack.graph.place.partition;
        let repository = Repository {
            repository_name: format!("{}/{name}", stack.graph.scope.prefix()),
            tag_mutability: if it.immutable { "IMMUTABLE" } else { "MUTABLE" }.into(),
            scan_on_push: it.scan,
            kms_key: it.key.as_ref().map(|it| stack.text(it)),
            lifecycle: LifecyclePolicy::keeping(it.keep, it.untagged.map(Days::count)),
            policy: (!it.pull.is_empty()).then(|| policy(partition, &it.pull)),
            empty_on_delete: it.empty_on_destroy.unwrap_or(spec.ephemeral),
        };
        let repository = stack.graph.add(&component, name.as_str(), &repository);
        stack.give(&component, "url", repository.out(field!(url)));
        stack.give(&component, "arn", repository.out(field!(arn)));
        stack.give(&component, "name", repository.out(field!(name)));
    }
}

/// Other accounts may pull
/// (<https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html>).
fn policy(partition: &str, accounts: &BTreeSet<AccountId>) -> PolicyDocument {
    let roots: Vec<_> = accounts.iter().map(|it| format!("arn:{partition}:iam::{it}:root")).collect();
    PolicyDocument::new(json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "Pull",
            "Effect": "Allow",
            "Principal": {"AWS": roots},
            "Action": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        }],
    }))
}
