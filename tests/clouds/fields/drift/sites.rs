//! Sites: their distributions, what belongs to those, and their files.

use aws_sdk_cloudfront::{
    primitives::Blob,
    types::{
        CustomErrorResponses, DistributionConfig, GeoRestriction, GeoRestrictionType, HttpVersion, LoggingConfig,
        OriginAccessControlSigningBehaviors, PriceClass, Restrictions, Tag, TagKeys, Tags,
    },
};

use super::{
    super::bench::{Hands, Meddling, drift},
    by,
};

const DISTRIBUTION: &str = "cloudfront.distribution/web";

pub(super) const MEDDLING: Meddling = Meddling {
    base: &[
        "tags: { team: web }",
        "sites: { web: { source: ./site, headers: { x-team: web }, error_page: 404.html, logs: 30d } }",
        "sites: { web: { host: www.drift.example.com, certificate: 'arn:aws:acm:us-east-1:123456789012:certificate/one' } }",
        "sites: { web: { api: { /api/*: api.example.com } } }",
    ],
    drifts: &[
        drift(
            "other settings",
            &[
                "update cloudfront.distribution/web: comment, enabled, index, error_pages, price_class, http_version, ipv6, \
                countries.rule, countries.codes, logs",
            ],
            by!(it => {
                it.distribution(|it| {
                    it.comment = "mine".into();
                    it.enabled = false;
                    it.default_root_object = Some("start.html".into());
                    it.custom_error_responses = Some(CustomErrorResponses::builder().quantity(0).build().unwrap());
                    it.price_class = Some(PriceClass::PriceClass200);
                    it.http_version = Some(HttpVersion::Http11);
                    it.is_ipv6_enabled = Some(false);
                    let only = GeoRestriction::builder().restriction_type(GeoRestrictionType::Whitelist);
                    let only = only.quantity(1).items("DE").build().unwrap();
                    it.restrictions = Some(Restrictions::builder().geo_restriction(only).build());
                    it.logging = Some(LoggingConfig::builder().enabled(false).build());
                })
                .await;
            }),
        ),
        drift(
            "other ways",
            &[
                "update cloudfront.distribution/web: origins, default_behavior.compress, default_behavior.functions.viewer-request, \
                behaviors",
            ],
            by!(it => {
                it.distribution(|it| {
                    for origin in it.origins.as_mut().unwrap().items.iter_mut().filter(|it| it.id() == "files") {
                        origin.origin_path = Some("/old".into());
                    }
                    let usual = it.default_cache_behavior.as_mut().unwrap();
                    usual.compress = Some(false);
                    let functions = usual.function_associations.as_mut().unwrap();
                    (functions.quantity, functions.items) = (0, None);
                    for other in it.cache_behaviors.as_mut().unwrap().items.as_mut().unwrap() {
                        other.path_pattern = "/other/*".into();
                    }
                })
                .await;
            }),
        ),
        drift(
            "no name",
            &["update cloudfront.distribution/web: aliases, certificate"],
            by!(it => {
                it.distribution(|it| {
                    let aliases = it.aliases.as_mut().unwrap();
                    (aliases.quantity, aliases.items) = (0, None);
                    it.viewer_certificate = Some(
                        aws_sdk_cloudfront::types::ViewerCertificate::builder()
                            .cloud_front_default_certificate(true)
                            .build(),
                    );
                })
                .await;
            }),
        ),
        drift(
            "a distribution's tag",
            &["update cloudfront.distribution/web: tags.team"],
            by!(it => {
                let tag = Tag::builder().key("team").value("api").build().unwrap();
                let tags = Tags::builder().items(tag).build();
                let arn = it.distribution_arn().await;
                it.cx.cloudfront.tag_resource().resource(arn).tags(tags).send().await.unwrap();
            }),
        ),
        drift(
            "no tag",
            &["update cloudfront.distribution/web: tags.team"],
            by!(it => {
                let keys = TagKeys::builder().items("team").build();
                let arn = it.distribution_arn().await;
                it.cx.cloudfront.untag_resource().resource(arn).tag_keys(keys).send().await.unwrap();
            }),
        ),
        drift(
            "another function",
            &["update cloudfront.function/web: code"],
            by!(it => {
                let name = it.function().await;
                let seen = it.cx.cloudfront.describe_function().name(&name).send().await.unwrap();
                let config = seen.function_summary.unwrap().function_config.unwrap();
                let call = it.cx.cloudfront.update_function().name(&name).set_if_match(seen.e_tag);
                let tried = call.function_config(config).function_code(Blob::new("mine")).send().await.unwrap();
                it.cx.cloudfront.publish_function().name(&name).set_if_match(tried.e_tag).send().await.unwrap();
            }),
        ),
        drift(
            "an older runtime",
            &["update cloudfront.function/web: runtime"],
            by!(it => {
                let name = it.function().await;
                let seen = it.cx.cloudfront.describe_function().name(&name).send().await.unwrap();
                let mut config = seen.function_summary.unwrap().function_config.unwrap();
                config.runtime = aws_sdk_cloudfront::types::FunctionRuntime::CloudfrontJs10;
                let code = it.cx.cloudfront.get_function().name(&name).send().await.unwrap().function_code.unwrap();
                let call = it.cx.cloudfront.update_function().name(&name).set_if_match(seen.e_tag);
                let tried = call.function_config(config).function_code(code).send().await.unwrap();
                it.cx.cloudfront.publish_function().name(&name).set_if_match(tried.e_tag).send().await.unwrap();
            }),
        ),
        drift(
            "nothing is signed",
            &["update cloudfront.origin_access_control/web: signing"],
            by!(it => {
                let id = it.id("cloudfront.origin_access_control/web");
                let seen = it.cx.cloudfront.get_origin_access_control_config().id(id).send().await.unwrap();
                let mut config = seen.origin_access_control_config.unwrap();
                config.signing_behavior = OriginAccessControlSigningBehaviors::Never;
                let call = it.cx.cloudfront.update_origin_access_control().id(id).set_if_match(seen.e_tag);
                call.origin_access_control_config(config).send().await.unwrap();
            }),
        ),
        drift(
            "for other origins",
            &["update cloudfront.origin_access_control/web: origin_type"],
            by!(it => {
                let id = it.id("cloudfront.origin_access_control/web");
                let seen = it.cx.cloudfront.get_origin_access_control_config().id(id).send().await.unwrap();
                let mut config = seen.origin_access_control_config.unwrap();
                config.origin_access_control_origin_type = "lambda".into();
                let call = it.cx.cloudfront.update_origin_access_control().id(id).set_if_match(seen.e_tag);
                call.origin_access_control_config(config).send().await.unwrap();
            }),
        ),
        drift(
            "other headers",
            &["update cloudfront.response_headers_policy/web: headers.x-team.value, headers.x-more"],
            by!(it => {
                let id = it.id("cloudfront.response_headers_policy/web");
                let seen = it.cx.cloudfront.get_response_headers_policy_config().id(id).send().await.unwrap();
                let mut config = seen.response_headers_policy_config.unwrap();
                let custom = config.custom_headers_config.as_mut().unwrap();
                let items = custom.items.as_mut().unwrap();
                items[0].value = "api".into();
                let mut more = items[0].clone();
                more.header = "x-more".into();
                items.push(more);
                custom.quantity = 2;
                let call = it.cx.cloudfront.update_response_headers_policy().id(id).set_if_match(seen.e_tag);
                call.response_headers_policy_config(config).send().await.unwrap();
            }),
        ),
        drift(
            "another page",
            &["update s3.content/sites.web: files.index.html.md5"],
            by!(it => {
                let bucket = it.site().await;
                let call = it.cx.s3.put_object().bucket(bucket).key("index.html").content_type("text/html; charset=utf-8");
                call.cache_control("no-cache").body("mine".to_owned().into_bytes().into()).send().await.unwrap();
            }),
        ),
        drift(
            "a page more and one less",
            &["update s3.content/sites.web: files.404.html, files.mine.html"],
            by!(it => {
                let bucket = it.site().await;
                it.cx.s3.delete_object().bucket(&bucket).key("404.html").send().await.unwrap();
                let body = "mine".to_owned().into_bytes().into();
                it.cx.s3.put_object().bucket(&bucket).key("mine.html").body(body).send().await.unwrap();
            }),
        ),
        drift(
            "no files",
            &["create s3.content/sites.web"],
            by!(it => {
                let bucket = it.site().await;
                let found = it.cx.s3.list_objects_v2().bucket(&bucket).send().await.unwrap();
                for object in found.contents() {
                    it.cx.s3.delete_object().bucket(&bucket).key(object.key().unwrap()).send().await.unwrap();
                }
            }),
        ),
        drift(
            "a policy for nobody",
            &["create s3.bucket_policy/sites.web"],
            by!(it => {
                it.cx.s3.delete_bucket_policy().bucket(it.site().await).send().await.unwrap();
            }),
        ),
        drift(
            "another policy",
            &["update s3.bucket_policy/sites.web: policy.Statement"],
            by!(it => {
                let bucket = it.site().await;
                let policy = format!(
                    r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Principal":"*","Action":"s3:PutObject",
                    "Resource":"arn:aws:s3:::{bucket}/*"}}]}}"#
                );
                it.cx.s3.put_bucket_policy().bucket(bucket).policy(policy).send().await.unwrap();
            }),
        ),
    ],
};

impl Hands {
    /// Changes the distribution as the console does: all at once.
    async fn distribution(&self, change: impl FnOnce(&mut DistributionConfig)) {
        let id = self.id(DISTRIBUTION);
        let seen = self.cx.cloudfront.get_distribution_config().id(id).send().await.unwrap();
        let mut config = seen.distribution_config.unwrap();
        change(&mut config);
        let call = self.cx.cloudfront.update_distribution().id(id).set_if_match(seen.e_tag);
        call.distribution_config(config).send().await.unwrap();
    }

    async fn distribution_arn(&self) -> String {
        let found = self.cx.cloudfront.get_distribution().id(self.id(DISTRIBUTION)).send().await.unwrap();
        found.distribution.unwrap().arn
    }

    async fn function(&self) -> String {
        self.id("cloudfront.function/web").rsplit('/').next().unwrap().to_owned()
    }

    /// The name of the bucket with the files.
    async fn site(&self) -> String {
        let all = self.cx.s3.list_buckets().max_buckets(1000).send().await.unwrap();
        let names = all.buckets().iter().map(|it| it.name().unwrap());
        names.into_iter().find(|it| it.contains("sites--web-") && !it.contains("--logs")).unwrap().to_owned()
    }
}
