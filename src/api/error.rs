//! What providers refuse, in one shape for all of them.

use std::{error::Error, fmt, iter::successors, time::Duration};

use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde::Serialize;

use super::retry::{self, Class};

/// A call that did not do what it was for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
pub struct ApiError {
    /// Such as `ec2:CreateVpc`: also the name of the permission that it needs.
    pub call: String,
    /// The provider's word for what is wrong; empty if it said none.
    pub code: String,
    /// The provider's sentence on it.
    pub message: String,
    /// What the provider's support asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Whether the call may have been carried out all the same: no answer came, or one that leaves it open.
    pub ambiguous: bool,
    /// For how long the provider asks to be left alone.
    #[serde(skip)]
    pub retry_after: Option<Duration>,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.call)?;
        if !self.code.is_empty() {
            write!(f, " {}", self.code)?;
        }
        write!(f, ": {}", self.message)?;
        self.request_id.iter().try_for_each(|it| write!(f, " (request {it})"))
    }
}

impl ApiError {
    /// A refusal that infractl itself found, such as an item that a 200 reports as not done.
    #[must_use]
    pub fn refused(call: &str, code: &str, message: impl Into<String>) -> Self {
        Self {
            call: call.into(),
            code: code.into(),
            message: message.into(),
            request_id: None,
            ambiguous: false,
            retry_after: None,
        }
    }

    /// An answer that lacks what the provider's model promises.
    #[must_use]
    pub fn incomplete(call: &str, what: &str) -> Self {
        Self::refused(call, "IncompleteAnswer", format!("the answer has no {what}"))
    }

    /// A value that is not of its type, as a plan that was edited may have.
    #[must_use]
    pub fn malformed(kind: &str, error: &serde_json::Error) -> Self {
        Self::refused(kind, "Malformed", error.to_string())
    }

    /// What it means to whoever made the call.
    #[must_use]
    pub fn class(&self) -> Class {
        retry::rule(self).class
    }
}

/// Turns what an SDK says into an [`ApiError`].
pub trait During<T> {
    /// `call` is `service:Operation`, as permissions name it.
    fn during(self, call: &str) -> Result<T, ApiError>;
}

impl<T, E> During<T> for Result<T, SdkError<E, HttpResponse>>
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    fn during(self, call: &str) -> Result<T, ApiError> {
        self.map_err(|error| from_sdk(call, &error))
    }
}

fn from_sdk<E>(call: &str, error: &SdkError<E, HttpResponse>) -> ApiError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let status = error.raw_response().map(|it| it.status().as_u16());
    let said = error.as_service_error();
    let meta = said.map(ProvideErrorMetadata::meta);
    let request_id = meta.and_then(|it| it.extra("aws_request_id")).map(str::to_owned);
    let causes = causes(error);
    let code = meta.and_then(|it| it.code()).map_or_else(|| unnamed(error, status, &causes), str::to_owned);
    let message = meta.and_then(|it| it.message()).map_or(causes, str::to_owned);
    let unsent = matches!(error, SdkError::ConstructionFailure(_))
        || matches!(error, SdkError::DispatchFailure(it) if it.is_user());
    let open = status.is_none_or(|it| it >= 500) || said.is_none();
    let ambiguous = open && !unsent && retry::named(call, &code, &message).is_none();
    ApiError { call: call.to_owned(), code, message, request_id, ambiguous, retry_after: None }
}

/// An error and what led to it. The SDK's own way to say so adds all that it knows, headers and bodies included.
fn causes(error: &(dyn Error + 'static)) -> String {
    let texts = successors(Some(error), |it| (*it).source()).map(ToString::to_string);
    let mut acc: Vec<String> = Vec::new();
    for text in texts {
        // Some errors repeat what led to them.
        if !acc.last().is_some_and(|it| it.ends_with(&text)) {
            acc.push(text);
        }
    }
    acc.join(": ")
}

/// A word for what came without one.
fn unnamed<E>(error: &SdkError<E, HttpResponse>, status: Option<u16>, causes: &str) -> String {
    match (error, status) {
        // No type that the SDK makes public tells this from other failures to connect.
        (SdkError::DispatchFailure(_), _) if causes.contains("credential") => "NoCredentials".into(),
        (SdkError::ConstructionFailure(_), _) => "NotSent".into(),
        (SdkError::TimeoutError(_), _) => "TimedOut".into(),
        (SdkError::DispatchFailure(it), _) if it.is_user() => "NotSent".into(),
        (SdkError::DispatchFailure(_), _) => "NoAnswer".into(),
        (_, Some(status)) => format!("Http{status}"),
        _ => "NoAnswer".into(),
    }
}

/// Turns “there is no such thing” into `None`.
pub trait OrAbsent<T> {
    /// `None` if what was asked for does not exist.
    fn or_absent(self) -> Result<Option<T>, ApiError>;
}

impl<T> OrAbsent<T> for Result<T, ApiError> {
    fn or_absent(self) -> Result<Option<T>, ApiError> {
        match self {
            Ok(it) => Ok(Some(it)),
            Err(error) if error.class() == Class::Absent => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Turns what says that the work is done already into success.
pub trait OrDone {
    /// `Ok` also if what was to be made exists, or what was to be removed does not.
    fn or_done(self) -> Result<(), ApiError>;
}

impl<T> OrDone for Result<T, ApiError> {
    fn or_done(self) -> Result<(), ApiError> {
        match self {
            Ok(_) => Ok(()),
            Err(error) if matches!(error.class(), Class::Absent | Class::Exists) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
    use aws_smithy_runtime_api::client::result::ConnectorError;

    use super::*;

    fn not_sent(why: &str) -> ApiError {
        let error = ConnectorError::other(why.into(), None);
        from_sdk("sts:GetCallerIdentity", &SdkError::<GetCallerIdentityError, _>::dispatch_failure(error))
    }

    #[test]
    fn without_credentials_nothing_was_sent() {
        let error = not_sent("no credentials found in chain");
        assert_eq!((error.code.as_str(), error.class(), error.ambiguous), ("NoCredentials", Class::Expired, false));
        let error = not_sent("connection refused");
        assert_eq!((error.code.as_str(), error.class(), error.ambiguous), ("NoAnswer", Class::Unavailable, true));
    }

    #[test]
    fn causes_are_told_once_and_without_what_only_programs_read() {
        assert_eq!(not_sent("no route").message, "dispatch failure: other: no route");
    }
}
