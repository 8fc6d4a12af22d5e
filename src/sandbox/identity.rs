//! E-mail and phone as the keys of a contact, and the order in which a location compares them.

use serde_json::Value;

use crate::sandbox::options::Options;
use crate::sandbox::record::Contact;

/// A key that identifies a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Email,
    Phone,
}

impl Key {
    /// The name of the contact property.
    pub(crate) fn property(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

/// The value of a key in the form that is compared.
pub(crate) fn comparable(key: Key, value: &str) -> String {
    match key {
        Key::Email => value.to_lowercase(),
        Key::Phone => value.to_owned(),
    }
}

/// Every key of a contact, including its additional e-mails and phones.
pub(crate) fn keys_of(contact: &Contact) -> Vec<(Key, String)> {
    let mut keys = Vec::new();
    for (key, additional) in [(Key::Email, "additionalEmails"), (Key::Phone, "additionalPhones")] {
        let main = contact.get(key.property()).into_iter();
        let listed = contact.get(additional).and_then(Value::as_array).into_iter().flatten();
        for value in main.chain(listed) {
            let text = value.as_str().or_else(|| value.get(key.property())?.as_str());
            keys.extend(text.map(|text| (key, comparable(key, text))));
        }
    }
    keys
}

/// The keys in the order in which they are compared: the location's setting, or e-mail then phone if it allows
/// duplicates.
pub(crate) fn key_order(options: &Options) -> Vec<Key> {
    if options.allow_duplicate_contact {
        return vec![Key::Email, Key::Phone];
    }
    let keys = options.unique_identifiers.iter().filter_map(|name| match name.as_str() {
        "email" => Some(Key::Email),
        "phone" => Some(Key::Phone),
        _ => None,
    });
    keys.collect()
}
