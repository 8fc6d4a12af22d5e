//! What an answer, or its absence, means. The only place that looks at a status.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use crate::ghl::model::{Effect, Error, Kind, Written, text};
use crate::ghl::wire::call::{Call, Subject};
use crate::ghl::wire::connect::why;
use crate::ghl::wire::limits::Limits;
use crate::ghl::wire::transport::{HttpResponse, TransportError};

/// The window that HighLevel's documentation gives, where no header tells.
const WINDOW: Duration = Duration::from_secs(10);
/// HighLevel's words in an error: at most this many characters.
const WORDS: usize = 200;

/// A success, or the failure that the answer stands for. `host` is the one that the request was sent to.
pub(crate) fn classify(
    call: &Call,
    host: &str,
    answer: Result<HttpResponse, TransportError>,
    limits: &Limits,
) -> Result<HttpResponse, Error> {
    let answer = answer.map_err(|error| no_answer(call.effect, host, error))?;
    let html = is_html(&answer);
    if answer.status.is_success() && !html {
        return Ok(answer);
    }
    let body: Value =
        if html { Value::Null } else { serde_json::from_slice(&answer.body).unwrap_or(Value::Null) };
    let messages = messages(&body);
    let (kind, written) = meaning(call, &answer, html, &messages, &body, limits);
    let written = if call.effect == Effect::Read { Written::No } else { written };
    let words = words(&messages, &answer, html);
    let wait = match kind {
        // The window's headers are on every answer; `Retry-After` comes first where it is there.
        Kind::RateLimited => Some(limits.retry_after.or(limits.interval).unwrap_or(WINDOW)),
        Kind::DailyLimit => limits.daily_reset,
        _ => None,
    };
    Err(Error::new(kind, written)
        .with_status(answer.status.as_u16())
        .with_upstream(words)
        .with_trace_id(body.get("traceId").and_then(Value::as_str).map(|id| clean(id, 64)))
        .with_retry_after(wait))
}

/// Whether HighLevel refused the request, by a status of 400 to 499.
pub(crate) fn is_refusal(answer: &HttpResponse) -> bool {
    answer.status.is_client_error()
}

/// The failure of a request that no whole answer came to.
fn no_answer(effect: Effect, host: &str, error: TransportError) -> Error {
    let not_sent = |kind, source: Box<dyn std::error::Error + Send + Sync>| {
        let reason = why(host, &*source);
        tracing::warn!(reason, "not connected");
        Error::new(kind, Written::No).with_reason(reason).with_source(source)
    };
    let written = |status: Option<StatusCode>| match (effect, status) {
        (Effect::Read, _) => Written::No,
        (_, Some(status)) if status.is_success() => Written::Yes,
        _ => Written::Unknown,
    };
    match error {
        TransportError::NotConnected(source) => not_sent(Kind::Unreachable, source),
        TransportError::Tls(source) => not_sent(Kind::Tls, source),
        TransportError::NoAnswer => Error::new(Kind::Lost, written(None)),
        TransportError::CutOff(status) => {
            Error::new(Kind::Lost, written(Some(status))).with_status(status.as_u16())
        }
        TransportError::TooLarge(status) => {
            Error::new(Kind::TooLarge, written(Some(status))).with_status(status.as_u16())
        }
    }
}

fn meaning(
    call: &Call,
    answer: &HttpResponse,
    html: bool,
    messages: &[String],
    body: &Value,
    limits: &Limits,
) -> (Kind, Written) {
    let says = |words: &str| messages.iter().any(|m| m.to_lowercase().contains(words));
    match answer.status.as_u16() {
        // A page where JSON should be: a captive portal or the CDN. Whether HighLevel saw the request is not known.
        200..=299 | 500..=599 | 408 => (Kind::Unavailable, Written::Unknown),
        300..=399 => (Kind::Redirected, Written::No),
        400 if says("not found") && says("contact") => (Kind::NotFound, Written::No),
        400 if says("duplicated contacts") => (duplicate(body), Written::No),
        401 if says("timed out") => (Kind::Unavailable, Written::Unknown),
        401 if says("scope") => (Kind::ScopeMissing, Written::No),
        401 | 403 if says("location") => (Kind::WrongLocation, Written::No),
        401 if says("version") => (Kind::Refused(messages.to_vec()), Written::No),
        401 => (Kind::Unauthorized, Written::No),
        403 if html || says("1010") => (Kind::Blocked, Written::No),
        403 => (Kind::ScopeMissing, Written::No),
        404 if no_route(answer, messages, html) => (Kind::RouteMissing, Written::No),
        // HighLevel answers a missing thing in JSON. A page comes from something in between and says nothing of HighLevel.
        404 if html => (Kind::Unavailable, Written::Unknown),
        404 if matches!(call.subject, Subject::Contact(_)) => (Kind::NotFound, Written::No),
        // The route is there and names the contact as missing.
        404 if matches!(call.subject, Subject::TagsOf(_)) && says("contact not found") => {
            (Kind::NotFound, Written::No)
        }
        404 => (Kind::RouteMissing, Written::No),
        // highlevel-api-docs issue 64: a create answered 422 and made the contact all the same.
        422 if call.effect == Effect::Create => (Kind::Refused(messages.to_vec()), Written::Unknown),
        429 if limits.day_is_used_up() => (Kind::DailyLimit, Written::No),
        429 => (Kind::RateLimited, Written::No),
        _ => (Kind::Refused(messages.to_vec()), Written::No),
    }
}

/// Whether a 404 is the one of a web framework where no route serves the path, whatever its content type: an empty body, or
/// Express's `Cannot POST /contacts/`, also in a page. It says nothing of a contact.
fn no_route(answer: &HttpResponse, messages: &[String], html: bool) -> bool {
    if answer.body.trim_ascii().is_empty() {
        return true;
    }
    let text = words(messages, answer, html).unwrap_or_default();
    let Some((_, request)) = text.split_once("Cannot ") else { return false };
    let Some((method, path)) = request.split_once(' ') else { return false };
    method.bytes().all(|letter| letter.is_ascii_uppercase()) && path.starts_with('/')
}

fn is_html(answer: &HttpResponse) -> bool {
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

fn words(messages: &[String], answer: &HttpResponse, html: bool) -> Option<String> {
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
fn clean(words: &str, most: usize) -> String {
    let line = text::clean_line(words);
    line.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(most).collect()
}

#[cfg(test)]
mod tests;
