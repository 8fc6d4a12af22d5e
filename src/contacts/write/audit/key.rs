//! The key of the hashes that stand for e-mails in the audit.

use ring::hmac;
use ring::rand::SystemRandom;

use crate::ghl::model::hex;

/// Hex digits of a hash: enough to find a line again.
const DIGITS: usize = 12;

/// The key of the hashes. Without it a list of e-mails does not tell whose hash stands in the log, and two processes that
/// share no key write two hashes of one e-mail.
#[derive(Debug, Clone)]
pub struct AuditKey(Option<hmac::Key>);

impl Default for AuditKey {
    /// A random key. If the operating system gives no random numbers, no e-mail gets a hash.
    fn default() -> Self {
        Self(hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).ok())
    }
}

impl AuditKey {
    /// The key from the settings: it gives the same hashes after a restart.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(Some(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())))
    }

    /// The beginning of the e-mail's HMAC-SHA-256, without regard to case.
    pub(crate) fn hash(&self, email: &str) -> String {
        let Some(key) = &self.0 else { return String::new() };
        let mut hash = hex(hmac::sign(key, email.trim().to_lowercase().as_bytes()).as_ref());
        hash.truncate(DIGITS);
        hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_depends_on_the_key_and_not_on_case() {
        // printf jane@example.com | openssl dgst -sha256 -hmac 0123456789abcdef
        let key = AuditKey::of("0123456789abcdef");
        assert_eq!(key.hash("jane@example.com"), "a7a54661c75b");
        assert_eq!(key.hash(" Jane@Example.COM "), key.hash("jane@example.com"));
        let (one, other) = (AuditKey::default(), AuditKey::default());
        assert_ne!(one.hash("jane@example.com"), other.hash("jane@example.com"));
        assert_eq!(one.hash("jane@example.com"), one.clone().hash("jane@example.com"));
    }

    #[test]
    fn debug_output_does_not_show_the_key() {
        assert!(!format!("{:?}", AuditKey::of("canary-canary-canary")).contains("canary"));
    }
}
