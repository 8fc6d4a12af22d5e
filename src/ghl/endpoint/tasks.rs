//! Tasks of a contact. HighLevel has no idempotency key: a create that is sent twice makes two.

use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::ghl::client::Scope;
use crate::ghl::model::{ContactId, Effect, Error, FieldValue, NewTask, Task, TaskId};
use crate::ghl::wire::{Answer, Asked, Call, Object, Subject};

/// `{ task }`, as HighLevel answers a write.
struct Stored {
    task: Task,
    contact: Option<FieldValue>,
}

impl Answer for Stored {
    fn read(mut body: Object) -> Option<Self> {
        let task = body.remove("task")?;
        let contact = contact_of(&task).cloned();
        Some(Self { task: Task::read(task)?, contact })
    }

    fn other(&self, asked: Asked<'_>) -> Option<String> {
        asked.other_id(self.contact.as_ref())
    }
}

/// The contact that an item names.
fn contact_of(item: &FieldValue) -> Option<&FieldValue> {
    match item {
        FieldValue::Map(item) => item.get("contactId"),
        _ => None,
    }
}

/// [Get all Tasks](https://marketplace.gohighlevel.com/docs/ghl/contacts/get-all-tasks)
pub(crate) async fn list(scope: &Scope, id: &ContactId) -> Result<Vec<Task>, Error> {
    struct Tasks(Vec<FieldValue>);
    // A missing list is not an empty one.
    impl Answer for Tasks {
        fn read(mut body: Object) -> Option<Self> {
            body.remove("tasks")?.into_list().map(Self)
        }

        fn other(&self, asked: Asked<'_>) -> Option<String> {
            asked.other_id(self.0.iter().filter_map(contact_of))
        }
    }
    let call = Call::new("tasks.list", Method::GET, Effect::Read, Subject::Contact(id.clone()))
        .at("contacts")
        .at(id)
        .at("tasks");
    Ok(scope.send::<Tasks>(call).await?.0.into_iter().filter_map(Task::read).collect())
}

/// [Create Task](https://marketplace.gohighlevel.com/docs/ghl/contacts/create-task). `completed` is required.
pub(crate) async fn create(scope: &Scope, id: &ContactId, task: &NewTask) -> Result<Task, Error> {
    let mut body = Map::new();
    body.insert("title".to_owned(), json!(task.title));
    body.insert("dueDate".to_owned(), json!(task.due_date));
    body.insert("completed".to_owned(), json!(false));
    for (name, value) in [("body", &task.body), ("assignedTo", &task.assigned_to)] {
        body.extend(value.as_ref().map(|value| (name.to_owned(), json!(value))));
    }
    let call = Call::new("tasks.create", Method::POST, Effect::Create, Subject::Contact(id.clone()))
        .at("contacts")
        .at(id)
        .at("tasks");
    Ok(scope.send::<Stored>(call.json(&Value::Object(body))?).await?.task)
}

/// [Update Task Completed](https://marketplace.gohighlevel.com/docs/ghl/contacts/update-task-completed)
pub(crate) async fn complete(scope: &Scope, id: &ContactId, task: &TaskId) -> Result<Task, Error> {
    let call = Call::new("tasks.complete", Method::PUT, Effect::Replace, Subject::Contact(id.clone()))
        .at("contacts")
        .at(id)
        .at("tasks")
        .at(task)
        .at("completed");
    Ok(scope.send::<Stored>(call.json(&json!({ "completed": true }))?).await?.task)
}
