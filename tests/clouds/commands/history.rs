//! `infractl history`: what services ran when.

use serde_json::{Value, json};

use crate::lab::Lab;

const STACK: &str = "
stack: shop
region: eu-central-1
network: { zones: 1, tiers: [public] }
services:
  api: { image: 'api:1' }
  worker: { image: 'worker:1' }
";
const APPLY: [&str; 2] = ["apply", "--yes"];

/// Lists have pages of two.
async fn lab(name: &str) -> Lab {
    let lab = Lab::new(&format!("history: {name}")).await;
    lab.write(STACK);
    lab
}

async fn releases(lab: &Lab, args: &[&str]) -> Vec<Value> {
    let tree = lab.json(&[&["history"], args].concat()).await;
    assert_eq!(tree["format"], 1);
    tree["deployments"].as_array().unwrap().clone()
}

#[tokio::test]
async fn releases_are_told_from_the_newest_to_the_oldest() {
    let lab = lab("releases").await;
    assert_eq!(lab.ok(&["history"]).await.out, "nothing was deployed in the last 90 days\n");
    lab.ok(&APPLY).await;
    lab.write(&STACK.replace("api:1", "api:2"));
    lab.ok(&APPLY).await;
    lab.write(&STACK.replace("api:1", "api:broken"));
    assert_eq!(lab.run(&APPLY).await.code, 1);

    let changes = lab.changes().await;
    let all = releases(&lab, &["api"]).await;
    let rows = all.iter().map(|it| {
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        (text(&it["revision"]), text(&it["images"][0]["image"]), text(&it["status"]))
    });
    let expected = [
        ("shop-default-api:3", "api:broken", "rollback_successful"),
        ("shop-default-api:2", "api:2", "successful"),
        ("shop-default-api:1", "api:1", "successful"),
    ]
    .map(|(revision, image, status)| (revision.to_owned(), image.to_owned(), status.to_owned()));
    assert_eq!(rows.collect::<Vec<_>>(), expected);
    for it in &all {
        assert!(it["seconds"].is_u64() && it["at"].as_str().unwrap().starts_with("20"), "{it:#}");
        assert!(it["registered_by"].as_str().unwrap().ends_with(":root"), "{it:#}");
        assert!(it["images"][0]["digest"].as_str().unwrap().starts_with("sha256:"), "{it:#}");
    }
    assert!(all[0]["reason"].as_str().unwrap().contains("circuit breaker"), "{:#}", all[0]);

    let both = releases(&lab, &[]).await;
    let services: Vec<_> = both.iter().map(|it| it["service"].as_str().unwrap()).collect();
    assert_eq!((services.len(), &services[..2]), (4, &["api", "api"][..]));
    let text = lab.ok(&["history", "api"]).await.out;
    let lines: Vec<_> = text.lines().collect();
    assert!(
        lines[0].contains("  api  shop-default-api:3  rolled back after ") && lines[0].ends_with("by root"),
        "{text}"
    );
    assert!(lines[1].starts_with("    ") && lines[1].contains("circuit breaker"), "{text}");
    assert!(lines[2].contains("successful in ") && lines[2].contains("  api:2 "), "{text}");
    assert_eq!((lines.len(), lab.changes().await), (4, changes));
}

#[tokio::test]
async fn only_services_of_the_file_have_a_history() {
    let lab = lab("unknown").await;
    lab.refuses(&["history", "wrker"], 2, "did you mean `worker`?").await;
    assert_eq!(lab.json(&["history"]).await["deployments"], json!([]));
}
