//! What an operation does to the CRM, and whether a failed one may have done it.

use serde::Serialize;

/// What a request or a tool does to the CRM, stated once for each. The HTTP method does not decide it:
/// `POST /contacts/search` reads, `POST /contacts/{id}/tags` may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Adds to a set or takes from it: a repeat changes nothing more.
    Union,
    /// Makes something new: a repeat may make a second one.
    Create,
    /// Replaces values: a repeat writes the same values again, over what was written in between.
    Replace,
    /// Removes for good.
    Delete,
}

impl Effect {
    /// Whether this may change the CRM.
    #[must_use]
    pub fn writes(self) -> bool {
        self != Self::Read
    }
}

/// Whether a failed operation may have changed the CRM. Ordered by how much may have been written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Written {
    /// Certainly not: the request was never sent, or HighLevel refused it.
    No,
    /// HighLevel may have carried it out: the answer was lost, or a gateway answered.
    Unknown,
    /// HighLevel carried it out, but its answer could not be read.
    Yes,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_read_does_not_write() {
        assert!(!Effect::Read.writes());
        assert!([Effect::Union, Effect::Create, Effect::Replace, Effect::Delete].iter().all(|e| e.writes()));
    }
}
