//! Values that nobody writes: made at random, or put together from another secret.
//!
//! Whether a composed value is current can be told without reading it. The secret's description ends with the recipe, and
//! the value's version is called by the recipe's digest: both are set in the call that sets the value. A recipe whose digest
//! is not the current version's name is a memory only: someone else has set the value since.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use crate::{
    api::{ApiError, During, ReadCx, Result},
    resource::{text::digest::short, value::In},
};

/// What stands in a description before the recipe.
const MARK: &str = "infractl puts it together: ";
/// How long a description may be:
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>.
const LONGEST: usize = 2048;
/// How long a version's name is: at least as long as the service asks for.
const NAME: usize = 32;

/// A value that is put together from another secret's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Composed {
    /// The text, in which `{password}` stands for the key `password` of the other secret, which is JSON. Where the text is
    /// a URL, what is put in is percent-encoded.
    pub template: In<String>,
    /// The other secret's ARN.
    pub secret: In<String>,
    /// The version of the other secret that is put in: another version makes another value.
    pub version: In<String>,
}

/// A value that was made, and what is noted of it.
pub(super) struct Made {
    /// The value: never shown, never kept.
    pub(super) text: String,
    /// What its version is called.
    pub(super) version: String,
    /// What the description says of it, if anything.
    pub(super) note: String,
}

/// What is noted of a composed value; it is no secret.
#[derive(Serialize, Deserialize)]
struct Recipe {
    template: String,
    secret: String,
    version: String,
    /// The version before it: the same recipe again is a new version, since a version's name is never taken twice.
    after: String,
}

impl Composed {
    /// The value, with the version `after` which it comes.
    pub(super) async fn make(&self, cx: &ReadCx, after: &str) -> Result<Made> {
        let recipe = self.recipe(after);
        let parts = parts(cx, &recipe).await?;
        let text = fill(&recipe.template, &parts).map_err(|key| {
            let why = format!("{} has no key `{key}`", recipe.secret);
            ApiError::refused("secretsmanager:GetSecretValue", "NoSuchKey", why)
        })?;
        Ok(Made { text, version: recipe.name(), note: recipe.note() })
    }

    fn recipe(&self, after: &str) -> Recipe {
        let text = |it: &In<String>| it.get().clone();
        let (template, secret, version) = (text(&self.template), text(&self.secret), text(&self.version));
        Recipe { template, secret, version, after: after.to_owned() }
    }
}

impl Recipe {
    fn note(&self) -> String {
        format!("{MARK}{}", json!(self))
    }

    fn name(&self) -> String {
        short(&self.note(), NAME)
    }
}

/// A random value, kept as JSON so that its key can be asked for as in `ARN:password::`.
pub(super) async fn generate(cx: &ReadCx, length: u32, exclude: &str, token: &str) -> Result<Made> {
    const CALL: &str = "secretsmanager:GetRandomPassword";
    let call = cx.secrets.get_random_password().password_length(length.into());
    let call = call.set_exclude_characters(Some(exclude.to_owned()).filter(|it| !it.is_empty()));
    let answer = call.require_each_included_type(true).send().await.during(CALL)?;
    let password = answer.random_password().ok_or_else(|| ApiError::incomplete(CALL, "password"))?;
    let text = json!({ "password": password }).to_string();
    Ok(Made { text, version: short(token, NAME), note: String::new() })
}

/// A description with a note at its end.
pub(super) fn describe(about: &str, note: &str) -> Result<String> {
    let text = if about.is_empty() || note.is_empty() { format!("{about}{note}") } else { format!("{about} {note}") };
    if text.chars().count() > LONGEST {
        let why = format!("its description and its recipe have more than {LONGEST} characters");
        return Err(ApiError::refused("secretsmanager:CreateSecret", "NotSent", why));
    }
    Ok(text)
}

/// What a description says, and from what the version called `current` was put together.
pub(super) fn read(description: &str, current: &str) -> (String, Option<Composed>) {
    let Some((about, noted)) = description.rsplit_once(MARK) else { return (description.to_owned(), None) };
    let recipe = serde_json::from_str::<Recipe>(noted).ok().filter(|it| it.name() == current);
    let composed = recipe.map(|it| Composed {
        template: it.template.into(),
        secret: it.secret.into(),
        version: it.version.into(),
    });
    (about.trim_end().to_owned(), composed)
}

/// The keys and values of another secret. What it holds appears in no error.
async fn parts(cx: &ReadCx, recipe: &Recipe) -> Result<Map<String, Json>> {
    const CALL: &str = "secretsmanager:GetSecretValue";
    if recipe.version.is_empty() {
        let why = format!("{} has no value yet: `infractl secrets set` sets it", recipe.secret);
        return Err(ApiError::refused(CALL, "NoValue", why));
    }
    let call = cx.secrets.get_secret_value().secret_id(&recipe.secret).version_id(&recipe.version);
    let answer = call.send().await.during(CALL)?;
    let parts = answer.secret_string().and_then(|it| serde_json::from_str(it).ok());
    parts.ok_or_else(|| ApiError::refused(CALL, "NotJson", format!("{} is no JSON object", recipe.secret)))
}

/// The template with its keys put in.
///
/// # Errors
/// The key that is missing.
fn fill(template: &str, parts: &Map<String, Json>) -> std::result::Result<String, String> {
    let url = template.contains("://");
    let mut pieces = template.split('{');
    let mut acc = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let key = piece.split_once('}').filter(|(key, _)| is_key(key));
        let Some((key, rest)) = key else {
            acc = acc + "{" + piece;
            continue;
        };
        let value = match parts.get(key) {
            Some(Json::String(it)) => it.clone(),
            Some(it @ (Json::Number(_) | Json::Bool(_))) => it.to_string(),
            _ => return Err(key.to_owned()),
        };
        acc = acc + &if url { encode(&value) } else { value } + rest;
    }
    Ok(acc)
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-".contains(&it))
}

/// As within a URL: all but what is safe everywhere (<https://datatracker.ietf.org/doc/html/rfc3986#section-2.3>).
fn encode(text: &str) -> String {
    let byte = |it: u8| match it {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(it).to_string(),
        _ => format!("%{it:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "postgres://app:{password}@db.internal:5432/shop?sslmode=require";

    fn recipe(after: &str) -> Recipe {
        let secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf";
        Composed { template: TEMPLATE.into(), secret: secret.into(), version: "v1".into() }.recipe(after)
    }

    fn filled(template: &str, password: &str) -> std::result::Result<String, String> {
        fill(template, json!({"password": password, "port": 5432}).as_object().unwrap())
    }

    #[test]
    fn what_goes_into_a_url_is_encoded_and_nothing_else_is() {
        let url = filled(TEMPLATE, "a/b@c:ü%").unwrap();
        assert_eq!(url, "postgres://app:a%2Fb%40c%3A%C3%BC%25@db.internal:5432/shop?sslmode=require");
        assert_eq!(filled("{password} on {port}", "a/b").unwrap(), "a/b on 5432");
        assert_eq!(filled(r#"{"a": "{password}"}"#, "x").unwrap(), r#"{"a": "x"}"#);
        assert_eq!(filled("{user}:{password}", "x"), Err("user".into()));
        assert_eq!(filled("{password} {", "{port}").unwrap(), "{port} {");
    }

    #[test]
    fn a_description_gives_back_the_recipe_of_the_current_value_only() {
        let recipe = recipe("");
        for about in ["", "The shop's database"] {
            let description = describe(about, &recipe.note()).unwrap();
            let (said, composed) = read(&description, &recipe.name());
            assert_eq!((said.as_str(), composed.unwrap().template), (about, TEMPLATE.into()));
            assert_eq!(read(&description, "another"), (about.to_owned(), None));
        }
        assert_eq!(read("plain", "v1"), ("plain".into(), None));
        assert_eq!(read(&format!("a {MARK}{{"), "v1"), ("a".into(), None));
    }

    #[test]
    fn the_same_recipe_later_is_another_version() {
        assert_eq!(recipe("v1").name(), recipe("v1").name());
        assert_ne!(recipe("v1").name(), recipe("v2").name());
        assert!((32..=64).contains(&recipe("").name().len()));
    }

    #[test]
    fn what_does_not_fit_into_a_description_is_refused() {
        assert!(describe(&"x".repeat(LONGEST), "").is_ok() && describe(&"x".repeat(LONGEST), "y").is_err());
    }
}
