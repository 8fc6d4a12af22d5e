//! Text of a CRM is hostile: anybody who fills in a form on a customer's page writes into a contact. Before a text is
//! shown or written, characters that a person does not see are taken out: controls, zero-width and direction marks, and
//! Unicode's tag block, in which whole sentences can hide. Joiners, variation selectors and tags stay where they change
//! what a person sees: `invisible` knows where. This is the one list of them.

use std::borrow::Cow;

use crate::ghl::model::invisible;

/// Characters that show nothing by themselves, or change the order of what stands beside them. Line separators are not
/// among them.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// `text` without hidden and control characters. Line breaks and tabs stay; `\r\n` and Unicode's line separators become
/// `\n`. Borrows where nothing changes, which is nearly always. Cleaning twice changes nothing.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    replace(text, |c| c)
}

/// The same on one line: a line break or a tab becomes a space.
#[must_use]
pub fn clean_line(text: &str) -> Cow<'_, str> {
    replace(text, |c| if c == '\n' || c == '\t' { ' ' } else { c })
}

/// `text` in at most `most` characters, the last one an ellipsis where something was cut.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    if most > 0 {
        short.push('…');
    }
    short
}

/// What stands for a character; `None` where it is taken out unless it means something beside its neighbours.
fn visible(c: char) -> Option<char> {
    match c {
        '\n' | '\t' => Some(c),
        '\u{2028}' | '\u{2029}' => Some('\n'),
        c if c.is_control() || is_hidden(c) => None,
        c => Some(c),
    }
}

fn replace(text: &str, stands_for: impl Fn(char) -> char) -> Cow<'_, str> {
    if text.chars().all(|c| visible(c) == Some(stands_for(c))) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let meaningful = invisible::meaningful(&clean, rest);
        let (piece, next) = rest.split_at(meaningful.max(c.len_utf8()));
        if meaningful > 0 {
            clean.push_str(piece);
        } else {
            clean.extend(visible(c).map(&stands_for));
        }
        rest = next;
    }
    Cow::Owned(clean)
}

/// A name without the differences between the ways to write one: `first_name`, `First Name` and `firstName` are one.
#[must_use]
pub fn plain_name(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_taken_out_and_others_stay() {
        for (dirty, expected) in [
            ("plain", "plain"),
            ("Zoë 東京 👍🏽 — ok", "Zoë 東京 👍🏽 — ok"),
            ("a\r\nb\tc\n", "a\nb\tc\n"),
            ("a\u{2028}b\u{2029}c", "a\nb\nc"),
            ("\u{1b}[2Jred\u{0}\u{7f}\u{85}\u{9b}", "[2Jred"),
            ("a\u{200B}b\u{200F}c\u{202E}d\u{2066}e\u{FEFF}f", "abcdef"),
            ("hi\u{E0041}\u{E007F}\u{E0001}", "hi"),
            ("\u{061C}\u{180E}\u{FFF9}x\u{FFFB}", "x"),
            ("\u{3164}\u{115f}x\u{34f}", "x"),
        ] {
            assert_eq!(clean(dirty), expected, "{dirty:?}");
        }
        assert!(matches!(clean("plain"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_line_stays_on_one_line() {
        assert_eq!(clean_line("Jane\r\nDoe\tJr\u{2028}x"), "Jane Doe Jr x");
        assert_eq!(clean_line("a\u{200b}b\u{202e}c\nd\u{7}e\u{e0041}"), "abc de");
    }

    #[test]
    fn a_cut_counts_characters_not_bytes() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöüß", 3), "äö…");
        assert_eq!((cut("ab", 1), cut("ab", 0)), ("…".to_owned(), String::new()));
    }
}
