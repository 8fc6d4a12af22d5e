//! Groups of tools that a person switches on together.

use std::fmt;
use std::str::FromStr;

/// A group of tools, as `--toolsets` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Toolset {
    /// One contact at a time, and search: on by default.
    Contacts,
    /// Many contacts in one call.
    Bulk,
    /// Removing things, and listing what the location defines.
    Manage,
}

/// A word that names no toolset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown toolset \"{word}\"; known: contacts, bulk, manage, or all")]
pub struct UnknownToolset {
    word: String,
}

impl Toolset {
    /// Every toolset.
    pub const ALL: [Self; 3] = [Self::Contacts, Self::Bulk, Self::Manage];

    /// The word that names it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Bulk => "bulk",
            Self::Manage => "manage",
        }
    }

    /// Reads a comma-separated list such as `contacts,bulk`, or `all`.
    ///
    /// # Errors
    ///
    /// An unknown word is an error that names it and the known ones, never ignored.
    pub fn list(words: &str) -> Result<Vec<Self>, UnknownToolset> {
        let mut sets = Vec::new();
        for word in words.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            let more = if word == "all" { Self::ALL.to_vec() } else { vec![word.parse()?] };
            for set in more {
                if !sets.contains(&set) {
                    sets.push(set);
                }
            }
        }
        Ok(sets)
    }
}

impl fmt::Display for Toolset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Toolset {
    type Err = UnknownToolset;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|set| set.word() == word)
            .ok_or_else(|| UnknownToolset { word: crate::tool::echo(word) })
    }
}

#[cfg(test)]
mod tests {
    use crate::tool::Toolset;

    #[test]
    fn every_toolset_is_read_back_from_its_own_word() {
        for set in Toolset::ALL {
            assert_eq!(set.to_string().parse(), Ok(set));
        }
    }

    #[test]
    fn a_list_keeps_its_order_and_drops_repeats() {
        assert_eq!(Toolset::list("bulk, contacts,bulk"), Ok(vec![Toolset::Bulk, Toolset::Contacts]));
        assert_eq!(Toolset::list("all"), Ok(Toolset::ALL.to_vec()));
    }

    #[test]
    fn an_unknown_word_is_an_error_naming_the_known_ones() {
        let error = Toolset::list("contacts,bulks").unwrap_err().to_string();
        assert_eq!(error, "unknown toolset \"bulks\"; known: contacts, bulk, manage, or all");
    }
}
