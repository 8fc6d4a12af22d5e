//! Rows 60 to 67: a 200 whose body is not the answer to what was asked. Nothing is written from it, and nothing to
//! another contact.

use ghl_contacts_mcp::ghl::Dialect;
use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};

use crate::support::{Crm, contact, setup};

const LOOKUP: &str = "/contacts/search/duplicate";
const PHONE: &str = "+14155550101";

fn answer(body: &Value) -> Fault {
    Fault::answer(200, body.to_string())
}

/// Requests that write.
fn writes(crm: &Crm) -> usize {
    crm.requests().iter().filter(|line| !line.starts_with("GET ") && !line.contains("/search")).count()
}

#[tokio::test]
async fn row_60_a_lookup_that_is_no_answer_creates_no_contact() {
    for body in [
        "{}",
        "[]",
        "[null]",
        "null",
        "[{\"id\":\"x\"}]",
        r#"{"statusCode":504}"#,
        r#"{"contact":[]}"#,
        r#"{"contact":[null]}"#,
        r#"{"contact":"x"}"#,
        r#"{"contact":{}}"#,
        r#"{"contact":false}"#,
        r#"{"contact":{"email":"ada@example.com"}}"#,
        r#"{"contact":{"id":"a/b"}}"#,
        r#"{"contact":{"id":true,"email":"ada@example.com"}}"#,
        r#"{"contact":{"id":7,"email":"ada@example.com"}}"#,
        r#"{"Contact":null}"#,
        r#"{"contacts":[]}"#,
        r#"{"success":true}"#,
    ] {
        let crm = Crm::empty().await.warmed_up().await;
        crm.fault_on("GET", LOOKUP, Fault::answer(200, body));
        let reply = crm.upsert(json!({ "email": "ada@example.com", "firstName": "Ada" })).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("unreadable_answer", "no"), "{body}");
        assert_eq!((crm.requests().len(), crm.count()), (1, 0), "{body}");
        // One odd answer is one call's error.
        assert_eq!(crm.upsert(json!({ "email": "ada@example.com" })).await.outcome(), "created", "{body}");
    }
    let crm = Crm::empty().await.warmed_up().await;
    crm.fault_on("GET", LOOKUP, Fault::answer(200, r#"{"contact":null,"traceId":"t"}"#));
    assert_eq!(crm.upsert(json!({ "email": "ada@example.com" })).await.outcome(), "created");
}

#[tokio::test]
async fn row_60_a_read_that_is_no_answer_is_an_error() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    for body in ["{}", "[]", "[null]", r#"{"contact":[]}"#, r#"{"contact":{}}"#, r#"{"statusCode":504}"#] {
        crm.fault_on("GET", "/contacts/ada", Fault::answer(200, body));
        let reply = crm.call("ghl_get_contact", json!({ "contactId": "ada" })).await;
        assert_eq!(reply.code(), "unreadable_answer", "{body}");
    }
    for body in [
        "{}",
        "[]",
        r#"{"contacts":null}"#,
        r#"{"contacts":{}}"#,
        r#"{"contacts":"ada"}"#,
        r#"{"contacts":[{"email":"ada@example.com"}]}"#,
        r#"{"contacts":[null]}"#,
        r#"{"contacts":[["ada"]]}"#,
    ] {
        crm.fault_on("POST", "/contacts/search", Fault::answer(200, body));
        let reply = crm.call("ghl_search_contacts", json!({ "query": "ada" })).await;
        assert_eq!(reply.code(), "unreadable_answer", "{body}");
    }
}

#[tokio::test]
async fn row_60_a_search_of_the_article_that_is_no_answer_creates_no_contact() {
    for body in ["{}", "[]", r#"{"contacts":null}"#, r#"{"contacts":[{}]}"#, r#"{"contact":null}"#] {
        let crm = setup().recipe().dialect(Dialect::Recipe).open().await;
        crm.fault_on("GET", "/contacts/search", Fault::answer(200, body));
        let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
        assert_eq!((reply.code(), crm.count(), writes(&crm)), ("unreadable_answer", 0, 0), "{body}");
    }
}

#[tokio::test]
async fn row_61_a_phone_stored_in_another_form_is_the_same_phone() {
    for stored in
        ["(415) 555-0101", "4155550101", "14155550101", "0014155550101", "00 1 415 555 0101", "415.555.0101"]
    {
        let crm = Crm::with(contact("ada").first_name("Ada")).await;
        crm.edit("ada", |ada| drop(ada.insert("phone".into(), json!(stored))));
        let shown = answer(&json!({ "contact": crm.held("ada") }));
        crm.fault_on("GET", LOOKUP, shown);
        let reply = crm.upsert(json!({ "phone": PHONE, "firstName": "Ada" })).await;
        assert_eq!((reply.outcome(), &reply.ok()["matchedBy"]), ("unchanged", &json!("phone")), "{stored}");
        assert_eq!(
            (crm.count(), writes(&crm), &crm.held("ada")["phone"]),
            (1, 0, &json!(stored)),
            "{stored}"
        );
    }
}

#[tokio::test]
async fn row_61_a_phone_is_read_in_the_contacts_own_country_first() {
    for (stored, country) in [("020 7946 0018", "GB"), ("(415) 555-0101", "US")] {
        let own = json!({ "contact": { "id": "ada", "phone": stored, "country": country } });
        let crm = Crm::empty().await;
        crm.fault_on("GET", LOOKUP, answer(&own));
        let reply = crm.upsert(json!({ "phone": "+442079460018" })).await;
        if country == "GB" {
            assert_eq!(reply.outcome(), "unchanged");
        } else {
            assert_eq!((reply.code(), writes(&crm)), ("mismatch", 0));
        }
    }
}

#[tokio::test]
async fn row_61_an_email_in_another_form_is_the_same_email() {
    for stored in [
        "ADA@BÜCHER.example",
        " ada@xn--bcher-kva.example ",
        "ada@bu\u{308}cher.example",
        "ada\u{200b}@bücher.example",
    ] {
        let crm = Crm::empty().await;
        let shown = json!({ "contact": { "id": "ada", "email": stored, "firstName": "Ada" } });
        crm.fault_on("GET", LOOKUP, answer(&shown));
        let reply = crm.upsert(json!({ "email": "ada@bücher.example", "firstName": "Ada" })).await;
        assert_eq!((reply.outcome(), writes(&crm)), ("unchanged", 0), "{stored:?}");
    }
}

/// Ada, and Eve, who is another contact.
async fn ada_and_eve() -> Crm {
    let eve = contact("eve").email("eve@example.com").phone("+14155550199").first_name("Eve");
    setup().with(contact("ada").email("ada@example.com")).with(eve).open().await.warmed_up().await
}

#[tokio::test]
async fn row_62_a_lookup_answered_with_another_contact_writes_nothing() {
    for arguments in [
        json!({ "email": "new@example.com", "firstName": "New" }),
        json!({ "phone": PHONE, "firstName": "New" }),
        json!({ "email": "new@example.com", "phone": PHONE, "tags": ["vip"] }),
    ] {
        let crm = ada_and_eve().await;
        let before = crm.held("eve");
        crm.fault_on("GET", LOOKUP, answer(&json!({ "contact": before })));
        let reply = crm.upsert(arguments).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("mismatch", "no"));
        let text = reply.error();
        assert!(
            text.contains("eve") && !text.contains("eve@"),
            "it names the contact and not its keys: {text}"
        );
        assert_eq!((crm.held("eve"), crm.count(), writes(&crm), crm.requests().len()), (before, 2, 0, 1));
    }
    let crm = ada_and_eve().await;
    crm.fault_on("GET", LOOKUP, answer(&json!({ "contact": crm.held("eve") })));
    let reply = crm.call("ghl_add_tags", json!({ "email": "ada@example.com", "tags": ["vip"] })).await;
    assert_eq!((reply.code(), writes(&crm)), ("mismatch", 0));
}

#[tokio::test]
async fn row_62_a_contact_that_does_not_show_its_keys_is_read_before_it_is_judged() {
    let hidden = json!({ "contact": { "id": "eve" } });
    let crm = ada_and_eve().await;
    crm.fault_on("GET", LOOKUP, answer(&hidden));
    let reply = crm.upsert(json!({ "email": "new@example.com", "firstName": "New" })).await;
    assert_eq!((reply.code(), writes(&crm)), ("mismatch", 0));
    insta::assert_snapshot!(crm.requests().join("\n"), @r"
    GET /contacts/search/duplicate?email=new@example.com -> 200
    GET /contacts/eve -> 200
    ");
    // The same contact by its own key.
    crm.fault_on("GET", LOOKUP, answer(&hidden));
    let reply = crm.upsert(json!({ "email": "eve@example.com", "firstName": "Eva" })).await;
    assert_eq!((reply.outcome(), &reply.ok()["matchedBy"]), ("updated", &json!("email")));
}

#[tokio::test]
async fn row_62_a_contact_that_shows_none_of_the_given_keys_is_not_written() {
    let hidden = json!({ "contact": { "id": "eve", "firstName": "Eve" } });
    let by_phone = json!({ "contact": { "id": "eve", "phone": "+14155550199" } });
    for shown in [hidden, by_phone] {
        let crm = ada_and_eve().await;
        let before = crm.held("eve");
        crm.fault_on("GET", LOOKUP, answer(&shown));
        crm.fault_on("GET", "/contacts/eve", answer(&shown));
        let reply = crm.upsert(json!({ "email": "new@example.com", "city": "Paris", "tags": ["vip"] })).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("mismatch", "no"), "{shown}");
        assert_eq!((crm.held("eve"), crm.count(), writes(&crm)), (before, 2, 0), "{shown}");
    }
}

#[tokio::test]
async fn row_62_a_search_of_the_article_that_hides_the_key_makes_no_second_contact() {
    for item in [
        json!({ "id": "eve" }),
        json!({ "id": "eve", "email": null }),
        json!({ "id": "eve", "email": 7 }),
        json!({ "id": "eve", "email": [], "phone": "+14155550199" }),
    ] {
        let eve = contact("eve").email("eve@example.com");
        let crm = setup().recipe().dialect(Dialect::Recipe).with(eve).open().await;
        crm.fault_on("GET", "/contacts/search", answer(&json!({ "contacts": [item], "total": 1 })));
        let reply = crm.upsert(json!({ "email": "eve@example.com", "firstName": "Eva" })).await;
        assert_eq!((reply.outcome(), &reply.ok()["matchedBy"]), ("updated", &json!("email")), "{item}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(crm.requests().join("\n"), @r"
            GET /contacts/search?email=eve@example.com -> 200
            GET /contacts/eve -> 200
            GET /locations/{location} -> 404
            PUT /contacts/eve -> 200
            ");
        }
        // The read hides it too.
        crm.fault_on("GET", "/contacts/search", answer(&json!({ "contacts": [item], "total": 1 })));
        crm.fault_on("GET", "/contacts/eve", answer(&json!({ "contact": item })));
        let reply = crm.upsert(json!({ "email": "eve@example.com", "firstName": "Evi" })).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("mismatch", "no"), "{item}");
        assert_eq!((crm.count(), &crm.held("eve")["firstName"]), (1, &json!("Eva")), "{item}");
    }
}

#[tokio::test]
async fn row_62_a_search_of_the_article_that_answers_others_finds_no_contact() {
    let crm = setup()
        .recipe()
        .dialect(Dialect::Recipe)
        .with(contact("eve").email("eve@example.com.au"))
        .open()
        .await;
    let reply = crm.upsert(json!({ "email": "eve@example.com" })).await;
    assert_eq!((reply.outcome(), crm.count()), ("created", 2));
}

fn duplicate_of(id: &str) -> Fault {
    let meta = json!({ "contactId": id, "matchingField": "email", "contactName": "Eve" });
    let body = json!({ "statusCode": 400, "message": "This location does not allow duplicated contacts.", "meta": meta });
    Fault::answer(400, body.to_string())
}

#[tokio::test]
async fn row_63_a_contact_named_by_a_refused_create_is_compared_with_the_keys() {
    for arguments in [
        json!({ "email": "new@example.com", "firstName": "New", "tags": ["vip"] }),
        json!({ "phone": PHONE, "firstName": "New" }),
        json!({ "email": "new@example.com", "phone": PHONE }),
    ] {
        let crm = ada_and_eve().await;
        let before = crm.held("eve");
        crm.fault_on("POST", "/contacts/$", duplicate_of("eve"));
        let reply = crm.upsert(arguments).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("mismatch", "no"));
        assert_eq!((reply.failure()["contactId"].as_str(), crm.held("eve")), (Some("eve"), before));
        // The create is the only write.
        assert_eq!((writes(&crm), crm.count()), (1, 2));
    }
}

#[tokio::test]
async fn row_63_after_a_lost_or_refused_create_another_contact_is_not_written_to() {
    let refused = Fault::answer(422, r#"{"statusCode":422,"message":["no"]}"#);
    for fault in [Fault::HangUp { apply: false }, refused, Fault::answer(502, "")] {
        let crm = ada_and_eve().await;
        let before = crm.held("eve");
        crm.fault_on("GET", LOOKUP, answer(&json!({ "contact": null })));
        crm.fault_on("GET", LOOKUP, answer(&json!({ "contact": before })));
        crm.fault_on("POST", "/contacts/$", fault.clone());
        let reply = crm.upsert(json!({ "email": "new@example.com", "firstName": "New" })).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("mismatch", "unknown"), "{fault:?}");
        assert_eq!((crm.held("eve"), writes(&crm)), (before, 1), "{fault:?}");
    }
}

#[tokio::test]
async fn row_63_a_create_answered_with_another_contact_is_no_receipt() {
    let crm = ada_and_eve().await;
    let theirs = json!({ "contact": crm.held("eve") }).to_string();
    crm.fault_on(
        "POST",
        "/contacts/$",
        Fault::Status { status: 201, body: theirs, apply: true, headers: Vec::new() },
    );
    let reply = crm.upsert(json!({ "email": "new@example.com", "firstName": "New" })).await;
    assert_eq!(
        (reply.code(), reply.may_have_written(), crm.sent("POST /contacts/ ")),
        ("mismatch", "unknown", 1)
    );
}

#[tokio::test]
async fn row_63_a_create_with_an_unreadable_success_is_not_sent_again() {
    for (apply, body) in [(true, "{}"), (false, "{}"), (false, "[]"), (false, r#"{"contact":null}"#)] {
        let crm = Crm::empty().await.warmed_up().await;
        let fault = Fault::Status { status: 201, body: body.to_owned(), apply, headers: Vec::new() };
        crm.fault_on("POST", "/contacts/$", fault);
        let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
        assert_eq!((crm.sent("POST /contacts/ "), crm.count()), (1, usize::from(apply)));
        if apply {
            assert_eq!(reply.outcome(), "created");
        } else {
            assert_eq!((reply.code(), reply.may_have_written()), ("unreadable_answer", "unknown"));
        }
    }
}

#[tokio::test]
async fn row_64_tags_answered_about_another_contact_are_a_mismatch() {
    let bulk = json!({ "responses": [
        { "contactId": "ada", "type": "success", "tagsAdded": ["vip"] },
        { "contactId": "Eve", "type": "success", "tagsAdded": ["vip"] },
    ] });
    let crm = ada_and_eve().await;
    crm.fault_on("POST", "/contacts/bulk/tags", Fault::answer(201, bulk.to_string()));
    let reply = crm.call("ghl_add_tags", json!({ "contactIds": ["ada", "eve"], "tags": ["vip"] })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("mismatch", "unknown"));
    assert!(reply.error().contains("ada, eve") && reply.error().contains("about Eve"), "{}", reply.error());
    for body in [
        json!({ "tags": ["vip"], "id": "eve" }),
        json!({ "tags": ["vip"], "contactId": "eve" }),
        json!({ "tags": ["vip"], "contact": { "id": "eve" } }),
        json!({ "tags": ["vip"], "locationId": "AnotherLocation00001" }),
    ] {
        crm.fault_on("POST", "/contacts/ada/tags", Fault::answer(201, body.to_string()));
        let reply = crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": ["vip"] })).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("mismatch", "unknown"), "{body}");
    }
}

#[tokio::test]
async fn row_64_another_locations_settings_are_not_used() {
    let crm = Crm::empty().await;
    let theirs = json!({ "location": { "id": "AnotherLocation00001", "country": "GB" } });
    crm.fault_on("GET", "/locations/", answer(&theirs));
    let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
    assert_eq!((reply.code(), crm.count(), writes(&crm)), ("mismatch", 0, 0));
}

#[tokio::test]
async fn row_65_tags_are_never_replaced_from_an_answer_that_shows_none() {
    let kept = || contact("ada").email("ada@example.com").tags(["keep1", "keep2"]);
    for tags in [
        json!(null),
        json!("keep1, keep2"),
        json!([{ "name": "keep1" }, { "name": "keep2" }]),
        json!([["keep1", "keep2"]]),
        json!({ "0": "keep1" }),
        json!(["keep1", null]),
        json!(["keep1", 7]),
        json!([true, "keep2"]),
        json!(7),
        Value::String("absent".to_owned()),
    ] {
        let crm = setup().recipe().dialect(Dialect::Recipe).with(kept()).open().await;
        let mut shown = crm.held("ada");
        if tags == "absent" {
            shown.as_object_mut().unwrap().remove("tags");
        } else {
            shown["tags"] = tags.clone();
        }
        crm.fault_on("GET", "/contacts/ada", answer(&json!({ "contact": shown })));
        let reply = crm.upsert(json!({ "email": "ada@example.com", "tags": ["new"] })).await;
        assert_eq!(
            (reply.code(), reply.may_have_written(), writes(&crm)),
            ("unreadable_answer", "no", 0),
            "{tags}"
        );
        assert!(reply.error().contains("no list of the contact's tags"), "{}", reply.error());
        assert_eq!(crm.held("ada")["tags"], json!(["keep1", "keep2"]), "{tags}");
        // The next call reads a list.
        let reply = crm.upsert(json!({ "email": "ada@example.com", "tags": ["new"] })).await;
        assert_eq!(
            (reply.outcome(), &crm.held("ada")["tags"]),
            ("updated", &json!(["keep1", "keep2", "new"]))
        );
    }
}

#[tokio::test]
async fn row_65_tags_are_never_merged_with_those_of_another_contact() {
    let kept = contact("ada").email("ada@example.com").tags(["keep1"]);
    let crm = setup().recipe().dialect(Dialect::Recipe).with(kept).open().await;
    let theirs = json!({ "contact": { "id": "eve", "email": "eve@example.com", "tags": ["theirs"] } });
    crm.fault_on("GET", "/contacts/ada", answer(&theirs));
    let reply = crm.upsert(json!({ "email": "ada@example.com", "tags": ["new"] })).await;
    assert_eq!((reply.code(), writes(&crm), &crm.held("ada")["tags"]), ("mismatch", 0, &json!(["keep1"])));
    // After the PUT, an answer without a list is not merged into a second one.
    crm.on_next("PUT", "/contacts/ada", |crm| {
        let _ = crm;
    });
    crm.fault_on("GET", "/contacts/search", answer(&json!({ "contacts": [crm.held("ada")] })));
    let reply = crm.upsert(json!({ "email": "ada@example.com", "tags": ["new"] })).await;
    assert_eq!((reply.outcome(), &crm.held("ada")["tags"]), ("updated", &json!(["keep1", "new"])));
}

#[tokio::test]
async fn row_66_one_odd_value_of_the_location_costs_only_itself() {
    for (property, value) in
        [("name", json!(7)), ("timezone", json!([])), ("country", json!(1)), ("country", json!({}))]
    {
        let crm = Crm::empty().await;
        let mut location =
            json!({ "id": crm.location_id(), "name": "L", "country": "US", "timezone": "UTC" });
        location[property] = value.clone();
        crm.fault_on("GET", "/locations/", answer(&json!({ "location": location })));
        let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
        assert_eq!((reply.outcome(), crm.count()), ("created", 1), "{property}: {value}");
        assert!(reply.ok()["warnings"].to_string().contains(property), "{property}: {value} {reply:?}");
    }
}

#[tokio::test]
async fn row_66_unreadable_settings_are_taken_for_the_careful_ones() {
    for settings in [
        json!({ "allowDuplicateContact": "perhaps" }),
        json!({ "allowDuplicateContact": [true] }),
        json!({ "contactUniqueIdentifiers": "email" }),
        json!({ "contactUniqueIdentifiers": [null] }),
        json!({ "contactUniqueIdentifiers": {} }),
        json!([]),
    ] {
        // Two contacts of one e-mail, of which the lookup shows one.
        let two = setup().duplicates_allowed().with(contact("a").email("ada@example.com"));
        let crm = two.with(contact("b").email("ada@example.com")).open().await;
        let location = json!({ "location": { "id": crm.location_id(), "settings": settings } });
        if settings.get("contactUniqueIdentifiers").is_some() {
            // HighLevel does not find by a key that it does not identify contacts by.
            crm.fault_on("GET", LOOKUP, answer(&json!({ "contact": null })));
            crm.fault_on("GET", LOOKUP, answer(&json!({ "contact": null })));
        }
        crm.fault_on("GET", "/locations/", answer(&location));
        let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris" })).await;
        assert_eq!(
            (reply.code(), reply.may_have_written(), crm.count()),
            ("ambiguous", "no", 2),
            "{settings}"
        );
    }
}

#[tokio::test]
async fn row_66_a_readable_text_is_read_and_an_absent_setting_is_no_oddity() {
    for settings in [json!({ "allowDuplicateContact": "false" }), json!({}), json!(null)] {
        let crm = Crm::empty().await;
        let location = json!({ "location": { "id": crm.location_id(), "settings": settings } });
        crm.fault_on("GET", "/locations/", answer(&location));
        let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
        assert_eq!((reply.outcome(), &reply.ok()["warnings"]), ("created", &json!([])), "{settings}");
        assert_eq!(crm.requests().len(), 3, "{settings}");
    }
}

#[tokio::test]
async fn row_66_a_location_that_cannot_be_read_still_lets_contacts_be_written() {
    for body in [
        "{}",
        "[]",
        r#"{"location":null}"#,
        r#"{"location":[]}"#,
        r#"{"location":{}}"#,
        r#"{"location":"x"}"#,
    ] {
        let crm = Crm::empty().await;
        crm.fault_on("GET", "/locations/", Fault::answer(200, body));
        let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
        assert_eq!((reply.outcome(), crm.count()), ("created", 1), "{body}");
        assert!(reply.ok()["warnings"].to_string().contains("settings of the location that cannot be read"));
        // A national phone needs the location's country. The next call reads it again.
        let crm = Crm::empty().await;
        crm.fault_on("GET", "/locations/", Fault::answer(200, body));
        let reply = crm.upsert(json!({ "phone": "(415) 555-0101" })).await;
        assert_eq!((reply.code(), crm.count()), ("invalid_arguments", 0), "{body}");
        assert_eq!(crm.upsert(json!({ "phone": "(415) 555-0101" })).await.outcome(), "created", "{body}");
    }
}

#[tokio::test]
async fn row_67_one_odd_definition_costs_only_its_own_field() {
    let crm = Crm::empty().await;
    let title = crm.field("Job Title");
    for odd in [
        json!({ "id": "Odd00000000000000001", "name": null, "dataType": "TEXT" }),
        json!({ "id": "Odd00000000000000001", "name": "Odd", "dataType": 3 }),
        json!({ "id": "Odd00000000000000001", "name": "Odd", "dataType": "RADIO", "options": {} }),
        json!({ "name": "Odd" }),
        json!(null),
        json!(["x"]),
    ] {
        let crm = Crm::empty().await;
        let mut fields = crm.custom_fields();
        fields.insert(0, odd.clone());
        crm.fault_on(
            "GET",
            &format!("/locations/{}/customFields", crm.location_id()),
            answer(&json!({ "customFields": fields })),
        );
        let wanted = json!([{ "id": "Job Title", "value": "CTO" }]);
        let reply = crm.upsert(json!({ "email": "ada@example.com", "customFields": wanted })).await;
        assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("created", &json!([])), "{odd}");
        let id = crm.id_of("ada@example.com");
        assert_eq!(crm.custom(&id, "Job Title"), "CTO", "{odd}");
        let wanted = json!([{ "id": "Odd", "value": "x" }]);
        let reply = crm.upsert(json!({ "email": "ada@example.com", "customFields": wanted })).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"), "{odd}");
        assert!(reply.error().contains("read"), "{odd}: {}", reply.error());
    }
    assert!(!title.is_empty());
}

#[tokio::test]
async fn row_67_a_list_of_definitions_that_is_none_is_not_an_empty_one() {
    for body in ["{}", "[]", r#"{"customFields":null}"#, r#"{"customFields":{}}"#, r#"{"customFields":"x"}"#]
    {
        let crm = Crm::empty().await;
        let list = format!("/locations/{}/customFields", crm.location_id());
        crm.fault_on("GET", &list, Fault::answer(200, body));
        let wanted = json!([{ "id": "Job Title", "value": "CTO" }]);
        let reply = crm.upsert(json!({ "email": "ada@example.com", "customFields": wanted })).await;
        assert_eq!((reply.code(), crm.count()), ("invalid_arguments", 0), "{body}");
        assert!(reply.error().contains("list of custom fields could not be read"), "{}", reply.error());
        // A call without custom fields does not need them, and the next one reads them again.
        assert_eq!(crm.upsert(json!({ "email": "bob@example.com" })).await.outcome(), "created", "{body}");
        let reply = crm.upsert(json!({ "email": "ada@example.com", "customFields": wanted })).await;
        assert_eq!((reply.outcome(), &reply.ok()["warnings"]), ("created", &json!([])), "{body}");
    }
}
