//! What stdout is, for text that a person reads: its width, and whether it shows colours.

use std::io::IsTerminal as _;
use std::ops::RangeInclusive;

/// Columns of a line where stdout is no terminal.
const WIDTH: usize = 100;
/// The columns that are used of a terminal: text in long lines is hard to read, and in short ones nothing fits.
const WIDTHS: RangeInclusive<usize> = 40..=110;

/// Stdout. If it is a terminal, text has colours and its width.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    color: bool,
    width: usize,
}

impl Terminal {
    /// `color` is false where the person wants none.
    pub(crate) fn new(color: bool) -> Self {
        let columns = terminal_size::terminal_size_of(std::io::stdout()).map(|(columns, _)| columns.0.into());
        Self {
            color: color && std::io::stdout().is_terminal(),
            width: columns.map_or(WIDTH, |columns: usize| columns.clamp(*WIDTHS.start(), *WIDTHS.end())),
        }
    }

    /// The columns of a line.
    pub(crate) fn width(self) -> usize {
        self.width
    }

    /// `text` in the colour of this code (ECMA-48, SGR).
    pub(crate) fn paint(self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }
}

/// Wraps `text` at spaces into lines of at most `width` characters. All lines get the indent of the first.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let indent: String = text.chars().take_while(|c| *c == ' ').collect();
    let mut lines = vec![indent.clone()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let Some(line) = lines.last_mut() else { break };
        if line.chars().count() + word.chars().count() >= width && line.trim() != "" {
            lines.push(format!("{indent}{word}"));
        } else {
            if line.trim() != "" {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}
