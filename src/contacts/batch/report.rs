//! What became of a list.

use std::fmt;

use crate::contacts::error::Error;
use crate::contacts::write::receipt::Receipt;
use crate::ghl::Kind;

/// What became of one row.
#[derive(Debug)]
pub struct RowReport {
    /// Its number in the list.
    pub number: usize,
    /// What was done, or why it failed.
    pub result: Result<Receipt, Error>,
    /// What is to be said of it beside that.
    pub notes: Vec<String>,
    /// Its tags are missing, and may be added if the row is sent again.
    pub again: bool,
}

/// Why rows were not started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// So many rows failed, one after the other.
    Failures(usize),
    /// A failure that every row would have.
    EveryRow,
    /// The caller cancelled the call.
    Cancelled,
    /// The time for an answer was over.
    Time,
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failures(count) => write!(f, "{count} rows failed one after the other"),
            Self::EveryRow => f.write_str("every row would fail for the reason of the last one"),
            Self::Cancelled => f.write_str("the call was cancelled"),
            Self::Time => f.write_str("the time for one answer was over"),
        }
    }
}

/// What became of a list.
#[derive(Debug, Default)]
pub struct ListReport {
    /// The rows that were started, by number.
    pub rows: Vec<RowReport>,
    /// The numbers of the others.
    pub not_started: Vec<usize>,
    /// Why they were not started.
    pub stopped: Option<Stopped>,
    /// Tags that the location did not have before: possibly typing errors.
    pub new_tags: Vec<String>,
}

/// How far a list is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// Rows that have ended.
    pub rows: usize,
    /// All rows.
    pub all: usize,
    /// Those that failed.
    pub failed: usize,
}

/// Whether every other row would fail for the same reason.
#[must_use]
pub fn is_of_every_row(error: &Error) -> bool {
    let Error::Crm { source, .. } = error else { return false };
    matches!(
        source.kind(),
        Kind::NotConfigured(_)
            | Kind::Unauthorized
            | Kind::Authorization(_)
            | Kind::ScopeMissing
            | Kind::WrongLocation
            | Kind::Blocked
            | Kind::RouteMissing
            | Kind::DailyLimit
            | Kind::Tls
            | Kind::Redirected
    )
}
