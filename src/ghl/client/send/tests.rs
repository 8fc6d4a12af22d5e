//! A call holds at most one permit, and none while it waits for anything but the transport.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use proptest::prelude::*;
use reqwest::Method;
use serde::de::IgnoredAny;
use tokio_util::sync::CancellationToken;

use crate::ghl::auth::Credential;
use crate::ghl::model::{Clock, Effect};
use crate::ghl::upstream::memory::{MemoryUpstream, Reply, Rule};
use crate::ghl::wire::{Call, HttpRequest, Subject};
use crate::ghl::{Client, Settings};

/// HighLevel and a clock in one: both look at how many permits are held when they are asked for something.
#[derive(Debug, Default)]
struct Watcher {
    client: OnceLock<Client>,
    statuses: Mutex<VecDeque<u16>>,
    now: Mutex<Duration>,
    held_at_send: Mutex<Vec<usize>>,
    held_at_sleep: Mutex<Vec<usize>>,
}

impl Watcher {
    fn held(&self) -> usize {
        self.client.get().unwrap().shared().limiter.permits_held()
    }
}

impl Rule for Arc<Watcher> {
    fn reply(&self, _: HttpRequest) -> BoxFuture<'_, Reply> {
        async {
            self.held_at_send.lock().unwrap().push(self.held());
            let status = self.statuses.lock().unwrap().pop_front().unwrap_or(200);
            Reply::json(status, "{}").with("x-ratelimit-max", "100").with("x-ratelimit-remaining", "3")
        }
        .boxed()
    }
}

impl Clock for Watcher {
    fn now(&self) -> Duration {
        *self.now.lock().unwrap()
    }

    fn wall(&self) -> SystemTime {
        UNIX_EPOCH + self.now()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.held_at_sleep.lock().unwrap().push(self.held());
        *self.now.lock().unwrap() += time;
        std::future::ready(()).boxed()
    }

    fn alarm(&self, _: Duration) -> BoxFuture<'static, ()> {
        std::future::pending().boxed()
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}

/// The time for other tasks to run as far as they can.
async fn yields() {
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
}

proptest! {
    #[test]
    fn one_permit_is_held_while_sending_and_none_while_waiting(
        statuses in prop::collection::vec(prop::sample::select(vec![200_u16, 401, 404, 429, 500, 503, 503, 503]), 0..30),
        effects in prop::collection::vec(prop::sample::select(vec![Effect::Read, Effect::Union, Effect::Create]), 1..12),
        pause in 0_u64..20,
    ) {
        let watcher = Arc::new(Watcher::default());
        let clock = Arc::clone(&watcher) as Arc<dyn Clock>;
        *watcher.statuses.lock().unwrap() = statuses.into();
        let client = Client::new(Settings {
            base_url: "https://highlevel.example".parse().unwrap(),
            credential: Credential::Token("pit-1".into()),
            location: Some("loc".parse().unwrap()),
            dialect: None,
            clock: Arc::clone(&clock),
            transport: MemoryUpstream::new(Arc::clone(&watcher), clock),
            deadline: Duration::from_secs(45),
        });
        watcher.client.set(client.clone()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for effect in effects {
            let scope = client.scope(CancellationToken::new());
            let call = Call::new("test", Method::POST, effect, Subject::Location).at("contacts");
            // Nothing here waits for anything but the watcher, which is always ready, and for a probe in another task.
            let ended = runtime.block_on(async {
                tokio::select! {
                    biased;
                    _ = scope.send::<IgnoredAny>(call) => true,
                    () = yields() => false,
                }
            });
            prop_assert!(ended);
            prop_assert_eq!(watcher.held(), 0);
            *watcher.now.lock().unwrap() += Duration::from_secs(pause);
        }
        prop_assert!(watcher.held_at_send.lock().unwrap().iter().all(|held| *held == 1));
        prop_assert!(watcher.held_at_sleep.lock().unwrap().iter().all(|held| *held == 0));
    }
}
