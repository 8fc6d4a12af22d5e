//! What a JWT must say before its signature is checked, and the check of the signature.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::verify;
use jsonwebtoken::{Algorithm, DecodingKey};

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

/// A JWT whose header is acceptable. Nothing of it is trusted yet. Header and claims are read by [`Claims`]: what the library
/// reads them into, with every key that a header may carry, made the program 80 KB larger.
pub(crate) struct Jwt<'a> {
    /// What is signed: header and claims, as they were sent.
    message: &'a str,
    signature: &'a str,
    algorithm: Algorithm,
    key_id: Option<String>,
    claims: Claims,
}

impl<'a> Jwt<'a> {
    /// Reads a token; none if it is not a JWT.
    ///
    /// # Errors
    /// It is a JWT that is accepted from no issuer.
    pub(crate) fn read(text: &'a str) -> Option<Result<Self, Refusal>> {
        let (message, signature) = text.rsplit_once('.')?;
        let (header, claims) = message.split_once('.').filter(|(_, claims)| !claims.contains('.'))?;
        let header = URL_SAFE_NO_PAD.decode(header).ok()?;
        let is_object = header.trim_ascii_start().first() == Some(&b'{');
        is_object.then(|| Self::of(message, signature, &header, claims))
    }

    fn of(message: &'a str, signature: &'a str, header: &[u8], claims: &str) -> Result<Self, Refusal> {
        let header: Claims = serde_json::from_slice(header).map_err(|_| MALFORMED)?;
        let algorithm = header.text("alg").ok_or(MALFORMED)?;
        let algorithm = algorithm.parse().ok().filter(|algorithm| crypto::is_supported(*algorithm));
        let algorithm = algorithm.ok_or(Refusal::Invalid("the token's algorithm is not accepted"))?;
        // Nothing that may be critical is understood here. `enc` and `zip` are of encrypted tokens.
        let is_plain = !["crit", "enc", "zip"].into_iter().any(|name| header.has(name));
        let is_typed = |name: &str| TYPES.contains(&name.to_ascii_lowercase().as_str());
        if !is_plain || !header.optional_text("typ")?.is_none_or(is_typed) {
            return Err(Refusal::Invalid("the token is not an access token"));
        }
        let key_id = header.optional_text("kid")?.map(str::to_owned);
        let claims = URL_SAFE_NO_PAD.decode(claims).map_err(|_| MALFORMED)?;
        let claims = serde_json::from_slice(&claims).map_err(|_| MALFORMED)?;
        Ok(Self { message, signature, algorithm, key_id, claims })
    }

    /// The issuer that it names.
    pub(crate) fn issuer(&self) -> Option<&str> {
        self.claims.text("iss")
    }

    /// The key that it names. A name, and nothing else: it is compared with names.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// What it says of itself is checked before a key is fetched for it.
    pub(crate) fn check(&self, resource: &Resource, now: u64) -> Result<Duration, Refusal> {
        check(&self.claims, resource, now)?.ok_or(Refusal::Invalid("the token has no expiry"))
    }

    /// The claims, if one of `keys` has signed them. The library checks that the key is of the algorithm's kind, and the
    /// signature.
    pub(crate) fn verified_by(self, keys: &[DecodingKey]) -> Option<Claims> {
        let signed = |key: &DecodingKey| {
            verify(self.signature, self.message.as_bytes(), key, self.algorithm).unwrap_or(false)
        };
        keys.iter().any(signed).then_some(self.claims)
    }
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
