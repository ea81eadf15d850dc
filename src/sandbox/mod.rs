//! Local clouds, for people without an account and for the tests: real calls over the wire, nothing beyond this machine.
//!
//! AWS is moto (<https://docs.getmoto.org>) with a layer of ours, `emulator/`, that makes it behave as AWS does where it is
//! lenient. It is installed on first use, keeps running between commands, and stops by itself when nobody uses it.

#![expect(
    clippy::disallowed_methods,
    reason = "it is a program of its own, with files, that is started and waited for"
)]

mod files;
mod install;

use std::{
    fs::{self, File},
    io,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde::Deserialize;
use serde_json::Value;

use crate::api::{
    ApiError,
    http::{self, Method},
};

/// The account that a sandbox has unless the stack names one.
pub const ACCOUNT: &str = "123456789012";

/// Where the sandboxes are kept.
#[derive(Clone, Debug)]
pub struct Home {
    /// What is installed once for all.
    pub cache: PathBuf,
    /// What belongs to the one that runs: its address, its log.
    pub state: PathBuf,
}

/// A sandbox that runs.
#[derive(Clone, Debug)]
pub struct Sandbox {
    /// Where it answers.
    pub url: String,
    /// Its process.
    pub pid: u32,
}

/// Why there is no sandbox.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Python is missing or too old.
    #[error("the sandbox needs Python 3.10 or later, and {0}")]
    NoPython(String),
    /// Python cannot make the environment that moto lives in.
    #[error("python3 cannot make a virtual environment:\n{0}")]
    NoVenv(String),
    /// The packages could not be installed.
    #[error("the sandbox's packages could not be installed:\n{0}")]
    NoPackages(String),
    /// It was started and did not answer.
    #[error("the sandbox does not start; its log ends:\n{0}")]
    Dead(String),
    /// It was asked something and did not do it.
    #[error("the sandbox does not answer: {0}")]
    Silent(#[from] ApiError),
    /// A file of its own could not be written or read.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: io::Error,
    },
}

impl SandboxError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::NoPython(_) => {
                Some("install it: `apt install python3 python3-venv`, `brew install python`, or python.org")
            }
            Self::NoVenv(_) => Some("on Debian and Ubuntu: `apt install python3-venv`"),
            Self::NoPackages(_) => Some("check the network: this once, packages come from the Python Package Index"),
            Self::Dead(_) | Self::Silent(_) => {
                Some("`infractl sandbox logs` has more; `infractl sandbox stop` starts over")
            }
            Self::File { .. } => Some("choose folders that can be written: XDG_CACHE_HOME, INFRACTL_SANDBOX_HOME"),
        }
    }
}

/// What a sandbox writes once it answers.
#[derive(Deserialize)]
struct Ready {
    port: u16,
    pid: u32,
}

impl Home {
    /// The sandbox that runs here, if it answers; one that another version of infractl started is another's.
    pub async fn running(&self) -> Option<Sandbox> {
        let ready: Ready = serde_json::from_str(&fs::read_to_string(self.ready()).ok()?).ok()?;
        let sandbox = Sandbox { url: format!("http://127.0.0.1:{}", ready.port), pid: ready.pid };
        let health = sandbox.ask(Method::GET, "health", None).await.ok()?;
        (health.get("pid") == Some(&ready.pid.into())).then_some(sandbox)
    }

    /// The sandbox that runs here; it is installed and started if need be, and `tell` hears what takes long.
    pub async fn start(&self, tell: &mut dyn FnMut(&str)) -> Result<Sandbox, SandboxError> {
        if let Some(it) = self.running().await {
            return Ok(it);
        }
        make(&self.cache)?;
        make(&self.state)?;
        let _alone = self.lock().await?;
        // Another command may have started it while this one waited.
        if let Some(it) = self.running().await {
            return Ok(it);
        }
        let python = install::install(&self.cache, tell)?;
        self.launch(&python).await
    }

    async fn launch(&self, python: &Path) -> Result<Sandbox, SandboxError> {
        let ready = self.ready();
        let failed = |error| SandboxError::File { path: self.state.clone(), error };
        match fs::remove_file(&ready) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => (),
        }
        let log = File::create(self.log()).map_err(failed)?;
        let mut child = Command::new(python)
            .args(["-m", "emulator", "--ready-file"])
            .arg(&ready)
            .env("PYTHONPATH", files::folder(&self.cache))
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(failed)?)
            .stderr(log)
            .process_group(0)
            .spawn()
            .map_err(failed)?;
        let began = Instant::now();
        while began.elapsed() < Duration::from_mins(1) {
            if let Some(it) = self.running().await {
                return Ok(it);
            }
            if child.try_wait().map_err(failed)?.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(SandboxError::Dead(self.last_lines(20)))
    }

    /// Waits aside: whoever has the lock may need this thread to go on.
    async fn lock(&self) -> Result<File, SandboxError> {
        let path = self.cache.join("lock");
        let file = File::create(&path).map_err(|error| SandboxError::File { path: path.clone(), error })?;
        let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await;
        let locked = locked.map_err(io::Error::other).and_then(|it| it);
        locked.map_err(|error| SandboxError::File { path, error })
    }

    fn ready(&self) -> PathBuf {
        self.state.join(format!("running-{}.json", files::version()))
    }

    /// What the sandbox writes about each call.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.state.join("sandbox.log")
    }

    /// The end of the log.
    #[must_use]
    pub fn last_lines(&self, n: usize) -> String {
        let text = fs::read(self.log()).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<_> = text.lines().collect();
        lines.get(lines.len().saturating_sub(n)..).unwrap_or_default().join("\n")
    }
}

impl Sandbox {
    /// Asks the sandbox itself, not one of its clouds.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, ApiError> {
        http::json(method, &format!("{}/_infractl/{path}", self.url), body).await
    }

    /// Forgets all that was made in it.
    pub async fn reset(&self) -> Result<(), SandboxError> {
        Ok(self.ask(Method::POST, "reset", None).await.map(drop)?)
    }

    /// Ends it, and with it all that was made in it. It has ended when this returns: the next command starts a new one.
    pub async fn stop(&self) -> Result<(), SandboxError> {
        self.ask(Method::POST, "stop", None).await?;
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(10) && self.health().await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// What it says of itself.
    pub async fn health(&self) -> Result<Value, SandboxError> {
        Ok(self.ask(Method::GET, "health", None).await?)
    }
}

fn make(folder: &Path) -> Result<(), SandboxError> {
    fs::create_dir_all(folder).map_err(|error| SandboxError::File { path: folder.to_owned(), error })
}
