//! The requests and the time that a list takes.

use std::time::Duration;

use ghl_contacts_mcp::sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{Crm, contact, setup};
use crate::tools::upsert_contacts::{counts, list, people};

/// The status of each answer. The text of thousands of requests takes long to write.
fn answers(crm: &Crm) -> Vec<u16> {
    Sandbox::wire(crm).iter().map(|exchange| exchange.status).collect()
}

#[tokio::test]
async fn a_thousand_new_contacts_cost_two_requests_each_and_the_same_list_again_one() {
    let crm = Crm::empty().await;
    for part in [0..500, 500..1_000] {
        let reply = list(&crm, people(part)).await;
        assert_eq!(counts(&reply), [500, 0, 0, 0, 0]);
        assert_eq!((&reply.ok()["attention"], &reply.ok()["resume"]), (&json!([]), &json!([])));
    }
    let sent = answers(&crm).len();
    // The settings of the location are read once.
    assert_eq!((sent, crm.count()), (2 * 1_000 + 1, 1_000));
    assert!(!answers(&crm).contains(&429));
    // The best that 100 requests in ten seconds allow.
    let best = Duration::from_secs(10) * u32::try_from(sent.div_ceil(100) - 1).unwrap();
    let took = crm.clock().passed();
    assert!(took <= best.mul_f64(1.05), "{took:?}, where {best:?} are possible");

    crm.clear_wire();
    for part in [0..500, 500..1_000] {
        let reply = list(&crm, people(part)).await;
        assert_eq!((counts(&reply), reply.ok()["requests"].as_u64()), ([0, 0, 500, 0, 0], Some(500)));
    }
    assert_eq!(answers(&crm).len(), 1_000);
    assert!(crm.contacts().iter().all(|contact| contact["tags"] == json!(["fair", "2026"])));
}

#[tokio::test]
async fn settings_and_custom_fields_are_read_once_whatever_is_in_the_list() {
    let crm = Crm::empty().await;
    let field = |n: usize| if n.is_multiple_of(3) { "Job Titel" } else { "Job Title" };
    let row = |n: usize| json!({ "email": format!("p{n}@example.com"), "customFields": { field(n): "CTO" } });
    let reply = list(&crm, (0..60).map(row).collect()).await;
    assert_eq!(counts(&reply), [40, 0, 0, 20, 0]);
    assert_eq!(crm.sent("GET /locations/{location} "), 1);
    assert_eq!(crm.sent("GET /locations/{location}/customFields"), 1);
    assert_eq!(reply.ok()["attention"].as_array().unwrap().len(), 1, "one line for the 20 rows");
}

#[tokio::test]
async fn a_list_leaves_other_calls_their_share_of_the_quota() {
    let crm = Crm::with(contact("ada").email("ada@example.com")).await;
    let long = list(&crm, people(0..300));
    let other = async {
        // The list has used up the first window by then.
        while answers(&crm).len() < 150 {
            tokio::task::yield_now().await;
        }
        let before = crm.clock().passed();
        crm.call("ghl_get_contact", json!({ "contactId": "ada" })).await.ok();
        crm.clock().passed().saturating_sub(before).as_secs()
    };
    let (reply, waited) = tokio::join!(long, other);
    assert_eq!(counts(&reply), [300, 0, 0, 0, 0]);
    assert!(waited <= 11, "another call waited {waited} s");
}

#[tokio::test]
async fn a_small_quota_is_kept_without_a_429() {
    let crm = setup().options(|options| options.burst = 25).open().await;
    let reply = list(&crm, people(0..100)).await;
    assert_eq!(counts(&reply), [100, 0, 0, 0, 0]);
    assert!(!answers(&crm).contains(&429));
}

#[tokio::test]
async fn a_dry_run_costs_one_lookup_a_row_and_writes_nothing() {
    let crm = Crm::with(contact("ada").email("p0@example.com").first_name("Ada").tags(["fair"])).await;
    let arguments = json!({ "contacts": people(0..20), "dryRun": true });
    let reply = crm.call("ghl_upsert_contacts", arguments).await;
    assert_eq!(counts(&reply), [19, 1, 0, 0, 0]);
    assert_eq!(reply.ok()["changed"]["tags"], 20);
    let planned = reply.ok()["planned"].as_array().unwrap();
    assert_eq!(
        planned[0],
        json!({
            "row": 1, "outcome": "updated", "contactId": "ada",
            "changes": [{ "field": "firstName", "before": "Ada", "after": "P0" }], "tagsAdded": ["2026"]
        })
    );
    assert_eq!((planned.len(), crm.count()), (20, 1));
    assert!(crm.requests().iter().all(|line| line.starts_with("GET ")));
    assert_eq!(crm.requests().len(), 20 + 1);
    assert_eq!(crm.held("ada")["firstName"], "Ada");
    assert_eq!(reply.ok()["dryRun"], Value::Bool(true));
}
