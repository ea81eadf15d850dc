//! What files are, and for how long they may be kept, by their names.

use serde_json::json;

use crate::{
    catalog::aws::s3::content::File,
    resource::text::digest::short,
    spec::model::{SiteCache, Span},
};

/// Counts up when the same rules give files other headers than before.
const VERSION: u32 = 1;

/// It never changes under its name.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// It is asked for each time, and sent only if it has changed.
const ANEW: &str = "no-cache";

/// Folders in which tools put only files that never change under their names.
const FOR_GOOD_IN: [&str; 3] = ["_next/static/", "_astro/", "_app/immutable/"];

/// What tells rules from others.
pub(super) fn digest(rules: &[SiteCache]) -> String {
    short(&format!("{VERSION} {}", json!(rules)), 32)
}

/// The file at `key`, as it is published.
pub(super) fn file(key: &str, md5: String, rules: &[SiteCache]) -> (String, File) {
    (key.to_owned(), File { md5, content_type: content_type(key), cache_control: cache_control(key, rules) })
}

/// What is text is in UTF-8.
fn content_type(key: &str) -> String {
    let name = key.rsplit('/').next().unwrap_or(key);
    let known = match name.rsplit_once('.').map_or(name, |it| it.1).to_lowercase().as_str() {
        "apple-app-site-association" => Some("application/json"),
        "webmanifest" => Some("application/manifest+json"),
        "map" => Some("application/json"),
        _ => None,
    };
    let guessed = mime_guess::from_path(key).first_or_octet_stream();
    let kind = known.unwrap_or(guessed.essence_str());
    let is_text = kind.starts_with("text/")
        || kind.ends_with("json")
        || kind.ends_with("xml")
        || kind == "application/javascript";
    if is_text { format!("{kind}; charset=utf-8") } else { kind.to_owned() }
}

fn cache_control(key: &str, rules: &[SiteCache]) -> String {
    let path = format!("/{key}");
    match rules.iter().find(|it| fits(it.path.as_str(), &path)) {
        Some(it) => said(it.browser.map_or(0, Span::seconds), it.edge.map(Span::seconds)),
        None if is_for_good(key) => FOR_GOOD.into(),
        None => ANEW.into(),
    }
}

/// CloudFront goes by `s-maxage`, and browsers by `max-age`:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html>.
fn said(browser: u32, edge: Option<u32>) -> String {
    let shared = edge.map(|it| format!(", s-maxage={it}")).unwrap_or_default();
    match browser {
        0 if edge.is_none() => ANEW.into(),
        0 => format!("public, max-age=0{shared}, must-revalidate"),
        it => format!("public, max-age={it}{shared}"),
    }
}

/// Whether the name has a digest of what is in the file, as those have that bundlers write.
fn is_for_good(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or(key);
    let Some((stem, kind)) = name.rsplit_once('.') else { return false };
    if matches!(kind, "html" | "htm" | "xml" | "json" | "txt" | "webmanifest") {
        return false;
    }
    FOR_GOOD_IN.iter().any(|it| key.contains(it)) || stem.rsplit(['.', '-']).next().is_some_and(is_digest)
}

/// Eight characters or more: small hexadecimal digits, or others among which are capitals.
fn is_digest(text: &str) -> bool {
    let all = |is: fn(u8) -> bool| text.bytes().all(is);
    let any = |is: fn(&u8) -> bool| text.bytes().any(|it| is(&it));
    let hex = all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f')) && any(u8::is_ascii_lowercase);
    let mixed = all(|it| it.is_ascii_alphanumeric() || it == b'_') && any(u8::is_ascii_uppercase);
    text.len() >= 8 && any(u8::is_ascii_digit) && (hex || mixed)
}

/// Whether `text` is as `pattern` says, in which `*` and `?` stand for any characters and any one.
fn fits(pattern: &str, text: &str) -> bool {
    let mut rest = text.chars();
    let mut pattern = pattern.chars();
    match (pattern.next(), rest.next()) {
        (None, it) => it.is_none(),
        (Some('*'), _) => {
            let pattern = pattern.as_str();
            pattern.is_empty() || text.char_indices().any(|(at, _)| text.get(at..).is_some_and(|it| fits(pattern, it)))
        }
        (Some('?'), Some(_)) => fits(pattern.as_str(), rest.as_str()),
        (Some(it), Some(other)) => it == other && fits(pattern.as_str(), rest.as_str()),
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_files() {
        for (key, kind) in [
            ("index.html", "text/html; charset=utf-8"),
            ("a/app.js", "text/javascript; charset=utf-8"),
            ("app.css", "text/css; charset=utf-8"),
            ("logo.svg", "image/svg+xml; charset=utf-8"),
            ("app.js.map", "application/json; charset=utf-8"),
            ("site.webmanifest", "application/manifest+json; charset=utf-8"),
            (".well-known/apple-app-site-association", "application/json; charset=utf-8"),
            ("a.woff2", "font/woff2"),
            ("a.png", "image/png"),
            ("a.wasm", "application/wasm"),
            ("LICENSE", "application/octet-stream"),
        ] {
            assert_eq!(content_type(key), kind, "{key}");
        }
    }

    #[test]
    fn what_has_a_digest_in_its_name_is_kept_for_good() {
        for it in [
            "assets/index-BkH3a9Zx.js",
            "main.3f2a1b9c.js",
            "chunk-7QVYU63E.js",
            "_next/static/chunks/app.js",
            "_astro/a.css",
            "static/css/main.0b1c2d3e4f.css",
        ] {
            assert_eq!(cache_control(it, &[]), FOR_GOOD, "{it}");
        }
        for it in [
            "index.html",
            "app.js",
            "photo-20240101.jpg",
            "Roboto-BoldItalic.woff2",
            "page-3f2a1b9c.html",
            "robots.txt",
            "deadbeef",
            "a-facade.css",
        ] {
            assert_eq!(cache_control(it, &[]), ANEW, "{it}");
        }
    }

    #[test]
    fn the_first_rule_that_fits_counts() {
        let rule = |path: &str, browser: Option<u32>, edge: Option<u32>| SiteCache {
            path: path.parse().unwrap(),
            browser: browser.map(Span::of_seconds),
            edge: edge.map(Span::of_seconds),
        };
        let rules = [rule("/images/*.png", Some(60), None), rule("/*", None, Some(3600)), rule("/*", Some(1), None)];
        assert_eq!(cache_control("images/a/b.png", &rules), "public, max-age=60");
        assert_eq!(cache_control("index.html", &rules), "public, max-age=0, s-maxage=3600, must-revalidate");
        assert_eq!(cache_control("a.js", &[rule("/?.js", Some(5), Some(9))]), "public, max-age=5, s-maxage=9");
        assert_eq!(cache_control("a.js", &[rule("/*.js", Some(0), None)]), ANEW);
    }

    #[test]
    fn rules_are_told_apart() {
        let rule = |path: &str| SiteCache { path: path.parse().unwrap(), browser: None, edge: None };
        assert_eq!(digest(&[rule("/a")]), digest(&[rule("/a")]));
        assert_ne!(digest(&[rule("/a")]), digest(&[rule("/b")]));
        assert_ne!(digest(&[rule("/a")]), digest(&[]));
    }

    #[test]
    fn patterns() {
        assert!(fits("/*", "/") && fits("/a/*.png", "/a/b/c.png") && fits("/?", "/x") && fits("*", ""));
        assert!(!fits("/a", "/ab") && !fits("/a/*.png", "/a/c.jpg") && !fits("/?", "/") && !fits("", "/"));
    }
}
