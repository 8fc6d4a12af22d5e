//! What a call may do to the CRM, stated once per tool.

use rmcp::model::ToolAnnotations;

/// What one call may do to the CRM; MCP's four hints and read-only mode follow from it.
///
/// The HTTP verb does not decide it: `POST /contacts/search` reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Only adds, and adding twice is adding once (tags).
    Add,
    /// Makes something new each time.
    Create,
    /// Puts a new value where another stood.
    Replace,
    /// Takes something away for good.
    Delete,
}

impl Effect {
    /// Whether a call may change the CRM; read-only mode refuses those.
    #[must_use]
    pub fn writes(self) -> bool {
        self != Self::Read
    }

    /// MCP's hints. `openWorldHint` is always true: the CRM is shared with people and workflows.
    #[must_use]
    pub fn annotations(self) -> ToolAnnotations {
        let (read_only, destructive, idempotent) = match self {
            Self::Read => (true, false, true),
            Self::Add => (false, false, true),
            Self::Create => (false, false, false),
            Self::Replace | Self::Delete => (false, true, true),
        };
        ToolAnnotations::new()
            .read_only(read_only)
            .destructive(destructive)
            .idempotent(idempotent)
            .open_world(true)
    }
}

#[cfg(test)]
mod tests {
    use crate::tool::Effect;

    #[test]
    fn hints_follow_from_the_effect() {
        let hints = |effect: Effect| {
            let a = effect.annotations();
            (a.read_only_hint, a.destructive_hint, a.idempotent_hint, a.open_world_hint)
        };
        assert_eq!(hints(Effect::Read), (Some(true), Some(false), Some(true), Some(true)));
        assert_eq!(hints(Effect::Add), (Some(false), Some(false), Some(true), Some(true)));
        assert_eq!(hints(Effect::Create), (Some(false), Some(false), Some(false), Some(true)));
        assert_eq!(hints(Effect::Replace), (Some(false), Some(true), Some(true), Some(true)));
        assert_eq!(hints(Effect::Delete), (Some(false), Some(true), Some(true), Some(true)));
    }

    #[test]
    fn only_reading_does_not_write() {
        assert!(!Effect::Read.writes());
        assert!([Effect::Add, Effect::Create, Effect::Replace, Effect::Delete].iter().all(|e| e.writes()));
    }
}
