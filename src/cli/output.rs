//! Prints for a person: results on stdout, everything else on stderr. What a terminal obeys is taken out here, so that no
//! caller has to think of it: an argument, a file or HighLevel may have written the text.

use std::fmt::Write as _;
use std::io::Write as _;

use serde_json::Value;

use crate::ghl::model::text::{clean_line, is_hidden};

/// Prints one line on stderr. It is not an error if the reader is gone.
pub(crate) fn print_stderr(line: &str) {
    let _ = writeln!(std::io::stderr(), "{}", clean_line(line));
}

/// Prints one line on stdout.
pub(crate) fn print_stdout(line: &str) {
    let _ = writeln!(std::io::stdout(), "{}", clean_line(line));
}

/// Prints text of this program, with its own colours and line breaks. Nothing from outside may stand in it.
pub(crate) fn print_own(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints JSON on stdout.
pub(crate) fn print_json(value: &Value) {
    let pretty = serde_json::to_string_pretty(value).unwrap_or_default();
    let _ = writeln!(std::io::stdout(), "{}", escape(&pretty));
}

/// JSON whose characters that a terminal obeys, or that a person does not see, are escapes: who reads it gets the same value.
fn escape(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        // A line break in a text is an escape already.
        if c == '\n' || !(c.is_control() || is_hidden(c) || matches!(c, '\u{2028}' | '\u{2029}')) {
            escaped.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_keeps_its_value_and_holds_nothing_that_a_terminal_obeys() {
        let text = "a\u{202e}b\u{1b}]8;;http://x\u{7}c\r\nd\u{9b}31m\u{2066}e\u{2069}\u{e0041}\u{7f}\u{2028}\u{0}é👍";
        let value = json!({ text: [text, { "k": text }], "plain": "Zoë 東京" });
        let printed = escape(&serde_json::to_string_pretty(&value).unwrap());
        assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), value);
        for line in printed.lines() {
            assert_eq!(clean_line(line), line);
        }
        assert!(printed.contains("\\u202eb\\u001b]8;;") && printed.contains("\\udb40\\udc41\\u007f\\u2028"));
        assert!(printed.contains("Zoë 東京") && printed.contains("é👍"), "{printed}");
    }
}
