//! The rate-limit headers, which are on every answer of HighLevel.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::ghl::model::Told;

/// A longer window is a mistake in a header.
const LONGEST_WINDOW: Duration = Duration::from_secs(120);
/// A longer wait than a day is a mistake in a header.
const DAY: Duration = Duration::from_hours(24);

/// What the headers of an answer say. Values that cannot be right are left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    /// `X-RateLimit-Max`: requests in a window.
    pub(crate) max: Option<u32>,
    /// `X-RateLimit-Interval-Milliseconds`: the length of the window.
    pub(crate) interval: Option<Duration>,
    /// `X-RateLimit-Remaining`: left in this window, for all processes that share the token.
    pub(crate) remaining: Option<u32>,
    /// `X-RateLimit-Limit-Daily`: requests on a day.
    pub(crate) daily_max: Option<u64>,
    /// `X-RateLimit-Daily-Remaining`.
    pub(crate) daily_remaining: Option<u64>,
    /// `x-ratelimit-daily-reset`: milliseconds **until** the reset, not an epoch.
    pub(crate) daily_reset: Option<Duration>,
    /// `Retry-After`. HighLevel's documentation does not list it, and it has not been seen there.
    pub(crate) retry_after: Option<Duration>,
}

impl Limits {
    /// `now` is calendar time, for a `Retry-After` that is a date.
    pub(crate) fn read(headers: &HeaderMap, now: SystemTime) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let number = |name: &str| text(name).and_then(|text| text.parse::<u64>().ok());
        let small = |name: &str| number(name).and_then(|n| u32::try_from(n).ok());
        let time = |name: &str, most: Duration| {
            number(name).map(Duration::from_millis).filter(|time| !time.is_zero() && *time <= most)
        };
        Self {
            max: small("x-ratelimit-max").filter(|max| *max > 0),
            interval: time("x-ratelimit-interval-milliseconds", LONGEST_WINDOW),
            remaining: small("x-ratelimit-remaining"),
            daily_max: number("x-ratelimit-limit-daily").filter(|max| *max > 0),
            daily_remaining: number("x-ratelimit-daily-remaining"),
            daily_reset: time("x-ratelimit-daily-reset", DAY),
            retry_after: text(RETRY_AFTER.as_str())
                .and_then(|text| retry_after(text, now))
                .filter(|wait| *wait <= DAY),
        }
    }

    /// The same for an embedding program, beside what the `Date` header says.
    pub(crate) fn told(&self, clock_ahead: Option<i64>) -> Told {
        Told {
            window_max: self.max,
            window_left: self.remaining,
            window: self.interval,
            day_max: self.daily_max,
            day_left: self.daily_remaining,
            day_resets_in: self.daily_reset,
            clock_ahead,
        }
    }

    /// Nothing is left for the day.
    pub(crate) fn day_is_used_up(&self) -> bool {
        self.daily_remaining == Some(0)
    }
}

/// RFC 9110 section 10.2.3: whole seconds or an HTTP date. A date that has passed is no wait; anything else is ignored.
fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    if value.bytes().all(|b| b.is_ascii_digit()) {
        return value.parse::<u32>().ok().map(|seconds| Duration::from_secs(seconds.into()));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}
