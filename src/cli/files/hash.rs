//! Hashes as text.

use sha2::{Digest as _, Sha256};

use crate::ghl::model::hex;

/// The hash of a text, in hexadecimal digits.
pub(crate) fn hash(text: &str) -> String {
    hex(&Sha256::digest(text))
}
