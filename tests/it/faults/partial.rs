//! Rows 100 to 103: answers that show a contact, or a page, in part. What they leave out is not empty, and not absent.

use ghl_contacts_mcp::ghl::Dialect;
use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};

use crate::support::{Crm, contact, setup};

const LOOKUP: &str = "/contacts/search/duplicate";

fn answer(body: &Value) -> Fault {
    Fault::answer(200, body.to_string())
}

async fn ada() -> Crm {
    let ada = contact("ada").email("ada@example.com").with("city", json!("Rome")).first_name("Ada");
    setup().with(ada).open().await.warmed_up().await
}

fn fill() -> Value {
    json!({ "email": "ada@example.com", "city": "Paris", "state": "Lazio", "mode": "fillEmpty" })
}

#[tokio::test]
async fn row_100_fill_empty_fills_what_a_read_of_the_contact_shows_to_be_empty() {
    let date = "2026-01-01T00:00:00.000Z";
    for shown in [
        json!({ "id": "ada", "email": "ada@example.com" }),
        json!({ "id": "ada", "email": "ada@example.com", "dateAdded": date, "customFields": [], "state": null }),
        json!({ "id": "ada", "email": "ada@example.com", "firstName": "Ada", "city": "" }),
    ] {
        let crm = ada().await;
        crm.fault_on("GET", LOOKUP, answer(&json!({ "contact": shown })));
        crm.clear_wire();
        let reply = crm.upsert(fill()).await;
        assert_eq!(reply.outcome(), "updated", "{shown}");
        assert_eq!((&crm.held("ada")["city"], &crm.held("ada")["state"]), (&json!("Rome"), &json!("Lazio")));
        insta::allow_duplicates! {
            insta::assert_snapshot!(crm.requests().join("\n"), @"
            GET /contacts/search/duplicate?email=ada@example.com -> 200
            GET /contacts/ada -> 200
            PUT /contacts/ada -> 200
            ");
        }
        assert!(
            reply.ok()["warnings"].to_string().contains("kept city: it already had a value"),
            "{}",
            reply.ok()
        );
    }
}

#[tokio::test]
async fn row_100_fill_empty_that_fills_nothing_is_one_lookup() {
    let crm = ada().await;
    crm.clear_wire();
    let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Paris", "mode": "fillEmpty" })).await;
    assert_eq!((reply.outcome(), crm.requests().len()), ("unchanged", 1), "{}", crm.wire());
}

#[tokio::test]
async fn row_100_fill_empty_writes_nothing_where_the_contact_cannot_be_read() {
    let shown = json!({ "contact": { "id": "ada", "email": "ada@example.com" } });
    let other = json!({ "contact": { "id": "ada", "email": "eve@example.com", "dateAdded": "2026" } });
    for read in [Fault::answer(200, "{}"), answer(&other), Fault::answer(404, "")] {
        let crm = ada().await;
        let before = crm.held("ada");
        crm.fault_on("GET", LOOKUP, answer(&shown));
        crm.fault_on("GET", "/contacts/ada", read.clone());
        let reply = crm.upsert(fill()).await;
        assert_eq!((reply.is_error(), reply.may_have_written()), (true, "no"), "{read:?}");
        assert_eq!((crm.held("ada"), crm.sent("PUT ")), (before, 0), "{read:?}");
    }
    // Its id alone shows no field to be empty.
    let crm = ada().await;
    let before = crm.held("ada");
    crm.fault_on("GET", LOOKUP, answer(&shown));
    crm.fault_on("GET", "/contacts/ada", answer(&json!({ "contact": { "id": "ada" } })));
    let reply = crm.upsert(fill()).await;
    assert_eq!((reply.outcome(), crm.held("ada"), crm.sent("PUT ")), ("unchanged", before, 0));
    assert!(reply.ok()["warnings"].to_string().contains("does not show that it is empty"), "{}", reply.ok());
}

#[tokio::test]
async fn row_101_fill_empty_keeps_a_value_that_cannot_be_read() {
    for city in [json!(["Rome"]), json!({ "name": "Rome" }), json!([["Rome"]])] {
        for key in [json!({ "email": "ada@example.com" }), json!({ "contactId": "ada" })] {
            let crm = ada().await;
            let mut shown = crm.held("ada");
            (shown["city"], shown["customFields"]) = (city.clone(), json!(null));
            crm.fault_on("GET", "/contacts/ada", answer(&json!({ "contact": shown })));
            shown["city"] = json!(null);
            crm.fault_on("GET", LOOKUP, answer(&json!({ "contact": shown })));
            let mut call = fill();
            call["customFields"] = json!({ "Job Title": "CTO" });
            if let Some(id) = key.get("contactId") {
                call["contactId"] = id.clone();
            }
            let reply = crm.upsert(call).await;
            assert_eq!(reply.outcome(), "updated", "{city}");
            assert_eq!(
                (&crm.held("ada")["city"], &crm.held("ada")["state"]),
                (&json!("Rome"), &json!("Lazio"))
            );
            let warnings = reply.ok()["warnings"].to_string();
            for kept in ["city", "Job Title"] {
                assert!(warnings.contains(&format!("kept {kept}: HighLevel does not show")), "{warnings}");
            }
        }
    }
}

#[tokio::test]
async fn row_102_a_page_shows_its_contacts_beside_one_that_cannot_be_read() {
    for odd in [json!(null), json!({ "id": 7 }), json!({ "email": "x@example.com" }), json!("ada"), json!([])]
    {
        let crm = ada().await;
        let mut ada = crm.held("ada");
        ada["searchAfter"] = json!([1_700_000_000_000_i64, "ada"]);
        let page = json!({ "contacts": [odd, ada], "total": 9 });
        crm.fault_on("POST", "/contacts/search", answer(&page));
        let reply = crm.call("ghl_search_contacts", json!({ "query": "ada", "limit": 2 })).await;
        let answer_ = reply.ok();
        assert_eq!(
            (answer_["contacts"].as_array().unwrap().len(), &answer_["total"]),
            (1, &json!(9)),
            "{odd}"
        );
        assert!(answer_["note"].to_string().contains("1 more on this page that cannot be read"), "{answer_}");
        assert!(answer_["nextCursor"].is_string(), "the cursor goes on: {answer_}");
        // A page of nothing else is no empty page.
        crm.fault_on("POST", "/contacts/search", answer(&json!({ "contacts": [odd], "total": 1 })));
        let reply = crm.call("ghl_search_contacts", json!({ "query": "ada" })).await;
        assert_eq!(reply.failed_read(), "unreadable_answer", "{odd}");
    }
}

#[tokio::test]
async fn row_103_a_lookup_with_one_contact_that_cannot_be_read_makes_no_second_one() {
    let crm = setup().recipe().dialect(Dialect::Recipe).open().await;
    let eve = json!({ "id": "eve", "email": "eve@example.com" });
    let page = answer(&json!({ "contacts": [eve, { "id": 7 }], "total": 2 }));
    crm.fault_on("GET", "/contacts/search", page.clone());
    let reply = crm.upsert(json!({ "email": "ada@example.com" })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("unreadable_answer", "no"));
    assert_eq!((crm.count(), crm.sent("POST ")), (0, 0));
    // Where the location allows duplicates, the index is asked for more of them.
    let crm = setup().with(contact("ada").email("ada@example.com")).duplicates_allowed().open().await;
    crm.fault_on("POST", "/contacts/search", page);
    let reply = crm.upsert(json!({ "email": "ada@example.com", "city": "Rome" })).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("unreadable_answer", "no"));
    assert_eq!((crm.count(), crm.sent("PUT ")), (1, 0));
}
