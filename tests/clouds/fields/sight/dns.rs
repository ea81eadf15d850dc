//! Certificates, and zones in Route 53 with their records and health checks.

use aws_sdk_acm::types::{Filters, KeyAlgorithm};
use aws_sdk_route53::types::{ResourceRecordSet, RrType, TagResourceType};
use infractl::api::ReadCx;

use super::Looking;

impl Looking {
    pub(super) async fn certificates(&mut self, cx: &ReadCx) {
        for (place, client) in [("here", &cx.acm), ("everywhere", &cx.acm_everywhere)] {
            let all = KeyAlgorithm::values().iter().map(|it| KeyAlgorithm::from(*it)).collect();
            let call = client.list_certificates().includes(Filters::builder().set_key_types(Some(all)).build());
            for it in all!(call) {
                let arn = it.certificate_arn().unwrap();
                // It may go while we look.
                let Ok(tags) = client.list_tags_for_certificate().certificate_arn(arn).send().await else { continue };
                let tags: Vec<_> = tags.tags().iter().map(|it| (it.key().into(), it.value().unwrap().into())).collect();
                let mut names = it.subject_alternative_name_summaries().to_vec();
                names.sort();
                let status = it.status().unwrap().as_str();
                self.moves |= status == "PENDING_VALIDATION";
                let facts = vec![
                    ("names", names.join(", ")),
                    ("key", it.key_algorithm().unwrap().as_str().into()),
                    ("status", status.into()),
                    ("in", place.into()),
                ];
                self.see(Some(arn), &tags, facts);
                let end = arn.rsplit('/').next().unwrap().to_owned();
                self.names.extend(self.names.get(arn).cloned().map(|address| (end, address)));
            }
        }
    }

    pub(super) async fn zones(&mut self, cx: &ReadCx) {
        for zone in all!(cx.route53.list_hosted_zones()) {
            let id = zone.id().trim_start_matches("/hostedzone/");
            let Ok(got) = cx.route53.get_hosted_zone().id(id).send().await else { continue };
            let vpcs: Vec<_> = got.vpcs().iter().map(|it| it.vpc_id().unwrap()).collect();
            let facts = vec![
                ("name", zone.name().to_owned()),
                ("comment", zone.config().and_then(|it| it.comment()).unwrap_or_default().to_owned()),
                ("networks", vpcs.join(" ")),
            ];
            self.see(Some(id), &route53_tags(cx, TagResourceType::Hostedzone, id).await, facts);
            let call = cx.route53.list_resource_record_sets().hosted_zone_id(id).max_items(300);
            let Ok(found) = call.send().await else { continue };
            let own =
                |it: &&ResourceRecordSet| it.name() == zone.name() && matches!(it.r#type(), RrType::Ns | RrType::Soa);
            for it in found.resource_record_sets().iter().filter(|it| !own(it)) {
                let ttl = it.ttl().map(|it| format!("{it} ")).unwrap_or_default();
                let mut values: Vec<_> = it.resource_records().iter().map(|it| it.value()).collect();
                values.sort_unstable();
                let alias = it.alias_target().map(|it| {
                    let well = if it.evaluate_target_health() { " if well" } else { "" };
                    format!("-> {}{well}", it.dns_name())
                });
                let said = format!("{ttl}{}{}", values.join(", "), alias.unwrap_or_default());
                // Nobody knows what proves a name.
                let proof = it.name().starts_with('_') && said.contains("acm-validations");
                let word =
                    if proof { "a proof".to_owned() } else { format!("{} {}", guessable(it.name()), it.r#type()) };
                self.add(Some(id), &word, if proof { "" } else { &said });
            }
        }
    }

    pub(super) async fn health_checks(&mut self, cx: &ReadCx) {
        for it in all!(cx.route53.list_health_checks()) {
            let config = it.health_check_config().unwrap();
            let text = |it: Option<&str>| it.unwrap_or_default().to_owned();
            let facts = vec![
                ("asks", text(config.fully_qualified_domain_name())),
                ("how", format!("{} {}", config.r#type(), config.port().unwrap())),
                ("path", text(config.resource_path())),
                ("contains", text(config.search_string())),
                ("every", config.request_interval().unwrap().to_string()),
                ("failures", config.failure_threshold().unwrap().to_string()),
                ("inverted", config.inverted().filter(|it| *it).map(|_| "yes".to_owned()).unwrap_or_default()),
                ("disabled", config.disabled().filter(|it| *it).map(|_| "yes".to_owned()).unwrap_or_default()),
            ];
            self.see(Some(it.id()), &route53_tags(cx, TagResourceType::Healthcheck, it.id()).await, facts);
        }
    }
}

/// The name of what stands beside a proof, without what ACM makes up.
fn guessable(name: &str) -> String {
    match name.strip_prefix("cname._").and_then(|it| it.split_once('.')) {
        Some((made_up, rest)) if made_up.len() == 32 => format!("cname.PROOF.{rest}"),
        _ => name.to_owned(),
    }
}

async fn route53_tags(cx: &ReadCx, kind: TagResourceType, id: &str) -> Vec<(String, String)> {
    let Ok(found) = cx.route53.list_tags_for_resource().resource_type(kind).resource_id(id).send().await else {
        return Vec::new();
    };
    let tags = found.resource_tag_set.unwrap().tags.unwrap_or_default();
    tags.into_iter().map(|it| (it.key.unwrap(), it.value.unwrap_or_default())).collect()
}
