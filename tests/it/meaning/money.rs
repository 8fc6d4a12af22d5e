//! Amounts, in a custom field of the type MONETORY and in one of the type NUMERICAL.

use serde_json::json;

use crate::meaning::{Holds, Refused, Table};

/// What is sent, and the number that it is.
const AMOUNTS: [(&str, f64); 44] = [
    ("5", 5.0),
    (" -5.25 ", -5.25),
    ("+5", 5.0),
    ("\u{2212}5", -5.0),
    ("5-", -5.0),
    (".5", 0.5),
    ("5.", 5.0),
    ("0,5", 0.5),
    ("1200,50", 1200.5),
    ("1,200.50", 1200.5),
    ("1.200,50", 1200.5),
    ("1.200,50 €", 1200.5),
    ("1 200,50", 1200.5),
    ("1\u{a0}200,50 €", 1200.5),
    ("1\u{202f}200\u{202f}000", 1_200_000.0),
    ("1 200", 1200.0),
    ("1'200.50", 1200.5),
    ("CHF 1’200.50", 1200.5),
    ("1,200,000", 1_200_000.0),
    ("1.200.000", 1_200_000.0),
    ("12,34,567.89", 1_234_567.89),
    ("₹1,20,000", 120_000.0),
    ("Rs. 1,20,000", 120_000.0),
    ("$1,200", 1200.0),
    ("US$1,200", 1200.0),
    ("$1,200 USD", 1200.0),
    ("USD 1,200", 1200.0),
    ("A$1,200", 1200.0),
    ("£1,200", 1200.0),
    ("R$ 1.200,50", 1200.5),
    ("-$1,200", -1200.0),
    ("$-1,200", -1200.0),
    ("(500)", -500.0),
    ("($1,200.50)", -1200.5),
    ("12.50 €", 12.5),
    ("EUR 12,50", 12.5),
    ("1200 kr", 1200.0),
    ("1 200,50 zł", 1200.5),
    ("1e3", 1000.0),
    ("1.5E+6", 1_500_000.0),
    ("१,२०,०००", 120_000.0),
    ("１２００", 1200.0),
    ("١٬٢٠٠٫٥٠", 1200.5),
    ("\u{202a}1200\u{202c}", 1200.0),
];

const NO_AMOUNTS: [(&str, &str); 18] = [
    ("1,200", "can be read in two ways: write 1200 or 1.20"),
    ("1.200", "can be read in two ways: write 1200 or 1.20"),
    ("€1,200", "two ways"),
    ("$1.200", "two ways"),
    ("12 00", "separators"),
    ("1,20.5", "separators"),
    ("1.2.3", "separators"),
    ("10/20", "\"/\" between its digits"),
    ("5 to 10", "\"t\" between its digits"),
    ("5%", "percentage"),
    ("12k", "shortened with \"k\""),
    ("$1.5M", "shortened with \"m\""),
    ("5 apples", "\"apples\" beside the digits"),
    ("$5 €", "two currencies"),
    ("--5", "more than one sign"),
    ("(5", "\"(\""),
    ("a lot", "no digits"),
    ("1e400", "too large"),
];

#[tokio::test]
async fn an_amount_with_one_reading_is_stored_and_any_other_is_refused() {
    let mut table = Table::open().await;
    for field in ["Budget", "Lead Score"] {
        for (text, number) in AMOUNTS {
            let expected = Holds(json!({ "customFields": { field: number } }));
            table.row(json!({}), json!({ "customFields": { field: text } }), expected).await;
        }
        for (text, words) in NO_AMOUNTS {
            table.row(json!({}), json!({ "customFields": { field: text } }), Refused(words)).await;
        }
        for (value, number) in
            [(json!(1200), 1200.0), (json!(1200.5), 1200.5), (json!(0), 0.0), (json!(["5"]), 5.0)]
        {
            let expected = Holds(json!({ "customFields": { field: number } }));
            table.row(json!({}), json!({ "customFields": { field: value } }), expected).await;
        }
        for value in [json!([1, 2]), json!({ "amount": 5 })] {
            table
                .row(json!({}), json!({ "customFields": { field: value } }), Refused("takes one number"))
                .await;
        }
    }
}
