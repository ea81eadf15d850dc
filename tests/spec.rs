//! Stack files and what becomes of them. A case is a file; its first line may choose: `# env: dev, var: a=b, env-var: X=y`.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests may fail")]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    time::{Duration, Instant},
};

use infractl::spec::{Located, Problems, Selection, Source, load};
use proptest::prelude::*;

fn source(text: &str) -> Source {
    Source { name: "infractl.yaml".into(), text: text.into() }
}

/// What the first line of a case chooses.
fn selection(text: &str) -> Selection {
    let mut selection = Selection::default();
    let line = text.lines().next().unwrap_or("").trim_start_matches('\u{feff}');
    let pair = |it: &str| it.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    for choice in line.strip_prefix("# ").unwrap_or("").split(", ") {
        match choice.split_once(": ") {
            Some(("env", it)) => selection.env = Some(it.into()),
            Some(("var", it)) => selection.vars.extend(pair(it)),
            Some(("env-var", it)) => selection.env_vars.extend(pair(it)),
            _ => {}
        }
    }
    selection
}

fn shown(problems: &Problems) -> String {
    let mut text = String::new();
    for Located { diagnostic: it, place } in &problems.items {
        let place = place.as_ref().map_or("-".into(), |place| {
            let bytes =
                problems.source.text.get(place.bytes.clone()).expect("bytes on character boundaries in the text");
            format!("{}:{} `{}`", place.line, place.column, bytes.lines().next().unwrap_or(""))
        });
        writeln!(text, "{:?} {} at {place} ({})\n  {}", it.severity, it.id, it.path, it.message).unwrap();
        if let Some(it) = &it.help {
            writeln!(text, "  help: {it}").unwrap();
        }
    }
    text
}

fn outcome(text: &str, selection: &Selection) -> String {
    match load(&source(text), selection) {
        Ok(it) => {
            let spec = serde_json::to_string_pretty(&it.spec).unwrap();
            format!("{}env: {}\n{spec}", shown(&it.problems), it.env)
        }
        Err(it) => shown(&it),
    }
}

#[test]
fn cases() {
    insta::glob!("spec/cases/*.yaml", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        insta::with_settings!({ snapshot_path => "spec/snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(outcome(&text, &selection(&text)));
        });
    });
}

/// Loads what was made to do harm, and gives the ids of its problems. Each takes well under a second where the compiler
/// optimises; the limit is for slow machines, and for what would take minutes.
fn ids(text: &str) -> Vec<&'static str> {
    let start = Instant::now();
    let result = load(&source(text), &Selection::default());
    assert!(start.elapsed() < Duration::from_mins(1), "took {:?}", start.elapsed());
    result.err().map_or(Vec::new(), |it| it.items.iter().map(|it| it.diagnostic.id).collect())
}

const HEAD: &str = "stack: shop\nregion: eu-central-1\n";

#[test]
fn deep_nesting_is_refused() {
    assert_eq!(ids(&format!("{HEAD}x-a: {}", "[".repeat(10_000))), ["yaml/too-deep"]);
    assert_eq!(ids(&format!("{HEAD}x-a: {}", "{a: ".repeat(10_000))), ["yaml/too-deep"]);
    let block: String = (0..10_000).fold(String::new(), |text, at| text + &" ".repeat(at % 100) + "- ") + "x";
    assert!(
        ids(&format!("{HEAD}x-a:\n  {}", "- ".repeat(10_000) + "x")) == ["yaml/too-deep"] && !ids(&block).is_empty()
    );
}

#[test]
fn large_files_are_refused() {
    assert_eq!(ids(&format!("{HEAD}tags: {{ a: {} }}", "x".repeat(10 << 20))), ["yaml/too-large"]);
    assert_eq!(ids(&format!("{HEAD}x-a: [{}]", "1,".repeat(200_000))), ["yaml/too-large"]);
}

#[test]
fn aliases_do_not_explode() {
    let laughs = (1..20).fold(String::from("x-0: &a0 [lol]\n"), |text, at| {
        let before = at - 1;
        format!("{text}x-{at}: &a{at} [*a{before}, *a{before}, *a{before}, *a{before}, *a{before}, *a{before}]\n")
    });
    assert_eq!(ids(&(HEAD.to_owned() + &laughs)), ["yaml/too-large"]);
    assert_eq!(ids(&format!("{HEAD}x-a: &a [*a]")).len(), 1);
}

#[test]
fn variables_do_not_explode() {
    let mut text = format!("{HEAD}variables:\n  v0: {{ default: lol }}\n");
    for at in 1..40 {
        writeln!(text, "  v{at}: {{ default: '${{var.v{0}}}${{var.v{0}}}' }}", at - 1).unwrap();
    }
    assert_eq!(ids(&text), ["ref/too-large"]);
    let mut text = format!("{HEAD}variables:\n");
    for at in 0..5_000 {
        writeln!(text, "  v{at}: {{ default: '${{var.v{}}}' }}", at + 1).unwrap();
    }
    assert_eq!(ids(&format!("{text}  v5000: {{ default: x }}\n")), Vec::<&str>::new());
    assert_eq!(ids(&format!("{text}  v5000: {{ default: '${{var.v0}}' }}\n")), ["var/cycle"]);
}

#[test]
fn a_thousand_problems_are_no_trouble() {
    let keys: String = (0..20_000).fold(String::new(), |text, at| format!("{text}k{at}: 1\n"));
    assert_eq!(ids(&(HEAD.to_owned() + &keys)).len(), 200);
    let rules = "      - { from: nowhere else, port: 99999 }\n".repeat(5_000);
    let text = format!("{HEAD}network:\n  security_groups:\n    a:\n     ingress:\n{rules}");
    assert!(ids(&text).len() > 50, "{}", outcome(&text, &Selection::default()));
    let same = "a: 1\n".repeat(20_000);
    assert_eq!(ids(&(HEAD.to_owned() + &same)).len(), 200);
}

#[test]
fn no_text_takes_long() {
    let unknown: String = (0..60_000).fold(String::new(), |text, at| format!("{text}${{var.v{at}}}"));
    assert_eq!(ids(&format!("{HEAD}tags: {{ a: '{unknown}' }}")).len(), 200);
    let declared: String = (0..10_000).fold(String::new(), |text, at| format!("{text}  name-{at}: x\n"));
    assert_eq!(ids(&format!("{HEAD}x-a: 1\nvariables:\n{declared}tags: {{ a: '{unknown}' }}")).len(), 200);
    let groups: String =
        (0..5_000).fold(String::new(), |text, at| format!("{text}    g{at}: {{ ingress: [{{ from: h{at} }}] }}\n"));
    assert_eq!(ids(&format!("{HEAD}network:\n  security_groups:\n{groups}")).len(), 200);
    let overlays: String =
        (0..5_000).fold(String::new(), |text, at| format!("{text}  e{at}: {{ network: {{ nat: x, natt: y }} }}\n"));
    assert_eq!(ids(&format!("{HEAD}environments:\n{overlays}")).len(), 200);
    let opened = "${".repeat(200_000);
    assert_eq!(ids(&format!("{HEAD}tags: {{ a: '{opened}' }}")), ["ref/syntax"]);
}

#[test]
fn characters_that_yaml_forbids() {
    assert_eq!(ids("stack: a\0b"), ["yaml/syntax"]);
    assert_eq!(ids("stack: \u{7}"), ["yaml/syntax"]);
}

#[test]
fn byte_order_marks_and_line_ends_move_nothing() {
    let text = format!("{HEAD}tags: {{ a: 1 }}\n");
    let place = |text: &str| load(&source(text), &Selection::default()).unwrap_err().items[0].place.clone().unwrap();
    let plain = place(&text);
    for other in [format!("\u{feff}{text}"), text.replace('\n', "\r\n")] {
        let it = place(&other);
        assert_eq!((it.line, it.column, &other[it.bytes]), (plain.line, plain.column, "1"));
    }
}

#[test]
fn later_stages_find_their_places() {
    let text = format!("{HEAD}network:\n  security_groups:\n    app: {{ ingress: [{{ from: network }}] }}\n");
    let loaded = load(&source(&text), &Selection::default()).unwrap();
    let at = |path: &str| {
        let problems = loaded.locate(vec![infractl::diagnostic::Diagnostic::error("x/y", path, "no")]);
        problems.items[0].place.clone().map(|it| (it.line, text[it.bytes].to_owned()))
    };
    assert_eq!(at("network.security_groups.app.ingress[0].from"), Some((5, "network".into())));
    assert_eq!(at("network.security_groups.app.ingress.0"), Some((5, "from".into())));
    assert_eq!(at("network.cidr"), Some((3, "network".into())));
    assert_eq!(at(""), None);
    assert_eq!(at("nowhere"), None);
}

#[test]
fn the_schema_accepts_what_loads() {
    let schema = serde_json::to_value(infractl::spec::schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut accepted = 0;
    for entry in std::fs::read_dir("tests/spec/cases").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|it| it != "yaml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        if load(&source(&text), &selection(&text)).is_ok() {
            let value: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
            let wrong: Vec<String> =
                validator.iter_errors(&value).map(|it| format!("{}: {it}", it.instance_path())).collect();
            assert!(wrong.is_empty(), "{}: {wrong:#?}", path.display());
            accepted += 1;
        }
    }
    assert!(accepted >= 9, "only {accepted} cases load");
}

#[test]
fn the_schema_knows_every_setting() {
    let schema = serde_json::to_value(infractl::spec::schema()).unwrap();
    let described = |it: &serde_json::Value| it.get("description").is_some() || it.get("$ref").is_some();
    let keys: Vec<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    for key in [
        "stack",
        "region",
        "account",
        "tags",
        "ignore_tags",
        "protect",
        "variables",
        "environments",
        "network",
        "outputs",
    ] {
        assert!(keys.contains(&key), "{key}");
        assert!(described(&schema["properties"][key]), "{key}");
    }
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        for (key, it) in definition["properties"]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|_| !name.starts_with("Partial") && name != "Overlay")
        {
            assert!(described(it), "{name}.{key} has no description");
        }
    }
    let text = schema.to_string();
    for name in schema["$defs"].as_object().unwrap().keys() {
        assert!(text.contains(&format!("#/$defs/{name}\"")), "nothing refers to {name}");
    }
    let bad = serde_json::json!({ "stack": "shop", "region": "eu-central-1", "network": { "natt": "single" } });
    assert!(!jsonschema::is_valid(&schema, &bad));
}

const VALID: &str = r#"
stack: shop
region: ${var.region}
account: "123456789012"
tags: { team: web, "Größe": x }
variables: { region: { default: eu-central-1 }, size: 3, n: }
environments: { dev: { network: { nat: none } }, pr-*: { tags: &t { a: b } } }
network:
  cidr: 10.0.0.0/16
  zones: [a, c]
  subnets: { isolated: { cidrs: [10.0.2.0/28, 10.0.18.0/28] } }
  endpoints: { s3: { policy: { Statement: [] } }, logs: { tier: private } }
  acls: { isolated: { ingress: [{ rule: 100, action: allow, port: 5432, from: 10.0.0.0/16 }] } }
  flow_logs: { retention: 30d }
  security_groups:
    alb: { ingress: [{ from: internet, port: 443 }] }
    app: { ingress: [{ from: alb, port: "3000-3100" }], egress: [] }
outputs: { vpc: "${network.vpc_id} $${x}" }
"#;

fn never_panics(text: &str) {
    let vars = BTreeMap::from([("n".to_owned(), "1".to_owned())]);
    for env in [None, Some("dev"), Some("pr-1")] {
        let selection = Selection { env: env.map(str::to_owned), vars: vars.clone(), ..Selection::default() };
        let problems = match load(&source(text), &selection) {
            Ok(it) => it.problems,
            Err(it) => {
                assert!(it.has_errors(), "refused without an error");
                it
            }
        };
        for place in problems.items.iter().filter_map(|it| it.place.as_ref()) {
            assert!(text.get(place.bytes.clone()).is_some(), "{place:?} is outside of the text");
            assert!(place.line >= 1 && place.column >= 1 && place.line <= text.matches('\n').count() + 1);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_loaded_or_refused(text in any::<String>()) {
        never_panics(&text);
    }

    #[test]
    fn any_yaml_like_text_is_loaded_or_refused(text in "([a-z]{1,3}|stack|region|network|: |\n|  |- |[\\[\\]{}&*!|>'\"#$,~é0-9]|<<|\\$\\{var\\.n\\})*") {
        never_panics(&text);
    }

    #[test]
    fn changed_files_are_loaded_or_refused(at in 0..VALID.len(), len in 0_usize..20, with in "[ -~\n\té]{0,6}") {
        let from = VALID.floor_char_boundary(at);
        let to = VALID.floor_char_boundary((at + len).min(VALID.len())).max(from);
        never_panics(&format!("{}{with}{}", &VALID[..from], &VALID[to..]));
    }
}

#[test]
fn the_file_that_is_changed_is_right() {
    let selection =
        Selection { env: Some("dev".into()), vars: BTreeMap::from([("n".into(), "1".into())]), ..Selection::default() };
    let text = VALID.replace("size: 3, ", "");
    assert!(load(&source(&text), &selection).is_ok(), "{}", outcome(&text, &selection));
}
