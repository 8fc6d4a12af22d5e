//! The tool with the API of the recipes article: search by GET, no trailing slash, no tag endpoint.

use ghl_contacts_mcp::ghl::Dialect;
use serde_json::json;

use crate::support::{Crm, Person, contact, setup};

fn ada() -> Person {
    contact("ada").email("ada@example.com").tags(["old"])
}

#[tokio::test]
async fn every_call_of_the_articles_schema_works() {
    let full = json!({
        "email": "jane@example.com", "firstName": "Jane", "lastName": "Smith", "phone": "+14155550101",
        "tags": ["lead", "webinar-signup"]
    });
    for setup in [setup(), setup().recipe(), setup().recipe().dialect(Dialect::Recipe)] {
        let crm = setup.open().await;
        for (property, value) in full.as_object().unwrap() {
            let mut arguments = json!({ "email": "jane@example.com" });
            arguments[property] = value.clone();
            let reply = crm.upsert(arguments).await;
            assert_eq!(reply.ok()["notStored"], json!([]), "{property}");
        }
        assert_eq!(crm.upsert(full.clone()).await.outcome(), "unchanged");
        let held = crm.held(&crm.id_of("jane@example.com"));
        assert_eq!((&held["lastName"], &held["phone"]), (&json!("Smith"), &json!("+14155550101")));
        assert_eq!((&held["tags"], crm.count()), (&json!(["lead", "webinar-signup"]), 1));
    }
}

#[tokio::test]
async fn the_first_missing_route_selects_the_dialect() {
    let crm = setup().recipe().with(ada()).open().await;
    let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris", "tags": ["new"] })).await;
    assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("updated", &json!([])));
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/search/duplicate?email=ada@example.com -> 404
    GET /contacts/search?email=ada@example.com -> 200
    GET /locations/{location} -> 404
    PUT /contacts/ada {"city":"Paris"} -> 200
    GET /contacts/ada -> 200
    PUT /contacts/ada {"tags":["old","new"]} -> 200
    GET /contacts/ada -> 200
    "#);
    insta::assert_json_snapshot!(reply.ok()["warnings"], @r#"
    [
      "this HighLevel can only replace all tags: they were read, merged and written; a tag that another program added at the same moment may be lost"
    ]
    "#);
    assert_eq!(crm.held("ada")["tags"], json!(["old", "new"]));
    crm.clear_wire();
    crm.upsert(json!({ "email": "new@example.com", "firstName": "New", "tags": ["vip"] })).await.ok();
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/search?email=new@example.com -> 200
    POST /contacts {"email":"new@example.com","firstName":"New","tags":["vip"]} -> 201
    GET /contacts/search?email=new@example.com -> 200
    "#);
}

/// The article's recipe 2: an existing contact by its id. It merges the tags itself; here they are added.
#[tokio::test]
async fn recipe_2_changes_a_contact_by_its_id_in_either_api() {
    let jane = || {
        let jane =
            contact("jane").email("jane@example.com").first_name("Jane").with("lastName", json!("Smith"));
        jane.with("city", json!("Rome")).tags(["lead", "webinar-signup"])
    };
    for (setup, writes) in [
        (setup(), ["PUT /contacts/jane -> 200", "POST /contacts/jane/tags -> 201"].as_slice()),
        (
            setup().recipe().dialect(Dialect::Recipe),
            &["PUT /contacts/jane -> 200", "PUT /contacts/jane -> 200"],
        ),
    ] {
        let crm = setup.with(jane()).open().await.warmed_up().await;
        crm.clear_wire();
        let tags = json!(["lead", "webinar-signup", "qualified"]);
        let reply = crm
            .upsert(json!({ "contactId": "jane", "firstName": "Jane", "lastName": "Doe", "tags": tags }))
            .await;
        assert_eq!((reply.outcome(), &reply.ok()["matchedBy"]), ("updated", &json!("contactId")));
        assert_eq!(reply.ok()["tagsAdded"], json!(["qualified"]));
        let held = crm.held("jane");
        assert_eq!((&held["firstName"], &held["lastName"]), (&json!("Jane"), &json!("Doe")));
        // Unset fields keep their values, and so do the tags that are there.
        assert_eq!(
            (&held["email"], &held["city"], &held["tags"]),
            (&json!("jane@example.com"), &json!("Rome"), &tags)
        );
        let sent: Vec<String> = crm.requests().into_iter().filter(|line| !line.starts_with("GET ")).collect();
        assert_eq!(
            (sent.as_slice(), crm.count()),
            (writes.iter().map(ToString::to_string).collect::<Vec<_>>().as_slice(), 1)
        );
        let again = crm.upsert(json!({ "contactId": "jane", "lastName": "Doe", "tags": tags })).await;
        assert_eq!(again.outcome(), "unchanged");
    }
}

#[tokio::test]
async fn results_of_the_articles_fuzzy_search_are_compared_exactly() {
    let crm = setup().recipe().with(contact("joanna").email("joanna@example.com")).open().await;
    let reply = crm.upsert(json!({ "email": "anna@example.com", "firstName": "Anna" })).await;
    assert_eq!((reply.outcome(), crm.count()), ("created", 2));
    assert_eq!(crm.held("joanna")["firstName"], json!(null));
}

#[tokio::test]
async fn several_contacts_with_one_email_are_refused() {
    let twice = setup().recipe().with(ada()).with(contact("other").email("ada@example.com"));
    let crm = twice.open().await;
    assert_eq!(crm.upsert(json!({ "email": "ada@example.com", "city": "Paris" })).await.code(), "ambiguous");
}

#[tokio::test]
async fn a_duplicate_of_another_process_is_a_warning_in_the_recipes_dialect() {
    let crm = setup().recipe().open().await;
    crm.upsert(json!({ "email": "first@example.com" })).await.ok();
    crm.on_next("POST", "/contacts", |crm| {
        crm.insert(json!({ "id": "other", "email": "ada@example.com" }));
    });
    let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
    assert_eq!((reply.outcome(), &reply.ok()["possibleDuplicate"]), ("created", &json!("other")));
}

#[tokio::test]
async fn tags_overwritten_by_another_merge_are_restored() {
    let crm = setup().recipe().dialect(Dialect::Recipe).with(ada()).open().await;
    crm.upsert(json!({ "email": "ada@example.com", "tags": ["old"] })).await.ok();
    // Another process read before this PUT and writes after it. The new tag is gone until it is checked again.
    let overwrite =
        |crm: &Crm| crm.edit("ada", |ada| drop(ada.insert("tags".into(), json!(["old", "theirs"]))));
    let call = crm.upsert(json!({ "email": "ada@example.com", "tags": ["new"] }));
    let reply = crm.as_soon_as("PUT /contacts/ada -> 200", overwrite, call).await;
    assert_eq!(reply.outcome(), "updated");
    assert_eq!(crm.held("ada")["tags"], json!(["old", "theirs", "new"]));
}

#[tokio::test]
async fn a_tag_added_before_the_merge_is_kept() {
    let crm = setup().recipe().dialect(Dialect::Recipe).with(ada()).open().await;
    crm.on_next("GET", "/contacts/ada", |crm| {
        crm.edit("ada", |ada| drop(ada.insert("tags".into(), json!(["old", "by-workflow"]))));
    });
    crm.upsert(json!({ "email": "ada@example.com", "tags": ["new"] })).await.ok();
    assert_eq!(crm.held("ada")["tags"], json!(["old", "by-workflow", "new"]));
}

#[tokio::test]
async fn custom_fields_are_sent_by_id_in_the_articles_form() {
    let crm = setup().recipe().with(ada()).open().await;
    let title = crm.field("Job Title");
    let fields = json!([{ "id": title, "value": "CTO" }]);
    let reply = crm.upsert(json!({ "email": "ada@example.com", "customFields": fields })).await;
    assert_eq!((reply.outcome(), crm.custom("ada", "Job Title")), ("updated", json!("CTO")));
    // The article documents a 422 for an id that the location does not have.
    let strange = json!([{ "id": "NoSuchFieldInHere0000", "value": "CTO" }]);
    let reply = crm.upsert(json!({ "email": "ada@example.com", "customFields": strange })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("refused", "no"));
}

#[tokio::test]
async fn a_lost_create_is_found_by_the_articles_search() {
    let crm = setup().recipe().dialect(Dialect::Recipe).open().await;
    crm.fault_on("POST", "/contacts", ghl_contacts_mcp::sandbox::Fault::HangUp { apply: true });
    let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
    assert_eq!((reply.outcome(), crm.count()), ("created", 1));
}

#[tokio::test]
async fn native_upsert_falls_back_in_the_recipes_dialect() {
    let crm = setup().recipe().native().with(ada()).open().await;
    let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris" })).await;
    assert_eq!((reply.outcome(), &crm.held("ada")["city"], crm.count()), ("updated", &json!("Paris"), 1));
}
