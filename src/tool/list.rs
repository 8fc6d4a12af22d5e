//! The list of tools. Reading it needs no connection to the CRM.

use std::collections::BTreeSet;

use crate::tool::{Entry, Prompt, Resource, Tool, Toolset};

/// Tools over the context `C`, in the order of their names.
pub struct ToolList<C> {
    entries: Vec<Entry<C>>,
    duplicates: BTreeSet<&'static str>,
    offers: Offers,
}

/// What a server offers to a person beside the tools, which a model chooses.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offers {
    /// Answers of tools that a person can attach.
    pub resources: &'static [Resource],
    /// Tasks that a person can choose.
    pub prompts: &'static [Prompt],
}

impl Offers {
    /// Whether nothing is offered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.prompts.is_empty()
    }
}

impl<C> ToolList<C> {
    /// An empty list.
    #[must_use]
    pub fn new() -> Self {
        Self { entries: Vec::new(), duplicates: BTreeSet::new(), offers: Offers::default() }
    }

    /// With one more tool. Of two with the same name the first stays, and [`Self::duplicates`] has the name.
    #[must_use]
    pub fn with<T: Tool<Context = C>>(mut self) -> Self {
        match self.entries.binary_search_by_key(&T::NAME, Entry::name) {
            Ok(_) => drop(self.duplicates.insert(T::NAME)),
            Err(place) => self.entries.insert(place, Entry::of::<T>()),
        }
        self
    }

    /// With what is offered beside the tools.
    #[must_use]
    pub fn offering(mut self, offers: Offers) -> Self {
        self.offers = offers;
        self
    }

    /// What is offered beside the tools.
    #[must_use]
    pub fn offers(&self) -> Offers {
        self.offers
    }

    /// The names that more than one tool has. A test checks that there are none.
    #[must_use]
    pub fn duplicates(&self) -> Vec<&'static str> {
        self.duplicates.iter().copied().collect()
    }

    /// Every tool in the order of names.
    pub fn entries(&self) -> impl Iterator<Item = &Entry<C>> {
        self.entries.iter()
    }

    /// The tool of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Entry<C>> {
        let place = self.entries.binary_search_by(|entry| entry.name().cmp(name)).ok()?;
        self.entries.get(place)
    }

    /// What `tools/list` serves of the tools of these toolsets, in the order of names.
    #[must_use]
    pub fn definitions(&self, toolsets: &[Toolset]) -> Vec<rmcp::model::Tool> {
        let on = self.entries().filter(|entry| toolsets.contains(&entry.toolset()));
        on.map(|entry| entry.definition().clone()).collect()
    }

    /// The toolsets that have a tool.
    #[must_use]
    pub fn toolsets(&self) -> Vec<Toolset> {
        let has_tool = |set: &Toolset| self.entries().any(|entry| entry.toolset() == *set);
        Toolset::ALL.into_iter().filter(has_tool).collect()
    }
}

impl<C> Default for ToolList<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C> std::fmt::Debug for ToolList<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.entries().map(Entry::name)).finish()
    }
}
