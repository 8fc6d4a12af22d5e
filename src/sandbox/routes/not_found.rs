//! The answer to a request that no route serves.

use crate::sandbox::request::Request;
use crate::sandbox::request_log::RequestLog;
use crate::sandbox::response::Response;

/// 404 of an unknown path; a known one in the wrong case is a 401, as the live API was seen to answer.
pub(crate) fn not_found(log: &mut RequestLog, request: &Request) -> Response {
    log.note_unexpected(request);
    let first = request.segments().into_iter().next().unwrap_or_default();
    let lower = first.to_lowercase();
    if first != lower && matches!(lower.as_str(), "contacts" | "locations" | "oauth") {
        return Response::refuse(401, "Invalid JWT");
    }
    Response::no_route(&request.method, &request.path)
}
