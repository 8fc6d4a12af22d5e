//! Rows 15 to 17 and 50: no connection, or one by IPv6. An expired certificate and one for another host need a trusted
//! authority, which no test can add to the program: these tests are beside
//! `src/ghl/wire/reqwest.rs`.

use std::net::Ipv6Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ghl_contacts_mcp::ghl::model::ContactWrite;
use ghl_contacts_mcp::ghl::wire::{ReqwestTransport, Timeouts};
use ghl_contacts_mcp::ghl::{Client, Error, Kind, Scope, Written, api};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::support::VirtualClock;
use crate::support::process::{Program, settings};
use crate::support::scripted::client_of;
use crate::support::upstream::tcp::{BlackHole, Upstream, contact};

/// A label of more than 63 letters is never a valid name, so the resolver refuses it without a query.
fn nowhere() -> String {
    format!("{}.invalid", "x".repeat(64))
}

/// A client with the program's own timeouts.
fn client(base: &str) -> Client {
    with_timeouts(base, Timeouts::default())
}

fn with_timeouts(base: &str, timeouts: Timeouts) -> Client {
    client_of(
        base,
        Arc::new(VirtualClock::default()),
        Arc::new(ReqwestTransport::new(timeouts)),
        Duration::from_secs(45),
    )
}

async fn get(scope: &Scope) -> Result<(), Error> {
    api::get(scope, &"ada".parse().unwrap()).await.map(drop)
}

async fn create(scope: &Scope) -> Result<(), Error> {
    api::create(scope, &ContactWrite::default()).await.map(drop)
}

/// Checks that a read and a create are tried three times and cannot have happened. Returns the text of both errors.
async fn unreachable(client: impl Fn() -> Client) -> String {
    let mut said = Vec::new();
    for write in [false, true] {
        let scope = client().scope(CancellationToken::new());
        let error = if write { create(&scope).await } else { get(&scope).await }.unwrap_err();
        assert_eq!((error.kind(), error.written()), (&Kind::Unreachable, Written::No), "{error}");
        assert_eq!(scope.requests(), 3);
        said.push(error.to_string());
    }
    assert_eq!(said[0], said[1]);
    said.remove(0)
}

#[tokio::test]
async fn row_15_a_connection_that_is_never_accepted_is_tried_three_times() {
    assert_eq!(Timeouts::default().connect, Duration::from_secs(5));
    // Only the connect timeout is short: what ends soon was ended by it.
    let short = Timeouts { connect: Duration::from_millis(100), ..Timeouts::default() };
    let hole = BlackHole::open();
    let said = unreachable(|| with_timeouts(&hole.url(), short)).await;
    assert_eq!(said, "HighLevel could not be reached: 127.0.0.1 did not take the connection in time");
}

#[tokio::test]
async fn row_15_a_refused_connection_sends_nothing() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let said = unreachable(|| client(&format!("http://{address}"))).await;
    assert_eq!(said, "HighLevel could not be reached: 127.0.0.1 refused the connection");
}

#[tokio::test]
async fn row_16_an_unknown_host_is_named_without_its_address() {
    let said = unreachable(|| client(&format!("http://{}/a-path", nowhere()))).await;
    assert_eq!(said, format!("HighLevel could not be reached: the host {} was not found", nowhere()));
}

/// The real program's answer to a read, and its log. The resolver of a machine without a nameserver gives up before the
/// program does.
fn answer_and_log(base: &str) -> (Value, String) {
    let mut program =
        Program::run("export RES_OPTIONS='timeout:1 attempts:1'; exec \"$0\" stdio", &settings(base));
    program.call(7, "ghl_get_contact", &json!({ "email": "ada@example.com" }));
    let answer = program.next()["result"]["structuredContent"].clone();
    let (code, _, log) = program.close();
    assert_eq!((code, answer.get("mayHaveWritten")), (Some(0), None), "{answer}");
    let all = format!("{answer}{log}");
    assert!(!all.contains("ada@") && !all.contains("ada%40") && !all.contains("pit-"), "{all}");
    (answer, log)
}

#[tokio::test(flavor = "multi_thread")]
async fn row_16_the_answer_and_the_log_name_the_unknown_host() {
    let (answer, log) = answer_and_log("https://highlevel.invalid/a-path");
    let words = "the host highlevel.invalid was not found";
    assert_eq!(answer["code"], "unreachable");
    assert!(answer["message"].as_str().unwrap().contains(words), "{answer}");
    assert_eq!(log.matches(words).count(), 3, "{log}");
    assert!(!answer.to_string().contains("a-path") && !log.contains("a-path"));
}

#[tokio::test]
async fn row_17_a_failed_handshake_is_not_repeated() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let connections = Arc::<AtomicUsize>::default();
    let taken = Arc::clone(&connections);
    let server = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            taken.fetch_add(1, Ordering::SeqCst);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            held.push(stream);
        }
    });
    let scope = client(&base).scope(CancellationToken::new());
    let error = create(&scope).await.unwrap_err();
    assert_eq!((error.kind(), error.written()), (&Kind::Tls, Written::No));
    assert!(error.to_string().ends_with("the TLS handshake with 127.0.0.1 failed"), "{error}");
    assert_eq!((scope.requests(), connections.load(Ordering::SeqCst)), (1, 1));
    server.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_17_the_program_refuses_a_self_signed_certificate() {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let seen = Arc::<(AtomicUsize, AtomicUsize)>::default();
    let counts = Arc::clone(&seen);
    let server = tokio::spawn(async move {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        while let Ok((stream, _)) = listener.accept().await {
            counts.0.fetch_add(1, Ordering::SeqCst);
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            // In TLS 1.3 the server's handshake ends before the client has checked the certificate.
            counts.1.fetch_add(usize::from(stream.read_u8().await.is_ok()), Ordering::SeqCst);
        }
    });
    let (answer, log) = answer_and_log(&base);
    let words = "the certificate of 127.0.0.1 is not from an authority that is trusted";
    assert_eq!(answer["code"], "unreachable");
    assert!(answer["message"].as_str().unwrap().contains(words), "{answer}");
    assert!(log.contains(words), "{log}");
    assert_eq!((seen.0.load(Ordering::SeqCst), seen.1.load(Ordering::SeqCst)), (1, 0));
    server.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_50_an_upstream_with_ipv6_only_is_reached() {
    // A machine without IPv6 skips the test.
    let Some(upstream) = Upstream::on(Ipv6Addr::LOCALHOST.into(), [contact()]).await else { return };
    assert!(upstream.url().starts_with("http://[::1]:"));
    get(&client(&upstream.url()).scope(CancellationToken::new())).await.unwrap();
    let mut program = Program::at(&upstream.url());
    program.call(7, "ghl_get_contact", &json!({ "contactId": "ada" }));
    assert_eq!(program.next()["result"]["structuredContent"]["contact"]["id"], "ada");
    assert_eq!(program.close().0, Some(0));
    assert_eq!(upstream.requests()[..2], ["GET /contacts/ada", "GET /contacts/ada"]);
}
