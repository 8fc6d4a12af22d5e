use super::*;
use crate::ghl::model::Missing;

const SECOND: Duration = Duration::from_secs(1);
const READ: Effect = Effect::Read;
const WRITE: Effect = Effect::Create;

fn down() -> Error {
    Error::new(Kind::Unavailable, Written::Unknown)
}

impl CircuitBreaker {
    /// Another request ended.
    fn ended(&self, now: Duration, limits: &Limits, failure: Option<&Error>) {
        self.state().record(now, limits, failure, false);
    }

    fn failed(&self, now: Duration) {
        self.ended(now, &Limits::default(), Some(&down()));
    }
}

fn opened() -> CircuitBreaker {
    let breaker = CircuitBreaker::default();
    for second in 0..5 {
        breaker.failed(second * SECOND);
    }
    breaker
}

fn used_up(reset: Option<Duration>) -> Limits {
    Limits { daily_remaining: Some(0), daily_reset: reset, ..Limits::default() }
}

/// How long it is until the next probe; `None` where the request may be sent or a probe comes before it.
fn until_probe(breaker: &CircuitBreaker, now: Duration, effect: Effect) -> Option<Duration> {
    match breaker.admit(now, effect) {
        Admission::Closed(_) => breaker.state().open.as_ref().map(|open| open.until_probe(now)),
        _ => None,
    }
}

fn waits_for_probe(breaker: &CircuitBreaker, now: Duration, effect: Effect) -> bool {
    matches!(breaker.admit(now, effect), Admission::AfterProbe)
}

fn passes(breaker: &CircuitBreaker, now: Duration, effect: Effect) -> bool {
    matches!(breaker.admit(now, effect), Admission::Pass(_))
}

/// A probe that ends so.
fn probe(breaker: &CircuitBreaker, now: Duration, limits: &Limits, failure: Option<&Error>) {
    breaker.probe(now).unwrap().0.record(now, limits, failure);
}

#[test]
fn five_failures_in_a_row_open_it_and_a_success_between_does_not() {
    assert!(opened().is_open(5 * SECOND));
    let breaker = CircuitBreaker::default();
    for second in 0..20 {
        breaker.ended(second * SECOND, &Limits::default(), (second % 4 != 0).then(down).as_ref());
        assert!(!breaker.is_open(second * SECOND));
    }
}

#[test]
fn a_caller_that_goes_away_says_nothing_of_highlevel() {
    for kind in [Kind::Cancelled, Kind::OutOfTime, Kind::NotConfigured(Missing::Token)] {
        let breaker = CircuitBreaker::default();
        for second in 0..5 {
            breaker.failed(second * SECOND);
            let error = Error::new(kind.clone(), Written::No);
            breaker.ended(second * SECOND, &Limits::default(), Some(&error));
        }
        assert!(breaker.is_open(5 * SECOND), "{kind:?}");
    }
}

#[test]
fn it_is_open_until_its_rest_ends() {
    // The fifth failure came at the fourth second.
    assert!(opened().is_open(Duration::from_millis(13_999)));
    assert!(!opened().is_open(14 * SECOND));
}

#[test]
fn failures_far_apart_do_not_open_it() {
    let breaker = CircuitBreaker::default();
    for n in 0..20 {
        breaker.failed(n * 8 * SECOND);
    }
    assert!(!breaker.is_open(160 * SECOND));
}

#[test]
fn after_its_rest_one_probe_is_made_for_reads_and_writes_and_its_answer_decides() {
    for effect in [READ, WRITE, Effect::Union, Effect::Replace, Effect::Delete] {
        let breaker = opened();
        assert_eq!(until_probe(&breaker, 5 * SECOND, effect), Some(9 * SECOND));
        let later = 14 * SECOND;
        assert!(waits_for_probe(&breaker, later, effect));
        let (pass, _) = breaker.probe(later).unwrap();
        assert!(breaker.probe(later).is_none() && waits_for_probe(&breaker, later, effect));
        pass.record(later, &Limits::default(), Some(&down()));
        assert_eq!(until_probe(&breaker, later, effect), Some(20 * SECOND));
        let refused = Error::new(Kind::Unauthorized, Written::No);
        probe(&breaker, 34 * SECOND, &Limits::default(), Some(&refused));
        assert!(passes(&breaker, 34 * SECOND, effect));
    }
}

#[test]
fn the_rest_doubles_up_to_a_minute_and_begins_anew_after_a_success() {
    let breaker = opened();
    let mut now = 14 * SECOND;
    for rest in [20, 40, 60, 60] {
        probe(&breaker, now, &Limits::default(), Some(&down()));
        assert_eq!(until_probe(&breaker, now, WRITE), Some(rest * SECOND));
        now += rest * SECOND;
    }
    probe(&breaker, now, &Limits::default(), None);
    for _ in 0..5 {
        breaker.failed(now);
    }
    assert_eq!(until_probe(&breaker, now, WRITE), Some(10 * SECOND));
}

#[test]
fn a_probe_that_is_dropped_does_not_block_the_next() {
    let breaker = opened();
    drop(breaker.probe(14 * SECOND).unwrap());
    assert!(breaker.probe(14 * SECOND).is_some());
}

#[test]
fn a_late_failure_of_another_request_neither_begins_a_second_probe_nor_prolongs_the_rest() {
    let breaker = CircuitBreaker::default();
    let Admission::Pass(late) = breaker.admit(Duration::ZERO, WRITE) else { panic!("it is closed") };
    for second in 0..5 {
        breaker.failed(second * SECOND);
    }
    let probe = breaker.probe(14 * SECOND).unwrap();
    late.record(14 * SECOND, &Limits::default(), Some(&down()));
    assert!(breaker.probe(14 * SECOND).is_none());
    drop(probe);
    assert!(breaker.probe(14 * SECOND).is_some());
}

#[test]
fn a_request_that_was_admitted_before_it_opened_is_not_sent() {
    let breaker = CircuitBreaker::default();
    let Admission::Pass(pass) = breaker.admit(Duration::ZERO, WRITE) else { panic!("it is closed") };
    assert!(pass.holds());
    (0..5).for_each(|_| breaker.failed(SECOND));
    assert!(!pass.holds());
    let (probe, _) = breaker.probe(11 * SECOND).unwrap();
    assert!(probe.holds());
}

#[test]
fn while_the_day_is_used_up_one_read_a_minute_probes_and_writes_wait_for_it() {
    let breaker = CircuitBreaker::default();
    let day = used_up(Some(86_400 * SECOND));
    breaker.ended(SECOND, &day, None);
    for effect in [READ, WRITE] {
        assert_eq!(until_probe(&breaker, SECOND, effect), Some(PROBE_EVERY));
    }
    assert!(waits_for_probe(&breaker, 61 * SECOND, WRITE));
    let Admission::Pass(read) = breaker.admit(61 * SECOND, READ) else { panic!("a read may probe") };
    assert_eq!(until_probe(&breaker, 61 * SECOND, READ), Some(PROBE_EVERY));
    assert_eq!(until_probe(&breaker, 61 * SECOND, WRITE), Some(PROBE_EVERY));
    read.record(62 * SECOND, &day, None);
    assert_eq!(until_probe(&breaker, 62 * SECOND, READ), Some(PROBE_EVERY));
    let left = Limits { daily_remaining: Some(1), ..Limits::default() };
    probe(&breaker, 122 * SECOND, &left, None);
    assert!(passes(&breaker, 122 * SECOND, WRITE));
}

#[test]
fn what_opens_and_what_does_not_open_a_day_that_is_used_up() {
    let error = |kind| Error::new(kind, Written::No);
    let (no_word, left) = (Limits::default(), Limits { daily_remaining: Some(9), ..Limits::default() });
    for (limits, failure, of_a_probe, of_another) in [
        (left, None, true, true),
        (left, Some(error(Kind::RateLimited)), true, true),
        (no_word, None, true, false),
        (no_word, Some(error(Kind::Unauthorized)), true, false),
        (no_word, Some(error(Kind::RateLimited)), false, false),
        (no_word, Some(error(Kind::Unavailable)), false, false),
        (used_up(None), Some(error(Kind::DailyLimit)), false, false),
    ] {
        for (is_probe, expected) in [(true, of_a_probe), (false, of_another)] {
            let breaker = CircuitBreaker::default();
            breaker.ended(Duration::ZERO, &used_up(Some(3_600 * SECOND)), None);
            let now = 60 * SECOND;
            if is_probe {
                probe(&breaker, now, &limits, failure.as_ref());
            } else {
                breaker.ended(now, &limits, failure.as_ref());
            }
            assert_eq!(
                !waits_for_probe(&breaker, now + 60 * SECOND, WRITE),
                expected,
                "{limits:?} {failure:?}"
            );
        }
    }
}

#[test]
fn a_day_ends_at_its_reset_and_without_one_at_a_proof() {
    let breaker = CircuitBreaker::default();
    breaker.ended(Duration::ZERO, &used_up(Some(30 * SECOND)), None);
    assert_eq!(until_probe(&breaker, SECOND, WRITE), Some(29 * SECOND));
    assert!(passes(&breaker, 30 * SECOND, WRITE));
    breaker.ended(30 * SECOND, &used_up(None), None);
    assert_eq!(until_probe(&breaker, 30 * SECOND, WRITE), Some(REST));
    probe(&breaker, 40 * SECOND, &used_up(None), None);
    assert_eq!(until_probe(&breaker, 40 * SECOND, WRITE), Some(PROBE_EVERY));
    assert!(waits_for_probe(&breaker, 86_400 * SECOND, WRITE));
}

#[test]
fn the_words_name_the_next_probe_and_the_reset() {
    let breaker = CircuitBreaker::default();
    breaker.ended(Duration::ZERO, &used_up(Some(3_600 * SECOND)), None);
    let Admission::Closed(error) = breaker.admit(SECOND, WRITE) else { panic!("it is open") };
    assert_eq!(
        error.to_string(),
        "HighLevel's limit for the day is used up: it says that the limit is reset in 3599 s; a call in 59 s finds out whether it still holds"
    );
    assert_eq!(error.retry_after(), Some(3_599 * SECOND));
    let told = breaker.explain(SECOND, Error::new(Kind::DailyLimit, Written::No).with_retry_after(None));
    assert_eq!((told.retry_after(), told.to_string()), (error.retry_after(), error.to_string()));
    let Admission::Closed(error) = opened().admit(5 * SECOND, WRITE) else { panic!("it is open") };
    assert_eq!(
        error.to_string(),
        "HighLevel is unavailable: its last answers were failures, so nothing is sent for 9 s"
    );
    assert_eq!(error.retry_after(), Some(9 * SECOND));
}
