//! Sites: a bucket with the files, and a distribution that serves them, which alone may read them.

use std::collections::BTreeSet;

use serde_json::json;

use super::{Folder, bucket, certificates, naming::fit, site_files, stack::Stack, waf};
use crate::{
    catalog::aws::{
        cloudfront::{
            distribution::{
                ANY, Behavior, Certificate, Countries, CustomOrigin, Distribution, ErrorPage, Logs, Origin, ZONE,
            },
            function::Function,
            marker,
            origin_access_control::OriginAccessControl,
            response_headers_policy::{Header, ResponseHeadersPolicy, canonical},
        },
        s3::content::Content,
        waf::Reach,
    },
    field,
    resource::value::In,
    spec::model::{PathPattern, Site, SiteHost, Text, WafChoice},
};

/// Policies of AWS's own, for all accounts
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html>,
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html>,
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html>).
const CACHING_OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const CACHING_DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const ALL_VIEWER: &str = "216adef6-5c7f-47e4-b989-5492eafa07d3";
const ALL_VIEWER_EXCEPT_HOST: &str = "b689b0a8-53d0-40ab-baf2-68738e2966ac";
const SECURITY_HEADERS: &str = "67f7725c-6f97-4210-82d7-5512b31e9d03";

/// The headers that a site has if nothing is said.
const HEADERS: [(&str, &str); 4] = [
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("strict-transport-security", "max-age=31536000"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "SAMEORIGIN"),
];

/// What the origin with the files is called.
const FILES: &str = "files";

pub(super) fn sites(stack: &mut Stack<'_>, folder: &dyn Fn(&str) -> Option<Folder>) {
    let spec = stack.spec;
    for (name, site) in &spec.sites {
        one(stack, name.as_str(), site, folder(name.as_str()));
    }
}

fn one(stack: &mut Stack<'_>, name: &str, site: &Site, folder: Option<Folder>) {
    let component = format!("sites.{name}");
    let (bucket, plan) = bucket::site_bucket(stack, &component, name);
    let control = OriginAccessControl {
        control_name: fit(&format!("{}-{name}", stack.graph.scope.global_prefix()), 64),
        description: marker(&stack.graph.scope, name),
        origin_type: "s3".into(),
        signing: "always".into(),
    };
    let control = stack.graph.add(&component, name, &control).out(field!(id));
    let files = Origin {
        id: FILES.into(),
        domain: bucket.out(field!(domain)),
        path: String::new(),
        access_control: Some(control),
        custom: None,
    };
    let distribution = distribution(stack, &component, name, site, files);
    let distribution = stack.graph.add(&component, name, &distribution);
    // What has no tags of its own goes by the name of its bucket.
    bucket::read_by(stack, &component, &plan, distribution.out(field!(arn)));
    if let Some(Folder { path, files }) = folder {
        let content = Content {
            bucket_name: plan.name().to_owned(),
            region: plan.region().to_owned(),
            source: path,
            distribution: Some(distribution.out(field!(id))),
            single_page: site.single_page,
            rules: site_files::digest(&site.cache),
            files: files.into_iter().map(|(key, md5)| site_files::file(&key, md5, &site.cache)).collect(),
            published: true,
        };
        stack.graph.add(&component, &component, &content);
    }
    let domain = distribution.out(field!(domain_name));
    let shown = site.host.iter().map(SiteHost::as_str).find(|it| !it.starts_with('*'));
    let shown = shown.map_or_else(|| domain.clone(), In::from);
    stack.give(&component, "", domain.clone());
    stack.give(&component, "url", In::join(["https://".into(), shown]));
    stack.give(&component, "domain_name", domain);
    stack.give(&component, "zone_id", ZONE);
    stack.give(&component, "bucket", bucket.out(field!(name)));
    stack.give(&component, "distribution", distribution.out(field!(id)));
}

fn distribution(stack: &mut Stack<'_>, component: &str, name: &str, site: &Site, files: Origin) -> Distribution {
    let headers = headers(stack, component, name, site);
    let function = Function {
        function_name: fit(&format!("{}-{name}", stack.graph.scope.global_prefix()), 64),
        comment: marker(&stack.graph.scope, name),
        runtime: "cloudfront-js-2.0".into(),
        code: code(site),
    };
    let function = stack.graph.add(component, name, &function).out(field!(arn));
    let behavior = |path: &str, origin: &str| Behavior {
        path: path.into(),
        origin: origin.into(),
        protocol: "redirect-to-https".into(),
        methods: words(&["GET", "HEAD", "OPTIONS"]),
        compress: site.compress,
        cache_policy: CACHING_OPTIMIZED.into(),
        origin_request_policy: None,
        response_headers_policy: headers.clone(),
        functions: [].into(),
    };
    let mut origins: BTreeSet<_> = [files].into();
    let mut behaviors = Vec::new();
    for (path, to) in &site.api {
        let (origin, policy) = answering(stack, to);
        behaviors.push(Behavior {
            methods: words(&["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]),
            cache_policy: CACHING_DISABLED.into(),
            origin_request_policy: Some(policy.into()),
            ..behavior(PathPattern::as_str(path), &origin.id)
        });
        origins.insert(origin);
    }
    let logs = site.logs.as_ref().map(|it| Logs {
        bucket: bucket::site_logs(stack, component, name, it.retention.count()),
        prefix: it.prefix.as_ref().map(|it| format!("{it}/")).unwrap_or_default(),
        cookies: false,
    });
    let web_acl = site.waf.as_ref().and_then(WafChoice::name);
    let web_acl = web_acl.map(|it| waf::web_acl(stack, it, Reach::Everywhere));
    Distribution {
        comment: marker(&stack.graph.scope, name),
        enabled: true,
        aliases: site.host.iter().map(|it| it.as_str().to_lowercase()).collect(),
        certificate: site
            .certificate
            .as_ref()
            .map(|it| Certificate { arn: certificates::everywhere(stack, it), tls: site.min_tls.word().into() }),
        index: site.index.to_string(),
        origins,
        default_behavior: Some(Behavior {
            functions: [("viewer-request".to_owned(), function)].into(),
            ..behavior(ANY, FILES)
        }),
        behaviors,
        error_pages: error_pages(site),
        price_class: site.price_class.word().into(),
        http_version: site.http.word().into(),
        ipv6: site.ipv6,
        countries: countries(site),
        logs,
        web_acl,
    }
}

/// What is not there is told by the file that is shown for it. S3 says 404 only to those who may list, which a distribution
/// may.
fn error_pages(site: &Site) -> BTreeSet<ErrorPage> {
    let page = site.error_page.iter().map(|it| ErrorPage {
        status: 404,
        page: format!("/{it}"),
        answer: "404".into(),
        kept_seconds: 10,
    });
    page.collect()
}

fn countries(site: &Site) -> Countries {
    let Some(it) = &site.countries else { return Countries::default() };
    let (rule, codes) = if it.allow.is_empty() { ("blacklist", &it.block) } else { ("whitelist", &it.allow) };
    Countries { rule: rule.into(), codes: codes.iter().map(ToString::to_string).collect() }
}

/// What answers some paths, and which part of a request it gets to see: a load balancer's rules are for the name that the
/// client asks for, and others expect their own.
fn answering(stack: &Stack<'_>, to: &Text) -> (Origin, &'static str) {
    let ours = to.outs().any(|it| it.component == "load_balancer" || it.component == "services");
    let secure = stack.spec.balancer().is_some_and(|it| !it.certificate.is_empty());
    let origin = Origin {
        id: to.outs().next().map_or_else(|| to.to_string(), ToString::to_string),
        domain: stack.text(to),
        path: String::new(),
        access_control: None,
        custom: Some(CustomOrigin {
            protocol: if ours && !secure { "http-only" } else { "https-only" }.into(),
            http_port: 80,
            https_port: 443,
            tls: words(&["TLSv1.2"]),
            read_timeout: 30,
            keepalive: 5,
        }),
    };
    (origin, if ours { ALL_VIEWER } else { ALL_VIEWER_EXCEPT_HOST })
}

/// The id of the policy with the site's headers: AWS's own, unless the file says something of them.
fn headers(stack: &mut Stack<'_>, component: &str, name: &str, site: &Site) -> Option<In<String>> {
    if site.headers.is_empty() {
        return Some(SECURITY_HEADERS.into());
    }
    let usual = HEADERS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let mut all: std::collections::BTreeMap<_, _> = usual.collect();
    for (name, value) in &site.headers {
        let name = name.as_str().to_lowercase();
        match canonical(&name, value.as_str()).filter(|_| value.as_str() != "none") {
            Some(value) => all.insert(name, value),
            None => all.remove(&name),
        };
    }
    if all.is_empty() {
        return None;
    }
    let policy = ResponseHeadersPolicy {
        policy_name: fit(&format!("{}-{name}", stack.graph.scope.global_prefix()), 128),
        comment: marker(&stack.graph.scope, name),
        headers: all.into_iter().map(|(name, value)| (name, Header { value, wins: true })).collect(),
    };
    Some(stack.graph.add(component, name, &policy).out(field!(id)))
}

/// What runs for each request: a bucket knows keys, and people ask for folders.
fn code(site: &Site) -> String {
    let index = json!(site.index.as_str());
    let page = if site.single_page {
        format!("'/' + {index}")
    } else {
        format!("request.uri + (last === '' ? '' : '/') + {index}")
    };
    format!(
        "function handler(event) {{\n  \
         var request = event.request;\n  \
         var last = request.uri.substring(request.uri.lastIndexOf('/') + 1);\n  \
         if (last.indexOf('.') === -1) {{\n    \
         request.uri = {page};\n  \
         }}\n  \
         return request;\n\
         }}\n"
    )
}

fn words(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|it| (*it).to_owned()).collect()
}
