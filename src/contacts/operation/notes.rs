//! Notes of a contact: listed, and added.

use jiff::{SignedDuration, Timestamp};

use crate::contacts::error::{Error, Subject};
use crate::contacts::operation::get::Target;
use crate::contacts::service::Contacts;
use crate::contacts::value::placeholder;
use crate::contacts::write::audit;
use crate::contacts::write::once::Made;
use crate::ghl::model::{Note, same_text, text};
use crate::ghl::{ContactId, Scope, api};

/// The most characters of a note. HighLevel documents no limit; this one holds the transcript of a long call.
const MAX_CHARS: usize = 50_000;
/// How much HighLevel's clock and this one may differ.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Something that was added to a contact.
#[derive(Debug, Clone)]
pub struct Added<T> {
    /// The contact.
    pub contact: ContactId,
    /// What was added, as HighLevel shows it.
    pub item: T,
    /// What else the caller should know.
    pub warnings: Vec<String>,
}

impl Contacts {
    /// The notes of a contact, the newest first.
    ///
    /// # Errors
    /// `NotFound`, an unusable key, or HighLevel's failure.
    pub async fn list_notes(&self, scope: &Scope, target: &Target) -> Result<(ContactId, Vec<Note>), Error> {
        let contact = self.get(scope, target).await?;
        let mut notes = api::list_notes(scope, &contact.id).await?;
        notes.sort_by_key(|note| std::cmp::Reverse(added_at(note)));
        Ok((contact.id, notes))
    }

    /// Adds a note. It is sent once; after a lost answer the notes are read and compared by text and time.
    ///
    /// # Errors
    /// An unusable text or key, `NotFound`, HighLevel's refusal, or `Unsettled`.
    pub async fn add_note(&self, scope: &Scope, target: &Target, body: &str) -> Result<Added<Note>, Error> {
        let body = body_of(body)?;
        let contact = self.get(scope, target).await?;
        self.ensure_unique(scope, target, &contact.id).await?;
        let result = add(scope, &contact.id, &body).await;
        audit::other(scope, &self.options.audit_key, &contact, &result, |_| "noted");
        result
    }
}

async fn add(scope: &Scope, id: &ContactId, body: &str) -> Result<Added<Note>, Error> {
    let begun = Timestamp::try_from(scope.client().clock().wall()).unwrap_or(Timestamp::MIN);
    let is_ours = |note: &Note| {
        same_text(&note.body, body) && added_at(note).is_some_and(|at| begun.duration_since(at) <= SKEW)
    };
    let answer = api::create_note(scope, id, body).await;
    let made = Made { contact: id, what: "note" };
    let (item, lost) = made.settle(scope, answer, api::list_notes(scope, id), is_ours).await?;
    let mut warnings: Vec<String> = lost.into_iter().collect();
    if !same_text(&item.body, body) {
        warnings.push("HighLevel shows another text than the one that was sent: list the notes".to_owned());
    }
    Ok(Added { contact: id.clone(), item, warnings })
}

fn added_at(note: &Note) -> Option<Timestamp> {
    let text = note.date_added.as_deref()?.trim();
    let millis = || Timestamp::from_millisecond(text.parse().ok()?).ok();
    text.parse().ok().or_else(millis)
}

/// The text of a note: without what no one sees.
fn body_of(body: &str) -> Result<String, Error> {
    placeholder::check(&Subject::Body, body)?;
    text_of(&Subject::Body, body, MAX_CHARS)
}

/// A text that is written as it is, without invisible characters.
pub(crate) fn text_of(subject: &Subject, given: &str, most: usize) -> Result<String, Error> {
    let clean = text::clean(given).trim().to_owned();
    if clean.is_empty() {
        return Err(Error::invalid(subject.clone(), "is empty"));
    }
    let count = clean.chars().count();
    if count > most {
        let reason = format!("has {count} characters; at most {most} are taken");
        return Err(Error::invalid(subject.clone(), reason).with_hint("Send less, or several."));
    }
    Ok(clean)
}
