//! Resources: what a tool that only reads answers, under an address that a person can attach in a host.

use rmcp::model::JsonObject;
use url::Url;

use crate::tool::completion::Completion;
use crate::tool::words::LOCATION_ID;

const SCHEME: &str = "ghl";

/// One resource, or one for each value of its argument.
#[derive(Debug)]
pub struct Resource {
    /// The first part of its address, `ghl://NAME`.
    pub name: &'static str,
    /// The name that a person sees.
    pub title: &'static str,
    /// What a person reads of it.
    pub description: &'static str,
    /// The tool whose answer it is. It only reads.
    pub tool: &'static str,
    /// The argument of the tool that is the second part of the address, if it has one.
    pub argument: Option<&'static str>,
    /// The values that a host can offer for it.
    pub completion: Option<&'static Completion>,
}

impl Resource {
    /// Its address. It is a template (RFC 6570) if the resource has an argument, or if it is one of several locations.
    #[must_use]
    pub fn address(&self, of_several: bool) -> String {
        let argument = self.argument.map(|name| format!("/{{{name}}}")).unwrap_or_default();
        let location = if of_several { format!("{{?{LOCATION_ID}}}") } else { String::new() };
        format!("{SCHEME}://{}{argument}{location}", self.name)
    }

    /// Whether [`Self::address`] is a template.
    #[must_use]
    pub fn is_template(&self, of_several: bool) -> bool {
        of_several || self.argument.is_some()
    }

    /// The arguments of its tool that `address` names; none if it is not an address of this resource.
    #[must_use]
    pub fn read(&self, address: &str) -> Option<JsonObject> {
        let url = Url::parse(address).ok()?;
        if url.scheme() != SCHEME || url.host_str() != Some(self.name) || url.fragment().is_some() {
            return None;
        }
        let rest = url.path().trim_matches('/');
        let mut arguments = JsonObject::new();
        match self.argument {
            Some(name) if !rest.is_empty() => drop(arguments.insert(name.to_owned(), rest.into())),
            None if rest.is_empty() => {}
            _ => return None,
        }
        for (name, value) in url.query_pairs() {
            if name != LOCATION_ID {
                return None;
            }
            arguments.insert(name.into_owned(), value.into_owned().into());
        }
        Some(arguments)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TAGS: Resource = Resource {
        name: "tags",
        title: "Tags",
        description: "Tags",
        tool: "list",
        argument: None,
        completion: None,
    };
    const CONTACT: Resource = Resource { name: "contacts", argument: Some("contactId"), ..TAGS };

    #[test]
    fn an_address_is_a_template_if_something_is_to_be_filled_in() {
        let addresses =
            [TAGS.address(false), TAGS.address(true), CONTACT.address(false), CONTACT.address(true)];
        let expected = [
            "ghl://tags",
            "ghl://tags{?locationId}",
            "ghl://contacts/{contactId}",
            "ghl://contacts/{contactId}{?locationId}",
        ];
        assert_eq!(addresses, expected);
        assert!(!TAGS.is_template(false) && TAGS.is_template(true) && CONTACT.is_template(false));
    }

    #[test]
    fn an_address_names_the_arguments_of_its_tool() {
        for (resource, address, expected) in [
            (&TAGS, "ghl://tags", Some(json!({}))),
            (&TAGS, "ghl://tags/", Some(json!({}))),
            (&TAGS, "ghl://tags?locationId=loc1", Some(json!({"locationId": "loc1"}))),
            (&CONTACT, "ghl://contacts/abc", Some(json!({"contactId": "abc"}))),
            (
                &CONTACT,
                "ghl://contacts/abc?locationId=A%20B",
                Some(json!({"contactId": "abc", "locationId": "A B"})),
            ),
            (&TAGS, "ghl://tags/more", None),
            (&TAGS, "ghl://tags?limit=1", None),
            (&TAGS, "ghl://tags#x", None),
            (&TAGS, "https://tags", None),
            (&TAGS, "tags", None),
            (&TAGS, "", None),
            (&CONTACT, "ghl://contacts", None),
            (&CONTACT, "ghl://tags/abc", None),
        ] {
            assert_eq!(resource.read(address).map(Into::into), expected, "{address}");
        }
    }
}
