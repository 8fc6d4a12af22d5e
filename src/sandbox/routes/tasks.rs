//! Tasks of a contact. Nothing makes a create idempotent: sent twice, it makes two.

use serde_json::{Value, json};

use crate::sandbox::check;
use crate::sandbox::request::Request;
use crate::sandbox::response::Response;
use crate::sandbox::routes::lookup::contact_by_id;
use crate::sandbox::state::{State, lock};

/// `GET /contacts/{id}/tasks`
pub(crate) fn list(state: &State, id: &str) -> Result<Response, Response> {
    let store = lock(&state.store);
    contact_by_id(state, &store, id)?;
    let tasks: Vec<&Value> = store.tasks.get(id).into_iter().flatten().collect();
    Ok(Response::json(200, json!({ "tasks": tasks })))
}

/// `POST /contacts/{id}/tasks`. The user is not checked; the date is stored in UTC.
pub(crate) fn create(state: &State, request: &Request, id: &str) -> Result<Response, Response> {
    let mut body = request.object()?;
    let known = ["title", "body", "dueDate", "completed", "assignedTo"];
    let mut problems = check::unknown_properties(&body, &known);
    if body.get("title").and_then(Value::as_str).is_none_or(str::is_empty) {
        problems.push(String::from("title should not be empty"));
    }
    if !body.get("completed").is_some_and(Value::is_boolean) {
        problems.push(String::from("completed must be a boolean value"));
    }
    let due = body.get("dueDate").and_then(Value::as_str).and_then(|due| due.parse::<jiff::Timestamp>().ok());
    match due {
        Some(due) => {
            body.insert(String::from("dueDate"), json!(format!("{due:.3}")));
        }
        None => problems.push(String::from("dueDate must be a valid ISO 8601 date string")),
    }
    if !problems.is_empty() {
        return Err(Response::unprocessable(&problems));
    }
    let mut store = lock(&state.store);
    contact_by_id(state, &store, id)?;
    let mut task = json!({ "id": store.new_id(), "contactId": id });
    if let Value::Object(task) = &mut task {
        task.extend(body);
    }
    store.tasks.entry(id.to_owned()).or_default().push(task.clone());
    Ok(Response::json(201, json!({ "task": task })))
}

/// `PUT /contacts/{id}/tasks/{taskId}/completed`. A task of another contact is not found.
pub(crate) fn complete(state: &State, request: &Request, id: &str, task: &str) -> Result<Response, Response> {
    let body = request.object()?;
    let mut problems = check::unknown_properties(&body, &["completed"]);
    if !body.get("completed").is_some_and(Value::is_boolean) {
        problems.push(String::from("completed must be a boolean value"));
    }
    if !problems.is_empty() {
        return Err(Response::unprocessable(&problems));
    }
    let mut store = lock(&state.store);
    contact_by_id(state, &store, id)?;
    let found = store.tasks.get_mut(id).into_iter().flatten().find(|one| one["id"] == task);
    let Some(Value::Object(found)) = found else { return Err(Response::bad_request("Task not found")) };
    found.extend(body);
    Ok(Response::json(200, json!({ "task": found })))
}
