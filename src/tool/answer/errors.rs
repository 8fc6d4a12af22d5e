//! The one place where an error becomes words for a model.

use std::time::Duration;

use crate::contacts;
use crate::contacts::Subject;
use crate::ghl::model::text::{clean_line, cut};
use crate::ghl::{self, Kind, Missing, Written};
use crate::tool::{Code, Failure};

impl From<contacts::Error> for Failure {
    fn from(error: contacts::Error) -> Self {
        match error {
            contacts::Error::Invalid { subject, reason, hint } => {
                let argument = argument(&subject);
                let failure = Self::new(Code::InvalidArguments, format!("{argument} {reason}."));
                match hint {
                    Some(hint) => failure.with_hint(format!("{}.", sentence(hint.trim_end_matches('.')))),
                    None => failure,
                }
            }
            contacts::Error::NotFound { key } => Self::new(Code::NotFound, format!("No contact of this location has the given {key}."))
                .with_hint("Check it, or search by name."),
            contacts::Error::Conflict { by_email, by_phone } => Self::new(
                Code::Conflict,
                format!("The email belongs to contact {by_email} and the phone to contact {by_phone}."),
            )
            .with_contact_id(by_email.as_str())
            .with_hint("Ask which contact is meant, or send onConflict: \"email\" or \"phone\" to write to one and leave the other's key alone."),
            contacts::Error::SharedKey { shared, other, value, name, another_name, contact } => {
                let who = shown(name.as_deref().unwrap_or("no name"));
                let value = shown(&value.unwrap_or_default());
                let doubt = if another_name { "The name is another too: it may be another person. " } else { "" };
                Self::new(
                    Code::Conflict,
                    format!("{doubt}The {shared} belongs to contact {contact} ({who}), whose {other} is {value}."),
                )
                .with_contact_id(contact.as_str())
                .with_hint(format!(
                    "Ask who is meant. Send contactId to change that contact's {other}, or onConflict: \"{shared}\" to write the rest and leave its {other}, or leave out {shared} to make a new contact."
                ))
            }
            contacts::Error::Taken { key, owner } => Self::new(
                Code::Conflict,
                format!("The {key} belongs to another contact, {owner}."),
            )
            .with_contact_id(owner.as_str())
            .with_hint(format!("Send another {key}, or merge the two contacts in HighLevel.")),
            contacts::Error::Ambiguous { key, contacts } => {
                let ids: Vec<_> = contacts.iter().take(5).map(ghl::ContactId::as_str).collect();
                let failure = Self::new(
                    Code::Ambiguous,
                    format!("{} contacts have this {key}; newest first: {}.", contacts.len(), ids.join(", ")),
                );
                let failure = failure.with_hint("Ask which one is meant, or merge them in HighLevel.");
                match ids.first() {
                    Some(id) => failure.with_contact_id(*id),
                    None => failure,
                }
            }
            contacts::Error::Unsettled { what, listed, source, contact } => {
                let seen = if listed {
                    format!("The {what}s of the contact were read: it is not among them, and it may still arrive.")
                } else {
                    format!("The {what}s of the contact could not be read after that.")
                };
                let mut failure = crm(&source, Written::Unknown);
                failure.message = format!("{} {seen}", failure.message);
                failure.with_contact_id(contact.as_str()).with_hint(format!(
                    "Do not send it again now: that may add a second {what}. List the {what}s in a minute, then decide."
                ))
            }
            contacts::Error::Crm { source, happened, contact } => {
                let mut failure = crm(&source, happened);
                failure.contact_id = contact.map(|id| id.to_string());
                failure
            }
        }
    }
}

/// A text of the CRM, short and on one line.
fn shown(text: &str) -> String {
    cut(&clean_line(text), 80)
}

/// The argument that a subject is given by.
fn argument(subject: &Subject) -> &str {
    match subject {
        Subject::Field(field) => field.as_str(),
        Subject::CustomField(_) => "customFields",
        Subject::Tags => "tags",
        Subject::AnyTag => "anyTag",
        Subject::Clear => "clear",
        Subject::ContactId => "contactId",
        Subject::ContactIds => "contactIds",
        Subject::FreeText => "query",
        Subject::Filters => "filters",
        Subject::CreatedAfter => "createdAfter",
        Subject::CreatedBefore => "createdBefore",
        Subject::UpdatedAfter => "updatedAfter",
        Subject::UpdatedBefore => "updatedBefore",
        Subject::Limit => "limit",
        Subject::Cursor => "cursor",
        Subject::Channels => "channels",
        Subject::Confirm => "confirm",
        Subject::Body => "body",
        Subject::Title => "title",
        Subject::DueDate => "dueDate",
        Subject::TaskId => "taskId",
    }
}

fn crm(source: &ghl::Error, happened: Written) -> Failure {
    let (code, hint) = advice(source, happened);
    let mut failure = Failure::new(code, format!("{}.", sentence(&source.to_string())))
        .with_may_have_written(happened)
        .with_hint(hint);
    failure.http_status = source.status();
    failure.retry_after_seconds = source.retry_after().map(whole_seconds);
    failure
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// The code and the next step. A contact is to be looked up only after a write that may have happened.
fn advice(error: &ghl::Error, happened: Written) -> (Code, String) {
    let look_up =
        |or: &'static str| if happened == Written::No { or } else { "Look the contact up, then decide." };
    let (code, hint) = match error.kind() {
        Kind::NotConfigured(missing) => (
            Code::NotConfigured,
            match missing {
                Missing::Token => "Set GHL_PIT_TOKEN (made in HighLevel: Settings > Private Integrations).",
                Missing::Location => {
                    "Set GHL_LOCATION_ID (the id in the address of the sub-account's dashboard)."
                }
                Missing::Both => {
                    "Set GHL_PIT_TOKEN (made in HighLevel: Settings > Private Integrations) and GHL_LOCATION_ID (the id in the dashboard's address), or try it with --sandbox."
                }
            },
        ),
        Kind::Unauthorized => (
            Code::Unauthorized,
            "The token was revoked, rotated or mistyped: set GHL_PIT_TOKEN to a current private integration token and restart the server; with OAuth, run `ghl-contacts-mcp login`. Trying again does not help.",
        ),
        Kind::Authorization(_) => (
            Code::Unauthorized,
            "Someone has to fix this on the server's machine. No restart is needed. Do not retry before that.",
        ),
        Kind::ScopeMissing => (
            Code::ScopeMissing,
            "Add the scope to the private integration (contacts.readonly and contacts.write; locations.readonly and locations/customFields.readonly are useful). The token stays the same.",
        ),
        Kind::WrongLocation => (
            Code::WrongLocation,
            "A private integration token reaches one sub-account: GHL_LOCATION_ID must be the sub-account that the token was made in.",
        ),
        Kind::Blocked => (
            Code::Blocked,
            "The block is by IP address or network, not by the token; try from another network.",
        ),
        Kind::NotFound => {
            (Code::NotFound, "Check the id; it may belong to another location or have been deleted.")
        }
        Kind::RouteMissing => (Code::Unsupported, "Check the API address (--base-url) and --dialect."),
        Kind::Duplicate { .. } => (Code::Duplicate, "Use the contact that exists already."),
        Kind::Refused(_) => {
            (Code::Refused, "Correct the value that HighLevel names and send the call again.")
        }
        Kind::RateLimited => return (Code::RateLimited, wait("Wait", error)),
        Kind::DailyLimit => (
            Code::DailyLimit,
            "The limit is per day: send the same call again after `retryAfterSeconds`. Earlier, one call a minute finds out whether the limit still holds.",
        ),
        Kind::Unavailable if error.retry_after().is_some() => {
            return (Code::Unavailable, wait("Wait", error));
        }
        Kind::Unavailable => (Code::Unavailable, "Try again in a minute."),
        Kind::Unreachable => {
            (Code::Unreachable, "Check this machine's network and the API address; then try again.")
        }
        Kind::Tls => {
            (Code::Unreachable, "Check this machine's clock and whether a proxy replaces certificates.")
        }
        Kind::Lost => (Code::ConnectionLost, look_up("Send the call again.")),
        Kind::Mismatch { .. } if happened == Written::No => (
            Code::Mismatch,
            "Nothing of the answer was used. Check the id or key, and that the token belongs to this location.",
        ),
        Kind::Mismatch { .. } => (
            Code::Mismatch,
            "Do not send it again as it is. Look the contact up, and check that the token belongs to this location.",
        ),
        Kind::Unreadable => (
            Code::UnreadableAnswer,
            look_up("Send the call again; if it happens again, HighLevel has a fault."),
        ),
        Kind::TooLarge => (Code::UnreadableAnswer, look_up("Ask for less in one call.")),
        Kind::Redirected => {
            (Code::Redirected, "Check the API address, and whether a captive portal intercepts requests.")
        }
        Kind::Busy => return (Code::Busy, wait("Send fewer calls for one contact at once. Wait", error)),
        Kind::LockLost | Kind::UnderWay => return (Code::Busy, wait("Wait", error)),
        Kind::StoreAway => return (Code::Unavailable, wait("Reads and updates still work. Wait", error)),
        Kind::TokensAway => return (Code::Unavailable, wait("Wait", error)),
        Kind::OutOfTime => (Code::Timeout, "Try again; if it happens again, ask for less in one call."),
        Kind::Cancelled => (Code::Cancelled, "Send the call again if it is still wanted."),
    };
    (code, hint.to_owned())
}

fn wait(start: &str, error: &ghl::Error) -> String {
    let seconds = error.retry_after().map_or(10, whole_seconds);
    format!("{start} {seconds} seconds, then send the same call again.")
}

#[cfg(test)]
mod tests;
