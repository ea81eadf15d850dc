//! What may be said where: the order of the layers, and other rules that the text of `src` can be held to.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Longer than files should be, each for a reason.
const LONG: [(&str, &str); 1] =
    [("src/sandbox/emulator/requirements.txt", "a table of packages and their digests, written by pip-compile")];

/// Layers that give the same for the same, whenever and wherever they are asked.
const PURE: [&str; 6] = ["resource", "plan", "spec", "compile", "rollout", "show"];

/// Layers that handle all resource types alike.
const ERASED: [&str; 3] = ["plan", "observe", "run"];

const RULES: &[Rule] = &[
    Rule {
        says: "a module uses only layers above its own",
        broken: |it| it.paths().into_iter().find(|path| rank(first(path)) > rank(it.layer())),
        like: &[
            ("src/diagnostic.rs", "use crate::plan::Plan;"),
            ("src/plan/diff.rs", "use crate::{\n    resource::{Facts, graph::Graph},\n    api,\n};"),
            ("src/catalog/aws/ec2/vpc.rs", "fn f(it: &crate::spec::Spec) {}"),
            ("src/compile/mod.rs", "mod tests {\n    use crate::{resource::Place, cli::Cli as Cli};\n}"),
            ("src/resource/value.rs", "macro_rules! m { () => { $crate::run::run() } }"),
            ("src/plan/mod.rs", "use super::{resource::Place, api};"),
            ("src/plan/diff.rs", "mod tests {\n    fn f() { super::super::api::f() }\n}"),
        ],
    },
    Rule {
        says: "a file has at most 500 lines",
        broken: |it| {
            let excused = LONG.iter().any(|(path, _)| *path == it.path);
            let lines = it.text.lines().count();
            (lines > 500 && !excused).then(|| format!("{lines} lines"))
        },
        like: &[("src/plan/diff.rs", include_str!("../src/sandbox/emulator/requirements.txt"))],
    },
    Rule {
        says: "only `show` and `main` print",
        broken: |it| it.outside(&["show", "main"], &["print!(", "println!(", "dbg!(", "stdout()", "stderr()"]),
        like: &[("src/cli/plan.rs", r#"println!("done");"#), ("src/run/mod.rs", "writeln!(io::stderr(), \"done\")")],
    },
    Rule {
        says: "only `api` names reqwest",
        broken: |it| it.outside(&["api"], &["reqwest"]),
        like: &[("src/sandbox/mod.rs", "use reqwest::Method;")],
    },
    Rule {
        says: "only `api` and `catalog/aws` name the SDK",
        broken: |it| {
            let allowed = it.path.starts_with("src/catalog/aws/");
            it.outside(&["api"], &["aws_sdk_", "aws_smithy_", "aws_config"]).filter(|_| !allowed)
        },
        like: &[
            ("src/catalog/lifecycle.rs", "use aws_sdk_ec2::Client;"),
            ("src/run/perform.rs", "fn f(it: aws_smithy_types::Blob) {}"),
        ],
    },
    Rule {
        says: "what is pure does not wait",
        broken: |it| it.within(&PURE, &["async ", ".await", "tokio", "futures::"]),
        like: &[("src/spec/load.rs", "pub async fn load() {}"), ("src/compile/mod.rs", "let it = f().await;")],
    },
    Rule {
        says: "only those who act look at clocks, settings and files, which `.clippy.toml` bans",
        broken: |it| match it.path.as_str() {
            "src/lib.rs" => (!it.code.contains("#![warn(clippy::disallowed_methods)]")).then(|| "no ban".into()),
            _ => it.outside(&["api", "run", "sandbox", "cli"], &["disallowed_methods"]),
        },
        like: &[
            ("src/show/progress.rs", "#[expect(clippy::disallowed_methods, reason = \"…\")]"),
            ("src/lib.rs", "#![allow(clippy::disallowed_methods)]"),
        ],
    },
    Rule {
        says: "no resource type is named where all are handled alike",
        broken: |it| {
            let named = |(provider, service): &(String, String)| {
                let typed = it.paths().into_iter().find(|path| path.starts_with(&format!("catalog::{provider}")));
                typed.or_else(|| it.within(&ERASED, &[&format!("\"{service}.")]))
            };
            services().iter().find_map(named).filter(|_| ERASED.contains(&it.layer()))
        },
        like: &[
            ("src/observe.rs", "use crate::catalog::{Reads, aws::ec2::vpc::Vpc};"),
            ("src/run/perform.rs", r#"if kind == "ec2.vpc" {}"#),
        ],
    },
    Rule {
        says: "what a comment names is there",
        broken: |it| {
            let named = it.text.split('`').filter(|it| ["src/", "tests/", "docs/"].iter().any(|at| it.starts_with(at)));
            named
                .filter(|it| it.chars().all(|it| it.is_alphanumeric() || "/._-".contains(it)))
                .find(|it| !Path::new(it).exists())
                .map(Into::into)
        },
        like: &[("src/plan/mod.rs", "/// See `src/no/such.rs`.")],
    },
];

struct Rule {
    says: &'static str,
    /// What in a file is against it.
    broken: fn(&File) -> Option<String>,
    /// Files that are against it.
    like: &'static [(&'static str, &'static str)],
}

struct File {
    path: String,
    text: String,
    /// The text without comments.
    code: String,
}

impl File {
    fn new(path: &str, text: &str) -> Self {
        let code = text.lines().map(code).collect::<Vec<_>>().join("\n");
        Self { path: path.into(), text: text.into(), code }
    }

    /// `plan` for all files below `src/plan`.
    fn layer(&self) -> &str {
        self.path.strip_prefix("src/").and_then(|it| it.split(['/', '.']).next()).unwrap_or_default()
    }

    /// Every path that begins with `crate`, or climbs as far, without that.
    fn paths(&self) -> Vec<String> {
        let mut acc = Vec::new();
        for (at, root) in self.code.match_indices("crate::") {
            expand(&mut acc, "", &self.code[at + root.len()..]);
        }
        let depth = self.path.trim_end_matches("/mod.rs").matches('/').count();
        for (at, climb) in self.code.match_indices(&"super::".repeat(depth)) {
            expand(&mut acc, "", &self.code[at + climb.len()..]);
        }
        acc
    }

    fn within(&self, layers: &[&str], words: &[&str]) -> Option<String> {
        let word = words.iter().find(|it| self.code.contains(**it));
        word.filter(|_| layers.contains(&self.layer())).map(|it| (*it).to_owned())
    }

    fn outside(&self, layers: &[&str], words: &[&str]) -> Option<String> {
        let own = self.layer();
        if layers.contains(&own) { None } else { self.within(&[own], words) }
    }
}

/// A line without its comment; what follows the two slashes of a URL is none.
fn code(line: &str) -> &str {
    let comment = line.match_indices("//").find(|(at, _)| !line[..*at].ends_with(':'));
    comment.map_or(line, |(at, _)| &line[..at])
}

/// Adds the paths that `text` begins with, one for each leaf of nested braces; gives what follows them.
fn expand<'a>(acc: &mut Vec<String>, above: &str, text: &'a str) -> &'a str {
    let end = text.find(|it: char| !it.is_alphanumeric() && !"_:*".contains(it)).unwrap_or(text.len());
    let (path, mut rest) = (format!("{above}{}", &text[..end]), &text[end..]);
    if !rest.starts_with('{') || !(path.is_empty() || path.ends_with("::")) {
        acc.push(path);
        return rest;
    }
    while let Some(next) = rest.find([',', '}', '{']).filter(|it| !rest[*it..].starts_with('}')) {
        let item = rest[next + 1..].trim_start();
        rest = if item.starts_with('}') { item } else { expand(acc, &path, item) };
    }
    rest.strip_prefix('}').unwrap_or(rest)
}

/// The layers in their order, as the map in `src/lib.rs` has them.
fn layers() -> Vec<&'static str> {
    let rows = include_str!("../src/lib.rs").lines().filter_map(|it| it.strip_prefix("//! | [`"));
    rows.filter_map(|it| it.split('`').next()).collect()
}

fn rank(layer: &str) -> Option<usize> {
    layers().iter().position(|it| *it == layer)
}

fn first(path: &str) -> &str {
    path.split(':').next().unwrap_or_default()
}

/// Such as `("aws", "ec2")`.
fn services() -> Vec<(String, String)> {
    let name = |it: &Path| it.file_name().unwrap().to_str().unwrap().to_owned();
    let folders = |it: &Path| children(it).into_iter().filter(|it| it.is_dir()).collect::<Vec<_>>();
    let of = |provider: PathBuf| folders(&provider).into_iter().map(move |it| (name(&provider), name(&it)));
    folders(Path::new("src/catalog")).into_iter().flat_map(of).collect()
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let mut acc: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    acc.sort();
    acc
}

/// The files that people wrote.
fn files(at: &Path) -> Vec<File> {
    if at.is_dir() {
        return children(at).iter().flat_map(|it| files(it)).collect();
    }
    let written = at.extension().is_some_and(|it| ["rs", "py", "txt"].iter().any(|known| it == *known));
    let file = |it: &Path| File::new(it.to_str().unwrap(), &fs::read_to_string(it).unwrap());
    written.then(|| file(at)).into_iter().collect()
}

#[test]
fn every_file_keeps_the_rules() {
    let mut broken = Vec::new();
    for file in files(Path::new("src")) {
        for rule in RULES {
            broken.extend((rule.broken)(&file).map(|what| format!("{}: {what}\n    but {}", file.path, rule.says)));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_rule_can_be_broken() {
    for rule in RULES {
        for (path, text) in rule.like {
            assert!((rule.broken)(&File::new(path, text)).is_some(), "{}: {path}\n{text}", rule.says);
            let ban = if *path == "src/lib.rs" { "#![warn(clippy::disallowed_methods)]" } else { "" };
            let comment = "// crate::cli::Cli println!() reqwest aws_sdk_ec2 async disallowed_methods \"ec2.vpc\"";
            assert_eq!((rule.broken)(&File::new(path, &[ban, comment].concat())), None, "{}", rule.says);
        }
    }
}

#[test]
fn the_map_is_the_tree() {
    let modules = include_str!("../src/lib.rs").lines().filter_map(|it| it.strip_prefix("pub mod ")?.strip_suffix(';'));
    assert_eq!(layers().into_iter().collect::<BTreeSet<_>>(), modules.collect());
    let there =
        |it: &&str| [format!("src/{it}.rs"), format!("src/{it}/mod.rs")].iter().any(|it| Path::new(it).exists());
    assert!(layers().iter().all(there) && layers().len() > 10, "{:?}", layers());
}

#[test]
fn long_files_are_still_there_and_long() {
    for (path, why) in LONG {
        assert!(fs::read_to_string(path).unwrap().lines().count() > 500, "{path} needs no excuse: {why}");
    }
}
