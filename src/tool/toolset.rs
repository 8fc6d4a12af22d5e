//! Groups of tools that are turned on together.

use std::fmt;

use crate::tool::words::echo;

/// A group of tools, as `--toolsets` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Toolset {
    /// One contact at a time, and search: on by default.
    Contacts,
    /// Many contacts in one call.
    Bulk,
    /// Removing things, and listing what the location defines.
    Manage,
    /// Notes and tasks of a contact.
    Activity,
}

/// A list of toolsets has an unknown word.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown toolset \"{word}\"; known: {known}, all")]
pub struct UnknownToolset {
    word: String,
    known: String,
}

impl Toolset {
    /// Every toolset.
    pub const ALL: [Self; 4] = [Self::Contacts, Self::Bulk, Self::Manage, Self::Activity];

    /// The toolsets that are on if the configuration names none.
    pub const DEFAULT: [Self; 1] = [Self::Contacts];

    /// The word that names it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Bulk => "bulk",
            Self::Manage => "manage",
            Self::Activity => "activity",
        }
    }

    /// Reads a comma-separated list such as `contacts,bulk`, or `all`, of the toolsets that are `known`.
    ///
    /// # Errors
    ///
    /// [`UnknownToolset`], which names the unknown word and the known ones.
    pub fn list(words: &str, known: &[Self]) -> Result<Vec<Self>, UnknownToolset> {
        let mut sets = Vec::new();
        for word in words.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            let more: Vec<_> =
                known.iter().filter(|set| word == "all" || word == set.word()).copied().collect();
            if more.is_empty() {
                let known = known.iter().map(|set| set.word()).collect::<Vec<_>>().join(", ");
                return Err(UnknownToolset { word: echo(word), known });
            }
            sets.extend(more.into_iter().filter(|set| !sets.contains(set)).collect::<Vec<_>>());
        }
        Ok(sets)
    }
}

impl fmt::Display for Toolset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use crate::tool::Toolset;

    #[test]
    fn each_word_names_its_toolset() {
        for set in Toolset::ALL {
            assert_eq!(Toolset::list(&set.to_string(), &Toolset::ALL), Ok(vec![set]));
        }
    }

    #[test]
    fn a_list_keeps_its_order_and_drops_repeats() {
        let list = |words| Toolset::list(words, &Toolset::ALL);
        assert_eq!(list("bulk, contacts,bulk"), Ok(vec![Toolset::Bulk, Toolset::Contacts]));
        assert_eq!(list("all"), Ok(Toolset::ALL.to_vec()));
    }

    #[test]
    fn an_unknown_word_is_an_error_that_names_the_known_ones() {
        let error = Toolset::list("contacts,bulks", &Toolset::ALL).unwrap_err().to_string();
        assert_eq!(error, "unknown toolset \"bulks\"; known: contacts, bulk, manage, activity, all");
        assert!(Toolset::list("bulk", &Toolset::DEFAULT).is_err());
    }
}
