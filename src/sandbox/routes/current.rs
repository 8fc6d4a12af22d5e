//! The routes of HighLevel's current API (version 2021-07-28).

use crate::sandbox::gate;
use crate::sandbox::request::Request;
use crate::sandbox::response::{Payload, Response};
use crate::sandbox::routes::contacts;
use crate::sandbox::routes::list;
use crate::sandbox::routes::location;
use crate::sandbox::routes::not_found::not_found;
use crate::sandbox::routes::notes;
use crate::sandbox::routes::search;
use crate::sandbox::routes::tags;
use crate::sandbox::routes::tasks;
use crate::sandbox::state::{State, lock};

/// Answers one request.
pub(crate) async fn serve(state: &State, request: &Request) -> Response {
    let result = match gate::check(state, request, true) {
        Ok(()) => route(state, request).await,
        Err(refusal) => Err(refusal),
    };
    let response = result.unwrap_or_else(|refusal| refusal);
    if has_trace_id(request, &response) { response.with_trace_id(&state.next_trace_id()) } else { response }
}

async fn route(state: &State, request: &Request) -> Result<Response, Response> {
    let segments = request.segments();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let options = &state.options;
    let reads = || gate::check_scope(options, "contacts.readonly");
    let writes = || gate::check_scope(options, "contacts.write");
    match (request.method.as_str(), path.as_slice()) {
        ("POST", ["contacts", ""]) => writes().map(|()| contacts::create(state, request))?.await,
        ("POST", ["contacts", "upsert"]) => writes().map(|()| contacts::upsert(state, request))?.await,
        ("POST", ["contacts", "search"]) => reads().and_then(|()| search::search(state, request)),
        ("GET", ["contacts", "search", "duplicate"]) => {
            reads().and_then(|()| list::duplicate_check(state, request))
        }
        ("GET", ["contacts", ""]) => reads().and_then(|()| list::list(state, request)),
        ("POST", ["contacts", "bulk", "tags", "update", verb @ ("add" | "remove")]) => {
            tags::bulk(state, request, *verb == "add")
        }
        ("POST", ["contacts", id, "tags"]) => writes().and_then(|()| tags::add(state, request, id)),
        ("DELETE", ["contacts", id, "tags"]) => writes().and_then(|()| tags::remove(state, request, id)),
        ("GET", ["contacts", id, "notes"]) => reads().and_then(|()| notes::list(state, id)),
        ("POST", ["contacts", id, "notes"]) => writes().and_then(|()| notes::create(state, request, id)),
        ("GET", ["contacts", id, "tasks"]) => reads().and_then(|()| tasks::list(state, id)),
        ("POST", ["contacts", id, "tasks"]) => writes().and_then(|()| tasks::create(state, request, id)),
        ("PUT", ["contacts", id, "tasks", task, "completed"]) => {
            writes().and_then(|()| tasks::complete(state, request, id, task))
        }
        ("GET", ["contacts", id]) if !id.is_empty() => {
            if *id == "search" {
                // This is the search of the article. A client of the current API must not use it.
                lock(&state.log).add_unexpected(request);
            }
            reads().and_then(|()| contacts::get(state, id))
        }
        ("PUT", ["contacts", id]) if !id.is_empty() => {
            writes().and_then(|()| contacts::update(state, request, id))
        }
        ("DELETE", ["contacts", id]) if !id.is_empty() => writes().and_then(|()| contacts::delete(state, id)),
        ("GET", ["locations", id]) => location::get(state, id),
        ("GET", ["locations", id, "customFields"]) => location::custom_fields(state, request, id),
        ("GET", ["locations", id, "tags"]) => location::tags(state, id),
        ("GET", ["users", ""]) => location::users(state, request),
        _ => Err(not_found(&mut lock(&state.log), request)),
    }
}

/// Whether HighLevel puts a `traceId` into this response.
fn has_trace_id(request: &Request, response: &Response) -> bool {
    let bad_request = |body: &Payload| matches!(body, Payload::Json(json) if json["error"] == "Bad Request");
    match response.status {
        200 | 201 => request.path.starts_with("/contacts/") && !request.path.ends_with("/tags"),
        status => status == 400 && bad_request(&response.body),
    }
}
