//! What people and machines are shown: text, JSON, progress. Pure, but for what is printed.

pub mod dot;
pub mod edge;
pub mod history;
pub mod json;
pub mod logs;
pub mod names;
pub mod one_off;
mod policy;
pub mod problem;
pub mod progress;
pub mod status;
pub mod style;
pub mod text;
mod values;
pub mod view;
pub mod words;

use std::io::{self, Write};

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

/// Asks for a line that is not shown while it is typed; `None` where nobody would see the question.
///
/// # Errors
/// What became of the terminal.
pub fn ask(question: &str) -> io::Result<Option<String>> {
    let term = Term::stderr();
    if !term.is_term() {
        return Ok(None);
    }
    err(question);
    term.read_secure_line().map(Some)
}
