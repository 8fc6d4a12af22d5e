//! The resources: what a person attaches to a conversation.

use crate::tool::{Resource, Tool as _};
use crate::tools::completions::CONTACT_ID;
use crate::tools::{GetContact, ListCustomFields, ListTags, ListUsers};

/// Every resource.
pub(crate) const ALL: &[Resource] = &[
    Resource {
        name: "custom-fields",
        title: "Custom fields",
        description: "The custom fields of the location's contacts: name, key, id, type and options",
        tool: ListCustomFields::NAME,
        argument: None,
        completion: None,
    },
    Resource {
        name: "tags",
        title: "Tags",
        description: "All tags of the location",
        tool: ListTags::NAME,
        argument: None,
        completion: None,
    },
    Resource {
        name: "users",
        title: "Users",
        description: "The users of the location: id, name and e-mail",
        tool: ListUsers::NAME,
        argument: None,
        completion: None,
    },
    Resource {
        name: "contacts",
        title: "Contact",
        description: "One contact with its tags and custom fields, read now",
        tool: GetContact::NAME,
        argument: Some("contactId"),
        completion: Some(&CONTACT_ID),
    },
];
