use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::{DATE, HeaderMap, HeaderValue};
use tracing_subscriber::fmt;

use crate::ghl::auth::token_endpoint::warn_of_skew;

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The log's lines about an answer of this date, by a clock that is so many seconds ahead of it or behind.
fn logged(date: &str, ours: SystemTime) -> String {
    let mut headers = HeaderMap::new();
    headers.insert(DATE, HeaderValue::from_str(date).unwrap());
    let log = Log::default();
    let writer = log.clone();
    let lines = fmt().with_writer(move || writer.clone()).without_time().with_ansi(false).finish();
    tracing::subscriber::with_default(lines, || warn_of_skew(&headers, ours));
    let bytes = log.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_clock_that_is_a_minute_off_is_a_warning() {
    let theirs = UNIX_EPOCH + Duration::from_secs(1_780_304_400);
    let date = httpdate::fmt_http_date(theirs);
    for seconds in [0, 59, 60] {
        let off = Duration::from_secs(seconds);
        assert_eq!(logged(&date, theirs + off) + &logged(&date, theirs - off), "", "{seconds}");
    }
    for seconds in [61, 86_400] {
        let off = Duration::from_secs(seconds);
        for line in [logged(&date, theirs + off), logged(&date, theirs - off)] {
            assert!(line.contains("WARN") && line.contains(&format!("seconds={seconds}")), "{line:?}");
        }
    }
    assert_eq!(logged("yesterday", theirs + Duration::from_secs(86_400)), "");
}
