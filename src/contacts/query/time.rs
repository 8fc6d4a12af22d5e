//! The points in time of a range. A day is the location's day: HighLevel's own screens read it so.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use crate::contacts::error::{Error, Subject};
use crate::contacts::value::date;
use crate::contacts::value::text::quoted;
use crate::contacts::value::zone::Zone;

/// The end of the day that a date without a time means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    /// Its beginning.
    Start,
    /// Its last millisecond.
    End,
}

/// The beginning of a day, or its last millisecond.
fn edge_of(day: Date, edge: Edge, zone: Zone) -> Option<Timestamp> {
    let (start, next) = zone.day(day)?;
    match edge {
        Edge::Start => Some(start),
        Edge::End => Timestamp::from_millisecond(next.as_millisecond() - 1).ok(),
    }
}

/// Whether the text is a point in time by itself, so that no time zone is needed to read it.
pub(crate) fn is_absolute(text: &str) -> bool {
    text.trim().parse::<Timestamp>().is_ok()
}

/// Reads an RFC 3339 time, a time in the zone, or a day, which means that edge of it.
pub(crate) fn parse(subject: &Subject, text: &str, edge: Edge, zone: Zone) -> Result<Timestamp, Error> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    let invalid = |reason: String| {
        Error::invalid(subject.clone(), reason).with_hint("write it like 2026-01-15 or 2026-01-15T08:30:00Z")
    };
    let time = if text.contains(':') {
        let local = text.parse::<DateTime>();
        let local = local.map_err(|_| invalid(format!("{} is neither a date nor a time", quoted(text))))?;
        zone.at(local)
    } else {
        edge_of(date::date(&text.into()).map_err(invalid)?, edge, zone)
    };
    time.ok_or_else(|| invalid(format!("{} is too early or too late", quoted(text))))
}

/// The time in HighLevel's form: `2026-01-15T08:30:00.000Z`.
pub(crate) fn written(time: Timestamp) -> String {
    format!("{time:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(day: &str, zone: &str) -> [String; 2] {
        let zone = Zone::read(zone).unwrap();
        [Edge::Start, Edge::End].map(|edge| written(parse(&Subject::CreatedAfter, day, edge, zone).unwrap()))
    }

    #[test]
    fn a_day_is_the_day_of_the_zone() {
        assert_eq!(edges("2026-11-25", "UTC"), ["2026-11-25T00:00:00.000Z", "2026-11-25T23:59:59.999Z"]);
        assert_eq!(
            edges("2026-11-25", "America/New_York"),
            ["2026-11-25T05:00:00.000Z", "2026-11-26T04:59:59.999Z"]
        );
        // The day on which the clocks go back has 25 hours.
        assert_eq!(
            edges("2026-11-01", "America/New_York"),
            ["2026-11-01T04:00:00.000Z", "2026-11-02T04:59:59.999Z"]
        );
    }

    #[test]
    fn a_time_without_an_offset_is_the_zones() {
        let zone = Zone::read("Europe/Berlin").unwrap();
        let read = |text| parse(&Subject::CreatedAfter, text, Edge::Start, zone).map(written);
        assert_eq!(read("2026-07-01T10:00:00").unwrap(), "2026-07-01T08:00:00.000Z");
        assert_eq!(read("2026-07-01T10:00:00Z").unwrap(), "2026-07-01T10:00:00.000Z");
        assert_eq!(read("July 1, 2026").map_err(drop).ok(), read("2026-07-01").ok());
        assert!(read("soon").is_err());
    }
}
