//! What is done with a request: <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html>.

use std::collections::BTreeSet;

use aws_sdk_elasticloadbalancingv2::types::{
    Action as SdkAction, ActionTypeEnum, FixedResponseActionConfig, ForwardActionConfig, RedirectActionConfig,
    RedirectActionStatusCodeEnum, TargetGroupTuple,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::resource::value::In;

/// What is done with a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is answered with a status and a text.
    Respond(Response),
    /// The client is told to go elsewhere.
    Redirect(Redirect),
    /// It is given to one of the targets of these target groups.
    Forward(BTreeSet<In<String>>),
    /// Something that is never set here, such as `authenticate-oidc`.
    Other(String),
}

/// An answer that is always the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Response {
    /// Such as 404.
    pub status: u16,
    /// Such as `text/plain`.
    pub content_type: String,
    /// Its text; may be empty.
    pub body: String,
}

/// Where clients are sent; what is left of the request as it was is written `#{host}`, `#{path}`, `#{query}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Redirect {
    /// `HTTP`, `HTTPS`, or `#{protocol}`.
    pub protocol: String,
    /// Such as `443`, or `#{port}`.
    pub port: String,
    /// Such as `www.example.com`, or `#{host}`.
    pub host: String,
    /// Such as `/#{path}`.
    pub path: String,
    /// Such as `#{query}`.
    pub query: String,
    /// Whether clients may remember it: 301 rather than 302.
    pub permanent: bool,
}

impl Redirect {
    /// The same by HTTPS.
    #[must_use]
    pub fn to_https() -> Self {
        Self {
            protocol: "HTTPS".into(),
            port: "443".into(),
            host: "#{host}".into(),
            path: "/#{path}".into(),
            query: "#{query}".into(),
            permanent: true,
        }
    }
}

impl Action {
    /// What the provider shows; the last action is the one that ends the matter, those before it authenticate.
    pub(super) fn of(actions: &[SdkAction]) -> Self {
        let other = |it: &SdkAction| Self::Other(it.r#type().map_or("none", ActionTypeEnum::as_str).to_owned());
        match actions {
            [only] => match only.r#type() {
                Some(ActionTypeEnum::FixedResponse) => {
                    only.fixed_response_config().map_or_else(|| other(only), respond)
                }
                Some(ActionTypeEnum::Redirect) => only.redirect_config().map_or_else(|| other(only), redirect),
                Some(ActionTypeEnum::Forward) => Self::Forward(shares(only).into_iter().map(|(it, _)| it).collect()),
                _ => other(only),
            },
            [first, ..] => other(first),
            [] => Self::Other("none".into()),
        }
    }

    /// The same as the SDK takes it.
    pub(super) fn to_sdk(&self) -> SdkAction {
        let action = SdkAction::builder();
        match self {
            Self::Respond(it) => {
                let config = FixedResponseActionConfig::builder().status_code(it.status.to_string());
                let body = Some(it.body.clone()).filter(|it| !it.is_empty());
                let config = config.content_type(&it.content_type).set_message_body(body).build();
                action.r#type(ActionTypeEnum::FixedResponse).fixed_response_config(config).build()
            }
            Self::Redirect(it) => {
                let code = if it.permanent {
                    RedirectActionStatusCodeEnum::Http301
                } else {
                    RedirectActionStatusCodeEnum::Http302
                };
                let config = RedirectActionConfig::builder().protocol(&it.protocol).port(&it.port).host(&it.host);
                let config = config.path(&it.path).query(&it.query).status_code(code).build();
                action.r#type(ActionTypeEnum::Redirect).redirect_config(config).build()
            }
            Self::Forward(groups) => forward(groups.iter().map(|it| (it.get().as_str(), 1))),
            Self::Other(name) => action.r#type(name.as_str().into()).build(),
        }
    }
}

/// An action that gives requests to target groups, each its share of them.
pub(super) fn forward<'a>(shares: impl IntoIterator<Item = (&'a str, u16)>) -> SdkAction {
    let group = |(arn, weight): (&str, u16)| {
        TargetGroupTuple::builder().target_group_arn(arn).weight(i32::from(weight)).build()
    };
    let config = ForwardActionConfig::builder().set_target_groups(Some(shares.into_iter().map(group).collect()));
    SdkAction::builder().r#type(ActionTypeEnum::Forward).forward_config(config.build()).build()
}

/// The target groups of an action that forwards, and their shares; one alone is also shown in a shorter form, without one.
pub(super) fn shares(action: &SdkAction) -> Vec<(In<String>, u16)> {
    let weight = |it: &TargetGroupTuple| it.weight().and_then(|it| u16::try_from(it).ok()).unwrap_or(1);
    let long = action.forward_config().map(ForwardActionConfig::target_groups).unwrap_or_default();
    let long = long.iter().filter_map(|it| Some((it.target_group_arn()?.into(), weight(it))));
    let short = action.target_group_arn().filter(|_| action.forward_config().is_none());
    long.chain(short.map(|it| (it.into(), 1))).collect()
}

fn respond(it: &FixedResponseActionConfig) -> Action {
    Action::Respond(Response {
        status: it.status_code().and_then(|it| it.parse().ok()).unwrap_or_default(),
        content_type: it.content_type().unwrap_or("text/plain").to_owned(),
        body: it.message_body().unwrap_or_default().to_owned(),
    })
}

/// What was left out is shown as the request's own.
fn redirect(it: &RedirectActionConfig) -> Action {
    let text = |it: Option<&str>, default: &str| it.filter(|it| !it.is_empty()).unwrap_or(default).to_owned();
    Action::Redirect(Redirect {
        protocol: text(it.protocol(), "#{protocol}"),
        port: text(it.port(), "#{port}"),
        host: text(it.host(), "#{host}"),
        path: text(it.path(), "/#{path}"),
        query: text(it.query(), "#{query}"),
        permanent: it.status_code() == Some(&RedirectActionStatusCodeEnum::Http301),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(arn: &str) -> TargetGroupTuple {
        TargetGroupTuple::builder().target_group_arn(arn).build()
    }

    #[test]
    fn a_target_group_is_the_same_in_both_forms() {
        let short = SdkAction::builder().r#type(ActionTypeEnum::Forward).target_group_arn("tg-1");
        let long = ForwardActionConfig::builder().target_groups(group("tg-1")).build();
        let both = short.clone().forward_config(long.clone()).order(1).build();
        let long = SdkAction::builder().r#type(ActionTypeEnum::Forward).forward_config(long).build();
        for it in [short.build(), both, long] {
            assert_eq!(shares(&it), [("tg-1".into(), 1)]);
            assert_eq!(Action::of(&[it]), Action::Forward(["tg-1".into()].into()));
        }
    }

    #[test]
    fn what_is_sent_is_what_is_shown() {
        let response = Response { status: 404, content_type: "text/plain".into(), body: String::new() };
        for action in [
            Action::Respond(response),
            Action::Redirect(Redirect::to_https()),
            Action::Forward(["tg-1".into(), "tg-2".into()].into()),
        ] {
            assert_eq!(Action::of(&[action.to_sdk()]), action);
        }
    }

    #[test]
    fn what_a_redirect_leaves_out_stays_as_it_was() {
        let config = RedirectActionConfig::builder().protocol("HTTPS").port("443");
        let config = config.status_code(RedirectActionStatusCodeEnum::Http301).build();
        let action = SdkAction::builder().r#type(ActionTypeEnum::Redirect).redirect_config(config).order(1).build();
        assert_eq!(Action::of(&[action]), Action::Redirect(Redirect::to_https()));
    }

    #[test]
    fn what_is_never_set_here_shows() {
        let first = SdkAction::builder().r#type(ActionTypeEnum::AuthenticateOidc).order(1).build();
        let then = SdkAction::builder().r#type(ActionTypeEnum::Forward).target_group_arn("tg-1").order(2).build();
        assert_eq!(Action::of(&[first, then]), Action::Other("authenticate-oidc".into()));
        assert_eq!(Action::of(&[]), Action::Other("none".into()));
    }
}
