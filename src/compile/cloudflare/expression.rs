//! Which requests, in Cloudflare's language of rules: <https://developers.cloudflare.com/ruleset-engine/rules-language/>.
//!
//! Only what every plan has is used: `matches`, for regular expressions, is not.

use std::fmt::Display;

use crate::{
    resource::text::cidr::Cidr,
    spec::model::{EdgeCountry, EdgeExpression, EdgeExtension, EdgeHost, EdgePath},
};

const HOST: &str = "http.host";
const PATH: &str = "http.request.uri.path";

/// What has to hold of a request, all of it; of several values of a kind, one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Where<'a> {
    pub(super) host: &'a [EdgeHost],
    pub(super) path: &'a [EdgePath],
    pub(super) extensions: &'a [EdgeExtension],
    pub(super) countries: &'a [EdgeCountry],
    pub(super) ips: &'a [Cidr],
    pub(super) when: Option<&'a EdgeExpression>,
}

impl Where<'_> {
    /// As Cloudflare takes it; what says nothing is true of every request.
    pub(super) fn expression(&self) -> String {
        let quotes = |it: &dyn Display| quoted(&it.to_string());
        let extensions: Vec<_> = self.extensions.iter().map(|it| quotes(it)).collect();
        let countries: Vec<_> = self.countries.iter().map(|it| quotes(it)).collect();
        let ips: Vec<_> = self.ips.iter().map(ToString::to_string).collect();
        let all = [
            hosts(self.host),
            paths(self.path),
            among("http.request.uri.path.extension", &extensions),
            among("ip.src.country", &countries),
            among("ip.src", &ips),
        ];
        let any: Vec<_> = all.iter().filter(|it| !it.is_empty()).map(|it| it.join(" or ")).collect();
        let when = self.when.map(|it| it.as_str().trim());
        let parts: Vec<_> = any.iter().map(String::as_str).chain(when).collect();
        match parts.as_slice() {
            [] => "true".into(),
            [one] => (*one).to_owned(),
            several => several.iter().map(|it| closed(it)).collect::<Vec<_>>().join(" and "),
        }
    }
}

/// In brackets, if it would fall apart beside an `and`.
fn closed(part: &str) -> String {
    let loose = [" or ", " xor ", "||", "^^"].iter().any(|it| part.contains(it));
    if loose { format!("({part})") } else { part.to_owned() }
}

/// That the host is `host`.
pub(super) fn host(host: &str) -> String {
    format!("{HOST} eq {}", quoted(&host.to_lowercase()))
}

/// Text in quotes (<https://developers.cloudflare.com/ruleset-engine/rules-language/values/#strings>).
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn hosts(all: &[EdgeHost]) -> Vec<String> {
    let all: Vec<_> = all.iter().map(|it| it.as_str().to_lowercase()).collect();
    let exact: Vec<_> = all.iter().filter(|it| !it.starts_with('*')).map(|it| quoted(it)).collect();
    let under = all.iter().filter_map(|it| it.strip_prefix('*'));
    let under = under.map(|it| format!("ends_with({HOST}, {})", quoted(it)));
    among(HOST, &exact).into_iter().chain(under).collect()
}

/// A path is the same only in the same case.
fn paths(all: &[EdgePath]) -> Vec<String> {
    let all = || all.iter().map(EdgePath::as_str);
    let exact: Vec<_> = all().filter(|it| !it.contains('*')).map(quoted).collect();
    let open = all().filter(|it| it.contains('*')).map(|it| match it.strip_suffix('*') {
        Some(start) if !start.contains('*') => format!("starts_with({PATH}, {})", quoted(start)),
        _ => format!("{PATH} strict wildcard {}", raw(&it.replace('\\', "\\\\"))),
    });
    among(PATH, &exact).into_iter().chain(open).collect()
}

/// That `field` is one of `values`.
fn among(field: &str, values: &[String]) -> Vec<String> {
    match values {
        [] => Vec::new(),
        [one] if !one.contains('/') || one.starts_with('"') => vec![format!("{field} eq {one}")],
        several => vec![format!("{field} in {{{}}}", several.join(" "))],
    }
}

/// Text in which nothing is escaped, as patterns have escapes of their own.
fn raw(text: &str) -> String {
    let hashes = if text.contains('"') { "##" } else { "" };
    format!("r{hashes}\"{text}\"{hashes}")
}

/// Whether an expression has regular expressions in it.
pub(super) fn has_regex(expression: &str) -> bool {
    let bare = without_strings(expression);
    let words = bare.split(|it: char| !(it.is_ascii_alphanumeric() || it == '_' || it == '.'));
    words.into_iter().any(|it| it == "matches" || it == "regex_replace") || bare.contains('~')
}

/// An expression without what stands in quotes.
fn without_strings(expression: &str) -> String {
    let (mut acc, mut inside, mut escaped) = (String::new(), false, false);
    for it in expression.chars() {
        match (inside, it) {
            (true, _) if escaped => escaped = false,
            (true, '\\') => escaped = true,
            (_, '"') => {
                inside = !inside;
                acc.push('"');
            }
            (true, _) => (),
            (false, it) => acc.push(it),
        }
    }
    acc
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn all<T: FromStr<Err = String>>(texts: &[&str]) -> Vec<T> {
        texts.iter().map(|it| it.parse().unwrap()).collect()
    }

    fn paths(texts: &[&str]) -> String {
        Where { path: &all(texts), ..Where::default() }.expression()
    }

    #[test]
    fn hosts_are_exact_or_end_alike() {
        let hosts = |texts: &[&str]| Where { host: &all(texts), ..Where::default() }.expression();
        assert_eq!(hosts(&["WWW.example.com"]), r#"http.host eq "www.example.com""#);
        assert_eq!(hosts(&["a.de", "b.de"]), r#"http.host in {"a.de" "b.de"}"#);
        assert_eq!(hosts(&["*.a.de", "a.de"]), r#"http.host eq "a.de" or ends_with(http.host, ".a.de")"#);
        assert_eq!(host("A.de"), r#"http.host eq "a.de""#);
    }

    #[test]
    fn paths_are_exact_or_begin_alike_or_have_stars() {
        assert_eq!(paths(&["/a"]), r#"http.request.uri.path eq "/a""#);
        assert_eq!(paths(&["/a", "/b"]), r#"http.request.uri.path in {"/a" "/b"}"#);
        assert_eq!(paths(&["/img/*"]), r#"starts_with(http.request.uri.path, "/img/")"#);
        assert_eq!(paths(&["/*/img"]), r#"http.request.uri.path strict wildcard r"/*/img""#);
        assert_eq!(paths(&["/a\"*\\b*"]), "http.request.uri.path strict wildcard r##\"/a\"*\\\\b*\"##");
        assert_eq!(paths(&["/a\"\\"]), r#"http.request.uri.path eq "/a\"\\""#);
    }

    #[test]
    fn all_of_it_has_to_hold() {
        let when: EdgeExpression = "ssl or cf.client.bot".parse().unwrap();
        let both = Where { path: &all(&["/a", "/b/*"]), when: Some(&when), ..Where::default() };
        assert_eq!(
            both.expression(),
            r#"(http.request.uri.path eq "/a" or starts_with(http.request.uri.path, "/b/")) and (ssl or cf.client.bot)"#
        );
        assert_eq!(Where { when: Some(&when), ..Where::default() }.expression(), "ssl or cf.client.bot");
        assert_eq!(Where::default().expression(), "true");
        let visitors = Where { countries: &all(&["DE"]), ips: &all(&["10.0.0.0/8"]), ..Where::default() };
        assert_eq!(visitors.expression(), r#"ip.src.country eq "DE" and ip.src in {10.0.0.0/8}"#);
        let images = Where { extensions: &all(&["jpg", "png"]), host: &all(&["a.de"]), ..Where::default() };
        assert_eq!(images.expression(), r#"http.host eq "a.de" and http.request.uri.path.extension in {"jpg" "png"}"#);
    }

    #[test]
    fn regular_expressions_are_found_outside_of_quotes() {
        assert!(has_regex(r#"http.host matches "a""#) && has_regex(r#"http.host ~ "a""#));
        assert!(has_regex(r#"regex_replace(http.host, "a", "b") eq "c""#));
        assert!(!has_regex(r#"http.host eq "a matches ~ \" matches""#) && !has_regex("cf.matches_not"));
    }
}
