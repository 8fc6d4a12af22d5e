use proptest::prelude::*;

use crate::contacts::value::number::{number, stored_number};
use crate::ghl::model::FieldValue;

#[test]
fn a_number_with_one_meaning_is_read() {
    for (text, expected) in [
        ("5", "5"),
        (" -5.25 ", "-5.25"),
        ("+5", "5"),
        ("\u{2212}5", "-5"),
        ("5-", "-5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("0.200", "0.2"),
        ("0,5", "0.5"),
        ("1,2", "1.2"),
        ("1200,50", "1200.5"),
        ("1234,567", "1234.567"),
        ("1,200.50", "1200.5"),
        ("1.200,50", "1200.5"),
        ("1.200,50 €", "1200.5"),
        ("1 200,50", "1200.5"),
        ("1\u{a0}200,50 €", "1200.5"),
        ("1\u{202f}200\u{202f}000", "1200000"),
        ("1 200", "1200"),
        ("1'200.50", "1200.5"),
        ("CHF 1’200.50", "1200.5"),
        ("1,200,000", "1200000"),
        ("1.200.000", "1200000"),
        ("12,34,567.89", "1234567.89"),
        ("₹1,20,000", "120000"),
        ("Rs. 1,20,000", "120000"),
        ("$1,200", "1200"),
        ("US$1,200", "1200"),
        ("$1,200 USD", "1200"),
        ("1,200 USD", "1200"),
        ("USD 1,200", "1200"),
        ("A$1,200", "1200"),
        ("£1,200", "1200"),
        ("¥1,200", "1200"),
        ("R$ 1.200,50", "1200.5"),
        ("-$1,200", "-1200"),
        ("$-1,200", "-1200"),
        ("- $ 5", "-5"),
        ("(500)", "-500"),
        ("($1,200.50)", "-1200.5"),
        ("$(500)", "-500"),
        ("12.50 €", "12.5"),
        ("€12,50", "12.5"),
        ("EUR 12,50", "12.5"),
        ("1200 kr", "1200"),
        ("1 200,50 zł", "1200.5"),
        ("1 200 Kč", "1200"),
        ("$1.5", "1.5"),
        ("$1,200.500", "1200.5"),
        ("1e3", "1000"),
        ("1.5E+6", "1500000"),
        ("2.5e-3", "0.0025"),
        ("٣", "3"),
        ("१,२०,०००", "120000"),
        ("１２００", "1200"),
        ("١٬٢٠٠٫٥٠", "1200.5"),
        ("9007199254740993", "9007199254740993"),
        ("\u{202a}1200\u{202c}", "1200"),
    ] {
        assert_eq!(number(&text.into()).map(|n| n.to_string()), Ok(expected.to_owned()), "{text:?}");
    }
}

#[test]
fn any_other_text_is_refused_with_what_is_wrong() {
    for (text, words) in [
        ("", "no digits"),
        ("x", "no digits"),
        ("NaN", "no digits"),
        ("inf", "no digits"),
        (".", "no digits"),
        ("1,200", "\"1,200\" can be read in two ways: write 1200 or 1.20"),
        ("1.200", "\"1.200\" can be read in two ways: write 1200 or 1.20"),
        ("€1,200", "two ways"),
        ("$1.200", "two ways"),
        ("123.456", "write 123456 or 123.4560"),
        ("12 00", "separators"),
        ("1,20.5", "separators"),
        ("0,200.5", "separators"),
        ("1.2.3", "separators"),
        ("1,,200.0", "separators"),
        ("1. 5", "separators"),
        ("1,200 500", "separators"),
        ("2026-01-15", "\"-\" between its digits"),
        ("10/20", "\"/\" between its digits"),
        ("1_000", "\"_\" between its digits"),
        ("1x5", "\"x\" between its digits"),
        ("5 to 10", "\"t\" between its digits"),
        ("5,", "\",\" beside the digits"),
        ("5%", "percentage"),
        ("12k", "shortened with \"k\""),
        ("$1.5M", "shortened with \"m\""),
        ("5 apples", "\"apples\" beside the digits"),
        ("$5 €", "two currencies"),
        ("$€5", "two currencies"),
        ("--5", "more than one sign"),
        ("-5-", "more than one sign"),
        ("(-5)", "more than one sign"),
        ("(5", "\"(\""),
        ("1e400", "too large"),
        ("12345678901234567890", "more digits"),
        ("0.1234567890123456789", "more digits"),
    ] {
        let reason = number(&text.into()).unwrap_err();
        assert!(reason.contains(words), "{text:?}: {reason}");
    }
    assert_eq!(number(&FieldValue::Bool(true)).unwrap_err(), "takes a number, not true");
    assert!(number(&"9".repeat(400).into()).is_err());
}

#[test]
fn a_stored_number_is_jsons() {
    for (text, expected) in [("1.200", "1.200"), ("1200", "1200"), ("$1,200", "1200"), ("-1.5", "-1.5")] {
        let read = stored_number(&text.into()).unwrap();
        assert_eq!(read.as_f64(), expected.parse::<f64>().ok(), "{text}");
    }
    assert_eq!(stored_number(&"many".into()), None);
}

proptest! {
    #[test]
    fn a_number_that_was_read_reads_the_same(text in "[-+(]?(US)?[$€]?[0-9][0-9., ']{0,12}\\)?( ?USD| ?€)?|\\PC{0,12}") {
        if let Ok(read) = number(&text.into()) {
            prop_assert_eq!(stored_number(&read.to_string().into()), Some(read.clone()));
            prop_assert_eq!(number(&FieldValue::Number(read.clone())), Ok(read));
        }
    }
}
