//! What an answer means. The only place that looks at a status.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use serde_json::Value;

use crate::ghl::call::{Call, Effect, On404};
use crate::ghl::error::{Error, Happened, Kind};
use crate::ghl::http::Incoming;
use crate::ghl::invisible::is_invisible;

/// The window that HighLevel's documentation gives, where no header tells.
const WINDOW: Duration = Duration::from_secs(10);
/// A longer wait than a day is no wait but a mistake in a header.
const LONGEST: Duration = Duration::from_hours(24);
/// HighLevel's words in an error: at most this many characters.
const WORDS: usize = 200;

/// A success, or the failure it stands for.
pub(in crate::ghl) fn classify(call: &Call, answer: Incoming, now: SystemTime) -> Result<Incoming, Error> {
    let html = is_html(&answer);
    if answer.status.is_success() && !html {
        return Ok(answer);
    }
    let body: Value =
        if html { Value::Null } else { serde_json::from_slice(&answer.body).unwrap_or(Value::Null) };
    let messages = messages(&body);
    let (kind, happened) = meaning(call, answer.status, html, &messages, &body, &answer.headers);
    let happened = if call.effect == Effect::Read { Happened::No } else { happened };
    let words = words(&messages, &answer, html);
    let wait = match kind {
        Kind::RateLimited => Some(wait(&answer.headers, now)),
        Kind::DailyLimit => {
            milliseconds(&answer.headers, "x-ratelimit-daily-reset").filter(|wait| *wait <= LONGEST)
        }
        _ => None,
    };
    Err(Error::new(kind, happened)
        .with_status(answer.status.as_u16())
        .with_upstream(words)
        .with_trace_id(body.get("traceId").and_then(Value::as_str).map(|id| clean(id, 64)))
        .with_retry_after(wait))
}

fn meaning(
    call: &Call,
    status: StatusCode,
    html: bool,
    messages: &[String],
    body: &Value,
    headers: &HeaderMap,
) -> (Kind, Happened) {
    let says = |words: &str| messages.iter().any(|m| m.to_lowercase().contains(words));
    match status.as_u16() {
        // A page where JSON should be: a captive portal or the CDN. Whether HighLevel saw the request is not known.
        200..=299 | 500..=599 | 408 => (Kind::Unavailable, Happened::Unknown),
        300..=399 => (Kind::Redirected, Happened::No),
        400 if says("not found") && says("contact") => (Kind::NotFound, Happened::No),
        400 if says("duplicated contacts") => (duplicate(body), Happened::No),
        401 if says("timed out") => (Kind::Unavailable, Happened::Unknown),
        401 if says("scope") => (Kind::ScopeMissing, Happened::No),
        401 | 403 if says("location") => (Kind::WrongLocation, Happened::No),
        401 if says("version") => (Kind::Refused(messages.to_vec()), Happened::No),
        401 => (Kind::Unauthorized, Happened::No),
        403 if html || says("1010") => (Kind::Blocked, Happened::No),
        403 => (Kind::ScopeMissing, Happened::No),
        // HighLevel says in JSON what it does not have; a page is somebody else's, and says nothing of it.
        404 if html => (Kind::Unavailable, Happened::Unknown),
        404 => match call.on_404 {
            On404::NoContact => (Kind::NotFound, Happened::No),
            On404::NoRoute => (Kind::RouteMissing, Happened::No),
        },
        // highlevel-api-docs issue 64: a create answered 422 and made the contact all the same.
        422 if call.effect == Effect::Create => (Kind::Refused(messages.to_vec()), Happened::Unknown),
        429 if header(headers, "x-ratelimit-daily-remaining") == Some(0) => (Kind::DailyLimit, Happened::No),
        429 => (Kind::RateLimited, Happened::No),
        _ => (Kind::Refused(messages.to_vec()), Happened::No),
    }
}

fn is_html(answer: &Incoming) -> bool {
    let named =
        answer.headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("html"));
    named || answer.body.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'<')
}

/// `message` as a string or a list, else `error`, `msg`, `detail`; v3 nests `error.message`.
fn messages(body: &Value) -> Vec<String> {
    for key in ["message", "error", "msg", "detail", "error_description"] {
        match body.get(key) {
            Some(Value::String(text)) if !text.is_empty() => return vec![text.clone()],
            Some(Value::Array(list)) if !list.is_empty() => {
                return list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            }
            Some(Value::Object(inner)) => {
                if let Some(text) = inner.get("message").and_then(Value::as_str) {
                    return vec![text.to_owned()];
                }
            }
            _ => {}
        }
    }
    Vec::new()
}

fn duplicate(body: &Value) -> Kind {
    let meta = |key: &str| body.get("meta").and_then(|meta| meta.get(key)).and_then(Value::as_str);
    Kind::Duplicate {
        contact: meta("contactId").and_then(|id| id.parse().ok()),
        field: meta("matchingField").map(|field| clean(field, 20)),
    }
}

fn words(messages: &[String], answer: &Incoming, html: bool) -> Option<String> {
    let text = if !messages.is_empty() {
        messages.join("; ")
    } else if html {
        strip_tags(&String::from_utf8_lossy(answer.body.get(..4096).unwrap_or(&answer.body)))
    } else {
        String::from_utf8_lossy(answer.body.get(..512).unwrap_or(&answer.body)).into_owned()
    };
    let text = clean(&text, WORDS);
    (!text.is_empty()).then_some(text)
}

fn strip_tags(html: &str) -> String {
    let mut inside = false;
    html.chars()
        .map(|c| match c {
            '<' => {
                inside = true;
                ' '
            }
            '>' => {
                inside = false;
                ' '
            }
            _ if inside => ' ',
            _ => c,
        })
        .collect()
}

/// One line of plain text, at most `most` characters.
fn clean(text: &str, most: usize) -> String {
    let plain: String =
        text.chars().map(|c| if c.is_control() || is_invisible(c) { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(most).collect()
}

/// How long a 429 asks to wait: `Retry-After`, else the window that the headers tell, else 10 s.
/// HighLevel's documentation does not list `Retry-After` and nobody has seen it; the window headers are on every answer.
fn wait(headers: &HeaderMap, now: SystemTime) -> Duration {
    headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| retry_after(value, now))
        .filter(|wait| *wait <= LONGEST)
        .or_else(|| {
            milliseconds(headers, "x-ratelimit-interval-milliseconds")
                .filter(|w| *w <= Duration::from_mins(10))
        })
        .unwrap_or(WINDOW)
}

/// RFC 9110 section 10.2.3: whole seconds or an HTTP date. A date that has passed is no wait; anything else is ignored.
fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if value.bytes().all(|b| b.is_ascii_digit()) {
        return value.parse::<u32>().ok().map(|seconds| Duration::from_secs(seconds.into()));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

fn header(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

fn milliseconds(headers: &HeaderMap, name: &str) -> Option<Duration> {
    header(headers, name).filter(|ms| *ms > 0).map(Duration::from_millis)
}

#[cfg(test)]
#[path = "answer/tests.rs"]
mod tests;
