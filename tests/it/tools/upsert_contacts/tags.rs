//! Tags that many contacts lack go by the bulk endpoint; none is removed.

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};

use crate::support::{Crm, contact, setup};
use crate::tools::upsert_contacts::{counts, list, people, said_of};

const BULK: &str = "POST /contacts/bulk/tags/update/add";

/// A CRM with so many of the people, who have another tag.
async fn with_people(count: usize) -> Crm {
    let mut setup = setup();
    for n in 0..count {
        let person = contact(&format!("c{n}")).email(&format!("p{n}@example.com"));
        setup = setup.with(person.first_name(&format!("P{n}")).tags(["old"]));
    }
    setup.open().await
}

fn tags_of(crm: &Crm, n: usize) -> Value {
    crm.held(&format!("c{n}"))["tags"].clone()
}

#[tokio::test]
async fn the_tags_of_a_hundred_and_twenty_contacts_take_three_requests() {
    let crm = with_people(120).await;
    let reply = list(&crm, people(0..120)).await;
    assert_eq!(counts(&reply), [0, 120, 0, 0, 0]);
    assert_eq!((crm.sent(BULK), crm.sent("POST /contacts/c")), (3, 0));
    // The lookups, the settings, and the location's tags, twice: the first reading did not have the new ones.
    assert_eq!(crm.requests().len(), 120 + 3 + 1 + 2);
    assert!((0..120).all(|n| tags_of(&crm, n) == json!(["old", "2026", "fair"])), "{}", tags_of(&crm, 0));
    assert_eq!(reply.ok()["changed"], json!({ "tags": 120 }));
    assert!(reply.ok()["warnings"][0].as_str().unwrap().contains("new to this location"));
    let again = list(&crm, people(0..120)).await;
    assert_eq!((counts(&again), again.ok()["requests"].as_u64()), ([0, 0, 120, 0, 0], Some(120)));
}

#[tokio::test]
async fn one_contact_is_tagged_by_its_own_endpoint_after_its_fields() {
    let crm = with_people(1).await;
    let row = json!([{ "email": "p0@example.com", "city": "London", "tags": ["OLD", "new"] }]);
    let reply = list(&crm, row).await;
    assert_eq!(counts(&reply), [0, 1, 0, 0, 0]);
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/search/duplicate?email=p0@example.com -> 200
    GET /locations/{location} -> 200
    PUT /contacts/c0 {"city":"London"} -> 200
    POST /contacts/c0/tags {"tags":["new"]} -> 201
    "#);
}

#[tokio::test]
async fn a_chunk_that_highlevel_refuses_is_halved_until_the_bad_one_is_alone() {
    let crm = with_people(60).await;
    // Sixteen refusals leave no chunk of more than a few contacts untried.
    crm.fault_on("POST", "/contacts/bulk/", Fault::answer(422, json!({ "message": "too many" }).to_string()));
    let reply = list(&crm, people(0..60)).await;
    assert_eq!(counts(&reply), [0, 60, 0, 0, 0]);
    let statuses: Vec<_> = crm
        .requests()
        .iter()
        .filter(|line| line.starts_with(BULK))
        .map(|line| line[BULK.len() + 4..].to_owned())
        .collect();
    assert_eq!(statuses.len(), 4, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| *status == "422").count(), 1);
    assert!((0..60).all(|n| tags_of(&crm, n) == json!(["old", "2026", "fair"])));
}

#[tokio::test]
async fn a_line_that_says_no_is_not_stored_and_the_other_contacts_are_tagged() {
    let crm = with_people(10).await;
    crm.on_next("POST", "/contacts/bulk/", |crm| crm.remove("c3"));
    let reply = list(&crm, people(0..10)).await;
    assert_eq!(counts(&reply), [0, 9, 1, 0, 0]);
    let said = said_of(&reply, 4);
    assert!(said.contains("\"field\":\"tags\"") && said.contains("not found"), "{said}");
    assert_eq!(tags_of(&crm, 4), json!(["old", "2026", "fair"]));
    assert_eq!(reply.ok()["resume"], json!([]));
}

#[tokio::test]
async fn tags_whose_answer_is_lost_are_unknown_and_the_rows_are_to_be_sent_again() {
    let crm = with_people(3).await;
    for _ in 0..4 {
        crm.fault_on("POST", "/contacts/bulk/", Fault::HangUp { apply: false });
    }
    let reply = list(&crm, people(0..3)).await;
    assert_eq!((counts(&reply)[3], &reply.ok()["resume"]), (0, &json!([1, 2, 3])), "{}", reply.text());
    assert!(said_of(&reply, 1).contains("may or may not have the tags"), "{}", reply.text());
    let again = list(&crm, people(0..3)).await;
    assert_eq!((counts(&again), &again.ok()["resume"]), ([0, 3, 0, 0, 0], &json!([])));
    assert!((0..3).all(|n| tags_of(&crm, n) == json!(["old", "2026", "fair"])));
}

#[tokio::test]
async fn a_workflow_that_tags_at_the_same_time_loses_nothing() {
    let crm = with_people(5).await;
    crm.on_next("POST", "/contacts/bulk/", |crm| {
        crm.edit("c2", |ada| ada["tags"].as_array_mut().unwrap().push(json!("by-workflow")));
    });
    list(&crm, people(0..5)).await.ok();
    assert_eq!(tags_of(&crm, 2), json!(["old", "by-workflow", "2026", "fair"]));
}

#[tokio::test]
async fn two_rows_of_one_contact_with_the_same_tags_send_them_once() {
    let crm = with_people(2).await;
    let row = |city: &str| json!({ "email": "p0@example.com", "city": city, "tags": ["vip"] });
    let reply =
        list(&crm, json!([row("Rome"), row("Paris"), { "email": "p1@example.com", "tags": ["vip"] }])).await;
    assert_eq!(counts(&reply), [0, 3, 0, 0, 0]);
    assert_eq!((crm.sent(BULK), tags_of(&crm, 0)), (1, json!(["old", "vip"])));
    assert_eq!(crm.held("c0")["city"], "Paris");
}

#[tokio::test]
async fn in_the_recipes_dialect_contacts_are_tagged_one_by_one() {
    let crm = setup()
        .recipe()
        .with(contact("c0").email("p0@example.com").tags(["old"]))
        .with(contact("c1").email("p1@example.com").tags(["old"]))
        .open()
        .await;
    let reply = list(&crm, people(0..3)).await;
    assert_eq!((counts(&reply), crm.count()), ([1, 2, 0, 0, 0], 3), "{}", reply.text());
    assert_eq!(tags_of(&crm, 1), json!(["old", "2026", "fair"]));
}

#[tokio::test]
async fn the_native_upsert_leaves_the_tags_to_the_list_too() {
    let crm = setup().native().with(contact("c0").email("p0@example.com").tags(["old"])).open().await;
    let reply = list(&crm, people(0..40)).await;
    assert_eq!(counts(&reply)[3], 0, "{}", reply.text());
    assert_eq!((crm.sent("POST /contacts/upsert"), crm.sent(BULK)), (40, 1));
    assert_eq!(tags_of(&crm, 0), json!(["old", "2026", "fair"]));
}
