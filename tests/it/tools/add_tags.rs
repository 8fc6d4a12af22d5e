//! `ghl_add_tags` adds tags and keeps all others.

use ghl_contacts_mcp::ghl::Dialect;
use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};

use crate::support::{Crm, Person, contact, setup};

fn ada() -> Person {
    contact("ada").email("ada@example.com").phone("+14155550101").tags(["old"])
}

#[tokio::test]
async fn tags_are_added_to_a_contact_named_by_id_email_or_phone() {
    for (key, value) in [("contactId", "ada"), ("email", "ADA@example.com"), ("phone", "+1 415 555 0101")] {
        let crm = Crm::with(ada()).await;
        let reply = crm.call("ghl_add_tags", json!({ key: value, "tags": [" VIP", "Old", "vip"] })).await;
        let line = json!({ "contactId": "ada", "tags": ["old", "vip"], "added": ["vip"], "alreadyPresent": ["old"] });
        assert_eq!(reply.ok()["contacts"], json!([line]), "{key}");
        assert_eq!(crm.held("ada")["tags"], json!(["old", "vip"]), "{key}");
    }
}

#[tokio::test]
async fn only_the_missing_tags_are_sent() {
    let crm = Crm::with(ada()).await;
    crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": ["old", "new"] })).await.ok();
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/ada -> 200
    GET /locations/{location}/tags -> 200
    POST /contacts/ada/tags {"tags":["new"]} -> 201
    "#);
}

#[tokio::test]
async fn tags_that_exist_already_cost_one_lookup_only() {
    let crm = Crm::with(ada()).await;
    let reply = crm.call("ghl_add_tags", json!({ "email": "ada@example.com", "tags": ["OLD"] })).await;
    assert_eq!(reply.ok()["contacts"][0]["added"], json!([]));
    insta::assert_snapshot!(crm.wire(), @r"GET /contacts/search/duplicate?email=ada@example.com -> 200");
}

#[tokio::test]
async fn a_tag_new_to_the_location_is_a_warning() {
    let crm = Crm::with(ada()).await;
    let reply = crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": ["webinra"] })).await;
    insta::assert_json_snapshot!(reply.ok()["warnings"], @r#"
    [
      "new to this location (a typing error?): webinra"
    ]
    "#);
    let reply = crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": ["old", "webinra"] })).await;
    assert_eq!(reply.ok().get("warnings"), None);
}

#[tokio::test]
async fn a_tag_added_by_a_workflow_at_the_same_time_stays() {
    let crm = Crm::with(ada()).await;
    crm.on_next("POST", "/contacts/ada/tags", |crm| {
        crm.edit("ada", |ada| ada["tags"].as_array_mut().unwrap().push(json!("by-workflow")));
    });
    let reply = crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": ["new"] })).await;
    assert_eq!(reply.ok()["contacts"][0]["tags"], json!(["old", "by-workflow", "new"]));
    assert_eq!(crm.held("ada")["tags"], json!(["old", "by-workflow", "new"]));
}

#[tokio::test]
async fn many_contacts_are_tagged_in_bulk_and_each_is_reported() {
    let crm = setup().with(ada()).with(contact("bob").email("bob@example.com").tags(["vip"])).open().await;
    let ids = json!(["ada", "bob", "unknown", "ada"]);
    let reply = crm.call("ghl_add_tags", json!({ "contactIds": ids, "tags": ["vip"] })).await;
    insta::assert_json_snapshot!(reply.ok()["contacts"], @r#"
    [
      {
        "contactId": "ada",
        "tags": [
          "old",
          "vip"
        ],
        "added": [
          "vip"
        ],
        "alreadyPresent": []
      },
      {
        "contactId": "bob",
        "tags": [
          "vip"
        ],
        "added": [],
        "alreadyPresent": [
          "vip"
        ]
      },
      {
        "contactId": "unknown",
        "added": [],
        "alreadyPresent": [],
        "error": "Contact not found"
      }
    ]
    "#);
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /locations/{location}/tags -> 200
    POST /contacts/bulk/tags/update/add {"contacts":["ada","bob","unknown"],"tags":["vip"]} -> 201
    "#);
    assert_eq!(
        (&crm.held("ada")["tags"], &crm.held("bob")["tags"]),
        (&json!(["old", "vip"]), &json!(["vip"]))
    );
}

#[tokio::test]
async fn five_hundred_contacts_take_ten_requests_and_501_are_refused() {
    let mut setup = setup();
    for n in 0..500 {
        setup = setup.with(contact(&format!("c{n}")));
    }
    let crm = setup.open().await;
    let ids: Vec<String> = (0..501).map(|n| format!("c{n}")).collect();
    let reply = crm.call("ghl_add_tags", json!({ "contactIds": ids, "tags": ["vip"] })).await;
    assert_eq!((reply.code(), crm.requests().len()), ("invalid_arguments", 0));
    let reply = crm.call("ghl_add_tags", json!({ "contactIds": &ids[..500], "tags": ["vip"] })).await;
    assert_eq!(reply.ok()["contacts"].as_array().unwrap().len(), 500);
    let bulk = crm.sent("POST /contacts/bulk/");
    assert_eq!(bulk, 10);
    assert!(crm.contacts().iter().all(|contact| contact["tags"] == json!(["vip"])));
}

#[tokio::test]
async fn a_failed_chunk_fails_its_contacts_only() {
    let mut setup = setup();
    for n in 0..60 {
        setup = setup.with(contact(&format!("c{n}")));
    }
    let crm = setup.open().await;
    let ids: Vec<String> = (0..60).map(|n| format!("c{n}")).collect();
    // The first chunk succeeds, the second is refused.
    crm.on_next("POST", "/contacts/bulk/", |_| {});
    let call = crm.call("ghl_add_tags", json!({ "contactIds": ids, "tags": ["vip"] }));
    let refuse = |crm: &Crm| {
        let body = json!({ "message": "no\u{202e}" }).to_string();
        crm.fail_always(Some(Fault::answer(400, body)));
    };
    let reply = crm.as_soon_as("POST /contacts/bulk/tags/update/add -> 201", refuse, call).await;
    let lines = reply.ok()["contacts"].as_array().unwrap();
    let failed = lines
        .iter()
        .filter(|line| line["error"].as_str().is_some_and(|error| error.contains("not tagged")))
        .count();
    let tagged = crm.contacts().iter().filter(|contact| contact["tags"] == json!(["vip"])).count();
    assert_eq!((lines.len(), failed, tagged), (60, 10, 50));
}

#[tokio::test]
async fn a_failed_first_chunk_fails_the_call() {
    let crm = Crm::with(ada()).await;
    let refused = Fault::answer(400, "{}");
    crm.fault_on("POST", "/contacts/bulk/", refused);
    let reply = crm.call("ghl_add_tags", json!({ "contactIds": ["ada"], "tags": ["vip"] })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("refused", "no"));
}

#[tokio::test]
async fn a_new_tag_is_warned_of_once() {
    let crm = setup().with(ada()).with(contact("bob")).open().await;
    let warnings = async |who: &str, tag: &str| {
        let reply = crm.call("ghl_add_tags", json!({ "contactId": who, "tags": [tag] })).await;
        reply.ok().get("warnings").is_some()
    };
    assert!(warnings("ada", "webinar").await);
    assert!(!warnings("bob", "webinar").await, "it has been known since the first contact got it");
    let lists = crm.sent("GET /locations/{location}/tags");
    assert_eq!(lists, 2);
    assert!(!warnings("bob", "old").await);
    let lists = crm.sent("GET /locations/{location}/tags");
    assert_eq!(lists, 2, "a tag that is known is no reason to read them again");
}

#[tokio::test]
async fn in_the_recipes_dialect_contacts_are_tagged_one_by_one() {
    let crm = setup().recipe().with(ada()).with(contact("bob").tags(["vip"])).open().await;
    let reply =
        crm.call("ghl_add_tags", json!({ "contactIds": ["ada", "bob", "unknown"], "tags": ["vip"] })).await;
    let lines = reply.ok()["contacts"].as_array().unwrap();
    assert!(
        lines[0].get("error").is_none() && lines[1].get("error").is_none() && lines[2]["error"].is_string()
    );
    assert_eq!(
        (&crm.held("ada")["tags"], &crm.held("bob")["tags"]),
        (&json!(["old", "vip"]), &json!(["vip"]))
    );
}

#[tokio::test]
async fn in_the_recipes_dialect_tags_are_merged_with_a_warning() {
    let crm = setup().recipe().dialect(Dialect::Recipe).with(ada()).open().await;
    let reply = crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": ["new"] })).await;
    assert_eq!(reply.ok()["contacts"][0]["tags"], json!(["old", "new"]));
    assert!(reply.ok()["warnings"].to_string().contains("replace all tags"));
}

#[tokio::test]
async fn several_contacts_with_one_email_are_refused_and_not_tagged() {
    let duplicates = setup().duplicates_allowed().with(ada()).with(contact("other").email("ada@example.com"));
    let crm = duplicates.open().await;
    let reply = crm.call("ghl_add_tags", json!({ "email": "ada@example.com", "tags": ["new"] })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("ambiguous", "no"));
    assert!(crm.contacts().iter().all(|contact| !contact["tags"].to_string().contains("new")));
}

#[tokio::test]
async fn bad_input_is_refused_without_a_request() {
    let crm = Crm::with(ada()).await;
    for arguments in [
        json!({ "contactId": "ada" }),
        json!({ "contactId": "ada", "tags": [] }),
        json!({ "contactId": "ada", "tags": [""] }),
        json!({ "contactId": "ada", "tags": ["a\nb"] }),
        json!({ "contactId": "ada", "tags": ["x".repeat(1_000)] }),
        json!({ "contactId": "ada", "tags": vec!["t"; 10_001] }),
        json!({ "tags": ["vip"] }),
        json!({ "contactIds": [], "tags": ["vip"] }),
        json!({ "contactId": "ada", "contactIds": ["ada"], "tags": ["vip"] }),
        json!({ "email": "ada", "tags": ["vip"] }),
        json!({ "contactId": "ada", "tags": ["vip"], "remove": true }),
    ] {
        let reply = crm.call("ghl_add_tags", arguments).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"));
    }
    assert_eq!(crm.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn tags_for_an_unknown_contact_are_refused_as_not_found() {
    let crm = Crm::with(ada()).await;
    for arguments in [
        json!({ "contactId": "unknown", "tags": ["x"] }),
        json!({ "email": "nobody@example.com", "tags": ["x"] }),
    ] {
        assert_eq!(crm.call("ghl_add_tags", arguments).await.code(), "not_found");
    }
    assert!(crm.requests().iter().all(|line| line.starts_with("GET ")));
}

#[tokio::test]
async fn a_lost_answer_to_tags_is_looked_up() {
    for fault in
        [Fault::HangUp { apply: true }, Fault::HangUp { apply: false }, Fault::Truncate { apply: true }]
    {
        let crm = Crm::with(ada()).await;
        crm.fault_on("POST", "/contacts/ada/tags", fault);
        let reply = crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": ["new"] })).await;
        assert_eq!(reply.ok()["contacts"][0]["tags"], json!(["old", "new"]));
        assert_eq!(crm.held("ada")["tags"], json!(["old", "new"]));
    }
}

#[tokio::test]
async fn a_token_that_may_not_list_tags_can_still_add_them() {
    let setup = setup().options(|options| options.denied_scopes = vec!["locations/tags.readonly".into()]);
    let crm = setup.with(ada()).open().await;
    let reply = crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": ["new"] })).await;
    assert_eq!(reply.ok()["warnings"], Value::Null);
    assert_eq!(crm.held("ada")["tags"], json!(["old", "new"]));
}
