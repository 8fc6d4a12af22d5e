//! Numbers and dates out of what people write. What can be read in two ways is refused, never guessed.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::Number;

use crate::ghl::model::FieldValue;

/// How a date is to be written where it was not understood.
const DATE_FORM: &str = "write it as YYYY-MM-DD";

/// A finite number from a number or a text: `1200.5`, `1,200.50`, `1.200,50`, `$1,200`, `1 200`.
///
/// `1,200` alone is twelve hundred to some and one and a fifth to others, and is refused with that reason.
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
    // Whole numbers keep all their digits; a float would round them beyond 2^53.
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

/// The digits with a point at most, if there is only one way to read them.
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
        // The last of the two kinds is the decimal sign.
        (1.., 1) if text.rfind(['.', ',']) == text.rfind('.') => (Some(','), '.'),
        (1, 1..) | (0, 2..) => (Some('.'), ','),
        (2.., 0) => (Some(','), '.'),
        // `$1,200` and its like are written where the comma groups.
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

/// A calendar date out of `YYYY-MM-DD`, an RFC 3339 time (its date as written), or `MM/DD/YYYY` with a day past 12.
pub(crate) fn date(value: &FieldValue) -> Result<Date, String> {
    let FieldValue::Text(text) = value else { return Err(format!("takes a date; {DATE_FORM}")) };
    let text = text.trim();
    if let Some(date) = plain_date(text) {
        return date;
    }
    if let (Some(day), Some(b'T' | b't' | b' ')) = (text.get(..10), text.as_bytes().get(10))
        && (text.parse::<Timestamp>().is_ok() || text.parse::<DateTime>().is_ok())
        && let Some(date) = plain_date(day)
    {
        return date;
    }
    if let [month, day, year] = text.split('/').collect::<Vec<_>>().as_slice() {
        return slashed(month, day, year);
    }
    Err(format!("takes a date; {DATE_FORM}"))
}

/// `None` where the text has not the form `YYYY-MM-DD`.
fn plain_date(text: &str) -> Option<Result<Date, String>> {
    let [year, month, day] = text.split('-').collect::<Vec<_>>().try_into().ok()?;
    if (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    Some(calendar(digits(year)?, digits(month)?, digits(day)?))
}

fn slashed(first: &str, second: &str, year: &str) -> Result<Date, String> {
    let (Some(month), Some(day), Some(year), 4) = (digits(first), digits(second), digits(year), year.len())
    else {
        return Err(format!("takes a date; {DATE_FORM}"));
    };
    if day <= 12 || month > 12 {
        return Err(format!("it is not certain which is the day and which the month; {DATE_FORM}"));
    }
    calendar(year, month, day)
}

fn digits(text: &str) -> Option<i16> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

fn calendar(year: i16, month: i16, day: i16) -> Result<Date, String> {
    let date = match (i8::try_from(month), i8::try_from(day)) {
        (Ok(month), Ok(day)) if year > 0 => Date::new(year, month, day).ok(),
        _ => None,
    };
    date.ok_or_else(|| "there is no such day in the calendar".to_owned())
}

/// A date as HighLevel answers it: any form that [`date`] takes, or milliseconds since 1970 as a number or a text
/// (`POST /contacts/search` answers dates so, highlevel-api-docs issue 314).
pub(crate) fn stored_date(value: &FieldValue) -> Option<Date> {
    if let Ok(date) = date(value) {
        return Some(date);
    }
    let millis = match value {
        FieldValue::Number(number) => whole(number)?,
        FieldValue::Text(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    let time = Timestamp::from_millisecond(millis).ok()?;
    Some(time.to_zoned_datetime(jiff::tz::TimeZone::UTC).date())
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a float too large ends as an i64 that is no time either"
)]
fn whole(number: &Number) -> Option<i64> {
    let float = || number.as_f64().filter(|float| float.fract() == 0.0);
    number.as_i64().or_else(|| float().map(|float| float as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_where_there_is_one_way_to() {
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
    fn whatever_else_is_no_number() {
        for text in [
            "", "x", "1,200", "€1,200", "$1.200", "1,2", "12 00", "1,20.5", "0,200.5", "1e400", "1e5", "NaN",
            "inf", "--5", "1.2.3", ".", ",", "5%", "٣", "1_000", "1,,200.0", "1. 5", "5.", ".5",
        ] {
            assert!(number(&text.into()).is_err(), "{text:?}");
        }
        assert!(number(&FieldValue::Bool(true)).is_err());
        assert!(number(&"9".repeat(400).into()).is_err());
    }

    #[test]
    fn dates_are_read_where_there_is_one_way_to() {
        for (text, expected) in [
            ("2026-02-28", "2026-02-28"),
            (" 2024-02-29 ", "2024-02-29"),
            ("2026-01-15T23:30:00-08:00", "2026-01-15"),
            ("2026-01-15T00:00:00.000Z", "2026-01-15"),
            ("2026-01-15 10:00:00", "2026-01-15"),
            ("12/25/2026", "2026-12-25"),
            ("1/13/2026", "2026-01-13"),
        ] {
            assert_eq!(date(&text.into()).map(|d| d.to_string()), Ok(expected.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn whatever_else_is_no_date() {
        for text in [
            "",
            "soon",
            "2026-02-29",
            "2026-13-01",
            "2026-1-5",
            "20260115",
            "0000-01-01",
            "04/05/2026",
            "25/12/2026",
            "13/13/2026",
            "02/30/2026",
            "1/13/26",
            "2026-01-15Tx",
            "2026-01-15x",
            "+026-01-01",
            "é026-01-01T",
        ] {
            assert!(date(&text.into()).is_err(), "{text:?}");
        }
        assert!(date(&FieldValue::from(5_u64)).is_err());
    }

    #[test]
    fn a_stored_date_may_be_milliseconds() {
        for value in
            [FieldValue::from(1_768_435_200_000_u64), "1768435200000".into(), "2026-01-15T00:00:00Z".into()]
        {
            assert_eq!(stored_date(&value).unwrap().to_string(), "2026-01-15");
        }
        let float = |value: f64| FieldValue::Number(Number::from_f64(value).unwrap());
        assert_eq!(stored_date(&float(1_768_435_200_000.0)).unwrap().to_string(), "2026-01-15");
        for value in
            [FieldValue::from(u64::MAX), float(1_768_435_200_000.5), float(1e15), float(-1e300), float(1e300)]
        {
            assert_eq!(stored_date(&value), None, "{value:?}");
        }
    }
}
