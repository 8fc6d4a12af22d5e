//! Numbers as people write them. A text that can be read in two ways is refused, never guessed.

use serde_json::Number;

use crate::ghl::model::FieldValue;

/// Reads a finite number from a number or a text: `1200.5`, `1,200.50`, `1.200,50`, `$1,200`, `1 200`.
///
/// # Errors
/// Why the text is no number. `1,200` alone is refused, because it means 1200 in some countries and 1.2 in others.
pub(crate) fn number(value: &FieldValue) -> Result<Number, String> {
    match value {
        FieldValue::Number(number) => Ok(number.clone()),
        FieldValue::Text(text) => number_in(text.trim()),
        _ => Err("takes a number".to_owned()),
    }
}

fn number_in(text: &str) -> Result<Number, String> {
    let (negative, unsigned) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (currency, digits) = currency(unsigned);
    let plain = ungrouped(digits, currency)?;
    let signed = if negative { format!("-{plain}") } else { plain };
    // A whole number keeps all its digits; a float would round it beyond 2^53.
    if let Ok(whole) = signed.parse::<i64>() {
        return Ok(whole.into());
    }
    let float = signed.parse::<f64>().ok().and_then(Number::from_f64);
    float.ok_or_else(|| "takes a number that is not so large".to_owned())
}

fn currency(text: &str) -> (Option<char>, &str) {
    const SIGNS: [char; 5] = ['$', '£', '€', '¥', '₹'];
    for sign in SIGNS {
        if let Some(rest) = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)) {
            return (Some(sign), rest.trim());
        }
    }
    (None, text)
}

/// The digits with at most one decimal point, where the text has only one meaning.
fn ungrouped(text: &str, currency: Option<char>) -> Result<String, String> {
    let wrong = || "takes a number, written like 1200.50".to_owned();
    let ambiguous =
        || "the number can be read in two ways; write it like 1200.50, without separators".to_owned();
    let is_space = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}');
    if !text.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.' || is_space(c)) {
        return Err(wrong());
    }
    let commas = text.matches(',').count();
    let points = text.matches('.').count();
    let (group, decimal) = match (commas, points) {
        (0, 0 | 1) => (None, '.'),
        // The sign that comes last is the decimal sign.
        (1.., 1) if text.rfind(['.', ',']) == text.rfind('.') => (Some(','), '.'),
        (1, 1..) | (0, 2..) => (Some('.'), ','),
        (2.., 0) => (Some(','), '.'),
        // `$1,200` is written in countries where the comma groups digits.
        (1, 0) if currency.is_some_and(|sign| sign != '€') => (Some(','), '.'),
        (1, 0) => return Err(ambiguous()),
        _ => return Err(wrong()),
    };
    let (whole, fraction) = match text.split_once(decimal) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    if currency.is_some() && group.is_none() && fraction.is_some_and(|digits| digits.len() == 3) {
        return Err(ambiguous());
    }
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = match group {
        Some(sign) => whole.split(sign).collect(),
        None => whole.split(is_space).collect(),
    };
    let grouped = match parts.as_slice() {
        [] => false,
        [only] => all_digits(only),
        [first, rest @ ..] => {
            all_digits(first)
                && first.len() <= 3
                && !first.starts_with('0')
                && rest.iter().all(|part| all_digits(part) && part.len() == 3)
        }
    };
    if !grouped || !fraction.is_none_or(all_digits) {
        return Err(wrong());
    }
    let whole = parts.concat();
    Ok(fraction.map_or_else(|| whole.clone(), |digits| format!("{whole}.{digits}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_with_one_meaning_is_read() {
        for (text, expected) in [
            ("5", "5"),
            (" -5.25 ", "-5.25"),
            ("1,200.50", "1200.5"),
            ("1.200,50", "1200.5"),
            ("$1,200", "1200"),
            ("-$1,200", "-1200"),
            ("1 200", "1200"),
            ("1\u{a0}200\u{202f}000", "1200000"),
            ("1,200,000", "1200000"),
            ("12.50 €", "12.5"),
            ("1.200", "1.2"),
            ("$1.5", "1.5"),
            ("$1,200.500", "1200.5"),
            ("9007199254740993", "9007199254740993"),
        ] {
            assert_eq!(number(&text.into()).map(|n| n.to_string()), Ok(expected.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn any_other_text_is_no_number() {
        for text in [
            "", "x", "1,200", "€1,200", "$1.200", "1,2", "12 00", "1,20.5", "0,200.5", "1e400", "1e5", "NaN",
            "inf", "--5", "1.2.3", ".", ",", "5%", "٣", "1_000", "1,,200.0", "1. 5", "5.", ".5",
        ] {
            assert!(number(&text.into()).is_err(), "{text:?}");
        }
        assert!(number(&FieldValue::Bool(true)).is_err());
        assert!(number(&"9".repeat(400).into()).is_err());
    }
}
