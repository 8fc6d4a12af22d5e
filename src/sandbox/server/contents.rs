//! What the CRM holds, for those who compare it with what they asked for. HighLevel has no such route.

use serde_json::{Value, json};

use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::state::{State, lock};

/// `GET /sandbox/contacts`: all contacts, in the order in which they were inserted. It needs no token, has no fault and no
/// limit, and is not in the log of requests.
pub(crate) fn contents(state: &State, request: &Request) -> Option<Response> {
    if (request.method.as_str(), request.path.as_str()) != ("GET", "/sandbox/contacts") {
        return None;
    }
    let contacts: Vec<Value> = lock(&state.store).all().cloned().map(Value::Object).collect();
    Some(Response::json(200, json!({ "contacts": contacts })))
}
