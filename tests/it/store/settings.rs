//! What the program says of a store in its settings, before it serves anybody.

use std::process::{Command, Output, Stdio};

use super::world::{KEY, Redis};

/// A program with this store, which is asked for one tool of its own sandbox.
fn call(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ghl-contacts-mcp"));
    command.args(["--sandbox", "call", "ghl_search_contacts", r#"{"limit":1}"#]).args(arguments);
    command.env_clear().envs(variables.iter().copied()).stdin(Stdio::null());
    command.output().expect("it runs")
}

/// Exit code 2 and one line, which holds these words and not the password.
#[track_caller]
fn refused(output: &Output, words: &[&str]) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), stderr.lines().count()), (Some(2), 1), "{stderr}");
    for word in words {
        assert!(stderr.contains(word), "{word}: {stderr}");
    }
    assert!(!stderr.contains("canary"), "{stderr}");
}

#[test]
fn a_store_needs_a_key_and_an_address_that_shows_no_password_to_others() {
    let store = ("GHL_STORE", "redis://fleet:canary@127.0.0.1:9");
    refused(&call(&[], &[store]), &["GHL_STORE:", "needs GHL_STORE_KEY or GHL_STORE_KEY_FILE"]);
    refused(&call(&[], &[store, ("GHL_STORE_KEY", "canary")]), &["GHL_STORE_KEY:", "64 hexadecimal digits"]);
    let key = ("GHL_STORE_KEY", KEY);
    refused(
        &call(&["--store", "redis://fleet:canary@127.0.0.1:9"], &[key]),
        &["--store:", "others on this machine could see", "GHL_STORE_FILE"],
    );
    refused(&call(&["--store", "http://127.0.0.1"], &[key]), &["--store:", "redis://"]);
    refused(&call(&[], &[("GHL_STORES", "x")]), &["GHL_STORES:", "GHL_STORE is"]);
}

#[test]
fn a_store_that_may_throw_locks_away_is_refused_by_the_name_of_its_policy() {
    let Some(redis) = Redis::with(&["--maxmemory-policy", "volatile-ttl"]) else { return };
    let output = call(&["--store", &redis.address()], &[("GHL_STORE_KEY", KEY)]);
    refused(&output, &["--store:", "maxmemory-policy volatile-ttl", "noeviction"]);
}

#[test]
fn a_store_with_a_password_is_asked_with_it_and_a_wrong_one_is_refused() {
    let Some(redis) = Redis::with(&["--requirepass", "canary"]) else { return };
    let with = |password: &str| redis.address().replace("redis://", &format!("redis://:{password}@"));
    let output = call(&[], &[("GHL_STORE", &with("wrong")), ("GHL_STORE_KEY", KEY)]);
    refused(&output, &["GHL_STORE:", "refuses the user or the password"]);
    let output = call(&[], &[("GHL_STORE", &with("canary")), ("GHL_STORE_KEY", KEY)]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_store_that_is_away_at_the_start_does_not_keep_the_program_from_reading() {
    let output = call(&["--store", "redis://127.0.0.1:9"], &[("GHL_STORE_KEY", KEY)]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}
