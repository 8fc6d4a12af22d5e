//! `ghl_remove_tags` takes tags and keeps all others.

use ghl_contacts_mcp::ghl::Dialect;
use ghl_contacts_mcp::sandbox::Fault;
use serde_json::json;

use crate::support::{Crm, Person, contact, setup};

fn ada() -> Person {
    contact("ada").email("ada@example.com").phone("+14155550101").tags(["lead", "old", "vip"])
}

#[tokio::test]
async fn tags_are_taken_from_a_contact_named_by_id_email_or_phone() {
    for (key, value) in [("contactId", "ada"), ("email", "ADA@example.com"), ("phone", "+1 415 555 0101")] {
        let crm = Crm::with(ada()).await;
        let reply = crm.call("ghl_remove_tags", json!({ key: value, "tags": [" VIP", "vip", "cold"] })).await;
        let line = json!({ "contactId": "ada", "tags": ["lead", "old"], "removed": ["vip"], "notPresent": ["cold"] });
        assert_eq!(reply.ok()["contacts"], json!([line]), "{key}");
        assert_eq!(crm.held("ada")["tags"], json!(["lead", "old"]), "{key}");
    }
}

#[tokio::test]
async fn only_tags_that_are_there_are_sent_and_never_all() {
    let crm = Crm::with(ada()).await;
    crm.call("ghl_remove_tags", json!({ "contactId": "ada", "tags": ["Old", "cold"] })).await.ok();
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/ada -> 200
    POST /contacts/bulk/tags/update/remove {"contacts":["ada"],"tags":["old"]} -> 201
    "#);
}

#[tokio::test]
async fn a_contact_without_the_tags_costs_one_lookup_only() {
    let crm = Crm::with(ada()).await;
    let reply = crm.call("ghl_remove_tags", json!({ "email": "ada@example.com", "tags": ["COLD"] })).await;
    let line =
        json!({ "contactId": "ada", "tags": ["lead", "old", "vip"], "removed": [], "notPresent": ["cold"] });
    assert_eq!(reply.ok()["contacts"], json!([line]));
    insta::assert_snapshot!(crm.wire(), @"GET /contacts/search/duplicate?email=ada@example.com -> 200");
}

#[tokio::test]
async fn a_tag_that_a_workflow_adds_at_the_same_time_stays() {
    let crm = Crm::with(ada()).await;
    crm.on_next("POST", "/contacts/bulk/", |crm| {
        crm.edit("ada", |ada| ada["tags"].as_array_mut().unwrap().push(json!("by-workflow")));
    });
    crm.call("ghl_remove_tags", json!({ "contactId": "ada", "tags": ["old"] })).await.ok();
    assert_eq!(crm.held("ada")["tags"], json!(["lead", "vip", "by-workflow"]));
}

#[tokio::test]
async fn many_contacts_lose_the_tag_and_each_is_reported() {
    let crm = setup().with(ada()).with(contact("bob").tags(["cold"])).open().await;
    let ids = json!(["ada", "bob", "unknown", "ada"]);
    let reply = crm.call("ghl_remove_tags", json!({ "contactIds": ids, "tags": ["vip"] })).await;
    assert_eq!(
        reply.ok()["contacts"],
        json!([
            { "contactId": "ada", "tags": ["lead", "old"], "removed": ["vip"], "notPresent": [] },
            { "contactId": "bob", "tags": ["cold"], "removed": [], "notPresent": ["vip"] },
            { "contactId": "unknown", "removed": [], "notPresent": [], "error": "Contact not found" },
        ])
    );
    assert_eq!(reply.ok()["warnings"], json!(["unknown failed: Contact not found"]));
    insta::assert_snapshot!(
        crm.wire(),
        @r#"POST /contacts/bulk/tags/update/remove {"contacts":["ada","bob","unknown"],"tags":["vip"]} -> 201"#
    );
}

#[tokio::test]
async fn five_hundred_contacts_take_ten_requests_and_501_are_refused() {
    let mut setup = setup();
    for n in 0..500 {
        setup = setup.with(contact(&format!("c{n}")).tags(["old", "webinar"]));
    }
    let crm = setup.open().await;
    let ids: Vec<String> = (0..501).map(|n| format!("c{n}")).collect();
    let reply = crm.call("ghl_remove_tags", json!({ "contactIds": ids, "tags": ["webinar"] })).await;
    assert_eq!((reply.code(), crm.requests().len()), ("invalid_arguments", 0));
    let reply = crm.call("ghl_remove_tags", json!({ "contactIds": &ids[..500], "tags": ["webinar"] })).await;
    assert_eq!(reply.ok().get("unknown"), None);
    assert_eq!(crm.requests().len(), 10);
    assert!(crm.contacts().iter().all(|contact| contact["tags"] == json!(["old"])));
}

#[tokio::test]
async fn a_line_without_proof_is_read_back() {
    let lying = json!({ "succeded": true, "errorCount": 0, "responses": [
        { "contactId": "ada", "message": "Tags updated", "type": "success", "oldTags": ["lead", "old", "vip"],
          "tagsAdded": [], "tagsRemoved": [] },
    ]});
    let crm = Crm::with(ada()).await;
    crm.fault_on("POST", "/contacts/bulk/", Fault::answer(201, lying.to_string()));
    let reply = crm.call("ghl_remove_tags", json!({ "contactIds": ["ada"], "tags": ["vip"] })).await;
    assert!(reply.error().contains("still has vip"), "{}", reply.error());
    assert_eq!(crm.sent("GET /contacts/ada"), 1);
    assert_eq!(crm.held("ada")["tags"], json!(["lead", "old", "vip"]));
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_the_tags_are_gone() {
    for fault in
        [Fault::HangUp { apply: true }, Fault::HangUp { apply: false }, Fault::Truncate { apply: true }]
    {
        let crm = Crm::with(ada()).await;
        crm.fault_on("POST", "/contacts/bulk/", fault);
        let reply = crm.call("ghl_remove_tags", json!({ "contactId": "ada", "tags": ["vip"] })).await;
        assert_eq!(reply.ok()["contacts"][0]["tags"], json!(["lead", "old"]));
        assert_eq!(crm.held("ada")["tags"], json!(["lead", "old"]));
    }
}

#[tokio::test]
async fn a_refused_removal_changes_nothing_and_a_busy_highlevel_is_asked_again() {
    let crm = Crm::with(ada()).await;
    crm.fault_on("POST", "/contacts/bulk/", Fault::answer(400, r#"{"message":"no"}"#));
    let reply = crm.call("ghl_remove_tags", json!({ "contactId": "ada", "tags": ["vip"] })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("refused", "no"));
    crm.fault_on("POST", "/contacts/bulk/", Fault::answer(429, r#"{"message":"Too Many Requests"}"#));
    let reply = crm.call("ghl_remove_tags", json!({ "contactId": "ada", "tags": ["vip"] })).await;
    assert_eq!(reply.ok()["contacts"][0]["removed"], json!(["vip"]));
}

#[tokio::test]
async fn a_failed_chunk_fails_its_contacts_only() {
    let mut setup = setup();
    for n in 0..60 {
        setup = setup.with(contact(&format!("c{n}")).tags(["vip"]));
    }
    let crm = setup.open().await;
    let ids: Vec<String> = (0..60).map(|n| format!("c{n}")).collect();
    let call = crm.call("ghl_remove_tags", json!({ "contactIds": ids, "tags": ["vip"] }));
    let refuse = |crm: &Crm| crm.fail_always(Some(Fault::answer(400, r#"{"message":"no"}"#)));
    let reply = crm.as_soon_as("POST /contacts/bulk/tags/update/remove -> 201", refuse, call).await;
    let lines = reply.ok()["contacts"].as_array().unwrap();
    let failed =
        lines.iter().filter(|line| line["error"].as_str().is_some_and(|e| e.contains("not untagged")));
    let left = crm.contacts().iter().filter(|contact| contact["tags"] == json!(["vip"])).count();
    assert_eq!((lines.len(), failed.count(), left), (60, 10, 10));
}

#[tokio::test]
async fn an_answer_about_another_contact_is_not_used() {
    let crm = setup().with(ada()).with(contact("bob").tags(["vip"])).open().await;
    let other = json!({ "succeded": true, "errorCount": 0, "responses": [
        { "contactId": "bob", "message": "Tags updated", "type": "success", "oldTags": ["vip"], "tagsRemoved": ["vip"] },
    ]});
    crm.fault_on("POST", "/contacts/bulk/", Fault::answer(201, other.to_string()));
    let reply = crm.call("ghl_remove_tags", json!({ "contactId": "ada", "tags": ["vip"] })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("mismatch", "unknown"));
}

#[tokio::test]
async fn several_contacts_with_one_email_are_refused_and_keep_their_tags() {
    let duplicates = setup().duplicates_allowed().with(ada());
    let crm = duplicates.with(contact("other").email("ada@example.com").tags(["vip"])).open().await;
    let reply = crm.call("ghl_remove_tags", json!({ "email": "ada@example.com", "tags": ["vip"] })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("ambiguous", "no"));
    assert!(crm.contacts().iter().all(|contact| contact["tags"].to_string().contains("vip")));
}

#[tokio::test]
async fn in_the_recipes_dialect_the_list_is_replaced_by_what_is_left_with_a_warning() {
    let crm = setup().recipe().dialect(Dialect::Recipe).with(ada()).open().await;
    let reply = crm.call("ghl_remove_tags", json!({ "contactId": "ada", "tags": ["VIP"] })).await;
    assert_eq!(reply.ok()["contacts"][0]["tags"], json!(["lead", "old"]));
    assert!(reply.ok()["warnings"].to_string().contains("replace all tags"));
    assert_eq!(crm.held("ada")["tags"], json!(["lead", "old"]));
}

#[tokio::test]
async fn what_callers_send_in_other_forms_is_understood() {
    for tags in [json!("vip, old"), json!("[\"vip\",\"OLD\"]"), json!(["vip", "", "old", null])] {
        let crm = Crm::with(ada()).await;
        crm.call("ghl_remove_tags", json!({ "contact_id": "ada", "contactIds": [], "tags": tags }))
            .await
            .ok();
        assert_eq!(crm.held("ada")["tags"], json!(["lead"]), "{tags}");
    }
}

#[tokio::test]
async fn bad_input_is_refused_without_a_request() {
    let crm = Crm::with(ada()).await;
    for arguments in [
        json!({ "contactId": "ada" }),
        json!({ "contactId": "ada", "tags": [] }),
        json!({ "contactId": "ada", "tags": ["a\nb"] }),
        json!({ "contactId": "ada", "tags": ["null"] }),
        json!({ "tags": ["vip"] }),
        json!({ "contactId": "ada", "contactIds": ["ada"], "tags": ["vip"] }),
        json!({ "contactIds": ["../x"], "tags": ["vip"] }),
        json!({ "email": "ada", "tags": ["vip"] }),
        json!({ "contactId": "ada", "tags": ["vip"], "removeAllTags": true }),
        json!({ "contactId": "ada", "tags": ["vip"], "all": true }),
    ] {
        let reply = crm.call("ghl_remove_tags", arguments).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"));
    }
    assert_eq!(crm.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn an_unknown_contact_is_not_found() {
    let crm = Crm::with(ada()).await;
    for arguments in [
        json!({ "contactId": "unknown", "tags": ["x"] }),
        json!({ "email": "none@example.com", "tags": ["x"] }),
    ] {
        assert_eq!(crm.call("ghl_remove_tags", arguments).await.code(), "not_found");
    }
}
