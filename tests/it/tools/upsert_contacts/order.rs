//! Rows of one contact are carried out in their order; no two rows make two contacts.

use serde_json::json;

use crate::support::{Crm, contact};
use crate::tools::upsert_contacts::{counts, list, people, said_of};

#[tokio::test]
async fn rows_that_share_an_email_a_phone_in_any_form_or_an_id_follow_each_other() {
    let crm = Crm::empty().await;
    let rows = json!([
        { "email": "ada@example.com", "city": "1" },
        { "email": "bob@example.com" },
        { "email": " ADA@example.com", "phone": "+1 (415) 555-0101", "city": "2" },
        { "phone": "415.555.0101", "country": "US", "city": "3" },
        { "phone": "tel:+14155550101", "city": "4" },
    ]);
    let reply = list(&crm, rows).await;
    assert_eq!((counts(&reply), crm.count()), ([2, 3, 0, 0, 0], 2), "{}", reply.text());
    let ada = crm.held(&crm.id_of("ada@example.com"));
    assert_eq!((&ada["city"], &ada["phone"]), (&json!("4"), &json!("+14155550101")));
}

#[tokio::test]
async fn the_same_contact_under_two_names_is_pointed_out() {
    let crm = Crm::empty().await;
    let rows = json!([
        { "email": "desk@example.com", "firstName": "Ada", "lastName": "Lovelace" },
        { "email": "desk@example.com", "firstName": "Bob", "lastName": "Hope" },
        { "email": "other@example.com", "firstName": "Cy", "lastName": "Young" },
    ]);
    let dry = crm.call("ghl_upsert_contacts", json!({ "contacts": rows, "dryRun": true })).await;
    for reply in [dry, list(&crm, rows).await] {
        assert!(said_of(&reply, 2).contains("of row 1 and another name"), "{}", reply.text());
        assert_eq!((said_of(&reply, 1), said_of(&reply, 3)), (String::new(), String::new()));
    }
    assert_eq!(crm.count(), 2);
}

#[tokio::test]
async fn five_hundred_rows_of_one_contact_make_one() {
    let crm = Crm::empty().await;
    let row = |n: usize| json!({ "email": "ada@example.com", "city": format!("City {n}") });
    let reply = list(&crm, (1..=500).map(row).collect()).await;
    assert_eq!((counts(&reply), crm.count()), ([1, 499, 0, 0, 0], 1));
    assert_eq!(crm.held(&crm.id_of("ada@example.com"))["city"], "City 500");
}

#[tokio::test]
async fn two_lists_and_a_single_call_at_once_make_no_contact_twice() {
    let crm = Crm::empty().await;
    let single = crm.upsert(json!({ "email": "p7@example.com", "city": "London" }));
    let (one, other, single) = tokio::join!(list(&crm, people(0..60)), list(&crm, people(0..60)), single);
    assert_eq!(crm.count(), 60);
    let made = counts(&one)[0] + counts(&other)[0] + u64::from(single.outcome() == "created");
    assert_eq!((made, counts(&one)[3], counts(&other)[3]), (60, 0, 0));
}

#[tokio::test]
async fn a_contact_made_by_another_program_at_the_same_time_is_updated() {
    let crm = Crm::empty().await.warmed_up().await;
    crm.on_next("POST", "/contacts/", |crm| {
        crm.insert(contact("ada").email("p0@example.com").tags(["old"]).into_value());
    });
    let reply = list(&crm, people(0..1)).await;
    assert_eq!((counts(&reply), crm.count()), ([0, 1, 0, 0, 0], 1));
    assert_eq!(crm.held("ada")["tags"], json!(["old", "2026", "fair"]));
}
