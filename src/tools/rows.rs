//! What a model reads of a list: counts first, then the rows that need attention, within a size.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::contacts::batch::report::{ListReport, RowReport};
use crate::contacts::value::text;
use crate::contacts::write::receipt::{Change, NotStored, Outcome, Receipt};
use crate::tool::{Code, Failure, json_bytes};

/// The most bytes of the answer; 20,000 with what a server of several locations adds.
const MOST: usize = 19_500;
/// The most characters of one warning or reason.
const MAX_CHARS: usize = 300;
/// The most warnings of a row, and fields of a list, that are shown.
const MOST_SHOWN: usize = 20;

/// The answer.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    /// Only planned: the counts say what would be
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dry_run: bool,
    rows: usize,
    created: usize,
    updated: usize,
    unchanged: usize,
    failed: usize,
    not_started: usize,
    /// Rows by the field that they changed
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    changed: BTreeMap<String, usize>,
    /// Rows that failed, were stored in part, or have warnings
    attention: Vec<Line>,
    /// Rows that need attention and are not listed
    #[serde(skip_serializing_if = "is_zero")]
    attention_omitted: usize,
    /// Of a dry run: what would change
    #[serde(skip_serializing_if = "Vec::is_empty")]
    planned: Vec<Planned>,
    /// Rows to send again as they are
    resume: Vec<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    requests: u32,
}

/// Rows of which the same is to be said.
#[derive(Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Line {
    rows: Vec<usize>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    may_have_written: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_stored: Vec<NotStored>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unverified: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    possible_duplicate: Option<String>,
}

/// A row of a dry run.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Planned {
    row: usize,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_id: Option<String>,
    changes: Vec<Change>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags_added: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A line without its rows, and these.
#[derive(Debug)]
struct Same {
    rows: Vec<usize>,
    contact_id: Option<String>,
    line: Line,
}

/// Collects the answer row by row.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    output: Output,
    /// The worst first: failures, what is not stored, warnings.
    lines: [Vec<Same>; 3],
    planned: Vec<Planned>,
}

impl Answer {
    /// Of a list of so many rows.
    pub(crate) fn of(rows: usize, dry_run: bool) -> Self {
        Self { output: Output { dry_run, rows, ..Output::default() }, ..Self::default() }
    }

    /// Rows that were never started: a call takes fewer.
    pub(crate) fn leave(&mut self, rows: impl IntoIterator<Item = usize>, reason: String) {
        let before = self.output.resume.len();
        self.output.resume.extend(rows);
        let left = self.output.resume.len() - before;
        self.output.not_started += left;
        if left > 0 {
            self.output.stopped.get_or_insert(reason);
        }
    }

    /// A row that failed.
    pub(crate) fn fail(&mut self, number: usize, failure: Failure, notes: Vec<String>) {
        self.output.failed += 1;
        if is_to_be_sent_again(failure.code) {
            self.output.resume.push(number);
        }
        let written = serde_json::to_value(failure.may_have_written).ok();
        let may_have_written = match written.as_ref().and_then(|word| word.as_str()) {
            Some("yes") => Some("yes"),
            Some("unknown") => Some("unknown"),
            _ => None,
        };
        let line = Line {
            outcome: "failed",
            contact_id: failure.contact_id,
            code: Some(failure.code.word()),
            message: Some(failure.message),
            hint: failure.hint,
            may_have_written,
            warnings: notes,
            ..Line::default()
        };
        self.add(0, number, line);
    }

    /// The rows that were started, and why others were not.
    pub(crate) fn take(&mut self, report: ListReport, requests: u32) {
        for RowReport { number, result, notes, again } in report.rows {
            match result {
                Ok(receipt) => self.done(number, receipt, notes, again),
                Err(error) => self.fail(number, error.into(), notes),
            }
        }
        let reason = report.stopped.map_or_else(String::new, |stopped| {
            format!("Stopped: {stopped}. The rows in resume were not started, or can be sent again.")
        });
        self.leave(report.not_started, reason);
        if !report.new_tags.is_empty() {
            let tags = report.new_tags.join(", ");
            self.output.warnings.push(format!("new to this location (a typing error?): {}", cut(&tags)));
        }
        self.output.requests = requests;
    }

    fn done(&mut self, number: usize, receipt: Receipt, notes: Vec<String>, again: bool) {
        let outcome = outcome_of(&receipt);
        match outcome {
            "created" => self.output.created += 1,
            "updated" => self.output.updated += 1,
            _ => self.output.unchanged += 1,
        }
        if again {
            self.output.resume.push(number);
        }
        let fields = receipt.changes.iter().map(|change| &*change.field);
        for field in fields.chain((!receipt.tags_added.is_empty()).then_some("tags")) {
            *self.output.changed.entry(text::clean_line(field, 60).into_owned()).or_default() += 1;
        }
        let contact_id = receipt.contact.as_ref().map(|contact| contact.id.to_string());
        let warnings: Vec<String> =
            notes.into_iter().chain(receipt.warnings).take(MOST_SHOWN).map(|one| cut(&one)).collect();
        let is_stored = receipt.not_stored.is_empty()
            && receipt.unverified.is_empty()
            && receipt.possible_duplicate.is_none();
        if self.output.dry_run && outcome != "unchanged" {
            self.planned.push(Planned {
                row: number,
                outcome,
                contact_id: contact_id.clone(),
                changes: receipt.changes.into_iter().map(Change::cleaned).collect(),
                tags_added: receipt.tags_added,
            });
        }
        if is_stored && warnings.is_empty() {
            return;
        }
        let line = Line {
            outcome,
            contact_id,
            not_stored: receipt.not_stored.into_iter().map(NotStored::cleaned).collect(),
            unverified: receipt.unverified,
            warnings,
            possible_duplicate: receipt.possible_duplicate,
            ..Line::default()
        };
        self.add(if is_stored { 2 } else { 1 }, number, line);
    }

    /// Rows of which the same is said share a line. The id of the contact is left out of it then.
    fn add(&mut self, rank: usize, number: usize, mut line: Line) {
        let Some(lines) = self.lines.get_mut(rank) else { return };
        let id = line.contact_id.take();
        match lines.iter_mut().find(|one| one.line == line) {
            Some(same) => {
                same.rows.push(number);
                same.contact_id = None;
            }
            None => lines.push(Same { rows: vec![number], contact_id: id, line }),
        }
    }

    /// The answer, within its size.
    pub(crate) fn finish(self) -> Output {
        let Self { mut output, lines, planned } = self;
        output.resume.sort_unstable();
        output.resume.dedup();
        let mut fields: Vec<_> = std::mem::take(&mut output.changed).into_iter().collect();
        fields.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        output.changed = fields.into_iter().take(MOST_SHOWN).collect();
        // With space for the number of rows that are left out.
        let mut left = MOST.saturating_sub(json_bytes(&output) + 100);
        for Same { mut rows, contact_id, line } in lines.into_iter().flatten() {
            rows.sort_unstable();
            let line = Line { rows, contact_id, ..line };
            match left.checked_sub(json_bytes(&line) + 1) {
                Some(rest) => {
                    left = rest;
                    output.attention.push(line);
                }
                None => output.attention_omitted += line.rows.len(),
            }
        }
        for row in planned {
            let Some(rest) = left.checked_sub(json_bytes(&row) + 1) else { break };
            left = rest;
            output.planned.push(row);
        }
        output
    }
}

fn outcome_of(receipt: &Receipt) -> &'static str {
    match receipt.outcome {
        Outcome::Created => "created",
        Outcome::Updated => "updated",
        Outcome::Planned if receipt.contact.is_none() => "created",
        Outcome::Planned if !receipt.changes.is_empty() || !receipt.tags_added.is_empty() => "updated",
        Outcome::Unchanged | Outcome::Planned => "unchanged",
    }
}

fn cut(words: &str) -> String {
    text::clean_line(words, MAX_CHARS).into_owned()
}

/// Whether the same row may be carried out later; others have to be corrected first.
fn is_to_be_sent_again(code: Code) -> bool {
    !matches!(
        code,
        Code::InvalidArguments
            | Code::NotFound
            | Code::Conflict
            | Code::Ambiguous
            | Code::Duplicate
            | Code::Refused
            | Code::Mismatch
            | Code::Internal
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(answer: &mut Answer, number: usize, message: String) {
        answer.fail(
            number,
            Failure::new(Code::InvalidArguments, message).with_hint("Correct it."),
            Vec::new(),
        );
    }

    #[test]
    fn rows_that_failed_for_one_reason_share_a_line() {
        let mut answer = Answer::of(4, false);
        for number in [4, 2, 1] {
            failed(&mut answer, number, "Unknown field.".to_owned());
        }
        failed(&mut answer, 3, "Another.".to_owned());
        let output = answer.finish();
        let rows: Vec<_> = output.attention.iter().map(|line| line.rows.clone()).collect();
        assert_eq!((rows, output.failed), (vec![vec![1, 2, 4], vec![3]], 4));
    }

    #[test]
    fn the_answer_stays_within_its_size_and_counts_what_it_leaves_out() {
        let mut answer = Answer::of(500, false);
        for number in 1..=500 {
            failed(&mut answer, number, format!("{number} {}", "é".repeat(400)));
        }
        answer.leave(501..=2_000, "Stopped.".to_owned());
        let output = answer.finish();
        assert!(json_bytes(&output) <= 20_000, "{}", json_bytes(&output));
        assert_eq!(output.attention.len() + output.attention_omitted, 500);
        assert!(output.attention.len() > 5);
    }
}
