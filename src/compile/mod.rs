//! From what was written to the resources that it means: a pure function a component.

mod alarms;
mod bucket;
mod cache;
mod certificates;
mod cloudflare;
mod dashboard;
mod database;
mod dns;
mod endpoints;
mod flow_logs;
mod hooks;
mod keys;
mod limits;
mod load_balancer;
mod naming;
mod network;
mod outputs;
mod outs;
mod priority;
mod registries;
mod secrets;
mod security;
mod service;
mod site;
mod site_files;
mod stack;
mod trust;
mod waf;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::Value;

pub use self::{
    hooks::{Hooks, Receiver},
    limits::check as check_limits,
};
use self::{outs::Outs, stack::Stack};
use crate::{
    api::{cloudflare::Zone, route53::HostedZone},
    diagnostic::Diagnostic,
    resource::{
        Place,
        graph::Graph,
        tags::{Scope, TagRules},
        text::cidr::Cidr,
    },
    spec::Spec,
};

/// What a stack file means in one account and region.
#[derive(Debug)]
pub struct Compiled {
    /// The resources.
    pub graph: Graph,
    /// What the stack tells those who use it.
    pub outputs: Outputs,
    /// Who is told of releases.
    pub hooks: Vec<Hooks>,
}

/// What a stack tells those who use it: its own `outputs`, or what its components give if it has none.
///
/// A value is a list of parts, each a tree in which references may stand; several parts make one text.
pub type Outputs = IndexMap<String, Vec<Value>>;

/// What an account's region has that a stack builds on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    /// The account and region.
    pub place: Place,
    /// The letters of the region's availability zones, in order.
    pub zones: Vec<String>,
    /// The zone at Cloudflare that the file names, if it names one.
    pub domain: Option<Zone>,
    /// The addresses that Cloudflare asks origins from, where the file needs them.
    pub cloudflare: Vec<Cidr>,
    /// The zone in Route 53 that the file names, if it names one that is there already.
    pub hosted: Option<HostedZone>,
    /// The folders of sites, by the sites' names; of one that is not there, no files are wanted or unwanted.
    pub folders: BTreeMap<String, Folder>,
}

/// A folder of files that are published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    /// Where it is.
    pub path: String,
    /// The MD5 digests of its files, by their paths in it.
    pub files: BTreeMap<String, String>,
}

impl Folder {
    /// A folder as most are.
    fn imagined(path: &str) -> Self {
        let empty = "d41d8cd98f00b204e9800998ecf8427e";
        Self { path: path.into(), files: [("index.html".to_owned(), empty.to_owned())].into() }
    }
}

impl Ground {
    /// A region as most are, for those who only want to know whether a file makes sense.
    #[must_use]
    pub fn imagined(spec: &Spec) -> Self {
        let account = spec.account.as_ref().map_or("000000000000", |it| it.as_str());
        Self {
            place: Place { account: account.into(), region: spec.region.to_string(), partition: "aws".into() },
            zones: ["a", "b", "c", "d", "e", "f"].map(String::from).into(),
            hosted: spec.dns.as_ref().map(|it| HostedZone {
                id: "Z00000000000000000000".into(),
                name: it.name(),
                private: it.private,
            }),
            domain: spec.cloudflare.as_ref().map(|it| Zone::imagined(it.zone.as_str())),
            cloudflare: "173.245.48.0/20".parse().into_iter().collect(),
            folders: spec
                .sites
                .iter()
                .map(|(name, it)| (name.to_string(), Folder::imagined(it.source.as_str())))
                .collect(),
        }
    }
}

/// The resources that `spec` means for `env`.
///
/// # Errors
/// What cannot be had in this account or region.
pub fn compile(spec: &Spec, env: &str, ground: &Ground) -> Result<Compiled, Vec<Diagnostic>> {
    let region = ground.place.region.clone();
    let scope = Scope { stack: spec.stack.to_string(), env: env.to_owned(), region };
    let text = |it: &dyn ToString| it.to_string();
    let tags = TagRules {
        common: spec.tags.iter().map(|(key, value)| (text(key), text(value))).collect(),
        ignore: spec.ignore_tags.iter().map(|it| text(it)).collect(),
    };
    let graph = Graph::new(scope, ground.place.clone(), tags);
    let mut stack = Stack { graph, spec, outs: Outs::default(), net: None };
    network::network(&mut stack, &ground.zones)?;
    dns::zone(&mut stack, ground.hosted.as_ref());
    certificates::certificates(&mut stack, ground.domain.as_ref());
    keys::keys(&mut stack);
    registries::registries(&mut stack);
    bucket::buckets(&mut stack, ground);
    secrets::secrets(&mut stack);
    database::databases(&mut stack);
    cache::caches(&mut stack);
    load_balancer::load_balancer(&mut stack);
    site::sites(&mut stack, &|name| ground.folders.get(name).cloned());
    service::services(&mut stack);
    dns::records(&mut stack);
    cloudflare::cloudflare(&mut stack, ground)?;
    alarms::notify(&mut stack);
    alarms::alarms(&mut stack);
    dashboard::dashboard(&mut stack);
    let hooks = hooks::hooks(&stack);
    let missed = stack.outs.missed(spec);
    if !missed.is_empty() {
        return Err(missed);
    }
    let outputs = outputs::outputs(spec, &stack.outs);
    Ok(Compiled { graph: stack.graph, outputs, hooks })
}
