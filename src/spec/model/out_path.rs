//! References to what components give.

use std::fmt;

/// An output of a component, such as `network.vpc_id` or `databases.main.host`; always one of
/// [`COMPONENTS`](super::COMPONENTS).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutPath {
    /// The component's key in the file, such as `databases`.
    pub component: String,
    /// Which one of it, such as `main`, if there can be several.
    pub name: Option<String>,
    /// What it gives, such as `host` or `security_groups.app`. Empty for that which has no name, such as the whole of a
    /// secret.
    pub output: String,
    /// Whether its value is never text.
    pub secret: bool,
}

impl OutPath {
    /// Whose output it is, such as `network` or `databases.main`.
    #[must_use]
    pub fn target(&self) -> String {
        match &self.name {
            Some(name) => format!("{}.{name}", self.component),
            None => self.component.clone(),
        }
    }

    /// As it goes through serde: see [`Self::decoded`].
    pub(in crate::spec) fn encoded(&self) -> Vec<String> {
        vec![self.component.clone(), self.name.clone().unwrap_or_default(), self.output.clone()]
    }

    /// What [`Self::encoded`] made.
    pub(super) fn decoded(steps: Vec<String>, secret: bool) -> Option<Self> {
        let [component, name, output] = <[String; 3]>::try_from(steps).ok()?;
        Some(Self { component, name: Some(name).filter(|it| !it.is_empty()), output, secret })
    }
}

impl fmt::Display for OutPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.component)?;
        self.name.iter().chain(Some(&self.output)).filter(|it| !it.is_empty()).try_for_each(|it| write!(f, ".{it}"))
    }
}

/// A reference in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The setting in which it stands, such as `services.api.environment.BUCKET`.
    pub at: String,
    /// What it refers to.
    pub to: OutPath,
}
