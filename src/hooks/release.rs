//! What a release is called.

use crate::{
    catalog::aws::ecs::service::Service,
    compile::{Hooks, Receiver},
    plan::{Action, Observed, Plan, Step},
    resource::{
        LiveTree, Resource,
        graph::Graph,
        tags::Scope,
        value::{Address, OutRef, as_parts, resolve},
    },
    run::Outcome,
};

/// How much of a digest tells one image from others.
const DIGEST: usize = 12;

/// A release that serves.
#[derive(Debug)]
pub struct Release<'a> {
    /// Whose it is.
    pub scope: &'a Scope,
    /// The service, as the file calls it.
    pub service: &'a str,
    /// The service in the graph.
    pub address: Address,
    /// The image that it runs.
    pub image: String,
    /// Who is told of it.
    pub receivers: &'a [Receiver],
}

/// What a run has released, of services that tell somebody.
#[must_use]
pub fn releases<'a>(
    hooks: &'a [Hooks],
    graph: &'a Graph,
    observed: &Observed,
    plan: &Plan,
    outcome: &Outcome,
) -> Vec<Release<'a>> {
    let done: Vec<_> = plan.steps.iter().filter(|it| outcome.done.contains(&it.id) && is_release(it)).collect();
    let release = |it: &'a Hooks| {
        let address = Address::new(Service::FACTS.kind, &it.service);
        done.iter().any(|step| step.target == address).then(|| Release {
            scope: &graph.scope,
            service: &it.service,
            address,
            image: image(it, graph, observed),
            receivers: &it.receivers,
        })
    };
    hooks.iter().filter_map(release).collect()
}

/// Whether a service has other tasks after it: one that is made, one whose tasks have another definition, and one with a
/// deployment that an earlier run began and this one has seen through.
fn is_release(step: &Step) -> bool {
    let begun = |live: &LiveTree| live.out.get("deployment").is_some_and(|it| !it.is_null());
    match &step.action {
        Action::Create { .. } => true,
        Action::Update { live, fields, .. } => fields.iter().any(|it| it.field() == "task_definition") || begun(live),
        Action::Await { live, .. } => begun(live),
        Action::Delete { .. } => false,
    }
}

/// The image, as far as it is known; what is not is the address of a registry that the tag stands after.
fn image(hooks: &Hooks, graph: &Graph, observed: &Observed) -> String {
    let seen = |out: &OutRef| observed.ours.get(&out.from)?.out.get(&out.out).cloned();
    let tree = serde_json::to_value(&hooks.image).unwrap_or_default();
    let tree = resolve(&tree, &|out| graph.foretold(out).or_else(|| seen(out)));
    let parts = as_parts(&tree).unwrap_or_default().iter();
    tree.as_str().map_or_else(|| parts.filter_map(|it| it.as_str()).collect(), str::to_owned)
}

impl Release<'_> {
    /// The tag of its image, or the beginning of the image's digest.
    #[must_use]
    pub fn version(&self) -> &str {
        let (name, digest) = self.image.split_once('@').map_or((self.image.as_str(), None), |(it, of)| (it, Some(of)));
        // Before the last slash, a colon stands before a port.
        let tag = name.rsplit('/').next().and_then(|it| it.split_once(':')).map(|(_, tag)| tag);
        let digest = digest.map(|it| it.rsplit(':').next().unwrap_or(it));
        tag.or_else(|| digest.map(|it| it.get(..DIGEST).unwrap_or(it))).unwrap_or("latest")
    }

    /// In a few words.
    pub(super) fn title(&self) -> String {
        let Scope { stack, env, .. } = self.scope;
        format!("{} {} serves in {stack}/{env}", self.service, self.version())
    }

    /// All there is to say, a line each.
    pub(super) fn text(&self) -> String {
        let Scope { stack, env, .. } = self.scope;
        let Self { service, image, .. } = self;
        format!("{}\n\nstack: {stack}\nenvironment: {env}\nservice: {service}\nimage: {image}\n", self.title())
    }
}

/// The beginning of `text`, with at most so many characters.
pub(super) fn short(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;
    use crate::plan::{Because, StepId, diff::FieldChange};

    /// A release of `image`, seen by `check`.
    pub(in crate::hooks) fn with<T>(image: &str, check: impl FnOnce(&Release<'_>) -> T) -> T {
        let scope = Scope { stack: "shop".into(), env: "prod".into(), region: "eu-central-1".into() };
        let address = Address::new("ecs.service", "api");
        check(&Release { scope: &scope, service: "api", address, image: image.into(), receivers: &[] })
    }

    #[test]
    fn a_version_is_a_tag_or_a_digest() {
        let digest = "sha256:0123456789abcdef0123456789abcdef";
        for (image, version) in [
            ("api:v43", "v43"),
            ("host:5000/a/api:v43", "v43"),
            ("host:5000/a/api", "latest"),
            (":v43", "v43"),
            (&format!("host.example.com/api@{digest}"), "0123456789ab"),
            (&format!("api:v43@{digest}"), "v43"),
            ("api@sha256:0123", "0123"),
        ] {
            assert_eq!(with(image, |it| it.version().to_owned()), version, "{image}");
        }
    }

    #[test]
    fn others_are_told_what_it_is() {
        let text = "api v43 serves in shop/prod\n\nstack: shop\nenvironment: prod\nservice: api\nimage: api:v43\n";
        assert_eq!(with("api:v43", |it| it.text()), text);
    }

    fn step(action: Value) -> Step {
        let action = serde_json::from_value(action).unwrap();
        let target = Address::new("ecs.service", "api");
        let (component, because) = ("services.api".into(), Because::Differs);
        Step { id: StepId(0), needs: BTreeSet::new(), target, component, action, because, risks: Vec::new() }
    }

    #[test]
    fn only_other_tasks_are_a_release() {
        let live = |it: Value| json!({"state": {}, "out": {"deployment": it}, "tags": {}, "status": "ready"});
        let update = |field: &str, deployment: Value| {
            let change = FieldChange { path: field.into(), from: None, to: Some(json!("x")) };
            step(json!({"do": "update", "want": {}, "tags": {}, "live": live(deployment), "fields": [change]}))
        };
        let begun = || json!({"arn": null, "hook": null});
        assert!(is_release(&step(json!({"do": "create", "want": {}, "tags": {}}))));
        assert!(is_release(&update("task_definition", Value::Null)));
        assert!(!is_release(&update("desired_count", Value::Null)));
        assert!(is_release(&update("untested", begun())));
        assert!(is_release(&step(json!({"do": "await", "want": {}, "tags": {}, "live": live(begun())}))));
        assert!(!is_release(&step(json!({"do": "await", "want": {}, "tags": {}, "live": live(Value::Null)}))));
        assert!(!is_release(&step(json!({"do": "delete", "live": live(begun())}))));
    }
}
