//! The caller's trace, so that a line of our log can be found from a span of theirs.

use hyper::http::request::Parts;
use rmcp::RoleServer;
use rmcp::service::RequestContext;

/// W3C Trace Context: the header's name, and the key in `_meta`.
const KEY: &str = "traceparent";

/// The trace id of the request, from `_meta` or else from the HTTP header. Nothing but a valid one reaches the log.
pub(crate) fn trace_id(context: &RequestContext<RoleServer>) -> Option<String> {
    let in_meta = context.meta.get(KEY).and_then(serde_json::Value::as_str).and_then(valid);
    in_meta.or_else(|| {
        let parts = context.extensions.get::<Parts>()?;
        parts.headers.get(KEY)?.to_str().ok().and_then(valid)
    })
}

/// `00-<32 hex digits>-<16 hex digits>-<2 hex digits>`, with neither id all zeros.
fn valid(text: &str) -> Option<String> {
    let mut parts = text.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let zero = |text: &str| text.bytes().all(|b| b == b'0');
    let good = hex(version, 2)
        && version != "ff"
        && (version != "00" || parts.next().is_none())
        && hex(trace, 32)
        && hex(span, 16)
        && hex(flags, 2)
        && !zero(trace)
        && !zero(span);
    good.then(|| trace.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::serve::trace::valid;

    #[test]
    fn only_a_valid_trace_is_taken() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(valid(good).as_deref(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        for bad in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473\n-00f067aa0ba902b7-01",
        ] {
            assert_eq!(valid(bad), None, "{bad:?}");
        }
    }
}
