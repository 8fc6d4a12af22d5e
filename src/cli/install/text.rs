//! What an editor must find again in a file: the byte order mark and the line ends.

/// The text without them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plain {
    /// With line feeds alone, unless the file has both kinds of line ends.
    pub(crate) text: String,
    mark: bool,
    returns: bool,
}

impl Plain {
    /// Takes them off.
    pub(crate) fn of(text: &str) -> Self {
        let (mark, text) = match text.strip_prefix('\u{feff}') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let pairs = text.matches("\r\n").count();
        let returns = pairs > 0 && pairs == text.matches('\n').count() && pairs == text.matches('\r').count();
        let text = if returns { text.replace("\r\n", "\n") } else { text.to_owned() };
        Self { text, mark, returns }
    }

    /// Puts them on another text.
    pub(crate) fn dress(&self, text: &str) -> String {
        let text = if self.returns { text.replace('\n', "\r\n") } else { text.to_owned() };
        if self.mark { format!("\u{feff}{text}") } else { text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_and_the_line_ends_come_back() {
        for text in
            ["", "a", "a\n", "a\r\nb\r\n", "\u{feff}a\r\n", "\u{feff}", "a\nb\r\n", "a\rb\r\n", "\r\n"]
        {
            let plain = Plain::of(text);
            assert_eq!(plain.dress(&plain.text), text, "{text:?}");
        }
        assert_eq!(Plain::of("\u{feff}a\r\nb").dress("c\nd"), "\u{feff}c\r\nd");
        assert_eq!(Plain::of("a\nb\r\n").dress("c\n"), "c\n");
    }
}
