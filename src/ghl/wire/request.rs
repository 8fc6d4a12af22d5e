//! From a call to an HTTP request: the one place for the headers that HighLevel asks for.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use url::Url;

use crate::ghl::model::{Error, Kind, LocationId, Written};
use crate::ghl::wire::call::Call;
use crate::ghl::wire::transport::HttpRequest;

/// HighLevel versions its API by this header; without it every call is a 401.
const VERSION: &str = "2021-07-28";
/// Requests without a named agent get 403 "error code: 1010" from HighLevel's CDN.
pub(crate) const AGENT: &str = concat!("ghl-contacts-mcp/", env!("CARGO_PKG_VERSION"));

/// The request for `call` under `base`. Its `timeout` is to be set when it is sent.
///
/// # Errors
/// Where a path segment would not stay one.
pub(crate) fn request(
    call: &Call,
    base: &Url,
    bearer: Option<&HeaderValue>,
    location: Option<&LocationId>,
) -> Result<HttpRequest, Error> {
    let not_built = || {
        Error::new(Kind::Refused(vec!["the path of the request is not its template".to_owned()]), Written::No)
    };
    let url = call.url(base).ok_or_else(not_built)?;
    let mut headers = HeaderMap::with_capacity(6);
    if let Some(bearer) = bearer {
        headers.insert(AUTHORIZATION, bearer.clone());
    }
    headers.insert("version", HeaderValue::from_static(VERSION));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    if let Some(location) = location.and_then(|id| HeaderValue::from_str(id.as_str()).ok()) {
        headers.insert("location-id", location);
    }
    if let Some(body) = &call.body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(body.content_type));
    }
    let body = call.body.as_ref().map(|body| body.bytes.clone());
    Ok(HttpRequest { method: call.method.clone(), url, headers, body, timeout: Duration::ZERO })
}
