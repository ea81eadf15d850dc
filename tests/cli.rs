//! What the binary says where no cloud is needed: transcripts of commands, their output and exit codes.
//!
//! A transcript is a file in `tests/cli`; the files that its commands see are in the folder of the same name with `.in` at its
//! end, those that they leave in the one with `.out`. `TRYCMD=overwrite cargo test --test cli` writes them anew.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::{Command, Output};

#[test]
fn transcripts() {
    // Where nobody watches, help is as wide as this.
    trycmd::TestCases::new().env("COLUMNS", "100").env("NO_COLOR", "1").case("tests/cli/*.trycmd");
}

fn infractl(args: &[&str], env: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_infractl"));
    command.args(args).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").envs(env.iter().copied()).output().unwrap()
}

#[test]
fn colours_are_for_those_who_see_them() {
    let coloured = |args: &[&str], env: &[(&str, &str)]| {
        let said = infractl(args, env);
        [said.stdout.contains(&0x1b), said.stderr.contains(&0x1b)]
    };
    let (good, bad) = (["explain", "ec2.vpc"], ["validate", "--file", "tests/cli/errors.in/broken.yaml"]);
    let forced = ("CLICOLOR_FORCE", "1");
    assert_eq!(coloured(&good, &[forced]), [true, false]);
    assert_eq!(coloured(&bad, &[forced]), [false, true]);
    for (args, env) in [(&good[..], vec![]), (&bad, vec![]), (&good, vec![("NO_COLOR", "1")])] {
        assert_eq!(coloured(args, &env), [false, false], "{args:?} {env:?}");
    }
    assert_eq!(coloured(&[&good[..], &["--no-color"]].concat(), &[forced]), [false, false]);
    assert_eq!(coloured(&[&bad[..], &["--no-color"]].concat(), &[forced]), [false, false]);
}

#[test]
fn every_shell_has_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let said = infractl(&["completions", shell], &[]);
        let script = String::from_utf8(said.stdout).unwrap();
        assert!(said.status.success() && script.contains("detailed-exitcode"), "{shell}: {script}");
    }
}

#[test]
fn every_command_has_examples() {
    let said = infractl(&["--help"], &[]);
    let help = String::from_utf8(said.stdout).unwrap();
    let commands = help.lines().skip_while(|it| *it != "Commands:").skip(1).take_while(|it| !it.is_empty());
    let commands: Vec<_> = commands.filter_map(|it| it.split_whitespace().next()).collect();
    assert!(commands.len() > 10, "{help}");
    for command in commands {
        let said = String::from_utf8(infractl(&[command, "--help"], &[]).stdout).unwrap();
        assert!(said.contains(&format!("\nExamples:\n  infractl {command}")) || command == "sandbox", "{said}");
        assert!(said.lines().all(|it| it.chars().count() <= 100 && it.trim_end() == it), "{said}");
    }
}
