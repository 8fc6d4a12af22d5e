//! Do not disturb: the channels on which a person must not be written to or called.

use schemars::JsonSchema;
use serde::Serialize;

use crate::contacts::value::text::clean_line;
use crate::ghl::model::{Contact, FieldValue};

/// The most characters of a channel's name.
const MAX_CHARS: usize = 40;

/// What is blocked: do not disturb.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DndView {
    /// Every channel.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    all: bool,
    /// These channels, in HighLevel's words: `Email`, `SMS`, `Call`, `WhatsApp`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    channels: Vec<String>,
}

impl DndView {
    /// What is blocked. HighLevel's `active` means that the channel must not be used.
    pub(crate) fn of(contact: &Contact) -> Option<Self> {
        let all = contact.get("dnd").and_then(FieldValue::to_bool).unwrap_or(false);
        let Some(FieldValue::Map(settings)) = contact.get("dndSettings") else {
            return all.then_some(Self { all, channels: Vec::new() });
        };
        let is_blocked = |setting: &FieldValue| match setting {
            FieldValue::Map(setting) => setting
                .get("status")
                .and_then(FieldValue::to_text)
                .is_some_and(|status| ["active", "permanent"].contains(&status.to_lowercase().as_str())),
            _ => false,
        };
        let blocked = settings.iter().filter(|(_, setting)| is_blocked(setting));
        let channels: Vec<String> =
            blocked.map(|(channel, _)| clean_line(channel, MAX_CHARS).into_owned()).collect();
        (all || !channels.is_empty()).then_some(Self { all, channels })
    }
}
