//! The sandbox's time: the real clock, a clock moved by hand, and the one place that waits.
#![expect(
    clippy::disallowed_methods,
    reason = "this file owns the sandbox's reading of the clock and its waiting"
)]

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

/// Where the sandbox reads the time of day from.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> SystemTime;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealClock;

impl Clock for RealClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// A clock that stands still until it is moved: for tests of search lag, limits and token expiry.
#[derive(Debug)]
pub struct HandClock(Mutex<SystemTime>);

impl HandClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn new(now: SystemTime) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += by;
    }
}

impl Default for HandClock {
    /// Stands at 2026-06-01T09:00:00Z.
    fn default() -> Self {
        Self::new(UNIX_EPOCH + Duration::from_secs(1_780_304_400))
    }
}

impl Clock for HandClock {
    fn now(&self) -> SystemTime {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits in real time; zero does not even yield.
pub(crate) async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

/// A moment as HighLevel writes it: `2026-05-28T10:00:00.000Z`.
pub(crate) fn iso(moment: SystemTime) -> String {
    Timestamp::try_from(moment)
        .map_or_else(|_| String::from("1970-01-01T00:00:00.000Z"), |at| format!("{at:.3}"))
}

/// Milliseconds since 1970, negative before it.
pub(crate) fn millis(text: &str) -> Option<i64> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.as_millisecond());
    }
    let date = text.parse::<jiff::civil::Date>().ok()?;
    let at = jiff::tz::Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
    Some(at.as_millisecond())
}

#[cfg(test)]
mod tests {
    use crate::sandbox::clock::{Clock, HandClock, iso, millis};
    use std::time::Duration;

    #[test]
    fn a_clock_moved_by_hand_shows_iso_time_to_the_millisecond() {
        let clock = HandClock::default();
        clock.advance(Duration::from_millis(7));
        assert_eq!(iso(clock.now()), "2026-06-01T09:00:00.007Z");
    }

    #[test]
    fn dates_and_datetimes_become_milliseconds() {
        assert_eq!(millis("1970-01-02"), Some(86_400_000));
        assert_eq!(millis("1970-01-01T00:00:01.500Z"), Some(1500));
        assert_eq!(millis("yesterday"), None);
    }
}
