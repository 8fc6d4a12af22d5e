//! Reads environment variables and files.

use std::path::Path;

use secrecy::SecretString;

use crate::config::error::ConfigError;
use crate::config::given::Record;
use crate::config::secret_file::read_setting;
use crate::config::unfilled::{is_placeholder, is_unfilled};
use crate::config::value::{MIN_SECRET_BYTES, Source, token, token_text};
use crate::ghl::auth::Credential;

/// Environment variables.
pub trait Environment {
    /// The value of a variable that is set and not empty.
    fn get(&self, name: &str) -> Option<String>;

    /// Whether a variable is set, also to an empty value or to one that is not Unicode.
    fn is_set(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether the value of a variable that is set is Unicode text.
    fn is_text(&self, _name: &str) -> bool {
        true
    }

    /// The names of all variables.
    fn names(&self) -> Vec<String> {
        Vec::new()
    }

    /// Why `get` gives nothing for a variable.
    fn missing(&self, name: &str) -> &'static str {
        if self.is_set(name) { "is empty, or is not Unicode text" } else { "is not set" }
    }
}

/// The environment of this process.
#[derive(Debug, Clone, Copy)]
pub struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    fn get(&self, name: &str) -> Option<String> {
        #[expect(clippy::disallowed_methods, reason = "the only place that reads the environment")]
        std::env::var(name).ok().filter(|value| !value.trim().is_empty())
    }

    fn is_set(&self, name: &str) -> bool {
        #[expect(clippy::disallowed_methods, reason = "the only place that reads the environment")]
        std::env::var_os(name).is_some()
    }

    fn is_text(&self, name: &str) -> bool {
        #[expect(clippy::disallowed_methods, reason = "the only place that reads the environment")]
        std::env::var_os(name).is_none_or(|value| value.to_str().is_some())
    }

    fn names(&self) -> Vec<String> {
        #[expect(clippy::disallowed_methods, reason = "the only place that reads the environment")]
        std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect()
    }
}

/// The variables of a private integration token, in the order of their precedence. The last one names a file.
const TOKENS: [&str; 3] = ["GHL_PIT_TOKEN", "GHL_API_KEY", "GHL_PIT_TOKEN_FILE"];

/// Reads settings from flags and the environment.
pub(crate) struct SettingReader<'a> {
    pub(crate) environment: &'a dyn Environment,
    /// What was read, and from where.
    pub(crate) record: Record,
}

impl<'a> SettingReader<'a> {
    pub(crate) fn new(environment: &'a dyn Environment) -> Self {
        Self { environment, record: Record::default() }
    }

    /// The value of a flag or else of a variable, and its source.
    pub(crate) fn value(
        &self,
        flag: Option<&String>,
        name: &'static str,
        variable: &'static str,
    ) -> (Option<String>, Source) {
        self.value_unless(flag, name, variable, is_placeholder)
    }

    /// The same of an id, for which more texts count as not set.
    pub(crate) fn id(
        &self,
        flag: Option<&String>,
        name: &'static str,
        variable: &'static str,
    ) -> (Option<String>, Source) {
        self.value_unless(flag, name, variable, |value| is_placeholder(value) || is_unfilled(value))
    }

    fn value_unless(
        &self,
        flag: Option<&String>,
        name: &'static str,
        variable: &'static str,
        unfilled: impl Fn(&str) -> bool,
    ) -> (Option<String>, Source) {
        let flag = flag.map(|value| (value.clone(), Source::Flag(name)));
        let set = self.environment.get(variable).map(|value| (value, Source::Environment(variable)));
        let given = flag.into_iter().chain(set);
        let (filled, placeholders): (Vec<_>, Vec<_>) = given.partition(|(value, _)| !unfilled(value));
        let (value, source) = match filled.into_iter().next() {
            Some((value, source)) => (Some(value.trim().to_owned()), source),
            None => (None, Source::Default),
        };
        let note = match placeholders.first() {
            Some((_, Source::Flag(name) | Source::Environment(name))) if value.is_none() => {
                Source::Unfilled(name)
            }
            _ => source.clone(),
        };
        self.record.note(name, &note, value.as_deref());
        (value, source)
    }

    /// The value of a variable for a secret that was filled in.
    fn filled(&self, variable: &str) -> Option<String> {
        self.environment.get(variable).filter(|value| !is_unfilled(value))
    }

    /// Whether a switch is on, by its flag or its variable. `unfilled` is what a variable means that was never filled in.
    pub(crate) fn switch(
        &self,
        flag: bool,
        name: &'static str,
        variable: &'static str,
        unfilled: bool,
    ) -> Result<bool, ConfigError> {
        let note = |source: &Source, on: bool| {
            self.record.note(name, source, Some(if on { "on" } else { "off" }));
            Ok(on)
        };
        if flag {
            return note(&Source::Flag(name), true);
        }
        if self.environment.get(variable).is_some_and(|value| is_placeholder(&value)) {
            return note(&Source::Unfilled(variable), unfilled);
        }
        match self.environment.get(variable).map(|word| word.trim().to_ascii_lowercase()).as_deref() {
            None => note(&Source::Default, false),
            Some("0" | "false" | "no" | "off") => note(&Source::Environment(variable), false),
            Some("1" | "true" | "yes" | "on") => note(&Source::Environment(variable), true),
            Some(other) => Err(ConfigError::new(variable, format!("\"{other}\" is neither true nor false"))),
        }
    }

    /// The private integration token: `GHL_PIT_TOKEN`, or else `GHL_API_KEY` (the name in other servers), or else the
    /// file that `GHL_PIT_TOKEN_FILE` names.
    pub(crate) fn credential(&self) -> Result<(Credential, Source), ConfigError> {
        let (credential, source) = self.token()?;
        let unfilled = TOKENS.into_iter().find(|name| self.environment.get(name).is_some());
        let note = match (&source, unfilled) {
            (Source::Default, Some(name)) => Source::Unfilled(name),
            _ => source.clone(),
        };
        self.record.note("token", &note, None);
        Ok((credential, source))
    }

    fn token(&self) -> Result<(Credential, Source), ConfigError> {
        let [direct @ .., variable] = TOKENS;
        for variable in direct {
            if let Some(value) = self.filled(variable) {
                return Ok((token(variable, &value)?, Source::Environment(variable)));
            }
        }
        let Some(path) = self.filled(variable) else {
            return Ok((Credential::Missing, Source::Default));
        };
        let path = Path::new(path.trim());
        let text = read_setting(variable, path)?;
        Ok((token(variable, &text)?, Source::File(variable, path.to_owned())))
    }

    /// The variables of tokens that are set and not used, because another has precedence.
    pub(crate) fn unused_tokens(&self, used: &Source) -> Vec<&'static str> {
        let used = used.to_string();
        TOKENS.into_iter().filter(|name| *name != used && self.filled(name).is_some()).collect()
    }

    /// The key of the audit: in the file of the flag, or else in `GHL_AUDIT_KEY`, or else in the file that
    /// `GHL_AUDIT_KEY_FILE` names.
    pub(crate) fn audit_key(&self, file: Option<&String>) -> Result<Option<SecretString>, ConfigError> {
        if file.is_some_and(|path| is_placeholder(path)) {
            return Err(ConfigError::new("--audit-key-file", "names no file"));
        }
        let variable = "GHL_AUDIT_KEY";
        let value = self.environment.get(variable).filter(|_| file.is_none());
        let (setting, text) = if let Some(value) = value {
            self.record.note("audit-key-file", &Source::Environment(variable), None);
            (variable.to_owned(), value)
        } else {
            let (path, source) = self.value(file, "--audit-key-file", "GHL_AUDIT_KEY_FILE");
            let Some(path) = path else { return Ok(None) };
            let text = read_setting(source.name(), Path::new(&path))?;
            (source.name().to_owned(), text)
        };
        let key = token_text(&setting, &text)?;
        if key.len() < MIN_SECRET_BYTES {
            let reason = format!("a key has at least {MIN_SECRET_BYTES} characters");
            return Err(ConfigError::new(setting, reason));
        }
        Ok(Some(key.into()))
    }
}
