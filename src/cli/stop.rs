//! Why a command ends early, and with which exit code.

use std::{io, path::PathBuf};

use serde_json::{Value, json};

use crate::{
    api::ApiError,
    plan::Conflict,
    sandbox::SandboxError,
    show::{err, json, out, problem, words},
    spec::Problems,
};

/// Why a command ends early.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The stack file has errors.
    #[error("the stack file has errors")]
    Problems(Problems),
    /// Something could not be seen, so nothing can be planned.
    #[error("not everything could be seen, so nothing is planned")]
    Unseen(Vec<ApiError>),
    /// Something is in the way.
    #[error("the plan has conflicts")]
    Conflicts(Vec<Conflict>),
    /// It could be done, but not safely.
    #[error("{why}")]
    Refused {
        /// What is unsafe.
        why: String,
        /// What to do about it.
        help: String,
    },
    /// The arguments do not fit.
    #[error("{why}")]
    Usage {
        /// What does not fit.
        why: String,
        /// What to write instead.
        help: String,
    },
    /// A file could not be read or written.
    #[error("{path}: {}", plain(error))]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: io::Error,
        /// What to do about it.
        help: Option<&'static str>,
    },
    /// A provider refused.
    #[error("{0}")]
    Api(#[from] ApiError),
    /// There is no sandbox.
    #[error("{0}")]
    Sandbox(#[from] SandboxError),
    /// Whoever read the output went away.
    #[error("the output could not be written: {0}")]
    Output(#[from] io::Error),
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

impl Stop {
    /// 1 failed, 2 usage, 4 refused as unsafe.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::Usage { .. } => 2,
            Self::Refused { .. } | Self::Conflicts(_) | Self::Unseen(_) => 4,
            _ => 1,
        }
    }

    /// Says so: to people where messages go, to machines where results go, on one line where those are `lines`.
    pub(super) fn show(&self, json: bool, lines: bool) {
        let message = self.to_string();
        let help = self.help();
        if json {
            let tree = json::stop(&message, help.as_deref(), self.details());
            // The exit code says the same to those who do not read this.
            let _ = out(&if lines { format!("{tree}\n") } else { format!("{tree:#}\n") });
            return;
        }
        err(&match self {
            Self::Problems(it) => problem::problems(it),
            Self::Unseen(errors) => problem::error(&message, None) + &problem::unseen(errors),
            Self::Api(error) => problem::error(&format!("{error}{}", words::hint(error)), None),
            _ => problem::error(&message, help.as_deref()),
        });
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Refused { help, .. } | Self::Usage { help, .. } => Some(help.clone()),
            Self::Conflicts(_) => Some("solve them as the plan says; nothing was changed".into()),
            Self::File { help, .. } => help.map(str::to_owned),
            Self::Sandbox(it) => it.help().map(str::to_owned),
            _ => None,
        }
    }

    /// What is behind it, and what that is.
    fn details(&self) -> Option<(&'static str, Value)> {
        match self {
            Self::Problems(it) => Some(("problems", json::problems(it))),
            Self::Conflicts(it) => Some(("conflicts", json::conflicts(it))),
            Self::Unseen(errors) => Some(("refusals", json!(errors))),
            Self::Api(error) => Some(("refusals", json!([error]))),
            _ => None,
        }
    }
}

/// What the system says, without its number for it.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error").map_or(text.as_str(), |(it, _)| it).to_owned()
}
