//! The number of requests to HighLevel that a call costs. They are scarce: all callers of a location share 100 in ten
//! seconds.
//!
//! In addition, the location's settings are read once in ten minutes, before the first write (they say whether several
//! contacts may have one e-mail), and the definitions of custom fields before the first call that names one.

use serde_json::{Value, json};

use crate::support::{Crm, Reply, contact, setup};

const PHONE: &str = "+14155550101";

/// The cost of a call. The receipt and the wire must agree.
async fn cost(crm: &Crm, arguments: Value) -> (Reply, usize) {
    crm.clear_wire();
    let reply = crm.upsert(arguments).await;
    let sent = crm.requests().len();
    assert_eq!(reply.ok()["requests"], sent, "the receipt counts what was sent");
    (reply, sent)
}

#[tokio::test]
async fn an_unchanged_contact_costs_one_request() {
    let crm = Crm::with(contact("ada").email("ada@example.com").first_name("Ada").tags(["vip"])).await;
    let arguments = json!({ "email": "ada@example.com", "firstName": "Ada", "tags": ["VIP"] });
    let (reply, sent) = cost(&crm, arguments).await;
    assert_eq!((reply.outcome(), sent), ("unchanged", 1));
}

#[tokio::test]
async fn a_new_contact_costs_two_requests_by_one_key_and_three_by_two() {
    let crm = Crm::empty().await.warmed_up().await;
    let (reply, sent) = cost(&crm, json!({ "email": "ada@example.com", "tags": ["vip"] })).await;
    assert_eq!((reply.outcome(), sent), ("created", 2));
    let (reply, sent) = cost(&crm, json!({ "email": "bob@example.com", "phone": PHONE })).await;
    // One more to read it back: HighLevel sometimes drops phones silently.
    assert_eq!((reply.outcome(), sent), ("created", 3 + 1));
}

#[tokio::test]
async fn an_update_costs_two_requests_and_three_with_tags() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await.warmed_up().await;
    let (reply, sent) = cost(&crm, json!({ "email": "ada@example.com", "city": "London" })).await;
    assert_eq!((reply.outcome(), sent), ("updated", 2));
    let (reply, sent) = cost(&crm, json!({ "email": "ada@example.com", "tags": ["vip"] })).await;
    assert_eq!((reply.outcome(), sent), ("updated", 2));
    let (reply, sent) =
        cost(&crm, json!({ "email": "ada@example.com", "city": "Paris", "tags": ["x"] })).await;
    assert_eq!((reply.outcome(), sent), ("updated", 3));
    let (reply, sent) = cost(&crm, json!({ "email": "ada@example.com", "companyName": "Acme" })).await;
    assert_eq!((reply.outcome(), sent), ("updated", 2 + 1));
}

#[tokio::test]
async fn the_location_is_read_once_in_ten_minutes_before_a_write() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    let (_, first) = cost(&crm, json!({ "email": "ada@example.com", "city": "London" })).await;
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/search/duplicate?email=ada@example.com -> 200
    GET /locations/{location} -> 200
    PUT /contacts/ada {"city":"London"} -> 200
    "#);
    let (_, second) = cost(&crm, json!({ "email": "ada@example.com", "city": "Paris" })).await;
    crm.clock().advance(std::time::Duration::from_secs(601));
    let (_, later) = cost(&crm, json!({ "email": "ada@example.com", "city": "Rome" })).await;
    assert_eq!((first, second, later), (3, 2, 3));
}

#[tokio::test]
async fn definitions_are_read_once_for_calls_at_the_same_time() {
    let crm = Crm::empty().await.warmed_up().await;
    let calls = (0..10).map(|n| {
        let email = format!("ada{n}@example.com");
        crm.upsert(json!({ "email": email, "customFields": [{ "id": "Job Title", "value": "CTO" }] }))
    });
    for reply in futures_util::future::join_all(calls).await {
        assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("created", &json!([])));
    }
    let reads = crm.requests().iter().filter(|line| line.contains("/customFields")).count();
    assert_eq!(reads, 1);
}

#[tokio::test]
async fn the_native_upsert_costs_one_request_and_two_with_tags() {
    let crm = setup().native().with(contact("ada").email("ada@example.com").tags(["old"])).open().await;
    let (reply, sent) = cost(&crm, json!({ "email": "ada@example.com", "city": "London" })).await;
    assert_eq!((reply.outcome(), sent), ("updated", 1));
    let (reply, sent) = cost(&crm, json!({ "email": "ada@example.com", "tags": ["new"] })).await;
    assert_eq!((reply.outcome(), sent), ("updated", 2));
    assert_eq!(crm.held("ada")["tags"], json!(["old", "new"]));
    insta::assert_snapshot!(crm.wire(), @r#"
    POST /contacts/upsert {"email":"ada@example.com"} -> 200
    POST /contacts/ada/tags {"tags":["new"]} -> 201
    "#);
}
