//! The time of day in a text.

use jiff::civil::Time;

/// Words for a part of the day, which are no time.
const PARTS: [&str; 12] = [
    "morning",
    "afternoon",
    "evening",
    "night",
    "tonight",
    "midnight",
    "eod",
    "cob",
    "lunchtime",
    "lunch",
    "asap",
    "eow",
];

/// The time of day among the words, and the other words.
///
/// # Errors
/// A word is no time that a clock shows, or can be read in two ways.
pub(crate) fn time_of_day<'a>(words: &[&'a str]) -> Result<(Option<Time>, Vec<&'a str>), String> {
    let (mut time, mut rest) = (None, Vec::new());
    let mut words = words.iter().copied().flat_map(split_iso).peekable();
    while let Some(word) = words.next() {
        let is_after_at = word == "at" || word == "@";
        if is_after_at && words.peek().is_none() {
            return Err(format!("ends with \"{word}\""));
        }
        let word = if is_after_at { words.next().unwrap_or_default() } else { word };
        if PARTS.contains(&word) {
            return Err(format!("has \"{word}\", which is no time of the clock"));
        }
        let half = words.peek().and_then(|next| half_of_day(next));
        let found = match (clock(word), half) {
            // `5 pm`
            (Some(found @ Found::Bare(..)), Some(half)) => {
                words.next();
                Some(found.with(half))
            }
            (Some(Found::Bare(_, _, Form::Number)), None) if !is_after_at => None,
            // `at 5` and `5:30`; `05:30` and `17` are of the clock of 24 hours.
            (Some(Found::Bare(1..=12, _, Form::Number) | Found::Bare(1..=11, _, Form::Short)), None) => {
                return Err(format!("has \"{word}\", which may be before or after noon"));
            }
            (None, _) => None,
            (Some(found), _) => Some(found.time()),
        };
        match found {
            None if is_after_at => return Err(format!("has \"{word}\", which is no time of day")),
            None => rest.push(word),
            Some(None) => return Err(format!("has \"{word}\", which no clock shows")),
            Some(Some(_)) if time.is_some() => return Err("has two times of day".to_owned()),
            Some(found) => time = found,
        }
    }
    Ok((time, rest))
}

/// `2026-12-01t17:00` is a day and a time.
fn split_iso(word: &str) -> Vec<&str> {
    let at = word.find('t').filter(|at| *at == 10 && word.as_bytes().first().is_some_and(u8::is_ascii_digit));
    match at.and_then(|at| Some((word.get(..at)?, word.get(at + 1..)?))) {
        Some((day, time)) => vec![day, time],
        None => vec![word],
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Am,
    Pm,
}

fn half_of_day(word: &str) -> Option<Half> {
    match word.replace('.', "").as_str() {
        "am" => Some(Half::Am),
        "pm" => Some(Half::Pm),
        _ => None,
    }
}

/// How an hour without a half of the day is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `17`, which may be a day.
    Number,
    /// `5:30`
    Short,
    /// `05:30`, `17:00`
    Full,
}

/// What a word says of the time.
#[derive(Debug, Clone, Copy)]
enum Found {
    /// Hour and minute.
    Bare(i8, i8, Form),
    /// With a half of the day.
    Halved(i8, i8, Half),
    Noon,
}

impl Found {
    fn with(self, half: Half) -> Option<Time> {
        match self {
            Self::Bare(hour, minute, _) => Self::Halved(hour, minute, half).time(),
            other => other.time(),
        }
    }

    /// None where no clock shows it.
    fn time(self) -> Option<Time> {
        match self {
            Self::Noon => Time::new(12, 0, 0, 0).ok(),
            Self::Bare(hour, minute, _) => Time::new(hour, minute, 0, 0).ok(),
            Self::Halved(hour, minute, half) if (1..=12).contains(&hour) => {
                let hour = hour % 12 + if half == Half::Pm { 12 } else { 0 };
                Time::new(hour, minute, 0, 0).ok()
            }
            Self::Halved(..) => None,
        }
    }
}

/// `17:00`, `17:00:00`, `5pm`, `5:30 pm`, `5.30pm`, `17h`, `noon`; a number alone too.
fn clock(word: &str) -> Option<Found> {
    if matches!(word, "noon" | "midday") {
        return Some(Found::Noon);
    }
    let digits = word.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.')).unwrap_or(word.len());
    let (clock, ending) = word.split_at(digits);
    let half = half_of_day(ending);
    if half.is_none() && !ending.is_empty() {
        return None;
    }
    let separator = if half.is_some() { &[':', '.'][..] } else { &[':'][..] };
    let mut numbers = clock
        .trim_end_matches('.')
        .split(separator)
        .map(|number| (number.len() <= 2).then(|| number.parse::<i8>().ok()).flatten());
    let hour = numbers.next()??;
    let is_short = clock.find(':') == Some(1);
    let written = numbers.next();
    let minute = match written {
        Some(minute) => minute?,
        None => 0,
    };
    // Seconds are dropped only where they are zero.
    if numbers.next().is_some_and(|second| second != Some(0)) || numbers.next().is_some() {
        return None;
    }
    let form = match written {
        None => Form::Number,
        Some(_) if is_short => Form::Short,
        Some(_) => Form::Full,
    };
    Some(half.map_or(Found::Bare(hour, minute, form), |half| Found::Halved(hour, minute, half)))
}
