//! What is written: only differences, by the mode. A dry run says it before.

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};

use crate::support::{Crm, Person, contact, setup};

fn ada() -> Person {
    contact("ada").email("ada@example.com").first_name("Ada").tags(["vip"]).with("city", json!("London"))
}

#[tokio::test]
async fn only_changed_fields_are_sent() {
    let crm = Crm::with(ada()).await.warmed_up().await;
    let arguments = json!({
        "email": "ada@example.com", "firstName": "Ada", "city": "Paris", "lastName": "Lovelace", "tags": ["VIP ", "new"]
    });
    let reply = crm.upsert(arguments).await;
    insta::assert_json_snapshot!(reply.ok()["changes"], @r#"
    [
      {
        "field": "lastName",
        "after": "Lovelace"
      },
      {
        "field": "city",
        "before": "London",
        "after": "Paris"
      }
    ]
    "#);
    assert_eq!(reply.ok()["tagsAdded"], json!(["new"]));
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/search/duplicate?email=ada@example.com -> 200
    PUT /contacts/ada {"lastName":"Lovelace","city":"Paris"} -> 200
    POST /contacts/ada/tags {"tags":["new"]} -> 201
    "#);
    assert_eq!(crm.held("ada")["tags"], json!(["vip", "new"]));
}

#[tokio::test]
async fn an_unchanged_contact_is_only_looked_up() {
    let ada = ada().with("dateOfBirth", json!("1990-09-25T00:00:00.000Z")).with("country", json!("GB"));
    let crm = Crm::with(ada.phone("+14155550101")).await;
    let arguments = json!({
        "email": "ADA@EXAMPLE.COM", "phone": "+1 415 555 0101", "firstName": " Ada ", "city": "London",
        "country": "gb", "dateOfBirth": "1990/09/25", "tags": ["Vip"], "clear": ["website"],
    });
    let reply = crm.upsert(arguments).await;
    assert_eq!(
        (reply.outcome(), &reply.ok()["changes"], &reply.ok()["requests"]),
        ("unchanged", &json!([]), &json!(1))
    );
    insta::assert_snapshot!(crm.wire(), @r"GET /contacts/search/duplicate?email=ada@example.com -> 200");
}

#[tokio::test]
async fn fill_empty_never_changes_a_stored_value() {
    let crm = Crm::with(ada()).await.warmed_up().await;
    let arguments = json!({
        "email": "ada@example.com", "firstName": "Augusta", "city": "Paris", "lastName": "Lovelace", "mode": "fillEmpty"
    });
    let reply = crm.upsert(arguments).await;
    insta::assert_json_snapshot!(reply.ok()["warnings"], @r#"
    [
      "the contact was called Ada: make sure that it is the same person",
      "kept firstName: it already had a value",
      "kept city: it already had a value"
    ]
    "#);
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/search/duplicate?email=ada@example.com -> 200
    GET /contacts/ada -> 200
    PUT /contacts/ada {"lastName":"Lovelace"} -> 200
    "#);
    let held = crm.held("ada");
    assert_eq!((&held["firstName"], &held["city"]), (&json!("Ada"), &json!("London")));
}

#[tokio::test]
async fn clear_empties_standard_and_custom_fields() {
    let crm = Crm::with(ada()).await;
    let title = crm.field("Job Title");
    crm.edit("ada", |ada| drop(ada.insert("customFields".into(), json!([{ "id": title, "value": "CTO" }]))));
    let reply = crm.upsert(json!({ "email": "ada@example.com", "clear": ["city", "job title"] })).await;
    assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("updated", &json!([])));
    insta::assert_json_snapshot!(reply.ok()["changes"], @r#"
    [
      {
        "field": "city",
        "before": "London"
      },
      {
        "field": "Job Title",
        "before": "CTO"
      }
    ]
    "#);
    assert_eq!((&crm.held("ada")["city"], crm.custom("ada", "Job Title")), (&Value::Null, Value::Null));
    assert_eq!(crm.held("ada")["firstName"], "Ada");
}

#[tokio::test]
async fn an_empty_text_clears_nothing() {
    let crm = Crm::with(ada()).await;
    for nothing in [json!(" "), json!(""), json!(null), json!([]), json!({}), json!([""])] {
        let sent = json!({
            "email": "ada@example.com", "phone": nothing, "firstName": nothing, "city": nothing, "tags": nothing,
            "customFields": nothing, "clear": nothing, "mode": nothing, "dryRun": nothing
        });
        assert_eq!(crm.upsert(sent).await.outcome(), "unchanged", "{nothing}");
    }
    assert_eq!((&crm.held("ada")["city"], &crm.held("ada")["firstName"]), (&json!("London"), &json!("Ada")));
}

#[tokio::test]
async fn a_dry_run_writes_nothing_and_predicts_the_real_run() {
    let arguments = |dry: bool| {
        json!({
            "email": "ada@example.com", "city": "Paris", "gender": "female", "tags": ["new"], "clear": ["firstName"],
            "customFields": [{ "id": "Lead Score", "value": "82" }], "dryRun": dry
        })
    };
    for setup in [setup().with(ada()), setup(), setup().duplicates_allowed().with(ada())] {
        let crm = setup.open().await;
        let before = crm.contacts();
        let planned = crm.upsert(arguments(true)).await;
        assert_eq!(planned.outcome(), "planned");
        assert!(crm.requests().iter().all(|line| line.starts_with("GET ") || line.contains("/search ")));
        assert_eq!(crm.contacts(), before);
        let real = crm.upsert(arguments(false)).await;
        for part in ["changes", "tagsAdded", "notStored", "warnings", "matchedBy"] {
            assert_eq!(planned.ok()[part], real.ok()[part], "{part}");
        }
        assert_eq!(crm.upsert(arguments(false)).await.outcome(), "unchanged");
    }
}

#[tokio::test]
async fn the_gender_of_an_existing_contact_is_reported_as_not_stored() {
    let crm = Crm::with(ada()).await;
    let reply = crm.upsert(json!({ "email": "ada@example.com", "gender": "female", "city": "Paris" })).await;
    assert_eq!(reply.outcome(), "updated");
    insta::assert_json_snapshot!(reply.ok()["notStored"], @r#"
    [
      {
        "field": "gender",
        "reason": "HighLevel stores gender only when a contact is created (highlevel-api-docs issue 313)"
      }
    ]
    "#);
    assert_eq!((&crm.held("ada")["gender"], &crm.held("ada")["city"]), (&Value::Null, &json!("Paris")));
    assert!(!crm.wire().contains("gender"));
}

#[tokio::test]
async fn gender_alone_on_an_existing_contact_is_no_success() {
    let crm = Crm::with(ada()).await;
    let reply = crm.upsert(json!({ "email": "ada@example.com", "gender": "female" })).await;
    assert_eq!(
        (reply.outcome(), reply.ok()["notStored"][0]["field"].as_str()),
        ("unchanged", Some("gender"))
    );
}

#[tokio::test]
async fn the_gender_of_a_new_contact_is_stored() {
    let crm = Crm::empty().await;
    let reply = crm.upsert(json!({ "email": "ada@example.com", "gender": "female" })).await;
    assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("created", &json!([])));
    assert_eq!(crm.held(&crm.id_of("ada@example.com"))["gender"], "female");
}

#[tokio::test]
async fn a_refused_company_is_left_out_and_the_rest_written() {
    let strict = setup().options(|options| options.put_company_name = false);
    let crm = strict.with(ada()).open().await.warmed_up().await;
    let reply =
        crm.upsert(json!({ "email": "ada@example.com", "companyName": "Acme", "city": "Paris" })).await;
    assert_eq!(reply.outcome(), "updated");
    insta::assert_json_snapshot!(reply.ok()["notStored"], @r#"
    [
      {
        "field": "companyName",
        "sent": "Acme",
        "reason": "HighLevel refuses companyName on an existing contact; the rest was written without it"
      }
    ]
    "#);
    let changes = reply.ok()["changes"].as_array().unwrap();
    assert_eq!((changes.len(), &changes[0]["field"]), (1, &json!("city")), "what was refused did not change");
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/search/duplicate?email=ada@example.com -> 200
    PUT /contacts/ada {"companyName":"Acme","city":"Paris"} -> 422
    PUT /contacts/ada {"city":"Paris"} -> 200
    "#);
    assert_eq!(crm.held("ada")["city"], "Paris");
    // With nothing else, there is nothing to write.
    let reply = crm.upsert(json!({ "email": "ada@example.com", "companyName": "Acme" })).await;
    assert_eq!(
        (reply.outcome(), reply.ok()["notStored"][0]["field"].as_str()),
        ("unchanged", Some("companyName"))
    );
}

#[tokio::test]
async fn a_full_name_is_compared_with_first_and_last_name() {
    let crm = Crm::with(ada().with("lastName", json!("Lovelace"))).await;
    assert_eq!(
        crm.upsert(json!({ "email": "ada@example.com", "name": "Ada  Lovelace" })).await.outcome(),
        "unchanged"
    );
    let reply = crm.upsert(json!({ "email": "ada@example.com", "name": "Augusta King" })).await;
    assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("updated", &json!([])));
    assert_eq!(crm.held("ada")["lastName"], "King");
}

#[tokio::test]
async fn first_or_last_name_wins_over_the_full_name() {
    for part in ["firstName", "lastName"] {
        let crm = Crm::with(ada()).await;
        let reply =
            crm.upsert(json!({ "email": "ada@example.com", "name": "Augusta King", part: "Lady" })).await;
        assert_eq!(reply.ok()["warnings"], json!(["name was ignored: firstName or lastName was given too"]));
        assert_eq!(crm.held("ada")[part], "Lady");
    }
}

#[tokio::test]
async fn native_upsert_is_not_used_to_clear_a_custom_field() {
    for (value, native) in [(json!("CTO"), true), (json!(null), false)] {
        let crm = setup().native().with(ada()).open().await;
        let fields = json!([{ "id": "Job Title", "value": value }]);
        crm.upsert(json!({ "email": "ada@example.com", "customFields": fields })).await.ok();
        let used = crm.requests().iter().any(|line| line.starts_with("POST /contacts/upsert"));
        assert_eq!(used, native, "{value}");
    }
}

#[tokio::test]
async fn a_refused_native_upsert_is_not_tried_the_safe_way() {
    let crm = setup().native().with(ada()).open().await;
    let refused = Fault::answer(400, "{}");
    crm.fault_on("POST", "/contacts/upsert", refused);
    let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris" })).await;
    assert_eq!((reply.code(), reply.may_have_written(), crm.requests().len()), ("refused", "no", 1));
}

#[tokio::test]
async fn an_email_is_added_to_a_contact_found_by_phone() {
    let crm = Crm::with(contact("ada").phone("+14155550101")).await;
    let reply = crm.upsert(json!({ "email": "ada@example.com", "phone": "+14155550101" })).await;
    assert_eq!((reply.outcome(), &reply.ok()["matchedBy"]), ("updated", &json!("phone")));
    assert_eq!((crm.count(), &crm.held("ada")["email"]), (1, &json!("ada@example.com")));
}

#[tokio::test]
async fn native_upsert_is_not_used_for_what_it_cannot_do() {
    let crm = setup().native().with(ada()).open().await;
    let kept = json!({ "email": "ada@example.com", "city": "Paris", "mode": "fillEmpty" });
    assert_eq!(crm.upsert(kept).await.outcome(), "unchanged");
    assert_eq!(
        crm.upsert(json!({ "email": "ada@example.com", "clear": ["city"] })).await.outcome(),
        "updated"
    );
    assert_eq!(crm.held("ada")["city"], Value::Null);
    assert!(!crm.wire().contains("/contacts/upsert"));
}

#[tokio::test]
async fn an_additional_phone_does_not_become_the_primary() {
    let ada = ada()
        .with("phone", json!("+14155550101"))
        .with("additionalPhones", json!([{ "phone": "+14155550102" }]));
    let crm = Crm::with(ada).await;
    let reply = crm.upsert(json!({ "email": "ada@example.com", "phone": "+14155550102" })).await;
    assert_eq!((reply.outcome(), crm.held("ada")["phone"].as_str()), ("unchanged", Some("+14155550101")));
}

#[tokio::test]
async fn an_additional_email_does_not_become_the_primary() {
    let ada = ada()
        .with("phone", json!("+14155550101"))
        .with("additionalEmails", json!([{ "email": "a@example.org" }]));
    let crm = Crm::with(ada).await;
    let reply = crm.upsert(json!({ "email": "a@example.org", "phone": "+14155550101" })).await;
    assert_eq!((reply.outcome(), crm.held("ada")["email"].as_str()), ("unchanged", Some("ada@example.com")));
}

#[tokio::test]
async fn fill_empty_fills_only_empty_custom_fields() {
    let crm = Crm::with(ada()).await;
    let score = crm.field("Lead Score");
    crm.edit("ada", |ada| drop(ada.insert("customFields".into(), json!([{ "id": score, "value": 82 }]))));
    let fields = json!([{ "id": "Lead Score", "value": 10 }, { "id": "Plan", "value": "Growth" }]);
    let reply =
        crm.upsert(json!({ "email": "ada@example.com", "mode": "fillEmpty", "customFields": fields })).await;
    assert_eq!(reply.outcome(), "updated");
    assert_eq!((crm.custom("ada", "Lead Score"), crm.custom("ada", "Plan")), (json!(82), json!("Growth")));
}

#[tokio::test]
async fn a_text_that_stands_for_no_value_is_left_out_unless_it_is_a_name() {
    let crm = Crm::with(ada()).await;
    let reply = crm
        .upsert(json!({ "email": "ada@example.com", "city": "undefined", "state": "null", "source": "#N/A", "lastName": "Null" }))
        .await;
    insta::assert_json_snapshot!(reply.ok()["warnings"], @r##"
    [
      "city was ignored: \"undefined\" stands for no value",
      "state was ignored: \"null\" stands for no value",
      "source was ignored: \"#N/A\" stands for no value"
    ]
    "##);
    assert_eq!((&crm.held("ada")["city"], &crm.held("ada")["lastName"]), (&json!("London"), &json!("Null")));
}

#[tokio::test]
async fn tags_in_one_text_are_a_list() {
    let crm = Crm::with(ada()).await;
    for (sent, tag) in [
        (json!("gamma, delta"), "delta"),
        (json!("[\"alpha\",\"beta\"]"), "beta"),
        (json!(["one, two"]), "one, two"),
    ] {
        crm.upsert(json!({ "email": "ada@example.com", "tags": sent })).await.ok();
        assert!(crm.held("ada")["tags"].as_array().unwrap().contains(&json!(tag)), "{sent}");
    }
}
