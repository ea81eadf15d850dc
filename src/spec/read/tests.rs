//! References to components that are made up, in settings of every kind.

use std::{collections::BTreeMap, fmt::Write};

use insta::assert_snapshot;
use serde::Deserialize;

use super::{
    super::{
        check::references,
        interpolate::{Values, interpolate},
        model::{Count, Output, Outputs, SecretRef, Spec, Text},
        parse::parse,
    },
    *,
};

const COMPONENTS: &[&Outputs] = &[
    &Outputs {
        component: "databases",
        noun: "database",
        count: Count::Named { names: |_| vec!["main".into(), "reports".into()], short: None },
        outputs: &[Output::text("host", "its host"), Output::secret("url", "its URL")],
        check: Some(|_, it| {
            (it.to.output == "url" && it.to.target() == "databases.reports")
                .then(|| crate::diagnostic::Diagnostic::error("x/no-url", &it.at, "reports have no URL"))
        }),
    },
    &Outputs {
        component: "load_balancer",
        noun: "load balancer",
        count: Count::One { there: |_| false, short: None },
        outputs: &[Output::text("dns_name", "its name")],
        check: None,
    },
    &Outputs {
        component: "registries",
        noun: "registry",
        count: Count::Named { names: |_| vec!["api".into()], short: Some("url") },
        outputs: &[Output::text("arn", "its ARN"), Output::text("url", "its URL")],
        check: None,
    },
    &Outputs {
        component: "secrets",
        noun: "secret",
        count: Count::Named { names: |_| vec!["stripe".into()], short: Some("") },
        outputs: &[Output::secret("", "the whole of it"), Output::secret("KEY", "one of its keys")],
        check: None,
    },
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    image: Option<Text>,
    #[serde(default)]
    command: Vec<Text>,
    #[serde(default)]
    environment: BTreeMap<String, Text>,
    #[serde(default)]
    secrets: BTreeMap<String, SecretRef>,
    cpu: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct File {
    services: BTreeMap<String, Service>,
}

/// What is read and found in `text`.
fn outcome(text: &str) -> (File, Spec, String) {
    let (mut tree, _) = parse(text).unwrap();
    let mut findings = Vec::new();
    let values = Values { env: None, vars: BTreeMap::new(), settings: BTreeMap::new(), components: COMPONENTS };
    interpolate(&mut tree, &mut Vec::new(), &values, text, &mut findings);
    let reading = read::<File>(&tree, text);
    findings.extend(reading.findings);
    let spoiled: Vec<_> = findings.iter().map(|it| it.spoils.clone()).collect();
    let (stack, _) = parse("{ stack: shop, region: eu-central-1 }").unwrap();
    let spec = Spec { references: reading.references, ..read::<Spec>(&stack, "").value.unwrap() };
    let mut found = Vec::new();
    references::check(COMPONENTS, &spec, &spoiled, &mut found);
    let mut shown = String::new();
    for it in findings.into_iter().map(|it| it.diagnostic).chain(found) {
        writeln!(shown, "{} ({}): {}", it.id, it.path, it.message).unwrap();
        it.help.iter().for_each(|it| writeln!(shown, "  {it}").unwrap());
    }
    (reading.value.unwrap(), spec, shown)
}

#[test]
fn references_are_read_wherever_they_stand() {
    let (file, spec, shown) = outcome(
        "services:
  api:
    image: ${registries.api}:1
    command: [run, '--host=${databases.main.host}']
    environment: { HOST: '${databases.main.host}', PLAIN: '$${x}' }
    secrets:
      URL: ${databases.main.url}
      STRIPE: ${secrets.stripe}
      KEY: ${secrets.stripe.api-key}
      OTHER: arn:aws:ssm:eu-central-1:123456789012:parameter/other
",
    );
    assert_eq!(shown, "");
    let api = &file.services["api"];
    assert_eq!(api.image.as_ref().unwrap().to_string(), "${registries.api.url}:1");
    assert_eq!(api.command[1].outs().map(ToString::to_string).collect::<Vec<_>>(), ["databases.main.host"]);
    assert_eq!(api.environment["PLAIN"].literal().unwrap(), "${x}");
    assert_eq!(api.cpu, None);
    let key = api.secrets["KEY"].out().unwrap();
    assert_eq!((key.name.as_deref(), key.output.as_str(), key.secret), (Some("stripe"), "api-key", true));
    let list: Vec<_> = spec.references.iter().map(|it| format!("{}: {}", it.at, it.to)).collect();
    assert_snapshot!(list.join("\n"), @r"
    services.api.image: registries.api.url
    services.api.command[1]: databases.main.host
    services.api.environment.HOST: databases.main.host
    services.api.secrets.URL: databases.main.url
    services.api.secrets.STRIPE: secrets.stripe
    services.api.secrets.KEY: secrets.stripe.api-key
    ");
    assert!(spec.refers("services.api", "databases.main") && spec.refers("services", "secrets.stripe"));
    assert!(spec.refers("services.api.environment", "databases.main"));
    assert!(
        !spec.refers("services.api.environment", "secrets.stripe") && !spec.refers("services.ap", "databases.main")
    );
}

#[test]
fn what_is_not_there() {
    let (_, _, shown) = outcome(
        "services:
  api:
    image: ${registries.apo}
    command: ['${databases}', '${databases.main}', '${databases.main.hots}', '${load_balancer.dns_name}', '${load_balancer}']
    environment:
      A: ${databases.mian.host}
      B: ${database.main.host}
      C: ${caches.main.host}
      D: ${secrets.stripe.a.b}
      E: ${databases.}${databases.main.}
    secrets:
      A: ${databases.reports.url}
      B: ${databases.nowhere.url}
",
    );
    assert_snapshot!(shown, @r"
    ref/unknown (services.api.command[0]): `databases` is a component; a reference names a database in it
      there are databases.NAME.host, databases.NAME.url
    ref/unknown (services.api.command[1]): `databases.main` is a database; a reference names one of its outputs
      there are host, url
    ref/unknown (services.api.command[2]): `databases.main` has no output `hots`
      did you mean `${databases.main.host}`?
    ref/unknown (services.api.command[4]): `load_balancer` is a component; a reference names one of its outputs
      there are dns_name
    ref/unknown (services.api.environment.B): there is no `database.main.host` to refer to
      did you mean `${databases.main.host}`?
    ref/unknown (services.api.environment.C): there is no `caches.main.host` to refer to
      there are `var.NAME`, `env`, `stack`, `region`, `account`, `domain` and the outputs of databases, load_balancer, registries, secrets; a variable `NAME` is declared under `variables` and written `${var.NAME}`
    ref/unknown (services.api.environment.D): `secrets.stripe` has no output `a.b`
      there are KEY
    ref/unknown (services.api.environment.E): `databases` is a component; a reference names a database in it
      there are databases.NAME.host, databases.NAME.url
    ref/unknown (services.api.environment.E): `databases.main` is a database; a reference names one of its outputs
      there are host, url
    ref/unknown (services.api.image): there is no registry `apo`
      did you mean `api`?
    ref/unknown (services.api.command[3]): `load_balancer.dns_name`: the stack has no load balancer
      add `load_balancer: {}`
    ref/unknown (services.api.environment.A): there is no database `mian`
      did you mean `main`?
    x/no-url (services.api.secrets.A): reports have no URL
    ref/unknown (services.api.secrets.B): there is no database `nowhere`
      declare it under `databases`
    ");
}

#[test]
fn secrets_and_text_are_kept_apart() {
    let (_, spec, shown) = outcome(
        "services:
  api:
    environment:
      A: ${databases.main.url}
      B: x-${secrets.stripe.key}
    secrets:
      A: ${databases.main.host}
      B: x${databases.main.url}
      C: hunter2
      D: arn:aws:ssm:eu-central-1:1:parameter/other
      E: arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop:key
      F: 3
      G: ${databases.main.url}
    cpu: ${databases.main.url}
",
    );
    assert_eq!(spec.references.len(), 1, "{:?}", spec.references);
    assert_snapshot!(shown, @r"
    ref/secret (services.api.environment.A): a secret cannot be used here
      `databases.main.url` is a secret: it can stand under a service's `secrets`, alone
    ref/secret (services.api.environment.B): a secret cannot be used here
      `secrets.stripe.key` is a secret: it can stand under a service's `secrets`, alone
    ref/no-secret (services.api.secrets.A): `databases.main.host` is no secret
      it can stand wherever text may hold outputs, such as under a service's `environment`
    ref/not-alone (services.api.secrets.B): a secret stands alone
      no one puts the text together: give both to the program, or keep the whole text as a secret
    spec/value (services.api.secrets.C): a secret's value cannot be written here
      refer to one with `${secrets.NAME}`, `${secrets.NAME.KEY}`, `${databases.NAME.url}`, `${databases.NAME.password}`, `${caches.NAME.url}`, `${caches.NAME.rest_token}`, or give the ARN of a secret in Secrets Manager or of a parameter in SSM
    spec/value (services.api.secrets.D): this is no ARN of a secret or a parameter
      such an ARN is arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME, with `:KEY::` after it for one key of a JSON secret, or arn:aws:ssm:REGION:ACCOUNT:parameter/NAME
    spec/value (services.api.secrets.E): what follows the secret's name is no key
      write `:KEY::` after the ARN, to have one key of a JSON secret
    spec/type (services.api.secrets.F): expected a reference to a secret, or an ARN, found the number 3
    ref/secret (services.api.cpu): a secret cannot be used here
      `databases.main.url` is a secret: it can stand under a service's `secrets`, alone
    ");
}
