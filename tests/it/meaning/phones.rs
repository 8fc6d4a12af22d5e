//! Phones as people of 29 countries write them, in a location of the United States.

#[path = "../../../src/contacts/value/phone/tests/mobiles.rs"]
mod mobiles;

use serde_json::json;

use crate::meaning::phones::mobiles::MOBILES;
use crate::meaning::{Holds, Refused, Table, same};

#[tokio::test]
async fn a_mobile_with_its_country_is_a_number_of_that_country() {
    let mut table = Table::open().await;
    for (country, e164, ways) in MOBILES {
        let digits = &e164[1..];
        let more = [
            e164.to_owned(),
            format!("00{digits}"),
            format!("\u{2068}{}\u{2069}.0", ways[0].replace(' ', ""))
                .replace('(', "")
                .replace([')', '-', '/'], ""),
            format!("tel:{}", ways[0].replace(' ', "\u{202f}").replace('-', "\u{2212}")),
        ];
        for phone in ways.iter().map(|way| (*way).to_owned()).chain(more) {
            let sent = json!({ "phone": phone, "country": country });
            table.row(json!({}), sent, Holds(json!({ "phone": e164, "country": country }))).await;
        }
    }
    assert!(table.rows > 200, "{}", table.rows);
}

#[tokio::test]
async fn a_mobile_of_a_contact_whose_country_is_stored_is_never_a_number_of_another_country() {
    let mut table = Table::open().await;
    let mut refused = 0;
    for (country, e164, ways) in MOBILES {
        for phone in ways {
            let stored = json!({ "country": country });
            let (reply, before, after) = table.send(stored, json!({ "phone": phone })).await;
            let after = after.expect("the contact is there");
            if reply.is_error() {
                refused += 1;
                assert!(reply.error().contains("can be read as"), "{country} {phone}: {}", reply.error());
                assert!(reply.error().contains(e164), "{country} {phone}: {}", reply.error());
                assert_eq!((reply.may_have_written(), after), ("no", before), "{country} {phone}");
            } else {
                assert!(same(&after["phone"], &json!(e164)), "{country} {phone}: {after}");
            }
        }
    }
    assert!(refused < table.rows / 3, "{refused} of {}", table.rows);
}

#[tokio::test]
async fn a_text_that_is_no_phone_is_refused_with_what_is_wrong() {
    let mut table = Table::open().await;
    for (phone, words) in [
        ("1-800-FLOWERS", "the letter \"F\""),
        ("4.15556E+09", "was shortened by a spreadsheet: its last digits are lost"),
        ("+1 415 555 0101 ext 3", "the extension \"3\""),
        ("+14155550101x3", "the extension \"3\""),
        ("020 7946 0018", "\"020 7946 0018\" is not a number of US"),
        ("+1415", "too few or too many digits"),
        ("415_555_0101", "the character \"_\" (U+005F)"),
        ("☎4155550101", "the character \"☎\" (U+260E)"),
        ("+14155550101 +14155550102", "two phone numbers"),
        ("4155550101; 4155550102", "two phone numbers"),
        ("573105551234", "is not a number of US"),
        ("null", "the letter \"n\""),
        ("n/a", "the letter \"n\""),
        ("123", "is not a number of US"),
    ] {
        table.row(json!({}), json!({ "phone": phone }), Refused(words)).await;
    }
}

#[tokio::test]
async fn a_phone_that_is_stored_in_another_form_is_the_same_phone() {
    let mut table = Table::open().await;
    for (stored, country, sent) in [
        ("+5215512345678", "MX", "55 1234 5678"),
        ("+5215512345678", "MX", "+52 55 1234 5678"),
        ("+551187654321", "BR", "(11) 98765-4321"),
        ("+541123456789", "AR", "+54 9 11 2345-6789"),
        ("(415) 555-0101", "US", "+14155550101"),
        ("4155550101", "US", "415 555 0101"),
        ("07817 781645", "GB", "+447817781645"),
        ("7817781645", "GB", "+44 7817 781645"),
        ("0151/12345678", "DE", "+4915112345678"),
    ] {
        let contact = json!({ "phone": stored, "country": country });
        table.unchanged(contact, json!({ "phone": sent, "country": country })).await;
    }
}
