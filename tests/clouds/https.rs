//! From nothing to HTTPS in one apply: certificates, the records that prove their names, and names of one's own.

use aws_sdk_route53::types::{Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType};
use infractl::api::{WriteCx, vendor::Method};
use serde_json::json;

use crate::lab::Lab;

const STACK: &str = r#"
stack: shop
region: eu-central-1
domain: example.com
network: { zones: 2, tiers: [public, private], nat: none }
certificates:
  main: { names: [example.com, "*.example.com"] }
load_balancer: { certificate: "${certificates.main}" }
dns:
  zone: example.com
  records:
    "@": { to: "${load_balancer}" }
    api: { to: "${load_balancer}" }
    www: { to: "${sites.web}" }
    docs: { to: pages.example.org, ttl: 1h }
sites: { web: { source: ./site, host: www.example.com, certificate: "${certificates.main}" } }
"#;

/// A zone of somebody else's, with records of theirs.
async fn zone(cx: &WriteCx, name: &str) -> String {
    let made = cx.route53.create_hosted_zone().name(name).caller_reference(format!("by hand {name}")).send().await;
    let id = made.unwrap().hosted_zone.unwrap().id.trim_start_matches("/hostedzone/").to_owned();
    put(cx, &id, ChangeAction::Create, &format!("legacy.{name}"), RrType::A, &["192.0.2.1"]).await;
    put(cx, &id, ChangeAction::Create, name, RrType::Mx, &["10 mail.example.net."]).await;
    id
}

async fn put(cx: &WriteCx, zone: &str, action: ChangeAction, name: &str, kind: RrType, values: &[&str]) {
    let values = values.iter().map(|it| ResourceRecord::builder().value(*it).build().unwrap()).collect();
    let set = ResourceRecordSet::builder().name(name).r#type(kind).ttl(60).set_resource_records(Some(values));
    let change = Change::builder().action(action).resource_record_set(set.build().unwrap()).build().unwrap();
    let batch = ChangeBatch::builder().changes(change).build().unwrap();
    cx.route53.change_resource_record_sets().hosted_zone_id(zone).change_batch(batch).send().await.unwrap();
}

/// All that a zone says, as `NAME TYPE VALUES`.
async fn said(cx: &WriteCx, zone: &str) -> Vec<String> {
    let found = cx.read.route53.list_resource_record_sets().hosted_zone_id(zone).max_items(300).send().await.unwrap();
    let line = |it: &ResourceRecordSet| {
        let values: Vec<_> = it.resource_records().iter().map(|it| it.value()).collect();
        let alias = it.alias_target().map(|it| format!("-> {}", it.dns_name())).unwrap_or_default();
        format!("{} {} {}{alias}", it.name(), it.r#type(), values.join(" "))
    };
    found.resource_record_sets().iter().map(line).collect()
}

/// Names of the certificates of a region, with their states.
async fn certificates(client: &aws_sdk_acm::Client) -> Vec<String> {
    let found = client.list_certificates().send().await.unwrap().certificate_summary_list.unwrap_or_default();
    let mut acc: Vec<_> = found
        .iter()
        .map(|it| {
            let mut names = it.subject_alternative_name_summaries().to_vec();
            names.sort();
            format!("{} {}", names.join(" "), it.status().unwrap().as_str())
        })
        .collect();
    acc.sort();
    acc
}

async fn quiet(lab: &Lab) {
    lab.behave(json!({"read_after_write": 0, "page_size": 0, "empty_pages": 0})).await;
}

#[tokio::test]
async fn https_from_nothing_by_route_53() {
    let lab = Lab::new("https route53").await;
    let cx = lab.aws().await;
    quiet(&lab).await;
    let id = zone(&cx, "example.com").await;
    let (before, other) = (said(&cx, &id).await, zone(&cx, "example.org").await);
    lab.behave(json!({"preset": "strict"})).await;
    lab.write(STACK);
    lab.ok(&["apply", "--yes"]).await;
    lab.assert_empty().await;

    quiet(&lab).await;
    let listeners = async || {
        let balancers = cx.read.elb.describe_load_balancers().send().await.unwrap().load_balancers.unwrap();
        let arn = balancers[0].load_balancer_arn().unwrap();
        cx.read.elb.describe_listeners().load_balancer_arn(arn).send().await.unwrap().listeners.unwrap()
    };
    let ports: Vec<_> = listeners().await.iter().map(|it| it.port().unwrap()).collect();
    assert!(ports.contains(&443) && ports.contains(&80), "{ports:?}");
    let there = said(&cx, &id).await;
    let has = |start: &str| there.iter().any(|it| it.starts_with(start));
    assert!(has("example.com. A -> shop-default") && has("api.example.com. A -> shop-default"), "{there:#?}");
    assert!(has("docs.example.com. CNAME pages.example.org"), "{there:#?}");
    let site = |kind: &str| there.iter().any(|it| it.starts_with(kind) && it.contains("cloudfront.net"));
    assert!(site("www.example.com. A -> d") && site("www.example.com. AAAA -> d"), "{there:#?}");
    let proofs = there.iter().filter(|it| it.starts_with("_") && it.contains("acm-validations.aws")).count();
    assert_eq!(proofs, 1, "{there:#?}");
    assert_eq!(certificates(&cx.read.acm).await.len(), 1);
    assert_eq!(certificates(&cx.read.acm_everywhere).await.len(), 1);

    // Another name is another certificate, which takes the place of the first before that goes.
    lab.write(&STACK.replace("\"*.example.com\"", "\"*.example.com\", shop.example.com"));
    let plan = lab.plan().await;
    assert!(plan.iter().any(|it| it == "update elb.listener/https"), "{plan:#?}");
    assert!(plan.iter().all(|it| !it.contains("listener") || it.starts_with("update")), "{plan:#?}");
    lab.ok(&["apply", "--yes"]).await;
    lab.assert_empty().await;
    let found = certificates(&cx.read.acm).await;
    assert!(found.len() == 1 && found[0].contains("shop.example.com"), "{found:?}");

    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(said(&cx, &id).await, before);
    assert_eq!(said(&cx, &other).await.len(), 4);
    assert_eq!(certificates(&cx.read.acm).await, [""; 0]);
    assert_eq!(certificates(&cx.read.acm_everywhere).await, [""; 0]);
}

/// All that a zone at Cloudflare says, as `NAME TYPE CONTENT PROXIED`.
async fn told(cx: &WriteCx) -> Vec<String> {
    let reader = cx.read.vendors.cloudflare().unwrap();
    let zones = cx.read.zones.get(reader, Some("example.com")).await.unwrap();
    let found =
        reader.list("cloudflare:ListRecords", &format!("/zones/{}/dns_records", zones[0].id), &[]).await.unwrap();
    let text = |it: &serde_json::Value, key: &str| it[key].as_str().unwrap().to_owned();
    let line = |it: &serde_json::Value| {
        format!("{} {} {} {}", text(it, "name"), text(it, "type"), text(it, "content"), it["proxied"])
    };
    let mut acc: Vec<_> = found.iter().map(line).collect();
    acc.sort();
    acc
}

#[tokio::test]
async fn https_from_nothing_by_cloudflare() {
    let lab = Lab::new("https cloudflare").await;
    let cx = lab.aws().await;
    let zones = cx.read.zones.get(cx.read.vendors.cloudflare().unwrap(), Some("example.com")).await.unwrap();
    let path = format!("/zones/{}/dns_records", zones[0].id);
    let foreign =
        json!({"type": "A", "name": "legacy.example.com", "content": "192.0.2.1", "ttl": 60, "proxied": false});
    let writer = cx.vendors.cloudflare().unwrap();
    writer.send("cloudflare:CreateRecord", Method::POST, &path, Some(&foreign)).await.unwrap();
    let before = told(&cx).await;
    lab.write(
        r#"
stack: shop
region: eu-central-1
network: { zones: 2, tiers: [public, private], nat: none }
certificates: { main: { names: [example.com, "*.example.com"] } }
load_balancer: { certificate: "${certificates.main}" }
cloudflare: { zone: example.com, records: { api: { to: "${load_balancer}", proxied: true } } }
"#,
    );
    lab.ok(&["apply", "--yes"]).await;
    lab.assert_empty().await;
    quiet(&lab).await;
    let there = told(&cx).await;
    let proof = there.iter().find(|it| it.starts_with('_')).unwrap_or_else(|| panic!("{there:#?}"));
    assert!(proof.contains(".acm-validations.aws ") && proof.ends_with("false"), "{proof}");
    assert!(
        there.iter().any(|it| it.starts_with("api.example.com CNAME shop-default") && it.ends_with("true")),
        "{there:#?}"
    );
    assert_eq!(certificates(&cx.read.acm).await, ["*.example.com example.com ISSUED"]);
    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(told(&cx).await, before);
    assert_eq!(lab.inventory().await, [""; 0]);
}

#[tokio::test]
async fn a_record_of_others_is_in_the_way_and_stays() {
    let lab = Lab::new("https foreign").await;
    quiet(&lab).await;
    let cx = lab.aws().await;
    let id = zone(&cx, "example.com").await;
    let head =
        "stack: shop\nregion: eu-central-1\ndns: { zone: example.com, records: { legacy: { to: 192.0.2.9 } } }\n";
    lab.write(head);
    let plan = lab.run(&["plan"]).await;
    assert_eq!(plan.code, 4, "{plan:?}");
    assert!(plan.out.contains("route53.record/legacy.A: its name is taken"), "{}", plan.out);
    // What is left out is no one's but theirs.
    lab.write(&head.replace("legacy", "own"));
    lab.ok(&["apply", "--yes"]).await;
    let there = said(&cx, &id).await;
    assert!(there.contains(&"legacy.example.com. A 192.0.2.1".to_owned()), "{there:#?}");
    assert!(there.contains(&"own.example.com. A 192.0.2.9".to_owned()), "{there:#?}");
    // Without the zone in the file, what was in it is found all the same.
    lab.write("stack: shop\nregion: eu-central-1\n");
    assert_eq!(lab.plan().await, ["delete route53.record/own.A"]);
    lab.ok(&["apply", "--yes"]).await;
    assert!(!said(&cx, &id).await.iter().any(|it| it.contains("own") || it.contains("_infractl")));
}

#[tokio::test]
async fn zones_that_are_not_there_or_there_twice_are_told() {
    let lab = Lab::new("https zones").await;
    quiet(&lab).await;
    let cx = lab.aws().await;
    let head = "stack: shop\nregion: eu-central-1\n";
    lab.write(&format!("{head}dns: {{ zone: example.com }}\n"));
    let none = lab.run(&["plan"]).await;
    assert!(none.code != 0 && none.err.contains("the account has no zone `example.com`"), "{none:?}");
    zone(&cx, "example.com").await;
    lab.ok(&["plan"]).await;
    // A second one of the name would answer nobody.
    lab.write(&format!("{head}dns: {{ zone: example.com, create: true }}\n"));
    let taken = lab.run(&["plan"]).await;
    assert!(taken.code == 4 && taken.out.contains("route53.zone/main: its name is taken"), "{taken:?}");
    lab.write(&format!("{head}dns: {{ zone: example.com, private: true }}\n"));
    let other = lab.run(&["plan"]).await;
    assert!(other.err.contains("no private zone `example.com`"), "{other:?}");
    cx.route53.create_hosted_zone().name("example.com").caller_reference("again").send().await.unwrap();
    lab.write(&format!("{head}dns: {{ zone: example.com }}\n"));
    let several = lab.run(&["plan"]).await;
    assert!(several.err.contains("several public zones `example.com`"), "{several:?}");
}

#[tokio::test]
async fn a_zone_that_was_left_without_tags_is_found() {
    let lab = Lab::new("https untagged").await;
    quiet(&lab).await;
    lab.faults(json!([{"kind": "access_denied", "operation": "route53:ChangeTagsForResource"}])).await;
    lab.write("stack: shop\nregion: eu-central-1\ntags: { team: web }\ndns: { zone: example.com, create: true }\n");
    let said = lab.run(&["apply", "--yes"]).await;
    assert_eq!(said.code, 1, "{said:?}");
    lab.faults(json!([])).await;
    assert_eq!(lab.plan().await, ["update route53.zone/main"]);
    lab.ok(&["apply", "--yes"]).await;
    lab.assert_empty().await;
    assert_eq!(lab.aws().await.read.route53.list_hosted_zones().send().await.unwrap().hosted_zones.len(), 1);
    lab.ok(&["destroy", "--yes"]).await;
    assert_eq!(lab.inventory().await, [""; 0]);
}

#[tokio::test]
async fn a_certificate_that_failed_is_made_anew() {
    let lab = Lab::new("https failed").await;
    quiet(&lab).await;
    let cx = lab.aws().await;
    zone(&cx, "example.com").await;
    lab.behave(json!({"cert_fails": ["CAA_ERROR"]})).await;
    lab.write("stack: shop\nregion: eu-central-1\ncertificates: { main: { names: [example.com] } }\ndns: { zone: example.com }\n");
    let said = lab.run(&["apply", "--yes"]).await;
    assert!(said.code == 1 && said.err.contains("CAA records of the domain"), "{said:?}");
    lab.ok(&["apply", "--yes"]).await;
    lab.assert_empty().await;
    assert_eq!(certificates(&cx.read.acm).await, ["example.com ISSUED"]);
    lab.ok(&["destroy", "--yes"]).await;
}
