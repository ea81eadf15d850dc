//! What those who connect to a database have to know. It is read to be put together with other text, at the last moment, and
//! goes no further.

use serde_json::{Map, Value};

use crate::{
    api::{ApiError, Result, vendor::Reader},
    resource::text::digest::short,
};

pub(super) const GET: &str = "upstash:GetDatabase";
/// The keys of an answer that nobody is shown.
const SECRET: [&str; 2] = ["password", "rest_token"];
/// How long the word is that stands for them.
const WORD: usize = 16;

/// By its keys: `password` and `rest_token`.
pub struct Credentials(Map<String, Value>);

impl Credentials {
    /// Asks for those of the database called `id`.
    ///
    /// # Errors
    /// What was said.
    pub async fn of(upstash: &Reader, id: &str) -> Result<Self> {
        Self::within(&upstash.get(GET, &super::database::path(id), &[]).await?)
    }

    /// Those in an answer.
    pub(super) fn within(answer: &Value) -> Result<Self> {
        // Whatever is wrong with a value, it is not told.
        let text = |key: &str| answer.get(key)?.as_str().filter(|it| !it.is_empty());
        let found = SECRET.iter().filter_map(|key| Some(((*key).to_owned(), text(key)?.into())));
        let found = Self(found.collect());
        let whole = found.0.contains_key("password");
        if whole { Ok(found) } else { Err(ApiError::incomplete(GET, "password: the key may read no credentials")) }
    }

    /// A word for them that gives nothing away: the same as long as nobody resets them.
    #[must_use]
    pub fn version(&self, id: &str) -> String {
        let text = |key: &&str| self.0.get(*key).and_then(Value::as_str).unwrap_or_default().to_owned();
        short(&[id.to_owned()].into_iter().chain(SECRET.iter().map(text)).collect::<Vec<_>>().join("\n"), WORD)
    }

    /// Each with its key.
    #[must_use]
    pub fn parts(self) -> Map<String, Value> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn another_password_is_another_version() {
        let version = |password: &str, token: &str, id: &str| {
            let answer = json!({ "password": password, "rest_token": token, "port": 6379 });
            Credentials::within(&answer).unwrap().version(id)
        };
        let one = version("p", "t", "1");
        assert_eq!((one.len(), &one), (WORD, &version("p", "t", "1")));
        assert!([version("q", "t", "1"), version("p", "u", "1"), version("p", "t", "2")].iter().all(|it| *it != one));
    }

    #[test]
    fn what_is_wrong_with_an_answer_does_not_tell_it() {
        for answer in [json!({}), json!({ "password": "" }), json!({ "password": 12345 })] {
            let error = Credentials::within(&answer).err().unwrap();
            assert!(error.message.contains("no password") && !error.message.contains("12345"), "{error}");
        }
        let parts = Credentials::within(&json!({ "password": "p", "endpoint": "x" })).unwrap().parts();
        assert_eq!(json!(parts), json!({ "password": "p" }));
    }
}
