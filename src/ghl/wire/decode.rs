//! From the body of a successful answer to a type, and whether it is about whom it was asked about.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use crate::ghl::model::{Contact, Error, FieldValue, Kind, LocationId, Written, text};
use crate::ghl::wire::call::{Call, Subject};
use crate::ghl::wire::transport::HttpResponse;

/// Whom a request was about: an answer about another is never used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    subject: &'a Subject,
    location: &'a LocationId,
}

/// The body of an answer: HighLevel always answers with an object. A list is not one, although serde reads a struct from
/// a list; neither is an object with one key twice, which has two readings.
pub(crate) type Object = BTreeMap<String, FieldValue>;

/// The body of an answer. Each type states which shape it has, and which contacts and which location it is about.
pub(crate) trait Answer: Sized {
    /// Reads the body. None where it does not have the shape in which HighLevel answers the request: a missing property is
    /// never read as an empty one.
    fn read(body: Object) -> Option<Self>;

    /// The id of another contact or location that this answer is about, where it names one.
    fn other(&self, asked: Asked<'_>) -> Option<String>;
}

/// An answer that is not read is about nothing.
impl Answer for IgnoredAny {
    fn read(_: Object) -> Option<Self> {
        Some(Self)
    }

    fn other(&self, _: Asked<'_>) -> Option<String> {
        None
    }
}

impl Asked<'_> {
    /// The id of `contact`, or of its location, if it is not the one that was asked about.
    pub(crate) fn other_contact(self, contact: Option<&Contact>) -> Option<String> {
        let contact = contact?;
        match self.subject {
            Subject::Contact(id) | Subject::TagsOf(id) if *id != contact.id => Some(contact.id.to_string()),
            _ => self.other_location(contact.get("locationId")),
        }
    }

    /// The first of these ids that is not the id of a contact that was asked about. Ids are compared exactly.
    pub(crate) fn other_id<'v>(self, ids: impl IntoIterator<Item = &'v FieldValue>) -> Option<String> {
        let asked = |id: &str| match self.subject {
            Subject::Contact(one) | Subject::TagsOf(one) => one.as_str() == id,
            Subject::Contacts(all) => all.iter().any(|one| one.as_str() == id),
            Subject::Location | Subject::Token => true,
        };
        ids.into_iter().filter_map(FieldValue::to_text).find(|id| !asked(id))
    }

    /// The id of a location, if it is not the one that was asked about. An answer without one is not about another.
    pub(crate) fn other_location(self, location: Option<&FieldValue>) -> Option<String> {
        location.and_then(FieldValue::to_text).filter(|id| id != self.location.as_str())
    }

    fn name(self) -> String {
        match self.subject {
            Subject::Contact(id) | Subject::TagsOf(id) => id.to_string(),
            Subject::Contacts(ids) => ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            Subject::Location | Subject::Token => self.location.to_string(),
        }
    }
}

/// HighLevel's words in an error: at most this many characters.
const WORDS: usize = 200;

/// Whether a body says that the request failed, whatever its status and whatever else it holds. HighLevel writes
/// `succeded` in most answers.
pub(crate) fn says_failed(body: &Object) -> bool {
    let is = |name: &&str, truth| body.get(*name).and_then(FieldValue::to_bool) == Some(truth);
    let status =
        body.get("statusCode").and_then(FieldValue::to_text).and_then(|code| code.trim().parse::<u16>().ok());
    ["succeded", "succeeded", "success"].iter().any(|name| is(name, false))
        || is(&"error", true)
        || status.is_some_and(|status| status >= 400)
}

/// Reads a successful answer as `T`.
///
/// # Errors
/// `Refused` where the answer to a write says that it failed; `Unreadable`; `Mismatch` where the answer is about another contact or location (two accounts may share a credential,
/// which then reaches both locations by a contact's id).
pub(crate) fn decode<T: Answer>(
    call: &Call,
    location: &LocationId,
    answer: &HttpResponse,
) -> Result<T, Error> {
    let status = answer.status.as_u16();
    // A success that cannot be read, or is about another contact, may have written nothing.
    let written = if call.effect.writes() { Written::Unknown } else { Written::No };
    // serde's own message can quote the body, which is personal data: it is dropped on purpose.
    let unreadable = || Error::new(Kind::Unreadable, written).with_status(status);
    let body = serde_json::from_slice::<FieldValue>(&answer.body).ok().and_then(FieldValue::into_map);
    let body = body.ok_or_else(unreadable)?;
    // An answer about many contacts says for each whether it failed.
    if call.effect.writes() && !matches!(call.subject, Subject::Contacts(_)) && says_failed(&body) {
        let words = body.get("message").and_then(FieldValue::to_text);
        let words = words.map(|words| text::cut(&text::clean_line(&words), WORDS));
        let kind = Kind::Refused(words.iter().cloned().collect());
        return Err(Error::new(kind, written).with_status(status).with_upstream(words));
    }
    let decoded = T::read(body).ok_or_else(unreadable)?;
    let asked = Asked { subject: &call.subject, location };
    match decoded.other(asked) {
        None => Ok(decoded),
        Some(answered) => {
            Err(Error::new(Kind::Mismatch { asked: asked.name(), answered }, written).with_status(status))
        }
    }
}
