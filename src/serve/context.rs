//! What the SDK tells of a request beside its parameters.

use std::sync::Arc;

use hyper::http::request::Parts;
use rmcp::RoleServer;
use rmcp::model::{CacheScope, ProtocolVersion};
use rmcp::service::RequestContext;
use tracing::Span;

use crate::serve::auth::Identity;
use crate::serve::http::JsonOnly;
use crate::serve::message::RepeatedKey;
use crate::serve::trace::trace_id;
use crate::tool::echo;

/// Whether the request came over HTTP from a client that does not read an event stream. With progress notifications the
/// response would be an event stream.
pub(crate) fn accepts_json_only(context: &RequestContext<RoleServer>) -> bool {
    context.extensions.get::<Parts>().is_some_and(|parts| parts.extensions.get::<JsonOnly>().is_some())
}

/// The person who has signed in, if the request came over HTTP with such a token.
pub(crate) fn identity(context: &RequestContext<RoleServer>) -> Option<&Arc<Identity>> {
    context.extensions.get::<Parts>()?.extensions.get()
}

/// The key that the arguments have twice. The SDK's own reading does not show it.
pub(crate) fn path_of_repeated_key(context: &RequestContext<RoleServer>) -> Option<String> {
    let repeated = match context.extensions.get::<Parts>() {
        Some(parts) => parts.extensions.get::<RepeatedKey>(),
        None => context.extensions.get::<RepeatedKey>(),
    };
    repeated.map(|key| key.path.clone())
}

/// How long the client may keep a list or a content, in milliseconds, where its protocol version has such hints.
pub(crate) fn cache_hints(
    context: &RequestContext<RoleServer>,
    ttl_ms: u64,
) -> (Option<u64>, Option<CacheScope>) {
    if is_modern(context) { (Some(ttl_ms), Some(CacheScope::Private)) } else { (None, None) }
}

/// The span of a call: every log line of it carries these. The audit line needs to name its call, and who sent it.
pub(crate) fn span(tool: &'static str, context: &RequestContext<RoleServer>) -> Span {
    let signed_in = identity(context);
    tracing::info_span!(
        "call",
        tool,
        request = echo(&context.id.to_string()),
        trace_id = trace_id(context),
        subject = signed_in.map(|identity| identity.subject.as_str()),
        issuer = signed_in.map(|identity| identity.issuer.as_str()),
    )
}

/// Whether the client uses protocol version 2026-07-28 or later, where lists have cache hints and results have a type.
pub(crate) fn is_modern(context: &RequestContext<RoleServer>) -> bool {
    // Versions are dates, so they can be compared as text.
    context
        .protocol_version()
        .is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}
