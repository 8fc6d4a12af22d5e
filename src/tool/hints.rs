//! MCP's hints, from the effect that a tool states.

use rmcp::model::ToolAnnotations;

use crate::ghl::Effect;

/// MCP's four hints. `openWorldHint` is always true: the CRM is shared with people and workflows.
#[must_use]
pub(crate) fn annotations(effect: Effect) -> ToolAnnotations {
    let (read_only, destructive, idempotent) = match effect {
        Effect::Read => (true, false, true),
        Effect::Union => (false, false, true),
        Effect::Create => (false, false, false),
        Effect::Replace | Effect::Delete => (false, true, true),
    };
    ToolAnnotations::new()
        .read_only(read_only)
        .destructive(destructive)
        .idempotent(idempotent)
        .open_world(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_follow_from_the_effect() {
        let hints = |effect: Effect| {
            let a = annotations(effect);
            (a.read_only_hint, a.destructive_hint, a.idempotent_hint, a.open_world_hint)
        };
        assert_eq!(hints(Effect::Read), (Some(true), Some(false), Some(true), Some(true)));
        assert_eq!(hints(Effect::Union), (Some(false), Some(false), Some(true), Some(true)));
        assert_eq!(hints(Effect::Create), (Some(false), Some(false), Some(false), Some(true)));
        assert_eq!(hints(Effect::Replace), (Some(false), Some(true), Some(true), Some(true)));
        assert_eq!(hints(Effect::Delete), (Some(false), Some(true), Some(true), Some(true)));
    }
}
