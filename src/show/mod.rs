//! What people and machines are shown: text, JSON, progress. Pure, but for what is printed.

pub mod dot;
pub mod json;
pub mod names;
mod policy;
pub mod problem;
pub mod progress;
pub mod style;
pub mod text;
mod values;
pub mod view;
pub mod words;

use std::io::{self, IsTerminal, Write};

use console::Term;

/// Writes `text` where results go, without colours if they would not be seen.
///
/// # Errors
/// If nobody reads any more.
pub fn out(text: &str) -> io::Result<()> {
    let mut stream = anstream::stdout().lock();
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

/// Writes `text` where messages go, without colours if they would not be seen; a message that nobody can read is lost.
pub fn err(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

/// One line that is not shown while it is typed.
///
/// # Errors
/// If neither results nor messages go to a terminal.
pub fn hidden_line() -> io::Result<String> {
    let term = if io::stderr().is_terminal() { Term::stderr() } else { Term::stdout() };
    term.read_secure_line()
}
