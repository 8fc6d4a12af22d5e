//! The audit: one line in the log for every operation that sent a write, with who was written to and what came of it.
//! No value of a contact is in it, and of the e-mail only the beginning of its SHA-256.
//!
//! The tool and the client's id of the request stand in the span around the call; the time is the log's own.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::contacts::operation::tags::Tagging;
use crate::contacts::value::phone::Email;
use crate::contacts::write::receipt::{Outcome, Receipt};
use crate::contacts::{Contacts, Error};
use crate::ghl::model::{Contact, Field};
use crate::ghl::{Happened, LocationId, Scope};

/// Hex digits of an e-mail's hash: enough to find a line again, too few to prove an address.
const DIGITS: usize = 12;

impl Contacts {
    pub(crate) fn audit_upsert(&self, scope: &Scope, email: Option<&str>, result: &Result<Receipt, Error>) {
        let contact = result.as_ref().ok().and_then(|receipt| receipt.contact.as_ref());
        let email = email.and_then(|email| Email::parse(email).ok()).map(|email| hash(email.as_str()));
        let email = email.or_else(|| contact.and_then(hash_of)).unwrap_or_default();
        let (id, outcome) = match result {
            Ok(receipt) => (contact.map(|contact| contact.id.to_string()), word(receipt.outcome)),
            Err(error) => (id_in(error), failed(error)),
        };
        self.line(scope, &id.unwrap_or_default(), &email, outcome);
    }

    pub(crate) fn audit_tags(&self, scope: &Scope, result: &Result<Tagging, Error>) {
        match result {
            Ok(tagging) => {
                for line in &tagging.contacts {
                    let outcome = if line.error.is_some() { "not_tagged" } else { "tagged" };
                    let email = line.email.as_deref().map(hash).unwrap_or_default();
                    self.line(scope, line.id.as_str(), &email, outcome);
                }
            }
            Err(error) => self.line(scope, &id_in(error).unwrap_or_default(), "", failed(error)),
        }
    }

    /// `requests` are all that the call sent, `writes` those that may have changed something, attempts included.
    fn line(&self, scope: &Scope, contact: &str, email: &str, outcome: &str) {
        let (requests, writes) = (scope.requests(), scope.writes());
        if writes == 0 {
            return;
        }
        let location = self.location_id().map(LocationId::as_str).unwrap_or_default();
        tracing::info!(target: "audit", location, contact, email, outcome, requests, writes, "wrote");
    }
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
    match error.happened() {
        Happened::No => "failed",
        Happened::Unknown => "unknown",
        Happened::Yes => "written_in_part",
    }
}

fn id_in(error: &Error) -> Option<String> {
    match error {
        Error::Crm { contact, .. } => contact.as_ref().map(ToString::to_string),
        _ => None,
    }
}

fn hash_of(contact: &Contact) -> Option<String> {
    contact.text(Field::Email).map(|email| hash(&email.to_lowercase()))
}

fn hash(email: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(email.trim().to_lowercase().as_bytes()) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex.truncate(DIGITS);
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_is_told_by_the_beginning_of_its_hash_without_case() {
        // printf jane@example.com | sha256sum
        assert_eq!(hash("jane@example.com"), "8c87b489ce35");
        assert_eq!(hash(" Jane@Example.COM "), hash("jane@example.com"));
    }
}
