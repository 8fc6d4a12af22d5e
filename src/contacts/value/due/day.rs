//! The day in a text, where it is said in relation to today.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::{SignedDuration, Span};

/// The most days from now.
const MOST_DAYS: i64 = 3_650;

/// What the words say of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Day {
    /// This day; none where there are no words.
    Of(Option<Date>),
    /// So long from now.
    After(SignedDuration),
    /// The words are not in relation to today: they may be a date.
    Else,
}

/// Reads the words; `now` is the location's time.
///
/// # Errors
/// They can be read in two ways, or name no day.
pub(crate) fn day(words: &[&str], now: DateTime) -> Result<Day, String> {
    let today = now.date();
    let after = |days: i64| {
        let day = (days <= MOST_DAYS).then(|| today.checked_add(Span::new().days(days)).ok()).flatten();
        day.map(|day| Day::Of(Some(day))).ok_or_else(|| "is too late".to_owned())
    };
    match words {
        [] => Ok(Day::Of(None)),
        ["today"] => after(0),
        ["tomorrow" | "tmrw"] => after(1),
        ["day", "after", "tomorrow"] | ["the", "day", "after", "tomorrow"] => after(2),
        ["yesterday"] => Err("lies in the past".to_owned()),
        ["in", number, unit] => within(number, unit, after),
        ["next" | "this", "week" | "month" | "year" | "quarter"] | ["weekend" | "week"] | [_, "weekend"] => {
            Err("names no day".to_owned())
        }
        [name] => weekday(name).map_or(Ok(Day::Else), |day| named(today, day, Which::Plain)),
        ["next", name] => weekday(name).map_or(Ok(Day::Else), |day| named(today, day, Which::Next)),
        ["this", name] => weekday(name).map_or(Ok(Day::Else), |day| named(today, day, Which::This)),
        ["coming", name] | ["the", "coming", name] => {
            weekday(name).map_or(Ok(Day::Else), |day| named(today, day, Which::Coming))
        }
        _ => Ok(Day::Else),
    }
}

fn within(number: &str, unit: &str, after: impl Fn(i64) -> Result<Day, String>) -> Result<Day, String> {
    let number = match number {
        "a" | "an" | "one" => 1,
        "two" => 2,
        "three" => 3,
        digits => digits.parse::<u32>().map_err(|_| format!("has \"{digits}\", which is no number"))?.into(),
    };
    let hours = MOST_DAYS * 24;
    match unit.strip_suffix('s').unwrap_or(unit) {
        "day" => after(number),
        "week" => after(number * 7),
        "hour" if number <= hours => Ok(Day::After(SignedDuration::from_hours(number))),
        "minute" | "min" if number <= hours => Ok(Day::After(SignedDuration::from_mins(number))),
        "hour" | "minute" | "min" => Err("is too late".to_owned()),
        _ => Err(format!("has \"{unit}\": only minutes, hours, days and weeks are counted")),
    }
}

/// How a day of the week is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Plain,
    Next,
    This,
    Coming,
}

/// The day of the week, if all usual readings are the same day. A week begins on Sunday for some and on Monday for others.
fn named(today: Date, weekday: Weekday, which: Which) -> Result<Day, String> {
    let plus = |days: i64| today.checked_add(Span::new().days(days)).unwrap_or(Date::MAX);
    let ahead = i64::from(today.weekday().until(weekday));
    // The day of that name after today, and the same in the week that has begun, by either beginning.
    let coming = if ahead == 0 { 7 } else { ahead };
    let in_week = |first: Weekday| i64::from(first.until(weekday)) - i64::from(first.until(today.weekday()));
    let weeks = [in_week(Weekday::Monday), in_week(Weekday::Sunday)];
    let mut days = match which {
        Which::Plain if ahead == 0 => vec![0, 7],
        Which::Plain | Which::Coming => vec![coming],
        Which::Next => vec![coming, weeks[0] + 7, weeks[1] + 7],
        Which::This if ahead == 0 => vec![0],
        Which::This => weeks.into_iter().filter(|days| *days > 0).chain([coming]).collect(),
    };
    days.sort_unstable();
    days.dedup();
    match days.as_slice() {
        [one] => Ok(Day::Of(Some(plus(*one)))),
        several => {
            let several: Vec<String> = several.iter().map(|days| plus(*days).to_string()).collect();
            Err(format!("can be read as {}", several.join(" or ")))
        }
    }
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word.trim_end_matches('.') {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}
