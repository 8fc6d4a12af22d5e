//! The scopes that the tools use, by their names in highlevel-api-docs, docs/oauth/Scopes.md, and on HighLevel's settings pages.

/// Finds and reads contacts.
pub const CONTACTS_READ: &str = "contacts.readonly";
/// Writes contacts.
pub const CONTACTS_WRITE: &str = "contacts.write";
/// Reads the location's settings.
pub const LOCATION: &str = "locations.readonly";
/// Reads the definitions of custom fields.
pub const CUSTOM_FIELDS: &str = "locations/customFields.readonly";
/// Reads the location's tags.
pub const TAGS: &str = "locations/tags.readonly";
/// Reads the location's users.
pub const USERS: &str = "users.readonly";

/// All of them, as README lists them.
pub const ALL: [&str; 6] = [CONTACTS_READ, CONTACTS_WRITE, LOCATION, CUSTOM_FIELDS, TAGS, USERS];
