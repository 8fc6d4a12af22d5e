//! What a person reads of an import.

use std::path::Path;

use crate::cli::import::records::Other;
use crate::cli::import::scan::{Kind, Scan};
use crate::cli::output::print_stdout;
use crate::contacts::batch::table::Mapping;
use crate::contacts::write::receipt::{Change, Outcome, Receipt};
use crate::ghl::model::FieldValue;
use crate::tool::{Failure, echo};

/// The most lines of changes, and of failures, that are printed.
const MOST_LINES: usize = 20;

/// Prints where each column goes, and the encoding if it was guessed.
pub(crate) fn mapping(mapping: &Mapping, scan: &Scan) {
    if let Kind::Text { other: Other::In(encoding), is_guess: true } = scan.kind {
        print_stdout(&format!(
            "  The file is not UTF-8. It is read as {}, by its letters; --encoding NAME says it.",
            encoding.name()
        ));
    }
    for (header, target) in mapping.columns() {
        let target = target.map_or_else(|| "(left out)".to_owned(), |target| format!("-> {target}"));
        print_stdout(&format!("  {:<30} {target}", echo(header)));
    }
}

/// The counts of an import.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    pub(crate) created: usize,
    pub(crate) updated: usize,
    pub(crate) unchanged: usize,
    pub(crate) failed: usize,
    /// Rows that an earlier run has done.
    pub(crate) before: usize,
    pub(crate) stopped: Option<String>,
    warned: usize,
    shown: usize,
}

impl Totals {
    /// A row that was carried out, or planned.
    pub(crate) fn add(&mut self, number: usize, receipt: Receipt, notes: &[String]) {
        let changes = !receipt.changes.is_empty() || !receipt.tags_added.is_empty();
        let word = match receipt.outcome {
            Outcome::Created => "created",
            Outcome::Updated => "updated",
            Outcome::Planned if receipt.contact.is_none() => "create",
            Outcome::Planned if changes => "update",
            Outcome::Unchanged | Outcome::Planned => "unchanged",
        };
        match word {
            "created" | "create" => self.created += 1,
            "updated" | "update" => self.updated += 1,
            _ => self.unchanged += 1,
        }
        if receipt.outcome == Outcome::Planned && word != "unchanged" {
            self.line(&format!(
                "row {number:<6} {word:<7} {}",
                changes_of(receipt.changes, &receipt.tags_added)
            ));
        }
        let not_stored =
            receipt.not_stored.iter().map(|one| format!("{} was not stored: {}", one.field, one.reason));
        for warning in notes.iter().cloned().chain(receipt.warnings).chain(not_stored) {
            self.warned += 1;
            self.line(&format!("row {number:<6} warning {warning}"));
        }
    }

    /// A row that failed.
    pub(crate) fn fail(&mut self, number: usize, failure: &Failure) {
        self.failed += 1;
        self.line(&format!("row {number:<6} failed  {}", failure.text()));
    }

    fn line(&mut self, line: &str) {
        self.shown += 1;
        if self.shown <= MOST_LINES {
            print_stdout(line);
        }
    }

    /// Prints the counts, and how to go on.
    pub(crate) fn print(&self, dry_run: bool, finished: bool, failed: Option<&Path>) {
        if self.shown > MOST_LINES {
            print_stdout(&format!("... and {} lines more", self.shown - MOST_LINES));
        }
        let would = if dry_run { "Would be: " } else { "" };
        let Self { created, updated, unchanged, failed: count, .. } = self;
        print_stdout(&format!(
            "{would}{created} created, {updated} updated, {unchanged} unchanged, {count} failed."
        ));
        if self.before > 0 {
            print_stdout(&format!("{} rows were done by an earlier run.", self.before));
        }
        if let Some(path) = failed {
            print_stdout(&format!(
                "The failed rows are in {}: correct them there and import that file.",
                path.display()
            ));
        }
        if !finished {
            let reason = self.stopped.as_deref().unwrap_or("the time for the end was over");
            print_stdout(&format!("Stopped: {reason}. The same command goes on where this one stopped."));
        }
    }
}

fn changes_of(changes: Vec<Change>, tags: &[String]) -> String {
    let value = |value: Option<FieldValue>| {
        value.map_or_else(
            || "nothing".to_owned(),
            |value| format!("\"{}\"", echo(&value.to_text().unwrap_or_default())),
        )
    };
    let change =
        |Change { field, before, after }| format!("{}: {} -> {}", echo(&field), value(before), value(after));
    let mut all: Vec<String> = changes.into_iter().map(change).collect();
    if !tags.is_empty() {
        all.push(format!("tags: + {}", echo(&tags.join(", "))));
    }
    all.join("; ")
}
