//! Rows 96 and 97: more than was asked for. An answer is at most 40,000 characters, and a page has at most `limit`
//! contacts; what is left out is said, and the next page begins with it.

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Map, Value, json};

use crate::support::{Crm, Reply};

const MIB: usize = 1024 * 1024;

fn answer(body: &Value) -> Fault {
    Fault::answer(200, body.to_string())
}

fn ids(reply: &Reply) -> Vec<String> {
    let contacts = reply.ok()["contacts"].as_array().unwrap();
    contacts.iter().map(|contact| contact["id"].as_str().unwrap().to_owned()).collect()
}

/// A found contact. Its place in the order is `at`.
fn found(at: usize, tags: &[String]) -> Value {
    json!({ "id": format!("c{at:03}"), "tags": tags, "searchAfter": [at, format!("c{at:03}")] })
}

#[tokio::test]
async fn row_96_a_contact_of_8_mb_is_cut_to_40_000_characters_and_the_model_is_told() {
    let crm = Crm::empty().await;
    let text = "x".repeat(900);
    let mut contact: Map<_, _> = (0..8_500).map(|at| (format!("more{at}"), json!(text))).collect();
    contact.insert("id".to_owned(), json!("ada"));
    contact.insert("email".to_owned(), json!("ada@example.com"));
    let body = json!({ "contact": contact });
    assert!(body.to_string().len() > 7 * MIB);
    crm.fault_on("GET", "/contacts/ada", answer(&body));
    let reply = crm.call("ghl_get_contact", json!({ "contactId": "ada", "fields": ["*"] })).await;
    let seen = reply.ok();
    assert!(reply.text().len() <= 40_000 && reply.text().len() > 10_000, "{}", reply.text().len());
    assert_eq!(
        (&seen["contact"]["id"], &seen["contact"]["email"]),
        (&json!("ada"), &json!("ada@example.com"))
    );
    assert_eq!(
        seen["note"],
        "This answer was larger than 40,000 characters and is cut: contact shows 53 of 8503; long texts end with …. \
         To see the rest, ask for less in one call."
    );
    // What was cut can be read by name.
    crm.fault_on("GET", "/contacts/ada", answer(&body));
    let reply = crm.call("ghl_get_contact", json!({ "contactId": "ada", "fields": ["more8000"] })).await;
    assert_eq!(reply.ok()["contact"]["more8000"], text);
    assert!(reply.text().len() <= 40_000);
    // A name that HighLevel does not have may be a custom field's.
    let (read, definitions) =
        ("GET /contacts/ada -> 200", "GET /locations/{location}/customFields?model=contact -> 200");
    assert_eq!(crm.requests(), [read, read, definitions]);
}

#[tokio::test]
async fn row_96_a_page_of_8_mb_ends_early_and_the_next_page_begins_with_the_contact_left_out() {
    let crm = Crm::empty().await;
    let tags: Vec<_> = (0..400).map(|at| format!("{at:03}{}", "t".repeat(197))).collect();
    // One contact alone is larger than an answer.
    let sizes = |at: usize| if at == 30 { 400 } else { at % 50 };
    let all: Vec<_> = (1..=100).map(|at| found(at, &tags[..sizes(at)])).collect();
    let (mut seen, mut cursor, mut from, mut pages) = (Vec::new(), Value::Null, 0, 0);
    loop {
        let rest: Vec<_> = all[from..].iter().collect();
        crm.fault_on(
            "POST",
            "/contacts/search",
            answer(&json!({ "contacts": rest, "total": 100, "padding": "x".repeat(7 * MIB) })),
        );
        let reply =
            crm.call("ghl_search_contacts", json!({ "query": "a", "limit": 100, "cursor": cursor })).await;
        assert!(reply.text().len() <= 40_000, "{}", reply.text().len());
        seen.extend(ids(&reply));
        pages += 1;
        cursor = reply.ok()["nextCursor"].clone();
        if cursor.is_null() {
            break;
        }
        assert!(reply.ok()["note"].as_str().unwrap().contains("of this page are shown"));
        from = seen.len();
        assert_eq!(crm.requests().len(), pages);
    }
    let every: Vec<_> = (1..=100).map(|at| format!("c{at:03}")).collect();
    assert_eq!(seen, every);
    let last = crm.wire().lines().last().unwrap().to_owned();
    assert!(last.contains(&format!(r#""searchAfter":[{from},"c{from:03}"]"#)), "{last}");
}

#[tokio::test]
async fn row_97_a_limit_of_two_shows_two_of_five_and_continues_with_the_third() {
    let crm = Crm::empty().await;
    let page = |from: usize| {
        let contacts: Vec<_> = (from..=5).map(|at| found(at, &[])).collect();
        answer(&json!({ "contacts": contacts, "total": 5 }))
    };
    let (mut cursor, mut seen) = (Value::Null, Vec::new());
    for from in [1, 3, 5] {
        crm.fault_on("POST", "/contacts/search", page(from));
        let reply =
            crm.call("ghl_search_contacts", json!({ "query": "a", "limit": 2, "cursor": cursor })).await;
        seen.push(ids(&reply));
        cursor = reply.ok()["nextCursor"].clone();
    }
    assert_eq!(seen, [vec!["c001", "c002"], vec!["c003", "c004"], vec!["c005"]]);
    assert!(cursor.is_null());
    let order = r#""sort":[{"field":"dateAdded","direction":"desc"}]"#;
    let first = format!(r#"POST /contacts/search {{{order},"pageLimit":2,"query":"a"}} -> 200"#);
    let after = |at: usize| {
        format!(
            r#"POST /contacts/search {{"searchAfter":[{at},"c{at:03}"],"pageLimit":2,"query":"a",{order}}} -> 200"#
        )
    };
    assert_eq!(crm.wire(), [first, after(2), after(4)].join("\n"));
}
