//! `POST /contacts/search`: HighLevel's filter grammar. Its OpenAPI leaves the body's schema empty (highlevel-api-docs
//! issues 31 and 314); the grammar is the one of HighLevel's search guide.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ghl::model::contact::Contact;
use crate::ghl::model::effect::Written;
use crate::ghl::model::error::{Error, Kind};
use crate::ghl::model::value::FieldValue;

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the variants are HighLevel's own words")]
pub enum Operator {
    Eq,
    NotEq,
    Contains,
    NotContains,
    Exists,
    NotExists,
    Range,
    // These are not in the search guide; other programs were seen to use them.
    Gt,
    Gte,
    Lt,
    Lte,
    Wildcard,
    ContainsSet,
}

impl Operator {
    /// HighLevel's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::NotEq => "not_eq",
            Self::Contains => "contains",
            Self::NotContains => "not_contains",
            Self::Exists => "exists",
            Self::NotExists => "not_exists",
            Self::Range => "range",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Wildcard => "wildcard",
            Self::ContainsSet => "contains_set",
        }
    }
}

/// One condition, or a group of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Filter {
    /// `{ field, operator, value }`.
    On {
        /// The field's name in search.
        field: String,
        /// The comparison.
        operator: Operator,
        /// Left out for `exists` and `not_exists`.
        #[serde(skip_serializing_if = "Option::is_none")]
        value: Option<FieldValue>,
    },
    /// `{ group: "OR", filters }`.
    Group {
        /// `AND` or `OR`.
        group: &'static str,
        /// What is joined.
        filters: Vec<Filter>,
    },
}

/// Up or down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Smallest first.
    Asc,
    /// Largest first.
    #[default]
    Desc,
}

/// One sort key.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sort {
    /// The field's name in search.
    pub field: &'static str,
    /// Its direction.
    pub direction: Direction,
}

/// A search request, without its location.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Search {
    /// Records per page, 1 to 500.
    pub page_limit: u32,
    /// All must hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// Free text, at most 75 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// At most two keys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<Sort>,
    /// The last contact's `searchAfter`, to go on behind it; the only way past 10,000 records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_after: Option<Vec<FieldValue>>,
}

/// One page of results.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// In the order asked for.
    pub contacts: Vec<Contact>,
    /// How many more stand on the page and cannot be read.
    pub unreadable: usize,
    /// How many there are in all, where HighLevel says so.
    pub total: Option<u64>,
}

impl Page {
    /// All contacts of the page, for a caller who looks for one of them: it may be the one that cannot be read.
    ///
    /// # Errors
    /// `Unreadable` where one cannot be read.
    pub fn all(self) -> Result<Vec<Contact>, Error> {
        if self.unreadable > 0 {
            return Err(Error::new(Kind::Unreadable, Written::No));
        }
        Ok(self.contacts)
    }
}
