//! Phones as people of 29 countries write them, in a location of the United States.

use serde_json::json;

use crate::meaning::{Holds, Refused, Table, same};

/// A country, a mobile in E.164, and the ways in which sheets of that country hold it.
const MOBILES: [(&str, &str, &[&str]); 29] = [
    ("US", "+13105551234", &["310 555 1234", "(310) 555-1234", "1-310-555-1234", "3105551234"]),
    ("CA", "+14165551234", &["416 555 1234", "(416) 555-1234", "1 416 555 1234"]),
    (
        "MX",
        "+525512345678",
        &["55 1234 5678", "5512345678", "(55) 1234-5678", "044 55 1234 5678", "01 55 1234 5678"],
    ),
    ("CO", "+573105551234", &["310 555 1234", "3105551234", "573105551234"]),
    ("BR", "+5511987654321", &["(11) 98765-4321", "11 98765 4321", "011 98765-4321", "0 15 11 98765-4321"]),
    ("AR", "+5491123456789", &["011 15-2345-6789", "11 15 2345 6789", "9 11 2345-6789"]),
    ("CL", "+56961234567", &["9 6123 4567", "961234567"]),
    ("PE", "+51912345678", &["912 345 678", "912345678"]),
    ("GB", "+447817781645", &["07817 781645", "07817781645", "7817781645", "(07817) 781-645"]),
    ("IE", "+353851234567", &["085 123 4567", "0851234567", "851234567"]),
    ("DE", "+4915112345678", &["0151 12345678", "0151/12345678", "15112345678", "4915112345678"]),
    ("AT", "+436641234567", &["0664 1234567", "0664/1234567", "6641234567"]),
    ("CH", "+41781234567", &["078 123 45 67", "0781234567", "781234567"]),
    ("FR", "+33612345678", &["06 12 34 56 78", "0612345678", "612345678", "06.12.34.56.78"]),
    ("ES", "+34612345678", &["612 345 678", "612345678", "612 34 56 78"]),
    ("IT", "+393331234567", &["333 123 4567", "3331234567", "333/1234567", "393331234567"]),
    ("NL", "+31612345678", &["06 12345678", "06-12345678", "612345678"]),
    ("BE", "+32470123456", &["0470 12 34 56", "0470/12.34.56", "470123456"]),
    ("SE", "+46701234567", &["070-123 45 67", "0701234567", "701234567"]),
    ("NO", "+4740612345", &["406 12 345", "40612345"]),
    ("DK", "+4532123456", &["32 12 34 56", "32123456"]),
    ("PL", "+48512345678", &["512 345 678", "512345678", "512-345-678"]),
    ("PT", "+351912345678", &["912 345 678", "912345678"]),
    ("IN", "+918123456789", &["081234 56789", "81234 56789", "8123456789", "918123456789"]),
    ("AU", "+61412345678", &["0412 345 678", "0412345678", "412345678"]),
    ("NZ", "+64211234567", &["021 123 4567", "0211234567", "211234567"]),
    ("ZA", "+27711234567", &["071 123 4567", "0711234567", "711234567"]),
    ("JP", "+819012345678", &["090-1234-5678", "09012345678", "9012345678"]),
    ("CN", "+8613123456789", &["131 2345 6789", "13123456789"]),
];

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
        ("4.15556E+09", "a + that is not at the beginning"),
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
