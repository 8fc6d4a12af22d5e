//! What a token allows, by its scopes.

/// The names of the scopes, as the authorization server has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeNames {
    /// The scope of the tools that read.
    pub read: String,
    /// The scope of the tools that write.
    pub write: String,
}

impl Default for ScopeNames {
    fn default() -> Self {
        Self { read: "contacts:read".to_owned(), write: "contacts:write".to_owned() }
    }
}

/// What a token allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Powers {
    /// Nothing.
    None,
    /// The tools that read.
    Read,
    /// All tools: what a write answers holds what a read shows.
    Write,
}

impl ScopeNames {
    /// Reads `read=NAME,write=NAME`. A name that is left out stays the usual one.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut names = Self::default();
        let mut seen = Vec::new();
        for part in text.split([',', ' ', '\t', '\r', '\n']).filter(|part| !part.is_empty()) {
            let (kind, name) = part.split_once('=').ok_or("is not of the form read=NAME,write=NAME")?;
            let place = match kind {
                "read" => &mut names.read,
                "write" => &mut names.write,
                _ => return Err("is not of the form read=NAME,write=NAME".to_owned()),
            };
            if seen.contains(&kind) {
                return Err(format!("names {kind} twice"));
            }
            if name.is_empty() || !name.bytes().all(is_scope_byte) {
                return Err(format!("has no valid scope for {kind}: visible ASCII without \" and \\"));
            }
            name.clone_into(place);
            seen.push(kind);
        }
        Ok(names)
    }

    /// What a token with these scopes allows.
    #[must_use]
    pub fn powers<'a>(&self, mut scopes: impl Iterator<Item = &'a str>) -> Powers {
        let (mut read, mut write) = (false, false);
        for scope in &mut scopes {
            read |= is_meant(&self.read, scope);
            write |= is_meant(&self.write, scope);
        }
        match (read, write) {
            (_, true) => Powers::Write,
            (true, false) => Powers::Read,
            (false, false) => Powers::None,
        }
    }
}

/// Whether a token's scope is the one of this name. Entra asks for `api://ID/contacts.read`, and its tokens say
/// `contacts.read`.
fn is_meant(name: &str, scope: &str) -> bool {
    let last = name.rsplit_once('/').map(|(_, last)| last).filter(|last| !last.is_empty());
    name == scope || last == Some(scope)
}

/// RFC 6749 section 3.3.
fn is_scope_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn powers(scopes: &str) -> Powers {
        ScopeNames::default().powers(scopes.split(' '))
    }

    #[test]
    fn scopes_are_compared_to_the_letter() {
        for (scopes, expected) in [
            ("contacts:read", Powers::Read),
            ("contacts:read contacts:write", Powers::Write),
            ("contacts:write", Powers::Write),
            ("openid  contacts:read ", Powers::Read),
            ("", Powers::None),
            ("contacts", Powers::None),
            ("contacts:*", Powers::None),
            ("contacts:read,contacts:write", Powers::None),
            ("Contacts:Read", Powers::None),
            ("contacts:reader", Powers::None),
            ("xcontacts:write", Powers::None),
            ("contacts:read\u{a0}contacts:write", Powers::None),
            ("contacts:read\tcontacts:write", Powers::None),
        ] {
            assert_eq!(powers(scopes), expected, "{scopes:?}");
        }
    }

    #[test]
    fn the_last_part_of_a_name_that_is_an_address_is_enough() {
        let names =
            ScopeNames::parse("read=api://1f2e/contacts.read,write=api://1f2e/contacts.write").unwrap();
        let powers = |scopes: &str| names.powers(scopes.split(' '));
        assert_eq!(powers("contacts.read"), Powers::Read);
        assert_eq!(powers("api://1f2e/contacts.write"), Powers::Write);
        assert_eq!(powers("read write 1f2e api://1f2e/"), Powers::None);
        let names = ScopeNames::parse("read=https://example.com/,write=w").unwrap();
        assert_eq!(names.powers([""].into_iter()), Powers::None);
    }

    #[test]
    fn names_are_read_in_any_order_and_the_usual_ones_stay() {
        let names = |text: &str| ScopeNames::parse(text).map(|names| (names.read, names.write));
        let is = |read: &str, write: &str| Ok((read.to_owned(), write.to_owned()));
        assert_eq!(names("write=w,read=r"), is("r", "w"));
        assert_eq!(names(" read=r "), is("r", "contacts:write"));
        assert_eq!(names(""), is("contacts:read", "contacts:write"));
        assert_eq!(names("read=a=b"), is("a=b", "contacts:write"));
        for wrong in
            ["read", "contacts:read", "reads=r", "read=", "read=r,read=s", "read=\"r\"", "read=é", "=r"]
        {
            assert!(names(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_text_allows_what_none_of_its_words_names(words in proptest::collection::vec("[a-z:.]{0,16}", 0..8)) {
            let text = words.join(" ");
            let has = |name: &str| words.iter().any(|word| word == name);
            let expected = match (has("contacts:read"), has("contacts:write")) {
                (_, true) => Powers::Write,
                (true, _) => Powers::Read,
                _ => Powers::None,
            };
            prop_assert_eq!(powers(&text), expected);
        }

        #[test]
        fn a_text_of_names_is_read_or_refused_and_what_is_read_is_a_scope(text in "\\PC{0,40}") {
            if let Ok(names) = ScopeNames::parse(&text) {
                for name in [names.read, names.write] {
                    prop_assert!(!name.is_empty() && name.bytes().all(is_scope_byte));
                }
            }
        }
    }
}
