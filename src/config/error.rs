//! What is wrong with a setting.

/// A setting that cannot be used: one clear line, exit code 2.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {reason}")]
pub struct Wrong {
    setting: String,
    reason: String,
}

impl Wrong {
    /// The setting, by the name under which it was given, and what is wrong with it. Never a secret's value.
    #[must_use]
    pub fn new(setting: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { setting: setting.into(), reason: reason.into() }
    }
}
