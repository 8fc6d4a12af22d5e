//! HighLevel's two limits on requests: one for a burst window, one for a UTC day.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::sandbox::options::Options;

const DAY: u64 = 86_400;

/// The requests that were counted in the current burst window and on the current day.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    /// When the burst window started: at its first request.
    window_start: Option<SystemTime>,
    in_window: u32,
    /// Days since 1970.
    day: u64,
    in_day: u32,
}

impl Budget {
    /// Counts one request if it is within both limits. Says whether it is.
    pub(crate) fn spend(&mut self, now: SystemTime, options: &Options) -> bool {
        self.end_old_periods(now, options);
        if self.in_window >= options.burst || self.in_day >= options.daily {
            return false;
        }
        self.window_start.get_or_insert(now);
        self.in_window += 1;
        self.in_day += 1;
        true
    }

    /// Starts to count from zero if the day or the burst window is over.
    fn end_old_periods(&mut self, now: SystemTime, options: &Options) {
        let (day, _) = since_midnight(now);
        if self.day != day {
            (self.day, self.in_day) = (day, 0);
        }
        let over = self
            .window_start
            .and_then(|at| now.duration_since(at).ok())
            .is_some_and(|age| age >= options.burst_window);
        if over {
            (self.window_start, self.in_window) = (None, 0);
        }
    }

    /// The six headers of HighLevel's responses that show the limits.
    pub(crate) fn headers(&mut self, now: SystemTime, options: &Options) -> Vec<(String, String)> {
        self.end_old_periods(now, options);
        let (_, passed) = since_midnight(now);
        let reset = Duration::from_secs(DAY).saturating_sub(passed).as_millis();
        let pairs = [
            ("x-ratelimit-limit-daily", options.daily.to_string()),
            ("x-ratelimit-daily-remaining", options.daily.saturating_sub(self.in_day).to_string()),
            ("x-ratelimit-daily-reset", reset.to_string()),
            ("x-ratelimit-interval-milliseconds", options.burst_window.as_millis().to_string()),
            ("x-ratelimit-max", options.burst.to_string()),
            ("x-ratelimit-remaining", options.burst.saturating_sub(self.in_window).to_string()),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The whole seconds until the burst window ends; at least one.
    pub(crate) fn seconds_left(&self, now: SystemTime, options: &Options) -> u64 {
        let age = self.window_start.and_then(|at| now.duration_since(at).ok()).unwrap_or_default();
        options.burst_window.saturating_sub(age).as_secs().max(1)
    }
}

/// The days since 1970, and the time since midnight.
fn since_midnight(now: SystemTime) -> (u64, Duration) {
    let age = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let day = age.as_secs() / DAY;
    (day, age.saturating_sub(Duration::from_secs(day * DAY)))
}

#[cfg(test)]
mod tests {
    use crate::sandbox::budget::Budget;
    use crate::sandbox::options::Options;
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn the_burst_window_starts_with_its_first_request_and_the_day_at_midnight() {
        let options = Options { burst: 2, daily: 3, ..Options::default() };
        let (mut budget, start) = (Budget::default(), UNIX_EPOCH + Duration::from_secs(86_390));
        assert!(
            budget.spend(start, &options) && budget.spend(start, &options) && !budget.spend(start, &options)
        );
        let later = start + Duration::from_secs(9);
        assert!(!budget.spend(later, &options));
        assert!(budget.headers(later, &options).contains(&("x-ratelimit-daily-reset".into(), "1000".into())));
        let next = start + Duration::from_secs(10);
        assert!(budget.spend(next, &options));
        assert!(budget.headers(next, &options).contains(&("x-ratelimit-daily-remaining".into(), "2".into())));
    }
}
