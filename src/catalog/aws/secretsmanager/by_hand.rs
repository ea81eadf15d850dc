//! Values that people set, outside of any plan. What a secret holds is in no error and in no answer.

use aws_smithy_types::date_time::Format;
use serde_json::{Map, Value as Json};

use super::secret::{Secret, current};
use crate::{
    api::{ApiError, During, OrAbsent, ReadCx, Result, WriteCx},
    resource::tags::Tags,
};

/// A value for a secret.
pub struct Setting<'a> {
    /// The secret, with no reference left.
    pub want: &'a Secret,
    /// The tags that it is to have, if it is made.
    pub tags: &'a Tags,
    /// Whether it is there.
    pub there: bool,
    /// The value, or that of one of its keys.
    pub value: &'a str,
    /// The key whose value it is.
    pub key: Option<&'a str>,
    /// The same for every repetition: 32 to 64 letters and digits.
    pub token: &'a str,
}

/// What can be told of a secret.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Whether it has a value.
    pub valued: bool,
    /// When it was changed last, such as `2026-01-31T12:00:00Z`.
    pub changed: Option<String>,
    /// Whether it is scheduled for deletion.
    pub going: bool,
}

impl Setting<'_> {
    /// Sets it, and makes the secret if it is not there: the next plan finds it as it would have made it.
    pub async fn set(&self, cx: &WriteCx) -> Result<()> {
        let value = self.whole(&cx.read).await?;
        let Self { want, tags, token, .. } = self;
        if self.there {
            let call = cx.secrets.put_secret_value().secret_id(&want.secret_name).secret_string(value);
            return call.client_request_token(*token).send().await.during("secretsmanager:PutSecretValue").map(drop);
        }
        let call = want.creation(cx, tags, want.description.clone()).secret_string(value);
        call.client_request_token(*token).send().await.during("secretsmanager:CreateSecret").map(drop)
    }

    /// The whole value: with a key, the others stay as they are.
    async fn whole(&self, cx: &ReadCx) -> Result<String> {
        const CALL: &str = "secretsmanager:GetSecretValue";
        let Some(key) = self.key else { return Ok(self.value.to_owned()) };
        let call = cx.secrets.get_secret_value().secret_id(&self.want.secret_name);
        let before = if self.there { call.send().await.during(CALL).or_absent()? } else { None };
        let before = before.and_then(|it| it.secret_string).unwrap_or_else(|| "{}".to_owned());
        let with = with_key(&before, key, self.value);
        with.ok_or_else(|| ApiError::refused(CALL, "NotJson", "its value is no JSON object, so it has no keys"))
    }
}

/// `None` if `before` has no keys.
fn with_key(before: &str, key: &str, value: &str) -> Option<String> {
    let mut map: Map<String, Json> = serde_json::from_str(before).ok()?;
    map.insert(key.to_owned(), value.into());
    Some(Json::Object(map).to_string())
}

/// What can be told of the secret called `name`; `None` if there is none.
pub async fn tell(cx: &ReadCx, name: &str) -> Result<Option<Told>> {
    let call = cx.secrets.describe_secret().secret_id(name);
    let answer = call.send().await.during("secretsmanager:DescribeSecret").or_absent()?;
    Ok(answer.map(|it| Told {
        valued: current(&it).is_some(),
        changed: it.last_changed_date().and_then(|it| it.fmt(Format::DateTime).ok()),
        going: it.deleted_date().is_some(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_set_beside_the_others() {
        assert_eq!(with_key(r#"{"a":1,"b":"x"}"#, "b", "y\"z").as_deref(), Some(r#"{"a":1,"b":"y\"z"}"#));
        assert_eq!(with_key("{}", "a", "x").as_deref(), Some(r#"{"a":"x"}"#));
        assert!(["plain", "[]", ""].iter().all(|it| with_key(it, "a", "x").is_none()));
    }
}
