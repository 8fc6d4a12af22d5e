//! Checks the bytes of a JSON-RPC message before the SDK reads them: says what is wrong with bytes that are no message, and
//! finds a key that an object has twice, of which `serde_json` keeps the last without a word.

use std::borrow::Cow;
use std::fmt;

use rmcp::model::{ErrorCode, RequestId};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::tool::echo;

/// The arguments of a call have a key twice. It is in the extensions of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RepeatedKey {
    /// The place in the arguments, like `customFields[0].id`.
    pub(crate) path: String,
}

/// Why bytes are no JSON-RPC message. Serialized, it is the response.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Malformed {
    jsonrpc: &'static str,
    /// `null` where it is not known.
    id: Option<RequestId>,
    error: Reason,
}

#[derive(Debug, PartialEq, Serialize)]
struct Reason {
    code: i32,
    message: String,
}

impl Malformed {
    /// The response to bytes of which nothing is known.
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { jsonrpc: "2.0", id: None, error: Reason { code: code.0, message: message.into() } }
    }

    /// The response to a JSON object that is no JSON-RPC message.
    pub(crate) fn not_a_message(bytes: &[u8]) -> Self {
        Self::new(ErrorCode::INVALID_REQUEST, "this is not a JSON-RPC message").to(bytes)
    }

    /// With the id in `bytes`, if they have one.
    fn to(mut self, bytes: &[u8]) -> Self {
        self.id = serde_json::from_slice::<Envelope>(bytes).ok().and_then(|envelope| envelope.id);
        self
    }
}

/// The part of a message by which a response or the lack of one is decided. serde refuses it where a key is there twice.
#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    id: Option<RequestId>,
}

/// Whether a key is there, also with `null`.
#[derive(Default)]
struct Presence(bool);

impl<'de> Deserialize<'de> for Presence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self(true))
    }
}

/// Whether `bytes` are a notification, which gets no response.
pub(crate) fn is_notification(bytes: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Keys {
        #[serde(default)]
        id: Presence,
        #[serde(default)]
        method: Presence,
    }
    serde_json::from_slice::<Keys>(bytes).is_ok_and(|keys| !keys.id.0 && keys.method.0)
}

/// Checks that `bytes` are one JSON object without a repeated key. A repeated key in the arguments of a call is no error
/// here: the tool answers it.
///
/// # Errors
/// The response to a batch, to several messages, to another JSON value, to bytes that are not JSON, to values that cannot
/// be read (deeper than 128 levels, numbers out of range), and to a repeated key outside of the arguments.
pub(crate) fn check(bytes: &[u8]) -> Result<Option<RepeatedKey>, Malformed> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let repeated = Scan.deserialize(&mut reader).map_err(|error| unreadable(bytes, &error))?;
    if reader.end().is_err() {
        let text = "there is more than one message: send one message at a time";
        return Err(Malformed::new(ErrorCode::PARSE_ERROR, text));
    }
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => {}
        Some(b'[') => {
            let text = "batches are not served: send one message at a time";
            return Err(Malformed::new(ErrorCode::INVALID_REQUEST, text));
        }
        _ => return Err(Malformed::not_a_message(bytes)),
    }
    let Some(path) = repeated else { return Ok(None) };
    if let Some(path) = path.strip_prefix("params.arguments.") {
        return Ok(Some(RepeatedKey { path: path.to_owned() }));
    }
    let text = format!("the key \"{}\" is there twice", echo(&path));
    Err(Malformed::new(ErrorCode::INVALID_REQUEST, text).to(bytes))
}

/// The place of a key that an object in `json` has twice; none if `json` cannot be read.
pub(crate) fn repeated_key(json: &str) -> Option<String> {
    Scan.deserialize(&mut serde_json::Deserializer::from_str(json)).ok().flatten()
}

/// `serde_json`'s words name a place and quote nothing.
fn unreadable(bytes: &[u8], error: &serde_json::Error) -> Malformed {
    let is_json = std::str::from_utf8(bytes).is_ok() && serde_json::from_slice::<IgnoredAny>(bytes).is_ok();
    if is_json {
        Malformed::new(ErrorCode::INVALID_REQUEST, format!("this cannot be read: {error}")).to(bytes)
    } else {
        Malformed::new(ErrorCode::PARSE_ERROR, format!("this is not JSON: {error}"))
    }
}

/// Reads a value without keeping it. Gives the path of a repeated key, if there is one.
struct Scan;

/// A key, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> DeserializeSeed<'de> for Scan {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scan {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let (mut found, mut at) = (None, 0_usize);
        while let Some(inner) = items.next_element_seed(Self)? {
            found = found.or_else(|| inner.map(|inner| join(&format!("[{at}]"), &inner)));
            at += 1;
        }
        Ok(found)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut found, mut keys) = (None, Vec::new());
        while let Some(Key(key)) = map.next_key()? {
            let inner = map.next_value_seed(Self)?;
            found = found.or_else(|| inner.map(|inner| join(&key, &inner)));
            keys.push(key);
        }
        Ok(repeated(keys).or(found))
    }
}

/// Sorted, so that an object of many keys takes no more than its share of time.
fn repeated(mut keys: Vec<Cow<'_, str>>) -> Option<String> {
    keys.sort_unstable();
    keys.windows(2).find_map(|pair| match pair {
        [one, next] if one == next => Some(one.to_string()),
        _ => None,
    })
}

fn join(outer: &str, inner: &str) -> String {
    if inner.starts_with('[') { format!("{outer}{inner}") } else { format!("{outer}.{inner}") }
}

#[cfg(test)]
mod tests;
