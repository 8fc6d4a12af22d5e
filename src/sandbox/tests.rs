//! The sandbox over the wire, quirk by quirk.

mod anything;
mod faults;
mod gate;
mod read;
mod recipe;
mod search;
mod write;

use std::sync::Arc;

use crate::sandbox::{HandClock, Options, Sandbox, Seed};

/// An empty CRM whose clock is moved by hand.
async fn empty(change: impl FnOnce(&mut Options)) -> (Sandbox, Arc<HandClock>) {
    let clock = Arc::new(HandClock::default());
    let mut options = Options { clock: clock.clone(), seed: Seed::Empty, ..Options::default() };
    change(&mut options);
    (Sandbox::start(options).await.unwrap(), clock)
}
