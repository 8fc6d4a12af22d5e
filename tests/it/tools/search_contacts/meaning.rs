//! What a condition means: parts, ranges, users, days of the location, and values in any form.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Crm, contact, setup};
use crate::tools::search_contacts::{ids, search};

/// Five contacts with a plan, a score, a renewal and a title each.
async fn customers() -> Crm {
    let crm = setup()
        .with(contact("ada").email("ada@example.com").with("companyName", json!("Acme")))
        .with(
            contact("bob")
                .email("bob@example.com")
                .with("companyName", json!("Acme Labs"))
                .with("country", json!("GB")),
        )
        .with(contact("cyd").email("cyd@example.com").with("companyName", json!("Big Acme")))
        .with(contact("dan").email("dan@example.com").with("companyName", json!("Smith & Sons")))
        .with(contact("eve").email("eve@example.com"))
        .open()
        .await;
    let fields = ["Plan", "Lead Score", "Renewal Date", "Job Title"].map(|name| crm.field(name));
    for (id, values) in [
        ("ada", [json!("Growth"), json!(80), json!("2026-09-01"), json!("Sales manager")]),
        ("bob", [json!("Scale"), json!(40), json!("2026-09-30"), json!("Engineer")]),
        ("cyd", [json!("Growth"), json!(20), json!("2026-10-01"), json!("Manager")]),
        ("dan", [json!("Starter"), json!(95), json!("2026-08-31"), json!("Owner")]),
    ] {
        let list: Vec<Value> =
            fields.iter().zip(values).map(|(field, value)| json!({ "id": field, "value": value })).collect();
        crm.edit(id, |held| drop(held.insert("customFields".into(), json!(list))));
    }
    crm.clock().advance(Duration::from_secs(5));
    crm
}

async fn found(crm: &Crm, arguments: Value) -> Vec<String> {
    let reply = search(crm, arguments).await;
    let mut found: Vec<String> = ids(&reply).into_iter().map(str::to_owned).collect();
    found.sort();
    found
}

#[tokio::test]
async fn custom_fields_are_conditions_by_value_list_range_part_and_presence() {
    let crm = customers().await;
    for (condition, expected) in [
        (json!({ "Plan": "Growth" }), vec!["ada", "cyd"]),
        (json!({ "Plan": ["Growth", "Scale"] }), vec!["ada", "bob", "cyd"]),
        (json!({ "Plan": "Growth", "Lead Score": { "gt": 50 } }), vec!["ada"]),
        (
            json!([{ "id": "Lead Score", "value": { "gte": "40", "lte": "80", "gt": "", "lt": null } }]),
            vec!["ada", "bob"],
        ),
        (json!({ "Renewal Date": { "gte": "2026-09-01", "lte": "2026-09-30" } }), vec!["ada", "bob"]),
        (json!({ "Renewal Date": "September 30, 2026" }), vec!["bob"]),
        (json!({ "Job Title": { "contains": "manager" } }), vec!["ada", "cyd"]),
        (json!({ "Plan": { "exists": false } }), vec!["eve"]),
        (json!({ "Plan": { "exists": "true" } }), vec!["ada", "bob", "cyd", "dan"]),
        (json!("{\"Plan\":[\"Starter\"]}"), vec!["dan"]),
    ] {
        assert_eq!(found(&crm, json!({ "customFields": condition })).await, expected, "{condition}");
    }
}

#[tokio::test]
async fn a_condition_without_a_value_is_refused_instead_of_finding_those_without_one() {
    let crm = customers().await;
    for condition in
        [json!([{ "id": "Plan" }]), json!([{ "id": "Plan", "value": "" }]), json!({ "Plan": null })]
    {
        let reply = search(&crm, json!({ "customFields": condition })).await;
        assert_eq!(reply.failed_read(), "invalid_arguments", "{condition}");
        assert!(reply.error().contains("Plan has no value to look for"), "{}", reply.error());
    }
    assert_eq!(crm.sent("POST /contacts/search"), 0);
}

#[tokio::test]
async fn filters_take_groups_names_of_custom_fields_and_values_in_any_form() {
    let crm = customers().await;
    crm.edit("eve", |eve| drop(eve.insert("dnd".into(), json!(true))));
    crm.clock().advance(Duration::from_secs(5));
    let or = json!({ "group": "OR", "filters": [
        { "field": "customFields.Plan", "operator": "eq", "value": "Scale" },
        { "field": "customFields.Lead Score", "operator": "range", "value": { "gte": 90 } },
    ]});
    for (filter, expected) in [
        (json!({ "field": "dnd", "operator": "eq", "value": "true" }), vec!["eve"]),
        (json!({ "field": "dnd", "operator": "not_eq", "value": "true" }), vec!["ada", "bob", "cyd", "dan"]),
        (json!({ "field": "country", "operator": "eq", "value": "UK" }), vec!["bob"]),
        (json!({ "field": "country", "operator": "eq", "value": "United Kingdom" }), vec!["bob"]),
        (
            json!({ "field": "company_name", "operator": "contains", "value": "acme" }),
            vec!["ada", "bob", "cyd"],
        ),
        (or, vec!["bob", "dan"]),
    ] {
        assert_eq!(found(&crm, json!({ "filters": [filter] })).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn a_company_is_found_by_a_part_of_its_name_and_the_exact_one_comes_first() {
    let crm = customers().await;
    let reply = search(&crm, json!({ "companyName": "acme" })).await;
    assert_eq!(ids(&reply)[0], "ada");
    assert_eq!(ids(&reply).len(), 3);
    let reply = search(&crm, json!({ "companyName": "Smith & Sons" })).await;
    assert_eq!(ids(&reply), ["dan"]);
    assert!(reply.ok()["note"].as_str().unwrap().contains("companyName was compared exactly"));
}

#[tokio::test]
async fn a_day_is_the_locations_day_and_the_answer_says_so() {
    let added = |id: &str, time: &str| contact(id).email(&format!("{id}@example.com")).added(time);
    let crm = setup()
        .with(added("late", "2026-11-26T03:00:00.000Z"))
        .with(added("next", "2026-11-26T06:00:00.000Z"))
        .with(added("early", "2026-11-25T04:00:00.000Z"))
        .open()
        .await;
    let reply = search(&crm, json!({ "createdAfter": "2026-11-25", "createdBefore": "2026-11-25" })).await;
    assert_eq!(ids(&reply), ["late"]);
    assert!(
        reply.ok()["note"]
            .as_str()
            .unwrap()
            .contains("Dates are days in the location's time zone, America/New_York.")
    );
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /locations/{location} -> 200
    POST /contacts/search {"sort":[{"field":"dateAdded","direction":"desc"}],"pageLimit":20,"filters":[{"field":"dateAdded","operator":"range","value":{"gte":"2026-11-25T05:00:00.000Z","lte":"2026-11-26T04:59:59.999Z"}}]} -> 200
    "#);
}

#[tokio::test]
async fn a_user_is_named_by_id_email_or_name() {
    let crm = setup()
        .with(contact("ada").email("ada@example.com"))
        .with(contact("bob").email("bob@example.com"))
        .open()
        .await;
    crm.upsert(json!({ "email": "ada@example.com", "assignedTo": "ines moreau" })).await.ok();
    let id = crm.held("ada")["assignedTo"].as_str().unwrap().to_owned();
    crm.clock().advance(Duration::from_secs(5));
    for user in ["Ines Moreau", "Ines.Moreau@harbour-light.example.com", &id] {
        assert_eq!(found(&crm, json!({ "assignedTo": user })).await, ["ada"], "{user}");
    }
    assert_eq!(found(&crm, json!({ "assignedTo": "none" })).await, ["bob"]);
    let reply = search(&crm, json!({ "assignedTo": "Jane Doe" })).await;
    assert_eq!(reply.failed_read(), "invalid_arguments");
    assert!(reply.error().contains("\"Jane Doe\" is no user of this location"), "{}", reply.error());
}

#[tokio::test]
async fn every_contact_has_one_shape_whichever_endpoint_it_came_from() {
    let crm = setup()
        .with(
            contact("ada")
                .email("ada@example.com")
                .with("address1", json!("12 Quay Street"))
                .with("dateOfBirth", json!("1990-09-25T00:00:00.000Z")),
        )
        .open()
        .await;
    crm.clock().advance(Duration::from_secs(5));
    let fields = json!(["dateOfBirth", "address1", "bogus"]);
    let by_search = search(&crm, json!({ "query": "ada", "fields": fields })).await;
    let by_id = crm.call("ghl_get_contact", json!({ "contactId": "ada", "fields": fields })).await;
    for contact in [&by_search.ok()["contacts"][0], &by_id.ok()["contact"]] {
        assert_eq!(
            (&contact["dateOfBirth"], &contact["address1"]),
            (&json!("1990-09-25"), &json!("12 Quay Street"))
        );
    }
    assert_eq!(
        (&by_search.ok()["unknownFields"], &by_id.ok()["unknownFields"]),
        (&json!(["bogus"]), &json!(["bogus"]))
    );
}

#[tokio::test]
async fn blocked_channels_are_shown() {
    let crm = setup()
        .with(contact("ada").email("ada@example.com").with("dnd", json!(true)).with(
            "dndSettings",
            json!({ "SMS": { "status": "permanent" }, "Email": { "status": "active" }, "Call": { "status": "inactive" } }),
        ))
        .with(contact("bob").email("bob@example.com").with("dnd", json!(false)))
        .open()
        .await;
    let ada = crm.call("ghl_get_contact", json!({ "email": "ada@example.com" })).await;
    assert_eq!(ada.ok()["contact"]["dnd"], json!({ "all": true, "channels": ["Email", "SMS"] }));
    let bob = crm.call("ghl_get_contact", json!({ "email": "bob@example.com" })).await;
    assert_eq!(bob.ok()["contact"].get("dnd"), None);
}

#[tokio::test]
async fn a_phone_in_a_filter_is_compared_as_highlevel_stores_it() {
    let crm = setup()
        .with(contact("ada").phone("+14155550101"))
        .with(contact("bob").phone("+14155550102"))
        .open()
        .await;
    for value in ["+1 (415) 555-0101", "tel:+1-415-555-0101", "001 415 555 0101"] {
        let found =
            search(&crm, json!({ "filters": [{ "field": "phone", "operator": "eq", "value": value }] }))
                .await;
        assert_eq!(ids(&found), ["ada"], "{value}");
    }
    let part = json!([{ "field": "phone", "operator": "contains", "value": "5550102" }]);
    assert_eq!(ids(&search(&crm, json!({ "filters": part })).await), ["bob"]);
    crm.clear_wire();
    for value in ["(415) 555-0101", "unknown", "+1 415 555 0101 ext 2"] {
        let reply =
            search(&crm, json!({ "filters": [{ "field": "phone", "operator": "eq", "value": value }] }))
                .await;
        assert_eq!(reply.failed_read(), "invalid_arguments", "{value}");
        assert!(reply.text().contains("with its country code"), "{}", reply.text());
    }
    assert!(crm.requests().is_empty());
}

#[tokio::test]
async fn a_custom_phone_is_found_however_it_is_written() {
    let crm = Crm::empty().await;
    for (id, phone) in [("ada", "+14155550102"), ("bob", "(415) 555-0102"), ("eve", "+442079460018")] {
        crm.insert(json!({ "id": id, "email": format!("{id}@example.com"),
            "customFields": [{ "id": crm.field("Assistant Phone"), "value": phone }] }));
    }
    for (sent, found) in [
        ("+14155550102", vec!["ada"]),
        ("+1 (415) 555-0102", vec!["ada"]),
        ("(415) 555-0102", vec!["ada", "bob"]),
        ("020 7946 0018", vec!["eve"]),
    ] {
        let reply = search(&crm, json!({ "customFields": { "Assistant Phone": sent } })).await;
        let mut all = ids(&reply);
        all.sort_unstable();
        assert_eq!(all, found, "{sent}");
    }
}

#[tokio::test]
async fn a_range_that_ends_before_it_begins_is_refused_unsent() {
    let crm = Crm::empty().await;
    let range = |field: &str, from: Value, to: Value| json!({ "field": field, "operator": "range", "value": { "gte": from, "lte": to } });
    for call in [
        json!({ "createdAfter": "2026-12-01", "createdBefore": "2026-01-01" }),
        json!({ "customFields": { "Lead Score": { "gt": "50", "lt": "10" } } }),
        json!({ "customFields": { "Budget": { "gte": "$1,000.50", "lte": 7 } } }),
        json!({ "customFields": { "Renewal Date": { "gte": "2026-09-30", "lte": "2026-09-01" } } }),
        json!({ "filters": [range("dateAdded", json!("2026-09-30"), json!("2026-09-01"))] }),
        json!({ "filters": [range("customFields.Lead Score", json!(50), json!("10"))] }),
    ] {
        let reply = search(&crm, call.clone()).await;
        assert_eq!(reply.failed_read(), "invalid_arguments", "{call}");
    }
    assert_eq!(crm.sent("POST "), 0);
    for call in [
        json!({ "customFields": { "Lead Score": { "gte": 50, "lte": 50 } } }),
        json!({ "customFields": { "Renewal Date": { "gte": "2026-09-01", "lte": "2026-09-01" } } }),
    ] {
        search(&crm, call).await.ok();
    }
}
