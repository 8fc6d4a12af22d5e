//! Rows 39 to 41: calls for many contacts, and too large arguments.

use std::collections::BTreeSet;
use std::time::Duration;

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};

use crate::support::{Crm, contact, setup};

#[tokio::test]
async fn row_39_failed_contacts_of_many_are_named() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    let reply = crm.call("ghl_add_tags", json!({ "contactIds": ["ada", "ghost"], "tags": ["vip"] })).await;
    let lines = reply.0.structured_content.as_ref().unwrap().to_string();
    assert!(lines.contains("ghost") && lines.contains("error"), "{lines}");
    assert_eq!(crm.held("ada")["tags"], json!(["vip"]));
    let posts = crm.sent("POST");
    assert_eq!(posts, 1);
}

/// A CRM with 25 contacts of one name.
async fn twenty_five_contacts() -> Crm {
    let mut people = setup().options(|options| options.search_lag = Duration::ZERO);
    for n in 0..25 {
        people = people.with(contact(&format!("c{n}")).first_name("Ada").email(&format!("c{n}@example.com")));
    }
    people.open().await
}

/// One page of ten of them: the ids, the next cursor, and the total.
async fn page(crm: &Crm, cursor: Option<Value>) -> (Vec<String>, Option<Value>, u64) {
    let mut arguments = json!({ "query": "Ada", "limit": 10 });
    if let Some(cursor) = cursor {
        arguments["cursor"] = cursor;
    }
    let reply = crm.call("ghl_search_contacts", arguments).await;
    let shown = reply.ok()["contacts"].as_array().unwrap().iter();
    let ids = shown.map(|contact| contact["id"].as_str().unwrap().to_owned()).collect();
    (ids, reply.ok().get("nextCursor").cloned(), reply.ok()["total"].as_u64().unwrap())
}

#[tokio::test]
async fn row_40_pages_end() {
    let crm = twenty_five_contacts().await;
    let (mut cursor, mut seen, mut pages) = (None, BTreeSet::new(), 0);
    loop {
        let (ids, next, total) = page(&crm, cursor).await;
        assert!(ids.into_iter().all(|id| seen.insert(id)));
        (cursor, pages) = (next, pages + 1);
        assert_eq!(total, 25);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!((seen.len(), pages, crm.requests().len()), (25, 3, 3));
    // An empty page is the last, even if the total says more.
    let body = json!({ "contacts": [], "total": 12_000 }).to_string();
    crm.next(Fault::answer(200, body));
    assert_eq!(page(&crm, None).await, (Vec::new(), None, 12_000));
}

#[tokio::test]
async fn row_40_a_repeated_page_is_the_last() {
    let crm = twenty_five_contacts().await;
    let (_, cursor, _) = page(&crm, None).await;
    let (same, _, _) = page(&crm, cursor.clone()).await;
    // HighLevel answers the second page again.
    let ends = |id: &String| json!({ "id": id, "firstName": "Ada", "searchAfter": [1, "same"] });
    let body = json!({ "contacts": same.iter().map(ends).collect::<Vec<_>>(), "total": 25 }).to_string();
    let again = || Fault::answer(200, body.clone());
    crm.next(again());
    let (_, cursor, _) = page(&crm, cursor).await;
    crm.next(again());
    let (ids, cursor, total) = page(&crm, cursor).await;
    assert_eq!((ids, cursor, total, crm.requests().len()), (same, None, 25, 4));
}

#[tokio::test]
async fn row_40_a_contact_deleted_between_pages_hides_no_other() {
    // The first one shown, the one at the cursor, and one of the next page.
    for victim in [0, 9, 12] {
        let whole = twenty_five_contacts().await;
        let (first, cursor, _) = page(&whole, None).await;
        let (second, _, _) = page(&whole, cursor).await;
        let order = [first, second].concat();

        let crm = twenty_five_contacts().await;
        let (mut seen, mut cursor, _) = page(&crm, None).await;
        assert_eq!(seen, order[..10], "the same town in the same order");
        crm.remove(&order[victim]);
        let mut pages = 1;
        while cursor.is_some() {
            let (ids, next, total) = page(&crm, cursor).await;
            assert_eq!(total, 24, "the total is current");
            seen.extend(ids);
            (cursor, pages) = (next, pages + 1);
        }
        let once: BTreeSet<_> = seen.iter().collect();
        assert_eq!(once.len(), seen.len(), "no contact is shown twice");
        assert_eq!(seen.len(), if victim < 10 { 25 } else { 24 });
        assert_eq!(seen.contains(&order[victim]), victim < 10);
        assert_eq!((pages, crm.requests().len()), (3, 3));
    }
}

#[tokio::test]
async fn row_40_if_the_rest_is_deleted_the_next_page_is_empty_and_last() {
    let crm = twenty_five_contacts().await;
    let (first, cursor, _) = page(&crm, None).await;
    for n in 0..25 {
        let id = format!("c{n}");
        if !first.contains(&id) {
            crm.remove(&id);
        }
    }
    assert_eq!(page(&crm, cursor).await, (Vec::new(), None, 10));
    assert_eq!(crm.requests().len(), 2);
}

#[tokio::test]
async fn row_41_a_too_large_argument_is_refused_by_name_without_a_request() {
    let crm = Crm::empty().await;
    let tags: Vec<_> = (0..10_000).map(|n| format!("t{n}")).collect();
    let ids: Vec<_> = (0..2_000).map(|n| format!("c{n}")).collect();
    for (tool, arguments, named) in [
        (
            "ghl_upsert_contact",
            json!({ "email": "a@example.com", "firstName": "x".repeat(900_000) }),
            "firstName",
        ),
        ("ghl_upsert_contact", json!({ "email": "a@example.com", "tags": tags }), "tags"),
        ("ghl_add_tags", json!({ "contactIds": ids, "tags": ["x"] }), "contactIds"),
    ] {
        let reply = crm.call(tool, arguments).await;
        assert_eq!(reply.code(), "invalid_arguments");
        assert!(reply.error().contains(named), "{}", reply.error());
    }
    assert_eq!(crm.requests().len(), 0);
}
