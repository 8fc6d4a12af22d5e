//! An upsert never removes a tag.

use serde_json::json;

use crate::support::{Crm, contact, setup};

fn workflow(crm: &ghl_contacts_mcp::sandbox::Crm) {
    crm.edit("ada", |ada| {
        let tags = ada["tags"].as_array_mut().unwrap();
        tags.push(json!("by-workflow"));
    });
}

#[tokio::test]
async fn a_tag_added_by_a_workflow_during_an_upsert_stays() {
    for moment in
        [("GET", "/contacts/search/duplicate"), ("PUT", "/contacts/ada"), ("POST", "/contacts/ada/tags")]
    {
        let crm = Crm::with(contact("ada").email("ada@example.com").tags(["old"])).await;
        crm.on_next(moment.0, moment.1, workflow);
        let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris", "tags": ["new"] })).await;
        assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("updated", &json!([])), "{moment:?}");
        assert_eq!(crm.held("ada")["tags"], json!(["old", "by-workflow", "new"]), "{moment:?}");
        assert_eq!(reply.ok()["contact"]["tags"], json!(["old", "by-workflow", "new"]), "{moment:?}");
    }
}

#[tokio::test]
async fn tags_are_lower_cased_trimmed_and_added_once() {
    let crm = Crm::with(contact("ada").email("ada@example.com").tags(["vip"])).await;
    let reply = crm.upsert(json!({ "email": "ada@example.com", "tags": [" New ", "NEW", "Vip"] })).await;
    assert_eq!(reply.ok()["tagsAdded"], json!(["new"]));
    assert_eq!(crm.held("ada")["tags"], json!(["vip", "new"]));
}

#[tokio::test]
async fn tags_of_a_new_contact_are_sent_with_the_create() {
    let crm = Crm::empty().await.warmed_up().await;
    let reply = crm.upsert(json!({ "email": "ada@example.com", "tags": ["vip"] })).await;
    assert_eq!((reply.outcome(), &reply.ok()["contact"]["tags"]), ("created", &json!(["vip"])));
    insta::assert_snapshot!(crm.wire(), @r#"
    GET /contacts/search/duplicate?email=ada@example.com -> 200
    POST /contacts/ {"email":"ada@example.com","tags":["vip"]} -> 201
    "#);
}

#[tokio::test]
async fn no_update_or_native_upsert_carries_tags() {
    for setup in [setup(), setup().native()] {
        let crm = setup.with(contact("ada").email("ada@example.com").tags(["old"])).open().await;
        crm.on_next("POST", "/contacts/ada/tags", workflow);
        crm.upsert(json!({ "email": "ada@example.com", "city": "Paris", "tags": ["new"] })).await.ok();
        assert_eq!(crm.held("ada")["tags"], json!(["old", "by-workflow", "new"]));
        let carries = |line: &&str| line.contains("\"tags\"") && !line.contains("/tags ");
        assert_eq!(crm.wire().lines().filter(carries).count(), 0, "{}", crm.wire());
    }
}
