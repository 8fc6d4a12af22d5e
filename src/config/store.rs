//! The store that several processes share.

use std::path::Path;

use crate::config::environment::SettingReader;
use crate::config::error::ConfigError;
use crate::config::secret_file::read_file;
use crate::config::unfilled::is_placeholder;
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
        if let Some(address) = flag.filter(|address| !is_placeholder(address)) {
            if address.contains('@') {
                return Err(ConfigError::new(
                    "--store",
                    "must not hold a user or a password, which others on this machine could see: set GHL_STORE or GHL_STORE_FILE",
                ));
            }
            return Ok(Some((address.clone(), Source::Flag("--store"))));
        }
        self.text_or_file("GHL_STORE", "GHL_STORE_FILE")
    }

    /// The text of a variable, or else of the file that another one names.
    fn text_or_file(
        &self,
        variable: &'static str,
        file: &'static str,
    ) -> Result<Option<(String, Source)>, ConfigError> {
        let filled = |name| self.environment.get(name).filter(|value| !is_placeholder(value));
        if let Some(text) = filled(variable) {
            return Ok(Some((text.trim().to_owned(), Source::Environment(variable))));
        }
        let Some(path) = filled(file) else { return Ok(None) };
        let path = Path::new(path.trim());
        let text = read_file(path)
            .map_err(|error| ConfigError::new(file, format!("the file cannot be read: {error}")))?;
        Ok(Some((text.trim().to_owned(), Source::File(file, path.to_owned()))))
    }
}
