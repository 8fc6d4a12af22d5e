//! One line of the log for each call: how it ended, its time, and what it used of HighLevel's quota. The message of a failure
//! is not in it, since it may hold personal data.

use std::time::Duration;

use serde_json::Value;

use crate::tool::{Answer, Usage};

/// `ok`, or the code of the failure. The set of these words is bounded, so it can be a label of a metric.
pub(crate) fn outcome(answer: &Answer) -> &str {
    match answer {
        Answer::UnknownTool { .. } => "unknown_tool",
        Answer::Result(result) if result.is_error == Some(true) => text(answer, "code").unwrap_or("error"),
        Answer::Result(_) => "ok",
    }
}

/// Logs the end of a call, in its span.
pub(crate) fn log_call(answer: &Answer, took: Duration, usage: &Usage) {
    let (ms, requests, left, left_today) = figures(took, usage);
    let outcome = outcome(answer);
    if outcome == "ok" {
        // What an upsert did says more: created, updated, unchanged, planned.
        let outcome = text(answer, "outcome").unwrap_or(outcome);
        tracing::info!(outcome, ms, requests, left, left_today, "answered");
        return;
    }
    let http_status = content(answer).and_then(|content| content.get("httpStatus")).and_then(Value::as_u64);
    let may_have_written = text(answer, "mayHaveWritten");
    tracing::warn!(outcome, ms, requests, left, left_today, http_status, may_have_written, "a call failed");
}

/// The outcome of a call that ended with a question for the person.
pub(crate) const ASKED: &str = "asked";

/// Logs the end of a call that ended with a question, in its span. It is no failure: the call comes again with the reply.
pub(crate) fn log_question(took: Duration, usage: &Usage) {
    let (ms, requests, left, left_today) = figures(took, usage);
    tracing::info!(outcome = ASKED, ms, requests, left, left_today, "answered");
}

fn figures(took: Duration, usage: &Usage) -> (u64, u32, Option<u64>, Option<u64>) {
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    (ms, usage.requests(), usage.left(), usage.left_today())
}

/// A word of the answer that this program has put there.
fn text<'a>(answer: &'a Answer, key: &str) -> Option<&'a str> {
    content(answer)?.get(key)?.as_str()
}

fn content(answer: &Answer) -> Option<&Value> {
    match answer {
        Answer::Result(result) => result.structured_content.as_ref(),
        Answer::UnknownTool { .. } => None,
    }
}
