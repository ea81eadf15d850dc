//! That a certificate's names are proven: nothing of its own, only something to wait for
//! (<https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html>).

use std::collections::BTreeSet;

use aws_sdk_acm::types::CertificateStatus;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Found, Names, certificate, certificates, one};
use crate::{
    api::{ReadCx, Result, WriteCx},
    catalog::lifecycle::{Lifecycle, Look, New},
    fields,
    resource::{Facts, Live, Resource, Status, Waits, tags::Scope, value::In},
};

/// That the names of a certificate are proven, so that it can be used.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Validation {
    /// The certificate.
    pub certificate: In<String>,
    /// The names that it is for.
    pub names: BTreeSet<String>,
    /// Whether it is for CloudFront, which takes certificates of us-east-1 only, where the stack is not.
    pub everywhere: bool,
    /// The records that prove the names: they have to be there first.
    pub records: BTreeSet<In<String>>,
}

/// What others refer to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Out {
    /// The certificate's ARN.
    pub arn: String,
}

impl Resource for Validation {
    type Out = Out;

    const FACTS: Facts = Facts {
        at_creation: fields!(Validation: records),
        consists_of: fields!(Validation: records),
        tagged: false,
        // It took Terraform's users as long at most: ACM itself goes on for three days.
        waits: Waits::minutes(75, 75, 5).usually(180),
        ..Facts::new::<Self>(
            "acm.validation",
            "that a certificate's names are proven",
            "https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html",
        )
    };
}

impl Lifecycle for Validation {
    /// Only what is wanted: what nobody waits for is not there.
    async fn read(cx: &ReadCx, look: &Look<Self>) -> Result<Vec<Live<Self>>> {
        if look.wants.is_empty() {
            return Ok(Vec::new());
        }
        let known: Vec<_> = look.wants.iter().filter_map(|it| Some((it.everywhere, it.certificate.known()?))).collect();
        let found = if known.len() == look.wants.len() {
            let found = try_join_all(known.into_iter().map(|(everywhere, arn)| one(cx, everywhere, arn.clone())));
            found.await?.into_iter().flatten().collect()
        } else {
            let wanted: Vec<(bool, Names)> = look.wants.iter().map(|it| (it.everywhere, it.names.clone())).collect();
            certificates(cx, &look.scope, &wanted).await?
        };
        let wanted = found.iter().filter(|it| look.wants.iter().any(|want| want.is_of(it, &look.scope)));
        // One that will never be proven is made anew, and then there is another one to wait for.
        let found = wanted.map(live).filter(|it| !look.strays || !matches!(it.status, Status::Failed(_)));
        Ok(found.collect())
    }

    /// There is nothing to make.
    async fn create(_: &WriteCx, _: &New<Self>) -> Result<()> {
        Ok(())
    }

    /// There is nothing to delete.
    async fn delete(_: &WriteCx, _: &Live<Self>) -> Result<()> {
        Ok(())
    }
}

impl Validation {
    /// Whether it waits for this certificate: by its ARN, or by its address as long as that is not known.
    fn is_of(&self, it: &Found, scope: &Scope) -> bool {
        match &self.certificate {
            In::Known(arn) => *arn == it.arn,
            In::Out(out) => scope.address(&it.tags).is_some_and(|address| address == out.from),
            In::Joined(_) => false,
        }
    }
}

fn live(it: &Found) -> Live<Validation> {
    let status = match it.detail.status() {
        Some(CertificateStatus::PendingValidation) | None => {
            Status::Pending("waiting for its names to be proven".into())
        }
        Some(CertificateStatus::Failed | CertificateStatus::ValidationTimedOut) => Status::Failed(certificate::why(it)),
        // What becomes of it later is the certificate's to tell.
        Some(_) => Status::Ready,
    };
    let state = Validation {
        certificate: it.arn.as_str().into(),
        names: it.names(),
        everywhere: it.everywhere,
        // Nobody can see them: it is there only for who waits for it.
        records: BTreeSet::new(),
    };
    // It has no tags of its own: whose the certificate is, it is.
    Live { state, out: Out { arn: it.arn.clone() }, tags: it.tags.clone(), status }
}

#[cfg(test)]
mod tests {
    use aws_sdk_acm::types::CertificateDetail;

    use super::*;
    use crate::{
        catalog::aws::acm::certificate::Certificate,
        resource::value::{Address, OutRef},
    };

    #[test]
    fn it_waits_for_the_certificate_that_it_names() {
        let scope = Scope { stack: "shop".into(), env: "dev".into(), region: "eu-central-1".into() };
        let address = Address::new(Certificate::FACTS.kind, "main");
        let detail = CertificateDetail::builder().domain_name("example.com").status(CertificateStatus::Issued).build();
        let found = Found { everywhere: false, arn: "arn:1".into(), detail, tags: scope.tags(&address) };
        let of = |certificate| {
            let (names, records) = (found.names(), BTreeSet::new());
            Validation { certificate, names, everywhere: false, records }.is_of(&found, &scope)
        };
        assert!(of("arn:1".into()) && !of("arn:2".into()));
        let out = |name| In::Out(OutRef { from: Address::new(Certificate::FACTS.kind, name), out: "arn".into() });
        assert!(of(out("main")) && !of(out("other")));
        assert_eq!(live(&found).status, Status::Ready);
    }
}
