//! Certificates, and a zone in Route 53 with its records and health checks.

use aws_sdk_acm::types::Tag as CertificateTag;
use aws_sdk_route53::types::{
    Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType, Tag, TagResourceType,
};

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};

const ZONE: &str = "route53.zone/main";
const CHECK: &str = "route53.health_check/www";
const CERTIFICATE: &str = "acm.certificate/main-c1ba85";

pub(super) const MEDDLING: Meddling = Meddling {
    base: &[
        "tags: { team: web }",
        "network: { zones: 2, tiers: [public, private], nat: none }",
        "load_balancer: { http: serve }",
        "dns: { zone: example.com, create: true, comment: The shop }",
        "dns: { records: { www: { to: '192.0.2.1' }, api: { to: '${load_balancer}' } } }",
        "dns: { health_checks: { www: { host: www.example.com, path: /health, contains: well } } }",
        "certificates: { main: { names: [example.com] } }",
    ],
    drifts: &[
        drift(
            "another comment",
            &["update route53.zone/main: comment"],
            by!(it => {
                it.cx.route53.update_hosted_zone_comment().id(it.id(ZONE)).comment("mine").send().await.unwrap();
            }),
        ),
        drift(
            "a zone's tag",
            &["update route53.zone/main: tags.team"],
            by!(it => it.tag_of(TagResourceType::Hostedzone, ZONE).await),
        ),
        drift(
            "another address",
            &["update route53.record/www.A: values"],
            by!(it => it.put_record("www.example.com", 300, &["192.0.2.9"]).await),
        ),
        drift(
            "another TTL",
            &["update route53.record/www.A: ttl"],
            by!(it => it.put_record("www.example.com", 60, &["192.0.2.1"]).await),
        ),
        drift(
            "no alias",
            &["update route53.record/api.A: ttl, values, alias"],
            by!(it => it.put_record("api.example.com", 60, &["192.0.2.9"]).await),
        ),
        drift(
            "no record",
            &["update route53.record/www.A: ttl, values"],
            by!(it => it.take("www.example.com", &["A"]).await),
        ),
        drift(
            "no record and nothing that says whose it was",
            &["create route53.record/www.A"],
            by!(it => it.take("www.example.com", &["A", "TXT"]).await),
        ),
        drift(
            "another host, port and path, text and patience, turned over and off",
            &["update route53.health_check/www: host, port, path, contains, failures, inverted, disabled"],
            by!(it => {
                let call = it.cx.route53.update_health_check().health_check_id(it.id(CHECK));
                let call = call.fully_qualified_domain_name("example.net").port(8443).resource_path("/").search_string("ill");
                call.failure_threshold(9).inverted(true).disabled(true).send().await.unwrap();
            }),
        ),
        drift(
            "a health check's tag",
            &["update route53.health_check/www: tags.team"],
            by!(it => it.tag_of(TagResourceType::Healthcheck, CHECK).await),
        ),
        drift(
            "no health check",
            &["create route53.health_check/www"],
            by!(it => {
                it.cx.route53.delete_health_check().health_check_id(it.id(CHECK)).send().await.unwrap();
            }),
        ),
        drift(
            "a certificate's tag",
            &["update acm.certificate/main-c1ba85: tags.team"],
            by!(it => {
                let tag = CertificateTag::builder().key("team").value("api").build().unwrap();
                it.cx.acm.add_tags_to_certificate().certificate_arn(it.id(CERTIFICATE)).tags(tag).send().await.unwrap();
            }),
        ),
        drift(
            "no certificate",
            &[
                "create acm.certificate/main-c1ba85",
                "create acm.validation/main-c1ba85",
                "update route53.record/proof.example.com: record_name, values",
            ],
            by!(it => {
                it.cx.acm.delete_certificate().certificate_arn(it.id(CERTIFICATE)).send().await.unwrap();
            }),
        ),
    ],
};

impl Hands {
    async fn tag_of(&self, kind: TagResourceType, address: &str) {
        let tag = Tag::builder().key("team").value("api").build();
        let call = self.cx.route53.change_tags_for_resource().resource_type(kind).resource_id(self.id(address));
        call.add_tags(tag).send().await.unwrap();
    }

    async fn put_record(&self, name: &str, ttl: i64, values: &[&str]) {
        let values = values.iter().map(|it| ResourceRecord::builder().value(*it).build().unwrap()).collect();
        let set = ResourceRecordSet::builder().name(name).r#type(RrType::A).ttl(ttl).set_resource_records(Some(values));
        self.change(ChangeAction::Upsert, set.build().unwrap()).await;
    }

    /// Its record, and of type TXT the one that says whose it is.
    async fn take(&self, name: &str, kinds: &[&str]) {
        let call = self.cx.read.route53.list_resource_record_sets().hosted_zone_id(self.id(ZONE)).max_items(300);
        let short = name.split('.').next().unwrap();
        for it in call.send().await.unwrap().resource_record_sets {
            let own = it.name() == format!("{name}.") || it.name().contains(&format!(".{short}._infractl."));
            if own && kinds.contains(&it.r#type().as_str()) {
                self.change(ChangeAction::Delete, it).await;
            }
        }
    }

    async fn change(&self, action: ChangeAction, set: ResourceRecordSet) {
        let change = Change::builder().action(action).resource_record_set(set).build().unwrap();
        let batch = ChangeBatch::builder().changes(change).build().unwrap();
        let call = self.cx.route53.change_resource_record_sets().hosted_zone_id(self.id(ZONE)).change_batch(batch);
        call.send().await.unwrap();
    }
}
