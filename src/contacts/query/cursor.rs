//! Where a page ended, as a text that belongs to one query. It is no secret and gives no power: whoever forges one
//! sees another part of what the same search shows. The checks are there so that a mangled or borrowed cursor is told
//! as such, instead of an answer that looks right and is not.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::contacts::error::{Error, Subject};
use crate::ghl::model::{FieldValue, Page, Search};

const VERSION: u8 = 1;
/// Bytes of the checksum before the JSON.
const CHECK: usize = 4;
/// Longer than any that is made here.
const LONGEST: usize = 4096;

/// A location and everything of a query but its cursor and its limit, in few bytes; and where its page began.
#[derive(Debug, Clone, PartialEq)]
pub struct Fingerprint {
    digest: String,
    began: Option<Vec<FieldValue>>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Content {
    v: u8,
    f: String,
    a: Vec<FieldValue>,
}

impl Fingerprint {
    pub(crate) fn of(search: &Search, location: &str) -> Self {
        // Where a page begins is told by the cursor, which is read against this fingerprint: it is not in `search` yet.
        let bare = Search { page_limit: 0, ..search.clone() };
        let json = serde_json::to_vec(&(location, bare)).unwrap_or_default();
        let hash = Sha256::digest(json);
        Self { digest: URL_SAFE_NO_PAD.encode(hash.get(..9).unwrap_or_default()), began: None }
    }

    /// The `searchAfter` of a cursor of this query, which is remembered as where the page begins.
    pub(crate) fn open(&mut self, cursor: &str) -> Result<Vec<FieldValue>, Error> {
        let content = content(cursor.trim()).ok_or_else(|| invalid("is not one that a search answered"))?;
        if content.v != VERSION {
            return Err(invalid("is of another version of this server"));
        }
        if content.f != self.digest {
            return Err(invalid(
                "belongs to a search with other conditions, another order or in another location",
            ));
        }
        if !is_position(&content.a) {
            return Err(invalid("is not one that a search answered"));
        }
        self.began = Some(content.a.clone());
        Ok(content.a)
    }
}

fn invalid(reason: &str) -> Error {
    Error::invalid(Subject::Cursor, reason).with_hint("search again without a cursor, from the first page")
}

fn content(cursor: &str) -> Option<Content> {
    if cursor.len() > LONGEST {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (check, json) = bytes.split_at_checked(CHECK)?;
    (checksum(json) == check).then_some(())?;
    serde_json::from_slice(json).ok()
}

fn checksum(json: &[u8]) -> Vec<u8> {
    Sha256::digest(json).into_iter().take(CHECK).collect()
}

/// HighLevel's `searchAfter`: the last contact's sort values and its id.
fn is_position(after: &[FieldValue]) -> bool {
    let is_scalar = |value: &FieldValue| !matches!(value, FieldValue::List(_) | FieldValue::Map(_));
    (1..=4).contains(&after.len())
        && after.iter().all(is_scalar)
        && after.iter().any(|value| !value.is_empty())
}

/// The cursor of the page that follows, or nothing where there is none to be had: the page is not full, HighLevel did
/// not say where it ended, or it ended where it began.
#[must_use]
pub fn next_cursor(fingerprint: &Fingerprint, page: &Page, limit: u32) -> Option<String> {
    if page.contacts.len() < usize::try_from(limit).ok()?.max(1) {
        return None;
    }
    let after = page.contacts.last()?.search_after()?;
    if !is_position(&after) || fingerprint.began.as_ref() == Some(&after) {
        return None;
    }
    let json = serde_json::to_vec(&Content { v: VERSION, f: fingerprint.digest.clone(), a: after }).ok()?;
    let bytes = [checksum(&json), json].concat();
    let cursor = URL_SAFE_NO_PAD.encode(bytes);
    (cursor.len() <= LONGEST).then_some(cursor)
}

#[cfg(test)]
mod tests;
