//! A date taken apart: its numbers and words, without the time of day behind it.

use crate::contacts::value::text::quoted;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A part of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// Digits.
    Digits(&'a str),
    /// A month by its name, 1 to 12.
    Month(i8),
    /// A day of the week, Monday is 1.
    Weekday(i8),
}

/// The parts of the text before its time of day.
///
/// # Errors
/// A word that no date has.
pub(crate) fn parts(text: &str) -> Result<Vec<Part<'_>>, String> {
    let mut parts = Vec::new();
    for token in without_time(text)?.split([' ', ',', '/', '.', '-', '_']).filter(|token| !token.is_empty()) {
        // `25Sep1990` is written without spaces; `25th` has an ending.
        let mut rest = token;
        while let Some(first) = rest.chars().next() {
            let is_digit = first.is_ascii_digit();
            let end = rest.find(|c: char| c.is_ascii_digit() != is_digit).unwrap_or(rest.len());
            let (piece, next) = rest.split_at(end);
            parts.extend(if is_digit { Some(Part::Digits(piece)) } else { word(piece, parts.last())? });
            rest = next;
        }
    }
    Ok(parts)
}

fn word<'a>(word: &str, before: Option<&Part<'a>>) -> Result<Option<Part<'a>>, String> {
    let lower = word.to_lowercase();
    if matches!(lower.as_str(), "of" | "the")
        || matches!((lower.as_str(), before), ("st" | "nd" | "rd" | "th", Some(Part::Digits(_))))
    {
        return Ok(None);
    }
    let is = |name: &&str| {
        lower.len() >= 3 && (name.starts_with(&lower) || **name == lower)
            || lower == "sept" && **name == *"september"
    };
    let number = |at: Option<usize>| at.and_then(|at| i8::try_from(at + 1).ok());
    let month = number(MONTHS.iter().position(&is)).map(Part::Month);
    let weekday = || number(WEEKDAYS.iter().position(&is)).map(Part::Weekday);
    let part = month.or_else(weekday);
    part.map(Some).ok_or_else(|| format!("has {}, which is no English month", quoted(word)))
}

/// The text before a time of day. What stands behind has to be a time, so that nothing is dropped unread.
fn without_time(text: &str) -> Result<&str, String> {
    let Some(colon) = text.find(':') else { return Ok(text) };
    let before = text.get(..colon).unwrap_or_default();
    let hour = before.trim_end_matches(|c: char| c.is_ascii_digit());
    let (date, time) = text.split_at(hour.len());
    let date = date.strip_suffix(['T', 't']).unwrap_or(date).trim_end_matches([' ', ',']);
    if is_time(time) { Ok(date) } else { Err(format!("has {}, which is no time of day", quoted(time))) }
}

/// `10:30`, `10:30:00.000Z`, `12:00 AM`, `00:00:00 GMT+0200 (Central European Summer Time)`, `00:00-05:00`.
fn is_time(text: &str) -> bool {
    let clock_end = text.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(text.len());
    let (clock, zone) = text.split_at(clock_end);
    let numbers: Vec<&str> = clock.split(':').collect();
    let below =
        |text: &str, most: u8| (1..=2).contains(&text.len()) && text.parse::<u8>().is_ok_and(|n| n < most);
    let is_clock = match numbers.as_slice() {
        [hour, minute] => below(hour, 25) && below(minute, 60),
        [hour, minute, second] => {
            let (second, fraction) = second.split_once('.').unwrap_or((second, "0"));
            below(hour, 25)
                && below(minute, 60)
                && below(second, 61)
                && fraction.bytes().all(|b| b.is_ascii_digit())
        }
        _ => false,
    };
    is_clock && is_zone(zone)
}

fn is_zone(text: &str) -> bool {
    let named = match text.split_once(['(', '[']) {
        Some((zone, name)) if name.ends_with([')', ']']) => zone,
        Some(_) => return false,
        None => text,
    };
    let upper: String = named.to_uppercase().chars().filter(|c| !matches!(c, ' ' | '.' | ':')).collect();
    let half = upper.strip_prefix("AM").or_else(|| upper.strip_prefix("PM")).unwrap_or(&upper);
    let offset = half.strip_prefix("GMT").or_else(|| half.strip_prefix("UTC")).unwrap_or(half);
    let digits = offset.strip_prefix(['+', '-']).unwrap_or("none");
    matches!(offset, "" | "Z") || matches!(digits.len(), 1..=4) && digits.bytes().all(|b| b.is_ascii_digit())
}
