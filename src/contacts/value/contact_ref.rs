//! A contact's id, or the address of its page in HighLevel, which people copy from their browser.

use crate::contacts::error::{Error, Subject};
use crate::contacts::value::placeholder;
use crate::contacts::value::text::quoted;
use crate::ghl::{ContactId, IdError, LocationId};

/// Reads an id or an address like `https://app.gohighlevel.com/v2/location/{location}/contacts/detail/{id}`; an agency may
/// have a domain of its own.
///
/// # Errors
/// It is neither, or the page is of another location.
pub fn read(subject: &Subject, text: &str, location: &LocationId) -> Result<ContactId, Error> {
    placeholder::check(subject, text)?;
    let text = text.trim();
    let parts: Vec<&str> = text.split(['/', '?', '#', '&']).collect();
    let after = |word: &str| {
        let at = parts.iter().position(|part| *part == word)?;
        parts.get(at + 1).copied()
    };
    let Some(id) = after("detail").filter(|_| parts.contains(&"contacts")) else {
        return id_of(subject, text);
    };
    match after("location") {
        Some(other) if other != location.as_str() => {
            let reason =
                format!("is a page of location {}, and this server is for {location}", quoted(other));
            Err(Error::invalid(subject.clone(), reason).with_hint("Use a contact of this location."))
        }
        _ => id_of(subject, id),
    }
}

fn id_of(subject: &Subject, text: &str) -> Result<ContactId, Error> {
    text.parse().map_err(|reason: IdError| {
        Error::invalid(subject.clone(), reason.to_string())
            .with_hint("Take it from the id of a contact in an answer, or from the address of its page.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_contacts_page_is_its_id() {
        let location: LocationId = "loc1".parse().unwrap();
        let read = |text| super::read(&Subject::ContactId, text, &location);
        for text in [
            "abc123",
            " abc123 ",
            "https://app.gohighlevel.com/v2/location/loc1/contacts/detail/abc123",
            "https://crm.agency.example/v2/location/loc1/contacts/detail/abc123?view=note#top",
            "app.gohighlevel.com/location/loc1/contacts/detail/abc123/",
            "/contacts/detail/abc123",
        ] {
            assert_eq!(read(text).unwrap().as_str(), "abc123", "{text}");
        }
        for (text, words) in [
            ("https://app.gohighlevel.com/v2/location/loc2/contacts/detail/abc123", "location \"loc2\""),
            ("https://app.gohighlevel.com/v2/location/loc1/contacts/detail/..", ""),
            ("https://app.gohighlevel.com/v2/location/loc1/contacts/smart_list/All", ""),
            ("undefined", "stands for no value"),
            ("null", "stands for no value"),
            ("../locations/x", ""),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
