//! Who is told of a release, once it serves.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::spec::model::{
    ComponentName, DomainName, Several,
    either::{text_type, wrong},
};

/// Who is told of a release, once it serves. Who cannot be told is a warning: the release stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AfterRelease {
    /// Those under `notify` who get a message, by name. Default: nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify: Option<ComponentName>,
    /// What CloudFront forgets, so that it asks the release for it. Default: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloudfront: Option<CloudfrontHook>,
    /// What Cloudflare forgets, so that it asks the release for it; the token is `CLOUDFLARE_API_TOKEN`. Default: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloudflare: Option<CloudflareHook>,
    /// Where Sentry has a release and its deploy to this environment; the token is `SENTRY_AUTH_TOKEN`. Default: nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentry: Option<SentryHook>,
    /// Where PostHog has an annotation; the token is `POSTHOG_PERSONAL_API_KEY`. Default: nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posthog: Option<PosthogHook>,
    /// Where GitHub has a deployment of the commit in `GITHUB_SHA`, with the status `success`; the token is `GITHUB_TOKEN`.
    /// `{}` takes all from the workflow that runs infractl. Default: nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub github: Option<GithubHook>,
}

/// What CloudFront forgets.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloudfrontHook {
    /// The distribution's id, such as `E2EXAMPLE1234`.
    pub distribution: DistributionId,
    /// The paths, of which each may end with `*` for any characters. Default: `["/*"]`.
    #[serde(default = "all_paths")]
    pub paths: Several<InvalidationPath>,
}

fn all_paths() -> Several<InvalidationPath> {
    Several(vec![InvalidationPath::all()])
}

/// What Cloudflare forgets: all of a zone, or what one of `hosts`, `prefixes`, `tags` and `files` names, each with at most 100.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloudflareHook {
    /// The zone's id: 32 characters, which its overview shows.
    pub zone: ZoneId,
    /// What is of these hosts, such as `www.example.com`. Default: none.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub hosts: Several<DomainName>,
    /// What begins so, such as `www.example.com/app`. Default: none.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub prefixes: Several<PurgePrefix>,
    /// What came with one of these tags in the header `Cache-Tag`. Default: none.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub tags: Several<PurgeTag>,
    /// Single files, by their address, such as `https://www.example.com/app.js`. Default: none.
    #[serde(default, skip_serializing_if = "<[_]>::is_empty")]
    pub files: Several<PurgeFile>,
}

impl CloudflareHook {
    /// What may be named, each with what is.
    #[must_use]
    pub fn named(&self) -> [(&'static str, Vec<&str>); 4] {
        [
            ("hosts", self.hosts.iter().map(DomainName::as_str).collect()),
            ("prefixes", self.prefixes.iter().map(PurgePrefix::as_str).collect()),
            ("tags", self.tags.iter().map(PurgeTag::as_str).collect()),
            ("files", self.files.iter().map(PurgeFile::as_str).collect()),
        ]
    }
}

/// Where Sentry has a release, called as the tag of the service's image.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SentryHook {
    /// The organization, as addresses have it.
    pub organization: SentrySlug,
    /// Its projects that the release is of, as addresses have them.
    pub projects: Several<SentrySlug>,
    /// Where Sentry is, such as `https://de.sentry.io`. Default: `https://sentry.io`.
    #[serde(default = "sentry")]
    pub url: BaseUrl,
}

fn sentry() -> BaseUrl {
    BaseUrl("https://sentry.io".into())
}

/// Where PostHog has an annotation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PosthogHook {
    /// The project's number.
    pub project: u64,
    /// Where PostHog is, such as `https://eu.posthog.com`. Default: `https://us.posthog.com`.
    #[serde(default = "posthog")]
    pub url: BaseUrl,
}

fn posthog() -> BaseUrl {
    BaseUrl("https://us.posthog.com".into())
}

/// Where GitHub has a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GithubHook {
    /// The repository, such as `acme/shop`. Default: what `GITHUB_REPOSITORY` says when infractl runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<GithubRepository>,
    /// The environment, as GitHub shows it. Default: the stack's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<GithubEnvironment>,
}

text_type! {
    /// The id of a distribution of CloudFront, such as `E2EXAMPLE1234`.
    DistributionId, pattern: "^[A-Z0-9]{8,32}$", check: distribution
}
text_type! {
    /// A path that CloudFront forgets, such as `/images/*`: a `*` stands for any characters, and only at the end.
    InvalidationPath, pattern: "^/[!-~]*$", check: invalidation_path
}
text_type! {
    /// The id of a zone of Cloudflare: 32 digits and letters from a to f.
    ZoneId, pattern: "^[0-9a-f]{32}$", check: zone
}
text_type! {
    /// The beginning of addresses, without `https://`, such as `www.example.com/app`.
    PurgePrefix, pattern: "^[^\\s/:?#]+(/[^\\s?#]*)?$", check: prefix
}
text_type! {
    /// A tag of the header `Cache-Tag`: up to 1024 characters without spaces and commas.
    PurgeTag, pattern: "^[!-+\\--~]{1,1024}$", check: tag
}
text_type! {
    /// The address of a file, such as `https://www.example.com/app.js`.
    PurgeFile, pattern: "^https?://[^\\s/]+/\\S*$", check: file
}
text_type! {
    /// What Sentry calls an organization or a project in addresses: small letters, digits, `-` and `_`.
    SentrySlug, pattern: "^[a-z0-9_-]{1,100}$", check: slug
}
text_type! {
    /// Where a server is, such as `https://de.sentry.io`.
    BaseUrl, pattern: "^https://[^\\s/@?#][^\\s@?#]*$", check: base_url
}
text_type! {
    /// A repository of GitHub, such as `acme/shop`.
    GithubRepository, pattern: "^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", check: repository
}
text_type! {
    /// What GitHub calls an environment: one line of at most 255 characters.
    GithubEnvironment, pattern: "^.{1,255}$", check: environment
}

impl InvalidationPath {
    /// What stands for all of a distribution.
    fn all() -> Self {
        Self("/*".into())
    }
}

impl BaseUrl {
    /// Where `path`, which begins with a slash, is.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0.trim_end_matches('/'))
    }
}

fn distribution(text: &str) -> Result<(), String> {
    let known = |it: u8| it.is_ascii_uppercase() || it.is_ascii_digit();
    if (8..=32).contains(&text.len()) && text.bytes().all(known) {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no distribution's id"), "it looks like E2EXAMPLE1234, and is no domain"))
}

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html>
fn invalidation_path(text: &str) -> Result<(), String> {
    if !text.starts_with('/') || !text.bytes().all(|it| it.is_ascii_graphic()) {
        return Err(wrong(format!("`{text}` is no path"), "a path looks like /images/*; write spaces as %20"));
    }
    if text.trim_end_matches('*').contains('*') {
        return Err(wrong(format!("`{text}` has a `*` in the midst of it"), "a `*` stands at the end of a path"));
    }
    Ok(())
}

fn zone(text: &str) -> Result<(), String> {
    if text.len() == 32 && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f')) {
        return Ok(());
    }
    let help = "it is 32 digits and letters from a to f, and no domain; the zone's overview shows it";
    Err(wrong(format!("`{text}` is no zone's id"), help))
}

fn prefix(text: &str) -> Result<(), String> {
    let host = text.split('/').next().unwrap_or_default();
    if text.contains("://") || host.is_empty() || host.contains(':') {
        return Err(wrong(format!("`{text}` is no beginning of an address"), "it looks like www.example.com/app"));
    }
    if text.contains(|it: char| it.is_whitespace() || "?#".contains(it)) {
        return Err(wrong(format!("`{text}` has more than a host and a path"), "leave out spaces, `?` and `#`"));
    }
    Ok(())
}

fn tag(text: &str) -> Result<(), String> {
    if (1..=1024).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_graphic() && it != b',') {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no tag"), "a tag has up to 1024 characters, without spaces and commas"))
}

fn file(text: &str) -> Result<(), String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let fits = rest.and_then(|it| it.split_once('/')).is_some_and(|(host, _)| !host.is_empty());
    if fits && !text.contains(char::is_whitespace) {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no address of a file"), "it looks like https://www.example.com/app.js"))
}

fn slug(text: &str) -> Result<(), String> {
    let known = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || b"-_".contains(&it);
    if (1..=100).contains(&text.len()) && text.bytes().all(known) {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no name in Sentry's addresses"), "use small letters, digits, `-` and `_`"))
}

/// A token is sent there, so it has to be HTTPS.
fn base_url(text: &str) -> Result<(), String> {
    let rest = text.strip_prefix("https://").filter(|it| !it.is_empty() && !it.starts_with('/'));
    if rest.is_none() {
        return Err(wrong(format!("`{text}` is no address of HTTPS"), "it begins with https://"));
    }
    if text.contains(|it: char| it.is_whitespace() || "@?#".contains(it)) {
        return Err(wrong("the address has more than a host and a path", "leave out spaces, `@`, `?` and `#`"));
    }
    Ok(())
}

/// <https://docs.github.com/en/rest/deployments/deployments>: what stands in the path.
fn repository(text: &str) -> Result<(), String> {
    let owner = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-');
    let name = |it: &str| {
        !it.is_empty()
            && ![".", ".."].contains(&it)
            && it.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_.".contains(&it))
    };
    if text.split_once('/').is_some_and(|(first, second)| owner(first) && name(second)) {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no repository"), "it looks like acme/shop, without the address of GitHub"))
}

fn environment(text: &str) -> Result<(), String> {
    if (1..=255).contains(&text.chars().count()) && !text.contains(char::is_control) {
        return Ok(());
    }
    Err("an environment is one line of 1 to 255 characters".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tell_apart(check: fn(&str) -> Result<(), String>, right: &[&str], wrong: &[&str]) {
        for it in right {
            assert_eq!(check(it), Ok(()));
        }
        for it in wrong.iter().chain(&[""]) {
            assert!(check(it).is_err(), "{it}");
        }
    }

    #[test]
    fn what_names_something_elsewhere() {
        tell_apart(distribution, &["E2EXAMPLE1234"], &["e2example1234", "d111.cloudfront.net", "E2"]);
        tell_apart(invalidation_path, &["/", "/*", "/a?b=*"], &["a", "/a*b", "/a b"]);
        let id = "023e105f4ecef8ad9ca31a8372d0c353";
        tell_apart(zone, &[id], &["example.com", &id.to_uppercase(), &id[1..]]);
        tell_apart(prefix, &["a.de", "a.de/b"], &["/b", "https://a.de/b", "a.de/b c", "a.de?b", "a.de:80/b"]);
        tell_apart(tag, &["app-1"], &["a,b", "a b"]);
        tell_apart(file, &["https://a.de/", "http://a.de/b?c=d"], &["https://a.de", "https:///b", "a.de/b"]);
        tell_apart(slug, &["acme", "a_b-1"], &["Acme", "a/b", "a b"]);
        tell_apart(
            base_url,
            &["https://de.sentry.io", "https://a.de/b/"],
            &["http://a.de", "https://", "https://a@b.de"],
        );
        tell_apart(
            repository,
            &["acme/shop", "a-b/c.d_e"],
            &["acme", "acme/..", "https://github.com/acme/shop", "a/b/c"],
        );
        tell_apart(environment, &["production", "pr 17"], &["a\nb", &"x".repeat(256)]);
    }

    #[test]
    fn a_slash_at_the_end_of_an_address_is_not_doubled() {
        assert_eq!(BaseUrl("https://a.de/b/".into()).join("/c"), "https://a.de/b/c");
    }
}
