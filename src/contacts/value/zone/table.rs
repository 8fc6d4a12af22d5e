//! The table of zones: a line holds a POSIX rule, the changes before it that it does not explain, and the zones that follow it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// `CST6 -360 25376400 -300 25678800<TAB>America/Mexico_City Mexico/General`: from 2018 an offset in minutes, the minute since
/// 1970 at which it changed, and so on; from the last such minute the rule holds.
const ZONES: &str = include_str!("zones.txt");
/// `America/New_York<TAB>Eastern Standard Time|Eastern Time`: the names of Windows (Unicode CLDR, `windowsZones`) and of Rails
/// (`ActiveSupport::TimeZone`).
const OTHER_NAMES: &str = include_str!("other_names.txt");

/// All zones.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    ZONES.lines().filter_map(|line| line.split_once('\t')).flat_map(|(_, names)| names.split(' '))
}

/// Other names of zones, with the zone.
pub(crate) fn other_names() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = OTHER_NAMES.lines().filter_map(|line| line.split_once('\t'));
    lines.flat_map(|(zone, names)| names.split('|').map(move |name| (name, zone)))
}

/// The rule of a zone as the table has it.
pub(crate) fn rule(zone: &str) -> Option<&'static str> {
    let mut lines = ZONES.lines().filter_map(|line| line.split_once('\t'));
    lines.find(|(_, names)| names.split(' ').any(|name| name == zone)).map(|(rule, _)| rule)
}

/// The offsets of a zone.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Offsets in minutes, each until a minute since 1970.
    changes: Vec<(i32, i64)>,
    after: TimeZone,
}

impl Rule {
    /// The rule of a zone.
    pub(crate) fn of(zone: &str) -> Option<Self> {
        let mut fields = rule(zone)?.split(' ');
        let after = TimeZone::posix(fields.next()?).ok()?;
        let numbers: Vec<i64> = fields.filter_map(|number| number.parse().ok()).collect();
        let pairs = numbers.chunks_exact(2).filter_map(|pair| match pair {
            [offset, until] => Some((i32::try_from(*offset).ok()?, *until)),
            _ => None,
        });
        Some(Self { changes: pairs.collect(), after })
    }

    /// Seconds east of UTC.
    pub(crate) fn offset(&self, time: Timestamp) -> i32 {
        let minute = time.as_second().div_euclid(60);
        let change = self.changes.iter().find(|(_, until)| minute < *until);
        change.map_or_else(|| self.after.to_offset(time).seconds(), |(offset, _)| offset * 60)
    }
}
