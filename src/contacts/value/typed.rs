//! A text as people and spreadsheets type it, in one plain form: the readers of phones, dates and numbers see ASCII digits,
//! one kind of space and one kind of hyphen.

use crate::ghl::is_hidden;

/// The zeros of the decimal digits of other scripts (Unicode `Nd`); nine more digits follow each.
const ZEROS: [u32; 36] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0,
    0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50,
    0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
];

/// The trimmed text with ASCII digits, spaces, hyphens, points and apostrophes for all that look like them, and without
/// characters that show nothing.
pub(crate) fn plain(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !is_hidden(*c)).map(plain_char).collect();
    plain.trim().to_owned()
}

fn plain_char(c: char) -> char {
    match c {
        ' '..='~' => c,
        c if c.is_whitespace() => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' => '-',
        '\u{B7}' | '\u{2022}' | '\u{2024}' | '\u{2027}' | '\u{2219}' | '\u{22C5}' | '\u{30FB}'
        | '\u{FF0E}' => '.',
        '\u{2018}' | '\u{2019}' | '\u{2BC}' | '\u{2032}' | '\u{FF07}' => '\'',
        '\u{FF0B}' | '\u{FE62}' => '+',
        '\u{FF08}' => '(',
        '\u{FF09}' => ')',
        '\u{FF0C}' | '\u{66C}' => ',',
        '\u{FF0F}' | '\u{2044}' | '\u{2215}' => '/',
        '\u{FF1A}' => ':',
        c => digit(c).unwrap_or(c),
    }
}

fn digit(c: char) -> Option<char> {
    let code = u32::from(c);
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// The digits of a text, as text.
pub(crate) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_spaces_hyphens_and_points_of_all_kinds_become_plain_ones() {
        for (typed, expected) in [
            ("\u{202a}+1\u{202f}415\u{2009}555\u{2010}0101\u{202c}", "+1 415 555-0101"),
            ("\t\u{2068}4155550101\u{2069}\u{feff}", "4155550101"),
            ("415·555\u{2212}0101", "415.555-0101"),
            ("＋１（４１５）５５５－０１０１", "+1(415)555-0101"),
            ("٤١٥ ۵۵۵ ०१०१ ၀၁ ០១", "415 555 0101 01 01"),
            ("1’200.50", "1'200.50"),
            ("é²½", "é²½"),
        ] {
            assert_eq!(plain(typed), expected, "{typed:?}");
        }
    }
}
