//! The audit: one log line for every operation that sent a write, with the contact, the outcome and the requests. It
//! holds no value of a contact, and of an e-mail only a hash with a key.
//!
//! The span around the call holds the tool and the client's id of the request; the log adds the time.

mod key;

use crate::contacts::error::Error;
use crate::contacts::value::email::Email;
pub use crate::contacts::write::audit::key::AuditKey;
use crate::contacts::write::receipt::{Outcome, Receipt, Tagging};
use crate::ghl::model::{Contact, Field, TagChange};
use crate::ghl::{LocationId, Scope, Written};

/// Logs an upsert; `email` is the given one, which a failure may not know in another way.
pub(crate) fn upsert(scope: &Scope, key: &AuditKey, email: Option<&str>, result: &Result<Receipt, Error>) {
    let contact = result.as_ref().ok().and_then(|receipt| receipt.contact.as_ref());
    let email = email.and_then(|email| Email::parse(email).ok()).map(|email| key.hash(email.as_str()));
    let email = email.or_else(|| contact.and_then(|contact| hash_of(key, contact))).unwrap_or_default();
    let (id, outcome) = match result {
        Ok(receipt) => (contact.map(|contact| contact.id.to_string()), word(receipt.outcome)),
        Err(error) => (id_in(error), failed(error)),
    };
    log(scope, &id.unwrap_or_default(), &email, outcome);
}

/// Logs one line for each contact whose tags were to be changed.
pub(crate) fn tags(scope: &Scope, key: &AuditKey, change: TagChange, result: &Result<Tagging, Error>) {
    let (done, failed_to) = match change {
        TagChange::Add => ("tagged", "not_tagged"),
        TagChange::Remove => ("untagged", "not_untagged"),
    };
    match result {
        Ok(tagging) => {
            for tagged in &tagging.contacts {
                let outcome = if tagged.error.is_some() { failed_to } else { done };
                let email = tagged.email.as_deref().map(|email| key.hash(email)).unwrap_or_default();
                log(scope, tagged.id.as_str(), &email, outcome);
            }
            for id in &tagging.unknown {
                log(scope, id.as_str(), "", "unknown");
            }
        }
        Err(error) => log(scope, &id_in(error).unwrap_or_default(), "", failed(error)),
    }
}

/// Logs another write to one contact, by its own word for the outcome.
pub(crate) fn other<T>(
    scope: &Scope,
    key: &AuditKey,
    contact: &Contact,
    result: &Result<T, Error>,
    word: impl FnOnce(&T) -> &'static str,
) {
    let outcome = result.as_ref().map_or_else(failed, word);
    log(scope, contact.id.as_str(), &hash_of(key, contact).unwrap_or_default(), outcome);
}

/// `requests` counts all attempts of the call, `writes` those that may have changed something.
fn log(scope: &Scope, contact: &str, email: &str, outcome: &str) {
    let (requests, writes) = (scope.requests(), scope.writes());
    if writes == 0 {
        return;
    }
    let location = scope.client().location().map(LocationId::as_str).unwrap_or_default();
    tracing::info!(target: "audit", location, contact, email, outcome, requests, writes, "wrote");
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Created => "created",
        Outcome::Updated => "updated",
        Outcome::Unchanged => "unchanged",
        Outcome::Planned => "planned",
    }
}

fn failed(error: &Error) -> &'static str {
    match error.written() {
        Written::No => "failed",
        Written::Unknown => "unknown",
        Written::Yes => "written_in_part",
    }
}

fn id_in(error: &Error) -> Option<String> {
    match error {
        Error::Crm { contact, .. } => contact.as_ref().map(ToString::to_string),
        Error::Unsettled { contact, .. } => Some(contact.to_string()),
        _ => None,
    }
}

fn hash_of(key: &AuditKey, contact: &Contact) -> Option<String> {
    contact.text(Field::Email).as_deref().map(|email| key.hash(email))
}
