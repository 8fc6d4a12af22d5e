//! The trace of the caller, so that a log line can be found from a span in the caller's own traces.

use hyper::http::request::Parts;
use rmcp::RoleServer;
use rmcp::service::RequestContext;

/// The name of the header in W3C Trace Context, and of the key in `_meta`.
const KEY: &str = "traceparent";

/// The trace id of the request, from `_meta` or else from the HTTP header. Only a valid id is returned, since it is
/// written to the log.
pub(crate) fn trace_id(context: &RequestContext<RoleServer>) -> Option<String> {
    let in_meta = context.meta.get(KEY).and_then(serde_json::Value::as_str).and_then(parse);
    in_meta.or_else(|| {
        let parts = context.extensions.get::<Parts>()?;
        parts.headers.get(KEY)?.to_str().ok().and_then(parse)
    })
}

/// Reads `00-<32 hex digits>-<16 hex digits>-<2 hex digits>`; neither id may be all zeros.
fn parse(text: &str) -> Option<String> {
    let mut parts = text.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let is_zero = |text: &str| text.bytes().all(|b| b == b'0');
    let is_valid = hex(version, 2)
        && version != "ff"
        && (version != "00" || parts.next().is_none())
        && hex(trace, 32)
        && hex(span, 16)
        && hex(flags, 2)
        && !is_zero(trace)
        && !is_zero(span);
    is_valid.then(|| trace.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::serve::trace::parse;

    #[test]
    fn only_a_valid_trace_is_accepted() {
        let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(parse(valid).as_deref(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        for bad in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473\n-00f067aa0ba902b7-01",
        ] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }
}
