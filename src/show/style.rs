//! The colours, by what they mean.

use anstyle::{AnsiColor, Color, Style};

const fn colour(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(Color::Ansi(colour)))
}

/// What is made.
pub const CREATE: Style = colour(AnsiColor::Green);
/// What is changed.
pub const UPDATE: Style = colour(AnsiColor::Yellow);
/// What is deleted, and what went wrong.
pub const DELETE: Style = colour(AnsiColor::Red);
/// What is deleted and made anew.
pub const REPLACE: Style = colour(AnsiColor::Magenta);
/// What matters less.
pub const DIM: Style = Style::new().dimmed();
/// What matters more.
pub const BOLD: Style = Style::new().bold();

/// `text` in `style`.
#[must_use]
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
