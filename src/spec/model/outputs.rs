//! What components give to others: one table, in which each has a line.

use super::{OutPath, Reference, Spec};
use crate::{
    diagnostic::{Diagnostic, did_you_mean},
    spec::problems::MOST_NAMES,
};

/// The components that have outputs, by their keys in the file.
#[rustfmt::skip]
pub const COMPONENTS: &[&Outputs] = &[
    &super::network_outputs::OUTPUTS,
    &super::key::OUTPUTS,
    &super::registry::OUTPUTS,
    &super::bucket::OUTPUTS,
    &super::secret::OUTPUTS,
    &super::database::OUTPUTS,
    &super::cache::OUTPUTS,
    &super::certificate::OUTPUTS,
    &super::dns::OUTPUTS,
    &super::cloudflare::OUTPUTS,
    &super::load_balancer::OUTPUTS,
    &super::site::OUTPUTS,
    &super::service::OUTPUTS,
    &super::service::CLUSTER_OUTPUTS,
    &super::notify::OUTPUTS,
    &super::dashboard::OUTPUTS,
];

/// What one component gives.
#[derive(Debug)]
pub struct Outputs {
    /// The component's key at the top of the file, such as `databases`.
    pub component: &'static str,
    /// What one of it is called, such as `database`.
    pub noun: &'static str,
    /// How many there can be.
    pub count: Count,
    /// What each gives.
    pub outputs: &'static [Output],
    /// What is wrong with a reference to one that the file has, because of how it is set up there. Its path is that of the
    /// reference.
    pub check: Option<fn(&Spec, &Reference) -> Option<Diagnostic>>,
}

/// How many things a component can be.
#[derive(Debug)]
pub enum Count {
    /// One, referred to as in `network.vpc_id`.
    One {
        /// Whether the file has it.
        there: fn(&Spec) -> bool,
        /// The output that the component's key alone stands for, as in `load_balancer`.
        short: Option<&'static str>,
    },
    /// One for each name, referred to as in `databases.main.host`.
    Named {
        /// The names that the file has.
        names: fn(&Spec) -> Vec<String>,
        /// The output that a name alone stands for, as in `registries.api`.
        short: Option<&'static str>,
    },
}

/// One output.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// Its name; one that is only referred to by the component's short form has none. `NAME` at the end stands for a name
    /// declared in the file, such as a security group's, `KEY` for any word.
    pub name: &'static str,
    /// What it is, without a full stop.
    pub about: &'static str,
    /// Whether its value is never text, but fetched by whoever needs it.
    pub secret: bool,
}

impl Output {
    /// An output whose value anyone may see.
    #[must_use]
    pub const fn text(name: &'static str, about: &'static str) -> Self {
        Self { name, about, secret: false }
    }

    /// An output whose value no one may see.
    #[must_use]
    pub const fn secret(name: &'static str, about: &'static str) -> Self {
        Self { name, about, secret: true }
    }

    fn fits(&self, output: &str) -> bool {
        let (start, last) = self.name.split_at(self.name.rfind('.').map_or(0, |at| at + 1));
        output.strip_prefix(start).is_some_and(|rest| match last {
            "NAME" => !rest.is_empty(),
            "KEY" => !rest.is_empty() && !rest.contains('.'),
            _ => rest == last,
        })
    }
}

impl Outputs {
    /// Every way to refer to an output, such as `databases.NAME.host`, with what it gives.
    pub fn forms(&self) -> impl Iterator<Item = (String, Output)> {
        let (name, short) = match self.count {
            Count::One { short, .. } => ("", short),
            Count::Named { short, .. } => (".NAME", short),
        };
        let short = short.and_then(|it| Some((format!("{}{name}", self.component), *self.output(it)?)));
        let full = self.outputs.iter().filter(|it| !it.name.is_empty());
        short.into_iter().chain(full.map(move |it| (format!("{}{name}.{}", self.component, it.name), *it)))
    }

    /// What the component's key alone names, or what is wrong with that in the setting at `path`.
    pub(in crate::spec) fn alone(&self, path: &str) -> Result<OutPath, Diagnostic> {
        match self.count {
            Count::One { short: Some(short), .. } => self.resolve(short, path),
            _ => Err(self.incomplete(None, path)),
        }
    }

    /// What `rest` names in this component, or what is wrong with it in the setting at `path`.
    pub(in crate::spec) fn resolve(&self, rest: &str, path: &str) -> Result<OutPath, Diagnostic> {
        let (name, written) = match self.count {
            Count::One { .. } => (None, rest),
            Count::Named { .. } => rest.split_once('.').map_or((Some(rest), ""), |(name, it)| (Some(name), it)),
        };
        let short = match self.count {
            Count::Named { short, .. } if name == Some(rest) => short,
            _ => None,
        };
        let output = short.unwrap_or(written);
        if name == Some("") || (output.is_empty() && short.is_none()) {
            return Err(self.incomplete(name.filter(|it| !it.is_empty()), path));
        }
        let to = OutPath {
            component: self.component.into(),
            name: name.map(str::to_owned),
            output: output.into(),
            secret: self.output(output).is_some_and(|it| it.secret),
        };
        if self.output(output).is_some() { Ok(to) } else { Err(self.no_output(&to, path)) }
    }

    /// The problem of a reference at `path` that names no output.
    pub(in crate::spec) fn incomplete(&self, name: Option<&str>, path: &str) -> Diagnostic {
        let (component, noun) = (self.component, self.noun);
        let message = match (name, &self.count) {
            (Some(name), _) => format!("`{component}.{name}` is a {noun}; a reference names one of its outputs"),
            (None, Count::One { .. }) => format!("`{component}` is a component; a reference names one of its outputs"),
            (None, Count::Named { .. }) => format!("`{component}` is a component; a reference names a {noun} in it"),
        };
        let help = match (name, &self.count) {
            (None, Count::Named { .. }) => {
                format!("there are {}", self.forms().map(|(it, _)| it).collect::<Vec<_>>().join(", "))
            }
            _ => self.list(),
        };
        Diagnostic::error("ref/unknown", path, message).help(help)
    }

    fn no_output(&self, to: &OutPath, path: &str) -> Diagnostic {
        let whose = match to.name {
            Some(_) => format!("`{}`", to.target()),
            None => format!("the {}", self.noun),
        };
        let problem = Diagnostic::error("ref/unknown", path, format!("{whose} has no output `{}`", to.output));
        match did_you_mean(&to.output, self.outputs.iter().map(|it| it.name)) {
            Some(it) => problem.help(format!("did you mean `${{{}.{it}}}`?", to.target())),
            None => problem.help(self.list()),
        }
    }

    fn output(&self, name: &str) -> Option<&'static Output> {
        self.outputs.iter().find(|it| it.fits(name))
    }

    fn list(&self) -> String {
        let names: Vec<_> = self.outputs.iter().map(|it| it.name).filter(|it| !it.is_empty()).collect();
        format!("there are {}", names.join(", "))
    }
}

/// Whether the output at `path`, such as `databases.main.url`, is one whose value no one may see.
#[must_use]
pub fn is_secret(path: &str) -> bool {
    let Some((component, rest)) = path.split_once('.') else { return false };
    let outputs = COMPONENTS.iter().find(|it| it.component == component);
    outputs.and_then(|it| it.resolve(rest, path).ok()).is_some_and(|it| it.secret)
}

/// `problem` with the one of `known` that was likely meant by `name`.
pub(in crate::spec) fn suggest<'a>(
    problem: Diagnostic,
    name: &str,
    known: impl Iterator<Item = &'a str>,
) -> Diagnostic {
    match did_you_mean(name, known.take(MOST_NAMES)) {
        Some(it) => problem.help(format!("did you mean `{it}`?")),
        None => problem,
    }
}
