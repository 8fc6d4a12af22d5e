//! Custom fields: every type, by name, key or id, in the form that HighLevel stores.

use ghl_contacts_mcp::sandbox::FieldForm;
use serde_json::{Value, json};

use crate::support::{Crm, Setup, contact, setup};

fn ada() -> Setup {
    setup().with(contact("ada").email("ada@example.com"))
}

async fn write(crm: &Crm, field: &str, value: Value) -> crate::support::Reply {
    crm.upsert(json!({ "email": "ada@example.com", "customFields": [{ "id": field, "value": value }] })).await
}

#[tokio::test]
async fn a_field_of_every_type_is_stored_in_the_form_of_its_type() {
    let crm = ada().open().await;
    for (field, given, stored) in [
        ("Job Title", json!("CTO"), json!("CTO")),
        ("Notes From Intake", json!("Line one\nline two"), json!("Line one\nline two")),
        ("Lead Score", json!("82"), json!(82)),
        ("Budget", json!("$1,200.50"), json!(1200.5)),
        ("Assistant Phone", json!("+1 415 555 0101"), json!("+14155550101")),
        ("Renewal Date", json!("2026-09-01T10:00:00Z"), json!("2026-09-01")),
        ("Preferred Contact Time", json!("morning"), json!("Morning")),
        ("Plan", json!("GROWTH"), json!("Growth")),
        ("Services", json!(["training", "Support"]), json!(["Training", "Support"])),
        ("Interests", json!("webinars"), json!(["Webinars"])),
        ("Billing Email", json!("bills@example.com"), json!("bills@example.com")),
    ] {
        let reply = write(&crm, field, given.clone()).await;
        assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("updated", &json!([])), "{field}");
        assert_eq!(crm.custom("ada", field), stored, "{field}");
        assert_eq!(reply.ok()["contact"]["customFields"][field], stored, "{field}");
        assert_eq!(write(&crm, field, given).await.outcome(), "unchanged", "{field}");
    }
}

#[tokio::test]
async fn options_of_a_textbox_list_are_named_by_their_labels() {
    let crm = ada().open().await;
    let reply = write(&crm, "Social Profiles", json!({ "linkedin": "ada-l", "Instagram": "@ada" })).await;
    assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("updated", &json!([])));
    let stored = crm.custom("ada", "Social Profiles");
    assert_eq!(stored.as_object().unwrap().len(), 2);
    assert_eq!(
        reply.ok()["contact"]["customFields"]["Social Profiles"],
        json!({ "LinkedIn": "ada-l", "Instagram": "@ada" })
    );
}

#[tokio::test]
async fn files_are_read_and_never_written() {
    let crm = ada().open().await;
    let reply = write(&crm, "Signed Contract", json!("contract.pdf")).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"));
    assert!(reply.error().contains("cannot be written here"), "{}", reply.error());
    let file = json!({ "u1": { "meta": { "originalname": "contract.pdf", "size": 7 }, "url": "https://files.example.com/u1" } });
    let id = crm.field("Signed Contract");
    crm.edit("ada", |ada| drop(ada.insert("customFields".into(), json!([{ "id": id, "value": file }]))));
    let reply = crm.call("ghl_get_contact", json!({ "contactId": "ada" })).await;
    insta::assert_json_snapshot!(reply.ok()["contact"]["customFields"], @r#"
    {
      "Signed Contract": [
        {
          "name": "contract.pdf",
          "url": "https://files.example.com/u1"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn a_field_is_named_by_name_key_or_id() {
    let crm = ada().open().await;
    let id = crm.field("Job Title");
    let names = [
        "Job Title",
        " job  title",
        "JOB_TITLE",
        "contact.job_title",
        "job_title",
        "{{contact.job_title}}",
        &id,
    ];
    for (name, n) in names.into_iter().zip(0..) {
        let reply = write(&crm, name, json!(format!("title {n}"))).await;
        assert_eq!(reply.outcome(), "updated", "{name}");
        assert_eq!(crm.custom("ada", "Job Title"), format!("title {n}"), "{name}");
    }
}

#[tokio::test]
async fn a_name_that_matches_two_fields_is_refused() {
    let crm = ada().open().await;
    let reply = write(&crm, "region", json!("North")).await;
    assert_eq!(reply.code(), "invalid_arguments");
    assert!(reply.error().contains("fits 2 custom fields"), "{}", reply.error());
    assert!(crm.requests().iter().all(|line| line.starts_with("GET ")));
    assert_eq!(write(&crm, "contact.region_2", json!("north")).await.outcome(), "updated");
}

#[tokio::test]
async fn the_openapi_form_is_sent_first_and_remembered() {
    let crm = ada()
        .options(|options| options.custom_field_form = FieldForm::FieldValue)
        .open()
        .await
        .warmed_up()
        .await;
    assert_eq!(write(&crm, "Job Title", json!("CTO")).await.ok()["notStored"], json!([]));
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /locations/{location}/customFields?model=contact -> 200
    GET /contacts/search/duplicate?email=ada@example.com -> 200
    PUT /contacts/ada {"customFields":[{"id":"{Job Title}","field_value":"CTO"}]} -> 200
    GET /contacts/ada -> 200
    "#);
}

#[tokio::test]
async fn the_other_form_is_tried_once_after_a_dropped_value() {
    let crm =
        ada().options(|options| options.custom_field_form = FieldForm::Value).open().await.warmed_up().await;
    let reply = write(&crm, "Job Title", json!("CTO")).await;
    assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("updated", &json!([])));
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /locations/{location}/customFields?model=contact -> 200
    GET /contacts/search/duplicate?email=ada@example.com -> 200
    PUT /contacts/ada {"customFields":[{"id":"{Job Title}","field_value":"CTO"}]} -> 200
    GET /contacts/ada -> 200
    PUT /contacts/ada {"customFields":[{"id":"{Job Title}","value":"CTO"}]} -> 200
    GET /contacts/ada -> 200
    "#);
    assert_eq!(crm.custom("ada", "Job Title"), "CTO");
    crm.clear_wire();
    let reply = write(&crm, "Job Title", json!("CEO")).await;
    assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("updated", &json!([])));
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/search/duplicate?email=ada@example.com -> 200
    PUT /contacts/ada {"customFields":[{"id":"{Job Title}","value":"CEO"}]} -> 200
    GET /contacts/ada -> 200
    "#);
}

#[tokio::test]
async fn the_other_form_is_tried_for_a_new_contact() {
    let crm = setup().options(|options| options.custom_field_form = FieldForm::Value).open().await;
    let reply = write(&crm, "Job Title", json!("CTO")).await;
    assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("created", &json!([])));
    assert_eq!(crm.custom(&crm.id_of("ada@example.com"), "Job Title"), "CTO");
    assert_eq!(crm.count(), 1);
}

fn without_definitions() -> Setup {
    ada().options(|options| options.denied_scopes = vec!["locations/customFields.readonly".into()])
}

#[tokio::test]
async fn a_token_that_may_not_read_definitions_writes_by_id_with_a_warning() {
    let crm = without_definitions().open().await;
    let id = crm.field("Job Title");
    let reply = write(&crm, &id, json!("CTO")).await;
    assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("updated", &json!([])));
    insta::assert_json_snapshot!(reply.ok()["warnings"], @r#"
    [
      "custom fields were not checked: their definitions cannot be read (scope locations/customFields.readonly)"
    ]
    "#);
    assert_eq!(reply.ok()["contact"]["customFields"][&id], "CTO");
    let reply = write(&crm, "Job Title", json!("CEO")).await;
    assert_eq!(reply.code(), "invalid_arguments");
    assert_eq!(crm.custom("ada", "Job Title"), "CTO");
}

#[tokio::test]
async fn a_silently_dropped_value_is_reported() {
    let crm = without_definitions().open().await;
    let plan = crm.field("Plan");
    let reply = write(&crm, &plan, json!("Platinum")).await;
    assert_eq!((reply.outcome(), &reply.ok()["changes"]), ("unchanged", &json!([])));
    let not_stored = &reply.ok()["notStored"][0];
    assert_eq!((&not_stored["field"], &not_stored["sent"]), (&json!(plan), &json!("Platinum")));
    assert_eq!(crm.custom("ada", "Plan"), Value::Null);
}

#[tokio::test]
async fn a_dropped_value_is_not_repeated_once_a_form_has_worked() {
    let crm = without_definitions().open().await;
    write(&crm, &crm.field("Job Title"), json!("CTO")).await.ok();
    crm.clear_wire();
    let reply = write(&crm, &crm.field("Plan"), json!("Platinum")).await;
    assert_eq!(reply.ok()["notStored"][0]["sent"], "Platinum");
    assert_eq!(crm.sent("PUT"), 1);
}

#[tokio::test]
async fn a_field_given_twice_is_refused() {
    let crm = ada().open().await;
    let fields = json!([{ "id": "Job Title", "value": "CTO" }, { "id": "job_title", "value": "CEO" }]);
    let reply = crm.upsert(json!({ "email": "ada@example.com", "customFields": fields })).await;
    assert_eq!((reply.code(), crm.custom("ada", "Job Title")), ("invalid_arguments", Value::Null));
}

#[tokio::test]
async fn other_custom_fields_stay_unchanged() {
    let crm = ada().open().await;
    write(&crm, "Job Title", json!("CTO")).await.ok();
    write(&crm, "Lead Score", json!(5)).await.ok();
    assert_eq!((crm.custom("ada", "Job Title"), crm.custom("ada", "Lead Score")), (json!("CTO"), json!(5)));
}

#[tokio::test]
async fn one_stored_field_confirms_the_form_for_all() {
    let crm = without_definitions().open().await;
    let fields = json!([
        { "id": crm.field("Job Title"), "value": "CTO" }, { "id": crm.field("Plan"), "value": "Platinum" }
    ]);
    let reply = crm.upsert(json!({ "email": "ada@example.com", "customFields": fields })).await;
    assert_eq!(reply.ok()["notStored"].as_array().unwrap().len(), 1);
    let puts = crm.sent("PUT ");
    assert_eq!((puts, crm.custom("ada", "Job Title")), (1, json!("CTO")));
}

#[tokio::test]
async fn a_custom_field_is_understood_in_every_form() {
    let crm = ada().open().await;
    let id = crm.field("Job Title");
    for (n, form) in [
        json!([{ "id": "Job Title", "value": "title 0" }]),
        json!({ "Job Title": "title 1" }),
        json!([{ "name": "Job Title", "value": "title 2" }]),
        json!([{ "key": "contact.job_title", "field_value": "title 3" }]),
        json!([{ "fieldKey": "job_title", "fieldValue": "title 4" }]),
        json!([{ "id": id, "key": "job_title", "name": "Job Title", "value": "title 5" }]),
        json!("[{\"id\":\"Job Title\",\"value\":\"title 6\"}]"),
        json!("{\"Job Title\":\"title 7\"}"),
        json!([{ "Job Title": "title 8" }]),
    ]
    .into_iter()
    .enumerate()
    {
        let reply = crm.upsert(json!({ "email": "ada@example.com", "customFields": form })).await;
        assert_eq!(reply.outcome(), "updated", "{form}");
        assert_eq!(crm.custom("ada", "Job Title"), format!("title {n}"), "{form}");
    }
}

#[tokio::test]
async fn an_empty_value_of_a_custom_field_changes_nothing_and_is_named() {
    let crm = ada().open().await;
    let title = crm.field("Job Title");
    crm.edit("ada", |ada| drop(ada.insert("customFields".into(), json!([{ "id": title, "value": "CTO" }]))));
    for item in [
        json!({ "id": "Job Title" }),
        json!({ "id": "Job Title", "value": "" }),
        json!({ "id": "Job Title", "value": " " }),
        json!({ "id": "Job Title", "value": [] }),
        json!({ "id": "Job Title", "value": {} }),
        json!({ "id": "Job Title", "value": [""] }),
        json!({ "id": "Job Title", "value": [null] }),
        json!({ "id": "Job Title", "value": "undefined" }),
        json!({ "id": "Job Title", "value": "{{contact.job_title}}" }),
    ] {
        let reply = crm.upsert(json!({ "email": "ada@example.com", "customFields": [item] })).await;
        assert_eq!(reply.outcome(), "unchanged", "{item}");
        assert_eq!(
            reply.ok()["warnings"],
            json!(["custom field Job Title was left as it is: its value is empty; null or clear blanks it"]),
            "{item}"
        );
    }
    assert_eq!((crm.custom("ada", "Job Title"), crm.sent("PUT")), (json!("CTO"), 0));
    let reply = crm
        .upsert(json!({ "email": "ada@example.com", "customFields": [{ "id": "Job Title", "value": null }] }))
        .await;
    assert_eq!((reply.outcome(), crm.custom("ada", "Job Title")), ("updated", Value::Null));
}

#[tokio::test]
async fn an_item_that_names_two_custom_fields_is_refused() {
    let crm = ada().open().await;
    let fields = json!([{ "id": crm.field("Job Title"), "name": "Plan", "value": "Growth" }]);
    let reply = crm.upsert(json!({ "email": "ada@example.com", "customFields": fields })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"));
    assert!(reply.error().contains("are two fields"), "{}", reply.error());
}

#[tokio::test]
async fn a_name_that_cannot_be_cleared_is_refused_with_the_nearest_field() {
    let crm = ada().open().await;
    let reply = crm.upsert(json!({ "email": "ada@example.com", "clear": ["company"] })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"));
    insta::assert_snapshot!(reply.error(), @r#"clear "company" is neither a field of a contact nor a custom field. Nothing was written. The nearest is "companyName"."#);
    crm.edit("ada", |ada| drop(ada.insert("firstName".into(), json!("Ada"))));
    let reply = crm.upsert(json!({ "email": "ada@example.com", "clear": "first_name" })).await;
    assert_eq!((reply.outcome(), crm.held("ada").get("firstName")), ("updated", None));
}

#[tokio::test]
async fn the_first_receipt_of_a_process_shows_custom_fields_by_name() {
    let crm = ada().open().await;
    let title = crm.field("Job Title");
    crm.edit("ada", |ada| drop(ada.insert("customFields".into(), json!([{ "id": title, "value": "CTO" }]))));
    let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Rome" })).await;
    assert_eq!(reply.ok()["contact"]["customFields"], json!({ "Job Title": "CTO" }));
}
