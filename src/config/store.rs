//! The store that several processes share.

use std::path::PathBuf;

use crate::config::environment::SettingReader;
use crate::config::error::ConfigError;
use crate::config::secret_file::read_setting;
use crate::config::unfilled::{NEVER_FILLED_IN, is_placeholder};
use crate::config::value::Source;
#[cfg(feature = "redis")]
use crate::ghl::RedisAddress;
use crate::ghl::StoreKey;

/// The store, and the key of what is in it.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// Where it is.
    #[cfg(feature = "redis")]
    pub address: RedisAddress,
    /// The key of names and tokens in it.
    pub key: StoreKey,
    /// Which setting named it.
    pub source: Source,
}

impl SettingReader<'_> {
    /// Whether there is a store, valid or not.
    pub(crate) fn has_store(&self, flag: Option<&String>) -> bool {
        let is_set = |name| self.environment.get(name).is_some();
        flag.is_some() || is_set("GHL_STORE") || is_set("GHL_STORE_FILE")
    }

    /// The store of `--store`, or else of `GHL_STORE`, or else of the file that `GHL_STORE_FILE` names; with the key of
    /// `GHL_STORE_KEY`, or else of the file that `GHL_STORE_KEY_FILE` names.
    pub(crate) fn store(&self, flag: Option<&String>) -> Result<Option<StoreConfig>, ConfigError> {
        let Some((address, source)) = self.store_address(flag)? else {
            self.record.note("--store", &Source::Default, None);
            return Ok(None);
        };
        let key = self.text_or_file("GHL_STORE_KEY", "GHL_STORE_KEY_FILE")?;
        let Some((key, key_source)) = key else {
            return Err(ConfigError::new(
                source.name(),
                "needs GHL_STORE_KEY or GHL_STORE_KEY_FILE, the same for all processes: 64 hexadecimal digits (`openssl rand -hex 32`)",
            ));
        };
        let key =
            StoreKey::read(&key).map_err(|reason| ConfigError::new(key_source.name(), reason.to_string()))?;
        self.made(&address, key, source).map(Some)
    }

    #[cfg(feature = "redis")]
    fn made(&self, address: &str, key: StoreKey, source: Source) -> Result<StoreConfig, ConfigError> {
        let address = RedisAddress::read(address)
            .map_err(|reason| ConfigError::new(source.name(), reason.to_string()))?;
        self.record.note("--store", &source, Some(address.shown()));
        Ok(StoreConfig { address, key, source })
    }

    #[cfg(not(feature = "redis"))]
    fn made(&self, _: &str, _: StoreKey, source: Source) -> Result<StoreConfig, ConfigError> {
        Err(ConfigError::new(
            source.name(),
            "cannot be used: this program was built without the feature `redis`",
        ))
    }

    fn store_address(&self, flag: Option<&String>) -> Result<Option<(String, Source)>, ConfigError> {
        let Some(address) = flag else { return self.text_or_file("GHL_STORE", "GHL_STORE_FILE") };
        if address.contains('@') {
            return Err(ConfigError::new(
                "--store",
                "must not hold a user or a password, which others on this machine could see: set GHL_STORE or GHL_STORE_FILE",
            ));
        }
        filled("--store", address).map(|address| Some((address, Source::Flag("--store"))))
    }

    /// The text of a variable, or else of the file that another one names.
    fn text_or_file(
        &self,
        variable: &'static str,
        file: &'static str,
    ) -> Result<Option<(String, Source)>, ConfigError> {
        if let Some(text) = self.environment.get(variable) {
            return filled(variable, &text).map(|text| Some((text, Source::Environment(variable))));
        }
        let Some(path) = self.environment.get(file) else { return Ok(None) };
        let path = PathBuf::from(filled(file, &path)?);
        let text = read_setting(file, &path)?;
        filled(file, &text).map(|text| Some((text, Source::File(file, path))))
    }
}

/// A value that was never filled in is refused: a process that does without the store spends the quota of the others.
fn filled(setting: &str, value: &str) -> Result<String, ConfigError> {
    if is_placeholder(value) {
        return Err(ConfigError::new(setting, NEVER_FILLED_IN));
    }
    Ok(value.trim().to_owned())
}
