//! What a JWT must say before its signature is checked, and the check of the signature.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::dangerous::insecure_decode_claims;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};

use crate::sign_in::claims::Claims;
use crate::sign_in::crypto;
use crate::sign_in::refusal::{MALFORMED, Refusal};
use crate::sign_in::resource::Resource;

/// How far the clocks of the issuer and of this machine may be apart, in seconds.
const SKEW: u64 = 60;

/// The media types of an access token (RFC 9068), and the one of any JWT.
const TYPES: [&str; 3] = ["jwt", "at+jwt", "application/at+jwt"];
/// Hashes that are in an ID token only (`OpenID` Connect Core, sections 3.1 and 3.3).
const OF_ID_TOKENS: [&str; 3] = ["at_hash", "c_hash", "s_hash"];

/// A JWT whose header is acceptable. Nothing of it is trusted yet.
pub(crate) struct Jwt<'a> {
    text: &'a str,
    header: Header,
    claims: Claims,
}

impl<'a> Jwt<'a> {
    /// Reads a token; none if it is not a JWT.
    ///
    /// # Errors
    /// It is a JWT that is accepted from no issuer.
    pub(crate) fn read(text: &'a str) -> Option<Result<Self, Refusal>> {
        is_jwt(text).then(|| Self::of(text))
    }

    fn of(text: &'a str) -> Result<Self, Refusal> {
        let header = decode_header(text).map_err(|_| MALFORMED)?;
        if !crypto::is_supported(header.alg) {
            return Err(Refusal::Invalid("the token's algorithm is not accepted"));
        }
        // Nothing that may be critical is understood here. `enc` and `zip` are of encrypted tokens.
        let is_plain = header.crit.is_none() && header.enc.is_none() && header.zip.is_none();
        let is_typed = |name: &str| TYPES.contains(&name.to_ascii_lowercase().as_str());
        if !is_plain || header.typ.as_deref().is_some_and(|name| !is_typed(name)) {
            return Err(Refusal::Invalid("the token is not an access token"));
        }
        let claims = insecure_decode_claims(text).map_err(|_| MALFORMED)?;
        Ok(Self { text, header, claims })
    }

    /// The issuer that it names.
    pub(crate) fn issuer(&self) -> Option<&str> {
        self.claims.text("iss")
    }

    /// The key that it names. A name, and nothing else: it is compared with names.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.header.kid.as_deref()
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.header.alg
    }

    /// What it says of itself is checked before a key is fetched for it.
    pub(crate) fn check(&self, resource: &Resource, now: u64) -> Result<Duration, Refusal> {
        check(&self.claims, resource, now)?.ok_or(Refusal::Invalid("the token has no expiry"))
    }

    /// The claims, if one of `keys` has signed them. The library checks algorithm and signature; times are checked by the
    /// clock that is injected, and audiences to the letter.
    pub(crate) fn verified_by(&self, keys: &[DecodingKey]) -> Option<Claims> {
        let mut validation = Validation::new(self.header.alg);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        keys.iter().find_map(|key| decode(self.text, key, &validation).ok()).map(|token| token.claims)
    }
}

/// Three parts, of which the first is an object.
fn is_jwt(text: &str) -> bool {
    let mut parts = text.split('.');
    let header = parts.next().and_then(|header| URL_SAFE_NO_PAD.decode(header).ok());
    let is_object = |bytes: Vec<u8>| bytes.trim_ascii_start().first() == Some(&b'{');
    parts.count() == 2 && header.is_some_and(is_object)
}

/// Checks everything that needs no key: kind, audience and times. Returns how long the token stays valid, if it says so.
pub(crate) fn check(claims: &Claims, resource: &Resource, now: u64) -> Result<Option<Duration>, Refusal> {
    if !is_access_token(claims) {
        return Err(Refusal::Invalid("the token is not an access token"));
    }
    if claims.has("cnf") {
        return Err(Refusal::Invalid("the token is bound to a key, and is no bearer token"));
    }
    let audiences = claims.texts("aud").unwrap_or_default();
    if !audiences.into_iter().any(|audience| resource.is_for(audience)) {
        return Err(Refusal::Invalid("the token is for another resource"));
    }
    let latest = now.saturating_add(SKEW);
    if claims.time("nbf")?.is_some_and(|from| from > latest)
        || claims.time("iat")?.is_some_and(|at| at > latest)
    {
        return Err(Refusal::Invalid("the token is not valid yet"));
    }
    match claims.time("exp")? {
        Some(end) if end <= now => Err(Refusal::Invalid("the token has expired")),
        end => Ok(end.map(|end| Duration::from_secs(end - now))),
    }
}

/// An ID token is for the client that it was issued to, and says who signed in, not what the client may do. It has a hash of
/// what it came with, or a `nonce` and no scope. Keycloak and Cognito say in a claim what a token is.
fn is_access_token(claims: &Claims) -> bool {
    let is_id = OF_ID_TOKENS.iter().any(|name| claims.has(name))
        || claims.has("nonce") && claims.scopes().next().is_none();
    let kind = claims.text("typ").map(str::to_ascii_lowercase);
    let is_other = matches!(kind.as_deref(), Some("id" | "refresh" | "offline" | "logout"))
        || claims.has("events")
        || claims.text("token_use").is_some_and(|used| used != "access");
    !is_id && !is_other
}
