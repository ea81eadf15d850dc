//! `infractl sandbox`

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::{Common, Format, Stop, help, session::home};
use crate::show::{err, json::FORMAT, out};

/// Arguments of `infractl sandbox`.
#[derive(Debug, Args)]
#[command(after_help = help::SANDBOX)]
pub(super) struct SandboxArgs {
    #[command(subcommand)]
    command: Action,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum Action {
    /// Start it, unless it runs
    Start,
    /// Say whether it runs, and where
    Status,
    /// Delete all that was made in it
    Reset,
    /// End it, and with it all that was made in it
    Stop,
    /// Print what it wrote about its last calls
    Logs,
}

pub(super) async fn sandbox(common: &Common, args: &SandboxArgs) -> Result<u8, Stop> {
    let home = home()?;
    if matches!(args.command, Action::Logs) {
        out(&format!("{}\n", home.last_lines(200)))?;
        return Ok(0);
    }
    if matches!(args.command, Action::Start) {
        home.start(&mut |it| err(&format!("sandbox: {it}\n"))).await?;
    }
    let Some(sandbox) = home.running().await else {
        say(
            common,
            "The sandbox does not run; it starts by itself when --sandbox needs it.",
            &json!({"running": false}),
        )?;
        return Ok(0);
    };
    match args.command {
        Action::Start | Action::Status | Action::Logs => {
            let text = format!("The sandbox answers at {} (process {}).", sandbox.url, sandbox.pid);
            let health = sandbox.health().await?;
            say(common, &text, &json!({"running": true, "url": sandbox.url, "health": health}))?;
        }
        Action::Reset => {
            sandbox.reset().await?;
            say(common, "The sandbox is empty.", &json!({"running": true}))?;
        }
        Action::Stop => {
            sandbox.stop().await?;
            say(common, "The sandbox has ended.", &json!({"running": false}))?;
        }
    }
    Ok(0)
}

fn say(common: &Common, text: &str, tree: &Value) -> Result<(), Stop> {
    match common.format {
        Format::Text => out(&format!("{text}\n"))?,
        Format::Json => {
            let mut all = Map::from_iter([("format".to_owned(), FORMAT.into())]);
            all.extend(tree.as_object().cloned().unwrap_or_default());
            out(&format!("{:#}\n", Value::Object(all)))?;
        }
    }
    Ok(())
}
