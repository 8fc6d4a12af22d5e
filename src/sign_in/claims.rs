//! The claims of a token, read strictly: a claim that is there twice, or of another type than it must be, is no claim that
//! two readers understand alike.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::sign_in::refusal::{MALFORMED, Refusal};

/// The claims of a token, the keys of an authorization server, or what an introspection endpoint says of one.
#[derive(Debug, Clone)]
pub(crate) struct Claims(Map<String, Value>);

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ClaimsVisitor)
    }
}

struct ClaimsVisitor;

impl<'de> Visitor<'de> for ClaimsVisitor {
    type Value = Claims;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("claims")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Claims, A::Error> {
        let mut claims = Map::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if claims.insert(name, value).is_some() {
                return Err(A::Error::custom("a claim is there twice"));
            }
        }
        Ok(Claims(claims))
    }
}

impl Claims {
    /// Whether the claim is there, whatever its value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A claim that is a text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// A claim that is a text, if it is there and not null.
    ///
    /// # Errors
    /// It is something else.
    pub(crate) fn optional_text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or(MALFORMED),
        }
    }

    /// Whether a claim is `true`. The text `"true"` is not.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.0.get(name) == Some(&Value::Bool(true))
    }

    /// A claim that is a list.
    pub(crate) fn list(&self, name: &str) -> Option<&[Value]> {
        self.0.get(name)?.as_array().map(Vec::as_slice)
    }

    /// A claim that is a text or a list of texts; none if it is missing or anything else.
    pub(crate) fn texts(&self, name: &str) -> Option<Vec<&str>> {
        match self.0.get(name)? {
            Value::String(text) => Some(vec![text]),
            Value::Array(list) => list.iter().map(Value::as_str).collect(),
            _ => None,
        }
    }

    /// A point in time, in whole seconds since 1970.
    ///
    /// # Errors
    /// It is there, and is a text, negative, or has a fraction.
    pub(crate) fn time(&self, name: &str) -> Result<Option<u64>, Refusal> {
        self.0.get(name).map(|value| value.as_u64().ok_or(MALFORMED)).transpose()
    }

    /// The scopes: `scope`, a text, and `scp`, a text or a list, as Entra and Okta write it.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &str> {
        let scp = self.texts("scp").unwrap_or_default();
        self.text("scope").into_iter().chain(scp).flat_map(|text| text.split(' '))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(json: &str) -> Claims {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_claim_that_is_there_twice_is_refused() {
        assert!(serde_json::from_str::<Claims>(r#"{"aud":"a","aud":"b"}"#).is_err());
        assert!(serde_json::from_str::<Claims>(r#"{"aud":"a","a\u0075d":"a"}"#).is_err());
        for other in ["[]", "\"a\"", "1", "null", ""] {
            assert!(serde_json::from_str::<Claims>(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_time_is_a_whole_number() {
        assert_eq!(claims(r#"{"exp":1780304400}"#).time("exp"), Ok(Some(1_780_304_400)));
        assert_eq!(claims("{}").time("exp"), Ok(None));
        for wrong in
            ["\"1780304400\"", "1780304400.0", "-1", "1e9", "null", "[1]", "true", "99999999999999999999"]
        {
            assert_eq!(claims(&format!(r#"{{"exp":{wrong}}}"#)).time("exp"), Err(MALFORMED), "{wrong}");
        }
    }

    #[test]
    fn scopes_are_read_from_scope_and_scp() {
        for (json, expected) in [
            (r#"{"scope":"a b"}"#, vec!["a", "b"]),
            (r#"{"scp":"a b"}"#, vec!["a", "b"]),
            (r#"{"scp":["a","b"]}"#, vec!["a", "b"]),
            (r#"{"scope":"a","scp":["b"]}"#, vec!["a", "b"]),
            (r#"{"scope":["a"]}"#, vec![]),
            (r#"{"scp":["a",1]}"#, vec![]),
            (r#"{"scp":{"a":true}}"#, vec![]),
            (r#"{"Scope":"a"}"#, vec![]),
        ] {
            assert_eq!(claims(json).scopes().collect::<Vec<_>>(), expected, "{json}");
        }
    }
}
