use proptest::prelude::*;

use super::*;

/// It is Wednesday 2026-11-25 12:00 in New York.
fn now() -> Timestamp {
    "2026-11-25T17:00:00Z".parse().unwrap()
}

fn new_york() -> Zone {
    Zone::read("America/New_York").unwrap()
}

fn read_at(text: &str, now: Timestamp) -> Result<String, String> {
    parse(text, now, Some(new_york())).map(|due| due.read).map_err(|error| error.to_string())
}

fn read(text: &str) -> Result<String, String> {
    read_at(text, now())
}

#[test]
fn a_due_date_is_read_as_a_person_says_it() {
    for (text, expected) in [
        ("tomorrow 5pm", "Thursday 2026-11-26 17:00"),
        ("Tomorrow at 5 PM", "Thursday 2026-11-26 17:00"),
        ("tomorrow, 5:30 p.m.", "Thursday 2026-11-26 17:30"),
        ("5pm tomorrow", "Thursday 2026-11-26 17:00"),
        ("tomorrow at 17:00", "Thursday 2026-11-26 17:00"),
        ("tomorrow at 17", "Thursday 2026-11-26 17:00"),
        ("tomorrow 05:30", "Thursday 2026-11-26 05:30"),
        ("tomorrow 12:30", "Thursday 2026-11-26 12:30"),
        ("tomorrow", "Thursday 2026-11-26 23:59"),
        ("today", "Wednesday 2026-11-25 23:59"),
        ("6pm", "Wednesday 2026-11-25 18:00"),
        ("noon tomorrow", "Thursday 2026-11-26 12:00"),
        ("tomorrow 12am", "Thursday 2026-11-26 00:00"),
        ("tomorrow 12pm", "Thursday 2026-11-26 12:00"),
        ("the day after tomorrow", "Friday 2026-11-27 23:59"),
        ("in 3 days", "Saturday 2026-11-28 23:59"),
        ("in 3 days at 9am", "Saturday 2026-11-28 09:00"),
        ("in a week", "Wednesday 2026-12-02 23:59"),
        ("in 2 hours", "Wednesday 2026-11-25 14:00"),
        ("in 90 minutes", "Wednesday 2026-11-25 13:30"),
        ("2026-12-01", "Tuesday 2026-12-01 23:59"),
        ("2026-12-01 17:00", "Tuesday 2026-12-01 17:00"),
        ("2026-12-01T17:00", "Tuesday 2026-12-01 17:00"),
        ("2026-12-01T17:00:00", "Tuesday 2026-12-01 17:00"),
        ("2026-12-01T17:00:00Z", "Tuesday 2026-12-01 12:00"),
        ("2026-12-01T17:00:00-08:00", "Tuesday 2026-12-01 20:00"),
        ("December 1, 2026 9am", "Tuesday 2026-12-01 09:00"),
        ("1 Dec 2026", "Tuesday 2026-12-01 23:59"),
        ("Dec 1", "Tuesday 2026-12-01 23:59"),
        ("Tuesday, December 1, 2026", "Tuesday 2026-12-01 23:59"),
        ("31.12.2026", "Thursday 2026-12-31 23:59"),
        ("Friday", "Friday 2026-11-27 23:59"),
        ("by Friday 3pm", "Friday 2026-11-27 15:00"),
        ("this Friday", "Friday 2026-11-27 23:59"),
        ("coming Monday", "Monday 2026-11-30 23:59"),
        ("next Wednesday", "Wednesday 2026-12-02 23:59"),
        ("next Tuesday", "Tuesday 2026-12-01 23:59"),
        ("\u{a0}tomorrow\u{202e} 5pm ", "Thursday 2026-11-26 17:00"),
    ] {
        assert_eq!(read(text), Ok(format!("{expected} (America/New_York)")), "{text}");
    }
}

#[test]
fn a_text_with_two_readings_or_none_is_refused_with_them() {
    for (text, words) in [
        ("", "is empty"),
        ("soon", "soon"),
        ("tomorrow at 5", "before or after noon"),
        ("tomorrow 5:30", "before or after noon"),
        ("tomorrow morning", "no time of the clock"),
        ("midnight", "no time of the clock"),
        ("EOD", "no time of the clock"),
        ("next Friday", "2026-11-27 or 2026-12-04"),
        ("Wednesday", "2026-11-25 or 2026-12-02"),
        ("next week", "names no day"),
        ("05.06.2027", "2027-05-06 or 2027-06-05"),
        ("yesterday", "in the past"),
        ("2020-01-01", "lies in the past"),
        ("9am", "lies in the past"),
        ("in 0 days at 9am", "lies in the past"),
        ("November 24", "over this year"),
        ("2026-02-30", "no day of the calendar"),
        ("tomorrow 25:00", "no clock shows"),
        ("tomorrow 13pm", "no clock shows"),
        ("tomorrow 5pm 6pm", "two times"),
        ("tomorrow at", "ends with"),
        ("in some days", "no number"),
        ("in 3 months", "only minutes, hours"),
        ("in 99999 days", "too late"),
        ("in 99999999999 days", "no number"),
        ("in 2 hours 5pm", "a number of hours"),
        ("null", "stands for no value"),
        ("1764547200000", "in the past"),
        ("friday the 13th of nevember 2026", "no English month"),
    ] {
        let error = read(text).unwrap_err();
        assert!(error.contains(words), "{text}: {error}");
    }
}

#[test]
fn a_time_that_the_clocks_skip_or_show_twice_is_refused() {
    // On 2027-03-14 the clocks in New York go from 02:00 to 03:00, on 2026-11-01 from 02:00 back to 01:00.
    assert!(read("2027-03-14 02:30").unwrap_err().contains("skip on that day"));
    assert_eq!(read("2027-03-14 03:00").unwrap(), "Sunday 2027-03-14 03:00 (America/New_York)");
    let october = "2026-10-30T12:00:00Z".parse().unwrap();
    let twice = read_at("2026-11-01 01:30", october).unwrap_err();
    assert!(twice.contains("2026-11-01T05:30:00Z or 2026-11-01T06:30:00Z"), "{twice}");
    assert!(read_at("2026-11-01T01:30:00-04:00", october).is_ok());
}

#[test]
fn the_day_is_the_locations_and_not_that_of_utc() {
    // 03:00 in UTC is still the evening before in New York.
    let night = "2026-11-26T03:00:00Z".parse().unwrap();
    assert_eq!(read_at("tomorrow", night).unwrap(), "Thursday 2026-11-26 23:59 (America/New_York)");
    assert_eq!(
        read_at("next Sunday", "2026-11-28T17:00:00Z".parse().unwrap()).unwrap_err().matches("2026-").count(),
        2
    );
    assert!(parse("tomorrow", now(), None).unwrap_err().to_string().contains("time zone is not known"));
    assert!(parse("2026-12-01T17:00:00Z", now(), None).is_ok());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_and_what_is_read_lies_ahead(text in "(\\PC| |tomorrow|next|friday|in|[0-9:apm-]){0,12}") {
        if let Ok(due) = parse(&text, now(), Some(new_york())) {
            prop_assert!(due.at > now());
        }
    }
}
