//! What a fault answers.

use serde_json::json;

use crate::sandbox::faults::Fault;
use crate::sandbox::response::Response;

/// The answer of a fault that has one.
pub(crate) fn spoilt(fault: Fault, mut limits: Vec<(String, String)>) -> Response {
    let mut answer = match fault {
        Fault::Status { status, body, headers, .. } => {
            let mut answer = match serde_json::from_str(&body) {
                Ok(json) => Response::json(status, json),
                Err(_) => Response::html(status, &body),
            };
            answer.headers.extend(headers);
            answer
        }
        Fault::TooManyRequests { retry_after, window_headers } => {
            if !window_headers {
                limits.clear();
            }
            for (_, left) in limits.iter_mut().filter(|(name, _)| name == "x-ratelimit-remaining") {
                "0".clone_into(left);
            }
            let answer = Response::refuse(429, "Too Many Requests");
            retry_after.into_iter().fold(answer, |answer, wait| answer.with_header("retry-after", wait))
        }
        Fault::Redirect { location } => Response::html(307, "").with_header("location", location),
        Fault::Html { status } => {
            Response::html(status, "<html><body><h1>Bad gateway</h1><p>cloudflare</p></body></html>")
        }
        Fault::HangUp { .. } | Fault::Truncate { .. } | Fault::Stall { .. } => placeholder(),
    };
    answer.headers.extend(limits);
    answer
}

pub(crate) fn placeholder() -> Response {
    Response::json(200, json!({ "contact": { "id": "cut-off-before-the-end", "firstName": "Cut" } }))
}
