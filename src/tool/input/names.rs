//! The names by which a field may be sent.

/// Other names of a field: what is sent, and the field that it means where an object has no field of that name.
const ALIASES: [(&str, &str); 1] = [
    // HighLevel's own name for a custom field's value.
    ("field_value", "value"),
];

/// The field that `sent` names, of an object that has the fields for which `has` holds.
pub(crate) fn field(sent: &str, has: impl Fn(&str) -> bool) -> Option<&str> {
    if has(sent) {
        return Some(sent);
    }
    ALIASES.iter().find(|(alias, field)| *alias == sent && has(field)).map(|(_, field)| *field)
}
