//! The sandbox's own commands, and what happens where it cannot be.

use std::{fs, os::unix::fs::symlink, path::Path};

use serde_json::Value;

use super::lab;
use crate::lab::{Lab, Said};

/// A sandbox of its own, which ends with the test.
struct Own<'a>(&'a Lab);

impl Own<'_> {
    async fn run(&self, args: &[&str]) -> Said {
        self.0.run_as(args, |it| _ = it.env("INFRACTL_SANDBOX_HOME", self.0.path("state"))).await
    }

    async fn ok(&self, args: &[&str]) -> String {
        let said = self.run(args).await;
        assert_eq!(said.code, 0, "{args:?}: {said:?}");
        said.out
    }

    async fn status(&self) -> Value {
        serde_json::from_str(&self.ok(&["sandbox", "status", "--format", "json"]).await).unwrap()
    }
}

impl Drop for Own<'_> {
    fn drop(&mut self) {
        let mut command = self.0.command(&["sandbox", "stop"]);
        command.env("INFRACTL_SANDBOX_HOME", self.0.path("state")).output().unwrap();
    }
}

#[tokio::test]
async fn it_starts_tells_forgets_and_ends() {
    let lab = lab("own sandbox").await;
    let own = Own(&lab);
    assert_eq!(own.status().await["running"], false);
    for command in ["stop", "reset", "logs"] {
        own.ok(&["sandbox", command]).await;
    }
    let detailed = ["plan", "--env", "dev", "--detailed-exitcode"];
    assert_eq!(own.run(&detailed).await.code, 2);
    let status = own.status().await;
    assert_eq!(status["running"], true, "{status:#}");
    assert!(own.ok(&["sandbox", "status"]).await.contains(status["url"].as_str().unwrap()));
    own.ok(&["apply", "--yes", "--env", "dev"]).await;
    assert_eq!(own.run(&detailed).await.code, 0);
    assert!(own.ok(&["sandbox", "logs"]).await.contains("ec2:CreateVpc 200"));
    own.ok(&["sandbox", "reset"]).await;
    assert_eq!(own.run(&detailed).await.code, 2);
    own.ok(&["sandbox", "stop"]).await;
    assert_eq!(own.status().await["running"], false);
    // It is not taken for running while it ends.
    for _ in 0..3 {
        own.ok(&["plan", "--env", "dev"]).await;
        own.ok(&["sandbox", "stop"]).await;
    }
}

#[tokio::test]
async fn commands_that_start_at_once_share_one() {
    let lab = lab("at once").await;
    let own = Own(&lab);
    let plan = || own.run(&["plan", "--env", "dev"]);
    let (one, two, three) = tokio::join!(plan(), plan(), plan());
    for said in [one, two, three] {
        assert_eq!(said.code, 0, "{said:?}");
    }
    // All calls went to the one that is known: two of them ask who they are before they look.
    let log = own.ok(&["sandbox", "logs"]).await;
    assert_eq!(log.matches("sts:GetCallerIdentity").count(), 3, "{log}");
}

/// A folder of programs with nothing in it but what `names` are.
fn programs(lab: &Lab, names: &[(&str, &Path)]) -> std::path::PathBuf {
    let folder = lab.path("bin");
    fs::create_dir_all(&folder).unwrap();
    for (name, program) in names {
        symlink(program, folder.join(name)).unwrap();
    }
    folder
}

#[tokio::test]
async fn without_python_it_says_what_to_install() {
    let lab = lab("no python").await;
    let folder = programs(&lab, &[]);
    for format in ["text", "json"] {
        let said = lab
            .run_as(&["plan", "--env", "dev", "--format", format], |it| {
                it.env("PATH", &folder).env("XDG_CACHE_HOME", lab.path("cache"));
                it.env("INFRACTL_SANDBOX_HOME", lab.path("state"));
            })
            .await;
        assert_eq!(said.code, 1, "{said:?}");
        let words = if format == "text" { said.err } else { said.out };
        assert!(words.contains("needs Python 3.10 or later") && words.contains("python3-venv"), "{words}");
    }
}

#[tokio::test]
async fn without_a_folder_to_write_to_it_says_so() {
    let lab = lab("no folder").await;
    fs::write(lab.path("file"), "").unwrap();
    for (cache, state) in [("file", "state"), ("cache", "file")] {
        let said = lab
            .run_as(&["plan", "--env", "dev"], |it| {
                it.env("XDG_CACHE_HOME", lab.path(cache)).env("INFRACTL_SANDBOX_HOME", lab.path(state).join("deep"));
            })
            .await;
        assert_eq!(said.code, 1, "{said:?}");
        let path = lab.path("file").display().to_string();
        assert!(said.err.contains(&path) && said.err.contains("XDG_CACHE_HOME"), "{}", said.err);
    }
}
