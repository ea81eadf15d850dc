//! Who is told of a release, of what, and what becomes of it when they are not.

use std::fs;

use aws_sdk_cloudfront::types::{
    CustomOriginConfig, DefaultCacheBehavior, DistributionConfig, InvalidationBatch, Origin, OriginProtocolPolicy,
    Origins, ViewerProtocolPolicy,
};
use infractl::api::WriteCx;
use serde_json::{Value, json};

use crate::lab::{Lab, Said, until};

const STACK: &str = "
stack: shop
region: eu-central-1
network: { zones: 1, tiers: [public] }
default_alarms: false
notify: { ops: { email: [ops@example.com] } }
services:
  api: { image: 'api:1', count: 1, deploy: { min: 100 } }
";
const APPLY: [&str; 2] = ["apply", "--yes"];
const ZONE: &str = "023e105f4ecef8ad9ca31a8372d0c353";
const PURGE: &str = "/client/v4/zones/023e105f4ecef8ad9ca31a8372d0c353/purge_cache";
const RELEASES: &str = "/api/0/organizations/acme/releases/";
const ANNOTATIONS: &str = "/api/projects/12345/annotations/";
const DEPLOYMENTS: &str = "/repos/acme/shop/deployments";
const RECEIVERS: [&str; 6] = ["cloudflare", "cloudfront", "github", "notify", "posthog", "sentry"];
const TOKENS: [(&str, &str); 4] = [
    ("CLOUDFLARE_API_TOKEN", "token-of-cloudflare"),
    ("SENTRY_AUTH_TOKEN", "token-of-sentry"),
    ("POSTHOG_PERSONAL_API_KEY", "token-of-posthog"),
    ("GITHUB_TOKEN", "token-of-github"),
];
const WORKFLOW: [(&str, &str); 2] = [("GITHUB_REPOSITORY", "acme/shop"), ("GITHUB_SHA", "0123456789abcdef")];

/// A stack, a distribution, and the variables that infractl runs with.
struct Scene {
    lab: Lab,
    cx: WriteCx,
    distribution: String,
    variables: Vec<(&'static str, &'static str)>,
}

impl Scene {
    async fn new(name: &str) -> Self {
        let lab = Lab::new(&format!("hooks: {name}")).await;
        lab.behave(json!({"page_size": 0, "empty_pages": 0.0})).await;
        let cx = lab.aws().await;
        let distribution = distribution(&cx).await;
        Self { lab, cx, distribution, variables: [&TOKENS[..], &WORKFLOW].concat() }
    }

    /// The file with all hooks.
    fn text(&self) -> String {
        let Self { distribution, .. } = self;
        let hooks = format!(
            "notify: ops, cloudfront: {{ distribution: {distribution}, paths: [/app/*] }}, \
             cloudflare: {{ zone: {ZONE}, hosts: [www.example.com] }}, \
             sentry: {{ organization: acme, projects: [api], url: https://de.sentry.io }}, \
             posthog: {{ project: 12345, url: https://eu.posthog.com }}, github: {{ environment: production }}"
        );
        STACK.replace("min: 100", &format!("after: {{ {hooks} }}"))
    }

    fn writes(&self, image: &str) {
        self.lab.write(&self.text().replace("api:1", image));
    }

    async fn run(&self, args: &[&str]) -> Said {
        let mut command = self.lab.command(args);
        for name in TOKENS.iter().chain(&WORKFLOW).map(|(name, _)| *name).chain(["GITHUB_API_URL"]) {
            command.env_remove(name);
        }
        let said = Lab::said({
            command.envs(self.variables.iter().copied());
            command
        });
        let said = said.await;
        let leaks = TOKENS.iter().filter(|(_, it)| said.out.contains(it) || said.err.contains(it));
        assert_eq!(leaks.count(), 0, "{said:?}");
        said
    }

    async fn ok(&self, args: &[&str]) -> Said {
        let said = self.run(args).await;
        assert_eq!(said.code, 0, "{args:?} {said:?}");
        said
    }

    /// What others than AWS were told, as host and path, sorted.
    async fn told(&self) -> Vec<String> {
        let name = |it: &Value| format!("{}{}", it["host"].as_str().unwrap(), it["path"].as_str().unwrap());
        let mut acc: Vec<_> = self.lab.posts().await.iter().map(name).collect();
        acc.sort();
        acc
    }

    /// What was said to the first of `path`.
    async fn said_to(&self, path: &str) -> Value {
        let posts = self.lab.posts().await;
        posts.iter().find(|it| it["path"] == path).unwrap_or_else(|| panic!("{posts:#?}"))["body"].clone()
    }

    async fn invalidations(&self) -> Vec<InvalidationBatch> {
        let call = self.cx.read.cloudfront.list_invalidations().distribution_id(&self.distribution);
        let pages = call.into_paginator().items().send();
        let mut acc = Vec::new();
        for it in pages.collect::<Result<Vec<_>, _>>().await.unwrap() {
            let call = self.cx.read.cloudfront.get_invalidation().distribution_id(&self.distribution).id(it.id());
            let one = call.send().await.unwrap();
            acc.extend(one.invalidation.and_then(|it| it.invalidation_batch));
        }
        acc
    }
}

async fn distribution(cx: &WriteCx) -> String {
    let custom = CustomOriginConfig::builder().http_port(80).https_port(443);
    let custom = custom.origin_protocol_policy(OriginProtocolPolicy::HttpsOnly).build().unwrap();
    let origin = Origin::builder().id("web").domain_name("example.com").custom_origin_config(custom).build().unwrap();
    let origins = Origins::builder().quantity(1).items(origin).build().unwrap();
    let caching = "658327ea-f89d-4fab-a63d-7e88639e58f6"; // CachingOptimized of AWS
    let behavior = DefaultCacheBehavior::builder().target_origin_id("web").cache_policy_id(caching);
    let behavior = behavior.viewer_protocol_policy(ViewerProtocolPolicy::HttpsOnly).build().unwrap();
    let config = DistributionConfig::builder().caller_reference("one").comment("").enabled(true);
    let config = config.origins(origins).default_cache_behavior(behavior).build().unwrap();
    let made = cx.cloudfront.create_distribution().distribution_config(config).send().await.unwrap();
    made.distribution().unwrap().id().to_owned()
}

/// The lines that say what became of hooks, sorted.
fn lines(said: &Said) -> Vec<&str> {
    let mut acc: Vec<_> =
        said.err.lines().filter(|it| it.starts_with("told ") || it.starts_with("warning: ")).collect();
    acc.sort_unstable();
    acc
}

fn all_told(version: &str) -> Vec<String> {
    RECEIVERS.iter().map(|it| format!("told {it} of api {version}")).collect()
}

#[tokio::test]
async fn every_hook_is_told_once_of_each_release() {
    let scene = Scene::new("once").await;
    let lab = &scene.lab;
    lab.write(STACK);
    assert_eq!(lines(&scene.ok(&APPLY).await), Vec::<&str>::new());
    // That somebody wants to hear of releases changes nothing.
    scene.writes("api:1");
    lab.assert_empty().await;
    scene.ok(&APPLY).await;
    assert_eq!((scene.told().await.len(), lab.messages().await.len()), (0, 0));

    scene.writes("api:2");
    let said = scene.ok(&APPLY).await;
    assert_eq!(lines(&said), all_told("2"));
    assert!(said.err.trim_end().lines().last().is_some_and(|it| it.starts_with("Done: ")), "{}", said.err);
    let deploys = format!("{RELEASES}2/deploys/");
    let posts = lab.posts().await;
    let deployment = posts.iter().find(|it| it["path"] == DEPLOYMENTS).unwrap();
    let statuses = format!("{DEPLOYMENTS}/{}/statuses", deployment["n"]);
    let expected = [
        format!("api.cloudflare.com{PURGE}"),
        format!("api.github.com{DEPLOYMENTS}"),
        format!("api.github.com{statuses}"),
        format!("de.sentry.io{RELEASES}"),
        format!("de.sentry.io{deploys}"),
        format!("eu.posthog.com{ANNOTATIONS}"),
    ];
    assert_eq!(scene.told().await, expected);
    assert!(posts.iter().all(|it| it["authorized"] == true && it["method"] == "POST"), "{posts:#?}");
    assert_eq!(scene.said_to(PURGE).await, json!({"hosts": ["www.example.com"]}));
    assert_eq!(scene.said_to(RELEASES).await, json!({"version": "2", "projects": ["api"]}));
    assert_eq!(scene.said_to(&deploys).await, json!({"environment": "default"}));
    let annotation = scene.said_to(ANNOTATIONS).await;
    assert_eq!(annotation["content"], "api 2 serves in shop/default (api:2)");
    assert!(annotation["date_marker"].as_str().is_some_and(|it| it.starts_with("20") && it.ends_with('Z')));
    let body = &deployment["body"];
    assert_eq!((&body["ref"], &body["environment"]), (&json!("0123456789abcdef"), &json!("production")));
    assert_eq!(scene.said_to(&statuses).await["state"], "success");
    let messages = lab.messages().await;
    let [message] = messages.as_slice() else { panic!("{messages:#?}") };
    assert_eq!(message["subject"], "api 2 serves in shop/default");
    let text = "api 2 serves in shop/default\n\nstack: shop\nenvironment: default\nservice: api\nimage: api:2\n";
    assert_eq!(message["message"], text);
    let invalidations = scene.invalidations().await;
    let paths: Vec<_> = invalidations.iter().filter_map(|it| it.paths()).flat_map(|it| it.items()).collect();
    assert_eq!(paths, ["/app/*"]);

    // What is no release.
    lab.write(&scene.text().replace("api:1", "api:2").replace("count: 1", "count: 2"));
    assert_eq!(lines(&scene.ok(&APPLY).await), Vec::<&str>::new());
    assert_eq!((scene.told().await.len(), lab.messages().await.len()), (6, 1));
}

#[tokio::test]
async fn a_saved_plan_tells_too_and_machines_hear_of_it() {
    let scene = Scene::new("saved").await;
    let lab = &scene.lab;
    scene.writes("api:1");
    scene.ok(&["plan", "--out", "first.plan"]).await;
    assert_eq!(lines(&scene.ok(&["apply", "first.plan"]).await), all_told("1"));
    let saved = fs::read_to_string(lab.path("first.plan")).unwrap();
    assert!(saved.contains("de.sentry.io") && TOKENS.iter().all(|(_, it)| !saved.contains(it)), "{saved}");
    let log = fs::read_to_string(lab.state().join("sandbox.log")).unwrap();
    assert!(!log.contains("token-of-"));

    lab.behave(json!({"vendor_fails": {"eu.posthog.com": 400}})).await;
    scene.writes("api:2");
    let said = scene.ok(&["apply", "--yes", "--format", "json"]).await;
    let events: Vec<Value> = said.out.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let of = |event: &str| {
        let all = events.iter().filter(|it| it["event"] == event);
        let mut acc: Vec<_> = all.map(|it| it["hook"].as_str().unwrap()).collect();
        acc.sort_unstable();
        acc
    };
    assert_eq!(of("told"), ["cloudflare", "cloudfront", "github", "notify", "sentry"]);
    assert_eq!(of("untold"), ["posthog"]);
    let untold = events.iter().find(|it| it["event"] == "untold").unwrap();
    assert_eq!((&untold["address"], &untold["version"]), (&json!("ecs.service/api"), &json!("2")));
    assert_eq!(untold["failure"]["error"]["code"], "Http400", "{untold}");
    assert_eq!(events.last().unwrap()["event"], "ended");
    // Another release is another invalidation.
    assert_eq!(scene.invalidations().await.len(), 2);
}

#[tokio::test]
async fn who_cannot_be_told_is_a_warning() {
    let mut scene = Scene::new("warnings").await;
    scene.lab.behave(json!({"vendor_fails": {"de.sentry.io": 500, "api.cloudflare.com": [429, 503]}})).await;
    scene.variables.retain(|(name, _)| !["POSTHOG_PERSONAL_API_KEY", "GITHUB_SHA"].contains(name));
    scene.lab.write(&scene.text().replace(&scene.distribution, "E2EXAMPLE1234"));
    let said = scene.ok(&APPLY).await;
    let url = format!("https://de.sentry.io{RELEASES}");
    let warnings = [
        "told cloudflare of api 1".to_owned(),
        "told notify of api 1".to_owned(),
        "warning: cloudfront was not told of api 1: cloudfront:CreateInvalidation NoSuchDistribution: ".to_owned(),
        "warning: github was not told of api 1: GITHUB_SHA is not set".to_owned(),
        "warning: posthog was not told of api 1: POSTHOG_PERSONAL_API_KEY is not set".to_owned(),
        format!("warning: sentry was not told of api 1: POST {url} Http500: told to fail"),
    ];
    let lines = lines(&said);
    let fits = lines.len() == warnings.len() && lines.iter().zip(&warnings).all(|(it, start)| it.starts_with(start));
    assert!(fits, "{lines:#?}");
    // What is harmless is tried again, and no more than a few times.
    let tried = async |host: &str| scene.lab.posts().await.iter().filter(|it| it["host"] == host).count();
    assert_eq!((tried("de.sentry.io").await, tried("api.cloudflare.com").await), (3, 3));
    scene.lab.assert_empty().await;

    // A token that is refused is named, with what it needs.
    scene.lab.behave(json!({"vendor_fails": {"de.sentry.io": 403}})).await;
    scene.writes("api:2");
    let said = scene.ok(&APPLY).await;
    assert!(said.err.contains("; SENTRY_AUTH_TOKEN needs the scope project:releases"), "{}", said.err);
}

#[tokio::test]
async fn images_that_are_deployed_and_rolled_back_are_told() {
    let scene = Scene::new("images").await;
    let deploy =
        format!("after: {{ sentry: {{ organization: acme, projects: api }}, cloudflare: {{ zone: {ZONE} }} }}");
    scene.lab.write(&STACK.replace("image: 'api:1', ", "").replace("min: 100", &deploy));
    for image in ["api:1", "api:2"] {
        scene.ok(&["deploy", "--yes", "--image", &format!("api={image}")]).await;
    }
    scene.ok(&["rollback", "api", "--yes"]).await;
    let posts = scene.lab.posts().await;
    let deploys: Vec<_> = posts.iter().filter_map(|it| it["path"].as_str()?.strip_suffix("/deploys/")).collect();
    assert_eq!(deploys, ["1", "2", "1"].map(|it| format!("{RELEASES}{it}")));
    let purges: Vec<_> = posts.iter().filter(|it| it["path"] == PURGE).map(|it| &it["body"]).collect();
    assert_eq!(purges, [&json!({"purge_everything": true}); 3]);
}

#[tokio::test]
async fn a_release_of_a_run_that_was_killed_is_told_by_the_next() {
    let scene = Scene::new("killed").await;
    scene.writes("api:1");
    scene.ok(&APPLY).await;
    let before = scene.told().await.len();
    scene.lab.behave(json!({"task_delay": 4.0})).await;
    scene.writes("api:2");
    let mut child = scene.lab.spawn(&APPLY);
    until("the release to begin", async || {
        scene.lab.calls().await.iter().any(|(it, _)| it == "ecs:UpdateService").then_some(())
    })
    .await;
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(lines(&scene.ok(&APPLY).await), all_told("2"));
    assert_eq!((before, scene.told().await.len()), (6, 12));
    assert_eq!(lines(&scene.ok(&APPLY).await), Vec::<&str>::new());
}
