//! Which form of a response a client reads. The specification wants both forms in `Accept`, and the SDK refuses a request
//! that does not name both. Some clients name one form, or `*/*`, or nothing.

use hyper::HeaderMap;
use hyper::header::{ACCEPT, HeaderValue};

/// The forms of a response that a client reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResponseFormat {
    Both,
    Json,
    EventStream,
}

/// Marks a request of a client that does not read an event stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JsonOnly;

impl ResponseFormat {
    /// The forms that `Accept` names; none if it names neither. Without `Accept` both are accepted.
    pub(crate) fn accepted(headers: &HeaderMap) -> Option<Self> {
        let (mut json, mut event_stream, mut any) = (false, false, false);
        for entry in headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()) {
            for range in entry.split(',').map(str::trim).filter(|range| !range.is_empty()) {
                any = true;
                let mut parts = range.split(';').map(str::trim);
                let name = parts.next().unwrap_or_default().to_ascii_lowercase();
                if parts.any(is_zero_weight) {
                    continue;
                }
                json |= matches!(name.as_str(), "application/json" | "application/*" | "*/*");
                event_stream |= matches!(name.as_str(), "text/event-stream" | "text/*" | "*/*");
            }
        }
        match (json, event_stream) {
            (true, true) => Some(Self::Both),
            (true, false) => Some(Self::Json),
            (false, true) => Some(Self::EventStream),
            (false, false) => (!any).then_some(Self::Both),
        }
    }

    /// Makes `headers` accept both forms, as the SDK requires.
    pub(crate) fn accept_both(headers: &mut HeaderMap) {
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
    }
}

/// Whether a parameter is `q=0`, which means "not acceptable".
fn is_zero_weight(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return false };
    name.trim().eq_ignore_ascii_case("q") && value.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0)
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;

    use crate::serve::http::negotiation::ResponseFormat;

    #[test]
    fn the_accept_header_decides_on_the_form() {
        for (accept, expected) in [
            (Some("application/json, text/event-stream"), Some(ResponseFormat::Both)),
            (Some("*/*"), Some(ResponseFormat::Both)),
            (None, Some(ResponseFormat::Both)),
            (Some(""), Some(ResponseFormat::Both)),
            (Some("application/json"), Some(ResponseFormat::Json)),
            (Some("Application/*;q=0.5"), Some(ResponseFormat::Json)),
            (Some("application/json, text/event-stream;q=0"), Some(ResponseFormat::Json)),
            (Some("text/event-stream"), Some(ResponseFormat::EventStream)),
            (Some("text/html, */*;q=0.0"), None),
            (Some("text/html"), None),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert("accept", accept.parse().unwrap());
            }
            assert_eq!(ResponseFormat::accepted(&headers), expected, "{accept:?}");
        }
    }
}
