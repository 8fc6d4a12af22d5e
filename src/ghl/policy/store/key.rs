//! The key of a store: names in it are HMACs and tokens are encrypted, so that who reads the store learns no e-mail, no phone and
//! no token.

use std::fmt;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use secrecy::{ExposeSecret as _, SecretSlice};

use crate::ghl::model::{from_hex, hex};

/// The bytes of a key, and of a name.
const KEY_BYTES: usize = 32;
const NAME_BYTES: usize = 16;

/// The 32 bytes that all processes of one store share.
#[derive(Clone)]
pub struct StoreKey {
    names: hmac::Key,
    tokens: LessSafeKey,
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

    /// Each use has a key of its own, made from the given one.
    fn of(bytes: &[u8; KEY_BYTES]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, bytes);
        let derived = |purpose: &str| hmac::sign(&root, purpose.as_bytes());
        let mut tokens = [0; KEY_BYTES];
        tokens.copy_from_slice(derived("tokens").as_ref());
        Self { names: hmac::Key::new(hmac::HMAC_SHA256, derived("names").as_ref()), tokens: cipher(tokens) }
    }

    /// Encrypts what belongs to `label`; what was encrypted for another label cannot be put in its place. None where the machine
    /// gives no random numbers.
    pub(crate) fn seal(&self, label: &str, text: &SecretSlice<u8>) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).ok()?;
        let (mut sealed, aad) = (text.expose_secret().to_vec(), Aad::from(label.as_bytes()));
        let at = Nonce::assume_unique_for_key(nonce);
        self.tokens.seal_in_place_append_tag(at, aad, &mut sealed).ok()?;
        Some([&nonce[..], &sealed].concat())
    }

    /// What was encrypted for `label`; none where it was not, or with another key.
    pub(crate) fn open(&self, label: &str, sealed: &[u8]) -> Option<SecretSlice<u8>> {
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN)?;
        let (nonce, mut text) = (Nonce::try_assume_unique_for_key(nonce).ok()?, text.to_vec());
        let open = self.tokens.open_in_place(nonce, Aad::from(label.as_bytes()), &mut text).ok()?;
        Some(SecretSlice::from(open.to_vec()))
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

/// The cipher takes keys of this length only, so one can always be made.
#[expect(clippy::expect_used, reason = "the length is that of the cipher")]
fn cipher(key: [u8; KEY_BYTES]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &key).expect("the length is that of the cipher"))
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
    fn tokens_are_read_with_the_same_key_under_the_same_label_only() {
        let key = StoreKey::read(KEY).unwrap();
        let text = SecretSlice::from(b"canary".to_vec());
        let sealed = key.seal("one 1", &text).unwrap();
        assert_ne!(key.seal("one 1", &text).unwrap(), sealed);
        assert!(!sealed.windows(6).any(|window| window == b"canary"));
        assert_eq!(key.open("one 1", &sealed).unwrap().expose_secret(), b"canary");
        let other_key = StoreKey::read(&KEY.replace("1e1f", "1e1e")).unwrap();
        assert!(key.open("one 2", &sealed).is_none() && other_key.open("one 1", &sealed).is_none());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open("one 1", &changed).is_none() && key.open("one 1", &sealed[..at]).is_none());
        }
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
