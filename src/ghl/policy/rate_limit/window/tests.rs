use super::*;
use crate::ghl::policy::rate_limit::estimate::CAREFUL;

const SECOND: Duration = Duration::from_secs(1);

fn just_before(time: Duration) -> Duration {
    time.saturating_sub(Duration::from_nanos(1))
}

fn told(max: u32, remaining: u32) -> Limits {
    Limits { max: Some(max), remaining: Some(remaining), interval: Some(DEFAULT_LENGTH), ..Limits::default() }
}

/// What these headers say.
fn headers(pairs: &[(&'static str, &str)]) -> Limits {
    let pairs = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
    Limits::read(&pairs.collect(), std::time::SystemTime::UNIX_EPOCH)
}

/// Sends `n` requests one after the other as soon as each may go; the time of each.
fn send(window: &mut Window, mut now: Duration, n: usize) -> Vec<Duration> {
    let mut times = Vec::new();
    while times.len() < n {
        match window.admit(now) {
            Admission::Now => {
                window.sent(now);
                window.ended();
                times.push(now);
            }
            Admission::AfterCompletion => panic!("everything is answered"),
            Admission::At(time) => now = time,
        }
    }
    times
}

fn most_in_any_window(times: &[Duration], length: Duration) -> usize {
    times
        .iter()
        .map(|start| times.iter().filter(|t| **t >= *start && **t < *start + length).count())
        .max()
        .unwrap()
}

#[test]
fn twenty_are_sent_in_ten_seconds_before_the_first_answer() {
    let mut window = Window::default();
    let times = send(&mut window, Duration::ZERO, 21);
    assert_eq!(times[19], Duration::ZERO);
    assert_eq!(times[20], DEFAULT_LENGTH + MARGIN);
}

#[test]
fn what_the_headers_allow_is_used_and_not_exceeded() {
    for max in [25, 100] {
        let mut window = Window::default();
        window.learn(Duration::ZERO, Duration::ZERO, &told(max, max));
        let times = send(&mut window, Duration::ZERO, 1_000);
        assert_eq!(most_in_any_window(&times, DEFAULT_LENGTH), max as usize);
    }
}

#[test]
fn a_thousand_requests_take_little_more_than_the_minimum() {
    let mut window = Window::default();
    window.learn(Duration::ZERO, Duration::ZERO, &told(100, 100));
    let last = send(&mut window, Duration::ZERO, 1_000).pop().unwrap();
    // 90 s is the least that 100 in 10 s allow.
    assert!(last <= Duration::from_millis(92_400), "{last:?}");
}

#[test]
fn what_others_have_used_is_left_to_them() {
    let mut window = Window::default();
    window.learn(Duration::ZERO, Duration::ZERO, &told(100, 10));
    let times = send(&mut window, Duration::ZERO, 11);
    assert_eq!(times[9], Duration::ZERO);
    assert!(times[10] >= DEFAULT_LENGTH, "{:?}", times[10]);
}

#[test]
fn a_window_that_others_have_emptied_is_waited_for() {
    let mut window = Window::default();
    window.learn(SECOND, SECOND, &told(100, 0));
    let end = SECOND + DEFAULT_LENGTH + MARGIN;
    assert_eq!(window.admit(SECOND), Admission::At(end));
    assert_eq!(window.admit(end), Admission::Now);
}

#[test]
fn own_requests_on_their_way_are_not_counted_as_others() {
    let mut window = Window::default();
    window.learn(Duration::ZERO, Duration::ZERO, &told(100, 100));
    for _ in 0..50 {
        window.sent(Duration::ZERO);
        window.ended();
    }
    // The first answer of the fifty says that 99 are left.
    window.learn(SECOND, SECOND, &told(100, 99));
    assert_eq!(send(&mut window, SECOND, 50).pop(), Some(SECOND));
}

#[test]
fn a_late_answer_does_not_count_own_requests_as_others() {
    let mut window = Window::default();
    window.learn(Duration::ZERO, Duration::ZERO, &told(100, 100));
    for _ in 0..100 {
        window.sent(Duration::ZERO);
    }
    // The last of them is answered after the window's end: by then nothing of it counts any more.
    let late = DEFAULT_LENGTH + 5 * SECOND;
    window.learn(Duration::ZERO, late, &told(100, 0));
    assert_eq!(send(&mut window, late, 100).pop(), Some(late));
}

#[test]
fn an_older_answer_does_not_undo_a_newer_one() {
    let mut window = Window::default();
    window.learn(2 * SECOND, 2 * SECOND, &told(100, 0));
    window.learn(SECOND, 3 * SECOND, &told(100, 90));
    assert_eq!(window.admit(3 * SECOND), Admission::At(2 * SECOND + DEFAULT_LENGTH + MARGIN));
}

#[test]
fn beside_other_processes_few_requests_are_under_way_at_once() {
    let mut window = Window::default();
    window.learn(Duration::ZERO, Duration::ZERO, &told(100, 12));
    for _ in 0..3 {
        assert_eq!(window.admit(SECOND), Admission::Now);
        window.sent(SECOND);
    }
    assert_eq!(window.admit(SECOND), Admission::AfterCompletion);
    window.ended();
    assert_eq!(window.admit(SECOND), Admission::Now);
    window.learn(SECOND, SECOND, &told(100, 1));
    assert_eq!(window.admit(SECOND), Admission::At(SECOND + DEFAULT_LENGTH + MARGIN));
}

#[test]
fn the_next_request_waits_for_one_to_leave_the_window() {
    let mut window = Window::default();
    let tenth = |n: u32| n * SECOND / 10;
    // Five that are over, and twenty that still count.
    (0..5).for_each(|_| window.sent(Duration::ZERO));
    (110..130).for_each(|n| window.sent(tenth(n)));
    assert_eq!(window.admit(13 * SECOND), Admission::At(tenth(110) + DEFAULT_LENGTH + MARGIN));
    // Ten fewer are allowed: eleven have to leave before one more fits.
    window.learn(Duration::ZERO, 13 * SECOND, &Limits { max: Some(10), ..Limits::default() });
    assert_eq!(window.admit(13 * SECOND), Admission::At(tenth(120) + DEFAULT_LENGTH + MARGIN));
}

#[test]
fn own_requests_leave_the_window_before_others_do() {
    let mut window = Window::default();
    (0..10).for_each(|_| window.sent(Duration::ZERO));
    // Fifteen are used and ten of them are ours: five belong to other processes until the window ends.
    window.learn(5 * SECOND, 5 * SECOND, &told(20, 5));
    (0..5).for_each(|_| window.sent(5 * SECOND));
    assert_eq!(window.admit(6 * SECOND), Admission::At(DEFAULT_LENGTH + MARGIN));
}

#[test]
fn of_simultaneous_requests_the_lowest_remaining_count_holds() {
    let learnt = |sent: Duration, now: Duration| {
        let mut window = Window::default();
        window.learn(Duration::ZERO, SECOND, &told(100, 5));
        window.learn(sent, now, &told(100, 8));
        window.estimate.left.0
    };
    let end = DEFAULT_LENGTH + MARGIN;
    assert_eq!(learnt(Duration::ZERO, SECOND), 5);
    assert_eq!(learnt(Duration::ZERO, just_before(end)), 5);
    assert_eq!(learnt(Duration::ZERO, end), 8);
    assert_eq!(learnt(SECOND, 2 * SECOND), 8);
}

#[test]
fn the_length_of_the_window_is_the_one_that_highlevel_tells() {
    let mut window = Window::default();
    let limits = |interval| headers(&[("x-ratelimit-interval-milliseconds", interval)]);
    window.learn(Duration::ZERO, Duration::ZERO, &told(20, 20));
    window.learn(Duration::ZERO, Duration::ZERO, &limits("7000"));
    window.learn(Duration::ZERO, Duration::ZERO, &limits("0"));
    assert_eq!(send(&mut window, Duration::ZERO, 21).pop(), Some(7 * SECOND + MARGIN));
}

#[test]
fn a_send_is_forgotten_when_no_answer_can_come() {
    let mut window = Window::default();
    window.sent(Duration::ZERO);
    let end = DEFAULT_LENGTH + MARGIN + ANSWERED_WITHIN;
    window.admit(just_before(end));
    assert_eq!(window.sends.len(), 1);
    window.admit(end);
    assert_eq!(window.sends.len(), 0);
}

#[test]
fn other_processes_are_considered_for_a_minute() {
    let mut window = Window::default();
    window.learn(Duration::ZERO, Duration::ZERO, &told(100, 90));
    // A quarter of what is left is under way: too much beside other processes, and fine for a single one.
    let after = |window: &mut Window, now| {
        window.estimate.left = (8, now + SECOND);
        window.estimate.under_way = 2;
        window.admit(now)
    };
    assert_eq!(after(&mut window, just_before(CAREFUL)), Admission::AfterCompletion);
    assert_eq!(after(&mut window, CAREFUL), Admission::Now);
}

#[test]
fn a_remaining_count_holds_until_its_window_ends() {
    let slot = |left, now, on_their_way| {
        let mut window = Window::default();
        window.learn(Duration::ZERO, Duration::ZERO, &told(100, 90));
        window.estimate.left = (left, 5 * SECOND);
        window.estimate.under_way = on_their_way;
        window.admit(now)
    };
    assert_eq!(slot(1, just_before(5 * SECOND), 0), Admission::At(5 * SECOND));
    assert_eq!(slot(8, just_before(5 * SECOND), 2), Admission::AfterCompletion);
    // A quarter of a hundred may be under way again.
    assert_eq!(
        (slot(8, 5 * SECOND, 24), slot(8, 5 * SECOND, 25)),
        (Admission::Now, Admission::AfterCompletion)
    );
}

#[test]
fn with_nothing_under_way_one_request_is_admitted() {
    let mut window = Window::default();
    assert_eq!(window.estimate.share(SECOND, 0), Share::Now);
    window.sent(SECOND);
    assert_eq!(window.estimate.share(SECOND, 0), Share::AfterCompletion);
}

#[test]
fn a_process_that_knows_nothing_yet_does_not_send_all_at_once() {
    let mut window = Window::default();
    for _ in 0..5 {
        assert_eq!(window.admit(SECOND), Admission::Now);
        window.sent(SECOND);
    }
    assert_eq!(window.admit(SECOND), Admission::AfterCompletion);
    window.learn(SECOND, SECOND, &told(100, 99));
    assert_eq!(window.admit(SECOND), Admission::Now);
}

#[test]
fn a_429_stops_everybody_until_its_end() {
    let mut window = Window::default();
    window.freeze(5 * SECOND);
    window.freeze(2 * SECOND);
    assert_eq!(window.admit(SECOND), Admission::At(5 * SECOND));
    assert_eq!(window.admit(5 * SECOND), Admission::Now);
}

#[test]
fn a_request_that_is_not_sent_after_all_leaves_its_place_to_another() {
    let mut window = Window::default();
    assert_eq!(send(&mut window, SECOND, 20).pop(), Some(SECOND));
    assert_eq!(window.admit(SECOND), Admission::At(SECOND + DEFAULT_LENGTH + MARGIN));
    window.not_sent(SECOND);
    assert_eq!(window.admit(SECOND), Admission::Now);
}

#[test]
fn headers_that_make_no_sense_change_nothing() {
    let mut window = Window::default();
    let limits = headers(&[("x-ratelimit-max", "0"), ("x-ratelimit-interval-milliseconds", "3600000")]);
    window.learn(SECOND, SECOND, &limits);
    assert_eq!((window.max, window.length), (DEFAULT_MAX, DEFAULT_LENGTH));
}

#[test]
fn repeats_are_a_fifth_of_what_is_sent_and_ten_are_free() {
    let mut window = Window::default();
    let free = (0..50).filter(|_| window.take_repeat(SECOND)).count();
    assert_eq!(free, 10);
    let mut window = Window::default();
    for _ in 0..60 {
        window.sent(SECOND);
    }
    assert_eq!((0..60).filter(|_| window.take_repeat(SECOND)).count(), 12);
    assert!(!window.take_repeat(11 * SECOND));
    assert!(window.take_repeat(11 * SECOND + Duration::from_millis(1)));
}

/// How a server counts.
#[derive(Debug, Clone, Copy)]
enum Counts {
    /// In windows that begin with the first request after the last one's end.
    Fixed,
    /// Over the last ten seconds, whatever was answered.
    Sliding,
    /// The same, and what it refuses counts too.
    Rejects,
}

/// How many of the requests that arrive at these times such a server refuses.
fn refused(mut arrivals: Vec<Duration>, counts: Counts, max: usize) -> usize {
    arrivals.sort();
    let (mut seen, mut begin, mut refused) = (VecDeque::<Duration>::new(), Duration::ZERO, 0);
    for now in arrivals {
        match counts {
            Counts::Fixed => {
                if now >= begin + DEFAULT_LENGTH {
                    begin = now;
                    seen.clear();
                }
            }
            Counts::Sliding | Counts::Rejects => seen.retain(|time| *time + DEFAULT_LENGTH > now),
        }
        let full = seen.len() >= max;
        refused += usize::from(full);
        if !full || matches!(counts, Counts::Rejects) {
            seen.push_back(now);
        }
    }
    refused
}

#[test]
fn no_server_however_it_counts_has_a_reason_to_refuse() {
    for max in [25_u32, 100] {
        let mut window = Window::default();
        window.learn(Duration::ZERO, Duration::ZERO, &told(max, max));
        let times = send(&mut window, Duration::ZERO, 1_000);
        // A journey of 20 to 220 ms, each another.
        let arrival =
            |(at, sent): (usize, &Duration)| *sent + Duration::from_millis(20 + (at as u64 * 7_919) % 200);
        let arrivals: Vec<_> = times.iter().enumerate().map(arrival).collect();
        for counts in [Counts::Fixed, Counts::Sliding, Counts::Rejects] {
            assert_eq!(refused(arrivals.clone(), counts, max as usize), 0, "{max} {counts:?}");
        }
        if max == 100 {
            assert!(arrivals.iter().max().unwrap() < &Duration::from_secs(95));
        }
    }
}

#[test]
fn processes_that_cannot_ask_each_other_send_no_more_than_the_quota_together() {
    for (max, processes) in [(100, 4), (25, 4), (25, 30), (20, 100), (1, 3)] {
        let mut windows: Vec<Window> = (0..processes).map(|_| Window::default()).collect();
        for window in &mut windows {
            window.set_limits(Some(max), Some(Duration::from_secs(10)));
        }
        let mut sent = VecDeque::new();
        for step in 0..6_000_u64 {
            let now = Duration::from_millis(step * 20);
            for window in &mut windows {
                while window.admit_part(now, processes) == Admission::Now {
                    window.sent(now);
                    sent.push_back(now);
                }
            }
            // The first window is that of a start: each sends its part at once, however many they are.
            sent.retain(|time| now < *time + Duration::from_secs(10));
            let most = usize::try_from(max).unwrap().max(processes);
            assert!(sent.len() <= most, "{} of {max} by {processes} at {now:?}", sent.len());
        }
    }
}
