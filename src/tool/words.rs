//! The words of tools: what an error repeats of the text it was given, the known word that was probably meant, and the name of
//! the location.

use crate::ghl::model::text::{clean_line, cut};

/// The argument that names the location where there are several, and the field of an answer that repeats it.
pub(crate) const LOCATION_ID: &str = "locationId";

/// The most characters of a caller's own text that an error repeats.
const ECHO: usize = 80;

/// `text` cleaned and cut to 80 characters: what an error may repeat of what it was given.
#[must_use]
pub fn echo(text: &str) -> String {
    // Cut before cleaning, or a megabyte of text is walked to show 80 characters of it.
    let start: String = text.chars().take(ECHO * 4).collect();
    cut(&clean_line(&start), ECHO)
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

#[cfg(test)]
mod tests {
    use crate::tool::words::{echo, nearest};

    #[test]
    fn an_echo_is_at_most_eighty_characters() {
        assert_eq!(echo(&"ü".repeat(1000)).chars().count(), 80);
        assert_eq!(echo("short"), "short");
    }

    #[test]
    fn the_nearest_word_forgives_case_and_underscores_but_not_nonsense() {
        let known = ["firstName", "lastName", "email"];
        assert_eq!(nearest("first_name", &known), Some("firstName"));
        assert_eq!(nearest("emial", &known), Some("email"));
        assert_eq!(nearest("zzz", &known), None);
    }
}
