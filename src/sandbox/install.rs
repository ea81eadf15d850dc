//! Puts the emulator where it can run: its own files, and its packages in an environment of their own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use super::{SandboxError, files};
use crate::resource::text::digest::short;

/// Gives the Python to run it with. What is there already is left as it is.
pub(super) fn install(cache: &Path, tell: &mut dyn FnMut(&str)) -> Result<PathBuf, SandboxError> {
    files::write(cache)?;
    let environment = cache.join(format!("python-{}", short(files::REQUIREMENTS, 12)));
    let python = environment.join("bin/python");
    let complete = environment.join("complete");
    if complete.exists() && run(Command::new(&python).arg("--version")).is_ok() {
        return Ok(python);
    }
    tell("installing the local cloud (once; about a minute)");
    check_python()?;
    let made = run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment));
    made.map_err(SandboxError::NoVenv)?;
    let requirements = files::folder(cache).join("emulator/requirements.txt");
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"])
        .arg(requirements);
    run(&mut pip).map_err(SandboxError::NoPackages)?;
    fs::write(&complete, "").map_err(|error| SandboxError::File { path: complete, error })?;
    Ok(python)
}

fn check_python() -> Result<(), SandboxError> {
    let version = run(Command::new("python3").args(["-c", "import sys; print(*sys.version_info[:2])"]))
        .map_err(|_| SandboxError::NoPython("there is no python3".into()))?;
    let numbers: Vec<u32> = version.split_whitespace().filter_map(|it| it.parse().ok()).collect();
    if numbers.as_slice() < [3, 10].as_slice() {
        return Err(SandboxError::NoPython(format!("python3 is {}", version.trim().replace(' ', "."))));
    }
    Ok(())
}

/// What the command prints; if it fails, the end of what it says.
fn run(command: &mut Command) -> Result<String, String> {
    let Output { status, stdout, stderr } = command.output().map_err(|it| it.to_string())?;
    if status.success() {
        return Ok(String::from_utf8_lossy(&stdout).into_owned());
    }
    let text = String::from_utf8_lossy(if stderr.is_empty() { &stdout } else { &stderr }).into_owned();
    let lines: Vec<_> = text.lines().collect();
    Err(lines.get(lines.len().saturating_sub(8)..).unwrap_or_default().join("\n"))
}
