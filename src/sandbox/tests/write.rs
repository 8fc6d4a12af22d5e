use serde_json::{Value, json};

use crate::sandbox::tests::client::{call, empty, get};
use crate::sandbox::{Options, Sandbox};

fn in_location(sandbox: &Sandbox, body: Value) -> Value {
    let mut body = body;
    body["locationId"] = json!(sandbox.location_id());
    body
}

#[tokio::test]
async fn a_create_needs_the_slash_and_stores_normalised_values() {
    let (sandbox, _) = empty(|_| {}).await;
    let body = in_location(
        &sandbox,
        json!({ "firstName": "Ana", "email": "Ana@Example.com", "phone": "+1 (415) 555-0101", "tags": [" VIP ", "vip"] }),
    );
    let missing = call(&sandbox, "POST", "/contacts", body.clone()).await;
    assert_eq!((missing.status, &missing.body["message"]), (404, &json!("Cannot POST /contacts")));
    let created = call(&sandbox, "POST", "/contacts/", body).await;
    assert_eq!(created.status, 201);
    let contact = sandbox.contact(created.body["contact"]["id"].as_str().unwrap()).unwrap();
    assert_eq!(contact["email"], "ana@example.com");
    assert_eq!(contact["phone"], "+14155550101");
    assert_eq!(contact["tags"], json!(["vip"]));
    assert_eq!(sandbox.tags(), ["vip"]);
    assert_eq!(sandbox.unexpected(), ["POST /contacts"]);
}

#[tokio::test]
async fn a_second_create_is_refused_with_the_id_of_the_first_contact() {
    let (sandbox, _) = empty(|_| {}).await;
    let id = sandbox.insert(json!({ "firstName": "Ana", "lastName": "Silva", "email": "ana@example.com" }));
    let again =
        call(&sandbox, "POST", "/contacts/", in_location(&sandbox, json!({ "email": "ANA@example.com" })))
            .await;
    assert_eq!(again.status, 400);
    assert_eq!(again.body["message"], "This location does not allow duplicated contacts.");
    assert_eq!(
        again.body["meta"],
        json!({ "contactId": id, "matchingField": "email", "contactName": "Ana Silva" })
    );
    let (open, _) = empty(|options: &mut Options| options.allow_duplicate_contact = true).await;
    for _ in 0..2 {
        let created =
            call(&open, "POST", "/contacts/", in_location(&open, json!({ "email": "ana@example.com" })))
                .await;
        assert_eq!(created.status, 201);
    }
    assert_eq!(open.contacts().len(), 2);
}

#[tokio::test]
async fn a_contact_without_a_name_an_email_and_a_phone_is_refused() {
    let (sandbox, _) = empty(|_| {}).await;
    for body in [json!({ "name": "Ana" }), json!({ "phone": "4155550101" }), json!({ "tags": ["vip"] })] {
        let refused = call(&sandbox, "POST", "/contacts/", in_location(&sandbox, body)).await;
        assert_eq!(refused.status, 422);
        let message = "Contacts without email, phone, firstName and lastName are not allowed.";
        assert_eq!(refused.body["message"], message);
    }
    let refused =
        call(&sandbox, "POST", "/contacts/upsert", in_location(&sandbox, json!({ "firstName": "Ana" })))
            .await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.body["message"], "Pass at least one of number, email query parameter");
}

#[tokio::test]
async fn two_creates_within_the_insert_window_make_two_contacts() {
    let (sandbox, _) = empty(|options| options.insert_window = std::time::Duration::from_millis(80)).await;
    let body = in_location(&sandbox, json!({ "email": "ana@example.com" }));
    let (a, b) = tokio::join!(
        call(&sandbox, "POST", "/contacts/", body.clone()),
        call(&sandbox, "POST", "/contacts/", body)
    );
    assert_eq!((a.status, b.status, sandbox.contacts().len()), (201, 201, 2));
}

#[tokio::test]
async fn an_upsert_updates_one_contact_and_drops_the_key_of_the_other() {
    let (sandbox, _) = empty(|_| {}).await;
    let a = sandbox.insert(json!({ "firstName": "A", "email": "a@example.com" }));
    let b = sandbox.insert(json!({ "firstName": "B", "phone": "+14155550101" }));
    let body = in_location(
        &sandbox,
        json!({ "email": "a@example.com", "phone": "+14155550101", "city": "Rome", "gender": "female" }),
    );
    let done = call(&sandbox, "POST", "/contacts/upsert", body).await;
    assert_eq!((done.status, &done.body["new"], &done.body["succeded"]), (200, &json!(false), &json!(true)));
    assert!(done.body["traceId"].is_string());
    assert_eq!(done.body["contact"]["gender"], "female");
    let stored = sandbox.contact(&a).unwrap();
    assert_eq!((&stored["city"], stored.get("phone"), stored.get("gender")), (&json!("Rome"), None, None));
    assert_eq!(sandbox.contact(&b).unwrap()["phone"], "+14155550101");
}

#[tokio::test]
async fn an_upsert_by_an_additional_email_replaces_the_main_email() {
    let (sandbox, _) = empty(|_| {}).await;
    let id = sandbox.insert(
        json!({ "email": "main@example.com", "additionalEmails": [{ "email": "more@example.com" }] }),
    );
    call(&sandbox, "POST", "/contacts/upsert", in_location(&sandbox, json!({ "email": "more@example.com" })))
        .await;
    let stored = sandbox.contact(&id).unwrap();
    assert_eq!((&stored["email"], &stored["additionalEmails"]), (&json!("more@example.com"), &json!([])));
}

#[tokio::test]
async fn create_new_if_duplicate_allowed_only_works_if_the_location_allows_duplicates() {
    for allowed in [true, false] {
        let (sandbox, _) = empty(|options| options.allow_duplicate_contact = allowed).await;
        sandbox.insert(json!({ "email": "a@example.com" }));
        let body =
            in_location(&sandbox, json!({ "email": "a@example.com", "createNewIfDuplicateAllowed": true }));
        let done = call(&sandbox, "POST", "/contacts/upsert", body).await;
        assert_eq!(done.body["new"], allowed);
    }
}

#[tokio::test]
async fn an_update_changes_what_is_sent_clears_null_and_echoes_what_it_dropped() {
    let (sandbox, _) = empty(|_| {}).await;
    let id = sandbox
        .insert(json!({ "firstName": "Ana", "lastName": "Silva", "city": "Rome", "phone": "+14155550101" }));
    let before = sandbox.contact(&id).unwrap();
    let body = json!({ "lastName": "Costa", "city": null, "phone": "555", "dateOfBirth": "09/25/1990",
        "customFields": [{ "id": "unknown", "field_value": "x" }] });
    let done = call(&sandbox, "PUT", &format!("/contacts/{id}"), body).await;
    assert_eq!((done.status, &done.body["succeded"]), (200, &json!(true)));
    assert_eq!(done.body["contact"]["phone"], "555");
    assert_eq!(done.body["contact"]["customFields"], json!([{ "id": "unknown", "value": "x" }]));
    let after = sandbox.contact(&id).unwrap();
    assert_eq!((&after["name"], after.get("city")), (&json!("Ana Costa"), None));
    assert_eq!(after["phone"], "+14155550101");
    assert_eq!(after["dateOfBirth"], "1990-09-25T00:00:00.000Z");
    assert_eq!(after["customFields"], json!([]));
    assert_ne!(after["dateUpdated"], before["dateUpdated"]);
    let gone = call(&sandbox, "PUT", "/contacts/unknown", json!({})).await;
    assert_eq!(gone.status, 400);
    assert_eq!(gone.body, json!({ "error": "Contact with id unknown not found", "status": 400 }));
}

#[tokio::test]
async fn an_update_refuses_gender_and_permanent_do_not_disturb() {
    let (sandbox, _) = empty(|_| {}).await;
    let id =
        sandbox.insert(json!({ "firstName": "Ana", "dndSettings": { "SMS": { "status": "permanent" } } }));
    let path = format!("/contacts/{id}");
    let refused = call(&sandbox, "PUT", &path, json!({ "gender": "male" })).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.body["message"], json!(["property gender should not exist"]));
    let refused =
        call(&sandbox, "PUT", &path, json!({ "dndSettings": { "SMS": { "status": "inactive" } } })).await;
    assert_eq!(refused.body["message"], "Not authorized to update permanent dnd setting for SMS");
}

#[tokio::test]
async fn an_update_replaces_tags_and_the_tag_routes_add_and_remove_them() {
    let (sandbox, _) = empty(|_| {}).await;
    let id = sandbox.insert(json!({ "firstName": "Ana", "tags": ["lead"] }));
    let path = format!("/contacts/{id}/tags");
    let added = call(&sandbox, "POST", &path, json!({ "tags": ["VIP", "lead"] })).await;
    assert_eq!((added.status, added.body), (201, json!({ "tags": ["lead", "vip"] })));
    let removed = call(&sandbox, "DELETE", &path, json!({ "tags": ["Lead"] })).await;
    assert_eq!((removed.status, removed.body), (200, json!({ "tags": ["vip"] })));
    let refused =
        call(&sandbox, "POST", &path, json!({ "tags": ["x"], "locationId": sandbox.location_id() })).await;
    assert_eq!(refused.body["message"], json!(["property locationId should not exist"]));
    call(&sandbox, "PUT", &format!("/contacts/{id}"), json!({ "tags": ["only"] })).await;
    assert_eq!(sandbox.contact(&id).unwrap()["tags"], json!(["only"]));
    let body = in_location(&sandbox, json!({ "contacts": [id, "unknown"], "tags": ["bulk"] }));
    let bulk = call(&sandbox, "POST", "/contacts/bulk/tags/update/add", body).await;
    assert_eq!((bulk.status, &bulk.body["errorCount"]), (201, &json!(1)));
    assert_eq!(bulk.body["responses"][0]["tagsAdded"], json!(["bulk"]));
    let names = get(&sandbox, &format!("/locations/{}/tags", sandbox.location_id())).await;
    assert_eq!(names.body["tags"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn the_email_of_another_contact_and_another_location_are_refused() {
    let (sandbox, _) = empty(|_| {}).await;
    let a = sandbox.insert(json!({ "firstName": "A", "email": "a@example.com" }));
    let b = sandbox.insert(json!({ "firstName": "B", "email": "b@example.com" }));
    let taken = call(&sandbox, "PUT", &format!("/contacts/{b}"), json!({ "email": "A@example.com" })).await;
    assert_eq!((taken.status, &taken.body["meta"]["contactId"]), (400, &json!(a)));
    let own = call(&sandbox, "PUT", &format!("/contacts/{b}"), json!({ "email": "b@example.com" })).await;
    assert_eq!(own.status, 200);
    let far = sandbox.insert(json!({ "firstName": "Far", "locationId": "other" }));
    assert_eq!(get(&sandbox, &format!("/contacts/{far}")).await.status, 403);
}

#[tokio::test]
async fn custom_fields_are_written_in_one_form_and_read_in_another() {
    let (sandbox, _) = empty(|_| {}).await;
    let score = sandbox.custom_fields()[0]["id"].clone();
    let items = json!([{ "id": score, "field_value": 42 }, { "key": "contact.plan", "field_value": "Gold" }]);
    let body = in_location(&sandbox, json!({ "firstName": "Ana", "customFields": items }));
    let created = call(&sandbox, "POST", "/contacts/", body).await;
    let path = format!("/contacts/{}", created.body["contact"]["id"].as_str().unwrap());
    assert_eq!(
        get(&sandbox, &path).await.body["contact"]["customFields"],
        json!([{ "id": score, "value": 42 }])
    );
    let refused = call(&sandbox, "PUT", &path, json!({ "customFields": { "score": 1 } })).await;
    assert_eq!((refused.status, &refused.body["message"]), (422, &json!(["customFields must be an array"])));
}
