//! Dates as people write them and as HighLevel answers them. A text that can be read in two ways is refused, never guessed.

mod parts;
mod readings;

use std::borrow::Cow;
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde_json::Number;

use crate::contacts::error::Error;
use crate::contacts::value::date::readings::readings;
use crate::contacts::value::text::quoted;
use crate::ghl::model::{Field, FieldValue};

/// Advice for a date that cannot be read.
const DATE_FORM: &str = "write it as YYYY-MM-DD";
/// The years that a date may have. Contracts and renewals lie in them; a number outside is no year.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

/// Reads a day: `1990-09-25`, `September 25, 1990`, `25.09.1990`, `09/25/1990`, a time (its date as written), or
/// milliseconds since 1970 as HighLevel answers them.
///
/// # Errors
/// Why the text is no date, or the days that it may be. The reason follows the field's name in a sentence.
pub(crate) fn date(value: &FieldValue) -> Result<Date, String> {
    match value {
        FieldValue::Text(text) => day_in(text, |_| true),
        FieldValue::Number(number) => day_in(&number.to_string(), |_| true),
        _ => Err(format!("takes a date; {DATE_FORM}")),
    }
}

/// The one day that the text means, of those that `may_be`.
fn day_in(text: &str, may_be: impl Fn(Date) -> bool) -> Result<Date, String> {
    let all = readings(text).map_err(|why| format!("takes a date; {} {why}; {DATE_FORM}", quoted(text)))?;
    let mut days: Vec<Date> = all.into_iter().filter(|day| YEARS.contains(&day.year())).collect();
    if days.iter().any(|day| may_be(*day)) {
        days.retain(|day| may_be(*day));
    }
    days.sort();
    days.dedup();
    match days.as_slice() {
        [day] => Ok(*day),
        [] => Err(format!(
            "takes a date; {} is no day of the calendar from 1900 to 2199; {DATE_FORM}",
            quoted(text)
        )),
        several => {
            let several: Vec<String> = several.iter().map(ToString::to_string).collect();
            Err(format!(
                "takes a date; {} can be read as {}; {DATE_FORM}",
                quoted(text),
                several.join(" or ")
            ))
        }
    }
}

/// A date as HighLevel answers it: any form that [`date`] takes, or milliseconds since 1970 as a number or a text
/// (`POST /contacts/search` answers dates so, highlevel-api-docs issue 314).
pub(crate) fn stored_date(value: &FieldValue) -> Option<Date> {
    let millis = match value {
        FieldValue::Number(number) => whole(number),
        FieldValue::Text(text) => {
            let text = text.trim();
            text.parse().ok().filter(|_| text.len() > "19900925".len() || text.starts_with('-'))
        }
        _ => return None,
    };
    match millis {
        Some(millis) => {
            Some(Timestamp::from_millisecond(millis).ok()?.to_zoned_datetime(jiff::tz::TimeZone::UTC).date())
        }
        None => date(value).ok(),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a float too large ends as an i64 that is no time either"
)]
fn whole(number: &Number) -> Option<i64> {
    let float = || number.as_f64().filter(|float| float.fract() == 0.0);
    number.as_i64().or_else(|| float().map(|float| float as i64))
}

/// The value of the field `dateOfBirth`, as `YYYY-MM-DD`: a day from 1900 to `today`.
pub(crate) fn birthday(text: &str, today: Date) -> Result<String, Error> {
    let invalid = |reason: String| Error::invalid(Field::DateOfBirth, reason);
    let day = day_in(text, |day| day <= today).map_err(invalid)?;
    if day > today {
        return Err(
            invalid(format!("{day} lies in the future")).with_hint("Write the day of birth as YYYY-MM-DD.")
        );
    }
    Ok(day.to_string())
}

/// The day that it is now in the zone where the day begins first (UTC+14).
pub(crate) fn latest_today(now: SystemTime) -> Date {
    let now = Timestamp::try_from(now).unwrap_or(Timestamp::MAX);
    Offset::constant(14).to_datetime(now).date()
}

/// A time as HighLevel answers it. Milliseconds since 1970, which some lists answer, become an ISO time.
pub(crate) fn iso(text: &str) -> Cow<'_, str> {
    let time = text.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    time.map_or(Cow::Borrowed(text), |time| Cow::Owned(time.to_string()))
}

/// The day of a stored date or time: `1990-09-25`. Another text is compared as it is.
pub(crate) fn day_of(stored: &str) -> String {
    stored_date(&stored.into()).map_or_else(|| stored.trim().to_owned(), |day| day.to_string())
}

#[cfg(test)]
mod tests;
