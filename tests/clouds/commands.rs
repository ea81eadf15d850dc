//! What the commands say and how they end.

mod edge;
mod flow;
mod history;
mod live;
mod logs;
mod run;
mod sandbox;
mod saved;
mod secrets;
mod status;

use std::process::{Command, Stdio};

use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStderr, ChildStdout},
};

use crate::lab::{Lab, Said};

/// A network of one zone in which nothing takes long.
const STACK: &str = "
stack: shop
region: eu-central-1
environments: {dev: {}, prod: {protect: true}}
network:
  zones: 1
  nat: none
  flow_logs: 30d
  security_groups:
    web: {ingress: [{from: internet, port: 443}]}
    app: {ingress: [{from: web, port: 3000}]}
outputs:
  vpc: ${network.vpc_id}
  subnets: ${network.public_subnets}
";

async fn lab(name: &str) -> Lab {
    let lab = Lab::new(&format!("commands: {name}")).await;
    lab.behave(serde_json::json!({"preset": "plain"})).await;
    lab.write(STACK);
    lab
}

impl Lab {
    /// As [`Lab::run`], with what `set` does to the command.
    async fn run_as(&self, args: &[&str], set: impl FnOnce(&mut Command)) -> Said {
        let mut command = self.command(args);
        set(&mut command);
        let output = tokio::process::Command::from(command).output().await.unwrap();
        Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// That `args` end with `code`, say `words` where messages go, and change nothing.
    async fn refuses(&self, args: &[&str], code: i32, words: &str) {
        let changes = self.changes().await;
        let said = self.run(args).await;
        assert_eq!(said.code, code, "{args:?}: {said:?}");
        assert!(said.err.contains(words), "{args:?} does not say `{words}`: {}", said.err);
        assert_eq!(self.changes().await, changes, "{args:?}");
    }
}

/// A command that goes on by itself.
struct Going {
    child: Child,
    out: Lines<BufReader<ChildStdout>>,
    err: Lines<BufReader<ChildStderr>>,
}

impl Going {
    fn start(lab: &Lab, args: &[&str]) -> Self {
        let mut command = tokio::process::Command::from(lab.command(args));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap()).lines();
        let err = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, out, err }
    }

    /// The next line of its result.
    async fn line(&mut self) -> Option<String> {
        self.out.next_line().await.unwrap()
    }

    /// The next message that holds `words`.
    async fn told(&mut self, words: &str) -> String {
        loop {
            let line = self.err.next_line().await.unwrap();
            let line = line.unwrap_or_else(|| panic!("it ended and did not say `{words}`"));
            if line.contains(words) {
                return line;
            }
        }
    }

    async fn signal(&self, name: &str) {
        let pid = self.child.id().unwrap().to_string();
        assert!(tokio::process::Command::new("kill").args(["-s", name, &pid]).status().await.unwrap().success());
    }

    async fn code(mut self) -> Option<i32> {
        self.child.wait().await.unwrap().code()
    }
}
