use super::*;
use proptest::prelude::*;

use crate::contacts::error::Subject;
use crate::contacts::query::{Query, SortBy};
use crate::ghl::model::Direction;

fn page(count: usize, search_after: &str) -> Page {
    let json = format!(r#"{{"id":"c1","searchAfter":{search_after}}}"#);
    Page { contacts: vec![serde_json::from_str(&json).unwrap(); count], unreadable: 0, total: None }
}

#[test]
fn a_cursor_continues_after_its_page_with_any_limit() {
    let query = Query { tags: vec!["vip".into()], limit: 2, ..Query::default() };
    let (_, fingerprint) = query.to_search("").unwrap();
    let cursor = next_cursor(&fingerprint, &page(2, r#"[1768435200000,"c1"]"#), 2).unwrap();
    assert!(cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    let next = Query { cursor: Some(cursor), limit: 100, ..query };
    let (search, fingerprint) = next.to_search("").unwrap();
    assert_eq!(search.search_after, Some(vec![1_768_435_200_000_u64.into(), "c1".into()]));
    assert_eq!(next_cursor(&fingerprint, &page(100, r#"[1768435200000,"c1"]"#), 100), None);
    assert!(next_cursor(&fingerprint, &page(100, r#"[1768435200001,"c2"]"#), 100).is_some());
}

#[test]
fn the_last_page_has_no_cursor() {
    let (_, fingerprint) = Query::default().to_search("").unwrap();
    for (count, after) in [(1, r#"[1,"c1"]"#), (0, "[]"), (2, "[]"), (2, "null"), (2, "[null]"), (2, "[[1]]")]
    {
        assert_eq!(next_cursor(&fingerprint, &page(count, after), 2), None, "{count} {after}");
    }
}

#[test]
fn the_longest_possible_cursor_is_accepted() {
    let (_, fingerprint) = Query::default().to_search("").unwrap();
    let cursor = |length: usize| {
        let after = format!(r#"["{}"]"#, "x".repeat(length));
        next_cursor(&fingerprint, &page(20, &after), 20)
    };
    let longest = (0..MAX_CHARS).rev().find_map(cursor).unwrap();
    assert_eq!(longest.len(), MAX_CHARS);
    assert!(Query { cursor: Some(longest), ..Query::default() }.to_search("").is_ok());
}

/// A cursor with any content and its correct checksum.
fn forged(json: &str) -> String {
    let check: Vec<u8> = Sha256::digest(json).into_iter().take(4).collect();
    URL_SAFE_NO_PAD.encode([check.as_slice(), json.as_bytes()].concat())
}

fn refusal(query: Query, cursor: String) -> String {
    match (Query { cursor: Some(cursor), ..query }).to_search("") {
        Err(Error::Invalid { subject: Subject::Cursor, reason, hint: Some(_) }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_damaged_old_or_foreign_cursor_is_refused_with_its_reason() {
    let (_, fingerprint) = Query::default().to_search("").unwrap();
    let good = next_cursor(&fingerprint, &page(20, r#"[1,"c1"]"#), 20).unwrap();
    let own = |version: u8, after: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(&good).unwrap();
        let content: serde_json::Value = serde_json::from_slice(&bytes[4..]).unwrap();
        forged(&format!(r#"{{"v":{version},"f":{},"a":{after}}}"#, content["f"]))
    };
    let mut flipped = good.clone().into_bytes();
    flipped[9] ^= 1;
    for cursor in [
        String::new(),
        "!".into(),
        "AAAA".into(),
        format!("{good}="),
        good[..good.len() - 4].to_owned(),
        String::from_utf8(flipped).unwrap(),
        "A".repeat(1_000_000),
        forged("{}"),
        own(1, "[]"),
        own(1, "[[1]]"),
        own(1, r#"[1,2,3,4,"c1"]"#),
    ] {
        assert_eq!(refusal(Query::default(), cursor), "is not one that a search answered");
    }
    assert!(refusal(Query::default(), own(2, r#"[1,"c1"]"#)).contains("version"));
    for other in [
        Query { tags: vec!["vip".into()], ..Query::default() },
        Query { sort: SortBy::Email, ..Query::default() },
        Query { direction: Direction::Asc, ..Query::default() },
        Query { query: Some("x".into()), ..Query::default() },
    ] {
        assert!(refusal(other, good.clone()).contains("other conditions"));
    }
}

fn any_scalar() -> impl Strategy<Value = FieldValue> {
    prop_oneof![
        any::<i64>().prop_map(|number| FieldValue::Number(number.into())),
        "[^ ]\\PC{0,30}".prop_map(FieldValue::from),
        any::<bool>().prop_map(FieldValue::Bool),
    ]
}

proptest! {
    #[test]
    fn a_cursor_is_read_as_it_was_written(after in prop::collection::vec(any_scalar(), 1..=4), tag in "[a-z]{1,9}") {
        let query = Query { tags: vec![tag], ..Query::default() };
        let (_, fingerprint) = query.to_search("").unwrap();
        let json = serde_json::to_string(&after).unwrap();
        if let Some(cursor) = next_cursor(&fingerprint, &page(20, &json), 20) {
            let (search, _) = Query { cursor: Some(cursor), ..query }.to_search("").unwrap();
            prop_assert_eq!(search.search_after, Some(after));
        }
    }

    #[test]
    fn a_forged_cursor_is_refused_as_a_cursor(text in "\\PC{0,80}", alphabet in "[A-Za-z0-9_-]{0,80}", json in "[{}\\[\\]\",:vfa0-9]{0,40}") {
        for cursor in [text, alphabet, forged(&json)] {
            let query = Query { cursor: Some(cursor), ..Query::default() };
            let refused = matches!(query.to_search(""), Err(Error::Invalid { subject: Subject::Cursor, .. }));
            prop_assert!(refused);
        }
    }
}
