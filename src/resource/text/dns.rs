//! Names and texts of DNS, which are written in several ways.

/// The longest part of a text, in bytes: <https://www.rfc-editor.org/rfc/rfc1035#section-3.3>.
const PART: usize = 255;

/// A name in small letters, without the dot at its end: all that tells names apart.
#[must_use]
pub fn name(text: &str) -> String {
    let short = text.strip_suffix('.').filter(|it| !it.is_empty()).unwrap_or(text);
    short.to_ascii_lowercase()
}

/// What stands in quotes, put together; what has none stands for itself. `None` if quotes are left open, or nothing is left.
#[must_use]
pub fn unquoted(text: &str) -> Option<String> {
    if !text.starts_with('"') {
        return (!text.is_empty()).then(|| text.to_owned());
    }
    let (mut acc, mut within) = (String::new(), false);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => within = !within,
            '\\' if within => acc.push(letters.next()?),
            it if within => acc.push(it),
            it if it.is_whitespace() => (),
            _ => return None,
        }
    }
    (!within && !acc.is_empty()).then_some(acc)
}

/// `text` in quotes, in parts that are short enough.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut parts = vec![(0, String::new())];
    for letter in text.chars() {
        if parts.last().is_some_and(|(bytes, _)| bytes + letter.len_utf8() > PART) {
            parts.push((0, String::new()));
        }
        if let Some((bytes, part)) = parts.last_mut() {
            *bytes += letter.len_utf8();
            part.extend(matches!(letter, '"' | '\\').then_some('\\'));
            part.push(letter);
        }
    }
    parts.iter().map(|(_, part)| format!("\"{part}\"")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_as_they_went() {
        for text in ["v=spf1 -all", "a \"b\" \\c", &"ä".repeat(300), &"x".repeat(255)] {
            assert_eq!(unquoted(&quoted(text)).as_deref(), Some(text));
        }
        assert_eq!(quoted(&"x".repeat(256)).matches("\" \"").count(), 1);
        assert_eq!(quoted(&"ä".repeat(128)).matches("\" \"").count(), 1);
        assert_eq!(unquoted("\"a b\" \"c\"").as_deref(), Some("a bc"));
        assert!(["", "\"a", "\"a\" b", "\"\""].iter().all(|it| unquoted(it).is_none()));
    }

    #[test]
    fn names_differ_in_letters_only() {
        assert_eq!(name("Shop-1.EU.elb.amazonaws.com."), "shop-1.eu.elb.amazonaws.com");
        assert_eq!(name("."), ".");
    }
}
