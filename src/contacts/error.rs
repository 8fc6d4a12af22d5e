//! Why an operation on a contact did not do what was asked.

use crate::ghl;
use crate::ghl::{ContactId, Happened};

/// The room's one error. Every variant says, by [`Error::happened`], whether anything may have been written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was given cannot be used; nothing was sent.
    #[error("{field}: {reason}")]
    Invalid {
        /// The argument, by the tool's own name for it.
        field: String,
        /// What is wrong with it, in words that end without a full stop.
        reason: String,
        /// What to do instead.
        hint: Option<String>,
    },
    /// No contact has this id, e-mail or phone.
    #[error("no contact has the {key}")]
    NotFound {
        /// `id`, `email` or `phone`.
        key: &'static str,
    },
    /// The e-mail belongs to one contact and the phone to another.
    #[error("the email belongs to contact {by_email} and the phone to contact {by_phone}")]
    Conflict {
        /// Who has the e-mail.
        by_email: ContactId,
        /// Who has the phone.
        by_phone: ContactId,
    },
    /// Several contacts have the same key; the location allows duplicates. Newest first.
    #[error("{} contacts have the same {key}", contacts.len())]
    Ambiguous {
        /// `email` or `phone`.
        key: &'static str,
        /// The contacts, newest first.
        contacts: Vec<ContactId>,
    },
    /// HighLevel, or the way to it, failed.
    #[error("{source}")]
    Crm {
        /// The failure.
        #[source]
        source: ghl::Error,
        /// Over the whole operation, not only the last request.
        happened: Happened,
        /// The contact that is concerned, where it is known.
        contact: Option<ContactId>,
        /// What was done before the failure, for the receipt: "created the contact".
        done: Vec<&'static str>,
    },
}

impl Error {
    /// An argument that cannot be used.
    #[must_use]
    pub fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), reason: reason.into(), hint: None }
    }

    /// The same with advice.
    #[must_use]
    pub fn with_hint(mut self, advice: impl Into<String>) -> Self {
        if let Self::Invalid { hint, .. } = &mut self {
            *hint = Some(advice.into());
        }
        self
    }

    /// Whether anything may have been written by the operation.
    #[must_use]
    pub fn happened(&self) -> Happened {
        match self {
            Self::Crm { happened, .. } => *happened,
            _ => Happened::No,
        }
    }
}

/// A failed request that stands for the whole operation: a read, or a first write.
impl From<ghl::Error> for Error {
    fn from(source: ghl::Error) -> Self {
        let happened = source.happened();
        Self::Crm { source, happened, contact: None, done: Vec::new() }
    }
}
