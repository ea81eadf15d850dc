//! The real binary against the sandbox, and the sandbox's own account of what happened.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use infractl::{
    api::{WriteCx, aws::Connection},
    sandbox::{Home, Sandbox},
};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::inventory::inventory;

/// How many there have been.
static LABS: AtomicU32 = AtomicU32::new(0);

/// How many sandboxes the tests share, each of which keeps at most one processor busy.
const SANDBOXES: u32 = 2;

/// An account of its own in a sandbox that tests share, and a folder with a stack file.
pub(crate) struct Lab {
    pub(crate) account: String,
    pub(crate) sandbox: Sandbox,
    folder: tempfile::TempDir,
    home: Home,
}

/// What the binary said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Lab {
    /// Behaviours are strict.
    pub(crate) async fn new(name: &str) -> Self {
        let nth = LABS.fetch_add(1, Ordering::Relaxed);
        let state = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("sandbox-{}", nth % SANDBOXES));
        Self::at(state, &format!("{name} {nth}")).await
    }

    /// Another account in the same world, where some names are taken by one for all.
    pub(crate) async fn neighbour(&self) -> Self {
        Self::at(self.home.state.clone(), &format!("neighbour of {}", self.account)).await
    }

    async fn at(state: PathBuf, name: &str) -> Self {
        let cache = etcetera::BaseStrategy::cache_dir(&etcetera::choose_base_strategy().unwrap()).join("infractl");
        let home = Home { cache, state };
        let sandbox = home.start(&mut |it| eprintln!("sandbox: {it}")).await.unwrap();
        // Two labs at once may share a sandbox, but no account: not those of another run, nor another of this name.
        let digest = Sha256::digest(format!("{name} {}", std::process::id()));
        let number =
            digest.iter().take(6).fold(0u64, |acc, it| acc << 8 | u64::from(*it)) % 900_000_000_000 + 100_000_000_000;
        let lab = Self { account: number.to_string(), sandbox, folder: tempfile::tempdir().unwrap(), home };
        lab.control(Method::POST, "reset", None).await;
        lab.behave(json!({"preset": "strict"})).await;
        lab
    }

    pub(crate) async fn behave(&self, behaviours: Value) {
        self.control(Method::PUT, "behaviours", Some(behaviours)).await;
    }

    pub(crate) async fn faults(&self, rules: Value) {
        self.control(Method::PUT, "faults", Some(rules)).await;
    }

    /// Every call that this account has received, as `service:Operation`, and whether it changes something.
    pub(crate) async fn calls(&self) -> Vec<(String, bool)> {
        let log = self.control(Method::GET, "calls", None).await;
        let name = |it: &Value| format!("{}:{}", it["service"].as_str().unwrap(), it["operation"].as_str().unwrap());
        log["calls"].as_array().unwrap().iter().map(|it| (name(it), it["mutating"].as_bool().unwrap())).collect()
    }

    pub(crate) async fn changes(&self) -> usize {
        self.calls().await.iter().filter(|(_, changes)| *changes).count()
    }

    /// What others than AWS were told, as the sandbox keeps it.
    pub(crate) async fn posts(&self) -> Vec<Value> {
        self.control(Method::GET, "vendors", None).await["requests"].as_array().unwrap().clone()
    }

    /// What topics were told.
    pub(crate) async fn messages(&self) -> Vec<Value> {
        self.control(Method::GET, "messages", None).await["messages"].as_array().unwrap().clone()
    }

    pub(crate) async fn control(&self, method: Method, what: &str, body: Option<Value>) -> Value {
        let path = format!("{what}?account={}", self.account);
        self.sandbox.ask(method, &path, body.as_ref()).await.unwrap()
    }

    /// The cloud's own interface, to look at what there is without infractl's eyes.
    pub(crate) async fn aws(&self) -> WriteCx {
        let local = Some((self.sandbox.url.clone(), self.account.clone()));
        WriteCx::connect(&Connection { region: "eu-central-1".into(), local }).await
    }

    /// Where the sandbox keeps what it has to.
    pub(crate) fn state(&self) -> &Path {
        &self.home.state
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, text: &str) {
        fs::write(self.path("infractl.yaml"), text).unwrap();
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_infractl"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("INFRACTL_SANDBOX", "1")
            .env("INFRACTL_SANDBOX_HOME", &self.home.state)
            .env("INFRACTL_SANDBOX_ACCOUNT", &self.account)
            .env("NO_COLOR", "1")
            .env_remove("INFRACTL_ENV")
            .stdin(Stdio::null());
        command
    }

    pub(crate) async fn run(&self, args: &[&str]) -> Said {
        Self::said(self.command(args)).await
    }

    pub(crate) async fn said(command: Command) -> Said {
        let mut command = tokio::process::Command::from(command);
        let output = command.output().await.unwrap();
        Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The same, which has to succeed.
    pub(crate) async fn ok(&self, args: &[&str]) -> Said {
        let said = self.run(args).await;
        assert_eq!(said.code, 0, "infractl {args:?}\n{}\n{}", said.out, said.err);
        said
    }

    pub(crate) async fn json(&self, args: &[&str]) -> Value {
        let said = self.run(&[args, &["--format", "json"]].concat()).await;
        serde_json::from_str(&said.out).unwrap_or_else(|it| panic!("{it}: {}\n{}", said.out, said.err))
    }

    /// Which resources the plan does what to, as `create ec2.vpc/main`, sorted.
    pub(crate) async fn plan(&self) -> Vec<String> {
        let plan = self.json(&["plan"]).await;
        let resources = plan["resources"].as_array().unwrap_or_else(|| panic!("{plan:#}"));
        let line = |it: &Value| format!("{} {}", it["action"].as_str().unwrap(), it["address"].as_str().unwrap());
        let mut acc: Vec<_> = resources.iter().map(line).collect();
        acc.sort();
        acc
    }

    pub(crate) async fn assert_empty(&self) {
        let plan = self.json(&["plan"]).await;
        assert_eq!(plan["steps"], json!([]), "{plan:#}");
        assert_eq!(plan["conflicts"], json!([]), "{plan:#}");
    }

    pub(crate) fn spawn(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Everything in the account that no new account has, by kind and id.
    pub(crate) async fn inventory(&self) -> Vec<String> {
        self.behave(json!({"preset": "plain"})).await;
        let acc = inventory(&self.aws().await.read).await;
        self.behave(json!({"preset": "strict"})).await;
        acc
    }
}

/// Waits until `what` is so; at most a minute.
pub(crate) async fn until<T>(what: &str, mut see: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(it) = see().await {
            return it;
        }
        assert!(began.elapsed() < Duration::from_mins(5), "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
