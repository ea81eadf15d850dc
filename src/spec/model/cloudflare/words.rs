//! Words of rules that have to look a certain way.

use crate::spec::model::either::{text_type, wrong};

text_type! {
    /// A name that visitors ask for, such as `www.example.com`; `*.example.com` stands for all names under one.
    EdgeHost, pattern: "^([*][.])?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?[.])+[A-Za-z]{2,63}$", check: host
}
text_type! {
    /// A path that visitors ask for, such as `/img/*`: a `*` stands for any characters.
    EdgePath, pattern: "^/[!-~]{0,1023}$", check: path
}
text_type! {
    /// The end of a file's name, such as `jpg`: small letters and digits, without the dot.
    EdgeExtension, pattern: "^[a-z0-9]{1,16}$", check: extension
}
text_type! {
    /// Which requests, in [Cloudflare's language of rules](https://developers.cloudflare.com/ruleset-engine/rules-language/),
    /// such as `http.request.method eq "POST"`.
    EdgeExpression, pattern: "^[^\\n]{1,4096}$", check: expression
}
text_type! {
    /// A country, by the two capital letters that stand for it, such as `DE`.
    EdgeCountry, pattern: "^[A-Z][A-Z0-9]$", check: country
}
text_type! {
    /// The name of a header, such as `X-Frame-Options`.
    EdgeHeaderName, pattern: "^[A-Za-z0-9_-]{1,100}$", check: header
}
text_type! {
    /// Where visitors are sent: an address such as `https://www.example.com/new`, or a path such as `/new`.
    RedirectTarget, pattern: "^(https?:/)?/[!-~]*$", check: target
}
text_type! {
    /// A status, or a range of them, such as `404` or `500-599`.
    EdgeStatuses, pattern: "^[1-9][0-9]{2}(-[1-9][0-9]{2})?$", check: statuses
}
text_type! {
    /// A category of managed rules, such as `wordpress`: small letters, digits and hyphens.
    WafCategory, pattern: "^[a-z0-9-]{1,64}$", check: category
}

impl EdgeStatuses {
    /// The first and the last.
    #[must_use]
    pub fn range(&self) -> (u16, u16) {
        let number = |it: &str| it.parse().unwrap_or_default();
        match self.0.split_once('-') {
            Some((from, to)) => (number(from), number(to)),
            None => (number(&self.0), number(&self.0)),
        }
    }
}

impl EdgeHost {
    /// Whether all that it stands for is in `zone`.
    #[must_use]
    pub fn is_in(&self, zone: &str) -> bool {
        is_in(&self.0, zone)
    }
}

impl RedirectTarget {
    /// The host that visitors are sent to, unless they stay where they are.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        let (_, rest) = self.0.split_once("://")?;
        rest.split(['/', '?', '#', ':']).next()
    }
}

/// Whether `name`, which may begin with `*.`, is `zone` or under it.
#[must_use]
pub fn is_in(name: &str, zone: &str) -> bool {
    let (name, zone) = (name.to_lowercase(), zone.to_lowercase());
    name == zone || name.strip_suffix(&zone).is_some_and(|it| it.ends_with('.'))
}

fn host(text: &str) -> Result<(), String> {
    let plain: Result<crate::spec::model::DomainName, _> = text.strip_prefix("*.").unwrap_or(text).parse();
    plain.map(drop).map_err(|_| {
        wrong(format!("`{text}` is no name that visitors ask for"), "it looks like www.example.com or *.example.com")
    })
}

fn path(text: &str) -> Result<(), String> {
    if text.starts_with('/') && text.len() <= 1024 && text.bytes().all(|it| it.is_ascii_graphic()) {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no path that visitors ask for"), "it begins with a slash, such as /img/*"))
}

fn extension(text: &str) -> Result<(), String> {
    let plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit();
    if (1..=16).contains(&text.len()) && text.bytes().all(plain) {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no end of a file's name"), "it looks like jpg: small letters, without the dot"))
}

fn expression(text: &str) -> Result<(), String> {
    match text.chars().count() {
        _ if text.trim().is_empty() => Err("an expression says something".into()),
        it if it > 4096 => Err(format!("an expression may have 4096 characters; this one has {it}")),
        _ if text.contains(char::is_control) => Err(wrong("an expression is one line", "write it with `>-` in YAML")),
        _ => Ok(()),
    }
}

fn country(text: &str) -> Result<(), String> {
    let mut letters = text.bytes();
    let first = letters.next().is_some_and(|it| it.is_ascii_uppercase());
    let second = letters.next().is_some_and(|it| it.is_ascii_uppercase() || it.is_ascii_digit());
    if first && second && letters.next().is_none() {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no country"), "a country is two capital letters, such as DE; T1 stands for Tor"))
}

fn header(text: &str) -> Result<(), String> {
    let plain = |it: u8| it.is_ascii_alphanumeric() || it == b'-' || it == b'_';
    if (1..=100).contains(&text.len()) && text.bytes().all(plain) {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no name of a header"), "it looks like X-Frame-Options"))
}

fn target(text: &str) -> Result<(), String> {
    let absolute = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let fits = match absolute {
        Some(rest) => rest.starts_with(|it: char| it.is_ascii_alphanumeric()),
        None => text.starts_with('/') && !text.starts_with("//"),
    };
    if fits && text.bytes().all(|it| it.is_ascii_graphic()) {
        return Ok(());
    }
    Err(wrong(
        format!("`{text}` is nowhere to send visitors"),
        "it looks like https://www.example.com/new, or /new where the host stays",
    ))
}

fn statuses(text: &str) -> Result<(), String> {
    let status = |it: &str| it.parse::<u16>().ok().filter(|number| it.len() == 3 && (100..=999).contains(number));
    let fits = match text.split_once('-') {
        Some((from, to)) => status(from).zip(status(to)).is_some_and(|(from, to)| from < to),
        None => status(text).is_some(),
    };
    if fits {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no status"), "write 404, or a range such as 500-599"))
}

fn category(text: &str) -> Result<(), String> {
    let plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    if (1..=64).contains(&text.len()) && text.bytes().all(plain) {
        return Ok(());
    }
    Err(wrong(format!("`{text}` is no category of rules"), "it looks like wordpress or broken-access-control"))
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
    fn words() {
        tell_apart(host, &["a.example.com", "*.example.com"], &["example", "*", "a.*.com", "https://a.de"]);
        tell_apart(path, &["/", "/*", "/a b".replace(' ', "%20").as_str()], &["a", "/a b", "/ä"]);
        tell_apart(extension, &["jpg", "mp4"], &[".jpg", "JPG", "tar.gz"]);
        tell_apart(expression, &["true"], &[" ", "a\nb", &"x".repeat(4097)]);
        tell_apart(country, &["DE", "T1"], &["de", "DEU", "1T"]);
        tell_apart(header, &["X-A", "a_b"], &["a b", "a:"]);
        tell_apart(
            target,
            &["/new", "https://a.de", "http://a.de/b?c"],
            &["a.de", "//a.de", "https:///b", "ftp://a.de"],
        );
        tell_apart(statuses, &["404", "500-599"], &["4", "599-500", "404-", "1000"]);
        tell_apart(category, &["wordpress", "paranoia-level-1"], &["Wordpress", "a b"]);
    }

    #[test]
    fn what_is_in_a_zone() {
        assert!(is_in("example.com", "example.com") && is_in("*.a.Example.com", "example.com"));
        assert!(!is_in("badexample.com", "example.com") && !is_in("com", "example.com"));
        let target = |text: &str| text.parse::<RedirectTarget>().unwrap().host().map(str::to_owned);
        assert_eq!(target("https://a.de:8443/b").as_deref(), Some("a.de"));
        assert_eq!(target("/b"), None);
        assert_eq!("500-599".parse::<EdgeStatuses>().unwrap().range(), (500, 599));
        assert_eq!("404".parse::<EdgeStatuses>().unwrap().range(), (404, 404));
    }
}
