//! Where a distribution gets what it serves.

use std::collections::BTreeSet;

use aws_sdk_cloudfront::types::{
    CustomHeaders, CustomOriginConfig, Origin as SdkOrigin, OriginProtocolPolicy, OriginSslProtocols, S3OriginConfig,
    SslProtocol,
};
use aws_smithy_types::error::operation::BuildError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::quantity;
use crate::resource::value::In;

/// Where a distribution gets what it serves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Origin {
    /// What behaviours call it.
    pub id: String,
    /// Its name in the DNS.
    pub domain: In<String>,
    /// Starts the path of everything that is asked of it; empty for nothing.
    pub path: String,
    /// The origin access control that proves to a bucket who asks.
    pub access_control: Option<In<String>>,
    /// How it is spoken to, if it is no bucket.
    pub custom: Option<CustomOrigin>,
}

/// How an origin is spoken to that is no bucket.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct CustomOrigin {
    /// `http-only`, `https-only`, or `match-viewer`.
    pub protocol: String,
    /// Where it speaks HTTP.
    pub http_port: i32,
    /// Where it speaks HTTPS.
    pub https_port: i32,
    /// Which versions of TLS it may speak.
    pub tls: BTreeSet<String>,
    /// For how long an answer is waited for, in seconds.
    pub read_timeout: i32,
    /// For how long a connection is kept without a request, in seconds.
    pub keepalive: i32,
}

impl Origin {
    pub(super) fn of(it: &SdkOrigin) -> Self {
        let control = it.origin_access_control_id().filter(|it| !it.is_empty());
        Self {
            id: it.id().to_owned(),
            domain: it.domain_name().into(),
            path: it.origin_path().unwrap_or_default().to_owned(),
            access_control: control.map(In::from),
            custom: it.custom_origin_config().map(CustomOrigin::of),
        }
    }

    /// `live` with our settings; what CloudFront adds by itself stays. Of what is left out at first, some has to be there
    /// when it is changed:
    /// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html>.
    pub(super) fn patched(&self, live: Option<&SdkOrigin>) -> Result<SdkOrigin, BuildError> {
        let mut it = match live {
            Some(it) => it.clone(),
            None => SdkOrigin::builder().id(&self.id).domain_name(self.domain.get()).build()?,
        };
        it.domain_name.clone_from(self.domain.get());
        it.origin_path = Some(self.path.clone());
        it.origin_access_control_id = Some(self.access_control.as_ref().map(|it| it.get().clone()).unwrap_or_default());
        if it.custom_headers.is_none() {
            it.custom_headers = Some(CustomHeaders::builder().quantity(0).build()?);
        }
        match &self.custom {
            Some(custom) => {
                it.custom_origin_config = Some(custom.patched(it.custom_origin_config.as_ref())?);
                it.s3_origin_config = None;
            }
            None => {
                let usual = || S3OriginConfig::builder().origin_access_identity("").build();
                let mut s3 = it.s3_origin_config.unwrap_or_else(usual);
                // Of two ways to prove who asks, there may be one.
                s3.origin_access_identity = String::new();
                (it.s3_origin_config, it.custom_origin_config) = (Some(s3), None);
            }
        }
        Ok(it)
    }
}

impl CustomOrigin {
    fn of(it: &CustomOriginConfig) -> Self {
        let tls = it.origin_ssl_protocols().map(|it| it.items()).unwrap_or_default();
        Self {
            protocol: it.origin_protocol_policy().as_str().to_owned(),
            http_port: it.http_port(),
            https_port: it.https_port(),
            tls: tls.iter().map(|it| it.as_str().to_owned()).collect(),
            read_timeout: it.origin_read_timeout().unwrap_or(30),
            keepalive: it.origin_keepalive_timeout().unwrap_or(5),
        }
    }

    fn patched(&self, live: Option<&CustomOriginConfig>) -> Result<CustomOriginConfig, BuildError> {
        let protocol = OriginProtocolPolicy::from(self.protocol.as_str());
        let mut it = match live {
            Some(it) => it.clone(),
            None => CustomOriginConfig::builder()
                .http_port(self.http_port)
                .https_port(self.https_port)
                .origin_protocol_policy(protocol.clone())
                .build()?,
        };
        (it.http_port, it.https_port, it.origin_protocol_policy) = (self.http_port, self.https_port, protocol);
        let tls: Vec<_> = self.tls.iter().map(|it| SslProtocol::from(it.as_str())).collect();
        let tls = OriginSslProtocols::builder().quantity(quantity(tls.len())).set_items(Some(tls)).build()?;
        it.origin_ssl_protocols = Some(tls);
        (it.origin_read_timeout, it.origin_keepalive_timeout) = (Some(self.read_timeout), Some(self.keepalive));
        Ok(it)
    }
}
