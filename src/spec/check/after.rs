//! Who is told of releases: what they would refuse when it is too late to do something about it.

use crate::{
    diagnostic::Diagnostic,
    spec::model::{AfterRelease, CloudflareHook, CloudfrontHook, ComponentName, Spec, suggest},
};

/// How many of a kind Cloudflare forgets in one call
/// (<https://developers.cloudflare.com/cache/how-to/purge-cache/#availability-and-limits>).
const PURGED: usize = 100;
/// How many paths that end with `*` CloudFront takes at once
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>).
const WILDCARDS: usize = 15;

pub(super) fn check(spec: &Spec, found: &mut Vec<Diagnostic>) {
    for (name, service) in &spec.services {
        let Some(after) = &service.deploy.after else { continue };
        let path = format!("services.{name}.deploy.after");
        let AfterRelease { notify, cloudfront, cloudflare, sentry, .. } = after;
        found.extend(notify.as_ref().and_then(|it| told(spec, it, &path)));
        found.extend(cloudfront.as_ref().and_then(|it| paths(it, &path)));
        if let Some(it) = cloudflare {
            purge(it, &path, found);
        }
        if sentry.as_ref().is_some_and(|it| it.projects.is_empty()) {
            let problem = Diagnostic::error("after/empty", format!("{path}.sentry.projects"), "there is no project");
            found.push(problem.help("name the projects that the release is of"));
        }
    }
}

fn told(spec: &Spec, name: &ComponentName, path: &str) -> Option<Diagnostic> {
    if spec.notify.contains_key(name) {
        return None;
    }
    let message = format!("there is no `{name}` under `notify`");
    let problem = Diagnostic::error("after/unknown-notify", format!("{path}.notify"), message);
    if spec.notify.is_empty() {
        return Some(problem.help(format!("say who that is: `notify: {{ {name}: {{ email: [ops@example.com] }} }}`")));
    }
    Some(suggest(problem, name.as_str(), spec.notify.keys().map(ComponentName::as_str)))
}

fn paths(it: &CloudfrontHook, path: &str) -> Option<Diagnostic> {
    let path = format!("{path}.cloudfront.paths");
    let wild = it.paths.iter().filter(|it| it.as_str().ends_with('*')).count();
    match (it.paths.len(), wild) {
        (0, _) => Some(Diagnostic::error("after/empty", path, "there is no path").help("leave `paths` out for all")),
        (_, wild) if wild > WILDCARDS => {
            let message = format!("{wild} paths end with `*`, and CloudFront takes {WILDCARDS} of them at once");
            Some(Diagnostic::error("after/too-many", path, message).help("use fewer that cover more, such as `/*`"))
        }
        _ => None,
    }
}

fn purge(it: &CloudflareHook, path: &str, found: &mut Vec<Diagnostic>) {
    let path = format!("{path}.cloudflare");
    let named: Vec<_> = it.named().into_iter().filter(|(_, them)| !them.is_empty()).collect();
    if let [(first, _), (second, _), ..] = named.as_slice() {
        let message = format!("`{first}` and `{second}` cannot be given together");
        let help = "Cloudflare takes one of hosts, prefixes, tags and files; none of them stands for the whole zone";
        found.push(Diagnostic::error("after/purge", path.as_str(), message).help(help));
    }
    for (kind, them) in named.iter().filter(|(_, them)| them.len() > PURGED) {
        let message = format!("these are {} {kind}, and Cloudflare takes {PURGED} at once", them.len());
        let problem = Diagnostic::error("after/too-many", format!("{path}.{kind}"), message);
        found.push(problem.help("use fewer that cover more, or none of them for the whole zone"));
    }
}
