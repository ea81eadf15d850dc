//! Sites: folders of files that are served from places near those who ask.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    AccessLogs, CountryCode, PathPattern, Several, Span, Spec, Text, WafChoice,
    either::{text_type, wrong},
    key::yes,
    outputs::{Count, Output, Outputs},
};

pub(super) const OUTPUTS: Outputs = Outputs {
    component: "sites",
    noun: "site",
    count: Count::Named {
        names: |spec: &Spec| spec.sites.keys().map(ToString::to_string).collect(),
        short: Some("domain_name"),
    },
    outputs: &[
        Output::text("url", "its address for a browser: its first name, or CloudFront's"),
        Output::text("domain_name", "the name that CloudFront gives it, such as `d111111abcdef8.cloudfront.net`"),
        Output::text("zone_id", "the hosted zone of that name, for aliases in Route 53"),
        Output::text("bucket", "the name of the bucket with its files"),
        Output::text("distribution", "the id of its distribution"),
    ],
    check: None,
};

/// A folder of files that CloudFront serves from places near those who ask, from a bucket that nobody else may read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// The folder with its files as they are built, such as `./dist`, from where the stack file is. What is no longer in it
    /// is taken off the site.
    pub source: SiteFolder,
    /// What serves it: `cloudfront`. Default: `cloudfront`.
    #[serde(default)]
    pub cdn: Cdn,
    /// The name that clients ask for, such as `www.example.com`, or a list of names; they need a `certificate`. Default: only
    /// the name that CloudFront gives it.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub host: Several<SiteHost>,
    /// The certificate for its names, such as `${certificates.main}`, or the ARN of one in us-east-1 that is no part of the
    /// stack. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Text>,
    /// The oldest version of TLS that clients may use for its names, and with it the ciphers: `1.2` or `1.3`. Default: `1.2`.
    #[serde(default)]
    pub min_tls: SiteTls,
    /// Whether it is one page that knows all paths by itself: what has no `.` in its last part gets the `index`. Default:
    /// false.
    #[serde(default)]
    pub single_page: bool,
    /// The page that a folder is asked for by, and the root. Default: `index.html`.
    #[serde(default)]
    pub index: PageName,
    /// The page that is shown where there is no file, such as `404.html`. Default: a short text of CloudFront's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_page: Option<SiteFile>,
    /// For how long files are kept by browsers and by CloudFront; the first rule that fits counts. Default: a year for what
    /// has a digest in its name, such as `app-3f2a1b9c.js`; all else is asked for anew each time.
    #[serde(default)]
    pub cache: Vec<SiteCache>,
    /// Headers of all answers, by name; `none` leaves out one that is usual. Default: `strict-transport-security`,
    /// `x-content-type-options`, `x-frame-options` and `referrer-policy`, as AWS recommends them.
    #[serde(default)]
    pub headers: IndexMap<HeaderName, HeaderValue>,
    /// Whether answers are compressed. Default: true.
    #[serde(default = "yes")]
    pub compress: bool,
    /// The newest version of HTTP that it speaks: `http1`, `http2` or `http3`. Default: `http3`.
    #[serde(default)]
    pub http: SiteHttp,
    /// Whether it has IPv6 addresses, too. Default: true.
    #[serde(default = "yes")]
    pub ipv6: bool,
    /// From where it is served: `all` (everywhere), `most` (everywhere but South America, Australia and New Zealand) or
    /// `least` (North America, Europe and Israel), which costs less. Default: `all`.
    #[serde(default)]
    pub price_class: PriceClass,
    /// Who may see it, by the country that they ask from. Default: everyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub countries: Option<SiteCountries>,
    /// The log of its requests, in a bucket of its own: how long it is kept, such as `30d`, or a map of settings. The bucket
    /// goes with the site. Default: no log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logs: Option<AccessLogs>,
    /// The web ACL of AWS WAF that decides what is let through: the name of one under `waf`, or `true` for one with all at its
    /// default, which a map at `waf.default` can change. Default: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waf: Option<WafChoice>,
    /// Paths that are no files, such as `/api/*`, and the name of what answers them, such as `${load_balancer}`; the first
    /// that fits counts. Default: none.
    #[serde(default)]
    pub api: IndexMap<PathPattern, Text>,
}

/// What serves a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cdn {
    /// CloudFront.
    #[default]
    Cloudfront,
}

/// The oldest version of TLS that clients may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum SiteTls {
    /// TLS 1.2 and newer, with ciphers that keep what was said secret later.
    #[default]
    #[serde(rename = "1.2")]
    V12,
    /// TLS 1.3 and newer.
    #[serde(rename = "1.3")]
    V13,
}

/// The newest version of HTTP that a site speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SiteHttp {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2 and older.
    Http2,
    /// HTTP/3 and older.
    #[default]
    Http3,
}

/// From where a site is served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriceClass {
    /// From everywhere.
    #[default]
    All,
    /// From everywhere but where it costs most.
    Most,
    /// From where it costs least.
    Least,
}

/// For how long some files are kept: `browser`, `edge`, or both.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteCache {
    /// The paths of the files, such as `/images/*`; `*` and `?` stand for any characters and any one.
    pub path: PathPattern,
    /// For how long browsers keep them, such as `7d`. Default: they ask each time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<Span>,
    /// For how long CloudFront keeps them, such as `30d`; what is published anew is forgotten at once. Default: as browsers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edge: Option<Span>,
}

/// Who may see a site: one of `allow` and `block`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteCountries {
    /// Only these, by their two letters, such as `[DE, AT, CH]`. Default: all.
    #[serde(default)]
    pub allow: BTreeSet<CountryCode>,
    /// All but these. Default: none.
    #[serde(default)]
    pub block: BTreeSet<CountryCode>,
}

text_type! {
    /// A folder, such as `./dist`, from where the stack file is.
    SiteFolder, pattern: "^[^\\s].*$", check: folder
}
text_type! {
    /// A name that clients ask for, such as `www.example.com`; a `*` stands for its first word.
    SiteHost, pattern: "^([*][.])?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z]{2,63}$", check: host
}
text_type! {
    /// The name of a page in each folder, such as `index.html`.
    PageName, pattern: "^[A-Za-z0-9._-]+$", check: page
}
text_type! {
    /// A file of the site, such as `404.html` or `errors/404.html`.
    SiteFile, pattern: "^[^/\\s][^\\s]*$", check: file
}
text_type! {
    /// The name of a header, such as `content-security-policy`.
    HeaderName, pattern: "^[A-Za-z0-9-]+$", check: header_name
}
text_type! {
    /// What a header says, on one line, or `none`.
    HeaderValue, pattern: "^[ -~]{1,1783}$", check: header_value
}

impl Default for PageName {
    fn default() -> Self {
        Self("index.html".into())
    }
}

impl SiteTls {
    /// What CloudFront calls it:
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html>.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::V12 => "TLSv1.2_2021",
            Self::V13 => "TLSv1.3_2025",
        }
    }
}

impl SiteHttp {
    /// What CloudFront calls it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Http1 => "http1.1",
            Self::Http2 => "http2",
            Self::Http3 => "http2and3",
        }
    }
}

impl PriceClass {
    /// What CloudFront calls it:
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html>.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "PriceClass_All",
            Self::Most => "PriceClass_200",
            Self::Least => "PriceClass_100",
        }
    }
}

fn folder(text: &str) -> Result<(), String> {
    if !text.trim().is_empty() && text.trim() == text && !text.contains('\0') {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no folder"), "write it as ./dist, from where the stack file is"))
}

fn host(text: &str) -> Result<(), String> {
    let name = text.strip_prefix("*.").unwrap_or(text);
    match name.parse::<super::DomainName>() {
        Ok(_) => Ok(()),
        Err(_) => {
            Err(wrong(format!("`{text}` is no name of a site"), "it looks like www.example.com or *.example.com"))
        }
    }
}

fn page(text: &str) -> Result<(), String> {
    let plain = |it: u8| it.is_ascii_alphanumeric() || b"._-".contains(&it);
    if text.contains('.') && text.bytes().all(plain) {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no name of a page"), "it looks like index.html, without a folder"))
}

fn file(text: &str) -> Result<(), String> {
    let plain = !text.starts_with('/') && !text.contains("..") && text.bytes().all(|it| it.is_ascii_graphic());
    if plain && !text.is_empty() && !text.ends_with('/') {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no file of the site"), "it looks like 404.html, from the site's folder"))
}

fn header_name(text: &str) -> Result<(), String> {
    if !text.is_empty() && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-') {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no name of a header"), "it looks like content-security-policy"))
}

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-response-headers-policies>
fn header_value(text: &str) -> Result<(), String> {
    if text.len() > 1783 {
        return Err(format!("a header may have 1783 characters; this one has {}", text.len()));
    }
    if !text.is_empty() && text.bytes().all(|it| it.is_ascii_graphic() || it == b' ') {
        return Ok(());
    }
    Err(wrong("a header is one line of ASCII", "remove line breaks and other characters, or write `none`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        assert!(["www.example.com", "*.example.com", "example.com"].iter().all(|it| host(it).is_ok()));
        assert!(["example", "*", "w*.example.com", "https://example.com"].iter().all(|it| host(it).is_err()));
        assert!(["404.html", "errors/404.html"].iter().all(|it| file(it).is_ok()));
        assert!(["/404.html", "../x", "", "a b", "a/"].iter().all(|it| file(it).is_err()));
        assert!(page("index.html").is_ok() && page("docs/index.html").is_err() && page("index").is_err());
        assert!(header_name("x-team").is_ok() && header_name("x team").is_err());
        assert!(header_value("default-src 'self'").is_ok() && header_value("a\nb").is_err());
    }
}
