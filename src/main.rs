//! The command line of infractl: arguments in, exit code out.

use std::process::ExitCode;

use clap::Parser;
use infractl::cli::Cli;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    ExitCode::from(Cli::parse().run().await)
}
