//! The emulator's own tests, which are in Python, as one test.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |it: &[u8]| String::from_utf8_lossy(it).into_owned();
    assert!(output.status.success(), "{command:?}\n{}\n{}", text(&output.stdout), text(&output.stderr));
}

/// The Python of an environment that has what both lists of requirements name.
fn python(folder: &Path) -> Command {
    let lists = ["src/sandbox/emulator/requirements.txt", "tests/sandbox/requirements.txt"];
    let wanted: String = lists.iter().map(|it| fs::read_to_string(it).unwrap()).collect();
    let complete = folder.join("complete");
    let python = folder.join("bin/python");
    if fs::read_to_string(&complete).is_ok_and(|it| it == wanted) {
        return Command::new(python);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder));
    for list in lists {
        let install =
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", list];
        run(Command::new(&python).args(install));
    }
    fs::write(complete, wanted).unwrap();
    Command::new(python)
}

#[test]
fn the_emulator_behaves_as_its_tests_say() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("emulator-tests");
    let mut pytest = python(&folder);
    run(pytest.args(["-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/sandbox"]));
}
