//! Numbers and amounts of money as people write them. A text that can be read in two ways is refused, never guessed.

mod money;
mod separators;

use serde_json::Number;

use crate::contacts::value::number::money::{Amount, amount};
use crate::contacts::value::number::separators::decimal;
use crate::contacts::value::text::quoted;
use crate::contacts::value::typed::plain;
use crate::ghl::model::FieldValue;

/// Reads a finite number from a number or a text: `1200.5`, `1,200.50`, `1.200,50`, `US$1,200`, `(500)`, `₹1,20,000`.
///
/// # Errors
/// Why the text is no number. `1,200` and `1.200` alone are refused, because each means 1200 in some countries and 1.2 in
/// others; as a JSON number, `1.200` has one meaning.
pub(crate) fn number(value: &FieldValue) -> Result<Number, String> {
    match value {
        FieldValue::Number(number) => Ok(number.clone()),
        FieldValue::Text(text) => number_in(text),
        FieldValue::List(list) if list.len() == 1 => number(list.first().unwrap_or(&FieldValue::Null)),
        FieldValue::Bool(truth) => Err(format!("takes a number, not {truth}")),
        _ => Err("takes one number".to_owned()),
    }
}

/// A number as HighLevel answers it: a text such as `1.200` is JSON's.
pub(crate) fn stored_number(value: &FieldValue) -> Option<Number> {
    let json = match value {
        FieldValue::Text(text) => serde_json::from_str::<Number>(text.trim()).ok(),
        _ => None,
    };
    json.or_else(|| number(value).ok())
}

fn number_in(text: &str) -> Result<Number, String> {
    let wrong = |why: String| format!("takes a number; {} {why}", quoted(text));
    let clean = plain(text);
    if is_scientific(&clean) {
        let number = clean.parse::<f64>().ok().and_then(Number::from_f64).map(whole_where_exact);
        return number.ok_or_else(|| wrong("is too large".to_owned()));
    }
    let Amount { digits, negative, currency } = amount(&clean).map_err(wrong)?;
    let plain = decimal(digits, currency.as_deref()).map_err(wrong)?;
    exact(&if negative { format!("-{plain}") } else { plain }).map_err(wrong)
}

/// `1e3`, `-2.5E+6`.
fn is_scientific(text: &str) -> bool {
    text.parse::<f64>().is_ok() && text.contains(['e', 'E']) && text.bytes().any(|b| b.is_ascii_digit())
}

#[expect(clippy::cast_possible_truncation, reason = "only a whole number within 2^53 is converted")]
fn whole_where_exact(number: Number) -> Number {
    let whole = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 9e15);
    whole.map_or(number, |float| (float as i64).into())
}

/// The number with all its digits: a float would round a whole one beyond 2^53, and a fraction of more than 15 digits.
fn exact(plain: &str) -> Result<Number, String> {
    if let Ok(whole) = plain.parse::<i64>() {
        return Ok(whole.into());
    }
    let significant = plain.trim_start_matches(['-', '0', '.']).trim_end_matches('0').replace('.', "").len();
    if !plain.contains('.') || significant > 15 {
        return Err("has more digits than a number can hold".to_owned());
    }
    let float = plain.parse::<f64>().ok().and_then(Number::from_f64);
    float.ok_or_else(|| "is too large".to_owned())
}

#[cfg(test)]
mod tests;
