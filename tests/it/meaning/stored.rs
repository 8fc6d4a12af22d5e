//! A value that cannot be taken is refused where it would be written, and not where the contact holds it.

use serde_json::{Value, json};

use crate::meaning::with;
use crate::support::{Crm, contact, setup};

/// A user who has left, an option and a date that are gone, files, and a country and a zone that do not exist.
async fn odd() -> Crm {
    let crm = Crm::empty().await.warmed_up().await;
    let file =
        json!({ "u1": { "meta": { "originalname": "a.pdf" }, "url": "https://files.example.com/a.pdf" } });
    let custom: Vec<Value> = [
        ("Plan", json!("Legacy")),
        ("Interests", json!(["Golf", "Events"])),
        ("Renewal Date", json!("soon")),
        ("Assistant Phone", json!("12")),
        ("Billing Email", json!("no address")),
        ("Signed Contract", file),
    ]
    .into_iter()
    .map(|(name, value)| json!({ "id": crm.field(name), "value": value }))
    .collect();
    crm.insert(json!({
        "id": "ada", "email": "ada@example.com", "assignedTo": "aUserWhoHasLeft00001", "country": "Atlantis",
        "timezone": "Mars/Olympus", "dateOfBirth": "2090-01-01", "customFields": custom,
    }));
    crm
}

#[tokio::test]
async fn a_stored_value_that_cannot_be_taken_is_unchanged_when_it_is_sent_back() {
    let crm = odd().await;
    let before = crm.held("ada");
    let shown = crm.call("ghl_get_contact", json!({ "contactId": "ada", "fields": ["*"] })).await;
    let shown = shown.ok()["contact"].clone();
    // The users and the definitions are read once.
    crm.upsert(json!({ "contactId": "ada", "assignedTo": "aUserWhoHasLeft00001", "customFields": { "Plan": "Legacy" } })).await.ok();
    for (field, value) in [
        ("assignedTo", json!("aUserWhoHasLeft00001")),
        ("country", json!("Atlantis")),
        ("timezone", json!("Mars/Olympus")),
        ("dateOfBirth", json!("2090-01-01")),
        ("customFields", json!({ "Plan": "Legacy" })),
        ("customFields", json!({ "Interests": ["Events", "Golf"] })),
        ("customFields", json!({ "Renewal Date": "soon" })),
        ("customFields", json!({ "Assistant Phone": "12" })),
        ("customFields", json!({ "Billing Email": "no address" })),
        ("customFields", shown["customFields"].clone()),
    ] {
        for key in [json!({ "email": "ada@example.com" }), json!({ "contactId": "ada" })] {
            crm.clear_wire();
            let reply = crm.upsert(with(&key, &json!({ field: value }))).await;
            assert_eq!((reply.outcome(), crm.requests().len()), ("unchanged", 1), "{field} {value}");
            assert_eq!((crm.held("ada"), crm.sent("PUT ")), (before.clone(), 0), "{field} {value}");
        }
    }
}

#[tokio::test]
async fn the_rest_of_a_call_is_written_beside_a_stored_value_that_cannot_be_taken() {
    let crm = odd().await;
    let call = json!({
        "email": "ada@example.com", "city": "Rome", "assignedTo": "aUserWhoHasLeft00001",
        "customFields": { "Plan": "Legacy", "Job Title": "CTO" },
    });
    crm.clear_wire();
    assert_eq!(crm.upsert(call).await.outcome(), "updated");
    let held = crm.held("ada");
    assert_eq!((&held["city"], &held["assignedTo"]), (&json!("Rome"), &json!("aUserWhoHasLeft00001")));
    assert_eq!((crm.custom("ada", "Plan"), crm.custom("ada", "Job Title")), (json!("Legacy"), json!("CTO")));
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /users/ -> 200
    GET /locations/{location}/customFields?model=contact -> 200
    GET /contacts/search/duplicate?email=ada@example.com -> 200
    PUT /contacts/ada {"city":"Rome","customFields":[{"id":"{Job Title}","field_value":"CTO"}]} -> 200
    GET /contacts/ada -> 200
    "#);
}

#[tokio::test]
async fn another_value_that_cannot_be_taken_is_refused_and_nothing_is_written() {
    for (field, value, words) in [
        ("assignedTo", json!("anotherUserWhoLeft02"), "no user of this location"),
        ("assignedTo", json!("Someone Else"), "no user of this location"),
        ("country", json!("Lemuria"), "country"),
        ("timezone", json!("Mars/Phobos"), "time zone"),
        ("dateOfBirth", json!("2091-01-01"), "birth"),
        ("customFields", json!({ "Plan": "Golden" }), "Plan"),
        ("customFields", json!({ "Interests": ["Golf"] }), "Interests"),
        ("customFields", json!({ "Assistant Phone": "13" }), "Assistant Phone"),
    ] {
        let new = json!({ "email": "new@example.com" });
        for key in [json!({ "email": "ada@example.com" }), json!({ "contactId": "ada" }), new] {
            let crm = odd().await;
            let before = crm.held("ada");
            crm.clear_wire();
            let reply = crm.upsert(with(&key, &json!({ field: value, "city": "Rome", "tags": ["x"] }))).await;
            assert_eq!(
                (reply.code(), reply.may_have_written()),
                ("invalid_arguments", "no"),
                "{field} {value}"
            );
            assert!(reply.error().contains(words), "{}", reply.error());
            assert_eq!((crm.held("ada"), crm.count()), (before, 1), "{field} {value}");
            assert_eq!(crm.sent("PUT ") + crm.sent("POST "), 0, "{}", crm.wire());
        }
    }
}

#[tokio::test]
async fn a_lookup_that_leaves_the_stored_value_out_does_not_make_it_another_one() {
    let crm = odd().await;
    let short = json!({ "contact": { "id": "ada", "email": "ada@example.com" } });
    crm.fault_on(
        "GET",
        "/contacts/search/duplicate",
        ghl_contacts_mcp::sandbox::Fault::answer(200, short.to_string()),
    );
    let call = json!({ "email": "ada@example.com", "assignedTo": "aUserWhoHasLeft00001" });
    assert_eq!(crm.upsert(call).await.outcome(), "unchanged");
    assert_eq!(crm.sent("PUT "), 0);
}

/// What is stored of a custom phone, by the country that says what it is.
#[tokio::test]
async fn a_custom_phone_is_stored_as_the_contacts_phone_is() {
    for (country, own, sent, stored) in [
        (None, None, "(415) 555-0102", "+14155550102"),
        (None, None, "tel:415.555.0102", "+14155550102"),
        (None, None, "+44 20 7946 0018", "+442079460018"),
        (None, None, "0044 20 7946 0018", "+442079460018"),
        (Some("GB"), None, "020 7946 0018", "+442079460018"),
        (None, Some("GB"), "020 7946 0018", "+442079460018"),
        (Some("United Kingdom"), Some("US"), "020 7946 0018", "+442079460018"),
    ] {
        let mut person = contact("ada").email("ada@example.com");
        if let Some(own) = own {
            person = person.with("country", json!(own));
        }
        let crm = setup().with(person).open().await.warmed_up().await;
        let mut call = json!({ "email": "ada@example.com", "customFields": { "Assistant Phone": sent } });
        if let Some(country) = country {
            call["country"] = json!(country);
        }
        let reply = crm.upsert(call.clone()).await;
        assert_eq!(
            (reply.outcome(), crm.custom("ada", "Assistant Phone")),
            ("updated", json!(stored)),
            "{sent}"
        );
        let is_read = reply.ok()["warnings"].to_string().contains("Assistant Phone was read as");
        assert_eq!(is_read, !sent.starts_with(['+', '0']) || own.is_some() || country.is_some(), "{sent}");
        assert_eq!(crm.upsert(call).await.outcome(), "unchanged", "{sent}");
    }
}

#[tokio::test]
async fn a_custom_phone_with_two_readings_or_none_is_refused() {
    for (own, sent) in [
        ("US", "020 7946 0018"),
        ("GB", "7817781645"),
        ("US", "415-555-0102 ext 3"),
        ("US", "+14155550102 or +14155550103"),
        ("US", "1-800-FLOWERS"),
    ] {
        let person = contact("ada").email("ada@example.com").with("country", json!(own));
        let crm = setup().with(person).open().await.warmed_up().await;
        let before = crm.held("ada");
        let reply = crm
            .upsert(json!({ "email": "ada@example.com", "customFields": { "Assistant Phone": sent } }))
            .await;
        assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"), "{sent}");
        assert!(reply.error().contains("customFields"), "{}", reply.error());
        assert_eq!(crm.held("ada"), before);
    }
}

#[tokio::test]
async fn a_custom_phone_is_compared_as_a_phone() {
    for held in ["(415) 555-0102", "4155550102", "14155550102", "+1 415-555-0102", "0014155550102"] {
        let crm = Crm::empty().await.warmed_up().await;
        let custom = json!([{ "id": crm.field("Assistant Phone"), "value": held }]);
        crm.insert(json!({ "id": "ada", "email": "ada@example.com", "customFields": custom }));
        for sent in ["+14155550102", "(415) 555-0102", held] {
            let call = json!({ "email": "ada@example.com", "customFields": { "Assistant Phone": sent } });
            assert_eq!(crm.upsert(call).await.outcome(), "unchanged", "{held} {sent}");
        }
        assert_eq!(crm.custom("ada", "Assistant Phone"), json!(held));
    }
}
