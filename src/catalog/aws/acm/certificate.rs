//! Certificates: <https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html>.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_acm::{
    Client,
    error::BuildError,
    types::{CertificateStatus, KeyAlgorithm, Tag, ValidationMethod},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DESCRIBE, Found, Names, certificates, validated};
use crate::{
    api::{ApiError, During, OrDone, ReadCx, Result, WriteCx},
    catalog::lifecycle::{Lifecycle, Look, New, TagChanges},
    fields,
    resource::{Facts, Live, Resource, Status, Waits, tags::Tags},
};

/// How outputs are called that hold the name and the value of the record that proves a name.
const NAME: &str = "record_name.";
const VALUE: &str = "record_value.";

/// A certificate for names, which records in DNS prove to be ours.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Certificate {
    /// The first of its names, in small letters.
    pub domain: String,
    /// Its other names; `*.example.com` stands for all names with one word more.
    pub alternatives: BTreeSet<String>,
    /// The kind of its key, such as `RSA_2048` or `EC_prime256v1`.
    pub key_algorithm: String,
    /// Whether it is for CloudFront, which takes certificates of us-east-1 only, where the stack is not.
    pub everywhere: bool,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// Its ARN.
    pub arn: String,
    /// `record_name.` and `record_value.` of each name to prove, such as `record_name.example.com`.
    #[serde(flatten)]
    pub records: BTreeMap<String, String>,
}

impl Out {
    /// What the outputs are called with the record that proves `name`: its name, and its value.
    #[must_use]
    pub fn record(name: &str) -> [String; 2] {
        let name = validated(name);
        [format!("{NAME}{name}"), format!("{VALUE}{name}")]
    }
}

impl Resource for Certificate {
    type Out = Out;

    const FACTS: Facts = Facts {
        replace_on: fields!(Certificate: domain, alternatives, key_algorithm, everywhere),
        waits: Waits::minutes(5, 5, 25).usually(10),
        ..Facts::new::<Self>(
            "acm.certificate",
            "a certificate for names",
            "https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html",
        )
    };

    fn note(live: &Live<Self>) -> Option<String> {
        let names = std::iter::once(&live.state.domain).chain(&live.state.alternatives).cloned().collect::<Vec<_>>();
        match &live.status {
            Status::Reverted(why) => Some(format!("the certificate for {}: {why}", names.join(", "))),
            _ => None,
        }
    }
}

impl Certificate {
    pub(super) fn names(&self) -> Names {
        self.alternatives.iter().chain([&self.domain]).cloned().collect()
    }
}

impl Lifecycle for Certificate {
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        let wanted: Vec<_> = look.wants.iter().map(|it| (it.everywhere, it.names())).collect();
        certificates(cx, &look.scope, &wanted).await?.iter().map(live).collect()
    }

    async fn create(cx: &WriteCx, new: &New<Self>) -> Result<()> {
        let want = &new.want;
        let others = Some(want.alternatives.iter().cloned().collect::<Vec<_>>()).filter(|it| !it.is_empty());
        let call = client(cx, want.everywhere)
            .request_certificate()
            .domain_name(&want.domain)
            .set_subject_alternative_names(others)
            .validation_method(ValidationMethod::Dns)
            .key_algorithm(KeyAlgorithm::from(want.key_algorithm.as_str()))
            .idempotency_token(&new.token)
            .set_tags(Some(to_sdk("acm:RequestCertificate", &new.tags)?));
        call.send().await.during("acm:RequestCertificate").map(drop)
    }

    async fn delete(cx: &WriteCx, live: &Live<Self>) -> Result<()> {
        let call = client(cx, live.state.everywhere).delete_certificate().certificate_arn(&live.out.arn);
        call.send().await.during("acm:DeleteCertificate").or_done()
    }

    async fn blockers(cx: &ReadCx, live: &Live<Self>) -> Result<Vec<String>> {
        let found = super::one(cx, live.state.everywhere, live.out.arn.clone()).await?;
        Ok(found.into_iter().flat_map(|it| it.detail.in_use_by.unwrap_or_default()).collect())
    }

    async fn retag(cx: &WriteCx, live: &Live<Self>, tags: &TagChanges) -> Result<()> {
        const ADD: &str = "acm:AddTagsToCertificate";
        const REMOVE: &str = "acm:RemoveTagsFromCertificate";
        let (client, arn) = (client(cx, live.state.everywhere), &live.out.arn);
        if !tags.set.is_empty() {
            let call = client.add_tags_to_certificate().certificate_arn(arn).set_tags(Some(to_sdk(ADD, &tags.set)?));
            call.send().await.during(ADD)?;
        }
        if !tags.unset.is_empty() {
            // A key without a value stands for any.
            let keys = tags.unset.iter().map(|it| Tag::builder().key(it).build());
            let keys = keys.collect::<Result<_, _>>().map_err(|it| unsent(REMOVE, &it))?;
            let call = client.remove_tags_from_certificate().certificate_arn(arn).set_tags(Some(keys));
            call.send().await.during(REMOVE)?;
        }
        Ok(())
    }
}

fn client(cx: &WriteCx, everywhere: bool) -> &Client {
    if everywhere { &cx.acm_everywhere } else { &cx.acm }
}

fn to_sdk(call: &str, tags: &Tags) -> Result<Vec<Tag>> {
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    tags.collect::<Result<_, _>>().map_err(|it| unsent(call, &it))
}

fn unsent(call: &str, error: &BuildError) -> ApiError {
    ApiError::refused(call, "NotSent", error.to_string())
}

fn live(it: &Found) -> Result<Live<Certificate>> {
    let lacks = |what| ApiError::incomplete(DESCRIBE, what);
    let domain = it.detail.domain_name().ok_or_else(|| lacks("domain"))?.to_lowercase();
    // In some answers its words are joined otherwise.
    let key = it.detail.key_algorithm().ok_or_else(|| lacks("key algorithm"))?.as_str().replace('-', "_");
    let names = it.names();
    let records = it.records();
    let status = status(it, names.iter().all(|it| records.contains_key(&validated(it))))?;
    let record = |(name, (at, value)): (&String, &(String, String))| {
        [(format!("{NAME}{name}"), at.clone()), (format!("{VALUE}{name}"), value.clone())]
    };
    let state = Certificate {
        alternatives: names.into_iter().filter(|it| *it != domain).collect(),
        domain,
        key_algorithm: key,
        everywhere: it.everywhere,
    };
    let out = Out { arn: it.arn.clone(), records: records.iter().flat_map(record).collect() };
    Ok(Live { state, out, tags: it.tags.clone(), status })
}

/// It can be referred to as soon as the records are known that are to prove its names. One that will never be issued is made
/// anew; one that was, and is in use, stays until it is not.
fn status(it: &Found, complete: bool) -> Result<Status> {
    let word = it.detail.status().ok_or_else(|| ApiError::incomplete(DESCRIBE, "status"))?;
    let in_use = !it.detail.in_use_by().is_empty();
    Ok(match word {
        CertificateStatus::Failed | CertificateStatus::ValidationTimedOut => Status::Failed(why(it)),
        CertificateStatus::Expired | CertificateStatus::Revoked | CertificateStatus::Inactive if in_use => {
            Status::Reverted(format!("it is {}; rename it in the file, and another one takes its place", spoken(word)))
        }
        CertificateStatus::Expired | CertificateStatus::Revoked | CertificateStatus::Inactive => {
            Status::Failed(spoken(word))
        }
        CertificateStatus::PendingValidation if !complete => Status::Pending("waiting for records".into()),
        _ => Status::Ready,
    })
}

fn spoken(status: &CertificateStatus) -> String {
    status.as_str().to_lowercase().replace('_', " ")
}

/// Why it will not be issued.
pub(super) fn why(it: &Found) -> String {
    let reason = it.detail.failure_reason().map(|it| it.as_str());
    match reason {
        Some("CAA_ERROR") => "CAA records of the domain do not let amazon.com issue certificates".into(),
        Some(it) => it.to_lowercase().replace('_', " "),
        None => it.detail.status().map(spoken).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_acm::types::{CertificateDetail, DomainValidation, FailureReason, RecordType, ResourceRecord};

    use super::*;

    fn found(status: CertificateStatus, names: &[&str]) -> Found {
        let record = |it: &str| {
            let it = validated(it);
            let record = ResourceRecord::builder().name(format!("_1.{it}.")).r#type(RecordType::Cname);
            record.value("_2.acm-validations.aws.").build().unwrap()
        };
        let option =
            |it: &&str| DomainValidation::builder().domain_name(*it).resource_record(record(it)).build().unwrap();
        let detail = CertificateDetail::builder()
            .domain_name("example.com")
            .set_subject_alternative_names(Some(vec!["*.Example.com".into(), "example.com".into()]))
            .set_domain_validation_options(Some(names.iter().map(option).collect()))
            .key_algorithm(KeyAlgorithm::from("RSA-2048"))
            .status(status);
        let arn = "arn:aws:acm:eu-central-1:123456789012:certificate/1".into();
        Found { everywhere: false, arn, detail: detail.build(), tags: Tags::new() }
    }

    #[test]
    fn a_star_is_proven_as_its_domain_is() {
        let it = live(&found(CertificateStatus::PendingValidation, &["example.com", "*.example.com"])).unwrap();
        assert_eq!((it.status, it.state.key_algorithm.as_str()), (Status::Ready, "RSA_2048"));
        assert_eq!(it.state.alternatives, ["*.example.com".to_owned()].into());
        let tree = serde_json::to_value(&it.out).unwrap();
        let [name, value] = Out::record("*.example.com");
        assert_eq!(
            (tree[name].as_str(), tree[value].as_str()),
            (Some("_1.example.com"), Some("_2.acm-validations.aws"))
        );
        let back: Out = serde_json::from_value(tree).unwrap();
        assert_eq!(back.records, it.out.records);
    }

    #[test]
    fn it_is_there_once_its_records_are_known() {
        let status = |word, names| live(&found(word, names)).unwrap().status;
        assert!(matches!(status(CertificateStatus::PendingValidation, &[]), Status::Pending(_)));
        assert_eq!(status(CertificateStatus::Issued, &[]), Status::Ready);
        assert!(matches!(status(CertificateStatus::ValidationTimedOut, &[]), Status::Failed(_)));
        assert!(matches!(status(CertificateStatus::Expired, &[]), Status::Failed(_)));
        let mut used = found(CertificateStatus::Expired, &[]);
        used.detail.in_use_by = Some(vec!["arn:lb".into()]);
        assert!(matches!(live(&used).unwrap().status, Status::Reverted(_)));
    }

    #[test]
    fn a_failure_says_why() {
        let mut failed = found(CertificateStatus::Failed, &[]);
        failed.detail.failure_reason = Some(FailureReason::CaaError);
        assert!(why(&failed).contains("CAA records"));
        failed.detail.failure_reason = Some(FailureReason::DomainNotAllowed);
        assert_eq!(why(&failed), "domain not allowed");
    }
}
