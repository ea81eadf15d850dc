//! The examples, for links to them.

use std::{fs, path::Path};

use serde_json::Value;

use super::words::bullets;

/// A file in `examples/`.
pub(super) struct Example {
    name: String,
    about: String,
    stack: Value,
}

pub(super) fn examples() -> Vec<Example> {
    let files = fs::read_dir("examples").unwrap().map(|it| it.unwrap().path()).filter(|it| it.is_file());
    let mut examples: Vec<_> = files.map(|it| Example::read(&it)).collect();
    examples.sort_by(|one, other| one.name.cmp(&other.name));
    examples
}

impl Example {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let comment: Vec<_> = text.lines().skip(2).map_while(|it| it.strip_prefix('#')).map(str::trim).collect();
        let comment = comment.join(" ");
        let end = comment.find(". ").map_or(comment.len(), |it| it + 1);
        Self {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            about: comment[..end].into(),
            stack: serde_saphyr::from_str(&text).unwrap(),
        }
    }

    fn link(&self) -> String {
        format!("[{0}](../examples/{0})", self.name)
    }

    /// Whether it has what stands at `path`, such as `network.acls.TIER.ingress[]`; capitals stand for any key.
    fn has(&self, path: &str) -> bool {
        let mut found = vec![&self.stack];
        for segment in path.replace("[]", ".[]").split('.') {
            let any = segment == "[]" || segment.chars().all(char::is_uppercase);
            found = found.into_iter().flat_map(|it| inside(it, segment, any)).collect();
        }
        found.iter().any(|it| it.is_object())
    }
}

fn inside<'a>(value: &'a Value, key: &str, any: bool) -> Vec<&'a Value> {
    match value {
        Value::Array(items) if any => items.iter().collect(),
        Value::Object(items) if any => items.values().collect(),
        other => other.get(key).into_iter().collect(),
    }
}

/// Links to those that show what stands at `path`: the shortest files first, for they are about little else.
pub(super) fn showing(examples: &[Example], path: &str) -> String {
    let mut those: Vec<_> = examples.iter().filter(|it| it.has(path)).collect();
    those.sort_by_key(|it| it.stack.to_string().len());
    those.iter().take(3).map(|it| it.link()).collect::<Vec<_>>().join(", ")
}

/// All, with what they are about.
pub(super) fn list(examples: &[Example]) -> String {
    bullets(examples.iter().map(|it| format!("{}: {}", it.link(), it.about)))
}
