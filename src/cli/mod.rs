//! The command line: a file a command, each of them arguments, one call, one rendering.

#![expect(clippy::disallowed_methods, reason = "commands read files and settings, so that nothing else has to")]

mod apply;
mod deploy;
mod destroy;
mod explain;
mod folders;
mod graph;
mod help;
mod history;
mod init;
mod logs;
mod outputs;
mod patience;
mod plan;
mod promote;
mod rollback;
mod run;
mod sandbox;
mod saved;
mod secrets;
mod services;
mod session;
mod signals;
mod status;
mod stop;
mod validate;

use std::{io, path::PathBuf};

use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::{show, spec};
pub use stop::Stop;

/// Provisions and deploys web stacks from one YAML file, with no state file
#[derive(Debug, Parser)]
#[command(name = "infractl", version, max_term_width = 100, disable_help_subcommand = true, after_help = help::INFRACTL)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Common options")]
struct Common {
    /// The stack file
    #[arg(short, long, global = true, env = "INFRACTL_FILE", hide_env_values = true, value_name = "PATH")]
    #[arg(default_value = "infractl.yaml")]
    file: PathBuf,
    /// The environment, such as prod or pr-17
    #[arg(short, long, global = true, env = "INFRACTL_ENV", hide_env_values = true, value_name = "NAME")]
    env: Option<String>,
    /// A variable's value; `INFRACTL_VAR_<NAME>` does the same
    #[arg(long, global = true, value_name = "NAME=VALUE", value_parser = session::variable)]
    var: Vec<(String, String)>,
    /// Work on local clouds instead of real accounts
    #[arg(long, global = true, env = "INFRACTL_SANDBOX", hide_env_values = true)]
    #[arg(value_parser = clap::builder::FalseyValueParser::new())]
    sandbox: bool,
    /// How results are written: for people, or for machines, with a version
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// No colours; `NO_COLOR=1` does the same
    #[arg(long, global = true)]
    no_color: bool,
    /// Say more: -v what is repeated, -vv each call
    #[arg(short, long, global = true, action = ArgAction::Count)]
    verbose: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a commented stack file to start from
    Init(init::Init),
    /// Check the stack file; asks no cloud
    #[command(after_help = help::VALIDATE)]
    Validate,
    /// Show what apply would do; changes nothing
    Plan(plan::PlanArgs),
    /// Make the accounts as the file says
    Apply(apply::Apply),
    /// Release services with other images
    Deploy(deploy::Deploy),
    /// Let a release that waits for approval go on
    Promote(promote::Promote),
    /// Go back to what a service served before
    Rollback(rollback::Rollback),
    /// Delete everything that the stack has in the environment
    Destroy(destroy::Destroy),
    /// Show what the services run, whether it serves, and what is likely wrong
    Status(status::StatusArgs),
    /// Print what a service says
    Logs(logs::LogsArgs),
    /// Show what the services ran when, the newest first
    History(history::HistoryArgs),
    /// Run a command once, in a task as the service's are now
    Run(run::RunArgs),
    /// Print the resources and what needs what, for Graphviz; asks no cloud
    #[command(after_help = help::GRAPH)]
    Graph,
    /// Print the JSON Schema of stack files, for editors
    #[command(after_help = help::SCHEMA)]
    Schema,
    /// Describe a resource type, or list them
    Explain(explain::Explain),
    /// Print what the stack tells those who use it
    Outputs(outputs::OutputsArgs),
    /// Set the values of secrets, or list them
    Secrets(secrets::SecretsArgs),
    /// Print a completion script for a shell
    #[command(after_help = help::COMPLETIONS)]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// See to the local clouds that --sandbox uses
    Sandbox(sandbox::SandboxArgs),
}

impl Cli {
    /// Carries out the command; gives the exit code.
    pub async fn run(self) -> u8 {
        let Self { common, command } = self;
        if common.no_color {
            anstream::ColorChoice::Never.write_global();
        }
        trace(common.verbose);
        let json = common.format == Format::Json;
        let lines = matches!(
            command,
            Command::Apply(_)
                | Command::Deploy(_)
                | Command::Rollback(_)
                | Command::Destroy(_)
                | Command::Logs(_)
                | Command::Run(_)
        );
        let done = match command {
            Command::Init(it) => init::init(&common, &it),
            Command::Validate => validate::validate(&common),
            Command::Plan(it) => plan::plan(&common, &it).await,
            Command::Apply(it) => apply::apply(&common, &it).await,
            Command::Deploy(it) => deploy::deploy(&common, &it).await,
            Command::Promote(it) => promote::promote(&common, &it).await,
            Command::Rollback(it) => rollback::rollback(&common, &it).await,
            Command::Destroy(it) => destroy::destroy(&common, &it).await,
            Command::Status(it) => status::status(&common, &it).await,
            Command::Logs(it) => logs::logs(&common, &it).await,
            Command::History(it) => history::history(&common, &it).await,
            Command::Run(it) => run::run(&common, &it).await,
            Command::Graph => graph::graph(&common),
            Command::Schema => schema(),
            Command::Explain(it) => explain::explain(&common, &it),
            Command::Outputs(it) => outputs::outputs(&common, &it).await,
            Command::Secrets(it) => secrets::secrets(&common, &it).await,
            Command::Completions { shell } => completions(shell),
            Command::Sandbox(it) => sandbox::sandbox(&common, &it).await,
        };
        match done {
            Ok(code) => code,
            Err(stop) => {
                stop.show(json, lines);
                stop.code()
            }
        }
    }
}

/// Messages about calls go where other messages go; they hold no secrets, for calls are named without their contents.
fn trace(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => "infractl=info",
        _ => "infractl=debug",
    };
    let filter = tracing_subscriber::EnvFilter::new(level);
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_target(false).compact().init();
}

fn schema() -> Result<u8, Stop> {
    let text = serde_json::to_string_pretty(&spec::schema()).map_err(|it| Stop::Failed(it.to_string()))?;
    show::out(&format!("{text}\n"))?;
    Ok(0)
}

fn completions(shell: Shell) -> Result<u8, Stop> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "infractl", &mut script);
    show::out(&String::from_utf8_lossy(&script))?;
    Ok(0)
}
