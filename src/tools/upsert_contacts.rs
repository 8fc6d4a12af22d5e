//! Creates or updates many contacts.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::contacts::batch::report::Done;
use crate::contacts::batch::run::{ListOptions, ReportTo};
use crate::contacts::batch::{report, row};
use crate::contacts::identity::OnConflict;
use crate::contacts::write::desired::Mode;
use crate::contacts::{Contacts, Upsert};
use crate::ghl::{LocationId, Written};
use crate::tool::{CallInfo, Code, Effect, Failure, Progress, Row, Tool, Toolset};
use crate::tools::fields::ContactFields;
use crate::tools::rows::{Answer, Output};

/// The most rows of one call.
const MAX_ROWS: usize = 500;
/// So many rows that fail one after the other end a list, unless the call says otherwise.
const STOP_AFTER: usize = 10;
/// The time of a call that reports no progress: hosts stop waiting after 60 s without a sign, and the wait in the call
/// limiter may have taken ten of them. A call that reports progress takes the time that the quota takes.
const TIME: Duration = Duration::from_secs(40);

/// The tool.
#[derive(Debug)]
pub struct UpsertContacts;

/// The arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Input {
    /// Up to 500; the first is row 1
    contacts: Vec<Row<ContactFields>>,
    /// fillEmpty keeps stored values
    mode: Option<Mode>,
    /// If a row's keys are of two contacts, or one has another email: fail (default), or write to the one with this key
    on_conflict: Option<OnConflict>,
    /// Stop when so many rows fail in a row (default 10)
    #[schemars(range(min = 1, max = 500))]
    stop_after_failures: Option<u32>,
    /// Only answer what would change
    #[serde(default)]
    dry_run: bool,
}

impl Tool for UpsertContacts {
    const NAME: &'static str = "ghl_upsert_contacts";
    const TITLE: &'static str = "Create or update many contacts";
    const DESCRIPTION: &'static str = "Create or update up to 500 contacts. Each row is looked up by its email, phone or contactId; only what differs is written, tags are only added, no second contact is made, and a bad row does not stop the others. Answers counts, the rows that need attention, and resume: rows to send again as they are. Run dryRun first, unless a person has checked the list.";
    const EFFECT: Effect = Effect::Replace;
    const TOOLSET: Toolset = Toolset::Bulk;
    const EXAMPLE: &'static str = r#"{"contacts":[{"email":"jane.smith@example.com","firstName":"Jane","tags":["webinar"]},{"phone":"+14155550101","lastName":"Hope"}],"dryRun":true}"#;
    type Context = Contacts;
    type Input = Input;
    type Output = Output;

    async fn call(contacts: Arc<Contacts>, call: CallInfo, input: Input) -> Result<Output, Failure> {
        if input.contacts.is_empty() {
            return Err(Failure::new(Code::InvalidArguments, "contacts is empty.")
                .with_hint("Send at least one contact."));
        }
        let scope = contacts.scope(call.caller);
        let list = Upsert {
            mode: input.mode.unwrap_or_default(),
            on_conflict: input.on_conflict.unwrap_or_default(),
            dry_run: input.dry_run,
            ..Upsert::default()
        };
        let options = ListOptions {
            stop_after: input.stop_after_failures.and_then(|n| n.try_into().ok()).unwrap_or(STOP_AFTER),
            time: call.progress.is_none().then_some(TIME),
        };
        let mut answer = Answer::of(input.contacts.len(), input.dry_run);
        let rows = read(input.contacts, &list, contacts.location_id()?, &mut answer);
        let report_to = call.progress.map(|progress| move |done| report(progress.clone(), done).boxed());
        let report_to = report_to.as_ref().map(|report_to| report_to as ReportTo<'_>);
        let mut report = contacts.upsert_list(&scope, rows, &options, report_to).await;
        if let Some(error) = take_common_failure(&mut report) {
            return Err(error.into());
        }
        answer.take(report, scope.requests());
        Ok(answer.finish())
    }
}

/// The rows that can be read; the others are told to `answer`.
fn read(
    sent: Vec<Row<ContactFields>>,
    list: &Upsert,
    location: &LocationId,
    answer: &mut Answer,
) -> Vec<row::Row> {
    let all = sent.len();
    let mut rows = Vec::with_capacity(all.min(MAX_ROWS));
    for (number, Row(fields)) in (1..).zip(sent).take(MAX_ROWS) {
        let upsert = fields.and_then(|fields| Ok(fields.into_upsert(location)?));
        match upsert {
            Ok(upsert) => {
                let upsert = Upsert {
                    mode: list.mode,
                    on_conflict: list.on_conflict,
                    dry_run: list.dry_run,
                    ..upsert
                };
                rows.push(row::Row { number, upsert });
            }
            Err(failure) => answer.fail(number, failure, Vec::new()),
        }
    }
    let reason = format!("A call takes {MAX_ROWS} rows. Send the rows in resume in calls of their own.");
    answer.leave(MAX_ROWS + 1..=all, reason);
    rows
}

/// The failure that every row has, where nothing was written: it is the failure of the call.
fn take_common_failure(report: &mut report::ListReport) -> Option<crate::contacts::Error> {
    let wrote = |row: &report::RowReport| {
        row.result.as_ref().map_or_else(|error| error.written() != Written::No, |_| true)
    };
    if report.rows.iter().any(wrote) {
        return None;
    }
    let at = report.rows.iter().position(|row| row.result.as_ref().is_err_and(report::is_of_every_row))?;
    report.rows.swap_remove(at).result.err()
}

async fn report(progress: Progress, done: Done) {
    let Done { rows, all, failed } = done;
    let failed = if failed == 0 { String::new() } else { format!(", {failed} failed") };
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    progress.report(count(rows), Some(count(all)), format!("{rows} of {all} rows{failed}")).await;
}
