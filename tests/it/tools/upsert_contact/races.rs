//! Simultaneous calls: never two contacts for one e-mail, and no deadlock.

use std::time::Duration;

use futures_util::future::join_all;
use ghl_contacts_mcp::sandbox::Fault;
use serde_json::json;

use crate::support::{Setup, setup};

const WINDOW: Duration = Duration::from_millis(20);

/// A CRM that waits between its duplicate check and the insert, as HighLevel does.
fn slow() -> Setup {
    setup().options(|options| {
        options.insert_window = WINDOW;
        options.burst = 10_000;
    })
}

fn mixed_case(n: usize) -> String {
    let email = "ada@example.com";
    email
        .chars()
        .enumerate()
        .map(|(i, c)| if (n >> (i % 6)) & 1 == 1 { c.to_ascii_uppercase() } else { c })
        .collect()
}

#[tokio::test]
async fn fifty_upserts_of_one_email_in_mixed_case_make_one_contact() {
    let crm = slow().open().await;
    let calls = (0..50).map(|n| crm.upsert(json!({ "email": mixed_case(n), "tags": [format!("tag-{n}")] })));
    let replies = join_all(calls).await;
    let created = replies.iter().filter(|reply| reply.outcome() == "created").count();
    assert_eq!((created, crm.count()), (1, 1));
    let sent = crm.sent("POST /contacts/ ");
    assert_eq!(sent, 1);
    let held = crm.held(&crm.id_of("ada@example.com"));
    assert_eq!(held["tags"].as_array().unwrap().len(), 50, "no tag of any of them is lost");
}

#[tokio::test]
async fn crossed_keys_make_one_contact_and_no_deadlock() {
    let crm = slow().open().await;
    let calls = (0..40).map(|n| {
        let both = json!({ "email": "ada@example.com", "phone": "+14155550101" });
        crm.upsert(match n % 4 {
            0 => json!({ "phone": "+14155550101", "email": mixed_case(n) }),
            1 | 2 => both,
            _ => json!({ "phone": "(415) 555-0101", "email": "ada@example.com", "city": "London" }),
        })
    });
    for reply in join_all(calls).await {
        reply.ok();
    }
    assert_eq!(crm.count(), 1);
}

#[tokio::test]
async fn crossed_keys_of_two_contacts_each_end_in_one_outcome() {
    let crm = slow().open().await;
    let (ada, bob) = (("ada@example.com", "+14155550101"), ("bob@example.com", "+14155550102"));
    let calls = (0..40).map(|n| {
        let (email, phone) = match n % 4 {
            0 => ada,
            1 => bob,
            2 => (ada.0, bob.1),
            _ => (bob.0, ada.1),
        };
        crm.upsert(json!({ "email": email, "phone": phone }))
    });
    for reply in join_all(calls).await {
        assert!(!reply.is_error() || reply.code() == "conflict", "{reply:?}");
    }
    for email in [ada.0, bob.0] {
        assert!(crm.contacts().iter().filter(|contact| contact["email"] == email).count() <= 1);
    }
}

#[tokio::test]
async fn a_contact_created_by_a_faster_process_is_no_failure() {
    let crm = setup().open().await.warmed_up().await;
    crm.on_next("POST", "/contacts/", |crm| {
        crm.insert(json!({ "id": "other", "email": "ada@example.com", "tags": ["theirs"], "city": "Rome" }));
    });
    let reply = crm.upsert(json!({ "email": "ada@example.com", "firstName": "Ada", "tags": ["ours"] })).await;
    assert_eq!((reply.outcome(), &reply.ok()["matchedBy"]), ("updated", &json!("email")));
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/search/duplicate?email=ada@example.com -> 200
    POST /contacts/ {"email":"ada@example.com","firstName":"Ada","tags":["ours"]} -> 400
    GET /contacts/other -> 200
    PUT /contacts/other {"firstName":"Ada"} -> 200
    POST /contacts/other/tags {"tags":["ours"]} -> 201
    "#);
    let held = crm.held("other");
    assert_eq!((&held["firstName"], &held["city"]), (&json!("Ada"), &json!("Rome")));
    assert_eq!((&held["tags"], crm.count()), (&json!(["theirs", "ours"]), 1));
}

#[tokio::test]
async fn two_processes_make_one_contact_if_duplicates_are_forbidden() {
    let crm = setup().open().await;
    let other = crm.another_process().await;
    let call = json!({ "email": "ada@example.com", "firstName": "Ada" });
    let (one, two) = tokio::join!(crm.upsert(call.clone()), other.call("ghl_upsert_contact", call.clone()));
    let mut outcomes = [one.outcome(), two.outcome()];
    outcomes.sort_unstable();
    assert_eq!((outcomes, crm.count()), (["created", "unchanged"], 1));
}

#[tokio::test]
async fn a_duplicate_made_at_the_same_time_is_a_warning() {
    let crm = setup().duplicates_allowed().open().await;
    crm.on_next("POST", "/contacts/", |crm| {
        crm.insert(json!({ "id": "other", "email": "ada@example.com" }));
    });
    let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
    assert_eq!((reply.outcome(), &reply.ok()["possibleDuplicate"]), ("created", &json!("other")));
    assert_eq!(crm.count(), 2);
}

#[tokio::test]
async fn a_duplicate_shown_by_the_lookup_needs_no_search() {
    let crm = setup().duplicates_allowed().open().await.warmed_up().await;
    crm.on_next("POST", "/contacts/", |crm| {
        crm.insert(json!({ "id": "other", "email": "ada@example.com" }));
    });
    let theirs = json!({ "contact": { "id": "other", "email": "ada@example.com" } });
    let none = Fault::answer(200, r#"{"contact":null}"#);
    let shown = Fault::answer(200, theirs.to_string());
    crm.fault_on("GET", "/contacts/search/duplicate", none);
    crm.fault_on("GET", "/contacts/search/duplicate", shown);
    let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
    assert_eq!(reply.ok()["possibleDuplicate"], "other");
    insta::assert_snapshot!(crm.requests().join("\n"), @r"
    GET /contacts/search/duplicate?email=ada@example.com -> 200
    POST /contacts/ -> 201
    GET /contacts/search/duplicate?email=ada@example.com -> 200
    ");
}

#[tokio::test]
async fn without_a_duplicate_there_is_no_warning() {
    let crm = setup().duplicates_allowed().open().await;
    let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
    assert_eq!((reply.outcome(), reply.ok().get("possibleDuplicate")), ("created", None));
}

#[tokio::test]
async fn a_write_is_finished_if_its_client_leaves() {
    let crm = slow().open().await;
    let other = crm.another_process().await;
    let call =
        other.try_call("ghl_upsert_contact", json!({ "email": "ada@example.com", "firstName": "Ada" }));
    // The sandbox has received the create and has not answered it.
    let on_its_way = async {
        while !crm.requests().iter().any(|line| line.starts_with("POST /contacts/ ")) {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = call => panic!("the call was answered"),
        () = on_its_way => {}
    }
    other.leave().await;
    assert_eq!((crm.count(), &crm.held(&crm.id_of("ada@example.com"))["firstName"]), (1, &json!("Ada")));
}
