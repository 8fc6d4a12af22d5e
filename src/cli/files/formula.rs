//! Cells that a spreadsheet would carry out. Anybody may write `=HYPERLINK(..)` into a form on a customer's page, and a program that
//! opens the table computes it (<https://owasp.org/www-community/attacks/CSV_Injection>). An apostrophe before the cell makes it
//! a text; it is taken off when the table is read.

use std::borrow::Cow;

/// What a formula begins with. Spreadsheets of East Asia take the wide forms too.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The cell as a text: with an apostrophe before it where it would be a formula, or would lose its own apostrophe.
pub(crate) fn defused(cell: &str) -> Cow<'_, str> {
    let is_formula = cell.starts_with(SIGNS) && !is_number(cell);
    if is_formula || is_marked(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// The cell as it was meant: without the apostrophe before what would be a formula, and without the `="..."` with which programs
/// keep a spreadsheet from reading digits as a number.
pub(crate) fn meant(cell: String) -> String {
    let in_formula = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    match (cell.strip_prefix('\''), in_formula) {
        (Some(rest), _) if is_marked(&cell) => rest.to_owned(),
        (_, Some(text)) if !text.contains('"') => text.to_owned(),
        _ => cell,
    }
}

/// Whether apostrophes stand before the sign of a formula.
fn is_marked(cell: &str) -> bool {
    cell.starts_with('\'') && cell.trim_start_matches('\'').starts_with(SIGNS)
}

/// A number with a sign: what a spreadsheet makes of it is its value. A phone in E.164 is one too.
fn is_number(cell: &str) -> bool {
    cell.strip_prefix(['+', '-'])
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()) && rest.parse::<f64>().is_ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_formula_becomes_a_text_and_a_number_stays_one() {
        for formula in
            ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-1+1", "+1-415-555-0100", "-", "＝1+1", "'=1+1"]
        {
            assert_eq!(defused(formula), format!("'{formula}"));
        }
        for text in ["", "x", "+14155550100", "-5", "-1.5", "+1e3", "'s-Hertogenbosch", "a=b", "''"] {
            assert_eq!(defused(text), text);
        }
    }

    #[test]
    fn a_text_that_a_program_put_into_a_formula_is_read_as_that_text() {
        let read = |cell: &str| meant(cell.to_owned());
        assert_eq!((read("=\"0041446681800\""), read("=\"\"")), ("0041446681800".to_owned(), String::new()));
        for formula in ["=\"a\"&\"b\"", "=A1", "=\"", "'=\"a\""] {
            assert_eq!(read(formula).trim_start_matches('\''), formula.trim_start_matches('\''));
        }
    }

    proptest! {
        #[test]
        fn a_cell_is_read_as_it_was_written(cell in "['=+@1-9a ＝-]{0,6}") {
            prop_assert_eq!(meant(defused(&cell).into_owned()), cell);
        }
    }
}
