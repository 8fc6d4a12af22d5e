//! When a task is due, as a person says it: `tomorrow 5pm`, `2026-12-01`, `Friday`. A text that can be read in two ways is refused,
//! never guessed. Times are the location's.

mod clock;
mod day;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

use crate::contacts::error::{Error, Subject};
use crate::contacts::value::due::clock::time_of_day;
use crate::contacts::value::due::day::{Day, day};
use crate::contacts::value::text::quoted;
use crate::contacts::value::typed::plain;
use crate::contacts::value::zone::Zone;
use crate::contacts::value::{date, placeholder};

/// Advice for a text that cannot be read.
const FORM: &str = "Write it like 2026-12-01 17:00, tomorrow 5pm, or 2026-12-01T22:00:00Z.";

/// When a task is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    /// The moment.
    pub(crate) at: Timestamp,
    /// How the text was read.
    pub(crate) read: String,
}

/// Whether the text is a moment by itself, so that no time zone is needed to read it.
pub(crate) fn is_absolute(text: &str) -> bool {
    text.trim().parse::<Timestamp>().is_ok()
}

/// Reads when something is due. A day without a time means its last minute.
///
/// # Errors
/// The text has no reading or several, it lies in the past, or the clocks do not show that time once.
pub(crate) fn parse(text: &str, now: Timestamp, zone: Option<Zone>) -> Result<Due, Error> {
    let invalid = |reason: String| Error::invalid(Subject::DueDate, reason).with_hint(FORM);
    placeholder::check(&Subject::DueDate, text)?;
    let in_zone = zone.unwrap_or_default();
    let at = if let Ok(at) = text.trim().parse::<Timestamp>() {
        at
    } else {
        let Some(zone) = zone else {
            let reason = "cannot be read: the location's time zone is not known";
            return Err(Error::invalid(Subject::DueDate, reason)
                .with_hint("Write it with its offset from UTC, like 2026-12-01T17:00:00-05:00."));
        };
        in_words(text, now, zone).map_err(invalid)?
    };
    let read = said(at, in_zone);
    if at <= now {
        let reason = format!(
            "{} lies in the past: it was read as {read}, and now it is {}",
            quoted(text),
            said(now, in_zone)
        );
        return Err(invalid(reason));
    }
    Ok(Due { at, read })
}

/// `Tuesday 2026-12-01 17:00 (America/New_York)`.
pub(crate) fn said(at: Timestamp, zone: Zone) -> String {
    zone.local(at).map_or_else(
        || at.to_string(),
        |local| {
            format!(
                "{:?} {} {:02}:{:02} ({})",
                local.weekday(),
                local.date(),
                local.hour(),
                local.minute(),
                zone.name()
            )
        },
    )
}

fn in_words(text: &str, now: Timestamp, zone: Zone) -> Result<Timestamp, String> {
    let clean = plain(text).to_lowercase().replace(',', " ");
    if clean.split_whitespace().next().is_none() {
        return Err("is empty".to_owned());
    }
    let local = zone.local(now).ok_or("cannot be read at this time")?;
    let words: Vec<&str> = clean.split_whitespace().filter(|word| !FILLERS.contains(word)).collect();
    let (time, rest) = time_of_day(&words).map_err(|why| format!("{} {why}", quoted(text)))?;
    match day(&rest, local).map_err(|why| format!("{} {why}", quoted(text)))? {
        Day::After(span) if time.is_none() => {
            now.checked_add(span).map_err(|_| format!("{} is too late", quoted(text)))
        }
        Day::After(_) => Err(format!("{} has a time of day and a number of hours", quoted(text))),
        Day::Of(None) if time.is_none() => Err(format!("{} has no day", quoted(text))),
        Day::Of(found) => {
            let day = found.unwrap_or_else(|| local.date());
            moment(text, day, time, zone)
        }
        Day::Else => {
            let day = calendar(&rest, local.date())?;
            moment(text, day, time, zone)
        }
    }
}

/// Words that say nothing of the time.
const FILLERS: [&str; 5] = ["by", "on", "due", "until", "before"];

/// A day of the calendar, with its year, or else of this year if it is to come.
fn calendar(words: &[&str], today: Date) -> Result<Date, String> {
    let text = words.join(" ");
    let with_year = date::date(&text.as_str().into());
    let has_month = words.iter().any(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()));
    match with_year {
        Err(reason) if has_month && words.len() == 2 => {
            let this_year =
                date::date(&format!("{text} {}", today.year()).as_str().into()).map_err(|_| reason)?;
            if this_year < today {
                return Err(format!("{} is over this year; write it with its year", quoted(&text)));
            }
            Ok(this_year)
        }
        other => other,
    }
}

/// The one moment at which the clocks of the zone show this time of this day.
fn moment(text: &str, day: Date, time: Option<Time>, zone: Zone) -> Result<Timestamp, String> {
    let local = DateTime::from_parts(day, time.unwrap_or(END_OF_DAY));
    let name = zone.name();
    match zone.instants(local).as_slice() {
        [at] => Ok(*at),
        [] => Err(format!("{} is {local}, which the clocks in {name} skip on that day", quoted(text))),
        several => {
            let several: Vec<String> = several.iter().map(ToString::to_string).collect();
            let both = several.join(" or ");
            Err(format!(
                "{} is {local}, which the clocks in {name} show twice on that day: {both}",
                quoted(text)
            ))
        }
    }
}

const END_OF_DAY: Time = Time::constant(23, 59, 0, 0);

#[cfg(test)]
mod tests;
