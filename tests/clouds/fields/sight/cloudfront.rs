//! Sites: distributions and what belongs to them, and the files in their buckets.

use aws_sdk_cloudfront::types::{
    DistributionConfig, FunctionStage, Origin, ResponseHeadersPolicyConfig, ResponseHeadersPolicyType,
};
use infractl::api::ReadCx;

use super::Looking;

/// What a comment says in place of tags.
fn marked(kind: &str, comment: &str) -> Vec<(String, String)> {
    let Some(text) = comment.strip_prefix("infractl ") else { return Vec::new() };
    let parts: Vec<_> = text.split('/').collect();
    let [stack, env, _, name] = parts[..] else { panic!("{comment}") };
    let tags = [("stack", stack.to_owned()), ("env", env.to_owned()), ("id", format!("{kind}/{name}"))];
    tags.into_iter().map(|(key, value)| (format!("infractl:{key}"), value)).collect()
}

impl Looking {
    pub(super) async fn sites(&mut self, cx: &ReadCx) {
        let cdn = &cx.cloudfront;
        let found = cdn.list_origin_access_controls().send().await.unwrap().origin_access_control_list.unwrap();
        for it in found.items() {
            let tags = marked("cloudfront.origin_access_control", it.description());
            let facts = vec![
                ("name", it.name().to_owned()),
                ("of", it.origin_access_control_origin_type().to_string()),
                ("signs", it.signing_behavior().to_string()),
            ];
            self.see(Some(it.id()), &tags, facts);
        }
        let found = cdn.list_functions().stage(FunctionStage::Live).send().await.unwrap().function_list.unwrap();
        for it in found.items() {
            let (config, of) = (it.function_config().unwrap(), it.function_metadata().unwrap());
            let Ok(code) = cdn.get_function().name(it.name()).stage(FunctionStage::Live).send().await else { continue };
            let code = String::from_utf8(code.function_code.unwrap().into_inner()).unwrap();
            let facts = vec![
                ("name", it.name().to_owned()),
                ("runtime", config.runtime().to_string()),
                ("code", code.lines().find(|it| it.contains("request.uri =")).unwrap_or(&code).trim().to_owned()),
            ];
            self.see(Some(of.function_arn()), &marked("cloudfront.function", config.comment()), facts);
        }
        let found =
            cdn.list_response_headers_policies().r#type(ResponseHeadersPolicyType::Custom).send().await.unwrap();
        for it in found.response_headers_policy_list.unwrap().items() {
            let it = it.response_headers_policy().unwrap();
            let config = it.response_headers_policy_config().unwrap();
            let tags = marked("cloudfront.response_headers_policy", config.comment().unwrap());
            self.see(Some(it.id()), &tags, headers(config));
        }
        self.distributions(cx).await;
        self.files(cx).await;
    }

    async fn distributions(&mut self, cx: &ReadCx) {
        let cdn = &cx.cloudfront;
        let found = cdn.list_distributions().send().await.unwrap().distribution_list.unwrap();
        for it in found.items() {
            // It may go while we look.
            let Ok(tags) = cdn.list_tags_for_resource().resource(it.arn()).send().await else { continue };
            let Ok(found) = cdn.get_distribution_config().id(it.id()).send().await else { continue };
            let tags = tags.tags.unwrap().items.unwrap_or_default();
            let tags: Vec<_> = tags.into_iter().map(|it| (it.key, it.value.unwrap_or_default())).collect();
            self.names.insert(it.arn().to_owned(), "this distribution".into());
            self.see(Some(it.id()), &tags, settings(&found.distribution_config.unwrap()));
        }
    }

    /// The files of each bucket that has some.
    async fn files(&mut self, cx: &ReadCx) {
        let all = cx.s3.list_buckets().max_buckets(1000).send().await.unwrap();
        for bucket in all.buckets() {
            let name = bucket.name().unwrap();
            let Ok(found) = cx.s3.list_objects_v2().bucket(name).send().await else { continue };
            for it in found.contents().iter().filter(|it| !it.key().unwrap().starts_with(".infractl/")) {
                let key = it.key().unwrap();
                let Ok(head) = cx.s3.head_object().bucket(name).key(key).send().await else { continue };
                let text = [head.content_type(), head.cache_control()].map(Option::unwrap_or_default).join(", ");
                let etag = it.e_tag().unwrap().trim_matches('"');
                self.add(Some(name), &format!("file {key}"), &format!("{} {text}", etag.get(..4).unwrap()));
            }
        }
    }
}

fn headers(it: &ResponseHeadersPolicyConfig) -> Vec<(&'static str, String)> {
    let custom = it.custom_headers_config().map(|it| it.items()).unwrap_or_default();
    let custom: Vec<_> = custom.iter().map(|it| format!("{}={}", it.header(), it.value())).collect();
    let security = it.security_headers_config();
    let transport = security.and_then(|it| it.strict_transport_security());
    vec![
        ("name", it.name().to_owned()),
        ("custom", custom.join(" ")),
        ("frames", security.and_then(|it| Some(it.frame_options()?.frame_option().to_string())).unwrap_or_default()),
        ("transport", transport.map(|it| it.access_control_max_age_sec().to_string()).unwrap_or_default()),
        (
            "content",
            security
                .and_then(|it| Some(it.content_security_policy()?.content_security_policy().to_owned()))
                .unwrap_or_default(),
        ),
    ]
}

fn settings(it: &DistributionConfig) -> Vec<(&'static str, String)> {
    let aliases = it.aliases().map(|it| it.items()).unwrap_or_default();
    let certificate = it.viewer_certificate().unwrap();
    let tls = certificate.minimum_protocol_version().map(ToString::to_string).unwrap_or_default();
    let own = certificate.acm_certificate_arn().map(|it| format!("{it} {tls}")).unwrap_or_default();
    let usual = it.default_cache_behavior().unwrap();
    let functions = usual.function_associations().map(|it| it.items()).unwrap_or_default();
    let functions: Vec<_> = functions.iter().map(|it| it.function_arn()).collect();
    let behaviors = it.cache_behaviors().map(|it| it.items()).unwrap_or_default().iter();
    let paths: Vec<_> = behaviors
        .map(|it| {
            let methods = it.allowed_methods().unwrap().items().len();
            let seen = it.origin_request_policy_id().and_then(|it| it.get(..8)).unwrap_or_default();
            format!("{} to {} by {methods} methods {seen}", it.path_pattern(), it.target_origin_id())
        })
        .collect();
    let errors = it.custom_error_responses().map(|it| it.items()).unwrap_or_default().iter();
    let errors: Vec<_> =
        errors.map(|it| format!("{} {}", it.error_code(), it.response_page_path().unwrap_or_default())).collect();
    let geo = it.restrictions().unwrap().geo_restriction().unwrap();
    let logging = it.logging().filter(|it| it.enabled());
    vec![
        ("enabled", it.enabled().to_string()),
        ("names", aliases.join(" ")),
        ("certificate", own),
        ("index", it.default_root_object().unwrap().to_owned()),
        ("origins", it.origins().unwrap().items().iter().map(origin).collect::<Vec<_>>().join("; ")),
        ("compress", usual.compress().unwrap().to_string()),
        ("headers", usual.response_headers_policy_id().unwrap_or_default().to_owned()),
        ("function", functions.join(" ")),
        ("paths", paths.join("; ")),
        ("errors", errors.join("; ")),
        ("from", it.price_class().unwrap().to_string()),
        ("http", it.http_version().unwrap().to_string()),
        ("ipv6", it.is_ipv6_enabled().unwrap().to_string()),
        ("countries", format!("{} {}", geo.restriction_type(), geo.items().join(" ")).trim().to_owned()),
        ("logs", logging.map(|it| format!("{} {}", it.bucket(), it.prefix()).trim().to_owned()).unwrap_or_default()),
        ("acl", it.web_acl_id().unwrap_or_default().to_owned()),
    ]
}

fn origin(it: &Origin) -> String {
    let control = it.origin_access_control_id().unwrap_or_default();
    let custom = it.custom_origin_config().map(|it| it.origin_protocol_policy().to_string()).unwrap_or_default();
    format!("{} {control}{custom}", it.id())
}
