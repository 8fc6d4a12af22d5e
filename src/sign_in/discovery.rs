//! Finds the keys of an authorization server by its metadata (RFC 8414, `OpenID` Connect Discovery).

use reqwest::header::HeaderMap;
use serde_json::{Map, Value};
use url::Url;

use crate::ghl::model::is_loopback;
use crate::ghl::wire::HttpResponse;
use crate::sign_in::fetch::{FetchError, Fetcher};
use crate::sign_in::settings::IssuerUrl;

const OAUTH: &str = "oauth-authorization-server";
const OPENID: &str = "openid-configuration";

/// The metadata of an authorization server, of which the issuer and the keys have been checked.
#[derive(Debug)]
pub(crate) struct Metadata {
    /// Where it is.
    pub(crate) at: String,
    /// The address of the keys.
    pub(crate) keys: Url,
    /// All that it says.
    pub(crate) says: Map<String, Value>,
    /// The headers with which it came.
    pub(crate) headers: HeaderMap,
}

/// Why the address of the keys is not known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DiscoveryError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("{0} does not serve metadata that can be read")]
    Unreadable(String),
    #[error("the metadata at {at} is of the issuer {named:?}; the setting must be the same to the letter")]
    OtherIssuer { at: String, named: String },
    #[error("the metadata at {0} names no keys at an address that can be trusted: jwks_uri must be https")]
    NoKeys(String),
}

/// The metadata. The first that is of this issuer counts.
pub(crate) async fn metadata_of(issuer: &IssuerUrl, fetcher: &Fetcher) -> Result<Metadata, DiscoveryError> {
    let mut worst = None;
    for at in addresses(&issuer.url) {
        let error = match fetcher.get(&at).await {
            Ok(answer) => match read(issuer, at.into(), answer) {
                Ok(metadata) => return Ok(metadata),
                Err(error) => error,
            },
            Err(error) if error.is_an_answer() => error.into(),
            // The same host would have to be waited for at each address.
            Err(error) => return Err(error.into()),
        };
        // Metadata that was found says more than one that is not there.
        if worst.is_none() || !matches!(error, DiscoveryError::Fetch(_)) {
            worst = Some(error);
        }
    }
    Err(worst.unwrap_or_else(|| DiscoveryError::Unreadable(issuer.url.to_string())))
}

fn read(issuer: &IssuerUrl, at: String, answer: HttpResponse) -> Result<Metadata, DiscoveryError> {
    let Ok(Value::Object(says)) = serde_json::from_slice(&answer.body) else {
        return Err(DiscoveryError::Unreadable(at));
    };
    let text = |name: &str| says.get(name).and_then(Value::as_str);
    match text("issuer") {
        None => return Err(DiscoveryError::Unreadable(at)),
        Some(named) if named != issuer.text => {
            let named = named.chars().take(200).collect();
            return Err(DiscoveryError::OtherIssuer { at, named });
        }
        Some(_) => {}
    }
    let keys = text("jwks_uri").and_then(|text| Url::parse(text).ok());
    match keys.filter(|keys| is_trusted(keys, &issuer.url)) {
        Some(keys) => Ok(Metadata { at, keys, says, headers: answer.headers }),
        None => Err(DiscoveryError::NoKeys(at)),
    }
}

/// Keys may be at another host, as Google's are, but are not read in clear text, unless the issuer is on this machine.
fn is_trusted(keys: &Url, issuer: &Url) -> bool {
    let is_plain = keys.username().is_empty() && keys.password().is_none();
    let is_local = issuer.scheme() == "http" && keys.scheme() == "http" && is_loopback(keys);
    is_plain && (keys.scheme() == "https" || is_local)
}

/// Where an issuer's metadata may be: the well-known path in front of the issuer's own, or behind it.
fn addresses(issuer: &Url) -> Vec<Url> {
    let path = issuer.path().trim_end_matches('/');
    let mut paths = vec![format!("/.well-known/{OAUTH}{path}"), format!("/.well-known/{OPENID}{path}")];
    if !path.is_empty() {
        paths.push(format!("{path}/.well-known/{OPENID}"));
        paths.push(format!("{path}/.well-known/{OAUTH}"));
    }
    let at = |path: String| {
        let mut url = issuer.clone();
        url.set_path(&path);
        url
    };
    paths.into_iter().map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn metadata_is_looked_for_in_both_forms_of_the_path() {
        let at = |issuer: &str| addresses(&url(issuer)).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            at("https://example.com/t/1/"),
            [
                "https://example.com/.well-known/oauth-authorization-server/t/1",
                "https://example.com/.well-known/openid-configuration/t/1",
                "https://example.com/t/1/.well-known/openid-configuration",
                "https://example.com/t/1/.well-known/oauth-authorization-server",
            ]
        );
        assert_eq!(at("https://example.com").len(), 2);
    }

    #[test]
    fn keys_are_not_read_in_clear_text_from_another_machine() {
        let trusted = |keys: &str, issuer: &str| is_trusted(&url(keys), &url(issuer));
        assert!(trusted("https://keys.example.com/k", "https://example.com"));
        assert!(trusted("http://127.0.0.1:1/k", "http://127.0.0.1:2"));
        for keys in
            ["http://example.com/k", "http://127.0.0.1/k", "file:///etc/passwd", "https://a:b@example.com/k"]
        {
            assert!(!trusted(keys, "https://example.com"), "{keys}");
        }
        assert!(!trusted("http://10.0.0.1/k", "http://127.0.0.1"));
    }
}
