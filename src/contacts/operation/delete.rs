//! Deletes a contact for good, after what the caller knows of it was compared with it.

use std::time::Duration;

use crate::contacts::error::{Error, Subject};
use crate::contacts::identity::keys::{Keys, Shown};
use crate::contacts::identity::reading::GivenKeys;
use crate::contacts::operation::get::not_found_by_id;
use crate::contacts::service::Contacts;
use crate::contacts::value::email::Email;
use crate::contacts::value::name::full_name;
use crate::contacts::value::placeholder;
use crate::contacts::value::text::quoted;
use crate::contacts::write::audit;
use crate::ghl::model::text::clean_line;
use crate::ghl::model::{Contact, FieldValue};
use crate::ghl::{ContactId, Kind, Scope, Written, api};

/// How long to wait before a contact is looked for that should be gone.
const SETTLE: Duration = Duration::from_secs(1);
const LOST: &str = "the answer to the deletion was lost; the contact was looked up and is gone";
const GONE: &str = "HighLevel answered that the contact does not exist: it was deleted at the same time, or by the first attempt";
const NOT_SEEN: &str = "HighLevel answered that it deleted the contact; it could not be looked up after that";

impl Contacts {
    /// The contact of this id, if `confirm` is its e-mail, its phone or its full name.
    ///
    /// # Errors
    /// `NotFound`, `confirm` is none of them, or HighLevel's failure.
    pub async fn to_delete(&self, scope: &Scope, id: &ContactId, confirm: &str) -> Result<Contact, Error> {
        placeholder::check(&Subject::Confirm, confirm)?;
        let contact = api::get(scope, id).await.map_err(not_found_by_id)?;
        if is_deleted(&contact) {
            return Err(Error::NotFound { key: "id" });
        }
        if self.is_of(scope, &contact, confirm).await? {
            return Ok(contact);
        }
        let reason = format!(
            "{} is neither the email, nor the phone, nor the full name of contact {id}",
            quoted(confirm)
        );
        Err(Error::invalid(Subject::Confirm, reason)
            .with_hint("Read the contact, and ask the person which contact is meant."))
    }

    /// Whether the text is the contact's e-mail, its phone or its full name.
    async fn is_of(&self, scope: &Scope, contact: &Contact, text: &str) -> Result<bool, Error> {
        if full_name(contact).is_some_and(|name| plain(&name) == plain(text)) {
            return Ok(true);
        }
        if text.contains('@') {
            let email = Email::parse(text).ok();
            let keys = Keys { email, ..Keys::default() };
            return Ok(matches!(keys.email_of(contact), Some(Shown::Key(_))));
        }
        if !text.contains(|c: char| c.is_ascii_digit()) {
            return Ok(false);
        }
        let given = GivenKeys { phone: Some(text), contact: Some(contact), ..GivenKeys::default() };
        match self.keys(scope, &given).await {
            Ok(keys) => {
                let keys = keys.in_location(&self.location.settings_if_known());
                Ok(matches!(keys.phone_of(contact), Some(Shown::Key(_))))
            }
            // It is no phone.
            Err(Error::Invalid { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Deletes the contact and looks whether it is gone. The id of a contact is never given to another: a repeated deletion
    /// hits no other contact. Answers what else the caller should know.
    ///
    /// # Errors
    /// HighLevel's failure, where the contact is not known to be gone.
    pub async fn delete(&self, scope: &Scope, contact: &Contact) -> Result<Vec<&'static str>, Error> {
        let _held = self.locks.hold_contact(scope, &contact.id).await?;
        let result = delete(scope, &contact.id).await;
        audit::other(scope, &self.options.audit_key, contact, &result, |_| "deleted");
        result.map(|warning| warning.into_iter().collect())
    }
}

async fn delete(scope: &Scope, id: &ContactId) -> Result<Option<&'static str>, Error> {
    let answer = api::delete(scope, id).await;
    let failure = match answer {
        Ok(()) => None,
        Err(error) if error.is_not_found() => return Ok(Some(GONE)),
        Err(error) if error.written() == Written::No => return Err(Error::from(error).about(id)),
        Err(error) => Some(error),
    };
    let mut seen = look(scope, id).await;
    if seen == Seen::There || failure.is_some() && seen == Seen::Unknown {
        scope.pause(SETTLE).await;
        seen = look(scope, id).await;
    }
    match (seen, failure) {
        (Seen::Gone, None) => Ok(None),
        (Seen::Gone, Some(_)) => Ok(Some(LOST)),
        (Seen::Unknown, None) => Ok(Some(NOT_SEEN)),
        (_, Some(error)) => Err(Error::from(error).about(id)),
        (Seen::There, None) => {
            let words =
                "HighLevel answered that it deleted the contact, and the contact is still there".to_owned();
            let error = crate::ghl::Error::new(Kind::Refused(vec![words.clone()]), Written::Unknown);
            Err(Error::from(error.with_upstream(Some(words))).about(id))
        }
    }
}

/// Whether a contact is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    There,
    Gone,
    Unknown,
}

async fn look(scope: &Scope, id: &ContactId) -> Seen {
    match api::get(scope, id).await {
        Ok(contact) if !is_deleted(&contact) => Seen::There,
        Ok(_) => Seen::Gone,
        Err(error) if error.is_not_found() => Seen::Gone,
        Err(_) => Seen::Unknown,
    }
}

/// HighLevel marks some contacts as deleted.
fn is_deleted(contact: &Contact) -> bool {
    contact.get("deleted").and_then(FieldValue::to_bool) == Some(true)
}

/// A name without regard to case, invisible characters and the number of spaces.
fn plain(name: &str) -> String {
    clean_line(name).to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_compared_without_case_and_spaces_and_in_full() {
        for same in ["jane smith", " JANE  Smith ", "Jane\u{a0}Smith\u{202e}", "Jane\tSmith"] {
            assert_eq!(plain(same), "jane smith", "{same:?}");
        }
        for other in ["Jane", "Smith", "Jane S.", "Smith, Jane", "Jane-Smith", "Jané Smith"] {
            assert_ne!(plain(other), "jane smith", "{other:?}");
        }
    }
}
