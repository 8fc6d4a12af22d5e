//! Text from outside, made fit to be shown to a model.

use crate::ghl::is_invisible;

/// The most characters of a caller's own text that an error repeats.
const ECHO: usize = 80;

/// `text` without control, zero-width and bidirectional-control characters; line breaks become spaces.
///
/// Those characters hide text from a person or turn it around, and never carry meaning in a CRM value.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\n' | '\r' | '\t' => Some(' '),
            c if c.is_control() || is_hidden(c) => None,
            c => Some(c),
        })
        .collect()
}

/// `text` cleaned and cut to 80 characters: what an error may repeat of what it was given.
#[must_use]
pub fn echo(text: &str) -> String {
    // Cut before cleaning, or a megabyte of text is walked to show 80 characters of it.
    let start: String = text.chars().take(ECHO * 4).collect();
    cut(&clean(&start), ECHO)
}

/// `text` in at most `most` characters, the last one an ellipsis where something was cut.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    if most > 0 {
        short.push('…');
    }
    short
}

/// The one of `known` that `word` was probably meant to be.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-', ' '], "");
    let word = plain(&cut(word, ECHO));
    known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(&word, &plain(candidate)), *candidate))
        .filter(|(score, _)| *score >= 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

fn is_hidden(c: char) -> bool {
    is_invisible(c)
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{2028}' | '\u{2029}' | '\u{206a}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use crate::tool::words::{clean, cut, echo, nearest};

    #[test]
    fn hidden_characters_are_taken_out_and_lines_are_joined() {
        assert_eq!(clean("a\u{200b}b\u{202e}c\nd\u{7}e\u{e0041}"), "abc de");
    }

    #[test]
    fn an_echo_is_at_most_eighty_characters() {
        assert_eq!(echo(&"ü".repeat(1000)).chars().count(), 80);
        assert_eq!(echo("short"), "short");
    }

    #[test]
    fn a_cut_counts_characters_not_bytes() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöüß", 3), "äö…");
    }

    #[test]
    fn the_nearest_word_forgives_case_and_underscores_but_not_nonsense() {
        let known = ["firstName", "lastName", "email"];
        assert_eq!(nearest("first_name", &known), Some("firstName"));
        assert_eq!(nearest("emial", &known), Some("email"));
        assert_eq!(nearest("zzz", &known), None);
    }
}
