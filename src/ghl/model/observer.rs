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
    /// An answer came, and its headers say this.
    fn told(&self, _told: &Told) {}
    /// A command to the store that several processes share has ended.
    fn store_asked(&self, _verb: &'static str, _answered: bool, _took: Duration) {}
    /// The store serves from now on, or it does not.
    fn store_serves(&self, _serves: bool) {}
}

/// What the headers of an answer say, whatever its status. Values that are missing or cannot be right are left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// How many requests a window allows.
    pub window_max: Option<u32>,
    /// How many of them are left, for all who share the quota.
    pub window_left: Option<u32>,
    /// The length of the window.
    pub window: Option<Duration>,
    /// How many requests a day allows.
    pub day_max: Option<u64>,
    /// How many of them are left.
    pub day_left: Option<u64>,
    /// When the day's count starts again.
    pub day_resets_in: Option<Duration>,
    /// By how many seconds this machine's clock is ahead of HighLevel's; negative where it is behind.
    pub clock_ahead: Option<i64>,
}

/// Counts nothing.
#[derive(Debug, Clone, Copy)]
pub struct NoopObserver;

impl Observer for NoopObserver {
    fn ended(&self, _: &'static str, _: Option<u16>, _: Duration) {}
    fn waited(&self, _: &'static str, _: Duration) {}
    fn repeated(&self, _: &'static str) {}
}
