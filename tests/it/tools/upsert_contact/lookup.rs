//! Which contact is meant: by e-mail, by phone, by both, and in ambiguous cases.

use serde_json::json;

use crate::support::{Crm, contact, setup};

const PHONE: &str = "+14155550101";

#[tokio::test]
async fn an_unknown_email_creates_the_contact() {
    let crm = Crm::empty().await;
    let reply = crm.upsert(json!({ "email": " Ada@Example.com ", "firstName": "Ada" })).await;
    assert_eq!(reply.outcome(), "created");
    assert_eq!(reply.ok()["matchedBy"], "none");
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/search/duplicate?email=ada@example.com -> 200
    GET /locations/{location} -> 200
    POST /contacts/ {"email":"ada@example.com","firstName":"Ada"} -> 201
    "#);
    assert_eq!(crm.count(), 1);
    assert_eq!(crm.held(&crm.id_of("ada@example.com"))["firstName"], "Ada");
}

#[tokio::test]
async fn a_contact_is_found_by_its_email_without_case() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    let reply = crm.upsert(json!({ "email": "ADA@example.com", "city": "London" })).await;
    assert_eq!((reply.outcome(), &reply.ok()["matchedBy"]), ("updated", &json!("email")));
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/search/duplicate?email=ada@example.com -> 200
    GET /locations/{location} -> 200
    PUT /contacts/ada {"city":"London"} -> 200
    "#);
    assert_eq!(crm.held("ada")["city"], "London");
    assert_eq!(crm.count(), 1);
}

#[tokio::test]
async fn a_contact_is_found_by_its_phone_in_any_notation() {
    for phone in ["+1 (415) 555-0101", "(415) 555-0101", "415-555-0101"] {
        let crm = Crm::with(contact("ada").phone(PHONE)).await;
        let reply = crm.upsert(json!({ "phone": phone, "city": "London" })).await;
        assert_eq!((reply.outcome(), &reply.ok()["matchedBy"]), ("updated", &json!("phone")), "{phone}");
        assert_eq!((crm.count(), &crm.held("ada")["city"]), (1, &json!("London")));
    }
}

#[tokio::test]
async fn the_first_answer_can_settle_both_keys() {
    let crm = Crm::with(contact("ada").email("ada@example.com").phone(PHONE)).await;
    let reply = crm.upsert(json!({ "email": "ada@example.com", "phone": PHONE })).await;
    assert_eq!(reply.outcome(), "unchanged");
    insta::assert_snapshot!(crm.wire(), @r"GET /contacts/search/duplicate?email=ada@example.com -> 200");
}

#[tokio::test]
async fn the_phone_is_looked_up_if_the_email_does_not_settle_it() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    let reply = crm.upsert(json!({ "email": "ada@example.com", "phone": PHONE })).await;
    assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("updated", &json!([])));
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/search/duplicate?email=ada@example.com -> 200
    GET /contacts/search/duplicate?number=+14155550101 -> 200
    GET /locations/{location} -> 200
    PUT /contacts/ada {"phone":"+14155550101"} -> 200
    GET /contacts/ada -> 200
    "#);
    assert_eq!(crm.held("ada")["phone"], PHONE);
}

#[tokio::test]
async fn a_location_with_unique_phones_is_asked_for_the_phone_first() {
    let setup = setup().options(|options| options.unique_identifiers = vec!["phone".into(), "email".into()]);
    let crm = setup.with(contact("ada").email("ada@example.com").phone(PHONE)).open().await.warmed_up().await;
    crm.upsert(json!({ "email": "ada@example.com", "phone": PHONE })).await.ok();
    insta::assert_snapshot!(crm.wire(), @r"GET /contacts/search/duplicate?number=+14155550101 -> 200");
}

#[tokio::test]
async fn a_key_that_need_not_be_unique_is_searched_for() {
    let setup = setup().options(|options| options.unique_identifiers = vec!["email".into()]);
    let crm = setup.with(contact("ada").phone(PHONE)).open().await;
    let reply = crm.upsert(json!({ "phone": PHONE, "firstName": "Ada" })).await;
    assert_eq!((reply.outcome(), &reply.ok()["matchedBy"]), ("updated", &json!("phone")));
    assert_eq!((crm.count(), &crm.held("ada")["firstName"]), (1, &json!("Ada")));
}

#[tokio::test]
async fn an_additional_email_finds_the_contact_and_stays_additional() {
    let ada = contact("ada").email("ada@example.com").additional_email("ada@home.example.com");
    let crm = Crm::with(ada).await;
    let reply = crm.upsert(json!({ "email": "ada@home.example.com", "city": "London" })).await;
    assert_eq!((reply.outcome(), &reply.ok()["matchedBy"]), ("updated", &json!("additionalEmail")));
    insta::assert_json_snapshot!(reply.ok()["warnings"], @r#"
    [
      "kept the primary email: the given one is an additional email of the contact"
    ]
    "#);
    let held = crm.held("ada");
    assert_eq!((&held["email"], &held["city"]), (&json!("ada@example.com"), &json!("London")));
    assert_eq!(held["additionalEmails"], json!([{ "email": "ada@home.example.com" }]));
}

#[tokio::test]
async fn an_additional_phone_finds_the_contact_and_stays_additional() {
    let crm = Crm::with(contact("ada").phone(PHONE).additional_phone("+14155550102")).await;
    let reply = crm.upsert(json!({ "phone": "+14155550102", "city": "London" })).await;
    assert_eq!((reply.outcome(), &reply.ok()["matchedBy"]), ("updated", &json!("additionalPhone")));
    assert_eq!(crm.held("ada")["phone"], PHONE);
}

fn ada_and_bob() -> crate::support::Setup {
    let ada = contact("ada").email("ada@example.com");
    setup().with(ada).with(contact("bob").phone(PHONE).email("bob@example.com"))
}

#[tokio::test]
async fn keys_of_two_contacts_are_refused_with_both_ids() {
    let crm = ada_and_bob().open().await;
    let reply = crm.upsert(json!({ "email": "ada@example.com", "phone": PHONE, "city": "London" })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("conflict", "no"));
    insta::assert_snapshot!(reply.error(), @r#"The email belongs to contact ada and the phone to contact bob. Nothing was written. Ask which contact is meant, or send onConflict: "email" or "phone" to write to one and leave the other's key alone."#);
    assert!(crm.requests().iter().all(|line| line.starts_with("GET ")));
    assert_eq!((&crm.held("ada")["city"], &crm.held("bob")["city"]), (&json!(null), &json!(null)));
}

#[tokio::test]
async fn on_conflict_email_writes_to_the_contact_with_the_email() {
    let crm = ada_and_bob().open().await;
    let arguments =
        json!({ "email": "ada@example.com", "phone": PHONE, "city": "London", "onConflict": "email" });
    let reply = crm.upsert(arguments).await;
    assert_eq!((reply.outcome(), &reply.ok()["contact"]["id"]), ("updated", &json!("ada")));
    insta::assert_json_snapshot!(reply.ok()["warnings"], @r#"
    [
      "phone was not written: it belongs to contact bob"
    ]
    "#);
    assert_eq!((&crm.held("ada")["phone"], &crm.held("bob")["phone"]), (&json!(null), &json!(PHONE)));
    assert_eq!((&crm.held("ada")["city"], &crm.held("bob")["city"]), (&json!("London"), &json!(null)));
}

#[tokio::test]
async fn on_conflict_phone_writes_to_the_contact_with_the_phone() {
    let crm = ada_and_bob().open().await;
    let arguments =
        json!({ "email": "ada@example.com", "phone": PHONE, "city": "London", "onConflict": "phone" });
    let reply = crm.upsert(arguments).await;
    assert_eq!((reply.outcome(), &reply.ok()["matchedBy"]), ("updated", &json!("phone")));
    assert_eq!(crm.held("bob")["email"], "bob@example.com");
    assert_eq!((&crm.held("ada")["city"], &crm.held("bob")["city"]), (&json!(null), &json!("London")));
}

#[tokio::test]
async fn several_contacts_with_one_email_are_refused_and_listed_newest_first() {
    let ada = |id: &str, date: &str| contact(id).email("ada@example.com").added(date);
    let old = ada("old", "2025-01-01T00:00:00.000Z");
    let new = ada("new", "2026-01-01T00:00:00.000Z");
    let mid = ada("mid", "2025-06-01T00:00:00.000Z");
    for warm in [false, true] {
        let setup = setup().duplicates_allowed().with(old.clone()).with(new.clone()).with(mid.clone());
        let mut crm = setup.open().await;
        if warm {
            crm = crm.warmed_up().await;
        }
        let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "London" })).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("ambiguous", "no"));
        assert_eq!(reply.failure()["contactId"], "new");
        assert!(
            reply.error().contains("3 contacts have this email; newest first: new, mid, old."),
            "{reply:?}"
        );
        assert!(crm.contacts().iter().all(|contact| contact["city"].is_null()));
    }
}

#[tokio::test]
async fn with_duplicates_allowed_a_single_contact_is_updated() {
    let setup = setup().duplicates_allowed().with(contact("ada").email("ada@example.com"));
    let crm = setup.open().await;
    let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "London" })).await;
    assert_eq!(reply.outcome(), "updated");
    assert_eq!((crm.count(), &crm.held("ada")["city"]), (1, &json!("London")));
}

#[tokio::test]
async fn a_token_that_may_not_read_the_location_still_writes() {
    let setup = setup().options(|options| options.denied_scopes = vec!["locations.readonly".into()]);
    let crm = setup.open().await;
    let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
    assert_eq!(reply.outcome(), "created");
    // A national phone needs the location's country.
    let reply = crm.upsert(json!({ "phone": "415-555-0101" })).await;
    assert_eq!(reply.code(), "invalid_arguments");
    assert_eq!(crm.count(), 1);
}
