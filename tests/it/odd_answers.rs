//! Odd answers and faults, behind the tools: whatever HighLevel answers, nothing wrong is written, and what a call says is
//! true. A few callers at a time call tools about a few people; a model holds what was asked for each of them.
//!
//! - A contact holds only what was asked for its person. Its e-mail and phone are that person's.
//! - No tag is lost, and no tag comes that was not asked for.
//! - A person has one contact.
//! - What a call names as written is in the CRM; an error that says "no" has written nothing.
//! - An id or an e-mail in an answer is that of the person who was asked about; a person who is there is found.
//!
//! `ODD_CASES` sets the number of cases (500). `ODD_CASE` runs one case by its number. A case runs the same way every time,
//! except for the order in which simultaneous connections are served.

#![expect(clippy::disallowed_methods, reason = "the number of cases is set from outside")]

mod call;
mod person;
mod world;

use std::sync::atomic::{AtomicU64, Ordering};

use crate::odd_answers::world::World;

#[test]
fn odd_answers_write_nothing_wrong_and_receipts_stay_true() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (cases, workers) = match number("ODD_CASE") {
        Some(case) => (case..case + 1, 1),
        None => (0..number("ODD_CASES").unwrap_or(500), 4),
    };
    let next = AtomicU64::new(cases.start);
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(|| run(&next, cases.end))).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let headlines: Vec<_> = wrong.iter().filter_map(|text| text.lines().next()).collect();
    assert!(wrong.is_empty(), "{} cases: {headlines:#?}\n{}", wrong.len(), wrong[0]);
}

/// Runs cases until none is left. Returns what went wrong.
fn run(next: &AtomicU64, end: u64) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let transport = std::sync::Arc::default();
    let mut wrong = Vec::new();
    loop {
        let case = next.fetch_add(1, Ordering::Relaxed);
        if case >= end {
            return wrong;
        }
        if let Err(found) = runtime.block_on(async { World::new(case, &transport).await.live().await }) {
            wrong.push(format!("ODD_CASE={case}: {found}"));
        }
    }
}
