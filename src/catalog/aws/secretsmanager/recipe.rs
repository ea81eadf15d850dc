//! Values that nobody writes: made at random, or put together from another secret or from what another provider knows.
//!
//! Whether a composed value is current can be told without reading it. The secret's description ends with the recipe, and
//! the value's version is called by the recipe's digest: both are set in the call that sets the value. A recipe whose digest
//! is not the current version's name is a memory only: someone else has set the value since.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::secret::Value;
use crate::{
    api::{ApiError, During, ReadCx, Result},
    catalog::upstash::credentials::Credentials,
    resource::{text::digest::short, value::In},
};

/// What stands in a description before the recipe.
const MARK: &str = "infractl puts it together: ";
/// How long a description may be:
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>.
const LONGEST: usize = 2048;
/// How long a version's name is: at least as long as the service asks for.
const NAME: usize = 32;
const GET: &str = "secretsmanager:GetSecretValue";
const UPSTASH: &str = "upstash:GetDatabase";

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

/// A value that is put together from what Upstash alone knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FromUpstash {
    /// The text, in which `{password}` and `{rest_token}` stand for what those who connect to the database need. Where the
    /// text is a URL, what is put in is percent-encoded.
    pub template: In<String>,
    /// The database's id.
    pub database: In<String>,
    /// The word that stands for its credentials: once they are reset, another value is made.
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
    #[serde(flatten)]
    from: Origin,
    version: String,
    /// The version before it: the same recipe again is a new version, since a version's name is never taken twice.
    after: String,
}

/// Where what is put in comes from.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Origin {
    /// The ARN of another secret.
    Secret(String),
    /// The id of a database at Upstash.
    Upstash(String),
}

/// The value, with the version `after` which it comes; `None` if it is not put together.
pub(super) async fn compose(cx: &ReadCx, value: &Value, after: &str) -> Result<Option<Made>> {
    let Some(recipe) = Recipe::of(value, after) else { return Ok(None) };
    let (call, of, parts) = match &recipe.from {
        Origin::Secret(arn) => (GET, arn, parts(cx, arn, &recipe.version).await?),
        Origin::Upstash(id) => (UPSTASH, id, credentials(cx, id, &recipe.version).await?),
    };
    let lacks = |key| ApiError::refused(call, "NoSuchKey", format!("{of} has no key `{key}`"));
    let text = fill(&recipe.template, &parts).map_err(lacks)?;
    Ok(Some(Made { text, version: recipe.name(), note: recipe.note() }))
}

impl Recipe {
    fn of(value: &Value, after: &str) -> Option<Self> {
        let text = |it: &In<String>| it.get().clone();
        let (template, from, version) = match value {
            Value::Generated { .. } => return None,
            Value::Composed(it) => (&it.template, Origin::Secret(text(&it.secret)), &it.version),
            Value::Upstash(it) => (&it.template, Origin::Upstash(text(&it.database)), &it.version),
        };
        Some(Self { template: text(template), from, version: text(version), after: after.to_owned() })
    }

    /// The value that it is the recipe of.
    fn value(self) -> Value {
        let (template, version) = (self.template.into(), self.version.into());
        match self.from {
            Origin::Secret(arn) => Value::Composed(Composed { template, secret: arn.into(), version }),
            Origin::Upstash(id) => Value::Upstash(FromUpstash { template, database: id.into(), version }),
        }
    }

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
pub(super) fn read(description: &str, current: &str) -> (String, Option<Value>) {
    let Some((about, noted)) = description.rsplit_once(MARK) else { return (description.to_owned(), None) };
    let recipe = serde_json::from_str::<Recipe>(noted).ok().filter(|it| it.name() == current);
    (about.trim_end().to_owned(), recipe.map(Recipe::value))
}

/// The keys and values of another secret. What it holds appears in no error.
async fn parts(cx: &ReadCx, arn: &str, version: &str) -> Result<Map<String, Json>> {
    if version.is_empty() {
        let why = format!("{arn} has no value yet: `infractl secrets set` sets it");
        return Err(ApiError::refused(GET, "NoValue", why));
    }
    let call = cx.secrets.get_secret_value().secret_id(arn).version_id(version);
    let answer = call.send().await.during(GET)?;
    let parts = answer.secret_string().and_then(|it| serde_json::from_str(it).ok());
    parts.ok_or_else(|| ApiError::refused(GET, "NotJson", format!("{arn} is no JSON object")))
}

/// What those who connect to a database need, as long as it is what `version` stands for: what was reset since is another
/// value, which nobody has planned.
async fn credentials(cx: &ReadCx, id: &str, version: &str) -> Result<Map<String, Json>> {
    let found = Credentials::of(cx.vendors.upstash()?, id).await?;
    if found.version(id) == version {
        return Ok(found.parts());
    }
    let why = format!("the credentials of {id} were reset meanwhile: plan again");
    Err(ApiError::refused(UPSTASH, "Reset", why))
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
        let it = Composed { template: TEMPLATE.into(), secret: secret.into(), version: "v1".into() };
        Recipe::of(&Value::Composed(it), after).unwrap()
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
            assert_eq!((said.as_str(), composed), (about, Some(self::recipe("").value())));
            assert_eq!(read(&description, "another"), (about.to_owned(), None));
        }
        assert_eq!(read("plain", "v1"), ("plain".into(), None));
        assert_eq!(read(&format!("a {MARK}{{"), "v1"), ("a".into(), None));
    }

    #[test]
    fn what_it_is_made_of_is_noted() {
        let database = FromUpstash { template: "{rest_token}".into(), database: "96ad".into(), version: "v1".into() };
        let recipe = Recipe::of(&Value::Upstash(database.clone()), "").unwrap();
        let noted = r#"{"template":"{rest_token}","upstash":"96ad","version":"v1","after":""}"#;
        let as_noted: Json = serde_json::from_str(noted).unwrap();
        assert_eq!(json!(recipe), as_noted);
        assert_eq!(read(&recipe.note(), &recipe.name()).1, Some(Value::Upstash(database)));
        let secret = json!(self::recipe(""));
        assert!(secret["secret"].as_str().unwrap().starts_with("arn:"), "{secret}");
        assert!(Recipe::of(&Value::Generated { length: 8, exclude: String::new() }, "").is_none());
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
