//! `ghl_get_contact` reads one contact.

use serde_json::{Value, json};

use crate::support::{Crm, Person, contact, setup};

const PHONE: &str = "+14155550101";

fn ada() -> Person {
    let ada = contact("ada").email("ada@example.com").phone(PHONE).first_name("Ada").tags(["vip"]);
    ada.with("city", json!("London")).with("ssn", json!("000-00-0000")).added("2026-01-01T00:00:00.000Z")
}

#[tokio::test]
async fn a_contact_is_read_by_id_email_or_phone_in_one_request() {
    for (key, value) in [("contactId", "ada"), ("email", " ADA@example.com"), ("phone", "+1 415-555-0101")] {
        let crm = Crm::with(ada()).await;
        let reply = crm.call("ghl_get_contact", json!({ key: value })).await;
        assert_eq!(reply.ok()["contact"]["id"], "ada", "{key}");
        assert_eq!(crm.requests().len(), 1, "{key}");
    }
}

#[tokio::test]
async fn a_national_phone_reads_the_locations_country_once() {
    let crm = Crm::with(ada()).await;
    for _ in 0..2 {
        crm.call("ghl_get_contact", json!({ "phone": "(415) 555-0101" })).await.ok();
    }
    insta::assert_snapshot!(crm.wire(), @r"
    GET /locations/{location} -> 200
    GET /contacts/search/duplicate?number=+14155550101 -> 200
    GET /contacts/search/duplicate?number=+14155550101 -> 200
    ");
}

#[tokio::test]
async fn the_answer_is_short_and_lists_what_was_omitted() {
    let crm = Crm::with(ada()).await;
    let reply = crm.call("ghl_get_contact", json!({ "contactId": "ada" })).await;
    let mut shown = reply.ok()["contact"].clone();
    for property in ["url", "dateUpdated"] {
        assert!(shown[property].take().is_string(), "{property}");
    }
    insta::assert_json_snapshot!(shown, @r#"
    {
      "id": "ada",
      "url": null,
      "name": "Ada",
      "email": "ada@example.com",
      "phone": "+14155550101",
      "tags": [
        "vip"
      ],
      "dateAdded": "2026-01-01T00:00:00.000Z",
      "dateUpdated": null,
      "omitted": [
        "city",
        "type"
      ]
    }
    "#);
}

#[tokio::test]
async fn more_fields_are_shown_on_demand_and_the_ssn_never() {
    let crm = Crm::with(ada()).await;
    let reply = crm.call("ghl_get_contact", json!({ "contactId": "ada", "fields": ["city"] })).await;
    assert_eq!(reply.ok()["contact"]["city"], "London");
    for fields in [json!(["*"]), json!(["ssn"]), json!("ssn")] {
        let reply = crm.call("ghl_get_contact", json!({ "contactId": "ada", "fields": fields })).await;
        assert!(!reply.ok().to_string().contains("000-00-0000"), "{fields}");
    }
}

#[tokio::test]
async fn custom_fields_are_shown_by_name() {
    let crm = Crm::with(ada()).await;
    let score = crm.field("Lead Score");
    crm.edit("ada", |ada| drop(ada.insert("customFields".into(), json!([{ "id": score, "value": 82 }]))));
    let reply = crm.call("ghl_get_contact", json!({ "contactId": "ada" })).await;
    assert_eq!(reply.ok()["contact"]["customFields"], json!({ "Lead Score": 82 }));
}

#[tokio::test]
async fn an_unknown_contact_is_not_found() {
    for setup in [setup(), setup().recipe()] {
        let crm = setup.with(ada()).open().await;
        for arguments in [
            json!({ "contactId": "UnknownContactId0000" }),
            json!({ "email": "nobody@example.com" }),
            json!({ "phone": "+14155550199" }),
        ] {
            let reply = crm.call("ghl_get_contact", arguments.clone()).await;
            assert_eq!(reply.failed_read(), "not_found", "{arguments}");
        }
    }
}

#[tokio::test]
async fn an_id_that_could_change_the_path_is_refused_without_a_request() {
    let long = "x".repeat(65);
    for id in [
        "..",
        ".",
        "",
        "../locations/x",
        "%2e%2e",
        "%2e%2e/x",
        "..%2fx",
        "..\\x",
        "a/../../oauth/token",
        "abc?locationId=x",
        "abc#f",
        "abc/tags",
        "//evil.example.com",
        "@evil.example.com",
        "search",
        "upsert",
        "a\tb",
        "a\nb",
        "a\u{0}b",
        "é",
        &long,
    ] {
        let crm = Crm::with(ada()).await;
        for (tool, arguments) in [
            ("ghl_get_contact", json!({ "contactId": id })),
            ("ghl_add_tags", json!({ "contactId": id, "tags": ["vip"] })),
            ("ghl_add_tags", json!({ "contactIds": [id], "tags": ["vip"] })),
        ] {
            let reply = crm.call(tool, arguments).await;
            assert_eq!(reply.code(), "invalid_arguments", "{id:?}");
        }
        assert_eq!(crm.requests(), Vec::<String>::new(), "{id:?}");
    }
}

#[tokio::test]
async fn a_contact_is_named_by_a_key_and_several_keys_have_to_name_the_same() {
    let crm = Crm::with(ada().phone("+14155550101")).await;
    for arguments in
        [json!({}), json!({ "contactId": "", "email": " ", "phone": null }), json!({ "id": "ada" })]
    {
        let reply = crm.call("ghl_get_contact", arguments).await;
        assert_eq!(reply.code(), "invalid_arguments");
    }
    assert_eq!(crm.requests(), Vec::<String>::new());
    let page = format!("https://app.gohighlevel.com/v2/location/{}/contacts/detail/ada", crm.location());
    for arguments in [
        json!({ "contactId": page }),
        json!({ "contactId": "ada", "email": "Ada@example.com" }),
        json!({ "contactId": "ada", "email": "ada@example.com", "phone": "(415) 555-0101" }),
        json!({ "email": "ada@example.com", "phone": "+14155550101" }),
    ] {
        let reply = crm.call("ghl_get_contact", arguments.clone()).await;
        assert_eq!(reply.ok()["contact"]["id"], "ada", "{arguments}");
    }
    for arguments in [
        json!({ "contactId": "ada", "email": "bob@example.com" }),
        json!({ "contactId": "ada", "phone": "+14155550199" }),
        json!({ "email": "ada@example.com", "phone": "+14155550199" }),
    ] {
        let reply = crm.call("ghl_get_contact", arguments.clone()).await;
        assert_eq!(reply.code(), "invalid_arguments", "{arguments}");
        assert!(reply.error().contains("two contacts"), "{}", reply.error());
    }
}

#[tokio::test]
async fn a_contact_of_another_location_is_not_shown() {
    let crm = Crm::with(ada().with("locationId", json!("AnotherLocation00001"))).await;
    let reply = crm.call("ghl_get_contact", json!({ "contactId": "ada" })).await;
    assert_eq!(reply.code(), "wrong_location");
}

#[tokio::test]
async fn values_of_an_unexpected_type_are_kept() {
    let odd = contact("odd")
        .with("postalCode", json!(94107))
        .with("tags", json!("vip"))
        .with("unknown", json!({ "x": [1] }));
    let crm = Crm::with(odd.with("email", Value::Null).with("dateAdded", json!(1_767_225_600_000_u64))).await;
    let reply = crm.call("ghl_get_contact", json!({ "contactId": "odd", "fields": ["*"] })).await;
    let shown = &reply.ok()["contact"];
    assert_eq!((&shown["postalCode"], &shown["unknown"]), (&json!(94107), &json!({ "x": [1] })));
    assert_eq!(shown["dateAdded"], "2026-01-01T00:00:00Z");
}
