//! The report as a person reads it.

use crate::cli::doctor::check::{Check, Report, Section, State};
use crate::cli::output::print_own;
use crate::cli::terminal::{Terminal, wrap};

/// The columns of the mark and the word.
const STATES: usize = 12;
/// The longest name for which the text begins on the same line.
const NAMES: usize = 32;
/// With fewer columns the text stands below the name.
const NARROW: usize = 72;

/// Prints one section after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    terminal: Terminal,
}

impl Table {
    pub(crate) fn new(color: bool) -> Self {
        let table = Self { terminal: Terminal::new(color) };
        let version = env!("CARGO_PKG_VERSION");
        print_own(&table.terminal.bold(&format!("ghl-contacts-mcp {version}: doctor")));
        table
    }

    pub(crate) fn section(self, section: &Section) {
        print_own(&format!("\n{}", self.terminal.bold(&section.title)));
        let longest = section.checks.iter().map(|check| check.name.chars().count()).max().unwrap_or_default();
        let indent = if self.terminal.width() < NARROW { STATES } else { STATES + longest.min(NAMES) + 2 };
        for check in &section.checks {
            self.check(check, indent);
        }
    }

    fn check(self, check: &Check, indent: usize) {
        let (mark, code) = match check.state {
            State::Ok => ("+", "32"),
            State::Warning => ("!", "33"),
            State::Failed => ("x", "31"),
            State::Skipped => ("-", "2"),
        };
        let state = self
            .terminal
            .paint(code, &format!("  {mark} {:<width$}", check.state.word(), width = STATES - 4));
        let name = &check.name;
        let mut first = format!("{state}{name}");
        let used = STATES + name.chars().count();
        let width = self.terminal.width() - indent;
        let mut lines = wrap(&check.seen, width);
        if used < indent && !lines.is_empty() {
            first = format!("{first}{}{}", " ".repeat(indent - used), lines.remove(0));
        }
        print_own(first.trim_end());
        let margin = " ".repeat(indent);
        for line in lines {
            print_own(&format!("{margin}{line}"));
        }
        for (at, line) in wrap(check.todo.as_deref().unwrap_or_default(), width - 3).iter().enumerate() {
            if !line.is_empty() {
                print_own(&format!(
                    "{margin}{} {}",
                    if at == 0 { "->" } else { "  " },
                    self.terminal.bold(line)
                ));
            }
        }
    }

    pub(crate) fn closing(self, report: &Report) {
        let (failed, warnings) = (report.count(State::Failed), report.count(State::Warning));
        let skipped = report.count(State::Skipped);
        let text = match (failed, warnings) {
            (0, 0) => "All is well.".to_owned(),
            (0, warnings) => format!("It works; {}.", counted(warnings, "warning")),
            (failed, 0) => format!("{} failed.", counted(failed, "check")),
            (failed, warnings) => {
                format!("{} failed; {}.", counted(failed, "check"), counted(warnings, "warning"))
            }
        };
        let skipped = if skipped == 0 { String::new() } else { format!(" {skipped} skipped.") };
        let requests = format!(
            " {} to HighLevel; nothing was written there.",
            counted(report.requests.try_into().unwrap_or_default(), "request")
        );
        print_own("");
        for line in wrap(&format!("{text}{skipped}{requests}"), self.terminal.width()) {
            print_own(&line);
        }
    }
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
