//! Where an invisible character changes what a person sees. A joiner between letters of a script that joins (Unicode
//! UAX #31, section 2.3), joiners, selectors and tags within an emoji (UTS #51), and a selector of a glyph (The Unicode
//! Standard, section 23.4).

/// The letters of scripts in which a joiner chooses another form: Arabic, Syriac, Mandaic, `N'Ko`, the scripts of India
/// and Sri Lanka, Tibetan, Burmese, Khmer, Mongolian, Javanese, Balinese, Meetei Mayek, Phags-pa, Adlam.
const JOINING: [(u32, u32); 16] = [
    (0x620, 0x86A),
    (0x870, 0x8FF),
    (0x900, 0xDFF),
    (0xF00, 0x109F),
    (0x1780, 0x18AF),
    (0x1B00, 0x1BFF),
    (0xA840, 0xA8FF),
    (0xA980, 0xA9FF),
    (0xAA60, 0xAAFF),
    (0xABC0, 0xABFF),
    (0xFB50, 0xFDFF),
    (0xFE70, 0xFEFC),
    (0x10D00, 0x10D3F),
    (0x11000, 0x11C9F),
    (0x11D00, 0x11DAF),
    (0x1E900, 0x1E95F),
];
/// Pictures, and the signs that can become one (`Extended_Pictographic`, by blocks).
const PICTURES: [(u32, u32); 10] = [
    (0xA9, 0xA9),
    (0xAE, 0xAE),
    (0x203C, 0x203C),
    (0x2049, 0x2049),
    (0x2100, 0x21FF),
    (0x2300, 0x27BF),
    (0x2934, 0x2935),
    (0x2B00, 0x2BFF),
    (0x3030, 0x3299),
    (0x1F000, 0x1FAFF),
];
/// Chinese characters, whose glyphs a selector chooses.
const HAN: [(u32, u32); 3] = [(0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)];
/// The flag that tag characters after it make the flag of England, Scotland or Wales, or of another region.
const BLACK_FLAG: char = '\u{1F3F4}';
const CANCEL_TAG: char = '\u{E007F}';

/// The bytes of `rest` that stay as they are because of an invisible character that means something after `before`; 0 where
/// there is none.
pub(crate) fn meaningful(before: &str, rest: &str) -> usize {
    let mut following = rest.chars();
    let (Some(c), next) = (following.next(), following.next()) else { return 0 };
    let stays = match c {
        BLACK_FLAG => return region_flag(rest),
        '\u{200C}' => follows(before, &JOINING),
        '\u{200D}' => {
            follows(before, &JOINING)
                || next.is_some_and(|c| is_in(c, &PICTURES)) && follows(without_modifier(before), &PICTURES)
        }
        '\u{FE0E}' | '\u{FE0F}' => {
            let keycap = next == Some('\u{20E3}')
                && before.ends_with(|c: char| c.is_ascii_digit() || "#*".contains(c));
            keycap || follows(before, &PICTURES)
        }
        '\u{FE00}'..='\u{FE0D}' => {
            follows(before, &HAN) || follows(before, &[(0x1000, 0x109F), (0x2200, 0x22FF)])
        }
        '\u{E0100}'..='\u{E01EF}' => follows(before, &HAN),
        '\u{180B}'..='\u{180D}' | '\u{180F}' => follows(before, &[(0x1820, 0x18AF)]),
        _ => false,
    };
    if stays { c.len_utf8() } else { 0 }
}

/// The length of a flag with the tags of a region: two letters of a country and up to three more letters or digits.
fn region_flag(text: &str) -> usize {
    let tags = text
        .chars()
        .skip(1)
        .take_while(|c| matches!(c, '\u{E0030}'..='\u{E0039}' | '\u{E0061}'..='\u{E007A}'));
    let count = tags.count();
    let flag = text.chars().take(count + 2);
    let is_whole = (3..=6).contains(&count) && flag.clone().last() == Some(CANCEL_TAG);
    if is_whole { flag.map(char::len_utf8).sum() } else { 0 }
}

/// A picture's skin tone and its selector do not separate it from a joiner.
fn without_modifier(text: &str) -> &str {
    text.trim_end_matches(['\u{FE0F}', '\u{1F3FB}', '\u{1F3FC}', '\u{1F3FD}', '\u{1F3FE}', '\u{1F3FF}'])
}

fn follows(before: &str, ranges: &[(u32, u32)]) -> bool {
    before.chars().next_back().is_some_and(|c| !c.is_numeric() && is_in(c, ranges))
}

fn is_in(c: char, ranges: &[(u32, u32)]) -> bool {
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&u32::from(c)))
}

#[cfg(test)]
mod tests {
    use crate::ghl::model::text::{clean, clean_line};

    #[test]
    fn an_invisible_character_stays_where_it_means_something() {
        for text in [
            // Persian, Urdu, Arabic: the abbreviation of a year of the Hijra.
            "علی\u{200c}رضا",
            "می\u{200c}خواهم",
            "1447 ه\u{200d}",
            // Hindi, Marathi, Bengali, Malayalam, Kannada, Sinhala, Tamil, Telugu, Khmer, Burmese, Mongolian.
            "क्\u{200d}ष",
            "क्\u{200c}ष",
            "দর্\u{200d}শন",
            "അവന്\u{200d}",
            "ರ್\u{200d}ಯ",
            "ශ්\u{200d}රී ලංකා",
            "க்\u{200c}ஷ",
            "రాజ్\u{200c}కుమార్",
            "ក\u{200d}ខ",
            "က\u{200c}ခ",
            "ᠠ\u{180b}ᠨ",
            // Emoji.
            "👩\u{200d}💻 dev",
            "👩🏽\u{200d}💻",
            "🏳\u{fe0f}\u{200d}🌈",
            "👨\u{200d}👩\u{200d}👧\u{200d}👦",
            "❤\u{fe0f}",
            "☎\u{fe0e}",
            "1\u{fe0f}\u{20e3}",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} x",
            "葛\u{e0100}城",
        ] {
            assert_eq!(clean(text), text);
            assert_eq!(clean_line(text), text);
            assert_eq!(clean_line(&format!("{text}\t\u{202e}")), format!("{text} "));
        }
    }

    #[test]
    fn it_goes_elsewhere() {
        for (dirty, expected) in [
            ("a\u{200c}b\u{200d}c", "abc"),
            ("Ян\u{200d}а 東\u{200c}京", "Яна 東京"),
            ("علی\u{200c}\u{200c}\u{200d}رضا", "علی\u{200c}رضا"),
            ("\u{200d}ع", "ع"),
            ("👩\u{200d}x", "👩x"),
            ("👩\u{200d}\u{200b}💻", "👩💻"),
            ("👍\u{fe0f}\u{fe0f}\u{fe01}\u{e0101}", "👍\u{fe0f}"),
            ("x\u{fe0f}\u{e0100}", "x"),
            ("1\u{fe0f}2", "12"),
            ("🏴\u{e0067}\u{e0062}", "🏴"),
            ("🏴\u{e0068}\u{e0065}\u{e006c}\u{e006c}\u{e006f}\u{e0068}\u{e0065}\u{e007f}", "🏴"),
            ("👍\u{e0067}\u{e0062}\u{e007f}", "👍"),
            ("٣\u{200d}", "٣"),
        ] {
            assert_eq!(clean(dirty), expected, "{dirty:?}");
        }
    }
}
