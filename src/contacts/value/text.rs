//! Untrusted text of the CRM, made safe to show. Anybody who fills in a form on a customer's page writes into a contact.
//! A model therefore sees no character that a person would not see. A shortened text says how many characters it lacks.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::ghl::model::{FieldValue, text};

/// The text without invisible characters, and with at most `most` characters, including the note of how many it lacks.
///
/// Line breaks and tabs stay; `\r\n` and Unicode's line separators become `\n`. Cleaning twice changes nothing.
#[must_use]
pub fn clean(text: &str, most: usize) -> Cow<'_, str> {
    cap(text::clean(text), most)
}

/// The same on one line, for names: a line break or a tab becomes a space.
#[must_use]
pub fn clean_line(text: &str, most: usize) -> Cow<'_, str> {
    cap(text::clean_line(text), most)
}

/// The text in quotes as an error shows it: on one line, with at most 60 characters.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", clean_line(text.trim(), 60))
}

/// What stands before the note of a shortened text, and how many characters it lacks; none where the text is whole.
fn shortened(text: &str) -> Option<(&str, usize)> {
    let (kept, note) = text.trim_end().rsplit_once("… [")?;
    Some((kept, note.strip_suffix(" more characters]")?.parse().ok()?))
}

/// Whether a text is what [`clean`] left of a longer one. Written, it would replace that by its beginning.
pub(crate) fn is_shortened(text: &str) -> bool {
    shortened(text).is_some()
}

/// Whether a text is what an answer showed of this longer one.
pub(crate) fn is_short_form(short: &str, whole: &str) -> bool {
    let Some((kept, left)) = shortened(short) else { return false };
    let whole = text::clean(whole);
    let rest = whole.trim().strip_prefix(kept);
    rest.is_some_and(|rest| rest.chars().count() == left)
}

/// Cleans every text of a value, the keys of maps included. Keys that become equal get a number.
#[must_use]
pub fn clean_value(value: FieldValue, most: usize) -> FieldValue {
    match value {
        // Outer spaces are no part of a value: they are not counted as characters that a shortened text lacks.
        FieldValue::Text(text) => FieldValue::Text(cap(text::clean(&text).trim().into(), most).into_owned()),
        FieldValue::List(list) => {
            FieldValue::List(list.into_iter().map(|item| clean_value(item, most)).collect())
        }
        FieldValue::Map(map) => {
            let mut cleaned = BTreeMap::new();
            for (key, item) in map {
                let key = free_key(&cleaned, clean_line(&key, most).into_owned());
                cleaned.insert(key, clean_value(item, most));
            }
            FieldValue::Map(cleaned)
        }
        other => other,
    }
}

fn free_key(taken: &BTreeMap<String, FieldValue>, key: String) -> String {
    if !taken.contains_key(&key) {
        return key;
    }
    let numbered = (2_u64..).map(|n| format!("{key} ({n})"));
    numbered.into_iter().find(|candidate| !taken.contains_key(candidate)).unwrap_or(key)
}

fn cap(text: Cow<'_, str>, most: usize) -> Cow<'_, str> {
    // A character takes at least a byte.
    if text.len() <= most {
        return text;
    }
    let total = text.chars().count();
    if total <= most {
        return text;
    }
    // The note needs characters too, and more of them for a larger count. The count begins at its smallest value and only
    // grows, so the loop ends, and it ends at the smallest count that fits.
    let mut left = total - most;
    let (keep, note) = loop {
        let note = format!("… [{left} more characters]");
        let Some(keep) = most.checked_sub(note.chars().count()) else {
            break (most.saturating_sub(1), "…".chars().take(most).collect());
        };
        if total - keep == left {
            break (keep, note);
        }
        left = total - keep;
    };
    Cow::Owned(text.chars().take(keep).chain(note.chars()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_shortened_text_counts_the_rest_within_its_limit() {
        let cleaned = clean(&"x".repeat(1000), 50).into_owned();
        assert_eq!(cleaned.chars().count(), 50);
        assert_eq!(cleaned, format!("{}… [973 more characters]", "x".repeat(27)));
        // "[100 more characters]" would fit too, with one character less of the text.
        assert_eq!(clean(&"x".repeat(127), 50), format!("{}… [99 more characters]", "x".repeat(28)));
        assert_eq!(clean("abcdef", 3), "ab…");
        assert_eq!(clean("abcdef", 1), "…");
        assert_eq!(clean("abcdef", 0), "");
        assert_eq!(clean("äöü", 3), "äöü");
    }

    #[test]
    fn a_shortened_text_is_known_and_so_is_the_text_that_it_is_of() {
        for whole in
            ["x".repeat(1000), format!("a\u{200b}\r\n{}", "é ".repeat(500)), format!("  {}", "y".repeat(100))]
        {
            let FieldValue::Text(short) = clean_value(whole.as_str().into(), 50) else { panic!("a text") };
            assert!(is_shortened(&short) && is_short_form(&short, &whole));
            assert!(!is_short_form(&short, &format!("{whole}z")) && !is_short_form(&short, "x"));
        }
        for text in ["", "x", "x… [more characters]", "[973 more characters]", "x… [973 more characters] y"]
        {
            assert!(!is_shortened(text), "{text}");
        }
    }

    #[test]
    fn clean_text_is_borrowed() {
        assert!(matches!(clean("plain", 10), Cow::Borrowed(_)));
    }

    #[test]
    fn a_value_is_cleaned_at_every_depth_and_loses_no_key() {
        let value: FieldValue =
            serde_json::from_str(r#"{"a\u200b":"x\u202e","a":["y\u0007",7,null],"a\u200b\u200b":true}"#)
                .unwrap();
        let cleaned = serde_json::to_string(&clean_value(value, 100)).unwrap();
        assert_eq!(cleaned, r#"{"a":["y",7,null],"a (2)":"x","a (3)":true}"#);
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing_and_never_makes_longer(
            text in "(\\PC|[\u{0}-\u{9f}\u{200b}-\u{2069}\u{e0000}-\u{e007f}\n\t\r]){0,120}",
            most in 0_usize..100,
        ) {
            for clean in [clean, clean_line] {
                let once = clean(&text, most).into_owned();
                prop_assert!(once.chars().count() <= text.chars().count().min(most));
                prop_assert_eq!(clean(&once, most), once.as_str());
                prop_assert!(once.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
            }
        }
    }
}
