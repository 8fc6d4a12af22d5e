//! Tasks of a contact: listed, added, and marked as done.

use jiff::Timestamp;

use crate::contacts::error::{Error, Subject};
use crate::contacts::operation::get::Target;
use crate::contacts::operation::notes::{Added, text_of};
use crate::contacts::service::Contacts;
use crate::contacts::value::due::{self, Due};
use crate::contacts::value::placeholder;
use crate::contacts::value::text::{clean_line, quoted};
use crate::contacts::value::zone::Zone;
use crate::contacts::write::audit;
use crate::contacts::write::once::Made;
use crate::contacts::write::receipt::Outcome;
use crate::ghl::model::{Contact, NewTask, Task, TaskId, same_text};
use crate::ghl::{ContactId, Scope, Written, api};

/// The most characters of a title and of a text. HighLevel documents no limit.
const MAX_TITLE_CHARS: usize = 500;
const MAX_BODY_CHARS: usize = 10_000;
const LOST: &str = "the answer to the update was lost; the tasks were read and this one is done";

/// A task as a caller describes it.
#[derive(Debug, Clone, Default)]
pub struct TaskRequest {
    /// What is to be done.
    pub title: String,
    /// More of it.
    pub body: Option<String>,
    /// When it is due, as a person says it.
    pub due: String,
    /// A user's id, e-mail or name.
    pub assigned_to: Option<String>,
}

impl Contacts {
    /// The tasks of a contact: open ones first, by the time when they are due.
    ///
    /// # Errors
    /// `NotFound`, an unusable key, or HighLevel's failure.
    pub async fn list_tasks(&self, scope: &Scope, target: &Target) -> Result<(ContactId, Vec<Task>), Error> {
        let contact = self.get(scope, target).await?;
        let mut tasks = api::list_tasks(scope, &contact.id).await?;
        tasks.sort_by_key(|task| (task.completed == Some(true), due_at(task)));
        Ok((contact.id, tasks))
    }

    /// Adds a task, and says how the time was read. It is sent once; after a lost answer the tasks are read and compared.
    ///
    /// # Errors
    /// An unusable value or key, `NotFound`, HighLevel's refusal, or `Unsettled`.
    pub async fn add_task(
        &self,
        scope: &Scope,
        target: &Target,
        request: &TaskRequest,
    ) -> Result<(Added<Task>, String), Error> {
        placeholder::check(&Subject::Title, &request.title)?;
        let title = text_of(&Subject::Title, &clean_line(&request.title, usize::MAX), MAX_TITLE_CHARS)?;
        let body =
            request.body.as_deref().map(|body| text_of(&Subject::Body, body, MAX_BODY_CHARS)).transpose()?;
        let due = self.due(scope, &request.due).await?;
        let assigned_to = match &request.assigned_to {
            Some(user) => Some(self.user(scope, user).await?),
            None => None,
        };
        let contact = self.get(scope, target).await?;
        self.ensure_unique(scope, target, &contact.id).await?;
        let task = NewTask { title, body, due_date: format!("{:.3}", due.at), assigned_to };
        let result = add(scope, &contact.id, &task, due.at).await;
        audit::other(scope, &self.options.audit_key, &contact, &result, |_| "task_added");
        Ok((result?, due.read))
    }

    /// When it is due. Only a text that is no moment by itself costs a read of the location's settings.
    async fn due(&self, scope: &Scope, text: &str) -> Result<Due, Error> {
        let now = Timestamp::try_from(scope.client().clock().wall()).unwrap_or(Timestamp::MAX);
        let zone = if due::is_absolute(text) {
            self.location.settings_if_known().timezone.clone()
        } else {
            self.location.settings(scope).await?.timezone.clone()
        };
        due::parse(text, now, zone.as_deref().and_then(|name| Zone::read(name).ok()))
    }

    /// Marks a task as done. One that is done already costs no write.
    ///
    /// # Errors
    /// The contact has no such task, `NotFound`, an unusable key, or HighLevel's failure.
    pub async fn complete_task(
        &self,
        scope: &Scope,
        target: &Target,
        task: &str,
    ) -> Result<(Outcome, Added<Task>), Error> {
        placeholder::check(&Subject::TaskId, task)?;
        let id: TaskId = task.trim().parse().map_err(|reason| {
            let advice = "Take it from the id of a task in a list of the contact's tasks.";
            let reason: crate::ghl::IdError = reason;
            Error::invalid(Subject::TaskId, reason.to_string()).with_hint(advice)
        })?;
        let contact = self.get(scope, target).await?;
        let tasks = api::list_tasks(scope, &contact.id).await?;
        let Some(found) = tasks.iter().find(|one| one.id == id.as_str()) else {
            return Err(unknown(&id, &contact, &tasks));
        };
        let added = |item: Task, warnings| Added { contact: contact.id.clone(), item, warnings };
        if found.completed == Some(true) {
            return Ok((Outcome::Unchanged, added(found.clone(), Vec::new())));
        }
        self.ensure_unique(scope, target, &contact.id).await?;
        let result = complete(scope, &contact.id, &id).await;
        audit::other(scope, &self.options.audit_key, &contact, &result, |_| "task_completed");
        let (task, warnings) = result?;
        Ok((Outcome::Updated, added(task, warnings)))
    }
}

async fn add(scope: &Scope, id: &ContactId, task: &NewTask, due: Timestamp) -> Result<Added<Task>, Error> {
    // Tasks do not say when they were added: the time that they are due takes its place.
    let is_ours = |one: &Task| {
        same_text(&one.title, &task.title)
            && same_text(one.body.as_deref().unwrap_or_default(), task.body.as_deref().unwrap_or_default())
            && due_at(one) == Some(due)
            && one.completed != Some(true)
    };
    let answer = api::create_task(scope, id, task).await;
    let made = Made { contact: id, what: "task" };
    let (item, lost) = made.settle(scope, answer, api::list_tasks(scope, id), is_ours).await?;
    let mut warnings: Vec<String> = lost.into_iter().collect();
    if due_at(&item) != Some(due) {
        warnings.push("HighLevel shows another due date than the one that was sent".to_owned());
    }
    if item.assigned_to != task.assigned_to {
        warnings.push("HighLevel shows another assignee than the one that was sent".to_owned());
    }
    Ok(Added { contact: id.clone(), item, warnings })
}

async fn complete(scope: &Scope, contact: &ContactId, id: &TaskId) -> Result<(Task, Vec<String>), Error> {
    let error = match api::complete_task(scope, contact, id).await {
        Ok(task) if task.id == id.as_str() && task.completed == Some(true) => return Ok((task, Vec::new())),
        // The answer does not show it.
        Ok(_) => None,
        Err(error) if error.written() == Written::No => return Err(Error::from(error).about(contact)),
        Err(error) => Some(error),
    };
    let tasks = api::list_tasks(scope, contact).await;
    let listed = tasks.ok().and_then(|tasks| tasks.into_iter().find(|one| one.id == id.as_str()));
    match (listed, error) {
        (Some(task), None) if task.completed == Some(true) => Ok((task, Vec::new())),
        (Some(task), Some(_)) if task.completed == Some(true) => Ok((task, vec![LOST.to_owned()])),
        (_, error) => {
            let unreadable = || crate::ghl::Error::new(crate::ghl::Kind::Unreadable, Written::Unknown);
            Err(Error::from(error.unwrap_or_else(unreadable)).about(contact))
        }
    }
}

fn unknown(id: &TaskId, contact: &Contact, tasks: &[Task]) -> Error {
    let open = tasks.iter().filter(|task| task.completed != Some(true)).take(3);
    let open: Vec<String> =
        open.map(|task| format!("{} ({})", quoted(&task.title), clean_line(&task.id, 64))).collect();
    let reason = format!("{id} is no task of contact {}", contact.id);
    let advice = if open.is_empty() {
        "It has no open task.".to_owned()
    } else {
        format!("Its open tasks are {}.", open.join(", "))
    };
    Error::invalid(Subject::TaskId, reason).with_hint(advice)
}

/// When a task is due.
pub(crate) fn due_at(task: &Task) -> Option<Timestamp> {
    let text = task.due_date.as_deref()?.trim();
    let millis = || Timestamp::from_millisecond(text.parse().ok()?).ok();
    text.parse().ok().or_else(millis)
}
