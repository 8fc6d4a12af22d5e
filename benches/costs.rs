//! What a call costs, as far as it does not depend on the machine: requests to HighLevel, bytes of the answer, allocations.
//!
//! `benches/drive/costs.py` runs it and compares with `benches/baseline.json`. Everything runs on one thread: an MCP session
//! over a stream in memory, in front of a HighLevel in memory with prepared answers, whose own allocations are counted too.
//! The clock advances by three seconds with each call: only what is kept for ten minutes is answered from memory.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measuring program: it ends at the first error, and it prints what it found"
)]

#[path = "in_memory.rs"]
mod in_memory;

use std::alloc::System;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Map, Value, json};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use crate::in_memory::{Session, World, calls};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Calls before the counted ones: tables grow, and what is kept is read.
const WARM: u64 = 5;
const COUNTED: u64 = 20;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let world = Arc::new(World::default());
    let before = ALLOCATOR.stats();
    let mut session = Session::open(&world).await;
    let begun = ALLOCATOR.stats() - before;
    let mut found = Map::new();
    found.insert(
        "start".to_owned(),
        json!({ "allocations": begun.allocations, "allocatedBytes": begun.bytes_allocated }),
    );
    let list = || r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"#.to_owned();
    found.insert("tools/list".to_owned(), count(&mut session, &world, |_| list()).await);
    for (name, message) in calls() {
        let cost = count(&mut session, &world, |n| message.replace("{n}", &n.to_string())).await;
        found.insert(name, cost);
    }
    println!("{}", Value::Object(found));
}

/// What one call costs, as a mean of many.
async fn count(session: &mut Session, world: &World, message: impl Fn(u64) -> String) -> Value {
    let mut bytes = 0;
    let mut before = (ALLOCATOR.stats(), 0);
    for turn in 0..WARM + COUNTED {
        if turn == WARM {
            before = (ALLOCATOR.stats(), world.requests.load(Ordering::Relaxed));
        }
        let number = session.next(world);

        let answer = session.ask(&message(number)).await;
        bytes += if turn < WARM { 0 } else { answer.len() };
    }
    let counted = ALLOCATOR.stats() - before.0;
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let mean = |sum: usize| (sum as f64 / COUNTED as f64 * 10.0).round() / 10.0;
    let requests = usize::try_from(world.requests.load(Ordering::Relaxed) - before.1).unwrap();
    json!({
        "requests": mean(requests),
        "answerBytes": mean(bytes),
        "allocations": mean(counted.allocations),
        "allocatedBytes": mean(counted.bytes_allocated),
    })
}
