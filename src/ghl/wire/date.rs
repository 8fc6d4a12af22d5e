//! The `Date` header, which shows by how much this machine's clock is wrong.

use std::time::SystemTime;

use reqwest::header::{DATE, HeaderMap};

/// By how many seconds `ours` is ahead of the header; negative where it is behind, none where there is no date.
pub(crate) fn clock_ahead(headers: &HeaderMap, ours: SystemTime) -> Option<i64> {
    let theirs = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    match ours.duration_since(theirs) {
        Ok(ahead) => i64::try_from(ahead.as_secs()).ok(),
        Err(behind) => i64::try_from(behind.duration().as_secs()).ok().map(|seconds| -seconds),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn the_date_shows_by_how_much_the_clock_is_wrong() {
        let ahead = |date: &str, ours: u64| {
            let headers = HeaderMap::from_iter([(DATE, date.parse().unwrap())]);
            clock_ahead(&headers, UNIX_EPOCH + Duration::from_secs(ours))
        };
        let date = "Mon, 01 Jun 2026 09:00:00 GMT";
        assert_eq!(ahead(date, 1_780_304_400), Some(0));
        assert_eq!(ahead(date, 1_780_308_000), Some(3600));
        assert_eq!(ahead(date, 1_780_300_800), Some(-3600));
        for odd in ["", "yesterday", "2026-06-01T09:00:00Z", "Mon, 32 Jun 2026 09:00:00 GMT"] {
            assert_eq!(ahead(odd, 0), None, "{odd}");
        }
        assert_eq!(clock_ahead(&HeaderMap::new(), UNIX_EPOCH), None);
    }
}
