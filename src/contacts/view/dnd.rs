//! Do not disturb: the channels on which a person must not be written to or called.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::contacts::value::text::clean_line;
use crate::ghl::model::{Block, Contact, Dnd};

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

/// `all`, or the channels.
impl fmt::Display for DndView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.all { f.write_str("all") } else { f.write_str(&self.channels.join(", ")) }
    }
}

impl DndView {
    /// What is blocked.
    #[must_use]
    pub fn of(contact: &Contact) -> Option<Self> {
        let Dnd { all, channels } = Dnd::of(contact);
        let blocked = channels.iter().filter(|(_, block)| *block != Block::Open);
        let channels: Vec<String> =
            blocked.map(|(channel, _)| clean_line(channel, MAX_CHARS).into_owned()).collect();
        (all || !channels.is_empty()).then_some(Self { all, channels })
    }
}
