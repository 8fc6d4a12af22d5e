//! The time of a call inside the process, by Criterion: `cargo bench --bench time`. An MCP session in memory, on one thread, in
//! front of a HighLevel that answers at once: what is measured is this program and the SDK, and no socket.
//!
//! Times are compared with the last run on the same machine, which Criterion keeps under `target/criterion`. CI holds what does
//! not depend on the machine (`benches/costs.rs`).
#![expect(clippy::unwrap_used, reason = "a measuring program: it ends at the first error")]

#[path = "in_memory.rs"]
mod in_memory;

use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::Builder;

use crate::in_memory::{Session, World, calls};

fn time(criterion: &mut Criterion) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let world = Arc::new(World::default());
    let mut session = runtime.block_on(Session::open(&world));
    for (name, message) in calls() {
        criterion.bench_function(&name, |bencher| {
            bencher.iter(|| {
                let number = session.next(&world);
                runtime.block_on(session.ask(&message.replace("{n}", &number.to_string())))
            });
        });
    }
}

criterion_group! { name = benches; config = Criterion::default().sample_size(20); targets = time }
criterion_main!(benches);
