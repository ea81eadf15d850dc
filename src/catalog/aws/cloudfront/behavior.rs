//! What a distribution does with requests to some paths.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudfront::types::{
    AllowedMethods, CacheBehavior, CachedMethods, DefaultCacheBehavior, EventType, FunctionAssociation,
    FunctionAssociations, LambdaFunctionAssociations, Method, ViewerProtocolPolicy,
};
use aws_smithy_types::error::operation::BuildError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::quantity;
use crate::resource::value::In;

/// The path of the behaviour for whatever no other is for.
pub const ANY: &str = "*";

/// What is done with requests to some paths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Behavior {
    /// The paths, in which `*` and `?` stand for any characters and any one.
    pub path: String,
    /// The origin that is asked, by its id.
    pub origin: String,
    /// What is done with plain HTTP: `redirect-to-https`, `https-only` or `allow-all`.
    pub protocol: String,
    /// The methods that are passed on.
    pub methods: BTreeSet<String>,
    /// Whether answers are compressed.
    pub compress: bool,
    /// The id of the policy that says what is kept, and for how long.
    pub cache_policy: In<String>,
    /// The id of the policy that says what the origin gets to see of a request.
    pub origin_request_policy: Option<In<String>>,
    /// The id of the policy that adds headers.
    pub response_headers_policy: Option<In<String>>,
    /// The ARNs of functions that see each request, by when that is, such as `viewer-request`.
    pub functions: BTreeMap<String, In<String>>,
}

/// The types that CloudFront has for one thing.
macro_rules! each {
    ($($of:ident, $patch:ident: $sdk:ident, $path:expr;)*) => {
        impl Behavior {
            $(pub(super) fn $of(it: &$sdk) -> Self {
                let path: fn(&$sdk) -> String = $path;
                let known = |it: Option<&str>| it.filter(|it| !it.is_empty()).map(In::from);
                let methods = it.allowed_methods().map(|it| it.items()).unwrap_or(&USUAL);
                let functions = it.function_associations().map(|it| it.items()).unwrap_or_default();
                let function =
                    |it: &FunctionAssociation| (it.event_type().as_str().to_owned(), it.function_arn().into());
                Self {
                    path: path(it),
                    origin: it.target_origin_id().to_owned(),
                    protocol: it.viewer_protocol_policy().as_str().to_owned(),
                    methods: methods.iter().map(|it| it.as_str().to_owned()).collect(),
                    compress: it.compress() == Some(true),
                    cache_policy: it.cache_policy_id().unwrap_or_default().into(),
                    origin_request_policy: known(it.origin_request_policy_id()),
                    response_headers_policy: known(it.response_headers_policy_id()),
                    functions: functions.iter().map(function).collect(),
                }
            }

            /// The same with our settings; what we have no opinion on stays.
            #[expect(deprecated, reason = "what others set in the older ways has to go")]
            pub(super) fn $patch(&self, mut it: $sdk) -> Result<$sdk, BuildError> {
                let known = |it: &Option<In<String>>| it.as_ref().map(|it| it.get().clone());
                it.target_origin_id.clone_from(&self.origin);
                it.viewer_protocol_policy = ViewerProtocolPolicy::from(self.protocol.as_str());
                it.allowed_methods = Some(self.methods()?);
                it.compress = Some(self.compress);
                it.cache_policy_id = Some(self.cache_policy.get().clone());
                // Where there is a policy, the older ways to say the same may not be.
                it.forwarded_values = None;
                (it.min_ttl, it.default_ttl, it.max_ttl) = (None, None, None);
                it.origin_request_policy_id = known(&self.origin_request_policy);
                it.response_headers_policy_id = known(&self.response_headers_policy);
                it.function_associations = Some(self.functions()?);
                it.smooth_streaming = it.smooth_streaming.or(Some(false));
                it.field_level_encryption_id.get_or_insert_default();
                if it.lambda_function_associations.is_none() {
                    let none = LambdaFunctionAssociations::builder().quantity(0).build()?;
                    it.lambda_function_associations = Some(none);
                }
                Ok(it)
            })*
        }
    };
}

/// What is passed on if nothing is said.
const USUAL: [Method; 2] = [Method::Get, Method::Head];

each! {
    of_default, patch_default: DefaultCacheBehavior, |_| ANY.to_owned();
    of, patch: CacheBehavior, |it| it.path_pattern().to_owned();
}

impl Behavior {
    /// For whatever no other is for.
    pub(super) fn patched_default(
        &self,
        live: Option<DefaultCacheBehavior>,
    ) -> Result<DefaultCacheBehavior, BuildError> {
        let protocol = ViewerProtocolPolicy::from(self.protocol.as_str());
        self.patch_default(match live {
            Some(it) => it,
            None => DefaultCacheBehavior::builder()
                .target_origin_id(&self.origin)
                .viewer_protocol_policy(protocol)
                .build()?,
        })
    }

    /// For its paths.
    pub(super) fn patched(&self, live: Option<CacheBehavior>) -> Result<CacheBehavior, BuildError> {
        let protocol = ViewerProtocolPolicy::from(self.protocol.as_str());
        self.patch(match live {
            Some(it) => it,
            None => CacheBehavior::builder()
                .path_pattern(&self.path)
                .target_origin_id(&self.origin)
                .viewer_protocol_policy(protocol)
                .build()?,
        })
    }

    fn methods(&self) -> Result<AllowedMethods, BuildError> {
        let all: Vec<_> = self.methods.iter().map(|it| Method::from(it.as_str())).collect();
        let kept = CachedMethods::builder().quantity(quantity(USUAL.len())).set_items(Some(USUAL.into())).build()?;
        AllowedMethods::builder().quantity(quantity(all.len())).set_items(Some(all)).cached_methods(kept).build()
    }

    fn functions(&self) -> Result<FunctionAssociations, BuildError> {
        let each = self.functions.iter().map(|(event, arn)| {
            FunctionAssociation::builder().event_type(EventType::from(event.as_str())).function_arn(arn.get()).build()
        });
        let all: Vec<_> = each.collect::<Result<_, _>>()?;
        let list = FunctionAssociations::builder().quantity(quantity(all.len()));
        list.set_items((!all.is_empty()).then_some(all)).build()
    }
}
