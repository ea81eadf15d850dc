//! Causes, refusals and failures in sentences.

use crate::{
    api::{ApiError, retry::Class},
    plan::{Because, Conflict},
    resource::{
        Risk,
        tags::{ENV, STACK},
    },
    run::Failure,
};

/// Why a step is there.
#[must_use]
pub fn because(it: &Because) -> String {
    match it {
        Because::Missing => "is not there".into(),
        Because::Differs => "differs".into(),
        Because::Unwanted => "is in no file of this stack".into(),
        Because::Begun => "an earlier run began it".into(),
        Because::Immutable(fields) => {
            let names: Vec<_> = fields.iter().map(|it| it.path.as_str()).collect();
            format!("replaced, for {} cannot change in place", names.join(" and "))
        }
        Because::Failed(why) => format!("replaced, for it failed: {why}"),
        Because::Holds(other) => format!("replaced, for it holds on to {other}, which is replaced"),
    }
}

/// What a step may do.
#[must_use]
pub fn risk(it: &Risk) -> String {
    match it {
        Risk::LosesData => "what it holds is lost".into(),
        Risk::Interrupts(what) | Risk::Exposes(what) => what.clone(),
    }
}

/// What is in the way, and what to do about it.
#[must_use]
pub fn conflict(it: &Conflict) -> String {
    match it {
        Conflict::Taken { address, id, tags } => {
            let owner = match (tags.get(STACK), tags.get(ENV)) {
                (Some(stack), Some(env)) => format!("belongs to {stack}/{env}"),
                _ => "is not infractl's".into(),
            };
            format!("{address}: its name is taken by {id}, which {owner}; rename one of them, or delete {id}")
        }
        Conflict::Twins { address, ids } => format!(
            "{address}: there are {}, all tagged as this resource; delete those that are not used, or their tag infractl:id",
            ids.join(" and ")
        ),
        Conflict::Circle { addresses } => {
            let names: Vec<_> = addresses.iter().map(ToString::to_string).collect();
            format!("{} need each other, so none can be first", names.join(", "))
        }
    }
}

/// What went wrong, and what to do about it.
#[must_use]
pub fn failure(it: &Failure) -> String {
    match it {
        Failure::Refused { error, after } => {
            let tried = if *after > 1 { format!(" (tried for {after} s)") } else { String::new() };
            format!("{error}{tried}{}", hint(error))
        }
        other => other.to_string(),
    }
}

/// What to do about a provider's refusal, on a line of its own.
#[must_use]
pub fn hint(error: &ApiError) -> String {
    let advice = match error.class() {
        Class::Denied => format!("the credentials in use may not do that: allow `{}`", error.call),
        Class::Expired => "the session has ended: log in again and run the same command".into(),
        Class::Quota => "an account limit is reached: raise it in the Service Quotas console, or use less".into(),
        Class::Blocked => {
            "something that infractl does not know still uses it: find it in the console, then run again".into()
        }
        Class::Throttled => "the account makes too many calls: wait a minute and run again".into(),
        Class::Unavailable if error.code == "NoAnswer" || error.code == "TimedOut" => {
            "the provider could not be reached: check the network and the region".into()
        }
        _ if error.message.contains("credential") => {
            "no credentials: set AWS_PROFILE, or try it without an account by --sandbox".into()
        }
        _ => return String::new(),
    };
    format!("\n  help: {advice}")
}
