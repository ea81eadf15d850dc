//! A distribution's settings as CloudFront has them: lists with their lengths, and many a default of its own.
//!
//! A change sends all of them, so ours are laid over what is there:
//! <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html>.

use aws_sdk_cloudfront::types::{
    Aliases, CacheBehaviors, CustomErrorResponse, CustomErrorResponses, DistributionConfig, GeoRestriction,
    GeoRestrictionType, HttpVersion, LoggingConfig, MinimumProtocolVersion, Origins, PriceClass, Restrictions,
    SslSupportMethod, ViewerCertificate,
};
use aws_smithy_types::error::operation::BuildError;

use super::{
    behavior::Behavior,
    distribution::{Certificate, Countries, Distribution, ErrorPage, Logs},
    origin::Origin,
    quantity,
};
use crate::resource::value::In;

/// The settings in `config`.
pub(super) fn of(config: &DistributionConfig) -> Distribution {
    let origins = config.origins().map(|it| it.items()).unwrap_or_default();
    let behaviors = config.cache_behaviors().map(|it| it.items()).unwrap_or_default();
    let errors = config.custom_error_responses().map(|it| it.items()).unwrap_or_default();
    let countries = config.restrictions().and_then(|it| it.geo_restriction());
    let text = |it: Option<&str>| it.unwrap_or_default().to_owned();
    Distribution {
        comment: config.comment().to_owned(),
        enabled: config.enabled(),
        aliases: config.aliases().map(|it| it.items()).unwrap_or_default().iter().cloned().collect(),
        certificate: config.viewer_certificate().and_then(certificate),
        index: text(config.default_root_object()),
        origins: origins.iter().map(Origin::of).collect(),
        default_behavior: config.default_cache_behavior().map(Behavior::of_default),
        behaviors: behaviors.iter().map(Behavior::of).collect(),
        error_pages: errors.iter().map(error_page).collect(),
        price_class: text(config.price_class().map(PriceClass::as_str)),
        http_version: text(config.http_version().map(HttpVersion::as_str)).to_lowercase(),
        ipv6: config.is_ipv6_enabled() == Some(true),
        countries: countries.map(of_countries).unwrap_or_default(),
        logs: config.logging().filter(|it| it.enabled()).map(|it| Logs {
            bucket: it.bucket().into(),
            prefix: it.prefix().to_owned(),
            cookies: it.include_cookies(),
        }),
        web_acl: config.web_acl_id().filter(|it| !it.is_empty()).map(In::from),
    }
}

fn certificate(it: &ViewerCertificate) -> Option<Certificate> {
    let own = it.acm_certificate_arn().or(it.iam_certificate_id()).filter(|it| !it.is_empty())?;
    let tls = it.minimum_protocol_version().map(MinimumProtocolVersion::as_str).unwrap_or_default();
    Some(Certificate { arn: own.into(), tls: tls.to_owned() })
}

fn error_page(it: &CustomErrorResponse) -> ErrorPage {
    ErrorPage {
        status: it.error_code(),
        page: it.response_page_path().unwrap_or_default().to_owned(),
        answer: it.response_code().unwrap_or_default().to_owned(),
        kept_seconds: it.error_caching_min_ttl().unwrap_or(10),
    }
}

fn of_countries(it: &GeoRestriction) -> Countries {
    Countries { rule: it.restriction_type().as_str().to_owned(), codes: it.items().iter().cloned().collect() }
}

/// `config` with the settings of `want`; what we have no opinion on stays.
pub(super) fn patched(config: DistributionConfig, want: &Distribution) -> Result<DistributionConfig, BuildError> {
    let mut it = config;
    it.comment.clone_from(&want.comment);
    it.enabled = want.enabled;
    let aliases: Vec<_> = want.aliases.iter().cloned().collect();
    it.aliases = Some(Aliases::builder().quantity(quantity(aliases.len())).set_items(Some(aliases)).build()?);
    it.viewer_certificate = Some(viewer_certificate(want.certificate.as_ref()));
    it.default_root_object = Some(want.index.clone());
    let live = it.origins.take().map(|it| it.items).unwrap_or_default();
    let origins = want.origins.iter().map(|it| it.patched(live.iter().find(|live| live.id() == it.id)));
    let origins: Vec<_> = origins.collect::<Result<_, _>>()?;
    it.origins = Some(Origins::builder().quantity(quantity(origins.len())).set_items(Some(origins)).build()?);
    if let Some(behavior) = &want.default_behavior {
        it.default_cache_behavior = Some(behavior.patched_default(it.default_cache_behavior.take())?);
    }
    let live = it.cache_behaviors.take().and_then(|it| it.items).unwrap_or_default();
    let same = |path: &str| live.iter().find(|live| live.path_pattern() == path).cloned();
    let behaviors: Vec<_> = want.behaviors.iter().map(|it| it.patched(same(&it.path))).collect::<Result<_, _>>()?;
    let list = CacheBehaviors::builder().quantity(quantity(behaviors.len()));
    it.cache_behaviors = Some(list.set_items((!behaviors.is_empty()).then_some(behaviors)).build()?);
    it.custom_error_responses = Some(error_responses(want)?);
    it.price_class = Some(PriceClass::from(want.price_class.as_str()));
    it.http_version = Some(HttpVersion::from(want.http_version.as_str()));
    it.is_ipv6_enabled = Some(want.ipv6);
    let codes: Vec<_> = want.countries.codes.iter().cloned().collect();
    let restriction = GeoRestriction::builder()
        .restriction_type(GeoRestrictionType::from(want.countries.rule.as_str()))
        .quantity(quantity(codes.len()))
        .set_items((!codes.is_empty()).then_some(codes));
    it.restrictions = Some(Restrictions::builder().geo_restriction(restriction.build()?).build());
    it.logging = Some(logging(want.logs.as_ref()));
    it.web_acl_id = Some(want.web_acl.as_ref().map(|it| it.get().clone()).unwrap_or_default());
    Ok(it)
}

fn viewer_certificate(want: Option<&Certificate>) -> ViewerCertificate {
    let it = ViewerCertificate::builder();
    match want {
        Some(Certificate { arn, tls }) => it
            .acm_certificate_arn(arn.get())
            .ssl_support_method(SslSupportMethod::SniOnly)
            .minimum_protocol_version(MinimumProtocolVersion::from(tls.as_str()))
            .cloud_front_default_certificate(false)
            .build(),
        None => it.cloud_front_default_certificate(true).build(),
    }
}

fn error_responses(want: &Distribution) -> Result<CustomErrorResponses, BuildError> {
    let each = want.error_pages.iter().map(|it| {
        let one = CustomErrorResponse::builder().error_code(it.status).error_caching_min_ttl(it.kept_seconds);
        let page = (!it.page.is_empty()).then(|| it.page.clone());
        one.set_response_page_path(page).set_response_code(Some(it.answer.clone())).build()
    });
    let all: Vec<_> = each.collect::<Result<_, _>>()?;
    let list = CustomErrorResponses::builder().quantity(quantity(all.len()));
    list.set_items((!all.is_empty()).then_some(all)).build()
}

fn logging(want: Option<&Logs>) -> LoggingConfig {
    let it = LoggingConfig::builder();
    match want {
        Some(Logs { bucket, prefix, cookies }) => {
            it.enabled(true).include_cookies(*cookies).bucket(bucket.get()).prefix(prefix).build()
        }
        None => it.enabled(false).include_cookies(false).bucket("").prefix("").build(),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudfront::types::{DefaultCacheBehavior, Origin as SdkOrigin, TrustedKeyGroups};

    use super::{super::behavior::ANY, *};
    use crate::resource::to_tree;

    fn behavior(path: &str) -> Behavior {
        Behavior {
            path: path.into(),
            origin: "content".into(),
            protocol: "redirect-to-https".into(),
            methods: ["GET", "HEAD"].map(str::to_owned).into(),
            compress: true,
            cache_policy: "policy".into(),
            origin_request_policy: Some("all".into()),
            response_headers_policy: None,
            functions: [("viewer-request".into(), "arn".into())].into(),
        }
    }

    fn want() -> Distribution {
        Distribution {
            comment: "web".into(),
            enabled: true,
            aliases: ["www.example.com".into(), "example.com".into()].into(),
            certificate: Some(Certificate {
                arn: "arn:aws:acm:us-east-1:1:certificate/x".into(),
                tls: "TLSv1.2_2021".into(),
            }),
            index: "index.html".into(),
            origins: [Origin {
                id: "content".into(),
                domain: "b.s3.eu-central-1.amazonaws.com".into(),
                path: String::new(),
                access_control: Some("E1".into()),
                custom: None,
            }]
            .into(),
            default_behavior: Some(behavior(ANY)),
            behaviors: vec![behavior("/b/*"), behavior("/a/*")],
            error_pages: [ErrorPage { status: 404, page: "/404.html".into(), answer: "404".into(), kept_seconds: 10 }]
                .into(),
            price_class: "PriceClass_100".into(),
            http_version: "http2and3".into(),
            ipv6: true,
            countries: Countries { rule: "blacklist".into(), codes: ["XX".to_owned()].into() },
            logs: Some(Logs { bucket: "logs.s3.amazonaws.com".into(), prefix: "cdn/".into(), cookies: false }),
            web_acl: Some("arn:aws:wafv2:us-east-1:1:global/webacl/x".into()),
        }
    }

    fn empty() -> DistributionConfig {
        DistributionConfig::builder().caller_reference("r").comment("").enabled(false).build().unwrap()
    }

    #[test]
    fn what_is_sent_is_read_again() {
        let config = patched(empty(), &want()).unwrap();
        assert_eq!(to_tree(&of(&config)), to_tree(&want()));
        assert_eq!((config.caller_reference(), config.aliases().unwrap().quantity()), ("r", 2));
        let least = Distribution {
            certificate: None,
            aliases: [].into(),
            behaviors: Vec::new(),
            error_pages: [].into(),
            countries: Countries::default(),
            logs: None,
            web_acl: None,
            ..want()
        };
        let config = patched(config, &least).unwrap();
        assert_eq!(to_tree(&of(&config)), to_tree(&least));
        assert_eq!(config.viewer_certificate().unwrap().acm_certificate_arn(), None);
    }

    #[test]
    fn what_is_not_ours_stays() {
        let groups = TrustedKeyGroups::builder().enabled(true).quantity(1).items("K1").build().unwrap();
        let shown = DefaultCacheBehavior::builder()
            .target_origin_id("old")
            .viewer_protocol_policy("allow-all".into())
            .trusted_key_groups(groups.clone())
            .build()
            .unwrap();
        let origin = SdkOrigin::builder().id("content").domain_name("old").connection_attempts(2).build().unwrap();
        let mut live = empty();
        live.staging = Some(false);
        live.default_cache_behavior = Some(shown);
        live.origins = Some(Origins::builder().quantity(1).items(origin).build().unwrap());
        let config = patched(live, &want()).unwrap();
        let behavior = config.default_cache_behavior().unwrap();
        assert_eq!(behavior.trusted_key_groups(), Some(&groups));
        assert_eq!(config.origins().unwrap().items()[0].connection_attempts(), Some(2));
        assert_eq!((config.staging(), config.caller_reference()), (Some(false), "r"));
    }
}
