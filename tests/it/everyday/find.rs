//! Tasks that look something up. None of them writes.

use serde_json::json;

use crate::everyday::{customer, fill, names, people, people_and};
use crate::support::{Crm, contact};
use crate::tools::search_contacts::{ids, search};

/// Customers with a plan, a score, a renewal and a title each.
async fn customers() -> Crm {
    let crm = people_and([
        customer("ada", "Ada", &json!({})),
        customer("bob", "Bob", &json!({})),
        customer("cyd", "Cyd", &json!({})),
    ])
    .await;
    for person in crm.contacts() {
        crm.edit(person["id"].as_str().unwrap(), |held| drop(held.remove("customFields")));
    }
    for (id, plan, score, renewal, title) in [
        ("ada", "Growth", 80, "2026-09-01", "Sales Manager"),
        ("bob", "Scale", 40, "2026-09-30", "Engineer"),
        ("cyd", "Growth", 50, "2026-10-01", "Office manager"),
    ] {
        fill(
            &crm,
            id,
            &json!({ "Plan": plan, "Lead Score": score, "Renewal Date": renewal, "Job Title": title }),
        );
    }
    crm
}

#[tokio::test]
async fn who_was_created_last_week_and_has_no_email() {
    let person = |id: &str, added: &str| contact(id).first_name(id).added(added);
    let crm = people_and([
        person("monday", "2026-05-25T14:00:00.000Z"),
        person("sunday", "2026-06-01T03:30:00.000Z"),
        person("mailed", "2026-05-27T14:00:00.000Z").email("mailed@example.com"),
        person("sunday before", "2026-05-25T03:30:00.000Z"),
        person("today", "2026-06-01T08:00:00.000Z"),
    ])
    .await;
    let reply = search(
        &crm,
        json!({
            "createdAfter": "2026-05-25", "createdBefore": "2026-05-31",
            "filters": [{ "field": "email", "operator": "not_exists" }],
        }),
    )
    .await;
    // The days are those of New York.
    assert_eq!(names(reply.ok()), ["monday", "sunday"]);
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    GET /locations/{location} -> 200
    POST /contacts/search -> 200
    ");
}

#[tokio::test]
async fn whose_renewal_is_in_september() {
    let crm = customers().await;
    let renewal = json!({ "Renewal Date": { "gte": "2026-09-01", "lte": "2026-09-30" } });
    let reply = search(&crm, json!({ "customFields": renewal })).await;
    assert_eq!(names(reply.ok()), ["Ada", "Bob"]);
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    GET /locations/{location}/customFields?model=contact -> 200
    POST /contacts/search -> 200
    ");
}

#[tokio::test]
async fn is_oliver_reachable_by_sms() {
    let crm = people().await;
    let reply = search(&crm, json!({ "query": "Oliver Hughes" })).await;
    assert_eq!(names(reply.ok()), ["Oliver Hughes"]);
    assert_eq!(reply.ok()["contacts"][0]["dnd"], json!({ "all": true, "channels": ["Email", "SMS"] }));
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    POST /contacts/search -> 200
    GET /locations/{location}/customFields?model=contact -> 200
    ");
}

#[tokio::test]
async fn who_is_assigned_to_ines_moreau() {
    let crm = people_and([customer("ada", "Ada", &json!({}))]).await;
    crm.upsert(json!({ "contactId": "ada", "assignedTo": "Ines Moreau" })).await.ok();
    crm.clock().advance(std::time::Duration::from_secs(700));
    crm.clear_wire();
    let reply = search(&crm, json!({ "assignedTo": "Ines Moreau" })).await;
    assert!(names(reply.ok()).contains(&"Ada"), "{}", reply.ok());
    let user = crm.held("ada")["assignedTo"].clone();
    let all = crm.contacts().iter().filter(|one| one["assignedTo"] == user).count();
    assert_eq!(reply.ok()["total"], all);
    assert!(reply.ok()["note"].as_str().unwrap().contains(user.as_str().unwrap()));
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    GET /users/ -> 200
    POST /contacts/search -> 200
    ");
}

#[tokio::test]
async fn which_leads_are_unassigned() {
    let crm = people().await;
    let reply = search(&crm, json!({ "tags": ["lead"], "assignedTo": "none" })).await;
    let is_one = |one: &serde_json::Value| {
        one["tags"].as_array().unwrap().contains(&json!("lead")) && one.get("assignedTo").is_none()
    };
    assert_eq!(reply.ok()["total"], crm.contacts().iter().filter(|one| is_one(one)).count());
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    POST /contacts/search -> 200
    GET /locations/{location}/customFields?model=contact -> 200
    ");
}

#[tokio::test]
async fn who_has_the_plan_growth_and_a_score_above_50() {
    let crm = customers().await;
    let reply =
        search(&crm, json!({ "customFields": { "Plan": "Growth", "Lead Score": { "gt": 50 } } })).await;
    assert_eq!(names(reply.ok()), ["Ada"]);
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    GET /locations/{location}/customFields?model=contact -> 200
    POST /contacts/search -> 200
    ");
}

#[tokio::test]
async fn who_has_the_plan_growth_or_scale() {
    let crm = customers().await;
    let reply =
        search(&crm, json!({ "customFields": [{ "id": "Plan", "value": ["Growth", "Scale"] }] })).await;
    assert_eq!(names(reply.ok()), ["Ada", "Bob", "Cyd"]);
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    GET /locations/{location}/customFields?model=contact -> 200
    POST /contacts/search -> 200
    ");
}

#[tokio::test]
async fn whose_title_contains_manager() {
    let crm = customers().await;
    let reply = search(&crm, json!({ "customFields": { "Job Title": { "contains": "manager" } } })).await;
    assert_eq!(names(reply.ok()), ["Ada", "Cyd"]);
    // The value is in the answer, by its name.
    assert!(reply.ok()["contacts"].to_string().contains("\"Job Title\":\"Sales Manager\""));
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    GET /locations/{location}/customFields?model=contact -> 200
    POST /contacts/search -> 200
    ");
}

#[tokio::test]
async fn who_is_blocked_for_email() {
    let settings = |status: &str| json!({ "dndSettings": { "Email": { "status": status } } });
    let crm = people_and([
        customer("ada", "Ada", &settings("active")),
        customer("bob", "Bob", &settings("inactive")),
        customer("cyd", "Cyd", &settings("permanent")),
    ])
    .await;
    let is = |status: &str| json!({ "field": "dndSettings.Email.status", "operator": "eq", "value": status });
    let blocked = json!([{ "group": "OR", "filters": [is("active"), is("permanent")] }]);
    let reply = search(&crm, json!({ "filters": blocked })).await;
    assert_eq!(names(reply.ok()), ["Ada", "Cyd", "Oliver Hughes"]);
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    POST /contacts/search -> 200
    GET /locations/{location}/customFields?model=contact -> 200
    ");
}

#[tokio::test]
async fn who_is_in_germany_or_is_a_vip_of_acme() {
    let crm = people().await;
    let filters = json!([{ "group": "OR", "filters": [
        { "field": "country", "operator": "eq", "value": "Germany" },
        { "group": "AND", "filters": [
            { "field": "tags", "operator": "contains", "value": "vip" },
            { "field": "companyName", "operator": "contains", "value": "Acme" },
        ] },
    ] }]);
    let reply = search(&crm, json!({ "filters": filters })).await;
    assert_eq!(names(reply.ok()), ["Hannah Weiss", "Mateo García"]);
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    POST /contacts/search -> 200
    GET /locations/{location}/customFields?model=contact -> 200
    ");
}

#[tokio::test]
async fn the_next_page_goes_on_after_the_one_before() {
    let crm = people().await;
    let (mut all, mut cursor) = (Vec::new(), None);
    for calls in 1.. {
        let mut arguments = json!({ "limit": 10 });
        if let Some(cursor) = &cursor {
            arguments["cursor"] = json!(cursor);
        }
        let reply = search(&crm, arguments).await;
        all.extend(ids(&reply).into_iter().map(str::to_owned));
        cursor = reply.ok().get("nextCursor").map(|cursor| cursor.as_str().unwrap().to_owned());
        if cursor.is_none() {
            assert_eq!(calls, 3);
            break;
        }
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 25);
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    POST /contacts/search -> 200
    GET /locations/{location}/customFields?model=contact -> 200
    POST /contacts/search -> 200
    POST /contacts/search -> 200
    ");
}

#[tokio::test]
async fn who_is_on_this_page() {
    let crm = people().await;
    let id = crm.id_of("jane.smith@example.com");
    let page =
        format!("https://app.gohighlevel.com/v2/location/{}/contacts/detail/{id}?view=note", crm.location());
    let reply = crm.call("ghl_get_contact", json!({ "contactId": page })).await;
    assert_eq!(reply.ok()["contact"]["name"], "Jane Smith");
    insta::assert_snapshot!(crm.requests().join("\n"), @"
    GET /contacts/{new1} -> 200
    GET /locations/{location}/customFields?model=contact -> 200
    ");
}
