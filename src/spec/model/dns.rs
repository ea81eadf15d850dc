//! The zone of a stack in Route 53.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ComponentName, DomainName, Part, Record, RecordName, RecordType, Records, Reference, Span, Spec, Text,
    names::Description,
    outputs::{Count, Output, Outputs},
};
use crate::diagnostic::Diagnostic;

pub(super) const OUTPUTS: Outputs = Outputs {
    component: "dns",
    noun: "zone in Route 53",
    count: Count::One { there: |spec| spec.dns.is_some(), short: None },
    outputs: &[
        Output::text("zone_id", "the zone's id"),
        Output::text(
            "name_servers",
            "the servers that the domain's registrar has to name, if the stack makes the zone",
        ),
        Output::text("health_checks.NAME", "a health check's id"),
    ],
    check: Some(check),
};

/// Outputs that an alias in Route 53 can lead to.
const ALIASES: [(&str, &str); 3] = [("load_balancer", "dns_name"), ("services", "host"), ("sites", "domain_name")];

/// A zone in Route 53, with the records of its names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dns {
    /// The zone, such as `example.com`. What else is in it stays as it is.
    pub zone: DomainName,
    /// Whether the stack makes the zone, and deletes it one day. Else it has to be there already. Default: false.
    #[serde(default)]
    pub create: bool,
    /// Whether only the stack's network can ask it, or whether one that is there already is such a zone. Default: false.
    #[serde(default)]
    pub private: bool,
    /// What it is for, if the stack makes it. Default: its name and the environment's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Description>,
    /// Its records by name: `@` is the zone itself, `www` a name in it, and `*` stands for all that are not there. Default:
    /// none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub records: IndexMap<RecordName, Records>,
    /// Health checks, by name: hosts that Route 53 asks from all over the world whether they are well. Default: none.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub health_checks: IndexMap<ComponentName, DnsHealthCheck>,
}

/// A host that Route 53 asks from all over the world whether it is well.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DnsHealthCheck {
    /// Who is asked, such as `api.example.com`.
    pub host: Text,
    /// How: `https`, `http` or `tcp`. Default: `https`.
    #[serde(default)]
    pub protocol: DnsProtocol,
    /// The port. Default: 443 for `https`, 80 for `http`; `tcp` has to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// What is asked for; not for `tcp`. Default: `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Text that the beginning of an answer has to have, up to 255 characters; not for `tcp`. Default: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// How often each of those who ask does: `10s` or `30s`. Default: `30s`.
    #[serde(default = "DnsHealthCheck::default_interval")]
    pub interval: Span,
    /// After how many failures in a row it is not well, 1 to 10. Default: 3.
    #[serde(default = "DnsHealthCheck::default_failures")]
    pub failures: u32,
}

/// How a host is asked whether it is well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DnsProtocol {
    /// For a page, encrypted.
    #[default]
    Https,
    /// For a page.
    Http,
    /// For a connection.
    Tcp,
}

impl DnsHealthCheck {
    fn default_interval() -> Span {
        Span::of_seconds(30)
    }

    fn default_failures() -> u32 {
        3
    }

    /// The port that is asked, if it is known.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port.or(match self.protocol {
            DnsProtocol::Https => Some(443),
            DnsProtocol::Http => Some(80),
            DnsProtocol::Tcp => None,
        })
    }
}

impl Dns {
    /// The name of the zone, in small letters.
    #[must_use]
    pub fn name(&self) -> String {
        self.zone.as_str().to_ascii_lowercase()
    }
}

impl Record {
    /// The component that it leads to by an alias, such as `load_balancer` or `services.api`: Route 53 then says its addresses,
    /// also for the zone's own name. One that says that it is a `CNAME` is one.
    #[must_use]
    pub fn alias(&self) -> Option<String> {
        let [text] = &*self.to else { return None };
        let [Part::Out(out)] = text.0.as_slice() else { return None };
        let meant = matches!(self.r#type, None | Some(RecordType::A | RecordType::Aaaa));
        let known = ALIASES.contains(&(out.component.as_str(), out.output.as_str()));
        (meant && known).then(|| out.target())
    }
}

fn check(spec: &Spec, Reference { at, to }: &Reference) -> Option<Diagnostic> {
    let dns = spec.dns.as_ref()?;
    let wrong = |message: String, help: &str| Some(Diagnostic::error("ref/unknown", at, message).help(help));
    if let Some(name) = to.output.strip_prefix("health_checks.") {
        let known = dns.health_checks.keys().any(|it| it.as_str() == name);
        let help = "declare it under `dns.health_checks`";
        return if known { None } else { wrong(format!("there is no health check `{name}`"), help) };
    }
    if to.output != "name_servers" || (dns.create && !dns.private) {
        return None;
    }
    let message = "only of a public zone that the stack makes are the name servers known".to_owned();
    wrong(message, "look at the zone in Route 53, or write `create: true`")
}
