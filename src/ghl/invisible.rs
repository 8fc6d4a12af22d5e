//! Characters that show nothing, or turn around what stands beside them.

/// Zero-width, bidirectional-control and tag characters: they hide text from a person, and no CRM value needs them.
/// The one list of them; what shows a text may take out more.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}
