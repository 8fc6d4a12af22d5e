//! Many processes and locations over a day of virtual time: the policies themselves, over a store in memory that fails now and
//! then and a HighLevel that counts.

mod call;
mod clock;
mod highlevel;
mod replica;
mod results;
mod traffic;
mod world;

use std::sync::Arc;
use std::time::Duration;

use crate::ghl::model::{Clock, SHORTEST_ATTEMPT};
use crate::ghl::policy::store::tests::simulation::call::DEADLINE;
pub(crate) use crate::ghl::policy::store::tests::simulation::clock::VirtualClock;
use crate::ghl::policy::store::tests::simulation::traffic::{Traffic, lists};
use crate::ghl::policy::store::tests::simulation::world::{Size, World};

const SMALL: Size = Size {
    replicas: 12,
    locations: 40,
    time: Duration::from_secs(1_800),
    failovers: 6,
    kills: 10,
    lists: 12,
    one_late_in: 20,
};
const DAY: Size = Size {
    replicas: 100,
    locations: 10_000,
    time: Duration::from_secs(86_400),
    failovers: 12,
    kills: 200,
    lists: 2_000,
    one_late_in: 200,
};
/// A request is answered 429 at most so long after the end of a failover. A process notices that the store serves again at its next
/// command, and 13 s later it believes the log; until then it uses its part of the quota.
const AFTER_FAILOVER: Duration = Duration::from_secs(30);
/// A place in the quota is asked for while there is time for an answer; so long it may take to get it.
const A_PLACE: Duration = Duration::from_millis(20);

/// Small by default. A day of a large fleet:
/// `GHL_SIMULATION=day cargo test --release --lib simulation -- --nocapture`
#[test]
#[expect(clippy::disallowed_methods, reason = "how much is simulated is for who runs the tests to say")]
fn replicas_make_no_contact_twice_and_keep_the_quota_but_after_a_failover() {
    let size = if std::env::var("GHL_SIMULATION").is_ok_and(|size| size == "day") { DAY } else { SMALL };
    let clock = VirtualClock::new(1);
    clock.runtime().block_on(async {
        tokio::spawn(simulate(size, clock.clone())).await.unwrap();
    });
}

async fn simulate(size: Size, clock: VirtualClock) {
    let world = World::new(size, clock.clone());
    tokio::spawn(Arc::clone(&world).failovers());
    tokio::spawn(Arc::clone(&world).kills());
    tokio::spawn(lists(Arc::clone(&world)));
    tokio::spawn(progress(Arc::clone(&world)));
    Traffic::new(Arc::clone(&world)).run().await;
    clock.sleep(DEADLINE * 2).await;
    let results = world.results.lock().unwrap();
    world.highlevel.seen(|seen| {
        results.print(seen);
        world.commands.print();
        assert!(seen.twice.is_empty(), "{:?}", seen.twice);
        assert!(results.least >= Some(SHORTEST_ATTEMPT.saturating_sub(A_PLACE)), "{:?}", results.least);
        assert!(results.longest.0 <= DEADLINE, "a call took {:?}", results.longest.0);
        let is_late = |at| results.after_failover(at).is_none_or(|after| after > AFTER_FAILOVER);
        let late: Vec<_> = seen.refused.iter().filter(|(at, _)| is_late(*at)).collect();
        assert!(late.is_empty(), "{late:?}");
    });
}

/// A large simulation takes minutes.
async fn progress(world: Arc<World>) {
    for part in 1..=24 {
        world.clock.sleep(world.size.time / 24).await;
        let requests = world.highlevel.seen(|seen| seen.requests);
        println!("{part}/24 of the time: {requests} requests");
    }
}
