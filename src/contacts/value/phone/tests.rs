mod mobiles;

use proptest::prelude::*;

use crate::contacts::value::country::Country;
use crate::contacts::value::phone::tests::mobiles::MOBILES;
use crate::contacts::value::phone::{Candidate, CountrySource, Phone};

fn of(code: &str, source: CountrySource) -> Candidate {
    Candidate { country: Country::parse(code).unwrap(), source }
}

/// Read by the call's country, in a location of the US.
fn given(text: &str, code: &str) -> Result<String, String> {
    let candidates = [of(code, CountrySource::Call), of("US", CountrySource::Location)];
    let read = Phone::read(text, &candidates);
    read.map(|read| read.phone.to_string()).map_err(|error| error.to_string())
}

#[test]
fn a_mobile_as_a_sheet_of_its_country_holds_it_is_a_number_of_that_country() {
    for (code, e164, ways) in MOBILES {
        let digits = &e164[1..];
        let always = [
            e164.to_owned(),
            format!("00{digits}"),
            format!("\u{202a}{e164}\u{202c}"),
            format!("tel:{e164}"),
            format!("whatsapp:{e164}"),
            format!("'{e164}"),
            format!("{digits}.0"),
            digits.to_owned(),
        ];
        for text in ways.iter().map(|way| (*way).to_owned()).chain(always) {
            assert_eq!(given(&text, code).as_deref(), Ok(e164), "{code} {text}");
            for (from, to) in
                [(" ", "\u{202f}"), (" ", "\u{2009}"), (" ", "\t"), ("-", "\u{2212}"), (" ", "·")]
            {
                assert_eq!(given(&text.replace(from, to), code).as_deref(), Ok(e164), "{code} {text}");
            }
        }
    }
}

#[test]
fn a_phone_becomes_e164() {
    let us = Country::parse("us");
    for (text, country, e164) in [
        ("+1 (415) 555-0101", None, "+14155550101"),
        ("(+1) 415 555 0101", None, "+14155550101"),
        ("(415) 555-0101", us, "+14155550101"),
        ("1-415-555-0101", us, "+14155550101"),
        ("14155550101", us, "+14155550101"),
        ("14155550101.0", us, "+14155550101"),
        ("415.555.0101", us, "+14155550101"),
        ("\"415 555 0101\"", us, "+14155550101"),
        ("011 44 20 7946 0018", us, "+442079460018"),
        ("020 7946 0018", Country::parse("GB"), "+442079460018"),
        ("+44 20 7946 0018", us, "+442079460018"),
        ("+44 (0)20 7946 0018", us, "+442079460018"),
        ("0044 (0) 20 7946 0018", us, "+442079460018"),
        ("+34 (0) 612 345 678", us, "+34612345678"),
        ("+39 06 6982", us, "+39066982"),
        ("４１５５５５０１０１", us, "+14155550101"),
        ("＋14155550101", None, "+14155550101"),
        ("٤١٥٥٥٥٠١٠١", us, "+14155550101"),
        ("tel:+1-415-555-0101", None, "+14155550101"),
        ("TEL:415 555 0101", us, "+14155550101"),
        ("'+14155550101", None, "+14155550101"),
        ("\u{2068}+14155550101\u{2069}", None, "+14155550101"),
        ("+1\u{2009}415\u{202f}555\u{2011}0101\u{200e}", None, "+14155550101"),
    ] {
        assert_eq!(Phone::parse(text, country).map_err(|e| e.to_string()).unwrap().as_str(), e164, "{text}");
    }
}

#[test]
fn any_other_text_is_refused_with_what_is_wrong() {
    let us = Country::parse("US");
    for (text, country, words) in [
        ("4155550101", None, "\"4155550101\" has no country code and no default country"),
        ("12", us, "\"12\" is not a number of US"),
        ("+", us, "is not a phone number"),
        ("", us, "is empty"),
        ("'", us, "is empty"),
        ("1-800-FLOWERS", us, "the letter \"F\""),
        ("4.15556E+09", us, "was shortened by a spreadsheet: its last digits are lost"),
        ("4,15556e9", us, "was shortened by a spreadsheet: its last digits are lost"),
        ("+1 415 555 0101 ext 3", us, "the extension \"3\""),
        ("+14155550101x3", us, "the extension \"3\""),
        ("tel:+14155550101;ext=22", us, "the extension \"22\""),
        ("020 7946 0018", us, "\"020 7946 0018\" is not a number of US, the default country"),
        ("+1415", us, "too few or too many digits"),
        ("00123", us, "too few or too many digits"),
        ("1234567890123456789012345678901234567890", us, "is not a number of US"),
        ("415_555_0101", us, "the character \"_\" (U+005F)"),
        ("415*5550101", us, "the character \"*\" (U+002A)"),
        ("☎4155550101", us, "the character \"☎\" (U+260E)"),
        ("++14155550101", us, "a + that is not at the beginning"),
        ("415+5550101", us, "a + that is not at the beginning"),
        ("+14155550101 +14155550102", us, "two phone numbers"),
        ("4155550101/4155550102", us, "two phone numbers"),
        ("4155550101, 4155550102", us, "two phone numbers"),
        ("4155550101 or 4155550102", us, "two phone numbers"),
        ("573105551234", us, "is not a number of US"),
    ] {
        let error = Phone::parse(text, country).unwrap_err().to_string();
        assert!(error.contains(words) && error.chars().count() < 300, "{text:?}: {error}");
    }
}

#[test]
fn a_number_without_a_code_that_is_two_numbers_is_refused_with_both() {
    use CountrySource::{Call, Configured, Contact, Location};
    for (text, candidates, expected) in [
        // The caller's own word decides.
        ("310 555 1234", vec![of("CO", Call), of("US", Location)], "+573105551234"),
        ("310 555 1234", vec![of("US", Location)], "+13105551234"),
        ("7817781645", vec![of("GB", Call), of("US", Location)], "+447817781645"),
        ("13052345678", vec![of("CN", Call), of("US", Location)], "+8613052345678"),
        // One reading in one of them, and none in the others.
        ("415 555 0101", vec![of("CO", Call), of("US", Location)], "+14155550101"),
        ("07817 781645", vec![of("GB", Contact), of("US", Location)], "+447817781645"),
        ("020 7946 0018", vec![of("US", Contact), of("GB", Configured)], "+442079460018"),
        ("573105551234", vec![of("CO", Contact), of("US", Location)], "+573105551234"),
        ("4155550101", vec![of("CA", Contact), of("US", Location)], "+14155550101"),
        // Two.
        (
            "7817781645",
            vec![of("GB", Contact), of("US", Location)],
            "can be read as +447817781645 (GB, the contact's country) or +17817781645 (US, the location's country)",
        ),
        (
            "310 555 1234",
            vec![of("CO", Contact), of("US", Configured)],
            "+573105551234 (CO, the contact's country) or",
        ),
        ("13052345678", vec![of("CN", Contact), of("US", Location)], "+8613052345678"),
        ("14155550101", vec![of("MX", Call), of("US", Location)], "+14155550101"),
        (
            "1 55 1234 5678",
            vec![of("MX", Call), of("US", Location)],
            "+525512345678 (MX, the country given) or +15512345678",
        ),
        ("521 55 1234 5678", vec![of("MX", Call), of("US", Location)], "+525512345678"),
        // None.
        ("12345", vec![of("CO", Call), of("US", Location)], "is not a number of CO, the country given or US"),
    ] {
        let said = match Phone::read(text, &candidates) {
            Ok(read) => read.phone.to_string(),
            Err(error) => error.to_string(),
        };
        assert!(said.contains(expected), "{text}: {said}");
    }
    let read = Phone::read("310 555 1234", &[of("CO", Call), of("US", Location)]).unwrap();
    assert_eq!(read.by, Some(of("CO", Call)));
    assert_eq!(Phone::read("+13105551234", &[of("CO", Call)]).unwrap().by, None);
}

#[test]
fn a_number_that_cannot_be_dialled_needs_its_country_code() {
    assert_eq!(Phone::parse("+1 555 555 0100", None).unwrap().as_str(), "+15555550100");
    assert!(Phone::parse("555 555 0100", Country::parse("US")).is_err());
}

#[test]
fn a_phone_of_forty_characters_is_still_read() {
    let padded = |spaces: usize| format!("+1{}4155550101", " ".repeat(spaces));
    assert_eq!(Phone::parse(&padded(28), None).unwrap().as_str(), "+14155550101");
    let error = Phone::parse(&padded(29), None).unwrap_err();
    assert_eq!(error.to_string(), "phone: is longer than 40 characters");
}

#[test]
fn a_contact_may_be_stored_under_another_form_of_its_number() {
    let forms =
        |e164: &str, home: &str| Phone::parse(e164, None).unwrap().same_person_forms(Country::parse(home));
    assert_eq!(forms("+525512345678", "US"), ["+5215512345678"]);
    assert_eq!(forms("+5491123456789", "US"), ["+541123456789"]);
    assert_eq!(forms("+541123456789", "US"), ["+5491123456789"]);
    assert_eq!(forms("+5511987654321", "US"), ["+551187654321"]);
    assert_eq!(forms("+551187654321", "US"), ["+5511987654321"]);
    assert_eq!(forms("+551132654321", "US"), [""; 0]);
    assert_eq!(forms("+14155550101", "GB"), [""; 0]);
    assert_eq!(forms("+14155550101", "US"), ["4155550101"]);
    assert_eq!(forms("+442079460018", "GB"), ["2079460018", "02079460018"]);
    let phone = Phone::parse("+52 1 55 1234 5678", None).unwrap();
    for stored in ["+5215512345678", "+525512345678", "+52 1 (55) 1234-5678"] {
        assert!(phone.is_written_as(stored, None), "{stored}");
    }
    assert!(!phone.is_written_as("5512345678", Country::parse("US")));
    assert!(phone.is_written_as("55 1234 5678", Country::parse("MX")));
    assert!(!phone.is_written_as("+525512345679", None));
}

proptest! {
    #[test]
    fn a_number_that_was_read_reads_the_same(text in "\\PC{0,20}|[+0(]{0,2}[0-9 ().-]{5,18}(x[0-9])?", code in "US|GB|DE|IT|MX|AR|BR|IN") {
        for source in [CountrySource::Call, CountrySource::Location] {
            if let Ok(read) = Phone::read(&text, &[of(&code, source), of("US", CountrySource::Location)]) {
                let again = Phone::read(read.phone.as_str(), &[]).unwrap();
                prop_assert_eq!(&again.phone, &read.phone);
                prop_assert!(again.phone.is_written_as(read.phone.as_str(), None));
            }
        }
    }
}

#[test]
fn a_stored_phone_is_read_in_the_country_where_it_is_a_number() {
    let (us, gb, ch) = (Country::parse("US"), Country::parse("GB"), Country::parse("CH"));
    let phone = |text: &str| Phone::parse(text, None).unwrap();
    for stored in [
        "+1 (415) 555-0101",
        "(415) 555-0101",
        "4155550101",
        "14155550101",
        "0014155550101",
        "00 1 415 555 0101",
        "011 1 415 555 0101",
        "1-415-555-0101",
        "415.555.0101",
        "＋１４１５５５５０１０１",
        "(+1) 415-555-0101",
    ] {
        assert!(phone("+14155550101").is_written_as(stored, us), "{stored}");
    }
    for (wanted, stored, countries) in [
        ("+14155550101", "4155550101", vec![]),
        ("+14155550101", "(415) 555-0102", vec![us]),
        ("+14155550101", "+4155550101", vec![us]),
        ("+442079460018", "020 7946 0018", vec![us]),
        // In the United States this is another number, although its digits are these.
        ("+6565123456", "6565123456", vec![us]),
        ("+14155550101", "", vec![us]),
    ] {
        assert!(!phone(wanted).is_written_as(stored, countries.into_iter().flatten()), "{wanted} {stored}");
    }
    assert!(phone("+442079460018").is_written_as("020 7946 0018", [gb, us].into_iter().flatten()));
    assert!(phone("+442079460018").is_written_as("442079460018", None));
    assert!(phone("+41445550101").is_written_as("044 555 01 01", ch));
}
