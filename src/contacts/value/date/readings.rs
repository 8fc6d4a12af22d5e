//! The days that a text may mean.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::contacts::value::date::parts::{Part, parts};
use crate::contacts::value::typed::plain;

/// All days of the calendar that the text may mean; none where it has the form of a date and is no day.
///
/// # Errors
/// What in the text belongs to no date.
pub(crate) fn readings(text: &str) -> Result<Vec<Date>, String> {
    let clean = plain(text);
    if clean.is_empty() {
        return Err("is empty".to_owned());
    }
    if let Some(wrong) = clean.chars().find(|c| !c.is_alphanumeric() && !" ,/.-_:+()[]".contains(*c)) {
        return Err(format!("has \"{wrong}\""));
    }
    if clean.strip_prefix('-').unwrap_or(&clean).bytes().all(|b| b.is_ascii_digit()) {
        return without_signs(&clean);
    }
    let parts = parts(&clean)?;
    let weekday = parts.iter().find_map(|part| if let Part::Weekday(day) = part { Some(*day) } else { None });
    let rest: Vec<Part<'_>> = parts.into_iter().filter(|part| !matches!(part, Part::Weekday(_))).collect();
    let days = match rest.as_slice() {
        [Part::Digits(year), Part::Digits(month), Part::Digits(day)] if year.len() == 4 => {
            vec![calendar(year, month, day)]
        }
        // `25.09.1990` and `09/25/1990`: whichever the sign is, both orders are in use with it.
        [Part::Digits(first), Part::Digits(second), Part::Digits(year)] if year.len() == 4 => {
            vec![calendar(year, first, second), calendar(year, second, first)]
        }
        [Part::Digits(year), Part::Month(month), Part::Digits(day)] if year.len() == 4 => {
            vec![named(year, *month, day)]
        }
        [Part::Month(month), Part::Digits(day), Part::Digits(year)]
        | [Part::Digits(day), Part::Month(month), Part::Digits(year)]
            if year.len() == 4 =>
        {
            vec![named(year, *month, day)]
        }
        [.., Part::Digits(year)] if rest.len() == 3 && year.len() == 2 => {
            return Err("has a year of two digits".to_owned());
        }
        [Part::Digits(all)] => return without_signs(all),
        _ => return Err("does not have one day, one month and one year of four digits".to_owned()),
    };
    let days: Vec<Date> = days.into_iter().flatten().collect();
    let agrees = |day: &Date| weekday.is_none_or(|weekday| day.weekday().to_monday_one_offset() == weekday);
    if !days.is_empty() && !days.iter().any(agrees) {
        return Err("names another day of the week than its date has".to_owned());
    }
    Ok(days.into_iter().filter(agrees).collect())
}

/// `19900925`, `25091990`, or milliseconds or seconds since 1970.
fn without_signs(text: &str) -> Result<Vec<Date>, String> {
    let mut days = Vec::new();
    if let (8, Some((first, rest))) = (text.len(), text.split_at_checked(4)) {
        let two = |text: &str, at: usize| text.get(at..at + 2).unwrap_or_default().to_owned();
        days.extend(calendar(first, &two(rest, 0), &two(rest, 2)));
        days.extend(calendar(rest, &two(first, 0), &two(first, 2)));
        days.extend(calendar(rest, &two(first, 2), &two(first, 0)));
        return Ok(days);
    }
    let Some(number) = text.parse::<i64>().ok().filter(|_| text.len() >= 9) else {
        return Err("is only a number".to_owned());
    };
    for time in [Timestamp::from_millisecond(number), Timestamp::from_second(number)] {
        days.extend(time.ok().map(|time| time.to_zoned_datetime(TimeZone::UTC).date()));
    }
    Ok(days)
}

fn named(year: &str, month: i8, day: &str) -> Option<Date> {
    calendar(year, &month.to_string(), day)
}

fn calendar(year: &str, month: &str, day: &str) -> Option<Date> {
    if month.len() > 2 || day.len() > 2 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}
