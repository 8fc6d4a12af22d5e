//! The response to a request that no route serves.

use crate::sandbox::request::Request;
use crate::sandbox::request_log::RequestLog;
use crate::sandbox::response::Response;

/// Logs the request and answers 404; for a known path in the wrong case 401, as the live API does.
pub(crate) fn not_found(log: &mut RequestLog, request: &Request) -> Response {
    log.add_unexpected(request);
    let first = request.segments().into_iter().next().unwrap_or_default();
    let lower = first.to_lowercase();
    if first != lower && matches!(lower.as_str(), "contacts" | "locations" | "oauth") {
        return Response::error(401, "Invalid JWT");
    }
    Response::no_route(&request.method, &request.path)
}
