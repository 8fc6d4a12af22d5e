//! One line of the report, and the report as a program reads it.

use std::fmt::Display;

use serde_json::{Map, Value, json};

use crate::ghl::model::text::clean_line;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Ok,
    /// It works, but not as well as it could.
    Warning,
    Failed,
    /// Not checked.
    Skipped,
}

impl State {
    /// The word that a person and a program read.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// One line. Texts may hold what HighLevel or a file says: they are cleaned here.
#[derive(Debug, Clone)]
pub(crate) struct Check {
    /// Stays the same in every version.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) state: State,
    pub(crate) seen: String,
    pub(crate) todo: Option<String>,
    pub(crate) values: Map<String, Value>,
}

impl Check {
    pub(crate) fn ok(id: impl Into<String>, seen: impl Display) -> Self {
        Self::new(id.into(), State::Ok, &seen, &"")
    }

    pub(crate) fn skipped(id: impl Into<String>, seen: impl Display) -> Self {
        Self::new(id.into(), State::Skipped, &seen, &"")
    }

    /// `todo` is the next step.
    pub(crate) fn warning(id: impl Into<String>, seen: impl Display, todo: impl Display) -> Self {
        Self::new(id.into(), State::Warning, &seen, &todo)
    }

    /// `todo` is the next step.
    pub(crate) fn failed(id: impl Into<String>, seen: impl Display, todo: impl Display) -> Self {
        Self::new(id.into(), State::Failed, &seen, &todo)
    }

    /// Its name is its id, until [`Check::named`] gives it another. The texts are written here, once for all kinds of text.
    fn new(id: String, state: State, seen: &dyn Display, todo: &dyn Display) -> Self {
        let todo = Some(cleaned(todo)).filter(|todo| !todo.is_empty());
        Self { name: id.clone(), id, state, seen: cleaned(seen), todo, values: Map::new() }
    }

    pub(crate) fn named(mut self, name: impl Display) -> Self {
        self.name = cleaned(&name);
        self
    }

    /// Adds what was seen as a value, for programs.
    pub(crate) fn value(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.values.insert(name.to_owned(), value.into());
        self
    }
}

fn cleaned(text: &dyn Display) -> String {
    clean_line(&text.to_string()).into_owned()
}

/// Checks that belong together.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    /// Stays the same in every version.
    pub(crate) id: &'static str,
    pub(crate) title: String,
    /// The location that they are about.
    pub(crate) location: Option<String>,
    pub(crate) checks: Vec<Check>,
}

impl Section {
    pub(crate) fn new(id: &'static str, title: impl Display, checks: Vec<Check>) -> Self {
        Self { id, title: cleaned(&title), location: None, checks }
    }
}

/// All checks.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) sections: Vec<Section>,
    /// Requests to HighLevel.
    pub(crate) requests: u32,
}

impl Report {
    pub(crate) fn count(&self, state: State) -> usize {
        self.sections.iter().flat_map(|section| &section.checks).filter(|check| check.state == state).count()
    }

    /// For programs. The names are documented in docs/doctor.md and stay.
    pub(crate) fn to_json(&self) -> Value {
        let checks = self.sections.iter().flat_map(|section| {
            section.checks.iter().map(|check| {
                json!({
                    "section": section.id, "check": check.id, "location": section.location,
                    "state": check.state.word(), "seen": check.seen, "todo": check.todo, "values": check.values,
                })
            })
        });
        json!({
            "program": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "ok": self.count(State::Failed) == 0,
            "failed": self.count(State::Failed),
            "warnings": self.count(State::Warning),
            "skipped": self.count(State::Skipped),
            "requests": self.requests,
            "checks": checks.collect::<Vec<_>>(),
        })
    }
}
