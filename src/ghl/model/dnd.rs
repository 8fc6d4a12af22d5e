//! Do not disturb: the channels on which a person must not be written to or called.

use std::fmt;

use serde_json::{Map, Value, json};

use crate::ghl::model::contact::Contact;
use crate::ghl::model::value::FieldValue;

/// A channel, as HighLevel's `DndSettingsSchema` lists them. Live answers have `RCS` too, which its OpenAPI does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants are HighLevel's own words")]
pub enum Channel {
    Call,
    Email,
    Sms,
    WhatsApp,
    Gmb,
    Fb,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 6] = [Self::Call, Self::Email, Self::Sms, Self::WhatsApp, Self::Gmb, Self::Fb];

    /// HighLevel's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Call => "Call",
            Self::Email => "Email",
            Self::Sms => "SMS",
            Self::WhatsApp => "WhatsApp",
            Self::Gmb => "GMB",
            Self::Fb => "FB",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Whether a channel is blocked. HighLevel's `active` means that do-not-disturb is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// It may be used.
    Open,
    /// It must not be used.
    Active,
    /// It must not be used, and the API cannot change that.
    Permanent,
}

/// What a contact shows of do-not-disturb.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dnd {
    /// Every channel is blocked.
    pub all: bool,
    /// The setting of each channel, by the name that HighLevel gives it.
    pub channels: Vec<(String, Block)>,
}

impl Dnd {
    /// What the contact shows.
    #[must_use]
    pub fn of(contact: &Contact) -> Self {
        let all = contact.get("dnd").and_then(FieldValue::to_bool).unwrap_or(false);
        let channels = match contact.get("dndSettings") {
            Some(FieldValue::Map(settings)) => {
                settings.iter().map(|(channel, setting)| (channel.clone(), block(setting))).collect()
            }
            _ => Vec::new(),
        };
        Self { all, channels }
    }

    /// The setting of one channel. Version 3 of the API writes `sms` for `SMS`.
    #[must_use]
    pub fn channel(&self, channel: Channel) -> Block {
        let is_it = |name: &str| name.eq_ignore_ascii_case(channel.word());
        self.channels.iter().find(|(name, _)| is_it(name)).map_or(Block::Open, |(_, block)| *block)
    }
}

fn block(setting: &FieldValue) -> Block {
    let FieldValue::Map(setting) = setting else { return Block::Open };
    let status = setting.get("status").and_then(FieldValue::to_text).unwrap_or_default();
    match status.trim().to_lowercase().as_str() {
        "active" => Block::Active,
        "permanent" => Block::Permanent,
        _ => Block::Open,
    }
}

/// Channels to block. Nothing here can open one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DndWrite {
    /// Every channel, those too that HighLevel gets later.
    pub all: bool,
    /// These channels.
    pub channels: Vec<Channel>,
}

impl DndWrite {
    /// Nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.all && self.channels.is_empty()
    }

    /// The body of `PUT /contacts/{id}`.
    pub(crate) fn body(&self) -> Value {
        let mut body = Map::new();
        if self.all {
            body.insert("dnd".to_owned(), json!(true));
        }
        if !self.channels.is_empty() {
            let settings = self
                .channels
                .iter()
                .map(|channel| (channel.word().to_owned(), json!({ "status": "active" })));
            body.insert("dndSettings".to_owned(), Value::Object(settings.collect()));
        }
        Value::Object(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dnd(json: &str) -> Dnd {
        let contact = format!(r#"{{"id":"ada",{json}}}"#);
        Dnd::of(&serde_json::from_str(&contact).unwrap())
    }

    #[test]
    fn a_setting_is_read_in_each_form_and_what_cannot_be_read_is_open() {
        let shown = dnd(
            r#""dnd":"true","dndSettings":{"SMS":{"status":"Permanent"},"email":{"status":"active"},"Call":{"status":"inactive"},"FB":null,"GMB":"active"}"#,
        );
        assert!(shown.all);
        let blocks = Channel::ALL.map(|channel| shown.channel(channel));
        let open = Block::Open;
        assert_eq!(blocks, [open, Block::Active, Block::Permanent, open, open, open]);
        for odd in [r#""dnd":null"#, r#""dndSettings":[]"#, r#""dnd":"maybe","dndSettings":"SMS""#] {
            assert_eq!(dnd(odd), Dnd::default(), "{odd}");
        }
    }

    #[test]
    fn a_write_only_ever_blocks() {
        let write = DndWrite { all: true, channels: vec![Channel::Sms] };
        assert_eq!(write.body().to_string(), r#"{"dnd":true,"dndSettings":{"SMS":{"status":"active"}}}"#);
        let one = DndWrite { all: false, channels: vec![Channel::Call] };
        assert_eq!(one.body().to_string(), r#"{"dndSettings":{"Call":{"status":"active"}}}"#);
    }
}
