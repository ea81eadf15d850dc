//! The reference of the stack file, made from its schema.

use std::fmt::Write;

use infractl::spec::model::COMPONENTS;
use serde_json::Value;

use super::{
    examples::{self, Example},
    words::{anchor, bullets, choices, either, items, members, reference, sentence, spaced, without_default},
};

/// What cannot be read off a schema.
const PREFACE: &str = include_str!("stack-file.md");
/// What an environment lays over the file: the same settings again.
const OVERLAY: &str = "Overlay";

pub(super) fn page(schema: &Value) -> String {
    let examples = examples::examples();
    let mut page = Page { schema, examples: &examples, values: Vec::new(), text: String::new() };
    page.settings(schema, "");
    let settings = std::mem::take(&mut page.text);
    let mut values = page.values.clone();
    values.sort_unstable();
    for it in values {
        page.value(it);
    }
    let list = examples::list(&examples);
    PREFACE.replace("EXAMPLES\n", &list) + &settings + "\n## Values\n" + &page.text
}

struct Page<'a> {
    schema: &'a Value,
    examples: &'a [Example],
    /// The definitions that are no maps of settings: each is described once, however many settings have it.
    values: Vec<&'a str>,
    text: String,
}

impl<'a> Page<'a> {
    fn definition(&self, name: &str) -> &'a Value {
        &self.schema["$defs"][name]
    }

    /// The settings of what stands at `path`, and then whatever stands below it.
    fn settings(&mut self, schema: &'a Value, path: &str) {
        if path.is_empty() {
            self.text += "\n## The top of the file\n\n";
        } else {
            let level = if path.contains('.') { "###" } else { "##" };
            let about = schema["description"].as_str().unwrap_or_default();
            let _ = write!(self.text, "\n{level} `{path}`\n\n{about}\n\n");
        }
        for (key, it) in members(&schema["properties"]) {
            let required = items(&schema["required"]).any(|it| it == key);
            self.setting(key, it, &join(path, key), required);
        }
        let shown = examples::showing(self.examples, path);
        if !path.is_empty() && !shown.is_empty() {
            let _ = writeln!(self.text, "\nExamples: {shown}");
        }
        for (key, it) in members(&schema["properties"]) {
            self.below(it, &join(path, key));
        }
    }

    fn setting(&mut self, key: &str, schema: &Value, path: &str, required: bool) {
        let (about, default) = without_default(schema["description"].as_str().unwrap_or_default());
        let note = match default {
            Some(it) => format!("; default: {it}"),
            None if required => "; **required**".into(),
            None => String::new(),
        };
        let _ = writeln!(self.text, "- **`{key}`**: {}{note}\\\n  {about}", self.kind(schema, path));
    }

    /// The sections of what stands at `path`, which has this schema.
    fn below(&mut self, schema: &'a Value, path: &str) {
        for it in choices(schema) {
            if let Some(name) = reference(it) {
                let definition = self.definition(name);
                match () {
                    () if name == OVERLAY => (),
                    () if definition.get("properties").is_some() => self.settings(definition, path),
                    () => {
                        if !self.holds_settings(definition) && !self.values.contains(&name) {
                            self.values.push(name);
                        }
                        self.below(definition, path);
                    }
                }
            } else if it.get("properties").is_some() {
                self.settings(it, path);
            } else if let Some(item) = it.get("items") {
                self.below(item, &format!("{path}[]"));
            } else if let Some((key, value)) = map(it) {
                self.below(&it["propertyNames"], path);
                self.below(value, &join(path, &key));
            }
        }
    }

    /// Whether a map of settings is one of the ways to write it.
    fn holds_settings(&self, schema: &Value) -> bool {
        choices(schema).into_iter().any(|it| {
            let target = reference(it).map_or(it, |name| self.definition(name));
            target.get("properties").is_some() || map(it).is_some_and(|(_, value)| self.holds_settings(value))
        })
    }

    /// What is written at `path`, in a few words with links.
    fn kind(&self, schema: &Value, path: &str) -> String {
        let words: Vec<_> = choices(schema).into_iter().map(|it| self.one_kind(it, path)).collect();
        either(&words)
    }

    fn one_kind(&self, schema: &Value, path: &str) -> String {
        if let Some(name) = reference(schema) {
            let definition = self.definition(name);
            let label = spaced(name);
            return match enumerated(definition) {
                _ if name == OVERLAY => "settings as at the top of the file".into(),
                _ if definition.get("properties").is_some() => format!("[{label}](#{})", anchor(path)),
                _ if self.holds_settings(definition) => self.kind(definition, path),
                Some(words) => format!("[{words}](#{})", anchor(&label)),
                None => format!("[{label}](#{})", anchor(&label)),
            };
        }
        if schema.get("properties").is_some() {
            return format!("[settings](#{})", anchor(path));
        }
        if let Some(item) = schema.get("items") {
            return format!("list of {}", self.kind(item, &format!("{path}[]")));
        }
        if let Some((key, value)) = map(schema) {
            return format!("map of {key} to {}", self.kind(value, &join(path, &key)));
        }
        plain(schema)
    }

    /// The section of a definition that is no map of settings.
    fn value(&mut self, name: &str) {
        let definition = self.definition(name);
        let about = definition["description"].as_str().unwrap_or_default();
        let _ = write!(self.text, "\n### {}\n\n{about}\n", sentence(&spaced(name)));
        let ways = choices(definition);
        if let [one] = ways.as_slice() {
            let words = items(&one["oneOf"]).map(|it| (it["const"].as_str(), it["description"].as_str()));
            let words = words.filter_map(|(it, about)| Some(format!("`{}`: {}", it?, about?)));
            let outputs = items(&one["examples"]).filter_map(|it| Some(example(it.as_str()?)));
            let list = bullets(words.chain(outputs));
            if !list.is_empty() {
                let _ = write!(self.text, "\n{list}");
            }
        } else if ways.iter().any(|it| it.get("items").is_some()) {
            let _ = writeln!(self.text, "\nWritten as {}.", self.kind(definition, ""));
        }
    }
}

/// An example of a value; of a reference, what it is.
fn example(written: &str) -> String {
    let mut forms = COMPONENTS.iter().flat_map(|it| it.forms());
    match forms.find(|(form, _)| written.strip_prefix("${").and_then(|it| it.strip_suffix('}')) == Some(form)) {
        Some((_, it)) => format!("`{written}`: {}", it.about),
        None => format!("`{written}`"),
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.into() } else { format!("{path}.{key}") }
}

/// The keys and the values of a map whose keys are up to the user.
fn map(schema: &Value) -> Option<(String, &Value)> {
    let named = reference(&schema["propertyNames"]).map(spaced);
    let key = named.as_deref().and_then(|it| it.split(' ').next_back()).unwrap_or("name").to_uppercase();
    let patterns = members(&schema["patternProperties"]).map(|(_, it)| it);
    patterns.chain(schema.get("additionalProperties")).find(|it| it.is_object()).map(|it| (key, it))
}

/// `one` or `other`, where nothing else may be written.
fn enumerated(definition: &Value) -> Option<String> {
    let [only] = choices(definition)[..] else { return None };
    let words: Vec<_> = items(&only["oneOf"]).filter_map(|it| Some(format!("`{}`", it["const"].as_str()?))).collect();
    (!words.is_empty()).then(|| either(&words))
}

fn plain(schema: &Value) -> String {
    let word = |it: &Value| match it.as_str() {
        Some("boolean") => "`true` or `false`".to_owned(),
        // A format gives the limits of a machine's number, not those of the setting.
        Some("integer") if schema.get("format").is_none() => {
            format!("a number from {} to {}", schema["minimum"], schema["maximum"])
        }
        Some("integer" | "number") => "number".into(),
        Some("object") => "map".into(),
        _ => "text".into(),
    };
    match schema["type"].as_array() {
        Some(several) => several.iter().map(word).collect::<Vec<_>>().join(", "),
        None => word(&schema["type"]),
    }
}
