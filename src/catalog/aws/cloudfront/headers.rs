//! Headers as HTTP has them, and as CloudFront has them: those for security each in a form of its own.

use std::collections::BTreeMap;

use aws_sdk_cloudfront::types::{
    FrameOptionsList, ReferrerPolicyList, ResponseHeadersPolicyConfig, ResponseHeadersPolicyContentSecurityPolicy,
    ResponseHeadersPolicyContentTypeOptions, ResponseHeadersPolicyCustomHeader,
    ResponseHeadersPolicyCustomHeadersConfig, ResponseHeadersPolicyFrameOptions, ResponseHeadersPolicyReferrerPolicy,
    ResponseHeadersPolicySecurityHeadersConfig as Security, ResponseHeadersPolicyStrictTransportSecurity,
    ResponseHeadersPolicyXssProtection,
};
use aws_smithy_types::error::operation::BuildError;

use super::{quantity, response_headers_policy::Header};

const CONTENT: &str = "content-security-policy";
const FRAMES: &str = "x-frame-options";
const REFERRER: &str = "referrer-policy";
const SNIFFING: &str = "x-content-type-options";
const TRANSPORT: &str = "strict-transport-security";
const XSS: &str = "x-xss-protection";

/// Headers by their names in small letters.
pub(super) type Headers = BTreeMap<String, Header>;

/// As CloudFront will give `value` back; `None` if it does not take it.
#[must_use]
pub fn canonical(name: &str, value: &str) -> Option<String> {
    let one = Headers::from([(name.to_lowercase(), Header { value: value.trim().to_owned(), wins: true })]);
    let mut config = ResponseHeadersPolicyConfig::builder().name("x").build().ok()?;
    set(&mut config, &one).ok()?;
    of(&config).into_values().next().map(|it| it.value)
}

/// Sets the headers in `config`, and no others; the rest stays.
pub(super) fn set(config: &mut ResponseHeadersPolicyConfig, headers: &Headers) -> Result<(), BuildError> {
    let mut security = Security::builder();
    let mut custom = Vec::new();
    for (name, Header { value, wins }) in headers {
        security = match name.as_str() {
            CONTENT => {
                let it = ResponseHeadersPolicyContentSecurityPolicy::builder();
                security.content_security_policy(it.r#override(*wins).content_security_policy(value).build()?)
            }
            FRAMES => {
                let it = ResponseHeadersPolicyFrameOptions::builder().r#override(*wins);
                let word = FrameOptionsList::from(value.to_uppercase().as_str());
                let word = FrameOptionsList::values().contains(&word.as_str()).then_some(word);
                security.frame_options(it.set_frame_option(word).build()?)
            }
            REFERRER => {
                let it = ResponseHeadersPolicyReferrerPolicy::builder().r#override(*wins);
                let word = ReferrerPolicyList::from(value.to_lowercase().as_str());
                let word = ReferrerPolicyList::values().contains(&word.as_str()).then_some(word);
                security.referrer_policy(it.set_referrer_policy(word).build()?)
            }
            SNIFFING => {
                let it = ResponseHeadersPolicyContentTypeOptions::builder().r#override(*wins);
                security.content_type_options(it.build()?)
            }
            TRANSPORT => security.strict_transport_security(transport(value, *wins)?),
            XSS => {
                let it = ResponseHeadersPolicyXssProtection::builder().r#override(*wins);
                let on = value.starts_with('1');
                let block = value.contains("mode=block").then_some(true);
                security.xss_protection(it.protection(on).set_mode_block(block).build()?)
            }
            _ => {
                let it = ResponseHeadersPolicyCustomHeader::builder().r#override(*wins);
                custom.push(it.header(name).value(value).build()?);
                security
            }
        };
    }
    let any = headers.keys().any(|it| [CONTENT, FRAMES, REFERRER, SNIFFING, TRANSPORT, XSS].contains(&it.as_str()));
    config.security_headers_config = any.then(|| security.build());
    let list = ResponseHeadersPolicyCustomHeadersConfig::builder().quantity(quantity(custom.len()));
    config.custom_headers_config = match custom.is_empty() {
        true => None,
        false => Some(list.set_items(Some(custom)).build()?),
    };
    Ok(())
}

/// What does not say for how long cannot be built.
fn transport(value: &str, wins: bool) -> Result<ResponseHeadersPolicyStrictTransportSecurity, BuildError> {
    let words: Vec<_> = value.split(';').map(|it| it.trim().to_lowercase()).collect();
    let age = words.iter().find_map(|it| it.strip_prefix("max-age=")?.parse().ok());
    let has = |word: &str| words.iter().any(|it| it == word).then_some(true);
    ResponseHeadersPolicyStrictTransportSecurity::builder()
        .r#override(wins)
        .set_access_control_max_age_sec(age)
        .set_include_subdomains(has("includesubdomains"))
        .set_preload(has("preload"))
        .build()
}

/// The headers of `config`.
pub(super) fn of(config: &ResponseHeadersPolicyConfig) -> Headers {
    let custom = config.custom_headers_config().map(|it| it.items()).unwrap_or_default();
    let custom = custom.iter().map(|it| (it.header().to_lowercase(), it.value().to_owned(), it.r#override()));
    let all = config.security_headers_config().map(secure).unwrap_or_default().into_iter().chain(custom);
    all.map(|(name, value, wins)| (name, Header { value, wins })).collect()
}

fn secure(it: &Security) -> Vec<(String, String, bool)> {
    let mut acc = Vec::new();
    let mut see = |name: &str, value: String, wins: bool| acc.push((name.to_owned(), value, wins));
    if let Some(it) = it.content_security_policy() {
        see(CONTENT, it.content_security_policy().to_owned(), it.r#override());
    }
    if let Some(it) = it.frame_options() {
        see(FRAMES, it.frame_option().as_str().to_owned(), it.r#override());
    }
    if let Some(it) = it.referrer_policy() {
        see(REFERRER, it.referrer_policy().as_str().to_owned(), it.r#override());
    }
    if let Some(it) = it.content_type_options() {
        see(SNIFFING, "nosniff".to_owned(), it.r#override());
    }
    if let Some(it) = it.strict_transport_security() {
        let mut value = format!("max-age={}", it.access_control_max_age_sec());
        value += if it.include_subdomains() == Some(true) { "; includeSubDomains" } else { "" };
        value += if it.preload() == Some(true) { "; preload" } else { "" };
        see(TRANSPORT, value, it.r#override());
    }
    if let Some(it) = it.xss_protection() {
        let value = match (it.protection(), it.mode_block()) {
            (false, _) => "0",
            (true, Some(true)) => "1; mode=block",
            (true, _) => "1",
        };
        see(XSS, value.to_owned(), it.r#override());
    }
    acc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_come_back_as_cloudfront_writes_them() {
        for (name, value, seen) in [
            ("X-Frame-Options", "deny", "DENY"),
            ("strict-transport-security", "preload;  max-age=60", "max-age=60; preload"),
            ("Strict-Transport-Security", "max-age=1; includeSubDomains", "max-age=1; includeSubDomains"),
            ("referrer-policy", "No-Referrer", "no-referrer"),
            ("x-content-type-options", "nosniff", "nosniff"),
            ("x-xss-protection", "0", "0"),
            ("x-xss-protection", "1; mode=block", "1; mode=block"),
            ("content-security-policy", "default-src 'self'", "default-src 'self'"),
            ("X-Team", "web", "web"),
        ] {
            assert_eq!(canonical(name, value).as_deref(), Some(seen), "{name}");
        }
        for (name, value) in
            [("x-frame-options", "never"), ("referrer-policy", "x"), ("strict-transport-security", "preload")]
        {
            assert_eq!(canonical(name, value), None, "{name}");
        }
    }

    #[test]
    fn what_is_set_is_all_there_is() {
        let header = |value: &str, wins| Header { value: value.into(), wins };
        let one = Headers::from([("x-team".into(), header("web", false)), (FRAMES.into(), header("DENY", true))]);
        let mut config = ResponseHeadersPolicyConfig::builder().name("x").build().unwrap();
        set(&mut config, &one).unwrap();
        assert_eq!(of(&config), one);
        set(&mut config, &Headers::new()).unwrap();
        assert_eq!(
            (of(&config), config.custom_headers_config(), config.security_headers_config()),
            (Headers::new(), None, None)
        );
    }
}
