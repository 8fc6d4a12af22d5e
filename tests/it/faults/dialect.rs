//! Rows 68 and 69: a 404 on a route is one call's error. Only the article's own route, asked the same question, changes the
//! dialect.

use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};

use crate::support::{Crm, contact, setup};

fn missing() -> [Fault; 5] {
    [
        Fault::answer(404, ""),
        Fault::answer(404, "<!DOCTYPE html><html><body><pre>Cannot POST /contacts/</pre></body></html>"),
        Fault::answer(404, "{}"),
        Fault::answer(404, json!({ "message": "Contact not found" }).to_string()),
        Fault::answer(404, json!({ "message": "Cannot POST /contacts/", "statusCode": 404 }).to_string()),
    ]
}

/// Each call with a route of its own that the article does not have.
fn calls() -> [(&'static str, &'static str, &'static str, Value); 5] {
    [
        (
            "GET",
            "/contacts/search/duplicate",
            "ghl_upsert_contact",
            json!({ "email": "ada@example.com", "city": "Paris" }),
        ),
        (
            "POST",
            "/contacts/$",
            "ghl_upsert_contact",
            json!({ "email": "new@example.com", "firstName": "New" }),
        ),
        ("POST", "/contacts/search", "ghl_search_contacts", json!({ "query": "ada" })),
        ("POST", "/contacts/ada/tags", "ghl_add_tags", json!({ "contactId": "ada", "tags": ["vip"] })),
        ("POST", "/contacts/bulk/tags", "ghl_add_tags", json!({ "contactIds": ["ada"], "tags": ["vip"] })),
    ]
}

async fn crm() -> Crm {
    setup().probed().with(contact("ada").email("ada@example.com")).open().await
}

#[tokio::test]
async fn row_68_after_200_good_calls_a_404_is_one_calls_error() {
    for fault in missing() {
        for (method, path, tool, arguments) in calls() {
            let crm = crm().await;
            for _ in 0..200 {
                crm.call("ghl_get_contact", json!({ "email": "ada@example.com" })).await.ok();
            }
            crm.upsert(json!({ "email": "first@example.com", "tags": ["t"] })).await.ok();
            crm.upsert(json!({ "email": "first@example.com", "tags": ["u"] })).await.ok();
            crm.call("ghl_search_contacts", json!({ "query": "first" })).await.ok();
            crm.call("ghl_add_tags", json!({ "contactIds": ["ada"], "tags": ["t"] })).await.ok();
            let before = crm.contacts().len();
            crm.clear_wire();
            crm.fault_on(method, path, fault.clone());
            let reply = crm.call(tool, arguments.clone()).await;
            assert!(reply.is_error(), "{path}");
            assert_eq!(crm.sent(&format!("{method} {}", path.trim_end_matches('$'))), 1, "{}", crm.wire());
            assert_eq!((crm.count(), crm.sent("GET /contacts/search?")), (before, 0), "{path}");
            crm.call(tool, arguments).await.ok();
            assert_eq!(crm.sent("GET /contacts/search?"), 0, "{path}");
        }
    }
}

#[tokio::test]
async fn row_68_a_fresh_process_takes_no_404_for_another_dialect() {
    for fault in missing() {
        for (method, path, tool, arguments) in calls() {
            let crm = crm().await;
            crm.fault_on(method, path, fault.clone());
            assert!(crm.call(tool, arguments.clone()).await.is_error(), "{path}");
            crm.call(tool, arguments).await.ok();
        }
    }
}

#[tokio::test]
async fn row_68_a_server_that_answers_404_to_everything_is_used_again_when_it_is_back() {
    for fault in missing() {
        let crm = crm().await;
        crm.fail_always(Some(fault));
        for (_, _, tool, arguments) in calls() {
            assert!(crm.call(tool, arguments).await.is_error());
        }
        crm.fail_always(None);
        for (_, _, tool, arguments) in calls() {
            crm.call(tool, arguments).await.ok();
        }
        assert_eq!(crm.held("ada")["city"], "Paris");
    }
}

#[tokio::test]
async fn row_69_the_articles_server_is_found_out_in_two_requests_by_many_calls_at_once() {
    let crm = setup().recipe().with(contact("ada").email("ada@example.com")).open().await;
    let get = || crm.call("ghl_get_contact", json!({ "email": "ada@example.com" }));
    get().await.ok();
    insta::assert_snapshot!(crm.requests().join("\n"), @r"
    GET /contacts/search/duplicate?email=ada@example.com -> 404
    GET /contacts/search?email=ada@example.com -> 200
    ");
    crm.clear_wire();
    get().await.ok();
    assert_eq!(crm.requests().len(), 1);

    let crm = setup().recipe().with(contact("ada").email("ada@example.com")).open().await;
    let many = (0..20).map(|_| crm.call("ghl_get_contact", json!({ "email": "ada@example.com" })));
    for reply in futures_util::future::join_all(many).await {
        reply.ok();
    }
    assert_eq!(crm.sent("GET /contacts/search?"), 20);
}

#[tokio::test]
async fn row_69_a_404_of_any_web_framework_shows_the_articles_server() {
    for fault in missing() {
        let crm = setup().recipe().with(contact("ada").email("ada@example.com")).open().await;
        crm.fault_on("GET", "/contacts/search/duplicate", fault.clone());
        let get = || crm.call("ghl_get_contact", json!({ "email": "ada@example.com" }));
        get().await.ok();
        get().await.ok();
        insta::allow_duplicates! {
            insta::assert_snapshot!(crm.requests().join("\n"), @r"
            GET /contacts/search/duplicate?email=ada@example.com -> 404
            GET /contacts/search?email=ada@example.com -> 200
            GET /contacts/search?email=ada@example.com -> 200
            ");
        }
    }
}

#[tokio::test]
async fn row_69_the_articles_search_is_asked_before_the_articles_writes() {
    let crm = setup().recipe().with(contact("ada").email("ada@example.com").tags(["old"])).open().await;
    crm.call("ghl_add_tags", json!({ "contactId": "ada", "tags": ["new"] })).await.ok();
    let probe = crm.requests().iter().position(|line| line.starts_with("GET /contacts/search?"));
    let put = crm.requests().iter().position(|line| line.starts_with("PUT "));
    assert!(probe.is_some() && probe < put, "{}", crm.wire());
    assert_eq!((crm.sent("PUT "), &crm.held("ada")["tags"]), (1, &json!(["old", "new"])));
}

#[tokio::test]
async fn row_69_a_404_of_the_articles_search_is_one_calls_error() {
    let crm = setup().recipe().with(contact("ada").email("ada@example.com")).open().await;
    let get = || crm.call("ghl_get_contact", json!({ "email": "ada@example.com" }));
    get().await.ok();
    crm.fault_on("GET", "/contacts/search", Fault::answer(404, "{}"));
    assert!(get().await.is_error());
    get().await.ok();
}
