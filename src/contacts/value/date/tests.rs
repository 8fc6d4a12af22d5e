use jiff::civil::{Date, date as day};
use proptest::prelude::*;
use serde_json::Number;

use crate::contacts::value::date::{birthday, date, day_of, stored_date};
use crate::ghl::model::FieldValue;

const TODAY: Date = day(2026, 11, 26);

#[test]
fn a_date_with_one_meaning_is_read() {
    for (text, expected) in [
        ("2026-02-28", "2026-02-28"),
        (" 2024-02-29 ", "2024-02-29"),
        ("2026-1-5", "2026-01-05"),
        ("2026-01-15T23:30:00-08:00", "2026-01-15"),
        ("2026-01-15T00:00:00.000Z", "2026-01-15"),
        ("2026-01-15T00:00:00-05:00[America/New_York]", "2026-01-15"),
        ("2026-01-15 10:00:00", "2026-01-15"),
        ("2026-01-15 10:00 PM", "2026-01-15"),
        ("1990/09/25", "1990-09-25"),
        ("1990.09.25", "1990-09-25"),
        ("1990_09_25", "1990-09-25"),
        ("19900925", "1990-09-25"),
        ("25091990", "1990-09-25"),
        ("09251990", "1990-09-25"),
        ("12/25/2026", "2026-12-25"),
        ("25/12/2026", "2026-12-25"),
        ("1/13/2026", "2026-01-13"),
        ("05/05/2026", "2026-05-05"),
        ("25.09.1990", "1990-09-25"),
        ("25-09-1990", "1990-09-25"),
        ("09-25-1990", "1990-09-25"),
        ("09/25/1990 12:00:00 AM", "1990-09-25"),
        ("25 Sep 1990", "1990-09-25"),
        ("25-Sep-1990", "1990-09-25"),
        ("25Sep1990", "1990-09-25"),
        ("Sep 25 1990", "1990-09-25"),
        ("Sept. 25, 1990", "1990-09-25"),
        ("September 25, 1990", "1990-09-25"),
        ("SEPTEMBER 25TH, 1990", "1990-09-25"),
        ("25th of September 1990", "1990-09-25"),
        ("the 25th of September, 1990", "1990-09-25"),
        ("1990 September 25", "1990-09-25"),
        ("1990-Sep-25", "1990-09-25"),
        ("Tuesday, September 25, 1990", "1990-09-25"),
        ("Tue, 25 Sep 1990 00:00:00 +0000", "1990-09-25"),
        ("Tue Sep 25 1990 00:00:00 GMT+0200 (Central European Summer Time)", "1990-09-25"),
        ("May 1, 2026", "2026-05-01"),
        // The day of the week decides.
        ("Saturday 04/05/2025", "2025-04-05"),
        ("1768435200000", "2026-01-15"),
        ("654220800000", "1990-09-25"),
        ("-86400000000", "1967-04-07"),
        ("\u{202a}25.09.1990\u{202c}", "1990-09-25"),
        ("1990\u{2011}09\u{2011}25", "1990-09-25"),
        ("２５．０９．１９９０", "1990-09-25"),
        ("٢٥/٠٩/١٩٩٠", "1990-09-25"),
    ] {
        assert_eq!(date(&text.into()).map(|d| d.to_string()), Ok(expected.to_owned()), "{text:?}");
    }
    assert_eq!(date(&FieldValue::from(1_768_435_200_000_u64)).unwrap(), day(2026, 1, 15));
}

#[test]
fn any_other_text_is_refused_with_what_is_wrong() {
    for (text, words) in [
        ("", "is empty"),
        ("soon", "\"soon\", which is no English month"),
        ("2026-02-29", "no day of the calendar"),
        ("2026-13-01", "no day of the calendar"),
        ("0000-01-01", "no day of the calendar"),
        ("13/13/2026", "no day of the calendar"),
        ("02/30/2026", "no day of the calendar"),
        ("31.11.1990", "no day of the calendar"),
        ("04/05/1990", "\"04/05/1990\" can be read as 1990-04-05 or 1990-05-04"),
        ("04.05.1990", "can be read as 1990-04-05 or 1990-05-04"),
        ("4-5-1990", "can be read as 1990-04-05 or 1990-05-04"),
        ("10111990", "can be read as 1990-10-11 or 1990-11-10"),
        ("1/13/26", "a year of two digits"),
        ("25 Sep 90", "a year of two digits"),
        ("1990-09-25 garbage", "\"garbage\", which is no English month"),
        ("1990-09-25x", "\"x\""),
        ("2026-01-15Tx", "\"Tx\""),
        ("2026-01-15 10:00 at home", "\"10:00 at home\", which is no time of day"),
        ("2026-01-15 99:00", "no time of day"),
        ("25 septembre 1990", "\"septembre\", which is no English month"),
        ("25 de septiembre de 1990", "\"de\", which is no English month"),
        ("1990-09-25 1991-09-25", "one day, one month and one year"),
        ("1990", "only a number"),
        ("33141", "only a number"),
        ("September 1990", "one day, one month"),
        ("September 25", "one day, one month"),
        ("Monday, September 25, 1990", "another day of the week"),
        ("2026-01-15?", "has \"?\""),
        ("1999999999", "can be read as 1970-01-24 or 2033-05-18"),
        ("today", "no English month"),
    ] {
        let reason = date(&text.into()).unwrap_err();
        assert!(reason.contains(words) && reason.ends_with("YYYY-MM-DD"), "{text:?}: {reason}");
    }
    assert!(date(&FieldValue::from(5_u64)).is_err());
    assert!(date(&FieldValue::Bool(true)).is_err());
}

#[test]
fn a_birthday_lies_in_the_past_and_after_1900() {
    for text in [
        "1990-09-25",
        "1990/09/25",
        "1990-09-25T00:00:00.000Z",
        "1990_09_25",
        "09/25/1990",
        "25.09.1990",
        "654220800000",
    ] {
        assert_eq!(birthday(text, TODAY).unwrap(), "1990-09-25");
    }
    assert_eq!(birthday("2026-11-26", TODAY).unwrap(), "2026-11-26");
    // The other reading lies in the future.
    assert_eq!(birthday("12/10/2026", TODAY).unwrap(), "2026-10-12");
    for (text, words) in [
        ("2090-09-25", "2090-09-25 lies in the future"),
        ("2026-11-27", "lies in the future"),
        ("1890-09-25", "from 1900 to 2199"),
        ("1990-02-30", "no day of the calendar"),
        ("1990-09-25 garbage", "\"garbage\""),
        ("04/05/1990", "1990-04-05 or 1990-05-04"),
        ("soon", "no English month"),
    ] {
        let error = birthday(text, TODAY).unwrap_err().to_string();
        assert!(error.contains(words), "{text}: {error}");
    }
}

#[test]
fn a_stored_date_may_be_milliseconds() {
    for value in
        [FieldValue::from(1_768_435_200_000_u64), "1768435200000".into(), "2026-01-15T00:00:00Z".into()]
    {
        assert_eq!(stored_date(&value).unwrap().to_string(), "2026-01-15");
    }
    let float = |value: f64| FieldValue::Number(Number::from_f64(value).unwrap());
    assert_eq!(stored_date(&float(1_768_435_200_000.0)).unwrap().to_string(), "2026-01-15");
    for value in
        [FieldValue::from(u64::MAX), float(1_768_435_200_000.5), float(1e15), float(-1e300), float(1e300)]
    {
        assert_eq!(stored_date(&value), None, "{value:?}");
    }
    // A birthday of 1970 in a search's answer.
    assert_eq!(day_of("1999999999"), "1970-01-24");
    assert_eq!(day_of(" 1990-09-25T00:00:00.000Z"), "1990-09-25");
    assert_eq!(day_of("?"), "?");
}

proptest! {
    #[test]
    fn a_date_that_was_read_reads_the_same(text in "\\PC{0,16}|[0-9]{1,4}[-/. ][0-9A-Za-z]{1,4}[-/. ][0-9]{1,4}( [0-9:APMZ+]{1,8})?") {
        if let Ok(day) = date(&text.as_str().into()) {
            prop_assert_eq!(date(&day.to_string().into()), Ok(day));
        }
        day_of(&text);
    }
}
