//! Notes and tasks of a contact.

use crate::ghl::client::Scope;
use crate::ghl::endpoint::{notes, tasks};
use crate::ghl::model::{ContactId, Error, NewTask, Note, Task, TaskId};

/// The notes of a contact, as HighLevel lists them.
pub async fn list_notes(scope: &Scope, id: &ContactId) -> Result<Vec<Note>, Error> {
    notes::list(scope, id).await
}

/// Adds a note. Sent once: a repeat would add a second one.
pub async fn create_note(scope: &Scope, id: &ContactId, body: &str) -> Result<Note, Error> {
    notes::create(scope, id, body).await
}

/// The tasks of a contact, as HighLevel lists them.
pub async fn list_tasks(scope: &Scope, id: &ContactId) -> Result<Vec<Task>, Error> {
    tasks::list(scope, id).await
}

/// Adds a task. Sent once: a repeat would add a second one.
pub async fn create_task(scope: &Scope, id: &ContactId, task: &NewTask) -> Result<Task, Error> {
    tasks::create(scope, id, task).await
}

/// Marks a task as done.
pub async fn complete_task(scope: &Scope, id: &ContactId, task: &TaskId) -> Result<Task, Error> {
    tasks::complete(scope, id, task).await
}
