//! Tasks that change something.

use serde_json::{Value, json};

use crate::everyday::{custom, customer, fill, people, people_and};
use crate::tools::search_contacts::{ids, search};

#[tokio::test]
async fn change_lucas_email() {
    let crm = people().await;
    let found = search(&crm, json!({ "query": "Lucas" })).await;
    let [id] = ids(&found)[..] else { panic!("one Lucas: {}", found.ok()) };
    let reply = crm.upsert(json!({ "contactId": id, "email": "lucas@andrade.example.com" })).await;
    assert_eq!((reply.outcome(), crm.count()), ("updated", 25));
    assert_eq!(crm.held(id)["email"], "lucas@andrade.example.com");
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    POST /contacts/search -> 200
    GET /locations/{location}/customFields?model=contact -> 200
    GET /contacts/{new15} -> 200
    GET /locations/{location} -> 200
    GET /contacts/search/duplicate?email=lucas@andrade.example.com -> 200
    PUT /contacts/{new15} -> 200
    ");
}

#[tokio::test]
async fn tag_everyone_at_acme() {
    let crm = people().await;
    let found = search(&crm, json!({ "companyName": "Acme", "limit": 100 })).await;
    let ids = ids(&found);
    let reply = crm.call("ghl_add_tags", json!({ "contactIds": ids, "tags": ["Q3 campaign"] })).await;
    assert_eq!(reply.ok()["contacts"].as_array().unwrap().len(), ids.len());
    let is_tagged = |one: &Value| one["tags"].as_array().unwrap().contains(&json!("q3 campaign"));
    let mut tagged: Vec<Value> =
        crm.contacts().iter().filter(|one| is_tagged(one)).map(|one| one["name"].clone()).collect();
    tagged.sort_by_key(Value::to_string);
    assert_eq!(tagged, ["Jane Smith", "Mateo García"]);
    // The other tags stay.
    assert_eq!(
        crm.held(&crm.id_of("mateo.garcia@example.com"))["tags"],
        json!(["customer", "vip", "q3 campaign"])
    );
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    POST /contacts/search -> 200
    GET /locations/{location}/customFields?model=contact -> 200
    GET /locations/{location}/tags -> 200
    POST /contacts/bulk/tags/update/add -> 201
    ");
}

#[tokio::test]
async fn add_jane_smiths_birthday() {
    let crm = people().await;
    let jane = json!({ "email": "jane.smith@example.com", "dateOfBirth": "September 25, 1990" });
    let reply = crm.upsert(jane).await;
    assert_eq!(
        reply.ok()["changes"],
        json!([{ "field": "dateOfBirth", "before": "1988-04-12T00:00:00.000Z", "after": "1990-09-25" }])
    );
    let held = crm.held(&crm.id_of("jane.smith@example.com"));
    assert_eq!(held["dateOfBirth"], "1990-09-25T00:00:00.000Z");
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    GET /contacts/search/duplicate?email=jane.smith@example.com -> 200
    GET /locations/{location} -> 200
    PUT /contacts/{new1} -> 200
    GET /locations/{location}/customFields?model=contact -> 200
    ");
}

#[tokio::test]
async fn bob_shares_janes_phone() {
    let crm = people().await;
    let jane = crm.held(&crm.id_of("jane.smith@example.com"));
    let bob = json!({ "email": "bob.jones@example.com", "phone": "(415) 555-0101", "firstName": "Bob", "lastName": "Jones" });
    let reply = crm.upsert(bob).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("conflict", "no"));
    assert!(reply.error().contains("Jane Smith"), "{}", reply.error());
    // The person says that Bob is another person.
    let reply = crm
        .upsert(json!({ "email": "bob.jones@example.com", "firstName": "Bob", "lastName": "Jones" }))
        .await;
    assert_eq!((reply.outcome(), crm.count()), ("created", 26));
    assert_eq!(crm.held(jane["id"].as_str().unwrap()), jane);
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    GET /locations/{location} -> 200
    GET /contacts/search/duplicate?email=bob.jones@example.com -> 200
    GET /contacts/search/duplicate?number=+14155550101 -> 200
    GET /contacts/search/duplicate?email=bob.jones@example.com -> 200
    POST /contacts/ -> 201
    ");
}

#[tokio::test]
async fn clear_the_renewal_date() {
    let crm = people().await;
    let email = "jane.smith@example.com";
    assert_ne!(custom(&crm, email, "Renewal Date"), Value::Null);
    let plan = custom(&crm, email, "Plan");
    let reply = crm.upsert(json!({ "email": email, "clear": ["Renewal Date"] })).await;
    assert_eq!((reply.outcome(), custom(&crm, email, "Renewal Date")), ("updated", Value::Null));
    assert_eq!(custom(&crm, email, "Plan"), plan);
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    GET /locations/{location}/customFields?model=contact -> 200
    GET /contacts/search/duplicate?email=jane.smith@example.com -> 200
    GET /locations/{location} -> 200
    PUT /contacts/{new1} -> 200
    GET /contacts/{new1} -> 200
    ");
}

#[tokio::test]
async fn fill_only_what_is_empty() {
    let crm = people().await;
    let reply = crm
        .upsert(json!({
            "email": "jane.smith@example.com", "mode": "fillEmpty", "city": "Oakland", "website": "https://jane.example.com",
            "companyName": "Another Corp", "customFields": { "Plan": "Scale", "Assistant Phone": "+14155550199" },
        }))
        .await;
    let held = crm.held(&crm.id_of("jane.smith@example.com"));
    assert_eq!(
        (reply.outcome(), &held["city"], &held["companyName"]),
        ("updated", &json!("San Francisco"), &json!("Acme Corp"))
    );
    assert_eq!(held["website"], "https://jane.example.com");
    assert_eq!(custom(&crm, "jane.smith@example.com", "Plan"), "Growth");
    assert_eq!(custom(&crm, "jane.smith@example.com", "Assistant Phone"), "+14155550199");
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    GET /locations/{location}/customFields?model=contact -> 200
    GET /contacts/search/duplicate?email=jane.smith@example.com -> 200
    GET /locations/{location} -> 200
    GET /contacts/{new1} -> 200
    PUT /contacts/{new1} -> 200
    GET /contacts/{new1} -> 200
    ");
}

#[tokio::test]
async fn what_would_change() {
    let crm = people().await;
    let before = crm.contacts();
    let reply = crm
        .upsert(json!({
            "email": "hannah.weiss@example.com", "city": "Berlin", "country": "Deutschland", "tags": ["customer", "vip"], "dryRun": true,
        }))
        .await;
    assert_eq!(reply.outcome(), "planned");
    assert_eq!(reply.ok()["changes"], json!([{ "field": "city", "after": "Berlin" }]));
    assert_eq!(reply.ok()["tagsAdded"], json!(["vip"]));
    assert_eq!(crm.contacts(), before);
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    GET /contacts/search/duplicate?email=hannah.weiss@example.com -> 200
    GET /locations/{location} -> 200
    GET /locations/{location}/customFields?model=contact -> 200
    ");
}

#[tokio::test]
async fn change_the_contact_on_this_page() {
    let crm = people().await;
    let id = crm.id_of("wei.chen@example.com");
    let page = format!("https://app.gohighlevel.com/v2/location/{}/contacts/detail/{id}", crm.location());
    let reply = crm.upsert(json!({ "contactId": page, "city": "Portland" })).await;
    assert_eq!((reply.outcome(), &crm.held(&id)["city"]), ("updated", &json!("Portland")));
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    GET /contacts/{new8} -> 200
    PUT /contacts/{new8} -> 200
    ");
}

#[tokio::test]
async fn give_priya_to_ines_moreau() {
    let crm = people().await;
    let reply = crm.upsert(json!({ "email": "priya.raman@example.org", "assignedTo": "Ines Moreau" })).await;
    assert_eq!(reply.outcome(), "updated");
    let user = crm.held(&crm.id_of("priya.raman@example.org"))["assignedTo"].clone();
    crm.clock().advance(std::time::Duration::from_secs(5));
    let found = search(&crm, json!({ "assignedTo": "Ines Moreau", "fields": ["assignedTo"] })).await;
    let priya =
        found.ok()["contacts"].as_array().unwrap().iter().find(|one| one["name"] == "Priya Raman").cloned();
    assert_eq!(priya.unwrap()["assignedTo"], user);
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    GET /users/ -> 200
    GET /contacts/search/duplicate?email=priya.raman@example.org -> 200
    GET /locations/{location} -> 200
    PUT /contacts/{new5} -> 200
    GET /contacts/{new5} -> 200
    GET /locations/{location}/customFields?model=contact -> 200
    POST /contacts/search -> 200
    ");
}

#[tokio::test]
async fn zanele_who_has_no_email_gets_one() {
    let crm = people().await;
    let reply = crm.upsert(json!({ "phone": "415 555 0114", "email": "zanele@example.com" })).await;
    assert_eq!((reply.outcome(), &reply.ok()["matchedBy"], crm.count()), ("updated", &json!("phone"), 25));
    assert_eq!(crm.held(&crm.id_of("zanele@example.com"))["firstName"], "Zanele");
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    GET /locations/{location} -> 200
    GET /contacts/search/duplicate?email=zanele@example.com -> 200
    GET /contacts/search/duplicate?number=+14155550114 -> 200
    PUT /contacts/{new14} -> 200
    ");
}

#[tokio::test]
async fn a_row_of_a_form_is_a_contact() {
    let crm = people_and([customer("ada", "Ada", &json!({ "tags": ["lead"] }))]).await;
    fill(&crm, "ada", &json!({ "Plan": "Starter" }));
    let row = json!({
        "email": "Ada <ada@example.com>", "first_name": "Ada", "last_name": "", "phone": "", "country": "UK",
        "tags": "lead, webinar", "customFields": "{\"Plan\":\"growth\",\"Lead Score\":\"82\",\"Job Title\":\"\"}",
        "sessionId": "abc", "toolCallId": "call_1",
    });
    let reply = crm.upsert(row.clone()).await;
    assert_eq!(reply.outcome(), "updated", "{}", reply.ok());
    let held = crm.held("ada");
    assert_eq!((&held["country"], &held["tags"]), (&json!("GB"), &json!(["lead", "webinar"])));
    assert_eq!((crm.custom("ada", "Plan"), crm.custom("ada", "Lead Score")), (json!("Growth"), json!(82)));
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    GET /locations/{location}/customFields?model=contact -> 200
    GET /contacts/search/duplicate?email=ada@example.com -> 200
    GET /locations/{location} -> 200
    PUT /contacts/ada -> 200
    POST /contacts/ada/tags -> 201
    GET /contacts/ada -> 200
    ");
    // The same row again.
    crm.clear_wire();
    assert_eq!(crm.upsert(row).await.outcome(), "unchanged");
    insta::assert_snapshot!(crm.requests().join("\n"), @"GET /contacts/search/duplicate?email=ada@example.com -> 200");
}
