//! The fields that a caller asks for.

use crate::ghl::model::text::plain_name;

/// The fields to show besides those of the slim contact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSelection {
    fields: Vec<String>,
    list_omitted: bool,
    length: Length,
}

/// How much of each field is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Length {
    /// What a model needs of it.
    #[default]
    Short,
    /// As much as an answer has space for.
    Long,
    /// All of it.
    Whole,
}

/// The most characters of one field.
const MAX_CHARS: usize = 1_000;
/// The same where the answer is the only copy that is left.
const MAX_CHARS_OF_A_COPY: usize = 20_000;
/// The most characters of a name, an e-mail or a tag.
const MAX_LINE_CHARS: usize = 200;

impl FieldSelection {
    /// For one contact: `["*"]` for all fields, or their names. The view lists the fields that it omits.
    #[must_use]
    pub fn new(fields: Vec<String>) -> Self {
        Self { fields, list_omitted: true, length: Length::Short }
    }

    /// For many contacts: the views do not list the fields that they omit.
    #[must_use]
    pub fn for_list(fields: Vec<String>) -> Self {
        Self { fields, list_omitted: false, length: Length::Short }
    }

    /// For a copy of one contact: all fields, and more of each.
    #[must_use]
    pub fn copy() -> Self {
        Self { fields: vec!["*".to_owned()], list_omitted: false, length: Length::Long }
    }

    /// For a file: all fields, whole.
    #[must_use]
    pub fn whole() -> Self {
        Self { fields: vec!["*".to_owned()], list_omitted: false, length: Length::Whole }
    }

    /// The most characters of one field.
    pub(crate) fn most_chars(&self) -> usize {
        match self.length {
            Length::Short => MAX_CHARS,
            Length::Long => MAX_CHARS_OF_A_COPY,
            Length::Whole => usize::MAX,
        }
    }

    /// The most characters of a name, an e-mail or a tag.
    pub(crate) fn most_chars_of_a_line(&self) -> usize {
        if self.length == Length::Whole { usize::MAX } else { MAX_LINE_CHARS }
    }

    /// Whether the property is shown.
    pub(crate) fn contains(&self, property: &str) -> bool {
        self.fields.iter().any(|field| field == "*" || plain_name(field) == plain_name(property))
    }

    /// Whether the fields that are left out are listed.
    pub(crate) fn lists_omitted(&self) -> bool {
        self.list_omitted
    }

    /// The names as they were given.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(String::as_str)
    }
}
