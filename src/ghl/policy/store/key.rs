//! The key of a store: names in it are HMACs, so that who reads the store learns no e-mail and no phone.

use std::fmt;

use ring::hmac;

use crate::ghl::model::{from_hex, hex};

/// The bytes of a key, and of a name.
const KEY_BYTES: usize = 32;
const NAME_BYTES: usize = 16;

/// The 32 bytes that all processes of one store share.
#[derive(Clone)]
pub struct StoreKey {
    names: hmac::Key,
}

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreKey")
    }
}

/// The text is no key. The text itself is not part of the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a key: it has to be 64 hexadecimal digits (make one with `openssl rand -hex 32`)")]
pub struct InvalidKey;

impl StoreKey {
    /// Reads 64 hexadecimal digits.
    ///
    /// # Errors
    /// The text has another length or another character, or is the same digit throughout.
    pub fn read(text: &str) -> Result<Self, InvalidKey> {
        let text = text.trim();
        let mut digits = text.chars();
        let first = digits.next();
        if digits.all(|digit| Some(digit) == first) {
            return Err(InvalidKey);
        }
        Ok(Self::of(&from_hex(text).ok_or(InvalidKey)?))
    }

    /// A key for a store that ends with this process.
    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0; KEY_BYTES];
        for (byte, random) in bytes
            .iter_mut()
            .zip(uuid::Uuid::new_v4().into_bytes().into_iter().chain(uuid::Uuid::new_v4().into_bytes()))
        {
            *byte = random;
        }
        Self::of(&bytes)
    }

    /// Each use has a key of its own, made from the given one.
    fn of(bytes: &[u8; KEY_BYTES]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, bytes);
        let derived = |purpose: &str| hmac::sign(&root, purpose.as_bytes());
        Self { names: hmac::Key::new(hmac::HMAC_SHA256, derived("names").as_ref()) }
    }

    /// The name that stands for a value of this kind: 32 hexadecimal digits.
    pub(crate) fn name(&self, kind: &str, value: &str) -> String {
        let mut text = hmac::Context::with_key(&self.names);
        text.update(kind.as_bytes());
        text.update(&[0]);
        text.update(value.as_bytes());
        let mut name = hex(text.sign().as_ref());
        name.truncate(NAME_BYTES * 2);
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn a_name_says_nothing_of_its_value_and_is_the_same_in_every_process() {
        let key = StoreKey::read(KEY).unwrap();
        let name = key.name("email", "ada@example.com");
        assert!(name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}");
        assert_eq!(
            name,
            StoreKey::read(&format!(" {}\n", KEY.to_uppercase())).unwrap().name("email", "ada@example.com")
        );
        for other in [
            key.name("email", "eve@example.com"),
            key.name("phone", "ada@example.com"),
            key.name("emai", "lada@example.com"),
        ] {
            assert_ne!(other, name);
        }
        let last_digit = StoreKey::read(&KEY.replace("1e1f", "1e1e")).unwrap();
        assert_ne!(last_digit.name("email", "ada@example.com"), name);
        assert_eq!(format!("{key:?}"), "StoreKey");
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_repeated() {
        let (short, long) = (&KEY[..62], format!("{KEY}00"));
        let signed = KEY.replace("1e1f", "1e+f");
        for text in ["", "secret", short, &long, &signed, &"0".repeat(64), &"ä".repeat(32)] {
            let error = StoreKey::read(text).unwrap_err().to_string();
            assert!(error.starts_with("is not a key") && !error.contains("0001"), "{text}");
        }
    }
}
