//! Texts that programs write where they have no value: `null` in quotes, a template that was not filled, an error of a
//! spreadsheet. No person means them as a value.

use crate::contacts::error::{Error, Subject};

/// What JavaScript, Python and JSON write for no value; in other letters too, but for Python's `None`, since `none` is a
/// usual word.
const NO_VALUE: [&str; 4] = ["null", "undefined", "nan", "nil"];

/// The errors of a spreadsheet's cell.
const CELL_ERRORS: [&str; 8] =
    ["#n/a", "#ref!", "#value!", "#name?", "#null!", "#num!", "#div/0!", "#error!"];

/// Whether this text stands for no value.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    text == "None" || NO_VALUE.iter().any(|word| text.eq_ignore_ascii_case(word)) || is_broken(text)
}

/// Whether this text is what a program leaves behind by a fault; no person has such a name either.
pub(crate) fn is_broken(text: &str) -> bool {
    let text = text.trim();
    let is_template = |open, close| text.starts_with(open) && text.ends_with(close);
    is_template("{{", "}}")
        || is_template("${", "}")
        || text.eq_ignore_ascii_case("[object object]")
        || CELL_ERRORS.iter().any(|error| text.eq_ignore_ascii_case(error))
}

/// Refuses a placeholder where a value is needed.
pub(crate) fn check(subject: &Subject, text: &str) -> Result<(), Error> {
    if !is_placeholder(text) {
        return Ok(());
    }
    let reason = format!("\"{}\" stands for no value", text.trim());
    Err(Error::invalid(subject.clone(), reason).with_hint("Leave it out, or send the value itself."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_write_for_no_value_is_a_placeholder() {
        for text in [
            "null",
            "NULL",
            " undefined ",
            "None",
            "NaN",
            "nil",
            "[object Object]",
            "{{first_name}}",
            "${x}",
            "#N/A",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["none", "Nullmann", "nullable", "undefined behaviour", "n/a", "", "{x}", "#1"] {
            assert!(!is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn a_person_may_be_called_null_but_not_a_template() {
        assert!(!is_broken("Null"));
        assert!(is_broken("{{contact.first_name}}"));
    }
}
