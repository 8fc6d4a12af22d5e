//! Addresses to which a token is sent, or from which it is decided who may use this server.

use url::Url;

use crate::ghl::model::is_loopback;

/// Parses an address: `https`, or `http` for a loopback address; no user, query or fragment.
///
/// The checks are made on the parsed URL, not on the text: the host of
/// `https://services.leadconnectorhq.com@evil.example` is `evil.example`, and `http://0x7f.1/` is a loopback address.
pub(crate) fn parse(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("is not an address: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not contain a user or a password".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must not contain a query or a fragment".to_owned());
    }
    match url.scheme() {
        "https" if url.host().is_some() => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => {
            Err("must be https: http would send the token in clear text (http is accepted for loopback addresses only)"
                .to_owned())
        }
        other => Err(format!("must be https, not {other}")),
    }
}
