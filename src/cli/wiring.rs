//! From settings to a catalogue of tools.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::cli::Stop;
use crate::config::{Config, Wrong};
use crate::contacts::identity::Country;
use crate::contacts::{self, Contacts};
use crate::ghl::auth::Credential;
use crate::ghl::clock::SystemClock;
use crate::ghl::http::Wire;
use crate::ghl::{Client, Settings};
use crate::sandbox::{Options, Sandbox};
use crate::serve::Handler;
use crate::tool::{Catalogue, Toolset};
use crate::tools;

/// Hosts give up after 60 s; with the wait for a place (10 s) a call is answered within 45.
const DEADLINE: Duration = Duration::from_secs(35);

/// The tools, and the sandbox that must live as long as they do.
pub(in crate::cli) struct Wired {
    pub(in crate::cli) catalogue: Catalogue<Contacts>,
    pub(in crate::cli) sandbox: Option<Sandbox>,
}

impl Wired {
    pub(in crate::cli) fn handler(self) -> (Handler<Contacts>, Option<Sandbox>) {
        (Handler::new(Arc::new(self.catalogue), tools::INSTRUCTIONS.to_owned()), self.sandbox)
    }
}

/// Wires everything. Makes no request.
pub(in crate::cli) async fn wire(config: Config) -> Result<Wired, Stop> {
    let mut config = config;
    let sandbox = if config.sandbox { Some(start_sandbox(&mut config).await?) } else { None };
    let country = match &config.country {
        None => None,
        Some(code) => Some(
            Country::parse(code)
                .ok_or_else(|| Wrong::new("--country", "is not a country of two letters, like US"))?,
        ),
    };
    let toolsets = config.toolsets.as_deref().map(Toolset::list).transpose();
    let toolsets = toolsets.map_err(|unknown| Wrong::new("--toolsets", unknown.to_string()))?;
    let client = Client::new(Settings {
        base_url: config.base_url,
        credential: config.credential,
        location: config.location,
        dialect: config.dialect,
        clock: Arc::new(SystemClock::default()),
        transport: Arc::new(Wire::default()),
        deadline: DEADLINE,
    });
    let options = contacts::Options { country, native_upsert: config.native_upsert };
    let mut catalogue = tools::all(Arc::new(Contacts::new(client, options))).read_only(config.read_only);
    if let Some(toolsets) = toolsets {
        catalogue = catalogue.toolsets(&toolsets);
    }
    Ok(Wired { catalogue, sandbox })
}

async fn start_sandbox(config: &mut Config) -> Result<Sandbox, Stop> {
    let mut options = Options::default();
    if let Some(dialect) = &config.sandbox_dialect {
        options.dialect = sandbox_dialect(dialect)?;
    }
    let sandbox =
        Sandbox::start(options).await.map_err(|error| Stop::System("the sandbox could not start", error))?;
    config.base_url =
        Url::parse(&sandbox.url()).map_err(|error| Wrong::new("--sandbox", error.to_string()))?;
    config.credential = Credential::Token(SecretString::from(sandbox.token().to_owned()));
    config.location = sandbox.location_id().parse().ok();
    Ok(sandbox)
}

/// The sandbox's dialect by its word.
pub(in crate::cli) fn sandbox_dialect(word: &str) -> Result<crate::sandbox::Dialect, Wrong> {
    word.parse()
        .map_err(|_| Wrong::new("--sandbox-dialect", format!("\"{word}\" is not one of current, recipe")))
}
