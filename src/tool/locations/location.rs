//! One location and its tools.

use std::fmt;
use std::sync::Arc;

use crate::tool::Catalogue;

/// One location's tools.
pub struct Location<C> {
    /// HighLevel's id of the location.
    pub id: String,
    /// The name that people know it by.
    pub label: Option<String>,
    /// Its tools, with its own context, toolsets and read-only mode.
    pub catalogue: Arc<Catalogue<C>>,
}

impl<C> Location<C> {
    /// The id with the name, as an error shows it.
    pub(crate) fn named(&self) -> String {
        match &self.label {
            Some(label) => format!("{} ({label})", self.id),
            None => self.id.clone(),
        }
    }
}

impl<C> fmt::Debug for Location<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Location").field("id", &self.id).finish_non_exhaustive()
    }
}
