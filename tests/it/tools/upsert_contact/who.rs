//! Who is meant: a contact by its id, a key that two people share, and the forms of a phone.

use serde_json::{Value, json};

use crate::support::{Crm, Person, contact, setup};

fn jane() -> Person {
    contact("jane")
        .email("jane@example.com")
        .phone("+14155550101")
        .first_name("Jane")
        .with("lastName", json!("Smith"))
        .with("companyName", json!("Acme"))
}

#[tokio::test]
async fn a_contact_found_by_a_shared_phone_is_not_renamed() {
    let crm = Crm::with(jane()).await;
    let before = crm.held("jane");
    let reply = crm
        .upsert(json!({
            "email": "bob.jones@example.com", "phone": "+14155550101", "firstName": "Bob", "lastName": "Jones",
            "companyName": "Babbage"
        }))
        .await;
    assert_eq!((reply.code(), reply.may_have_written()), ("conflict", "no"));
    insta::assert_snapshot!(reply.error(), @r#"The name is another too: it may be another person. The phone belongs to contact jane (Jane Smith), whose email is jane@example.com. Nothing was written. Ask who is meant. Send contactId to change that contact's email, or onConflict: "phone" to write the rest and leave its email, or leave out phone to make a new contact."#);
    assert_eq!(crm.held("jane"), before);
    insta::assert_snapshot!(crm.wire(), @"
    GET /contacts/search/duplicate?email=bob.jones@example.com -> 200
    GET /contacts/search/duplicate?number=+14155550101 -> 200
    ");
}

#[tokio::test]
async fn the_three_ways_on_after_a_shared_phone_do_what_they_say() {
    let sent = json!({ "email": "bob@example.com", "phone": "+14155550101", "city": "Rome" });
    let with = |more: Value| {
        let mut sent = sent.clone();
        sent.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        sent
    };
    let crm = Crm::with(jane()).await;
    assert_eq!(crm.upsert(with(json!({ "contactId": "jane" }))).await.outcome(), "updated");
    assert_eq!(
        (&crm.held("jane")["email"], &crm.held("jane")["city"]),
        (&json!("bob@example.com"), &json!("Rome"))
    );

    let crm = Crm::with(jane()).await;
    let reply = crm.upsert(with(json!({ "onConflict": "phone" }))).await;
    assert_eq!(reply.outcome(), "updated");
    assert_eq!(
        (&crm.held("jane")["email"], &crm.held("jane")["city"]),
        (&json!("jane@example.com"), &json!("Rome"))
    );
    assert!(reply.ok()["warnings"].to_string().contains("email was not written: the contact keeps its own"));

    let crm = Crm::with(jane()).await;
    let reply = crm.upsert(json!({ "email": "bob@example.com", "city": "Rome" })).await;
    assert_eq!((reply.outcome(), crm.count()), ("created", 2));
}

#[tokio::test]
async fn a_contact_found_by_its_email_gets_a_new_phone_unless_phones_come_first() {
    let sent = json!({ "email": "jane@example.com", "phone": "+14155550199" });
    let crm = Crm::with(jane()).await;
    assert_eq!(crm.upsert(sent.clone()).await.outcome(), "updated");
    assert_eq!(crm.held("jane")["phone"], "+14155550199");

    let phones_first = |options: &mut ghl_contacts_mcp::sandbox::Options| {
        options.unique_identifiers = vec!["phone".into(), "email".into()];
    };
    let crm = setup().with(jane()).options(phones_first).open().await.warmed_up().await;
    let reply = crm.upsert(sent.clone()).await;
    assert_eq!((reply.code(), &crm.held("jane")["phone"]), ("conflict", &json!("+14155550101")));
    let mut keep = sent;
    keep["onConflict"] = json!("email");
    keep["city"] = json!("Rome");
    assert_eq!(crm.upsert(keep).await.outcome(), "updated");
    assert_eq!(
        (&crm.held("jane")["phone"], &crm.held("jane")["city"]),
        (&json!("+14155550101"), &json!("Rome"))
    );
}

#[tokio::test]
async fn another_full_name_on_a_match_by_one_key_is_a_warning() {
    let crm = Crm::with(jane()).await;
    let reply =
        crm.upsert(json!({ "email": "jane@example.com", "firstName": "Bob", "lastName": "Jones" })).await;
    assert_eq!(reply.outcome(), "updated");
    assert!(
        reply.ok()["warnings"].to_string().contains("the contact was called Jane Smith"),
        "{}",
        reply.ok()
    );
}

#[tokio::test]
async fn a_contact_is_changed_by_its_id_and_its_email_too() {
    let crm = Crm::with(jane()).await.warmed_up().await;
    let reply = crm.upsert(json!({ "contactId": "jane", "email": "jane.smith@example.com" })).await;
    assert_eq!((reply.outcome(), &reply.ok()["matchedBy"]), ("updated", &json!("contactId")));
    assert_eq!((&crm.held("jane")["email"], crm.count()), (&json!("jane.smith@example.com"), 1));
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/jane -> 200
    GET /contacts/search/duplicate?email=jane.smith@example.com -> 200
    PUT /contacts/jane {"email":"jane.smith@example.com"} -> 200
    "#);
    crm.clear_wire();
    assert_eq!(crm.upsert(json!({ "contactId": "jane", "city": "Rome" })).await.outcome(), "updated");
    assert_eq!(crm.upsert(json!({ "contactId": "jane", "city": "Rome" })).await.outcome(), "unchanged");
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/jane -> 200
    PUT /contacts/jane {"city":"Rome"} -> 200
    GET /contacts/jane -> 200
    "#);
}

#[tokio::test]
async fn a_contact_without_keys_is_changed_by_its_id() {
    let crm = Crm::with(contact("walk-in").first_name("Walk-in")).await;
    let page = format!("https://app.gohighlevel.com/v2/location/{}/contacts/detail/walk-in", crm.location());
    let reply = crm.upsert(json!({ "contactId": page, "email": "ada@example.com", "tags": ["new"] })).await;
    assert_eq!((reply.outcome(), crm.count()), ("updated", 1));
    assert_eq!(
        (&crm.held("walk-in")["email"], &crm.held("walk-in")["tags"]),
        (&json!("ada@example.com"), &json!(["new"]))
    );
}

#[tokio::test]
async fn a_key_of_another_contact_is_not_given_to_this_one() {
    let crm = setup()
        .with(jane())
        .with(contact("bob").email("bob@example.com").phone("+14155550102"))
        .open()
        .await
        .warmed_up()
        .await;
    for (field, value) in [("email", "bob@example.com"), ("phone", "+14155550102")] {
        let mut sent = json!({ "contactId": "jane", "city": "Rome" });
        sent[field] = json!(value);
        let reply = crm.upsert(sent).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("conflict", "no"));
        assert!(
            reply.error().contains(&format!("The {field} belongs to another contact, bob")),
            "{}",
            reply.error()
        );
    }
    assert_eq!((crm.held("jane").get("city"), crm.sent("PUT")), (None, 0));
    let unknown = crm.upsert(json!({ "contactId": "unknown1", "city": "Rome" })).await;
    assert_eq!((unknown.code(), crm.count()), ("not_found", 2));
    let planned = crm.upsert(json!({ "contactId": "jane", "city": "Rome", "dryRun": true })).await;
    assert_eq!((planned.outcome(), crm.sent("PUT")), ("planned", 0));
}

#[tokio::test]
async fn a_phone_is_read_by_the_country_that_the_call_names_and_never_by_another() {
    for (phone, country, stored) in [
        ("310 555 1234", "CO", "+573105551234"),
        ("0301 5551234", "Pakistan", "+923015551234"),
        ("07911 123456", "United Kingdom", "+447911123456"),
        ("(415) 555-0101", "US", "+14155550101"),
    ] {
        let crm = Crm::empty().await;
        let reply =
            crm.upsert(json!({ "email": "ada@example.com", "phone": phone, "country": country })).await;
        assert_eq!(reply.outcome(), "created", "{phone}");
        assert_eq!(crm.held(&crm.id_of("ada@example.com"))["phone"], stored, "{phone} {country}");
    }
}

#[tokio::test]
async fn a_phone_that_the_contacts_country_reads_as_another_number_is_asked_back() {
    let crm = Crm::with(contact("gill").email("gill@example.com").with("country", json!("GB"))).await;
    let reply = crm.upsert(json!({ "email": "gill@example.com", "phone": "7817781645" })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"));
    insta::assert_snapshot!(reply.error(), @r#"phone "7817781645" can be read as +447817781645 (GB, the contact's country) or +17817781645 (US, the location's country). Nothing was written. Write the one that is meant, with + and its country code."#);
    // A number that is none in the location's country is the contact's.
    let reply = crm.upsert(json!({ "email": "gill@example.com", "phone": "07911 123456" })).await;
    assert_eq!(reply.outcome(), "updated");
    assert_eq!(crm.held("gill")["phone"], "+447911123456");
    assert!(
        reply.ok()["warnings"].to_string().contains("a number of GB, the contact's country"),
        "{}",
        reply.ok()
    );
}

#[tokio::test]
async fn a_number_in_an_older_form_of_its_country_is_the_same_contact() {
    for (stored, given) in [
        ("+5215512345678", "+525512345678"),
        ("+551187654321", "+5511987654321"),
        ("+541123456789", "+5491123456789"),
    ] {
        let crm = Crm::with(contact("ana").phone(stored).first_name("Ana")).await;
        let reply = crm.upsert(json!({ "phone": given, "city": "Rome" })).await;
        assert_eq!((reply.outcome(), crm.count()), ("updated", 1), "{stored} {given}");
        assert_eq!((&crm.held("ana")["phone"], &crm.held("ana")["city"]), (&json!(stored), &json!("Rome")));
        let read = crm.call("ghl_get_contact", json!({ "phone": given })).await;
        assert_eq!(read.ok()["contact"]["id"], "ana");
    }
}
