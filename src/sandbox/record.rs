//! A stored contact, and ids that are the same on every run.

use serde_json::{Map, Value};

/// One contact, in the form that `GET /contacts/{id}` returns.
pub(crate) type Contact = Map<String, Value>;

/// A text property; empty if it is absent.
pub(crate) fn text<'a>(contact: &'a Contact, property: &str) -> &'a str {
    contact.get(property).and_then(Value::as_str).unwrap_or_default()
}

/// A contact's tags.
pub(crate) fn tags(contact: &Contact) -> impl Iterator<Item = &str> {
    contact.get("tags").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// An id of twenty letters and digits. It looks random, but the same number always gives the same id.
pub(crate) fn id_of(number: u64) -> String {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut state = number;
    let mut id = String::with_capacity(20);
    for _ in 0..20 {
        state = mix(state);
        let index = usize::try_from(state % 62).unwrap_or_default();
        id.push(LETTERS.get(index).copied().map_or('0', char::from));
    }
    id
}

/// One step of the pseudo-random generator splitmix64.
pub(crate) fn mix(state: u64) -> u64 {
    let z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use crate::sandbox::record::id_of;

    #[test]
    fn an_id_has_twenty_letters_and_digits_and_is_the_same_for_the_same_number() {
        assert_eq!(id_of(7), id_of(7));
        assert_ne!(id_of(7), id_of(8));
        assert!(id_of(1).len() == 20 && id_of(1).chars().all(|c| c.is_ascii_alphanumeric()));
    }
}
