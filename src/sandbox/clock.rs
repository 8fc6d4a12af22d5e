//! The sandbox's time: the system clock, a clock for tests, and the only place that waits.
#![expect(clippy::disallowed_methods, reason = "only this file of the sandbox reads the clock and waits")]

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

/// The source of the sandbox's time.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> SystemTime;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// The machine's clock, set wrong by this many seconds.
#[derive(Debug, Clone, Copy)]
pub struct WrongClock(pub i64);

impl Clock for WrongClock {
    fn now(&self) -> SystemTime {
        let (now, off) = (SystemTime::now(), Duration::from_secs(self.0.unsigned_abs()));
        let wrong = if self.0 < 0 { now.checked_sub(off) } else { now.checked_add(off) };
        wrong.unwrap_or(now)
    }
}

/// A clock that only moves when it is told to: for tests of the search lag, the limits and the expiry of tokens.
#[derive(Debug)]
pub struct ManualClock(Mutex<SystemTime>);

impl ManualClock {
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

impl Default for ManualClock {
    /// Starts at 2026-06-01T09:00:00Z.
    fn default() -> Self {
        Self::new(UNIX_EPOCH + Duration::from_secs(1_780_304_400))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits in real time. Zero returns at once, without a yield.
pub(crate) async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

/// A time as HighLevel writes it: `2026-05-28T10:00:00.000Z`.
pub(crate) fn iso(time: SystemTime) -> String {
    Timestamp::try_from(time)
        .map_or_else(|_| String::from("1970-01-01T00:00:00.000Z"), |at| format!("{at:.3}"))
}

/// The milliseconds since 1970 of a date or a datetime; negative before 1970.
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
    use crate::sandbox::clock::{Clock, ManualClock, iso, millis};
    use std::time::Duration;

    #[test]
    fn a_manual_clock_advances_and_iso_shows_milliseconds() {
        let clock = ManualClock::default();
        clock.advance(Duration::from_millis(7));
        assert_eq!(iso(clock.now()), "2026-06-01T09:00:00.007Z");
    }

    #[test]
    fn dates_and_datetimes_are_read_as_milliseconds() {
        assert_eq!(millis("1970-01-02"), Some(86_400_000));
        assert_eq!(millis("1970-01-01T00:00:01.500Z"), Some(1500));
        assert_eq!(millis("yesterday"), None);
    }
}
