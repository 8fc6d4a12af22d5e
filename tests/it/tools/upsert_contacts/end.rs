//! How a list ends before its last row, and what is said of its progress.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use ghl_contacts_mcp::contacts::Upsert;
use ghl_contacts_mcp::contacts::batch::report::{Done, ListReport, Stopped};
use ghl_contacts_mcp::contacts::batch::row::Row;
use ghl_contacts_mcp::contacts::batch::run::ListOptions;
use ghl_contacts_mcp::ghl::Clock;
use ghl_contacts_mcp::sandbox::Fault;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::{Backend, Crm, log, setup};
use crate::tools::upsert_contacts::{counts, list, people};

fn numbers(value: &Value) -> Vec<u64> {
    value.as_array().unwrap().iter().filter_map(Value::as_u64).collect()
}

fn rows(count: usize) -> Vec<Row> {
    let row = |number| {
        let email = Some(format!("p{number}@example.com"));
        Row { number, upsert: Upsert { email, ..Upsert::default() } }
    };
    (1..=count).map(row).collect()
}

const OPTIONS: ListOptions = ListOptions { stop_after: 10, time: None };

/// Carries out a list beneath the tool.
async fn run(
    backend: &Backend,
    cancel: CancellationToken,
    count: usize,
    options: &ListOptions,
    told: impl Fn(Done) + Send + Sync,
) -> ListReport {
    let contacts = backend.contacts();
    let scope = contacts.scope(cancel);
    let report_to = |done| {
        told(done);
        std::future::ready(()).boxed()
    };
    contacts.upsert_list(&scope, rows(count), options, Some(&report_to)).await
}

#[tokio::test]
async fn ten_failures_in_a_row_end_the_list_and_resume_has_the_rest() {
    let crm = Crm::empty().await;
    crm.fail_always(Some(Fault::answer(400, json!({ "message": "no" }).to_string())));
    let reply = list(&crm, people(0..200)).await;
    let [created, _, _, failed, not_started] = counts(&reply);
    assert!(created == 0 && (10..=26).contains(&failed) && failed + not_started == 200, "{}", reply.text());
    assert_eq!(numbers(&reply.ok()["resume"]), (failed + 1..=200).collect::<Vec<_>>());
    let stopped = reply.ok()["stopped"].as_str().unwrap();
    assert!(stopped.contains("rows failed one after the other") && stopped.contains("resume"), "{stopped}");
    crm.fail_always(None);
    assert_eq!(counts(&list(&crm, people(0..200)).await), [200, 0, 0, 0, 0]);
}

#[tokio::test]
async fn the_caller_may_ask_for_an_earlier_or_a_later_stop() {
    for (stop_after, least) in [(1, 1), (200, 60)] {
        let crm = Crm::empty().await;
        crm.fail_always(Some(Fault::answer(400, json!({ "message": "no" }).to_string())));
        let arguments = json!({ "contacts": people(0..60), "stopAfterFailures": stop_after });
        let reply = crm.call("ghl_upsert_contacts", arguments).await;
        let failed = counts(&reply)[3];
        assert!((least..least + 16).contains(&failed), "{stop_after}: {failed}");
    }
}

#[tokio::test]
async fn rows_that_cannot_be_used_do_not_end_the_list() {
    let crm = Crm::empty().await;
    let mut rows: Vec<Value> = (0..100).map(|n| json!({ "email": format!("not an address {n}") })).collect();
    rows.push(json!({ "email": "ada@example.com" }));
    assert_eq!(counts(&list(&crm, rows.into()).await), [1, 0, 0, 100, 0]);
}

#[tokio::test]
async fn a_token_that_is_refused_is_the_failure_of_the_call() {
    let crm = Crm::empty().await;
    let refused = json!({ "statusCode": 401, "message": "Invalid JWT" }).to_string();
    crm.fail_always(Some(Fault::answer(401, refused)));
    let reply = list(&crm, people(0..200)).await;
    assert_eq!((reply.code(), reply.may_have_written()), ("unauthorized", "no"));
    assert!(crm.requests().len() <= 16, "{}", crm.requests().len());
}

#[tokio::test]
async fn an_outage_in_the_middle_leaves_rows_that_are_sent_again_as_they_are() {
    let crm = Crm::empty().await.warmed_up().await;
    let call = list(&crm, people(0..200));
    let fail = |crm: &Crm| crm.fail_always(Some(Fault::Html { status: 503 }));
    let reply = crm.as_soon_as("POST /contacts/ -> 201", fail, call).await;
    let [created, _, _, failed, not_started] = counts(&reply);
    assert!(failed > 0 && created + failed + not_started == 200, "{}", reply.text());
    crm.fail_always(None);
    crm.clock().advance(Duration::from_secs(120));
    let resume = numbers(&reply.ok()["resume"]);
    let Value::Array(all) = people(0..200) else { unreachable!() };
    let rest: Vec<_> = resume.iter().map(|n| all[usize::try_from(*n).unwrap() - 1].clone()).collect();
    let again = list(&crm, rest.into()).await;
    assert_eq!((counts(&again)[3], counts(&again)[4]), (0, 0), "{}", again.text());
    assert_eq!(crm.count(), 200);
}

#[tokio::test]
async fn a_cancelled_list_starts_no_row_and_ends_those_under_way() {
    let backend = setup().backend(Arc::default()).await;
    let cancel = CancellationToken::new();
    let told = |done: Done| {
        if done.rows >= 5 {
            cancel.cancel();
        }
    };
    let report = run(&backend, cancel.clone(), 200, &OPTIONS, told).await;
    assert_eq!(report.stopped, Some(Stopped::Cancelled));
    assert_eq!(report.rows.len() + report.not_started.len(), 200);
    assert!(report.rows.iter().all(|row| row.result.is_ok()), "{:?}", report.rows);
    let made = report.rows.len();
    assert!((5..150).contains(&made), "{made}");
    assert_eq!(report.not_started, (made + 1..=200).collect::<Vec<_>>());
    assert_eq!(backend.sandbox().contacts().len(), made);
}

#[tokio::test]
async fn a_list_without_progress_is_answered_before_hosts_stop_waiting() {
    let backend = setup().backend(Arc::default()).await;
    let options = ListOptions { time: Some(Duration::from_secs(40)), ..OPTIONS };
    let report = run(&backend, CancellationToken::new(), 500, &options, |_| {}).await;
    assert_eq!(report.stopped, Some(Stopped::Time));
    assert!(Clock::now(backend.clock()) < Duration::from_secs(41), "{:?}", Clock::now(backend.clock()));
    let made = report.rows.len();
    assert!(report.rows.iter().all(|row| row.result.is_ok()) && made >= 100, "{made}");
    assert_eq!((report.not_started.len(), backend.sandbox().contacts().len()), (500 - made, made));
}

#[tokio::test]
async fn progress_grows_and_is_reported_at_most_twice_a_second() {
    let backend = setup().backend(Arc::default()).await;
    let told = Mutex::new(Vec::new());
    let report = run(&backend, CancellationToken::new(), 300, &OPTIONS, |done| {
        told.lock().unwrap().push((Clock::now(backend.clock()), done));
    })
    .await;
    assert_eq!(report.rows.len(), 300);
    let told = told.into_inner().unwrap();
    assert!(told.len() > 3, "{told:?}");
    for pair in told.windows(2) {
        assert!(pair[1].0.saturating_sub(pair[0].0) >= Duration::from_millis(500), "{pair:?}");
        assert!(pair[1].1.rows > pair[0].1.rows && pair[1].1.all == 300, "{pair:?}");
    }
}

#[tokio::test]
async fn a_host_that_does_not_read_its_progress_holds_up_no_row() {
    let backend = setup().backend(Arc::default()).await;
    let contacts = backend.contacts();
    let scope = contacts.scope(CancellationToken::new());
    let never = |_: Done| std::future::pending().boxed();
    let report = contacts.upsert_list(&scope, rows(50), &OPTIONS, Some(&never)).await;
    assert_eq!((report.rows.len(), report.stopped), (50, None));
}

#[tokio::test]
async fn each_row_that_wrote_has_its_line_in_the_audit() {
    let crm = Crm::empty().await;
    list(&crm, people(0..3)).await.ok();
    list(&crm, people(0..3)).await.ok();
    let lines = log::audit_of(crm.location());
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| line["fields"]["outcome"] == "created" && line["fields"]["writes"] == 1));
}
