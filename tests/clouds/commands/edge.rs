//! `infractl status --edge`: what Cloudflare did with requests.

use serde_json::{Value, json};

use crate::lab::Lab;

const STATUS: [&str; 2] = ["status", "--edge"];

async fn lab(name: &str) -> Lab {
    let lab = Lab::new(&format!("status --edge: {name}")).await;
    let cloudflare = json!({"zone": "example.com", "settings": {"ssl": "strict"}});
    lab.write(&json!({"stack": "shop", "region": "eu-central-1", "cloudflare": cloudflare}).to_string());
    let requests = json!({"hit 200": 6000, "stale 304": 200, "dynamic 200": 3000, "miss 404": 700, "dynamic 502": 100});
    let events = json!({"block": 12, "managed_challenge": 3});
    lab.behave(json!({"cloudflare_analytics": {"requests": requests, "events": events}})).await;
    lab
}

/// How often the numbers were asked for.
async fn asked(lab: &Lab) -> usize {
    lab.calls().await.iter().filter(|(call, _)| call == "cloudflare:Analytics").count()
}

#[tokio::test]
async fn a_day_is_told_in_numbers() {
    let lab = lab("numbers").await;
    let mut tree = lab.json(&STATUS).await;
    let edge = tree["edge"].as_object_mut().unwrap();
    let [since, until] = ["since", "until"].map(|it| edge.remove(it).unwrap().as_str().unwrap().to_owned());
    assert!(since.len() == 20 && since[10..] == until[10..] && since[..10] < until[..10], "{since} {until}");
    let expected = json!({
        "zone": "example.com", "requests": 10_000, "cached_requests": 6200, "cache_hit_ratio": 0.62,
        "bytes": 180_000_000, "cached_bytes": 111_600_000,
        "statuses": {"2xx": 9000, "3xx": 200, "4xx": 700, "5xx": 100}, "events": {"block": 12, "managed_challenge": 3},
    });
    assert_eq!(tree, json!({"format": 1, "edge": expected}));
    assert_eq!(asked(&lab).await, 1);

    let text = lab.ok(&STATUS).await.out;
    assert!(text.starts_with("example.com at Cloudflare, 20"), "{text}");
    for line in [
        "  requests  10,000 (62.0 % from the cache)\n",
        "  sent      180.0 MB (62.0 % from the cache)\n",
        "  answers   2xx 9,000 (90.0 %), 3xx 200 (2.0 %), 4xx 700 (7.0 %), 5xx 100 (1.0 %)\n",
        "  threats   block 12, managed_challenge 3\n",
    ] {
        assert!(text.contains(line), "not `{line}`: {text}");
    }
    assert_eq!(lab.changes().await, 0, "it only looks");
}

#[tokio::test]
async fn made_up_numbers_make_sense_too() {
    let lab = lab("made up").await;
    lab.behave(json!({"cloudflare_analytics": {}})).await;
    let edge = &lab.json(&STATUS).await["edge"];
    assert_eq!(edge["events"].as_object().unwrap().len(), 3, "{edge:#}");
    let ratio = edge["cache_hit_ratio"].as_f64().unwrap();
    assert!(ratio > 0.5 && ratio < 0.7, "{edge:#}");
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    let lab = lab("faults").await;
    for kind in ["server_error", "throttle", "drop_after"] {
        let before = asked(&lab).await;
        lab.faults(json!([{"kind": kind, "operation": "cloudflare:Analytics", "count": 1}])).await;
        assert_eq!(lab.json(&STATUS).await["edge"]["requests"], 10_000, "{kind}");
        assert_eq!(asked(&lab).await, before + 2, "{kind}");
    }
}

#[tokio::test]
async fn a_token_without_analytics_is_told_what_it_lacks() {
    let lab = lab("token").await;
    lab.behave(json!({"cloudflare_denies": ["Analytics"]})).await;
    let said = lab.run(&STATUS).await;
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
    for words in ["cloudflare:Analytics: not authorized for that account", "allow `Analytics Read`"] {
        assert!(said.err.contains(words), "not `{words}`: {}", said.err);
    }
}

#[tokio::test]
async fn a_plan_without_events_has_numbers_all_the_same() {
    let lab = lab("free").await;
    lab.behave(json!({"cloudflare_zones": {"example.com": "free"}})).await;
    let edge = &lab.json(&STATUS).await["edge"];
    assert_eq!((&edge["requests"], &edge["events"]), (&json!(10_000), &Value::Null));
    let text = lab.ok(&STATUS).await.out;
    assert!(text.contains("  threats   not told: the zone's plan or the token"), "{text}");
}

#[tokio::test]
async fn without_a_zone_there_is_nothing_to_show() {
    let lab = lab("none").await;
    lab.refuses(&["status", "api", "--edge"], 2, "cannot be used with").await;
    lab.write("{stack: shop, region: eu-central-1, keys: {main: {}}}");
    lab.refuses(&STATUS, 2, "there is no edge to show: the stack file has no `cloudflare` for shop/default").await;
    assert_eq!(asked(&lab).await, 0);
}
