//! Causes, refusals and failures in sentences.

use std::time::Duration;

use super::logs::tame;
use crate::{
    api::{ApiError, permissions::permission, retry::Class},
    hooks::{Told, Untold},
    plan::{Because, Conflict, cost::Cost},
    resource::{
        Risk,
        tags::{ENV, REGION, STACK},
    },
    run::Failure,
};

/// Why a resource is made anew, other than for the sake of fields.
#[must_use]
pub fn because(it: &Because) -> String {
    match it {
        Because::Missing => "it is not there".into(),
        Because::Differs => "it differs".into(),
        Because::Unwanted => "nobody wants it any more".into(),
        Because::Begun => "it is already being deleted".into(),
        Because::Immutable(_) => "it cannot change in place".into(),
        Because::Failed(why) => format!("it failed: {why}"),
        Because::Holds(other) => format!("because {other}, which it holds on to, has to go first"),
    }
}

/// Why a resource is made anew that refers to one that is.
#[must_use]
pub fn replaced_with(other: &str) -> String {
    format!("because {other} is replaced")
}

/// `1 step`, `2 steps`.
#[must_use]
pub fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// `45 s`, `2 min`.
#[must_use]
pub fn span(it: Duration) -> String {
    match it.as_secs() {
        it @ 0..100 => format!("{it} s"),
        it => format!("{} min", (it + 30) / 60),
    }
}

/// What a plan does to the monthly bill; nothing if it does nothing to it.
#[must_use]
pub fn cost(it: &Cost) -> Option<String> {
    let unknown = match it.unknown.len() {
        0 => String::new(),
        n => format!(", without {} whose price is not known", count(n, "resource")),
    };
    let (rise, after) = (it.rise(), it.after);
    let change = match rise {
        _ if rise.abs() < 0.5 && (unknown.is_empty() || after < 0.5) => return None,
        _ if rise.abs() < 0.5 => "as much as before".to_owned(),
        _ if rise > 0.0 => format!("${rise:.0} a month more"),
        _ => format!("${:.0} a month less", -rise),
    };
    Some(format!("Cost: about {change}, ${after:.0} in all{unknown}; list prices, what is used comes on top"))
}

/// What a step may do.
#[must_use]
pub fn risk(it: &Risk) -> String {
    match it {
        Risk::LosesData => "what it holds is lost".into(),
        Risk::Leaves(what) | Risk::Interrupts(what) | Risk::Exposes(what) | Risk::Defers(what) => what.clone(),
        Risk::Protected => "it is protected from deletion".into(),
    }
}

/// What is in the way, and what to do about it.
#[must_use]
pub fn conflict(it: &Conflict) -> (String, String) {
    match it {
        Conflict::Taken { address, id, tags } => {
            let owner = match (tags.get(STACK), tags.get(ENV), tags.get(REGION)) {
                (Some(stack), Some(env), Some(region)) => format!("belongs to {stack}/{env} in {region}"),
                _ => "is not infractl's".into(),
            };
            let what = format!("{address}: its name is taken by {id}, which {owner}");
            (what, format!("rename one of them, or delete {id} if nobody needs it"))
        }
        Conflict::Twins { address, ids } => (
            format!("{address}: there are {}, tagged as the same resource", ids.join(" and ")),
            "delete those that nobody uses, or remove their tag `infractl:id`".into(),
        ),
        Conflict::Broken { address, why } => (
            format!("{address}: it failed: {why}"),
            "it holds data, so it is not made anew by itself: repair it, or delete it by hand".into(),
        ),
        Conflict::Refused { address, why } => {
            (format!("{address}: {why}"), "write in the file what it is, or make another one and move over".into())
        }
        Conflict::Circle { addresses } => {
            let names: Vec<_> = addresses.iter().map(ToString::to_string).collect();
            let help = "this is a fault of infractl: please report it, with the stack file";
            (format!("{} need each other, so none can be first", names.join(", ")), help.into())
        }
    }
}

/// What went wrong, and what to do about it.
#[must_use]
pub fn failure(it: &Failure) -> String {
    match it {
        Failure::Refused { error, .. } => format!("{}{}", lasting(it), hint(error)),
        Failure::Blocked { error, by, .. } if by.is_empty() => format!("{}{}", lasting(it), hint(error)),
        Failure::Blocked { .. } => {
            format!("{}\n  help: remove what is in the way, or wait until it has gone, and run again", lasting(it))
        }
        other => other.to_string(),
    }
}

/// What keeps a step from being done, for so long by now.
#[must_use]
pub fn lasting(it: &Failure) -> String {
    let tried = |after: u64| match after {
        0 | 1 => String::new(),
        _ => format!(" (tried for {})", span(Duration::from_secs(after))),
    };
    match it {
        Failure::Refused { error, after } => format!("{error}{}", tried(*after)),
        Failure::Blocked { error, after, by } => {
            let by: Vec<_> = by.iter().map(|it| format!("\n    in the way: {it}")).collect();
            format!("{error}{}{}", tried(*after), by.concat())
        }
        other => other.to_string(),
    }
}

/// What became of a hook.
#[must_use]
pub fn told(Told { release, receiver, said }: &Told<'_>) -> String {
    let (who, what) = (receiver.as_str(), format!("{} {}", release.service, release.version()));
    match said {
        Ok(()) => format!("told {who} of {what}"),
        Err(why) => {
            let help = match why {
                Untold::Refused(error) if error.class() == Class::Denied => hint(error),
                _ => String::new(),
            };
            format!("warning: {who} was not told of {what}: {}{help}", tame(&why.to_string()))
        }
    }
}

/// What to do about a provider's refusal, on a line of its own.
#[must_use]
pub fn hint(error: &ApiError) -> String {
    let advice = match error.class() {
        Class::Denied => format!("the credentials in use may not do that: allow `{}`", permission(&error.call)),
        Class::Expired if error.code == "NoCredentials" => {
            "set AWS_PROFILE or log in, as for the AWS CLI; or try it without an account by --sandbox".into()
        }
        Class::Expired => "the session has ended: log in again and run the same command".into(),
        Class::Quota => "an account limit is reached: raise it in the Service Quotas console, or use less".into(),
        Class::Blocked => {
            "something that infractl does not know still uses it: find it in the console, then run again".into()
        }
        Class::Throttled => "the account makes too many calls: wait a minute and run again".into(),
        Class::Unavailable if error.code == "NoAnswer" || error.code == "TimedOut" => {
            "the provider could not be reached: check the network and the region".into()
        }
        _ => return String::new(),
    };
    format!("\n  help: {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_plain() {
        assert_eq!([0, 1, 2].map(|it| count(it, "step")), ["0 steps", "1 step", "2 steps"]);
        assert_eq!([1, 90, 120, 601].map(|it| span(Duration::from_secs(it))), ["1 s", "90 s", "2 min", "10 min"]);
    }
}
