//! What the settings were read from.

use std::cell::RefCell;

use crate::config::value::Source;

/// A setting that was looked for, by the name of its flag; the token has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The flag without its hyphens, or `token`.
    pub setting: &'static str,
    /// Where its value came from.
    pub source: Source,
    /// The value, unless it is a secret.
    pub value: Option<String>,
}

/// Collects what was read.
#[derive(Debug, Default)]
pub(crate) struct Record(RefCell<Vec<Given>>);

impl Record {
    /// Notes the source of a setting, by its flag. A later note of the same setting takes the place of the one before.
    pub(crate) fn note(&self, flag: &'static str, source: &Source, value: Option<&str>) {
        let setting = flag.trim_start_matches('-');
        let given = Given { setting, source: source.clone(), value: value.map(str::to_owned) };
        let mut all = self.0.borrow_mut();
        match all.iter_mut().find(|one| one.setting == setting) {
            Some(one) => *one = given,
            None => all.push(given),
        }
    }

    /// Everything that was noted.
    pub(crate) fn into_all(self) -> Vec<Given> {
        self.0.into_inner()
    }
}
