//! Bytes as hexadecimal digits, and back.

use std::fmt::Write as _;

/// The digits of `bytes`, in lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a `String` does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes of exactly so many digits; none of any other text.
pub(crate) fn from_hex<const BYTES: usize>(digits: &str) -> Option<[u8; BYTES]> {
    // A number may have a sign, a byte has none.
    if digits.len() != BYTES * 2 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; BYTES];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_from_the_digits_that_they_are_written_as() {
        assert_eq!((hex(&[0, 15, 255]), hex(&[])), ("000fff".to_owned(), String::new()));
        assert_eq!((from_hex("000fff"), from_hex("000FFF")), (Some([0, 15, 255]), Some([0, 15, 255])));
        for text in ["", "00", "000ff", "000fff0", "+00fff", "000f+f", "000fg0", "ä0fff"] {
            assert_eq!(from_hex::<3>(text), None, "{text}");
        }
    }
}
