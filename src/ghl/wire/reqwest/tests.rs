//! Row 17 of the fault matrix (`tests/it/faults.rs`): certificates. A root that is not Mozilla's can be trusted
//! only here. And row 50: a name that has two addresses.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::*;
use crate::ghl::auth::Credential;
use crate::ghl::model::ContactWrite;
use crate::ghl::model::SystemClock;
use crate::ghl::{Client, Dialect, Error, Kind, Scope, Settings, Written, api};

const HOST: &str = "127.0.0.1";

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "An authority of this test");
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn of(host: &str) -> CertificateParams {
    CertificateParams::new([host.to_owned()]).unwrap()
}

/// Signed by that authority, or by itself.
fn certificate(params: &CertificateParams, by: Option<&Authority>) -> (CertificateDer<'static>, KeyPair) {
    let key = KeyPair::generate().unwrap();
    let signed = match by {
        Some(authority) => params.signed_by(&key, authority),
        None => params.self_signed(&key),
    };
    (signed.unwrap().der().clone(), key)
}

/// Counts the connections that it takes and the requests that it reads.
struct Server {
    at: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    _stop: DropGuard,
}

impl Server {
    async fn start((certificate, key): (CertificateDer<'static>, KeyPair)) -> Self {
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        Self::with(Some(TlsAcceptor::from(Arc::new(config)))).await
    }

    async fn with(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let at = listener.local_addr().unwrap();
        let (connections, requests) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let (taken, read, stop) = (Arc::clone(&connections), Arc::clone(&requests), CancellationToken::new());
        let ends = stop.clone();
        tokio::spawn(async move {
            while let Some(Ok((stream, _))) = ends.run_until_cancelled(listener.accept()).await {
                taken.fetch_add(1, Ordering::SeqCst);
                let (tls, read) = (tls.clone(), Arc::clone(&read));
                tokio::spawn(ends.clone().run_until_cancelled_owned(async move {
                    match tls {
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => serve(stream, &read).await,
                            Err(_) => None,
                        },
                        None => serve(stream, &read).await,
                    }
                }));
            }
        });
        Self { at, connections, requests, _stop: stop.drop_guard() }
    }

    fn seen(&self) -> (usize, usize) {
        (self.connections.load(Ordering::SeqCst), self.requests.load(Ordering::SeqCst))
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, read: &AtomicUsize) -> Option<()> {
    let body = r#"{"contact":{"id":"ada"}}"#;
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    loop {
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).await.ok()?;
            head.extend(byte);
        }
        read.fetch_add(1, Ordering::SeqCst);
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

fn trusting(authority: &Authority) -> ReqwestTransport {
    let mut roots = RootCertStore::empty();
    roots.add(authority.as_ref().der().clone()).unwrap();
    let timeouts = Timeouts::default();
    ReqwestTransport { client: OnceLock::from(build(timeouts, roots).unwrap()), timeouts }
}

fn scope(transport: ReqwestTransport, base: &str) -> Scope {
    let settings = Settings {
        base_url: base.parse().unwrap(),
        credential: Credential::Token("pit-00000000-0000-4000-8000-000000000000".to_owned().into()),
        location: Some("FaultLocation0000001".parse().unwrap()),
        dialect: Some(Dialect::Current),
        clock: Arc::new(SystemClock::default()),
        transport: Arc::new(transport),
        deadline: Duration::from_secs(45),
    };
    Client::new(settings).scope(CancellationToken::new())
}

async fn get(scope: &Scope) -> Result<(), Error> {
    api::get(scope, &"ada".parse().unwrap()).await.map(drop)
}

/// One connection, no request, nothing sent again, for a read and for a create.
async fn refused(server: &Server, transport: impl Fn() -> ReqwestTransport, why: &str) {
    for write in [false, true] {
        let before = server.seen();
        let scope = scope(transport(), &format!("https://{}", server.at));
        let error = if write {
            api::create(&scope, &ContactWrite::default()).await.map(drop)
        } else {
            get(&scope).await
        };
        let error = error.unwrap_err();
        assert_eq!((error.kind(), error.written()), (&Kind::Tls, Written::No), "{error}");
        assert_eq!(
            error.to_string(),
            format!("no secure connection to HighLevel could be made: the certificate of {HOST} {why}")
        );
        assert_eq!((scope.requests(), server.seen()), (1, (before.0 + 1, 0)), "{why}");
    }
}

#[tokio::test]
async fn a_valid_certificate_of_a_trusted_authority_is_accepted() {
    let authority = authority();
    let server = Server::start(certificate(&of(HOST), Some(&authority))).await;
    get(&scope(trusting(&authority), &format!("https://{}", server.at))).await.unwrap();
    assert_eq!(server.seen(), (1, 1));
}

#[tokio::test]
async fn row_17_an_expired_certificate_is_refused_once() {
    let authority = authority();
    let mut params = of(HOST);
    params.not_after = date_time_ymd(2020, 1, 1);
    let server = Server::start(certificate(&params, Some(&authority))).await;
    refused(&server, || trusting(&authority), "has expired").await;
}

#[tokio::test]
async fn row_17_a_certificate_of_the_future_is_refused_once() {
    let authority = authority();
    let mut params = of(HOST);
    params.not_before = date_time_ymd(2200, 1, 1);
    let server = Server::start(certificate(&params, Some(&authority))).await;
    refused(&server, || trusting(&authority), "is not valid yet").await;
}

#[tokio::test]
async fn row_17_a_certificate_of_another_host_is_refused_once() {
    let authority = authority();
    for other in ["services.leadconnectorhq.com", "127.0.0.2"] {
        let server = Server::start(certificate(&of(other), Some(&authority))).await;
        refused(&server, || trusting(&authority), "is for another host").await;
    }
}

#[tokio::test]
async fn row_17_a_certificate_that_signed_itself_is_refused_once() {
    let server = Server::start(certificate(&of(HOST), None)).await;
    let why = "is not from an authority that is trusted";
    refused(&server, || ReqwestTransport::new(Timeouts::default()), why).await;
    refused(&server, || trusting(&authority()), why).await;
}

#[tokio::test]
async fn row_17_a_certificate_of_an_authority_that_only_others_trust_is_refused_once() {
    let server = Server::start(certificate(&of(HOST), Some(&authority()))).await;
    let why = "is not from an authority that is trusted";
    refused(&server, || ReqwestTransport::new(Timeouts::default()), why).await;
    refused(&server, || trusting(&authority()), why).await;
}

#[tokio::test]
async fn row_50_a_name_whose_first_address_refuses_is_reached_by_its_second() {
    let server = Server::with(None).await;
    let (timeouts, port) = (Timeouts::default(), server.at.port());
    let both = [(Ipv6Addr::LOCALHOST, port).into(), SocketAddr::from((Ipv4Addr::LOCALHOST, port))];
    let client = builder(timeouts, mozilla()).unwrap().resolve_to_addrs("localhost", &both).build().unwrap();
    let wire = ReqwestTransport { client: OnceLock::from(client), timeouts };
    let scope = scope(wire, &format!("http://localhost:{port}"));
    get(&scope).await.unwrap();
    assert_eq!((scope.requests(), server.seen()), (1, (1, 1)));
}
