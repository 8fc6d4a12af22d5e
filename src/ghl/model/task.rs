//! A task of a contact.

use crate::ghl::model::value::FieldValue;

/// One task.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: String,
    /// What is to be done. Data that anyone may have written.
    pub title: String,
    /// More of it.
    pub body: Option<String>,
    /// When it is due, as HighLevel writes it.
    pub due_date: Option<String>,
    /// Whether it is done; none where HighLevel does not say.
    pub completed: Option<bool>,
    /// The id of the user who is to do it.
    pub assigned_to: Option<String>,
}

impl Task {
    /// From HighLevel's answer; none where it has no id.
    #[must_use]
    pub fn read(task: FieldValue) -> Option<Self> {
        let task = task.into_map()?;
        let text =
            |name: &str| task.get(name).and_then(FieldValue::to_text).filter(|text| !text.trim().is_empty());
        Some(Self {
            id: text("id").or_else(|| text("_id"))?,
            title: text("title").unwrap_or_default(),
            body: text("body"),
            due_date: text("dueDate"),
            completed: task.get("completed").and_then(FieldValue::to_bool),
            assigned_to: text("assignedTo"),
        })
    }
}

/// A task to add.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewTask {
    /// What is to be done.
    pub title: String,
    /// More of it.
    pub body: Option<String>,
    /// When it is due: `2026-12-01T22:00:00.000Z`.
    pub due_date: String,
    /// The id of the user who is to do it.
    pub assigned_to: Option<String>,
}
