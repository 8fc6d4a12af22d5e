//! Why an operation on a contact failed.

use std::fmt;

use crate::ghl;
use crate::ghl::model::Field;
use crate::ghl::{ContactId, Kind, Written};

/// What an invalid value was given for. A caller of this module maps it to its own name: `tool` to an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A standard field; e-mail and phone are two of them.
    Field(Field),
    /// A custom field, by the id, key or name that was given.
    CustomField(String),
    /// Tags to add, or tags of which a search needs all.
    Tags,
    /// Tags of which a search needs one.
    AnyTag,
    /// The list of fields to blank.
    Clear,
    /// The id of one contact.
    ContactId,
    /// The ids of several contacts.
    ContactIds,
    /// The free text of a search.
    FreeText,
    /// Filters in HighLevel's own grammar, or the number of all conditions together.
    Filters,
    /// The earliest time of creation.
    CreatedAfter,
    /// The latest time of creation.
    CreatedBefore,
    /// The earliest time of the last update.
    UpdatedAfter,
    /// The latest time of the last update.
    UpdatedBefore,
    /// The number of contacts on a page.
    Limit,
    /// The position of a page.
    Cursor,
    /// The channels to block.
    Channels,
    /// What confirms a deletion.
    Confirm,
    /// The text of a note or a task.
    Body,
    /// The title of a task.
    Title,
    /// When a task is due.
    DueDate,
    /// The id of a task.
    TaskId,
}

impl From<Field> for Subject {
    fn from(field: Field) -> Self {
        Self::Field(field)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Field(field) => field.as_str(),
            Self::CustomField(_) => "custom fields",
            Self::Tags => "tags",
            Self::AnyTag => "any tag",
            Self::Clear => "clear",
            Self::ContactId => "contact id",
            Self::ContactIds => "contact ids",
            Self::FreeText => "free text",
            Self::Filters => "filters",
            Self::CreatedAfter => "created after",
            Self::CreatedBefore => "created before",
            Self::UpdatedAfter => "updated after",
            Self::UpdatedBefore => "updated before",
            Self::Limit => "limit",
            Self::Cursor => "cursor",
            Self::Channels => "channels",
            Self::Confirm => "confirm",
            Self::Body => "body",
            Self::Title => "title",
            Self::DueDate => "due date",
            Self::TaskId => "task id",
        })
    }
}

/// A value that cannot be used, and why. It is an error only where the value would be written: the contact may hold it
/// already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    subject: Subject,
    reason: String,
    hint: Option<String>,
}

impl Refusal {
    /// The refusal that an error is; any other error stays one.
    ///
    /// # Errors
    /// An error that is not about the value.
    pub(crate) fn of(error: Error) -> Result<Self, Error> {
        match error {
            Error::Invalid { subject, reason, hint } => Ok(Self { subject, reason, hint }),
            other => Err(other),
        }
    }

    /// The refusal of a value of this subject, whatever the error was about.
    pub(crate) fn about(subject: Subject, error: Error) -> Self {
        match error {
            Error::Invalid { reason, hint, .. } => Self { subject, reason, hint },
            other => Self { subject, reason: other.to_string(), hint: None },
        }
    }
}

impl From<Refusal> for Error {
    fn from(Refusal { subject, reason, hint }: Refusal) -> Self {
        Self::Invalid { subject, reason, hint }
    }
}

/// The one error of this module. [`Error::written`] says whether anything may have been written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A given value cannot be used. Nothing was sent.
    #[error("{subject}: {reason}")]
    Invalid {
        /// What the value was given for.
        subject: Subject,
        /// What is wrong with the value. The sentence begins with the subject and has no full stop.
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
        /// The contact with the e-mail.
        by_email: ContactId,
        /// The contact with the phone.
        by_phone: ContactId,
    },
    /// A contact has one of the keys, and another value in place of the other one.
    #[error("contact {contact} has the {shared} and another {other}")]
    SharedKey {
        /// The key that it has.
        shared: Field,
        /// The key of which it has another value.
        other: Field,
        /// That value.
        value: Option<String>,
        /// Its full name.
        name: Option<String>,
        /// Whether the given name is another one too.
        another_name: bool,
        /// The contact.
        contact: ContactId,
    },
    /// A value to set as a contact's key belongs to another contact.
    #[error("the {key} belongs to contact {owner}")]
    Taken {
        /// The key.
        key: Field,
        /// The contact that has it.
        owner: ContactId,
    },
    /// Several contacts have the same key; the location allows duplicates.
    #[error("{} contacts have the same {key}", contacts.len())]
    Ambiguous {
        /// `email` or `phone`.
        key: &'static str,
        /// The contacts, newest first.
        contacts: Vec<ContactId>,
    },
    /// The answer to a create was lost, which is never sent twice.
    #[error("{source}; whether the {what} was added is not known")]
    Unsettled {
        /// What was to be added: `note` or `task`.
        what: &'static str,
        /// Whether the contact's list was read after that: then it does not have it, or not yet.
        listed: bool,
        /// The failure.
        #[source]
        source: ghl::Error,
        /// The contact.
        contact: ContactId,
    },
    /// A request to HighLevel failed.
    #[error("{source}")]
    Crm {
        /// The failure.
        #[source]
        source: ghl::Error,
        /// Whether the whole operation, not only the last request, may have written anything.
        happened: Written,
        /// The contact that is concerned, where it is known.
        contact: Option<ContactId>,
    },
}

impl Error {
    /// A value that cannot be used; the reason continues a sentence that begins with the subject.
    #[must_use]
    pub fn invalid(subject: impl Into<Subject>, reason: impl Into<String>) -> Self {
        Self::Invalid { subject: subject.into(), reason: reason.into(), hint: None }
    }

    /// The same error with advice on what to do instead.
    #[must_use]
    pub fn with_hint(mut self, advice: impl Into<String>) -> Self {
        if let Self::Invalid { hint, .. } = &mut self {
            *hint = Some(advice.into());
        }
        self
    }

    /// The same error of an operation that may have written something before.
    #[must_use]
    pub(crate) fn after_a_write(mut self) -> Self {
        if let Self::Crm { happened: happened @ Written::No, .. } = &mut self {
            *happened = Written::Unknown;
        }
        self
    }

    /// The same failure of a request, with the contact that is concerned.
    #[must_use]
    pub(crate) fn about(mut self, id: &ContactId) -> Self {
        if let Self::Crm { contact: contact @ None, .. } = &mut self {
            *contact = Some(id.clone());
        }
        self
    }

    /// Nothing was written, and the contact has to be looked up again: its locks are not held any more.
    pub(crate) fn lost_the_lock(&self) -> bool {
        matches!(self, Self::Crm { source, happened: Written::No, .. } if *source.kind() == Kind::LockLost)
    }

    /// Whether the operation may have written anything.
    #[must_use]
    pub fn written(&self) -> Written {
        match self {
            Self::Crm { happened, .. } => *happened,
            Self::Unsettled { .. } => Written::Unknown,
            _ => Written::No,
        }
    }
}

/// For a read, or for the first write of an operation: the request's failure is the failure of the operation.
impl From<ghl::Error> for Error {
    fn from(source: ghl::Error) -> Self {
        let happened = source.written();
        Self::Crm { source, happened, contact: None }
    }
}
