//! How a name becomes addresses, and why no connection was made: in words that hold the host, and nothing else of the
//! address or of what the other side sent.

use std::error::Error as StdError;
use std::io;
use std::iter::successors;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::CertificateError;

/// The system's resolver, whose failure is known by its type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemNames;

/// The system's resolver knows no address of the name, or could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("no address is known for the host")]
pub(crate) struct NoAddress(#[source] io::Error);

impl Resolve for SystemNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // reqwest puts the address's port in place of the zero.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(NoAddress)?;
            Ok(Box::new(found.collect::<Vec<_>>().into_iter()) as Addrs)
        })
    }
}

/// Why `error` kept a connection to `host` from being made.
pub(crate) fn why(host: &str, error: &(dyn StdError + 'static)) -> String {
    if let Some(error) = tls(error) {
        return handshake(host, error);
    }
    if causes(error).any(<dyn StdError>::is::<NoAddress>) {
        return format!("the host {host} was not found");
    }
    let io = |kind| {
        causes(error).any(|cause| cause.downcast_ref().is_some_and(|error: &io::Error| error.kind() == kind))
    };
    let timed_out =
        |cause: &(dyn StdError + 'static)| cause.downcast_ref().is_some_and(reqwest::Error::is_timeout);
    if io(io::ErrorKind::ConnectionRefused) {
        format!("{host} refused the connection")
    } else if io(io::ErrorKind::TimedOut) || causes(error).any(timed_out) {
        format!("{host} did not take the connection in time")
    } else {
        format!("no connection to {host} was made")
    }
}

fn handshake(host: &str, error: &rustls::Error) -> String {
    let rustls::Error::InvalidCertificate(wrong) = error else {
        return format!("the TLS handshake with {host} failed");
    };
    let wrong = match wrong {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "is not valid yet",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "is for another host"
        }
        // Signed by an unknown authority, or by one with a known authority's name and not its key.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "is not from an authority that is trusted"
        }
        // A certificate that signed itself may say that it is an authority; the rest is rare.
        _ => "is not accepted",
    };
    format!("the certificate of {host} {wrong}")
}

/// The handshake's own error, where that is what went wrong.
pub(crate) fn tls<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    causes(error).find_map(<dyn StdError>::downcast_ref)
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    successors(Some(error), |&error| cause(error))
}

fn cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    // An I/O error says of itself what is inside it, but its `source` is the source of that: the handshake's error is
    // two of them deep, and would be stepped over.
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inside) => Some(inside),
        None => error.source(),
    }
}
