//! The response of a fault.

use serde_json::json;

use crate::sandbox::faults::Fault;
use crate::sandbox::response::Response;

/// The response of a fault, with the headers that show the limits.
pub(crate) fn fault_response(fault: Fault, mut limits: Vec<(String, String)>) -> Response {
    let mut response = match fault {
        Fault::Status { status, body, headers, .. } => {
            let mut response = match serde_json::from_str(&body) {
                Ok(json) => Response::json(status, json),
                Err(_) => Response::html(status, &body),
            };
            response.headers.extend(headers);
            response
        }
        Fault::TooManyRequests { retry_after, window_headers } => {
            if !window_headers {
                limits.retain(|(name, _)| name == "date");
            }
            for (_, remaining) in limits.iter_mut().filter(|(name, _)| name == "x-ratelimit-remaining") {
                "0".clone_into(remaining);
            }
            let response = Response::error(429, "Too Many Requests");
            retry_after.into_iter().fold(response, |response, wait| response.with_header("retry-after", wait))
        }
        Fault::Redirect { location } => Response::html(307, "").with_header("location", location),
        Fault::Html { status } => {
            Response::html(status, "<html><body><h1>Bad gateway</h1><p>cloudflare</p></body></html>")
        }
        Fault::HangUp { .. } | Fault::Truncate { .. } | Fault::Stall { .. } | Fault::Odd { .. } => {
            placeholder()
        }
    };
    response.headers.extend(limits);
    response
}

/// The response that is cut when the request is not carried out.
pub(crate) fn placeholder() -> Response {
    Response::json(200, json!({ "contact": { "id": "cut-off-before-the-end", "firstName": "Cut" } }))
}
