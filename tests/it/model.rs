//! Random operations, faults, foreign edits and cancellations, a few at a time. After each round the CRM must hold
//! exactly what was acknowledged.
//!
//! - Nothing acknowledged is lost, and nothing changes without a call or a foreign edit.
//! - A failure that says "nothing was written" is right.
//! - If duplicates are forbidden, at most one contact has an e-mail or a phone.
//! - Tags only grow.
//! - Every call ends with one outcome within its deadline.
//!
//! `MODEL_CASES` sets the number of cases (2,000). `MODEL_CASE` runs one case by its number. A case runs the same way
//! every time, except for the order in which simultaneous connections are served.

#![expect(clippy::disallowed_methods, reason = "the number of cases is set from outside")]

mod account;
mod operation;
mod world;

use crate::model::world::World;

#[test]
fn the_crm_always_holds_exactly_what_was_acknowledged() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(case) = number("MODEL_CASE") {
        return run(case..case + 1);
    }
    let cases = number("MODEL_CASES").unwrap_or(2_000);
    let workers = 4;
    std::thread::scope(|scope| {
        for worker in 0..workers {
            scope.spawn(move || run(cases * worker / workers..cases * (worker + 1) / workers));
        }
    });
}

fn run(cases: std::ops::Range<u64>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let transport = std::sync::Arc::default();
    for case in cases {
        let wrong = runtime.block_on(async {
            let mut world = World::new(case, &transport).await;
            world.live().await
        });
        if let Err(wrong) = wrong {
            panic!("MODEL_CASE={case}: {wrong}");
        }
    }
}
