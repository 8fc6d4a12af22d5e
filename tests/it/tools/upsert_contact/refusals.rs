//! Bad input is refused with a clear answer, and nothing is written.

use serde_json::{Value, json};

use crate::support::{Crm, contact, setup};

/// Checks that the call is refused with these words and without a request.
async fn refused_unsent(arguments: Value, words: &str) {
    let crm = Crm::empty().await;
    let reply = crm.upsert(arguments.clone()).await;
    let shown: String = arguments.to_string().chars().take(100).collect();
    assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"), "{shown}");
    assert!(reply.error().contains(words), "{shown}: {}", reply.error());
    assert_eq!(crm.requests(), Vec::<String>::new(), "{shown}");
}

#[tokio::test]
async fn bad_arguments_are_refused_without_a_request() {
    for (arguments, words) in [
        (json!({}), "contactId is needed"),
        (json!({ "firstName": "Ada" }), "contactId is needed"),
        (json!({ "email": null, "phone": null }), "contactId is needed"),
        (json!({ "email": "" }), "contactId is needed"),
        (json!({ "email": "ada" }), "has no @"),
        (json!({ "email": "ada@b@c.com" }), "more than one @"),
        (json!({ "email": "a@b.com, c@d.com" }), "two addresses, \"a@b.com\" and \"c@d.com\""),
        (json!({ "email": "ada@example.com", "firstnam": "Ada" }), "Did you mean \"firstName\"?"),
        (json!({ "email": "ada@example.com", "zip": "94107" }), "Send it as \"postalCode\""),
        (json!({ "email": "ada@example.com", "dob": "1990-09-25" }), "Send it as \"dateOfBirth\""),
        (json!({ "email": "ada@example.com", "removeTags": ["vip"] }), "toolset \"manage\""),
        (json!({ "email": "ada@example.com", "note": "Called." }), "toolset \"activity\""),
        (json!({ "email": "ada@example.com", "dnd": true }), "only a person turns it off"),
        (json!({ "contact": { "email": "ada@example.com" } }), "as the arguments themselves"),
        (json!({ "email": "ada@example.com", "tags": ["null"] }), "\"null\" stands for no value"),
        (json!({ "email": "ada@example.com", "tags": "undefined" }), "stands for no value"),
        (json!({ "email": "ada@example.com", "tags": ["[\"a\"]"] }), "not the JSON text of a list"),
        (json!({ "email": "ada@example.com", "contactId": "undefined" }), "stands for no value"),
        (
            json!({ "contactId": "https://app.gohighlevel.com/v2/location/other/contacts/detail/ada" }),
            "is a page of location \"other\"",
        ),
        (json!({ "email": 7 }), "email"),
        (json!({ "email": { "value": "x" } }), "email"),
        (json!({ "email": "ada@example.com", "tags": [[1]] }), "tags"),
        (json!({ "email": "ada@example.com", "customFields": "x" }), "customFields"),
        (json!({ "email": "ada@example.com", "customFields": [{ "value": 1 }] }), "id"),
        (json!({ "email": "ada@example.com", "mode": "merge" }), "mode"),
        (json!({ "email": "ada@example.com", "dryRun": "perhaps" }), "dryRun"),
        (json!({ "email": "ada@example.com", "firstName": "x".repeat(1 << 20) }), "larger than"),
        (
            json!({ "email": "ada@example.com", "firstName": "x".repeat(1 << 19) }),
            "firstName has 524288 characters",
        ),
        (json!({ "email": "ada@example.com", "firstName": "A\u{0}da" }), "control character"),
        (json!({ "email": "ada@example.com", "tags": vec!["t"; 10_001] }), "has 10001 tags"),
        (json!({ "email": "ada@example.com", "clear": ["tags"] }), "never cleared"),
        (json!({ "email": "ada@example.com", "clear": ["email_"] }), "both set and cleared"),
        (json!({ "email": "ada@example.com", "clear": ["email"] }), "both set and cleared"),
        (json!({ "email": "ada@example.com", "clear": ["city"], "city": "x" }), "both set and cleared"),
        (json!({ "email": "ada@example.com", "clear": ["country"] }), "no way to blank"),
        (json!({ "email": "ada@example.com", "clear": ["city"], "mode": "fillEmpty" }), "fillEmpty"),
    ] {
        refused_unsent(arguments, words).await;
    }
}

#[tokio::test]
async fn an_invalid_phone_is_refused_and_nothing_written() {
    let crm = Crm::empty().await;
    for phone in ["12", "+", "ask at the desk", "+1 415 555 0101 ext 3", &"5".repeat(41)] {
        let reply = crm.upsert(json!({ "phone": phone })).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"), "{phone}");
        assert!(reply.error().starts_with("phone "), "{}", reply.error());
    }
    assert!(crm.requests().iter().all(|line| line.starts_with("GET /locations/")), "{:?}", crm.requests());
    assert_eq!(crm.count(), 0);
}

#[tokio::test]
async fn an_unknown_custom_field_is_refused_with_the_nearest_three() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    let fields = json!([{ "id": "Leed Score", "value": 5 }]);
    let reply =
        crm.upsert(json!({ "email": "ada@example.com", "city": "London", "customFields": fields })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"));
    insta::assert_snapshot!(reply.error(), @r#"customFields names "Leed Score", which this location does not have; the nearest are "Lead Score" (contact.lead_score), "Social Profiles" (contact.social_profiles), "Signed Contract" (contact.signed_contract). Nothing was written. Use a custom field's name, key or id."#);
    insta::assert_snapshot!(crm.wire(), @r"GET /locations/{location}/customFields?model=contact -> 200");
    assert_eq!(crm.held("ada")["city"], Value::Null);
}

#[tokio::test]
async fn an_unknown_option_is_refused_with_the_known_ones() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    let fields = json!([{ "id": "Plan", "value": "Platinum" }]);
    let reply = crm.upsert(json!({ "email": "ada@example.com", "customFields": fields })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("invalid_arguments", "no"));
    insta::assert_snapshot!(reply.error(), @r#"customFields "Plan" (contact.plan) has no option "Platinum"; it takes "Starter", "Growth", "Scale". Nothing was written."#);
    assert!(crm.requests().iter().all(|line| line.starts_with("GET ")));
}

#[tokio::test]
async fn a_refusal_by_cached_definitions_is_checked_again_on_the_next_call() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    let call = json!({ "email": "ada@example.com", "customFields": [{ "id": "Shoe Size", "value": 5 }] });
    assert_eq!(crm.upsert(call.clone()).await.code(), "invalid_arguments");
    assert_eq!(crm.upsert(call).await.code(), "invalid_arguments");
    let reads = crm.requests().iter().filter(|line| line.contains("customFields")).count();
    assert_eq!(reads, 2, "the definitions are read again after a refusal");
}

#[tokio::test]
async fn an_unknown_tool_is_refused_with_the_known_ones() {
    let crm = Crm::empty().await;
    let error = crm.session().try_call("ghl_delete_everything", json!({})).await.unwrap_err().to_string();
    assert!(error.contains("ghl_upsert_contact") && error.contains("ghl_add_tags"), "{error}");
    assert_eq!(crm.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_token_without_the_write_scope_is_refused() {
    let setup = setup().options(|options| options.denied_scopes = vec!["contacts.write".into()]);
    let crm = setup.with(contact("ada").email("ada@example.com")).open().await;
    for arguments in
        [json!({ "email": "new@example.com" }), json!({ "email": "ada@example.com", "city": "x" })]
    {
        let reply = crm.upsert(arguments).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("scope_missing", "no"));
    }
    assert_eq!((crm.count(), &crm.held("ada")["city"]), (1, &Value::Null));
}
