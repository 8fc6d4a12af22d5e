//! The public keys of an authorization server (RFC 7517), and which of them may have signed a token.

use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

use crate::sign_in::claims::Claims;

/// The most keys that are kept. Issuers have two to ten.
const MOST: usize = 64;
/// The most keys that are tried for a token that names none.
const TRIED: usize = 8;

/// The keys for signatures. Keys of other kinds are left out.
#[derive(Debug)]
pub(crate) struct KeySet(Vec<Key>);

#[derive(Debug)]
struct Key {
    id: Option<String>,
    kind: Kind,
    /// The only algorithm it may be used with; none if the issuer does not say.
    algorithm: Option<Algorithm>,
    public: DecodingKey,
}

/// What a key is, and thereby which algorithms can use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rsa,
    P256,
    P384,
    Ed25519,
}

impl Kind {
    fn of(algorithm: Algorithm) -> Option<Self> {
        Some(match algorithm {
            Algorithm::RS256
            | Algorithm::RS384
            | Algorithm::RS512
            | Algorithm::PS256
            | Algorithm::PS384
            | Algorithm::PS512 => Self::Rsa,
            Algorithm::ES256 => Self::P256,
            Algorithm::ES384 => Self::P384,
            Algorithm::EdDSA => Self::Ed25519,
            _ => return None,
        })
    }
}

impl KeySet {
    /// Reads a set of keys. A key that cannot be used does not spoil the others; none if no key can be used.
    pub(crate) fn read(json: &[u8]) -> Option<Self> {
        let set: Claims = serde_json::from_slice(json).ok()?;
        let keys: Vec<_> = set.list("keys")?.iter().filter_map(Key::read).take(MOST).collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// Of each key the algorithm that it says it is for, or else its kind.
    pub(crate) fn names(&self) -> Vec<String> {
        let name =
            |key: &Key| key.algorithm.map_or_else(|| format!("{:?}", key.kind), |only| format!("{only:?}"));
        self.0.iter().map(name).collect()
    }

    /// The keys that may have signed a token with this algorithm: those with its key id, or all if it has none.
    pub(crate) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Vec<DecodingKey> {
        let fits = |key: &&Key| {
            Kind::of(algorithm) == Some(key.kind)
                && key.algorithm.is_none_or(|only| only == algorithm)
                && id.is_none_or(|id| key.id.as_deref() == Some(id))
        };
        self.0.iter().filter(fits).take(TRIED).map(|key| key.public.clone()).collect()
    }
}

impl Key {
    fn read(json: &Value) -> Option<Self> {
        let needed = |name| text(json, name).ok().flatten();
        let (kind, public) = match (needed("kty")?, needed("crv")) {
            ("RSA", _) => (Kind::Rsa, DecodingKey::from_rsa_components(needed("n")?, needed("e")?)),
            ("EC", Some("P-256")) => {
                (Kind::P256, DecodingKey::from_ec_components(needed("x")?, needed("y")?))
            }
            ("EC", Some("P-384")) => {
                (Kind::P384, DecodingKey::from_ec_components(needed("x")?, needed("y")?))
            }
            ("OKP", Some("Ed25519")) => (Kind::Ed25519, DecodingKey::from_ed_components(needed("x")?)),
            _ => return None,
        };
        let verifies = |operations: &Value| {
            operations.as_array().is_some_and(|list| list.iter().any(|one| one.as_str() == Some("verify")))
        };
        let for_signatures = text(json, "use").ok()?.is_none_or(|used| used == "sig")
            && json.get("key_ops").filter(|value| !value.is_null()).is_none_or(verifies);
        let algorithm = text(json, "alg").ok()?.map(|name| name.parse().ok());
        // An algorithm that is not one of signatures.
        if !for_signatures || algorithm == Some(None) {
            return None;
        }
        let id = text(json, "kid").ok()?.map(str::to_owned);
        Some(Self { id, kind, algorithm: algorithm.flatten(), public: public.ok()? })
    }
}

/// A text of a key, if it is there and not null.
///
/// # Errors
/// It is something else.
fn text<'a>(json: &'a Value, name: &str) -> Result<Option<&'a str>, ()> {
    let value = json.get(name).filter(|value| !value.is_null());
    value.map(|value| value.as_str().ok_or(())).transpose()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(key: &Value, id: Option<&str>, algorithm: Algorithm) -> bool {
        let set = KeySet::read(json!({ "keys": [key] }).to_string().as_bytes());
        set.is_some_and(|set| !set.find(id, algorithm).is_empty())
    }

    fn with(key: &Value, name: &str, value: Value) -> Value {
        let mut key = key.clone();
        key[name] = value;
        key
    }

    #[test]
    fn a_key_serves_only_what_it_is_for() {
        let rsa = json!({ "kty": "RSA", "kid": "a", "n": "AQAB", "e": "AQAB" });
        let ec = json!({ "kty": "EC", "kid": "a", "crv": "P-256", "x": "AQAB", "y": "AQAB" });
        let ed = json!({ "kty": "OKP", "kid": "a", "crv": "Ed25519", "x": "AQAB" });
        let oct = json!({ "kty": "oct", "kid": "a", "k": "AQAB" });
        for (key, algorithm, expected) in [
            (&rsa, Algorithm::RS256, true),
            (&rsa, Algorithm::PS512, true),
            (&rsa, Algorithm::ES256, false),
            (&rsa, Algorithm::HS256, false),
            (&ec, Algorithm::ES256, true),
            (&ec, Algorithm::ES384, false),
            (&ed, Algorithm::EdDSA, true),
            (&ed, Algorithm::RS256, false),
            (&oct, Algorithm::HS256, false),
        ] {
            assert_eq!(found(key, Some("a"), algorithm), expected, "{key} {algorithm:?}");
        }
        let rs256 = |key: &Value| found(key, Some("a"), Algorithm::RS256);
        assert!(rs256(&with(&rsa, "alg", json!("RS256"))) && rs256(&with(&rsa, "use", json!("sig"))));
        assert!(rs256(&with(&rsa, "key_ops", json!(["verify"]))));
        for (name, value) in [
            ("alg", json!("PS256")),
            ("alg", json!("RSA-OAEP")),
            ("alg", json!("HS256")),
            ("use", json!("enc")),
            ("key_ops", json!(["encrypt"])),
            ("kid", json!("b")),
            ("kid", json!(1)),
            ("n", json!("***")),
        ] {
            assert!(!rs256(&with(&rsa, name, value.clone())), "{name} {value}");
        }
        assert!(found(&rsa, None, Algorithm::RS256));
        assert!(!found(&rsa, Some("../a"), Algorithm::RS256));
    }

    #[test]
    fn a_key_that_is_not_understood_does_not_spoil_the_others() {
        let keys = json!({ "keys": [
            { "kty": "EC", "crv": "secp256k1", "x": "AQAB", "y": "AQAB" },
            { "kty": "AKP", "alg": "ML-DSA-44", "pub": "AQAB" },
            7,
            { "kty": "RSA", "kid": "a", "n": "AQAB", "e": "AQAB" },
        ]});
        let set = KeySet::read(keys.to_string().as_bytes()).unwrap();
        assert_eq!(set.find(Some("a"), Algorithm::RS256).len(), 1);
        for none in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[]}"#] {
            assert!(KeySet::read(none.as_bytes()).is_none(), "{none}");
        }
    }
}
