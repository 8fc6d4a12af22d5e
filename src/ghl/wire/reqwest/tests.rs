//! Row 17 of the fault matrix (`tests/it/faults.rs`): certificates. A root that is not Mozilla's can be trusted
//! only here. And row 50: a name that has two addresses.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::ghl::auth::Credential;
use crate::ghl::model::ContactWrite;
use crate::ghl::model::SystemClock;
use crate::ghl::upstream::tcp::{Upstream, contact};
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

/// A certificate signed by that authority, or self-signed.
fn certificate(params: &CertificateParams, by: Option<&Authority>) -> (CertificateDer<'static>, KeyPair) {
    let key = KeyPair::generate().unwrap();
    let signed = match by {
        Some(authority) => params.signed_by(&key, authority),
        None => params.self_signed(&key),
    };
    (signed.unwrap().der().clone(), key)
}

/// An upstream with this certificate. Every request gets a contact.
async fn server((certificate, key): (CertificateDer<'static>, KeyPair)) -> Upstream {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    Upstream::over_tls(TlsAcceptor::from(Arc::new(config)), [contact()]).await
}

/// The number of connections and of requests.
fn seen(server: &Upstream) -> (usize, usize) {
    (server.connections(), server.hits())
}

fn trusting(authority: &Authority) -> ReqwestTransport {
    let mut roots = RootCertStore::empty();
    roots.add(authority.as_ref().der().clone()).unwrap();
    let timeouts = Timeouts::default();
    ReqwestTransport {
        client: OnceLock::from(build(timeouts, roots).unwrap()),
        ..ReqwestTransport::new(timeouts)
    }
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

/// Checks for a read and a create that there is one connection, no request and no repeat.
async fn refused(server: &Upstream, transport: impl Fn() -> ReqwestTransport, why: &str) {
    for write in [false, true] {
        let before = seen(server);
        let scope = scope(transport(), &format!("https://{}", server.address()));
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
        assert_eq!((scope.requests(), seen(server)), (1, (before.0 + 1, 0)), "{why}");
    }
}

#[tokio::test]
async fn a_valid_certificate_of_a_trusted_authority_is_accepted() {
    let authority = authority();
    let server = server(certificate(&of(HOST), Some(&authority))).await;
    get(&scope(trusting(&authority), &format!("https://{}", server.address()))).await.unwrap();
    assert_eq!(seen(&server), (1, 1));
}

#[tokio::test]
async fn row_17_an_expired_certificate_is_refused_once() {
    let authority = authority();
    let mut params = of(HOST);
    params.not_after = date_time_ymd(2020, 1, 1);
    let server = server(certificate(&params, Some(&authority))).await;
    refused(&server, || trusting(&authority), "has expired").await;
}

#[tokio::test]
async fn row_17_a_certificate_of_the_future_is_refused_once() {
    let authority = authority();
    let mut params = of(HOST);
    params.not_before = date_time_ymd(2200, 1, 1);
    let server = server(certificate(&params, Some(&authority))).await;
    refused(&server, || trusting(&authority), "is not valid yet").await;
}

#[tokio::test]
async fn row_17_a_certificate_of_another_host_is_refused_once() {
    let authority = authority();
    for other in ["services.leadconnectorhq.com", "127.0.0.2"] {
        let server = server(certificate(&of(other), Some(&authority))).await;
        refused(&server, || trusting(&authority), "is for another host").await;
    }
}

#[tokio::test]
async fn row_17_a_certificate_that_signed_itself_is_refused_once() {
    let server = server(certificate(&of(HOST), None)).await;
    let why = "is not from an authority that is trusted";
    refused(&server, || ReqwestTransport::new(Timeouts::default()), why).await;
    refused(&server, || trusting(&authority()), why).await;
}

#[tokio::test]
async fn row_17_a_certificate_of_an_authority_that_only_others_trust_is_refused_once() {
    let server = server(certificate(&of(HOST), Some(&authority()))).await;
    let why = "is not from an authority that is trusted";
    refused(&server, || ReqwestTransport::new(Timeouts::default()), why).await;
    refused(&server, || trusting(&authority()), why).await;
}

#[tokio::test]
async fn row_50_a_name_whose_first_address_refuses_is_reached_by_its_second() {
    let server = Upstream::playing([contact()]).await;
    let (timeouts, port) = (Timeouts::default(), server.address().port());
    let both = [(Ipv6Addr::LOCALHOST, port).into(), SocketAddr::from((Ipv4Addr::LOCALHOST, port))];
    let client = builder(timeouts, mozilla()).unwrap().resolve_to_addrs("localhost", &both).build().unwrap();
    let wire = ReqwestTransport { client: OnceLock::from(client), ..ReqwestTransport::new(timeouts) };
    let scope = scope(wire, &format!("http://localhost:{port}"));
    get(&scope).await.unwrap();
    assert_eq!((scope.requests(), seen(&server)), (1, (1, 1)));
}
