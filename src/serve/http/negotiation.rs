//! Which of the two forms of an answer a client reads. The specification wants both in `Accept`, and the SDK refuses
//! a request that does not name them; some clients name one, or `*/*`, or nothing.

use hyper::HeaderMap;
use hyper::header::{ACCEPT, HeaderValue};

/// What a client reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media {
    Both,
    Json,
    EventStream,
}

/// Marks a request whose client reads no event stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JsonOnly;

impl Media {
    /// What the client reads; none where it reads neither form.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let (mut json, mut stream, mut any) = (false, false, false);
        for entry in headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()) {
            for range in entry.split(',').map(str::trim).filter(|range| !range.is_empty()) {
                any = true;
                let mut parts = range.split(';').map(str::trim);
                let name = parts.next().unwrap_or_default().to_ascii_lowercase();
                if parts.any(is_zero) {
                    continue;
                }
                json |= matches!(name.as_str(), "application/json" | "application/*" | "*/*");
                stream |= matches!(name.as_str(), "text/event-stream" | "text/*" | "*/*");
            }
        }
        match (json, stream) {
            (true, true) => Some(Self::Both),
            (true, false) => Some(Self::Json),
            (false, true) => Some(Self::EventStream),
            (false, false) => (!any).then_some(Self::Both),
        }
    }

    /// What the SDK wants to see.
    pub(crate) fn name_both(headers: &mut HeaderMap) {
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
    }
}

/// A weight of zero: "not this one".
fn is_zero(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return false };
    name.trim().eq_ignore_ascii_case("q") && value.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0)
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;

    use crate::serve::http::negotiation::Media;

    #[test]
    fn a_client_is_taken_at_its_word() {
        for (accept, expected) in [
            (Some("application/json, text/event-stream"), Some(Media::Both)),
            (Some("*/*"), Some(Media::Both)),
            (None, Some(Media::Both)),
            (Some(""), Some(Media::Both)),
            (Some("application/json"), Some(Media::Json)),
            (Some("Application/*;q=0.5"), Some(Media::Json)),
            (Some("application/json, text/event-stream;q=0"), Some(Media::Json)),
            (Some("text/event-stream"), Some(Media::EventStream)),
            (Some("text/html, */*;q=0.0"), None),
            (Some("text/html"), None),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert("accept", accept.parse().unwrap());
            }
            assert_eq!(Media::of(&headers), expected, "{accept:?}");
        }
    }
}
