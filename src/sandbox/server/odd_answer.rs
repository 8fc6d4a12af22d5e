//! The response of an odd answer.

use serde_json::{Value, json};

use crate::sandbox::faults::odd::odd;
use crate::sandbox::record::{Contact, text};
use crate::sandbox::request::Request;
use crate::sandbox::response::{Payload, Response};
use crate::sandbox::state::{State, lock};
use crate::sandbox::store::Store;

/// A 200 with a changed body: that of the `applied` request, or what is stored where the request was not carried out.
pub(crate) fn odd_answer(
    state: &State,
    request: &Request,
    applied: Option<Response>,
    seed: u64,
    limits: Vec<(String, String)>,
) -> Response {
    let store = lock(&state.store);
    let body = match applied.map(|response| response.body) {
        Some(Payload::Json(body)) => body,
        Some(Payload::Text(_, text)) => Value::String(text),
        None => stored(&store, request),
    };
    // Everything that names the contact of the request: its path, its body, the true answer.
    let named =
        format!("{} {} {body}", request.target(), String::from_utf8_lossy(&request.body)).to_lowercase();
    let is_other = |contact: &&Contact| {
        let mut values = ["id", "email", "phone"].into_iter().map(|key| text(contact, key).to_lowercase());
        values.all(|value| value.is_empty() || !named.contains(&value))
    };
    let others: Vec<&Contact> = store.all().filter(is_other).collect();
    Response { status: 200, body: odd(&body, &request.path, &others, seed), headers: limits }
}

/// The body that shows what is stored, in the form of an answer to a write.
fn stored(store: &Store, request: &Request) -> Value {
    let segments = request.segments();
    let contact = segments.get(1).and_then(|id| store.get(id));
    match (contact, segments.get(2)) {
        (Some(contact), None) => json!({ "contact": contact }),
        (Some(contact), Some(_)) => json!({ "tags": contact.get("tags") }),
        (None, _) => json!({ "success": true }),
    }
}
