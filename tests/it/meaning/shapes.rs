//! The shapes in which hosts and models send lists and fields.

use serde_json::{Value, json};

use crate::meaning::{Expected, Holds, Left, Refused, Table};

async fn all<const N: usize>(stored: Value, rows: [(Value, Expected); N]) {
    let mut table = Table::open().await;
    for (sent, expected) in rows {
        table.row(stored.clone(), sent, expected).await;
    }
}

#[tokio::test]
async fn a_list_of_tags_is_understood_in_any_form() {
    let tags = |tags: Value| Holds(json!({ "tags": tags }));
    let added = |more: Value| {
        let mut all = vec![json!("old")];
        all.extend(more.as_array().unwrap().clone());
        tags(Value::Array(all))
    };
    Box::pin(all(
        json!({ "tags": ["old"] }),
        [
            (json!({ "tags": ["alpha", "beta"] }), added(json!(["alpha", "beta"]))),
            (json!({ "tags": "alpha" }), added(json!(["alpha"]))),
            (json!({ "tags": "alpha, beta" }), added(json!(["alpha", "beta"]))),
            (json!({ "tags": "alpha\nbeta" }), added(json!(["alpha", "beta"]))),
            (json!({ "tags": "alpha,,beta," }), added(json!(["alpha", "beta"]))),
            (json!({ "tags": "[\"alpha\",\"beta\"]" }), added(json!(["alpha", "beta"]))),
            (json!({ "tags": " [\"alpha\"] " }), added(json!(["alpha"]))),
            (json!({ "tags": ["alpha, beta"] }), added(json!(["alpha, beta"]))),
            (json!({ "tags": ["", null, "alpha", " "] }), added(json!(["alpha"]))),
            (json!({ "tags": ["Alpha", "ALPHA "] }), added(json!(["alpha"]))),
            (json!({ "tags": [2024] }), added(json!(["2024"]))),
            (json!({ "tags": ["OLD"] }), tags(json!(["old"]))),
            (json!({ "tags": [] }), tags(json!(["old"]))),
            (json!({ "tags": "" }), tags(json!(["old"]))),
            (json!({ "tags": "[]" }), tags(json!(["old"]))),
            (json!({ "tags": null }), tags(json!(["old"]))),
            (json!({ "tags": {} }), tags(json!(["old"]))),
            (json!({ "tags": ["null"] }), Refused("\"null\" stands for no value")),
            (json!({ "tags": ["undefined"] }), Refused("stands for no value")),
            (json!({ "tags": ["{{tag}}"] }), Refused("stands for no value")),
            (json!({ "tags": ["[\"alpha\"]"] }), Refused("not the JSON text of a list")),
            (json!({ "tags": "[\"alpha\"" }), Refused("a JSON list")),
            (json!({ "tags": "['alpha', 'beta']" }), Refused("a JSON list")),
            (json!({ "tags": ["[vip]"] }), added(json!(["[vip]"]))),
            (json!({ "tags": "\"alpha\"" }), added(json!(["alpha"]))),
            (json!({ "tags": "\"alpha\", \"beta\"" }), added(json!(["alpha", "beta"]))),
            (json!({ "tags": "\"alpha, beta\"" }), Refused("a list of texts")),
            (json!({ "tags": "alpha; beta" }), Refused("a list of texts")),
            (json!({ "tags": ["alpha; beta"] }), added(json!(["alpha; beta"]))),
            (json!({ "tags": [["alpha"]] }), Refused("tags[0]")),
            (json!({ "tags": true }), Refused("tags")),
            (json!({ "tags": ["a\u{7}b"] }), Refused("control character")),
        ],
    ))
    .await;
}

#[tokio::test]
async fn custom_fields_are_understood_in_any_form() {
    let plan = |plan: &str| Holds(json!({ "customFields": { "Plan": plan } }));
    let score = |score: i32| Holds(json!({ "customFields": { "Lead Score": score } }));
    all(
        json!({}),
        [
            (json!({ "customFields": [{ "id": "Plan", "value": "Growth" }] }), plan("Growth")),
            (json!({ "customFields": { "Plan": "Growth" } }), plan("Growth")),
            (json!({ "customFields": { "id": "Plan", "value": "Growth" } }), plan("Growth")),
            (json!({ "customFields": [{ "Plan": "Growth" }] }), plan("Growth")),
            (json!({ "customFields": [{ "name": "Plan", "value": "Growth" }] }), plan("Growth")),
            (json!({ "customFields": [{ "key": "plan", "field_value": "Growth" }] }), plan("Growth")),
            (json!({ "customFields": [{ "fieldKey": "contact.plan", "fieldValue": "growth" }] }), plan("Growth")),
            (json!({ "customFields": "{\"Plan\":\"Growth\"}" }), plan("Growth")),
            (json!({ "customFields": "[{\"id\":\"Plan\",\"value\":\"Growth\"}]" }), plan("Growth")),
            (json!({ "custom_fields": { "{{contact.plan}}": " growth " } }), plan("Growth")),
            (json!({ "customFields": [{ "id": "Plan", "value": ["Growth"] }] }), plan("Growth")),
            (json!({ "customFields": { "leadScore": "82" } }), score(82)),
            (json!({ "customFields": { "Lead Score:": 82 } }), score(82)),
            (json!({ "customFields": { "customFields.Lead Score": 82 } }), score(82)),
            (json!({ "customFields": { "lead_score": 82 } }), score(82)),
            (json!({ "customFields": { "LEAD-SCORE": 82 } }), score(82)),
            (json!({ "customFields": { "contact.lead_score": 82 } }), score(82)),
            (json!({ "customFields": [{ "id": "Plan", "value": "Gold" }] }), Refused("has no option \"Gold\"")),
            (json!({ "customFields": [{ "id": "Plan", "value": ["Growth", "Scale"] }] }), Refused("not several")),
            (json!({ "customFields": { "Plann": "Growth" } }), Refused("Plan")),
            (json!({ "customFields": { "Region": "North" } }), Refused("Region")),
            (json!({ "customFields": ["Plan"] }), Refused("expected an object like")),
            (json!({ "customFields": [{ "value": "Growth" }] }), Refused("\"id\" is missing")),
            (json!({ "customFields": [{ "id": "Plan", "value": "Growth", "unit": "kg" }] }), Refused("\"unit\"")),
            (json!({ "customFields": [{ "id": "Plan", "value": "Growth" }, { "id": "plan", "value": "Scale" }] }), Refused("given twice")),
        ],
    )
    .await;
}

#[tokio::test]
async fn choices_and_boxes_are_understood_in_any_form() {
    let interests = |list: Value| Holds(json!({ "customFields": { "Interests": list } }));
    let mut table = Table::open().await;
    for (value, expected) in [
        (json!(["Webinars", "Events"]), interests(json!(["Webinars", "Events"]))),
        (json!("Webinars, Events"), interests(json!(["Webinars", "Events"]))),
        (json!("[\"Webinars\",\"Events\"]"), interests(json!(["Webinars", "Events"]))),
        (json!("webinars"), interests(json!(["Webinars"]))),
        (json!({ "Webinars": true, "Events": false }), interests(json!(["Webinars"]))),
        (json!({ "Webinars": "yes" }), interests(json!(["Webinars"]))),
        (json!(["Webinars", "", null, "WEBINARS"]), interests(json!(["Webinars"]))),
        (json!(true), Refused("not true or false")),
        (json!({ "Webinars": false }), Refused("only what is not chosen")),
        (json!(["Webinars", "Golf"]), Refused("has no option \"Golf\"")),
        (json!("Webinars; Golf"), Refused("has no option")),
        (json!([["Webinars"]]), Refused("takes one text")),
    ] {
        table.row(json!({}), json!({ "customFields": { "Interests": value } }), expected).await;
    }
    let boxes: Vec<String> = table
        .crm
        .custom_fields()
        .iter()
        .find(|field| field["name"] == "Social Profiles")
        .unwrap()["picklistOptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    let social = |values: Value| Holds(json!({ "customFields": { "Social Profiles": values } }));
    let (first, second) = (&boxes[0], &boxes[1]);
    for (value, expected) in [
        (json!({ "LinkedIn": "in/ada" }), social(json!({ first: "in/ada" }))),
        (
            json!({ "linkedin": "in/ada", "Instagram": "@ada" }),
            social(json!({ first: "in/ada", second: "@ada" })),
        ),
        (json!("{\"Instagram\":\"@ada\"}"), social(json!({ second: "@ada" }))),
        (json!(["in/ada", "@ada"]), social(json!({ first: "in/ada", second: "@ada" }))),
        (json!("in/ada"), Refused("an object of a label and a text")),
        (json!({ "MySpace": "ada" }), Refused("has no box \"MySpace\"")),
        (json!(["a", "b", "c"]), Refused("fewer than the texts given")),
        (json!({ "LinkedIn": ["a"] }), Refused("takes one text")),
    ] {
        table.row(json!({}), json!({ "customFields": { "Social Profiles": value } }), expected).await;
    }
}

#[tokio::test]
async fn an_empty_value_leaves_a_field_as_it_is_and_only_null_or_clear_blanks_it() {
    let mut table = Table::open().await;
    let plan = table.crm.field("Plan");
    let stored = json!({ "city": "Rome", "customFields": [{ "id": plan, "value": "Growth" }] });
    for value in [
        json!(""),
        json!(" "),
        json!([]),
        json!({}),
        json!([""]),
        json!([null]),
        json!("null"),
        json!("undefined"),
        json!("#N/A"),
    ] {
        let sent = json!({ "customFields": [{ "id": "Plan", "value": value }] });
        table.row(stored.clone(), sent, Left("custom field Plan was left as it is")).await;
    }
    table
        .row(stored.clone(), json!({ "customFields": [{ "id": "Plan" }] }), Left("Plan was left as it is"))
        .await;
    for sent in [
        json!({ "customFields": [{ "id": "Plan", "value": null }] }),
        json!({ "customFields": { "Plan": null } }),
        json!({ "clear": ["Plan"] }),
        json!({ "clear": "contact.plan" }),
        json!({ "clear": "[\"Plan\"]" }),
        json!({ "clear": [plan] }),
    ] {
        table
            .row(stored.clone(), sent, Holds(json!({ "city": "Rome", "customFields": { "Plan": null } })))
            .await;
    }
    for clear in
        [json!(["city"]), json!("city"), json!("city, Plan"), json!("first_name, city"), json!(["", "city"])]
    {
        table.row(stored.clone(), json!({ "clear": clear }), Holds(json!({ "city": null }))).await;
    }
    // A custom field of the name comes before a standard field that has it in other letters.
    for clear in [json!(["City"]), json!("City, Plan"), json!(["CITY"]), json!(["First Name", "City"])] {
        table.row(stored.clone(), json!({ "clear": clear }), Holds(json!({ "city": null }))).await;
    }
    for (clear, words) in [
        (json!(["Postal Code"]), "no way to blank postalCode"),
        (json!(["company"]), "The nearest is \"companyName\""),
        (json!(["postalCode"]), "no way to blank postalCode"),
        (json!(["tags"]), "tags"),
        (json!(["bogus"]), "\"bogus\" is neither"),
        (json!(["Region"]), "fits 2 custom fields"),
    ] {
        table.row(stored.clone(), json!({ "clear": clear }), Refused(words)).await;
    }
    for value in ["undefined", "null", "None", "NaN", "{{city}}", "#REF!"] {
        table.row(stored.clone(), json!({ "city": value }), Left("city was ignored")).await;
    }
    for value in [json!(""), json!(null), json!([]), json!({}), json!("  ")] {
        table.row(stored.clone(), json!({ "city": value }), Holds(json!({ "city": "Rome" }))).await;
    }
    table.row(stored.clone(), json!({ "firstName": "Null" }), Holds(json!({ "firstName": "Null" }))).await;
    table.row(stored, json!({ "firstName": "{{first_name}}" }), Left("firstName was ignored")).await;
}

#[tokio::test]
async fn other_words_for_an_argument_are_understood_or_named() {
    let city = |city: &str| Holds(json!({ "city": city }));
    all(
        json!({ "city": "Rome" }),
        [
            (json!({ "first_name": "Ada" }), Holds(json!({ "firstName": "Ada" }))),
            (json!({ "postal_code": 94107 }), Holds(json!({ "postalCode": "94107" }))),
            (json!({ "FirstName": ["Ada"] }), Holds(json!({ "firstName": "Ada" }))),
            (json!({ "dry_run": "true", "city": "Oslo" }), city("Rome")),
            (json!({ "mode": "fill_empty", "city": "Oslo" }), city("Rome")),
            (json!({ "toolCallId": "x", "tool": "t", "sessionId": "s", "action": "a", "chatInput": "c", "city": "Oslo" }), city("Oslo")),
            (json!({ "_meta": { "a": 1 }, "city": "Oslo" }), city("Oslo")),
            (json!({ "limit": null, "bogus": "", "note": [], "city": "Oslo" }), city("Oslo")),
            (json!({ "phone": "", "contactId": "", "onConflict": null, "clear": [], "customFields": {}, "city": "Oslo" }), city("Oslo")),
            (json!({ "zip": "94107" }), Refused("postalCode")),
            (json!({ "dob": "1990-09-25" }), Refused("dateOfBirth")),
            (json!({ "birthday": "1990-09-25" }), Refused("dateOfBirth")),
            (json!({ "company": "Acme" }), Refused("companyName")),
            (json!({ "owner": "Ines" }), Refused("assignedTo")),
            (json!({ "street": "1 Main St" }), Refused("address1")),
            (json!({ "fullName": "Ada Lovelace" }), Refused("\"name\"")),
            (json!({ "id": "row" }), Refused("contactId")),
            (json!({ "note": "x" }), Refused("toolset \"activity\"")),
            (json!({ "removeTags": ["x"] }), Refused("toolset \"manage\"")),
            (json!({ "dnd": true }), Refused("only a person turns it off")),
            (json!({ "contact": { "city": "Oslo" } }), Refused("as the arguments themselves")),
            (json!({ "page": 2 }), Refused("page")),
            (json!({ "citty": "Oslo" }), Refused("city")),
            (json!({ "city": "Oslo", "City": "Bonn" }), Refused("city")),
            (json!({ "city": ["Oslo", "Bonn"] }), Refused("city")),
            (json!({ "city": { "name": "Oslo" } }), Refused("city")),
            (json!({ "mode": "merge" }), Refused("mode")),
            (json!({ "dryRun": "maybe" }), Refused("dryRun")),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_fields_to_show_are_understood_in_any_form() {
    let table = Table::open().await;
    let crm = &table.crm;
    crm.insert(json!({ "id": "ada", "email": "ada@example.com", "city": "Rome", "state": "RM", "ssn": "000-00-0000" }));
    crm.clock().advance(std::time::Duration::from_secs(5));
    for (fields, city, state, unknown) in [
        (json!(["city"]), true, false, json!(null)),
        (json!("city"), true, false, json!(null)),
        (json!("city, state"), true, true, json!(null)),
        (json!("[\"city\",\"state\"]"), true, true, json!(null)),
        (json!(["CITY", "", null]), true, false, json!(null)),
        (json!("*"), true, true, json!(null)),
        (json!(["*"]), true, true, json!(null)),
        (json!(null), false, false, json!(null)),
        (json!(""), false, false, json!(null)),
        (json!([]), false, false, json!(null)),
        (json!({}), false, false, json!(null)),
        (json!(["city", "bogus"]), true, false, json!(["bogus"])),
        (json!(["date_of_birth", "Lead Score", "ssn"]), false, false, json!(["ssn"])),
    ] {
        let read = crm.call("ghl_get_contact", json!({ "contactId": "ada", "fields": fields })).await;
        let found = crm.call("ghl_search_contacts", json!({ "query": "ada", "fields": fields })).await;
        for (answer, contact) in
            [(read.ok(), &read.ok()["contact"]), (found.ok(), &found.ok()["contacts"][0])]
        {
            assert_eq!(
                (contact.get("city").is_some(), contact.get("state").is_some()),
                (city, state),
                "{fields}"
            );
            assert_eq!(
                (answer["unknownFields"].clone(), contact.get("ssn")),
                (unknown.clone(), None),
                "{fields}"
            );
        }
    }
}
