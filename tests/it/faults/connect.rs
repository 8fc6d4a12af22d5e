//! Rows 15 to 17 and 50: no connection is made, or by the other family of addresses. An expired certificate and one for
//! another host need an authority that is trusted, which no program lets a test have: they are beside
//! `src/ghl/http/wire.rs`, in its own tests.

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

use crate::support::Virtual;
use crate::support::fake::client_of;
use crate::support::process::{Program, settings};
use crate::support::upstream::{BlackHole, Upstream, contact};

/// A label of more than 63 letters has no address anywhere, and the system's resolver knows so without asking anybody.
fn nowhere() -> String {
    format!("{}.invalid", "x".repeat(64))
}

/// With the program's own patience.
fn client(base: &str) -> Client {
    patient(base, Timeouts::default())
}

fn patient(base: &str, timeouts: Timeouts) -> Client {
    client_of(
        base,
        Arc::new(Virtual::default()),
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

/// Three attempts of a read and of a create, neither of which can have happened; what both say.
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
async fn row_15_a_connection_that_is_never_taken_is_given_up_and_tried_three_times() {
    assert_eq!(Timeouts::default().connect, Duration::from_secs(5));
    // Only the time to connect is short: what ends soon was ended by it.
    let hurried = Timeouts { connect: Duration::from_millis(100), ..Timeouts::default() };
    let hole = BlackHole::open();
    let said = unreachable(|| patient(&hole.url(), hurried)).await;
    assert_eq!(said, "HighLevel could not be reached: 127.0.0.1 did not take the connection in time");
}

#[tokio::test]
async fn row_15_where_nobody_listens_nothing_was_sent() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let said = unreachable(|| client(&format!("http://{address}"))).await;
    assert_eq!(said, "HighLevel could not be reached: 127.0.0.1 refused the connection");
}

#[tokio::test]
async fn row_16_a_name_that_does_not_exist_is_told_by_the_host_alone() {
    let said = unreachable(|| client(&format!("http://{}/a-path", nowhere()))).await;
    assert_eq!(said, format!("HighLevel could not be reached: the host {} was not found", nowhere()));
}

/// What the real program answers to a read, and what it logs. A machine whose nameserver keeps silent gives up asking
/// it before the program does.
fn told(base: &str) -> (Value, String) {
    let mut program =
        Program::run("export RES_OPTIONS='timeout:1 attempts:1'; exec \"$0\" stdio", &settings(base));
    program.call(7, "ghl_get_contact", &json!({ "email": "ada@example.com" }));
    let answer = program.next()["result"]["structuredContent"].clone();
    let (code, _, log) = program.close();
    assert_eq!((code, &answer["mayHaveWritten"]), (Some(0), &json!("no")), "{answer}");
    let all = format!("{answer}{log}");
    assert!(!all.contains("ada@") && !all.contains("ada%40") && !all.contains("pit-"), "{all}");
    (answer, log)
}

#[tokio::test(flavor = "multi_thread")]
async fn row_16_the_model_and_the_operator_read_which_host_was_not_found() {
    let (answer, log) = told("https://highlevel.invalid/a-path");
    let words = "the host highlevel.invalid was not found";
    assert_eq!(answer["code"], "unreachable");
    assert!(answer["message"].as_str().unwrap().contains(words), "{answer}");
    assert_eq!(log.matches(words).count(), 3, "{log}");
    assert!(!answer.to_string().contains("a-path") && !log.contains("a-path"));
}

#[tokio::test]
async fn row_17_a_handshake_that_fails_is_not_tried_again() {
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
async fn row_17_a_certificate_that_signed_itself_is_not_trusted_by_the_program() {
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
            // In TLS 1.3 the server's part ends before the client has judged the certificate.
            counts.1.fetch_add(usize::from(stream.read_u8().await.is_ok()), Ordering::SeqCst);
        }
    });
    let (answer, log) = told(&base);
    let words = "the certificate of 127.0.0.1 is not from an authority that is trusted";
    assert_eq!(answer["code"], "unreachable");
    assert!(answer["message"].as_str().unwrap().contains(words), "{answer}");
    assert!(log.contains(words), "{log}");
    assert_eq!((seen.0.load(Ordering::SeqCst), seen.1.load(Ordering::SeqCst)), (1, 0));
    server.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn row_50_an_upstream_with_ipv6_alone_is_reached() {
    // A machine without the sixth version of the protocol has nothing to show here.
    let Some(upstream) = Upstream::on(Ipv6Addr::LOCALHOST.into(), [contact()]).await else { return };
    assert!(upstream.url().starts_with("http://[::1]:"));
    get(&client(&upstream.url()).scope(CancellationToken::new())).await.unwrap();
    let mut program = Program::at(&upstream.url());
    program.call(7, "ghl_get_contact", &json!({ "contactId": "ada" }));
    assert_eq!(program.next()["result"]["structuredContent"]["contact"]["id"], "ada");
    assert_eq!(program.close().0, Some(0));
    assert_eq!(upstream.requests()[..2], ["GET /contacts/ada", "GET /contacts/ada"]);
}
