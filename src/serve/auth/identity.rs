//! The person whose token a request carries: what a call needs to know of them.

use crate::sign_in::{Person, Powers};

/// A person who has signed in. It is in the extensions of each of their requests.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// Whether their token allows the tools that write.
    pub(crate) may_write: bool,
    /// A hash of their subject, for the log.
    pub(crate) subject: String,
    /// The authorization server, for the log: a subject is one of its names.
    pub(crate) issuer: String,
    /// All calls of one person share one place in the queues for HighLevel.
    pub(crate) fairness_key: u64,
}

impl Identity {
    /// `subject` is the hash of the person's subject.
    pub(crate) fn of(person: &Person, subject: String) -> Self {
        let begin = |key: u64, byte: &u8| key << 8 | u64::from(*byte);
        Self {
            may_write: person.powers == Powers::Write,
            subject,
            issuer: person.issuer.clone(),
            fairness_key: person.key().iter().take(8).fold(0, begin),
        }
    }
}
