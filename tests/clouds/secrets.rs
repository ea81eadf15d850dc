//! Secrets whose values nobody writes: made at random, put together from others. Nothing that plans says what they hold.

use infractl::{
    api::WriteCx,
    catalog::aws::secretsmanager::secret::{Composed, Secret, Value as Source},
    field,
    observe::observe,
    plan::{Plan, Targets, diff::FieldChange, plan},
    resource::{
        Place,
        graph::{Graph, Handle},
        tags::{Scope, TagRules},
    },
    run::{Options, run},
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::lab::Lab;

const PASSWORD: &str = "/infractl/shop/prod/password";
const URL: &str = "/infractl/shop/prod/url";

struct Safe {
    lab: Lab,
    cx: WriteCx,
    template: String,
}

impl Safe {
    async fn new(name: &str) -> Self {
        let lab = Lab::new(name).await;
        let cx = lab.aws().await;
        Self { lab, cx, template: "postgres://app:{password}@db.internal/shop".into() }
    }

    /// A password, and a URL with it.
    fn graph(&self) -> Graph {
        let region = "eu-central-1".to_owned();
        let scope = Scope { stack: "shop".into(), env: "prod".into(), region: region.clone() };
        let place = Place { account: self.lab.account.clone(), region, partition: "aws".into() };
        let mut graph = Graph::new(scope, place, TagRules::default());
        let generated = Source::Generated { length: 40, exclude: String::new() };
        let password: Handle<Secret> = graph.add("secrets", "password", &secret(PASSWORD, generated));
        let composed = Source::Composed(Composed {
            template: self.template.as_str().into(),
            secret: password.out(field!(arn)),
            version: password.out(field!(version)),
        });
        graph.add("secrets", "url", &secret(URL, composed));
        graph
    }

    async fn plan(&self) -> (Graph, Plan) {
        let graph = self.graph();
        let observed = observe(&self.cx.read, &graph).await.unwrap();
        let plan = plan(&graph, &observed, &Targets::default());
        assert_eq!(plan.conflicts, []);
        (graph, plan)
    }

    /// What the plan changes, by resource.
    async fn changes(&self) -> Vec<String> {
        let (_, plan) = self.plan().await;
        let fields = |it: &Value| {
            let fields: Vec<FieldChange> = serde_json::from_value(it["fields"].clone()).unwrap_or_default();
            fields.into_iter().map(|it| it.path).collect::<Vec<_>>().join(" ")
        };
        let line = |it: &infractl::plan::Step| format!("{}: {}", it.target.name(), fields(&json!(it.action)));
        plan.steps.iter().map(line).collect()
    }

    async fn apply(&self) {
        let graph = self.graph();
        let observed = observe(&self.cx.read, &graph).await.unwrap();
        let plan = plan(&graph, &observed, &Targets::default());
        let options = Options { jobs: 16, nonce: "one".into(), cancel: CancellationToken::new() };
        let outcome = run(&self.cx, &graph, &plan, &observed, &options, &mut |_| ()).await;
        assert!(outcome.is_complete(), "{:#?}", outcome.failed);
        assert_eq!(self.changes().await, Vec::<String>::new());
    }

    async fn value(&self, name: &str) -> String {
        self.cx.read.secrets.get_secret_value().secret_id(name).send().await.unwrap().secret_string.unwrap()
    }

    async fn password(&self) -> String {
        let json: Value = serde_json::from_str(&self.value(PASSWORD).await).unwrap();
        json["password"].as_str().unwrap().to_owned()
    }

    /// The URL has the password that there is.
    async fn fits(&self) {
        let url = reqwest::Url::parse(&self.value(URL).await).unwrap();
        let password = self.password().await;
        let written = format!("x:?{}", url.password().unwrap());
        let decoded = reqwest::Url::parse(&written).unwrap();
        let decoded: String = decoded.query_pairs().map(|(text, _)| text.into_owned()).collect();
        assert_eq!(decoded, password, "{url}");
    }
}

fn secret(name: &str, value: Source) -> Secret {
    Secret {
        secret_name: name.into(),
        description: "Of the laws".into(),
        kms_key: None,
        value: Some(value),
        pending_deletion: false,
        recovery_days: 7,
    }
}

#[tokio::test]
async fn what_is_put_together_follows_what_it_is_made_of() {
    let mut safe = Safe::new("secrets: composed").await;
    safe.apply().await;
    safe.fits().await;
    assert_eq!(safe.password().await.chars().count(), 40);

    // The text around it.
    let before = safe.template.clone();
    for template in ["postgres://app:{password}@other.internal/shop".to_owned(), before] {
        safe.template = template;
        assert_eq!(safe.changes().await, ["url: value.composed.template"]);
        safe.apply().await;
        safe.fits().await;
    }

    // The password, which somebody exchanges.
    let other = r#"{"password": "a/b@c:d%"}"#;
    safe.cx.secrets.put_secret_value().secret_id(PASSWORD).secret_string(other).send().await.unwrap();
    crate::lab::until("the new version", async || {
        (safe.changes().await == ["url: value.composed.version"]).then_some(())
    })
    .await;
    safe.apply().await;
    safe.fits().await;
    assert!(safe.value(URL).await.contains("a%2Fb%40c%3Ad%25"));

    // The whole, which somebody sets by hand: neither description nor tags tell.
    safe.cx.secrets.put_secret_value().secret_id(URL).secret_string("mine").send().await.unwrap();
    crate::lab::until("the value of somebody else", async || (safe.changes().await == ["url: value"]).then_some(()))
        .await;
    safe.apply().await;
    safe.fits().await;
}

#[tokio::test]
async fn what_they_hold_is_read_only_to_put_it_together_and_never_told() {
    let safe = Safe::new("secrets: quiet").await;
    safe.apply().await;
    let reads = |calls: &[(String, bool)]| calls.iter().filter(|it| it.0 == "secretsmanager:GetSecretValue").count();
    assert_eq!(reads(&safe.lab.calls().await), 1, "for the URL, once");
    let (graph, plan) = safe.plan().await;
    let observed = observe(&safe.cx.read, &graph).await.unwrap();
    assert_eq!(reads(&safe.lab.calls().await), 1);
    let told = format!("{plan:?} {observed:?} {graph:?}");
    assert!(!told.contains(&safe.password().await) && told.contains(PASSWORD));
}

#[tokio::test]
async fn an_error_names_the_key_and_not_what_is_there() {
    let mut safe = Safe::new("secrets: errors").await;
    safe.template = "redis://{user}@cache".into();
    let (graph, plan) = safe.plan().await;
    let observed = observe(&safe.cx.read, &graph).await.unwrap();
    let options = Options { jobs: 16, nonce: "one".into(), cancel: CancellationToken::new() };
    let outcome = run(&safe.cx, &graph, &plan, &observed, &options, &mut |_| ()).await;
    let (_, failure) = outcome.failed.first().unwrap();
    let password = safe.password().await;
    assert!(
        failure.to_string().contains("has no key `user`") && !format!("{outcome:?}").contains(&password),
        "{failure}"
    );
}

#[tokio::test]
async fn a_deleted_one_is_not_wanted_by_who_deletes_it() {
    let safe = Safe::new("secrets: back").await;
    safe.apply().await;
    let password = safe.password().await;
    let graph = safe.graph();
    let observed = observe(&safe.cx.read, &graph).await.unwrap();
    let nothing = Graph::new(graph.scope.clone(), graph.place.clone(), graph.tags.clone());
    let gone = plan(&nothing, &observed, &Targets::default());
    let options = Options { jobs: 16, nonce: "two".into(), cancel: CancellationToken::new() };
    let outcome = run(&safe.cx, &nothing, &gone, &observed, &options, &mut |_| ()).await;
    assert!(outcome.is_complete(), "{:#?}", outcome.failed);
    // It comes back as it was; which version the password has then, only the run tells.
    assert_eq!(safe.changes().await, ["password: pending_deletion", "url: value.composed.version pending_deletion"]);
    safe.apply().await;
    assert_eq!(safe.password().await, password);
    safe.fits().await;
}
