//! Rows 70 to 79: what a receipt, or the failure of a read, may say.

use ghl_contacts_mcp::ghl::Dialect;
use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};

use crate::support::{Crm, Reply, contact, setup};

fn answer(status: u16, body: &Value) -> Fault {
    Fault::answer(status, body.to_string())
}

/// What HighLevel and the network do to a read.
fn faults() -> Vec<Fault> {
    let words = json!({ "message": "Something went wrong" });
    let mut faults: Vec<Fault> =
        [400, 401, 403, 404, 408, 422, 500, 502, 503].map(|status| answer(status, &words)).into();
    faults.extend([
        answer(200, &json!([])),
        answer(200, &json!({ "contact": { "id": "eve" }, "contacts": [{ "locationId": "Elsewhere" }] })),
        answer(200, &json!({ "contact": 7, "contacts": 7 })),
        Fault::HangUp { apply: true },
        Fault::Truncate { apply: true },
        Fault::Html { status: 200 },
        Fault::Html { status: 403 },
        Fault::TooManyRequests { retry_after: Some("3600".into()), window_headers: true },
        Fault::Redirect { location: "https://elsewhere.example.com/".into() },
    ]);
    faults
}

#[tokio::test]
async fn row_70_a_failed_read_never_speaks_of_writing() {
    for fault in faults() {
        for (tool, arguments) in [
            ("ghl_get_contact", json!({ "contactId": "ada" })),
            ("ghl_get_contact", json!({ "email": "ada@example.com" })),
            ("ghl_search_contacts", json!({ "phone": "+14155550101" })),
            ("ghl_search_contacts", json!({ "query": "ada" })),
        ] {
            let crm =
                setup().with(contact("ada").email("ada@example.com")).dialect(Dialect::Current).open().await;
            crm.fail_always(Some(fault.clone()));
            let reply = crm.call(tool, arguments.clone()).await;
            crm.fail_always(None);
            if reply.is_error() {
                reply.failed_read();
            }
            assert!(crm.requests().iter().all(|line| !line.starts_with("PUT ")), "{fault:?} {arguments}");
        }
    }
}

#[tokio::test]
async fn row_70_a_read_of_arguments_that_cannot_be_used_never_speaks_of_writing() {
    let crm = Crm::empty().await;
    for (tool, arguments) in [
        ("ghl_get_contact", json!({ "emial": "ada@example.com" })),
        ("ghl_get_contact", json!({ "email": 7 })),
        ("ghl_get_contact", json!({})),
        ("ghl_search_contacts", json!({ "limit": 101 })),
        ("ghl_search_contacts", json!({ "cursor": "mine" })),
        ("ghl_search_contacts", json!({ "customFields": [{ "id": "Nope", "value": "x" }] })),
    ] {
        assert_eq!(crm.call(tool, arguments).await.failed_read(), "invalid_arguments");
    }
}

/// HighLevel carries the request out, or not, and answers this.
fn says(apply: bool, body: &Value) -> Fault {
    Fault::Status { status: 200, body: body.to_string(), apply, headers: Vec::new() }
}

async fn ada_and_bob() -> Crm {
    let bob = contact("bob").email("bob@example.com").tags(["old"]);
    setup()
        .with(contact("ada").email("ada@example.com").tags(["old"]))
        .with(bob)
        .open()
        .await
        .warmed_up()
        .await
}

const BULK: &str = "/contacts/bulk/tags/update/add";

/// Tags both contacts. HighLevel answers this to the bulk request, which it carries out or not.
async fn tag_both(crm: &Crm, apply: bool, body: &Value) -> Reply {
    crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": ["old"] })).await.ok();
    crm.call("ghl_add_tags", json!({ "contactIds": ["ada"], "tags": ["old"] })).await.ok();
    crm.clear_wire();
    crm.fault_on("POST", BULK, says(apply, body));
    crm.call("ghl_add_tags", json!({ "contactIds": ["ada", "bob"], "tags": ["vip"] })).await
}

/// A line that is proof of a success.
fn proof(id: &str) -> Value {
    json!({ "contactId": id, "type": "success", "message": "Tags updated", "oldTags": ["old"], "tagsAdded": ["vip"] })
}

#[tokio::test]
async fn row_72_a_bulk_line_without_proof_is_read_back() {
    let line = |more: Value| {
        let mut line = json!({ "contactId": "ada" });
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        line
    };
    let no = line(json!({ "type": "error", "message": "Contact is locked" }));
    for responses in [
        json!([line(json!({})), proof("bob")]),
        json!([line(json!({ "message": "Contact not found" })), proof("bob")]),
        json!([line(json!({ "message": "Tags updated", "tagsAdded": ["vip"] })), proof("bob")]),
        json!([line(json!({ "type": "success", "oldTags": [], "tagsAdded": [] })), proof("bob")]),
        json!([line(json!({ "type": "success" })), proof("bob")]),
        json!([line(json!({ "type": "success", "oldTags": null, "tagsAdded": "vip" })), proof("bob")]),
        json!([line(json!({ "type": "success", "tagsAdded": ["other"] })), proof("bob")]),
        json!([
            line(json!({ "type": "success", "message": "Could not add", "tagsAdded": ["vip"] })),
            proof("bob")
        ]),
        json!([line(json!({ "type": "queued", "tagsAdded": ["vip"] })), proof("bob")]),
        json!([line(json!({ "type": 7, "tagsAdded": ["vip"] })), proof("bob")]),
        json!([line(json!({ "type": "error", "tagsAdded": ["vip"] })), proof("bob")]),
        json!([proof("ada"), no, proof("bob")]),
        json!([null, 7, "ada", proof("bob")]),
        json!([proof("bob")]),
    ] {
        for apply in [true, false] {
            let crm = ada_and_bob().await;
            let body = json!({ "succeded": true, "errorCount": 0, "responses": responses });
            let reply = tag_both(&crm, apply, &body).await;
            let ada = &reply.ok()["contacts"][0];
            let has = crm.held("ada")["tags"].to_string().contains("vip");
            assert_eq!((&ada["contactId"], has), (&json!("ada"), apply), "{responses}");
            assert_eq!(ada.get("error").is_none(), apply, "{responses} {ada}");
            assert_eq!(ada["tags"].to_string().contains("vip"), apply, "{responses}");
            let warned = reply.ok()["warnings"].to_string().contains("ada failed");
            assert_eq!(warned, !apply, "{responses}");
            assert_eq!(reply.ok().get("unknown"), None, "{responses}");
            assert_eq!(
                crm.requests(),
                ["POST /contacts/bulk/tags/update/add -> 200", "GET /contacts/ada -> 200"],
                "{responses}"
            );
        }
    }
}

#[tokio::test]
async fn row_72_what_a_bulk_answer_says_as_a_whole_is_read() {
    let refused = |id: &str| json!({ "contactId": id, "type": "error", "message": "Contact is locked" });
    for (body, reads) in [
        (json!({ "succeded": false, "responses": [proof("ada"), proof("bob")] }), 2),
        (json!({ "succeded": "false", "responses": [proof("ada"), proof("bob")] }), 2),
        (json!({ "succeeded": false, "responses": [proof("ada"), proof("bob")] }), 2),
        (json!({ "success": false, "responses": [] }), 2),
        (json!({ "statusCode": 500, "responses": [proof("ada"), proof("bob")] }), 2),
        (json!({ "succeded": true, "errorCount": 1, "responses": [proof("ada"), proof("bob")] }), 2),
        (json!({ "succeded": true, "errorCount": "2", "responses": [proof("ada"), refused("bob")] }), 1),
        (json!({ "succeded": true, "errorCount": 2, "responses": [proof("bob")] }), 2),
        (json!({ "succeded": true, "responses": [] }), 2),
    ] {
        let crm = ada_and_bob().await;
        let reply = tag_both(&crm, false, &body).await;
        assert_eq!((reply.code(), reply.may_have_written()), ("refused", "no"), "{body}");
        assert!(reply.error().starts_with("None of the 2 contacts was tagged"), "{}", reply.error());
        assert_eq!(crm.sent("GET /contacts/"), reads, "{body}");
        assert_eq!(crm.held("ada")["tags"], json!(["old"]), "{body}");
    }
    let crm = ada_and_bob().await;
    let body = json!({ "succeded": true, "errorCount": 1, "responses": [proof("ada"), refused("bob")] });
    let reply = tag_both(&crm, false, &body).await;
    assert_eq!(
        (reply.ok()["contacts"][1]["error"].clone(), crm.requests().len()),
        (json!("Contact is locked"), 1)
    );
    assert!(reply.ok()["warnings"].to_string().contains("bob failed: Contact is locked"));
}

#[tokio::test]
async fn row_72_where_every_contact_failed_the_call_failed() {
    let crm = ada_and_bob().await;
    let reply = crm.call("ghl_add_tags", json!({ "contactIds": ["no1", "no2"], "tags": ["old"] })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("refused", "no"));
    insta::assert_snapshot!(reply.error(), @"None of the 2 contacts was tagged: Contact not found. Nothing was written. Check the ids and the tags.");
    let reply = crm.call("ghl_add_tags", json!({ "contactIds": ["no1", "ada"], "tags": ["old"] })).await;
    assert_eq!(reply.ok()["contacts"][0]["error"], "Contact not found");
    assert!(reply.ok()["warnings"].to_string().contains("no1 failed: Contact not found"));
}

#[tokio::test]
async fn row_73_a_bulk_answer_without_lines_leaves_unknown_what_was_written() {
    for apply in [true, false] {
        for body in [
            json!({ "succeded": true, "responses": null }),
            json!({ "succeded": true, "responses": {} }),
            json!({ "succeded": true, "responses": "ada" }),
            json!({ "succeded": true, "errorCount": 0 }),
            json!({}),
            json!([]),
            json!(null),
            json!("ok"),
        ] {
            let crm = ada_and_bob().await;
            let reply = tag_both(&crm, apply, &body).await;
            assert_eq!((reply.code(), reply.may_have_written()), ("unreadable_answer", "unknown"), "{body}");
            assert_eq!(crm.requests().len(), 1, "{body}");
        }
    }
}

#[tokio::test]
async fn row_74_fifty_contacts_without_proof_are_read_and_the_others_are_unknown() {
    let mut setup = setup();
    for n in 0..60 {
        setup = setup.with(contact(&format!("c{n}")).tags(["old"]));
    }
    let crm = setup.open().await;
    let ids: Vec<String> = (0..60).map(|n| format!("c{n}")).collect();
    for _ in 0..2 {
        crm.fault_on("POST", BULK, says(true, &json!({ "succeded": true, "responses": [] })));
    }
    let reply = crm.call("ghl_add_tags", json!({ "contactIds": ids, "tags": ["vip"] })).await;
    let seen: Vec<_> =
        reply.ok()["contacts"].as_array().unwrap().iter().map(|line| &line["contactId"]).collect();
    assert_eq!((seen.len(), &reply.ok()["unknown"]), (50, &json!(&ids[50..])));
    assert!(reply.ok()["warnings"].to_string().contains("10 contacts may or may not have the tags"));
    assert_eq!((crm.sent("GET /contacts/"), crm.sent("POST /contacts/bulk/")), (50, 2));
}

#[tokio::test]
async fn row_74_a_contact_that_cannot_be_read_back_is_unknown() {
    for answer in [answer(403, &json!({})), answer(200, &json!({ "contact": { "id": "ada", "tags": null } }))]
    {
        let crm = ada_and_bob().await;
        crm.fault_on("GET", "/contacts/ada", answer);
        crm.fault_on("POST", BULK, says(true, &json!({ "responses": [proof("bob")] })));
        let reply = crm.call("ghl_add_tags", json!({ "contactIds": ["ada", "bob"], "tags": ["vip"] })).await;
        assert_eq!(reply.ok()["unknown"], json!(["ada"]));
        assert_eq!(reply.ok()["contacts"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn row_79_a_custom_field_sent_in_a_second_form_and_not_read_back_is_unverified() {
    let crm = ada_and_bob().await;
    let job = json!([{ "id": "Job Title", "value": "CTO" }]);
    crm.fault_on("PUT", "/contacts/ada", says(false, &json!({ "contact": crm.held("ada") })));
    let upsert = crm.upsert(json!({ "email": "ada@example.com", "customFields": job }));
    let then = |crm: &Crm| crm.fault_on("GET", "/contacts/ada", answer(403, &json!({})));
    let reply = crm.as_soon_as("GET /contacts/ada -> 200", then, upsert).await;
    assert_eq!(reply.ok()["unverified"], json!(["Job Title"]));
    assert_eq!((&reply.ok()["notStored"], crm.custom("ada", "Job Title")), (&json!([]), json!("CTO")));
}

#[tokio::test]
async fn row_73_a_bulk_answer_about_a_contact_that_was_not_named_is_a_mismatch() {
    let crm = ada_and_bob().await;
    let reply =
        tag_both(&crm, false, &json!({ "responses": [proof("ada"), proof("bob"), proof("eve")] })).await;
    assert_eq!((reply.code(), reply.may_have_written(), crm.requests().len()), ("mismatch", "unknown", 1));
    // Of a later request, the contacts are unknown.
    let mut setup = setup();
    for n in 0..60 {
        setup = setup.with(contact(&format!("c{n}")).tags(["old"]));
    }
    let crm = setup.open().await;
    let ids: Vec<String> = (0..60).map(|n| format!("c{n}")).collect();
    let call = crm.call("ghl_add_tags", json!({ "contactIds": ids, "tags": ["vip"] }));
    let then = |crm: &Crm| crm.fault_on("POST", BULK, says(true, &json!({ "responses": null })));
    let reply = crm.as_soon_as("POST /contacts/bulk/tags/update/add -> 201", then, call).await;
    let lines = reply.ok()["contacts"].as_array().unwrap().len();
    assert_eq!((lines, &reply.ok()["unknown"]), (50, &json!(&ids[50..])));
}

#[tokio::test]
async fn row_76_a_tag_answer_about_another_contact_is_a_mismatch_unless_the_tags_are_there() {
    for apply in [true, false] {
        let crm = ada_and_bob().await;
        let body = json!({ "contactId": "eve", "tags": ["vip"] });
        crm.fault_on("POST", "/contacts/ada/tags", says(apply, &body));
        let reply = crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": ["vip"] })).await;
        if apply {
            assert_eq!(reply.ok()["contacts"][0]["tags"], json!(["old", "vip"]));
        } else {
            assert_eq!((reply.code(), reply.may_have_written()), ("mismatch", "unknown"));
        }
    }
}

#[tokio::test]
async fn row_76_tags_whose_origin_is_not_shown_are_neither_added_nor_already_present() {
    let crm = ada_and_bob().await;
    let body = json!({ "responses": [{ "contactId": "ada" }, proof("bob")] });
    let reply = tag_both(&crm, true, &body).await;
    let ada = &reply.ok()["contacts"][0];
    assert_eq!((&ada["tags"], &ada["added"]), (&json!(["old", "vip"]), &json!([])));
    assert!(reply.ok()["warnings"].to_string().contains("which tags they had before is not known: ada"));
}

/// Upserts Ada as a new contact. HighLevel answers this to the create, which it carries out or not.
async fn create_ada(apply: bool, body: &Value) -> (Crm, Reply) {
    let crm = Crm::empty().await.warmed_up().await;
    crm.fault_on("POST", "/contacts/$", says(apply, body));
    let arguments =
        json!({ "email": "ada@example.com", "firstName": "Ada", "city": "Paris", "tags": ["vip"] });
    let reply = crm.upsert(arguments).await;
    (crm, reply)
}

#[tokio::test]
async fn row_75_a_create_answered_with_next_to_nothing_is_read_back() {
    for missing in ["everything", "tags", "city", "email"] {
        let crm = Crm::empty().await.warmed_up().await;
        // The id that the create gives is known only once it is there.
        crm.on_next("GET", "/contacts/search/duplicate", |crm| {
            crm.insert(json!({ "id": "ada", "firstName": "Ada", "city": "Paris", "tags": ["vip"] }));
        });
        let mut shown = json!({ "id": "ada", "email": "ada@example.com", "firstName": "Ada", "city": "Paris", "tags": ["vip"] });
        match missing {
            "everything" => shown = json!({ "id": "ada" }),
            one => drop(shown.as_object_mut().unwrap().remove(one)),
        }
        crm.on_next("POST", "/contacts/$", |crm| {
            crm.edit("ada", |ada| drop(ada.insert("email".into(), json!("ada@example.com"))));
        });
        crm.fault_on("POST", "/contacts/$", says(false, &json!({ "contact": shown })));
        let arguments =
            json!({ "email": "ada@example.com", "firstName": "Ada", "city": "Paris", "tags": ["vip"] });
        let reply = crm.upsert(arguments).await;
        assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("created", &json!([])), "{missing}");
        assert_eq!(
            (&reply.ok()["tagsAdded"], &reply.ok()["warnings"]),
            (&json!(["vip"]), &json!([])),
            "{missing}"
        );
        assert_eq!(reply.ok()["contact"]["email"], "ada@example.com", "{missing}");
        assert_eq!(crm.requests()[1..], ["POST /contacts/ -> 200", "GET /contacts/ada -> 200"], "{missing}");
    }
}

#[tokio::test]
async fn row_75_a_create_that_says_it_failed_is_looked_up() {
    let echo = json!({ "id": "ada", "email": "ada@example.com", "firstName": "Ada", "city": "Paris", "tags": ["vip"] });
    for failed in
        [json!({ "succeded": false }), json!({ "succeeded": "false" }), json!({ "statusCode": 422 })]
    {
        let mut body = json!({ "contact": echo, "message": "The e-mail is blocked" });
        body.as_object_mut().unwrap().extend(failed.as_object().unwrap().clone());
        let (crm, reply) = create_ada(false, &body).await;
        assert_eq!((reply.code(), reply.may_have_written(), crm.count()), ("refused", "no", 0), "{failed}");
        assert!(reply.error().contains("The e-mail is blocked"));
        assert_eq!((crm.requests().len(), crm.sent("POST ")), (3, 1), "{failed}");
        let (crm, reply) = create_ada(true, &body).await;
        assert_eq!((reply.outcome(), crm.count(), crm.sent("POST ")), ("created", 1, 1), "{failed}");
        assert!(reply.ok()["warnings"].to_string().contains("created the contact anyway"));
    }
}

#[tokio::test]
async fn row_76_a_tag_answer_that_shows_no_tags_is_read_back() {
    for body in [
        json!({ "success": true }),
        json!({}),
        json!({ "tags": null }),
        json!({ "tags": [{ "name": "vip" }] }),
        json!({ "tags": ["old"] }),
        json!({ "tags": "vip" }),
        json!({ "tags": ["old", "vip"], "succeded": false }),
        json!([]),
    ] {
        for apply in [true, false] {
            let crm = ada_and_bob().await;
            crm.fault_on("POST", "/contacts/ada/tags", says(apply, &body));
            let reply = crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": ["vip"] })).await;
            let reads = crm.sent("GET /contacts/ada");
            assert_eq!((reply.is_error(), reads), (!apply, 2), "{body}");
            if apply {
                assert_eq!(reply.ok()["contacts"][0]["added"], json!(["vip"]), "{body}");
            }
            let crm = ada_and_bob().await;
            crm.fault_on("POST", "/contacts/ada/tags", says(apply, &body));
            let reply =
                crm.upsert(json!({ "email": "ada@example.com", "city": "Paris", "tags": ["vip"] })).await;
            let stored = reply.ok()["notStored"].as_array().unwrap().is_empty();
            assert_eq!((reply.outcome(), stored), ("updated", apply), "{body}");
            assert_eq!(reply.ok()["tagsAdded"], if apply { json!(["vip"]) } else { json!([]) }, "{body}");
            assert_eq!((crm.sent("POST "), crm.sent("GET /contacts/ada")), (1, 1), "{body}");
            assert_eq!(crm.held("ada")["tags"].to_string().contains("vip"), apply, "{body}");
        }
    }
}

#[tokio::test]
async fn row_77_an_update_that_stored_nothing_is_not_updated() {
    let crm = ada_and_bob().await;
    let held = crm.held("ada");
    crm.fault_on("PUT", "/contacts/ada", says(false, &json!({ "succeded": true, "contact": held })));
    let reply = crm.upsert(json!({ "email": "ada@example.com", "firstName": "Ada", "city": "Paris" })).await;
    assert_eq!((reply.outcome(), &reply.ok()["changes"]), ("unchanged", &json!([])));
    let fields: Vec<_> =
        reply.ok()["notStored"].as_array().unwrap().iter().map(|one| one["field"].clone()).collect();
    assert_eq!(fields, ["firstName", "city"]);
    assert_eq!(reply.ok()["warnings"], json!(["HighLevel answered success and stored nothing of it"]));
    assert_eq!(crm.held("ada"), held);
}

#[tokio::test]
async fn row_77_an_update_answered_with_the_id_only_is_read_back() {
    for (apply, outcome) in [(true, "updated"), (false, "unchanged")] {
        let crm = ada_and_bob().await;
        crm.fault_on("PUT", "/contacts/ada", says(apply, &json!({ "contact": { "id": "ada" } })));
        let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris" })).await;
        assert_eq!(reply.outcome(), outcome);
        assert_eq!(reply.ok()["notStored"].as_array().unwrap().is_empty(), apply);
        assert_eq!(crm.requests()[1..], ["PUT /contacts/ada -> 200", "GET /contacts/ada -> 200"]);
    }
}

#[tokio::test]
async fn row_77_an_echo_that_says_it_failed_is_no_success() {
    for failed in [
        json!({ "succeded": false }),
        json!({ "succeeded": "False" }),
        json!({ "success": false }),
        json!({ "statusCode": "500" }),
    ] {
        for apply in [true, false] {
            let crm = ada_and_bob().await;
            let mut echo = crm.held("ada");
            echo["city"] = json!("Paris");
            let mut body = json!({ "contact": echo });
            body.as_object_mut().unwrap().extend(failed.as_object().unwrap().clone());
            crm.fault_on("PUT", "/contacts/ada", says(apply, &body));
            let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris" })).await;
            if apply {
                assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("updated", &json!([])), "{failed}");
                assert!(reply.ok()["warnings"].to_string().contains("answered that the update failed"));
            } else {
                assert_eq!((reply.code(), reply.may_have_written()), ("refused", "no"), "{failed}");
            }
            assert_eq!(
                crm.requests()[1..],
                ["PUT /contacts/ada -> 200", "GET /contacts/ada -> 200"],
                "{failed}"
            );
        }
    }
}

#[tokio::test]
async fn row_78_a_create_that_was_sent_twice_says_that_the_first_may_still_arrive() {
    let crm = Crm::empty().await.warmed_up().await;
    crm.fault_on("POST", "/contacts/$", Fault::HangUp { apply: false });
    let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
    insta::assert_json_snapshot!(reply.ok()["warnings"], @r#"
    [
      "the create was sent twice: the answer to the first was lost and a lookup found no contact; the first may still arrive and make a second contact"
    ]
    "#);
    assert_eq!((reply.outcome(), crm.sent("POST ")), ("created", 2));
    // Both answers are lost, and the second create is found: the first may still arrive.
    let crm = Crm::empty().await.warmed_up().await;
    crm.fault_on("POST", "/contacts/$", Fault::HangUp { apply: false });
    crm.fault_on("POST", "/contacts/$", Fault::HangUp { apply: true });
    let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
    let warnings = reply.ok()["warnings"].to_string();
    assert!(warnings.contains("sent twice") && warnings.contains("found by looking it up"), "{warnings}");
    assert_eq!(crm.count(), 1);
}

#[tokio::test]
async fn row_79_a_failed_read_back_is_a_warning_and_never_a_claim() {
    let unread = [
        answer(403, &json!({ "message": "no" })),
        answer(200, &json!({ "contact": { "id": "ada" } })),
        answer(200, &json!({ "contact": { "id": "eve", "email": "eve@example.com" } })),
        answer(200, &json!({})),
    ];
    for read in unread {
        let crm = ada_and_bob().await;
        crm.fault_on("PUT", "/contacts/ada", says(true, &json!({ "contact": { "id": "ada" } })));
        crm.fault_on("GET", "/contacts/ada", read.clone());
        let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris" })).await;
        assert_eq!((reply.outcome(), &reply.ok()["notStored"]), ("updated", &json!([])), "{read:?}");
        assert_eq!(reply.ok()["unverified"], json!(["city"]), "{read:?}");
        assert!(reply.ok()["warnings"].to_string().contains("verified"), "{read:?}");
        assert!(!reply.ok().to_string().contains("eve@"), "{read:?}");
        let crm = ada_and_bob().await;
        crm.fault_on("POST", "/contacts/ada/tags", says(true, &json!({ "success": true })));
        crm.fault_on("GET", "/contacts/ada", read.clone());
        let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris", "tags": ["vip"] })).await;
        assert_eq!(
            (&reply.ok()["notStored"], &reply.ok()["tagsAdded"]),
            (&json!([]), &json!([])),
            "{read:?}"
        );
        assert_eq!(reply.ok()["unverified"], json!(["tags"]), "{read:?}");
    }
}

#[tokio::test]
async fn row_79_tags_that_no_answer_shows_are_not_called_refused() {
    let crm = ada_and_bob().await;
    crm.fault_on("POST", "/contacts/ada/tags", says(true, &json!({ "tags": [] })));
    crm.fault_on("GET", "/contacts/ada", answer(200, &json!({})));
    let reply = crm.call("ghl_add_tags", json!({ "email": "ada@example.com", "tags": ["vip"] })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("unreadable_answer", "unknown"));
    assert!(crm.held("ada")["tags"].to_string().contains("vip"));
}

#[tokio::test]
async fn row_79_an_error_after_a_create_that_was_found_does_not_say_that_nothing_was_written() {
    let crm = setup().recipe().dialect(Dialect::Recipe).open().await;
    crm.fault_on("POST", "/contacts$", says(true, &json!({})));
    crm.on_next("GET", "/contacts/search", |_| {});
    // When the contact is looked up again, it shows no list of tags.
    crm.on_next("GET", "/contacts/search", |crm| {
        for contact in crm.contacts() {
            crm.edit(contact["id"].as_str().unwrap(), |contact| {
                drop(contact.insert("tags".into(), json!(null)));
            });
        }
    });
    let reply = crm.upsert(json!({ "email": "ada@example.com", "tags": ["vip"] })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("unreadable_answer", "unknown"));
    assert_eq!((crm.count(), crm.sent("POST ")), (1, 1));
}
