//! Random operations, faults, foreign edits and cancellations against the CRM, a few at a time; after each few, what
//! the CRM holds must be what was acknowledged, and nothing else.
//!
//! - Nothing that was acknowledged is lost, and nothing changes that no call, and nobody else, asked for.
//! - A failure that says that nothing was written is right.
//! - At most one contact has an e-mail or a phone where duplicates are forbidden.
//! - Tags only grow.
//! - Every call ends in one outcome within its deadline.
//!
//! `MODEL_CASES` sets how many cases are run (2,000), `MODEL_CASE` runs a single one: a case is told by its number, and
//! runs the same way every time but for the order in which the connections of calls at once are served.

#![expect(clippy::disallowed_methods, reason = "the number of cases is set from outside")]

mod account;
mod operation;
mod world;

use crate::model::world::World;

#[test]
fn whatever_happens_the_crm_holds_what_was_acknowledged_and_nothing_else() {
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
