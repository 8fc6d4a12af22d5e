//! The scripts of the quota, as Redis carries them out.

use super::world::Redis;

const RESERVE: &str = include_str!("../../../src/ghl/policy/store/redis/reserve.lua");
const SETTLE: &str = include_str!("../../../src/ghl/policy/store/redis/settle.lua");
const LOCK: &str = include_str!("../../../src/ghl/policy/store/redis/lock.lua");
const KEYS: [&str; 3] = ["2", "ghl:{spec}:log", "ghl:{spec}:limits"];

/// Asks for a place. Whether it is taken, and else the wait in milliseconds.
fn reserve(redis: &Redis, place: &str) -> (bool, u64) {
    let answer = redis.ask(
        &[&["EVAL", RESERVE], &KEYS[..], &[place, "0", "20", "10000", "250", "30000", "86400000"]].concat(),
    );
    let numbers: Vec<u64> = answer.lines().map(|line| line.parse().expect("a number")).collect();
    (numbers[0] == 1, numbers[1])
}

/// Tells what an answer said: how many requests the window allows, how many are left, and for how long nothing is sent.
fn settle(redis: &Redis, place: &str, max: &str, remaining: &str, freeze: &str) {
    redis.ask(
        &[&["EVAL", SETTLE], &KEYS[..], &[place, "0", max, "10000", remaining, freeze, "250", "86400000"]]
            .concat(),
    );
}

#[test]
fn a_window_that_is_full_says_when_its_first_request_leaves_it() {
    let Some(redis) = Redis::start() else { return };
    for place in 0..20 {
        assert_eq!(reserve(&redis, &place.to_string()), (true, 20));
    }
    let (taken, wait) = reserve(&redis, "one more");
    assert!(!taken && (1..=10_250).contains(&wait), "{wait}");
    settle(&redis, "0", "25", "5", "0");
    for place in 20..25 {
        assert_eq!(reserve(&redis, &place.to_string()), (true, 25), "HighLevel allows more than was assumed");
    }
    assert!(!reserve(&redis, "one more").0);
}

#[test]
fn a_429_stops_the_group_for_all_processes() {
    let Some(redis) = Redis::start() else { return };
    assert!(reserve(&redis, "first").0);
    settle(&redis, "first", "25", "0", "7000");
    let (taken, wait) = reserve(&redis, "second");
    assert!(!taken && (1..=7_000).contains(&wait), "{wait}");
}

#[test]
fn requests_of_programs_without_this_store_are_counted() {
    let Some(redis) = Redis::start() else { return };
    assert!(reserve(&redis, "first").0);
    // HighLevel has counted twenty of twenty-five, and this log knows of one.
    settle(&redis, "first", "25", "5", "0");
    for place in 1..=5 {
        assert!(reserve(&redis, &place.to_string()).0, "{place}");
    }
    assert!(!reserve(&redis, "one more").0);
}

#[test]
fn a_lock_that_reaches_another_server_than_the_one_that_was_looked_at_is_not_taken() {
    let Some(redis) = Redis::start() else { return };
    let lock = |run: &str| {
        let keys = ["2", "ghl:{spec}:epoch", "ghl:{spec}:lock:ada"];
        redis.ask(&[&["EVAL", LOCK], &keys[..], &["holder", "10000", "epoch", run, "86400000"]].concat())
    };
    assert!(lock("none").starts_with("epoch"), "the location does not know the epoch");
    assert!(lock(&"0".repeat(40)).starts_with("epoch"), "another server was looked at");
    assert!(lock(&redis.run()).starts_with("held"));
    assert!(lock("none").starts_with("held"), "now it knows it");
}
