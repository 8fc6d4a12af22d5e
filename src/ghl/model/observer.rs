//! What an embedding program may count: requests, their answers and times. Nothing of their content.

use std::fmt::Debug;
use std::time::Duration;

/// Receives every request's outcome. `endpoint` is its name as in the log: `contacts.get`.
pub trait Observer: Debug + Send + Sync {
    /// An attempt ended: with a status, or without an answer.
    fn ended(&self, endpoint: &'static str, status: Option<u16>, took: Duration);
    /// A request waited this long for the rate limiter.
    fn waited(&self, endpoint: &'static str, time: Duration);
    /// A request is sent again.
    fn repeated(&self, endpoint: &'static str);
}

/// Counts nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoopObserver;

impl Observer for NoopObserver {
    fn ended(&self, _: &'static str, _: Option<u16>, _: Duration) {}
    fn waited(&self, _: &'static str, _: Duration) {}
    fn repeated(&self, _: &'static str) {}
}
