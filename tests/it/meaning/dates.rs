//! Days, as a date of birth and as a custom field of the type DATE. It is the 1st of June 2026.

use serde_json::{Value, json};

use crate::meaning::{Expected, Holds, Refused, Table};

/// What is sent, and the day that it is.
const DAYS: [(&str, &str); 40] = [
    ("1990-09-25", "1990-09-25"),
    (" 1990-09-25 ", "1990-09-25"),
    ("1990-9-25", "1990-09-25"),
    ("1990/09/25", "1990-09-25"),
    ("1990.09.25", "1990-09-25"),
    ("1990_09_25", "1990-09-25"),
    ("19900925", "1990-09-25"),
    ("25091990", "1990-09-25"),
    ("09251990", "1990-09-25"),
    ("09/25/1990", "1990-09-25"),
    ("9/25/1990", "1990-09-25"),
    ("25/09/1990", "1990-09-25"),
    ("25.09.1990", "1990-09-25"),
    ("25-09-1990", "1990-09-25"),
    ("09-25-1990", "1990-09-25"),
    ("25 Sep 1990", "1990-09-25"),
    ("25-Sep-1990", "1990-09-25"),
    ("Sep 25 1990", "1990-09-25"),
    ("Sept. 25, 1990", "1990-09-25"),
    ("September 25, 1990", "1990-09-25"),
    ("september 25th 1990", "1990-09-25"),
    ("25th of September 1990", "1990-09-25"),
    ("1990 September 25", "1990-09-25"),
    ("Tuesday, September 25, 1990", "1990-09-25"),
    ("Tue, 25 Sep 1990 00:00:00 +0000", "1990-09-25"),
    ("1990-09-25T00:00:00.000Z", "1990-09-25"),
    ("1990-09-25T23:30:00-08:00", "1990-09-25"),
    ("1990-09-25 10:00:00", "1990-09-25"),
    ("09/25/1990 12:00:00 AM", "1990-09-25"),
    ("654220800000", "1990-09-25"),
    ("-86400000000", "1967-04-07"),
    ("05/05/1990", "1990-05-05"),
    ("2000-02-29", "2000-02-29"),
    ("1900-01-01", "1900-01-01"),
    ("May 1, 2026", "2026-05-01"),
    ("\u{202a}25.09.1990\u{202c}", "1990-09-25"),
    ("1990\u{2011}09\u{2011}25", "1990-09-25"),
    ("25\u{202f}September\u{a0}1990", "1990-09-25"),
    ("２５．０９．１９９０", "1990-09-25"),
    ("٢٥/٠٩/١٩٩٠", "1990-09-25"),
];

/// What is sent, and the words of the refusal of either field.
const NO_DAYS: [(&str, &str); 20] = [
    ("04/05/1990", "1990-04-05 or 1990-05-04"),
    ("4.5.1990", "1990-04-05 or 1990-05-04"),
    ("10111990", "1990-10-11 or 1990-11-10"),
    ("1990-02-29", "no day of the calendar"),
    ("1990-13-01", "no day of the calendar"),
    ("31.11.1990", "no day of the calendar"),
    ("1890-01-01", "from 1900 to 2199"),
    ("09/25/90", "a year of two digits"),
    ("25 Sep 90", "a year of two digits"),
    ("1990-09-25 garbage", "\"garbage\""),
    ("1990-09-25x", "\"x\""),
    ("1990-09-25 1991-09-25", "one day, one month and one year"),
    ("1990", "only a number"),
    ("33141", "only a number"),
    ("September 25", "one day, one month"),
    ("Monday, September 25, 1990", "another day of the week"),
    ("25 septembre 1990", "\"septembre\""),
    ("tomorrow", "no English month"),
    ("soon", "no English month"),
    ("1990-09-25?", "has \"?\""),
];

async fn both(table: &mut Table, text: &str, birthday: Expected, custom: Expected) {
    table.row(json!({}), json!({ "dateOfBirth": text }), birthday).await;
    table.row(json!({}), json!({ "customFields": { "Renewal Date": text } }), custom).await;
}

fn held(day: &str) -> (Expected, Expected) {
    let birthday = json!({ "dateOfBirth": format!("{day}T00:00:00.000Z") });
    (Holds(birthday), Holds(json!({ "customFields": { "Renewal Date": day } })))
}

#[tokio::test]
async fn a_day_with_one_reading_is_stored() {
    let mut table = Table::open().await;
    for (text, day) in DAYS {
        let (birthday, custom) = held(day);
        both(&mut table, text, birthday, custom).await;
    }
    for number in [json!(654_220_800_000_i64), json!(19_900_925)] {
        let (birthday, custom) = held("1990-09-25");
        table.row(json!({}), json!({ "dateOfBirth": number }), birthday).await;
        table.row(json!({}), json!({ "customFields": { "Renewal Date": number } }), custom).await;
    }
}

#[tokio::test]
async fn any_other_text_is_refused_with_what_is_wrong() {
    let mut table = Table::open().await;
    for (text, words) in NO_DAYS {
        both(&mut table, text, Refused(words), Refused(words)).await;
    }
    let lists: [Value; 2] = [json!(["1990-09-25", "1991-09-25"]), json!({ "day": 25 })];
    for value in lists {
        table
            .row(json!({}), json!({ "customFields": { "Renewal Date": value } }), Refused("takes a date"))
            .await;
    }
}

#[tokio::test]
async fn a_day_to_come_is_a_renewal_and_no_birthday() {
    let mut table = Table::open().await;
    for text in ["2026-06-03", "2090-09-25", "September 25, 2026", "25.09.2026", "12/25/2026"] {
        table.row(json!({}), json!({ "dateOfBirth": text }), Refused("lies in the future")).await;
    }
    for (text, day) in
        [("September 30, 2026", "2026-09-30"), ("30.09.2026", "2026-09-30"), ("2090-01-01", "2090-01-01")]
    {
        let (_, custom) = held(day);
        table.row(json!({}), json!({ "customFields": { "Renewal Date": text } }), custom).await;
    }
    // Of two readings one lies in the future.
    let (birthday, _) = held("2026-03-12");
    table.row(json!({}), json!({ "dateOfBirth": "12/03/2026" }), birthday).await;
}
