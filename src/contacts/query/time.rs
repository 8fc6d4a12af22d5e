//! The points in time of a range, in UTC.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::contacts::error::{Error, Subject};

/// The end of the day that a date without a time means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    /// 00:00:00.000 UTC.
    Start,
    /// 23:59:59.999 UTC.
    End,
}

/// Reads an RFC 3339 time, or a date, which means that edge of its day.
pub(crate) fn parse(subject: &Subject, text: &str, edge: Edge) -> Result<Timestamp, Error> {
    let text = text.trim();
    let whole_day = match edge {
        Edge::Start => "T00:00:00Z",
        Edge::End => "T23:59:59.999Z",
    };
    let is_date = text.len() == 10 && text.parse::<Date>().is_ok();
    let time = if is_date { format!("{text}{whole_day}").parse() } else { text.parse::<Timestamp>() };
    time.map_err(|_| {
        Error::invalid(subject.clone(), "is neither a date nor a time with its offset")
            .with_hint("write it like 2026-01-15 or 2026-01-15T08:30:00Z")
    })
}

/// The time in HighLevel's form: `2026-01-15T08:30:00.000Z`.
pub(crate) fn written(time: Timestamp) -> String {
    format!("{time:.3}")
}
