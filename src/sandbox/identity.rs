//! Who is who: e-mail and phone as keys, and the location's policy on duplicates.

use serde_json::Value;

use crate::sandbox::options::Options;
use crate::sandbox::record::Contact;

/// What contacts are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Email,
    Phone,
}

impl Key {
    /// The contact property of that name.
    pub(crate) fn property(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

/// A key's value as it is compared.
pub(crate) fn normal(key: Key, value: &str) -> String {
    match key {
        Key::Email => value.to_lowercase(),
        Key::Phone => value.to_owned(),
    }
}

/// Every key a contact answers to, additional e-mails and phones included.
pub(crate) fn keys(contact: &Contact) -> Vec<(Key, String)> {
    let mut found = Vec::new();
    for (key, more) in [(Key::Email, "additionalEmails"), (Key::Phone, "additionalPhones")] {
        let main = contact.get(key.property()).into_iter();
        let listed = contact.get(more).and_then(Value::as_array).into_iter().flatten();
        for value in main.chain(listed) {
            let text = value.as_str().or_else(|| value.get(key.property())?.as_str());
            found.extend(text.map(|text| (key, normal(key, text))));
        }
    }
    found
}

/// The order in which keys decide: the location's own, or e-mail then phone where duplicates are allowed.
pub(crate) fn order(options: &Options) -> Vec<Key> {
    if options.allow_duplicate_contact {
        return vec![Key::Email, Key::Phone];
    }
    let named = options.unique_identifiers.iter().filter_map(|name| match name.as_str() {
        "email" => Some(Key::Email),
        "phone" => Some(Key::Phone),
        _ => None,
    });
    named.collect()
}
