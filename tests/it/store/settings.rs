//! What the program says of a store in its settings, before it serves anybody.

#![expect(clippy::disallowed_methods, reason = "a spec writes a certificate")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertifiedKey, generate_simple_self_signed};

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
    for unfilled in ["${user_config.store}", "<store>", "\"\"", "%GHL_STORE%"] {
        let given = call(&[], &[("GHL_STORE", unfilled), key]);
        refused(&given, &["GHL_STORE:", "was never filled in"]);
        refused(&call(&["--store", unfilled], &[key]), &["--store:", "was never filled in"]);
        refused(
            &call(&[], &[("GHL_STORE_FILE", unfilled), key]),
            &["GHL_STORE_FILE:", "was never filled in"],
        );
        refused(
            &call(&[], &[store, ("GHL_STORE_KEY", unfilled)]),
            &["GHL_STORE_KEY:", "was never filled in"],
        );
    }
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

#[test]
fn doctor_says_whether_the_store_serves() {
    let Some(mut redis) = Redis::settled() else { return };
    let line = |redis: &Redis| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ghl-contacts-mcp"));
        command.args(["doctor", "--sandbox", "--store", &redis.address()]);
        let output =
            command.env_clear().env("GHL_STORE_KEY", KEY).stdin(Stdio::null()).output().expect("it runs");
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        let from = report.find("This machine").expect("the section");
        let words = report[from..].split_whitespace().collect::<Vec<_>>().join(" ");
        (output.status.code(), words)
    };
    let (code, words) = line(&redis);
    assert!(words.contains("serves, and throws nothing away"), "{words}");
    assert_eq!(code, Some(0), "{words}");
    redis.kill();
    let (code, words) = line(&redis);
    assert!(
        words.contains("the store cannot be reached") && words.contains("no contact is created"),
        "{words}"
    );
    assert_eq!(code, Some(1), "{words}");
}

#[test]
fn readyz_stays_200_without_the_store_and_says_what_is_not_done() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ghl-contacts-mcp"));
    command.args([
        "http",
        "--sandbox",
        "--listen",
        "127.0.0.1:0",
        "--log",
        "off",
        "--store",
        "redis://127.0.0.1:9",
    ]);
    command.env_clear().env("GHL_STORE_KEY", KEY).stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = command.stderr(Stdio::piped()).spawn().expect("it runs");
    let mut line = String::new();
    BufReader::new(child.stderr.as_mut().expect("its log")).read_line(&mut line).expect("a line");
    let at = line.trim().strip_prefix("listening on http://").and_then(|at| at.strip_suffix("/mcp"));
    let ask = |path: &str| {
        let mut stream = TcpStream::connect(at.expect("an address")).expect("a connection");
        write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    };
    let (ready, metrics) = (ask("/readyz"), ask("/metrics"));
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert!(ready.starts_with("HTTP/1.1 200"), "{ready}");
    assert!(ready.contains("ok; the store cannot be reached: reads and updates go on"), "{ready}");
    assert!(metrics.contains("\nghl_mcp_store_faults 1\n"), "{metrics}");
    assert!(metrics.contains(r#"ghl_mcp_store_commands_total{verb="hello",outcome="failed"}"#), "{metrics}");
}

#[test]
fn a_store_with_tls_is_used_if_its_certificate_is_trusted_and_refused_in_words_if_not() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("store-tls");
    fs::create_dir_all(&folder).expect("a folder");
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let [certificate, key] = ["cert.pem", "key.pem"].map(|name| folder.join(name).display().to_string());
    fs::write(&certificate, pem("CERTIFICATE", cert.der())).expect("it is written");
    fs::write(&key, pem("PRIVATE KEY", &signing_key.serialize_der())).expect("it is written");
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let port = port.to_string();
    let tls = ["--tls-port", &port, "--tls-cert-file", &certificate, "--tls-key-file", &key];
    let without_clients = ["--tls-auth-clients", "no", "--tls-ca-cert-file", &certificate];
    let Some(redis) = Redis::with(&[&tls[..], &without_clients].concat()) else { return };
    redis.settle();
    let address = format!("rediss://localhost:{port}");
    let store = [("GHL_STORE", address.as_str()), ("GHL_STORE_KEY", KEY)];
    let trusted = ("SSL_CERT_FILE", certificate.as_str());
    let output = call(&[], &[&store[..], &[trusted]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(redis.keys().iter().any(|(key, _)| key == "ghl:{fleet}:replicas"), "it was used");
    refused(&call(&[], &store), &["GHL_STORE:", "does not trust", "SSL_CERT_FILE"]);
}

/// A certificate or a key as text (RFC 7468).
fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
