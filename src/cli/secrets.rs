//! `infractl secrets`

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, IsTerminal, Read, stdin},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, Subcommand};
use futures::future::try_join_all;
use serde_json::{Value, json};

use super::{Common, Format, Stop, apply::nonce, help, patience::patiently, session::Session};
use crate::{
    api::{ApiError, ReadCx, retry::Class},
    catalog::{
        Reads,
        aws::secretsmanager::{
            by_hand::{Setting, Told, tell},
            secret::Secret,
        },
        lifecycle::Look,
    },
    diagnostic::did_you_mean,
    observe::owner,
    resource::{
        LiveTree, Resource,
        graph::{Graph, Node},
        text::digest::short,
        value::{Address, OutRef, references, resolve},
    },
    show::{ask, err, json::FORMAT, out},
};

/// The longest value that Secrets Manager takes, in bytes:
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html>.
const LONGEST: usize = 65_536;
/// How often it is looked, a second apart, for a secret that is said to exist.
const LOOKS: u32 = 15;
/// What a terminal takes of a line before it drops the rest (<https://man7.org/linux/man-pages/man3/termios.3.html>).
const LONGEST_LINE: usize = 4_095;

/// Arguments of `infractl secrets`.
#[derive(Debug, Args)]
#[command(after_help = help::SECRETS)]
pub(super) struct SecretsArgs {
    #[command(subcommand)]
    command: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Set a secret's value, before or after the first apply; it is read from standard input
    #[command(after_help = help::SECRETS_SET)]
    Set(Set),
    /// List the secrets, whether they have a value, and when it was changed; never the value
    #[command(after_help = help::SECRETS_LIST)]
    List,
}

#[derive(Debug, Args)]
struct Set {
    /// The secret, as the file calls it under `secrets`
    name: String,
    /// Set only this key, and keep the others: the secret is a JSON object
    #[arg(long)]
    key: Option<String>,
    /// Read the value from a file
    #[arg(long, value_name = "PATH")]
    from_file: Option<PathBuf>,
}

pub(super) async fn secrets(common: &Common, args: &SecretsArgs) -> Result<u8, Stop> {
    match &args.command {
        Action::Set(it) => set(common, it).await,
        Action::List => list(common).await,
    }
}

async fn set(common: &Common, args: &Set) -> Result<u8, Stop> {
    let session = Session::open(common).await?;
    let graph = &session.compiled.graph;
    let (address, node) = declared(graph, &args.name)?;
    let want = wanted(&session.cx.read, graph, address, node).await?;
    let mut there = there(&session.cx.read, graph, address, node).await?;
    let value = value(args)?;
    let token = short(&nonce(), 32);
    let key = args.key.as_deref();
    for look in 1.. {
        let setting = Setting { want: &want, tags: &node.tags, there, value: &value, key, token: &token };
        match patiently(|| setting.set(&session.cx)).await {
            // What was made a moment ago is not seen everywhere yet; whose it is shows only once it is.
            Err(error) if error.class() == Class::Exists && look < LOOKS => {
                tokio::time::sleep(Duration::from_secs(1)).await;
                there = self::there(&session.cx.read, graph, address, node).await?;
            }
            said => {
                said?;
                break;
            }
        }
    }
    let what = key.map_or_else(|| args.name.clone(), |key| format!("{key} of {}", args.name));
    match common.format {
        Format::Text => err(&format!("{what} is set. What reads it when it starts has to be started anew.\n")),
        Format::Json => out(&format!("{:#}\n", json!({"format": FORMAT, "secret": args.name, "key": key})))?,
    }
    Ok(0)
}

/// The secret that people set, of that name.
fn declared<'a>(graph: &'a Graph, name: &str) -> Result<(&'a Address, &'a Node), Stop> {
    let address = Address::new(Secret::FACTS.kind, name);
    let Some((address, node)) = graph.nodes.get_key_value(&address) else {
        let known = graph.nodes.keys().filter(|it| it.kind() == Secret::FACTS.kind).map(Address::name);
        let near = did_you_mean(name, known);
        let help = near.map_or_else(
            || "declare it under `secrets` in the stack file".into(),
            |it| format!("did you mean `{it}`?"),
        );
        return Err(Stop::Usage { why: format!("there is no secret `{name}`"), help });
    };
    if node.want.get("value").is_some_and(|it| !it.is_null()) {
        let why = format!("the value of `{name}` is made by infractl");
        return Err(Stop::Usage { why, help: "only secrets without `generate` are set by hand".into() });
    }
    Ok((address, node))
}

/// What the file says of it, with the key that encrypts it.
async fn wanted(cx: &ReadCx, graph: &Graph, address: &Address, node: &Node) -> Result<Secret, Stop> {
    let mut outs = BTreeMap::<OutRef, Value>::new();
    for out in references(&node.want) {
        let live = live(cx, graph, &out.from).await?;
        let Some(value) = live.and_then(|it| it.out.get(&out.out).cloned()) else {
            let why = format!("{address} needs {}, which is not there yet", out.from);
            return Err(Stop::Refused { why, help: format!("make it first: infractl apply --target {}", out.from) });
        };
        outs.insert(out, value);
    }
    let want = resolve(&node.want, &|out| outs.get(out).cloned());
    Ok(serde_json::from_value(want).map_err(|it| ApiError::malformed(Secret::FACTS.kind, &it))?)
}

/// Whether it is there, and ours.
async fn there(cx: &ReadCx, graph: &Graph, address: &Address, node: &Node) -> Result<bool, Stop> {
    let Some(live) = live(cx, graph, address).await? else {
        let found = found(cx, graph, address).await?;
        let rival = found.iter().find(|it| it.state.get("secret_name") == node.want.get("secret_name"));
        return match rival {
            None => Ok(false),
            Some(it) => Err(Stop::Refused {
                why: format!("its name is taken by {}, which is not this stack's", it.id()),
                help: "rename one of them".into(),
            }),
        };
    };
    if Secret::FACTS.is_gone(&live) {
        let why = format!("{} is scheduled for deletion", address.name());
        return Err(Stop::Refused { why, help: "bring it back first: infractl apply".into() });
    }
    Ok(true)
}

/// What stands at `address`.
async fn live(cx: &ReadCx, graph: &Graph, address: &Address) -> Result<Option<LiveTree>, Stop> {
    let Some(node) = graph.nodes.get(address) else { return Ok(None) };
    let found = found(cx, graph, address).await?;
    Ok(found.into_iter().find(|it| owner(&graph.scope, node.facts, it).as_ref() == Some(address)))
}

async fn found(cx: &ReadCx, graph: &Graph, address: &Address) -> Result<Vec<LiveTree>, Stop> {
    let wants = graph.nodes.get(address).map(|it| it.want.clone()).into_iter().collect();
    Ok(Reads::read(cx, address.kind(), Look { scope: graph.scope.clone(), wants, strays: true }).await?)
}

/// The value, from where it comes; a line break at its end is not part of it.
fn value(args: &Set) -> Result<String, Stop> {
    let mut text = String::new();
    let (source, read) = if let Some(path) = &args.from_file {
        (path.as_path(), File::open(path).and_then(|it| limited(it, &mut text)))
    } else {
        (Path::new("standard input"), typed(&mut text))
    };
    read.map_err(|error| Stop::File { path: source.to_owned(), error, help: None })?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        let why = "there is no value".into();
        return Err(Stop::Usage { why, help: "give it on standard input, or with --from-file".into() });
    }
    Ok(text.to_owned())
}

/// One line that is not shown while it is typed, or what a pipe brings. More lines, and longer ones, come from a file or a
/// pipe.
fn typed(text: &mut String) -> io::Result<()> {
    let question =
        "Enter the value; it is not shown while you type. What has several lines comes from --from-file or a pipe.\n";
    let answer = if stdin().is_terminal() { ask(question)? } else { None };
    let Some(line) = answer else { return limited(stdin().lock(), text) };
    if line.len() >= LONGEST_LINE {
        return Err(io::Error::other("a terminal cuts lines that long; use --from-file, or a pipe"));
    }
    *text = line;
    Ok(())
}

fn limited(from: impl Read, text: &mut String) -> io::Result<()> {
    from.take(LONGEST as u64 + 2).read_to_string(text)?;
    if text.trim_end().len() > LONGEST {
        return Err(io::Error::other(format!("more than {LONGEST} bytes are too many for a secret")));
    }
    Ok(())
}

/// A secret in a list.
struct Row<'a> {
    name: &'a str,
    by_people: bool,
    told: Option<Told>,
}

impl Row<'_> {
    fn state(&self) -> &'static str {
        match &self.told {
            None => "not there yet",
            Some(it) if it.going => "being deleted",
            Some(it) if it.valued => "set",
            Some(_) => "no value",
        }
    }
}

async fn list(common: &Common) -> Result<u8, Stop> {
    let session = Session::open(common).await?;
    let nodes = session.compiled.graph.nodes.iter().filter(|(it, _)| it.kind() == Secret::FACTS.kind);
    let rows = nodes.map(|(address, node)| {
        let text = |field: &str| node.want.get(field).filter(|it| !it.is_null());
        let secret = text("secret_name").and_then(Value::as_str).unwrap_or_default();
        let (name, by_people) = (address.name(), text("value").is_none());
        let cx = &session.cx.read;
        async move { Ok::<_, ApiError>(Row { name, by_people, told: tell(cx, secret).await? }) }
    });
    let rows = try_join_all(rows).await?;
    match common.format {
        Format::Json => {
            let row = |it: &Row<'_>| {
                let told = it.told.clone().unwrap_or_default();
                json!({
                    "name": it.name,
                    "set_by": if it.by_people { "people" } else { "infractl" },
                    "state": it.state(),
                    "changed": told.changed,
                })
            };
            let rows: Vec<_> = rows.iter().map(row).collect();
            out(&format!("{:#}\n", json!({"format": FORMAT, "secrets": rows})))?;
        }
        Format::Text => {
            let width = rows.iter().map(|it| it.name.len()).max().unwrap_or_default();
            let line = |it: &Row<'_>| {
                let changed = it.told.as_ref().and_then(|it| it.changed.clone());
                let changed = changed.map_or_else(String::new, |it| format!(", changed {it}"));
                let by = if it.by_people { "by people" } else { "by infractl" };
                format!("{:<width$}  {} ({by}{changed})\n", it.name, it.state())
            };
            out(&rows.iter().map(line).collect::<String>())?;
        }
    }
    Ok(0)
}
