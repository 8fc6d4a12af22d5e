//! A note and a task as a model sees them: anybody may have written their texts.

use schemars::JsonSchema;
use serde::Serialize;

use crate::contacts::value::text::{clean, clean_line};
use crate::ghl::model::{Note, Task};

/// The most characters of an id, a time or a name.
const MAX_LINE_CHARS: usize = 100;
/// The most characters of a title, and of the text of a task.
const MAX_TITLE_CHARS: usize = 300;
const MAX_TASK_CHARS: usize = 1_000;

/// A note.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NoteView {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_added: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
}

impl NoteView {
    /// The note, with at most so many characters of its text.
    pub(crate) fn of(note: &Note, most: usize) -> Self {
        Self {
            id: line(&note.id),
            title: note.title.as_deref().map(title),
            body: clean(note.body.trim(), most).into_owned(),
            date_added: note.date_added.as_deref().map(line),
            user_id: note.user.as_deref().map(line),
        }
    }
}

/// A task.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskView {
    id: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assigned_to: Option<String>,
}

impl TaskView {
    /// The task.
    pub(crate) fn of(task: &Task) -> Self {
        Self {
            id: line(&task.id),
            title: title(&task.title),
            body: task.body.as_deref().map(|body| clean(body.trim(), MAX_TASK_CHARS).into_owned()),
            due_date: task.due_date.as_deref().map(line),
            completed: task.completed,
            assigned_to: task.assigned_to.as_deref().map(line),
        }
    }
}

fn line(text: &str) -> String {
    clean_line(text.trim(), MAX_LINE_CHARS).into_owned()
}

fn title(text: &str) -> String {
    clean_line(text.trim(), MAX_TITLE_CHARS).into_owned()
}
