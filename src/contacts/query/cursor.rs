//! The end of a page as a text that belongs to one query. It is not secret and gives no access: a forged cursor shows
//! another part of the same search. The checks refuse a damaged cursor, or one of another query, whose answer would look
//! right and be wrong.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::contacts::error::{Error, Subject};
use crate::ghl::model::{Contact, FieldValue, Page, Search};

const VERSION: u8 = 1;
/// Bytes of the checksum before the JSON.
const CHECK: usize = 4;
/// The most characters of a cursor; none that is made here is longer.
const MAX_CHARS: usize = 4096;

/// A short digest of the location and of the query without its cursor and its limit, and the beginning of the page.
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
        // The cursor is checked by this fingerprint, so `search` does not contain the beginning of the page yet.
        let bare = Search { page_limit: 0, ..search.clone() };
        let json = serde_json::to_vec(&(location, bare)).unwrap_or_default();
        let hash = Sha256::digest(json);
        Self { digest: URL_SAFE_NO_PAD.encode(hash.get(..9).unwrap_or_default()), began: None }
    }

    /// The `searchAfter` of a cursor. It is remembered as the beginning of the page.
    ///
    /// # Errors
    /// The cursor is damaged, or belongs to another query.
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
    if cursor.len() > MAX_CHARS {
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

/// The cursor of the next page. None where the page is not full, or where HighLevel did not say where it ended, or where
/// it ended where it began.
#[must_use]
pub fn next_cursor(fingerprint: &Fingerprint, page: &Page, limit: u32) -> Option<String> {
    if page.contacts.len() + page.unreadable < usize::try_from(limit).ok()?.max(1) {
        return None;
    }
    cursor_after(fingerprint, page.contacts.last()?)
}

/// The cursor of the contacts after `last`. None where HighLevel did not say where that contact stands, or where the page
/// began there.
#[must_use]
pub fn cursor_after(fingerprint: &Fingerprint, last: &Contact) -> Option<String> {
    let after = last.search_after()?;
    if !is_position(&after) || fingerprint.began.as_ref() == Some(&after) {
        return None;
    }
    let json = serde_json::to_vec(&Content { v: VERSION, f: fingerprint.digest.clone(), a: after }).ok()?;
    let bytes = [checksum(&json), json].concat();
    let cursor = URL_SAFE_NO_PAD.encode(bytes);
    (cursor.len() <= MAX_CHARS).then_some(cursor)
}

#[cfg(test)]
mod tests;
