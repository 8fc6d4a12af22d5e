//! Dates as people write them and as HighLevel answers them. A text that can be read in two ways is refused, never
//! guessed.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::Number;

use crate::contacts::error::Error;
use crate::ghl::model::{Field, FieldValue};

/// Advice for a date that cannot be read.
const DATE_FORM: &str = "write it as YYYY-MM-DD";

/// Reads `YYYY-MM-DD`, an RFC 3339 time (its date as written), or `MM/DD/YYYY` with a day past 12.
///
/// # Errors
/// Why the text is no date. The reason follows the field's name in a sentence.
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

/// None where the text does not have the form `YYYY-MM-DD`.
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

/// The value of the field `dateOfBirth`, as `YYYY-MM-DD`. Of the other forms that HighLevel takes, only those that mean
/// one day are read.
pub(crate) fn birthday(text: &str) -> Result<String, Error> {
    let day = text.split(['T', ' ']).next().unwrap_or(text).replace(['/', '.', '_'], "-");
    day.parse::<Date>()
        .map(|date| date.to_string())
        .map_err(|_| Error::invalid(Field::DateOfBirth, "is not a date").with_hint("Write it as YYYY-MM-DD."))
}

/// A time as HighLevel answers it. Milliseconds since 1970, which some lists answer, become an ISO time.
pub(crate) fn iso(text: &str) -> Cow<'_, str> {
    let time = text.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    time.map_or(Cow::Borrowed(text), |time| Cow::Owned(time.to_string()))
}

/// The day of a stored date or time: `1990-09-25`.
pub(crate) fn day_of(stored: &str) -> String {
    iso(stored.trim()).chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_with_one_meaning_is_read() {
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
    fn any_other_text_is_no_date() {
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

    #[test]
    fn a_birthday_is_one_day_of_the_calendar() {
        for text in ["1990-09-25", "1990/09/25", "1990-09-25T00:00:00.000Z", "1990_09_25"] {
            assert_eq!(birthday(text).unwrap(), "1990-09-25");
        }
        for text in ["1990-02-30", "09/25/1990", "soon"] {
            assert!(birthday(text).is_err(), "{text}");
        }
    }
}
