//! Settings of `http`: where to listen, for whom, and with which tokens.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::config::accounts::{Accounts, BearerSource};
use crate::config::environment::{Environment, Reader, read_file};
use crate::config::error::Wrong;
use crate::config::settings::Config;
use crate::ghl::auth::Credential;

/// Of a shorter one, too many can be tried.
const SHORTEST_TOKEN: usize = 16;

/// Flags of `http`.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::doc_markdown, reason = "clap prints these lines as they stand")]
pub struct HttpFlags {
    /// Where to listen; another address than this machine's needs a token and --allowed-host [env: GHL_MCP_LISTEN]
    /// [default: 127.0.0.1:8787]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,

    /// A host name under which clients reach this server; may be repeated [env: GHL_MCP_ALLOWED_HOSTS]
    #[arg(long, value_name = "HOST")]
    pub allowed_host: Vec<String>,

    /// The origin of a page that may use this server from a browser; may be repeated [env: GHL_MCP_ALLOWED_ORIGINS]
    #[arg(long, value_name = "ORIGIN")]
    pub allowed_origin: Vec<String>,

    /// Do not serve /sse and /messages, the transport of 2024-11-05 [env: GHL_MCP_NO_LEGACY_SSE]
    #[arg(long)]
    pub no_legacy_sse: bool,
}

/// Settings of `http`, valid.
#[derive(Debug, Clone)]
pub struct Http {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Host names beside this machine's own.
    pub allowed_hosts: Vec<String>,
    /// Origins that may read answers in a browser.
    pub allowed_origins: Vec<String>,
    /// Whether the transport of 2024-11-05 is served.
    pub legacy_sse: bool,
    /// Who may come in. Empty: everybody on this machine.
    pub keys: Vec<Key>,
    /// Who may read `/metrics`, where there are accounts.
    pub metrics: Option<[u8; 32]>,
}

/// A bearer token.
#[derive(Debug, Clone)]
pub struct Key {
    /// Its SHA-256.
    pub hash: [u8; 32],
    /// The account that it opens, by its place in the file; none where there is no file.
    pub account: Option<usize>,
}

impl Http {
    /// Reads them.
    ///
    /// # Errors
    /// The first one that cannot be used.
    pub fn read(flags: &HttpFlags, environment: &impl Environment, config: &Config) -> Result<Self, Wrong> {
        let reader = Reader { environment };
        let (listen, source) = reader.value(flags.listen.as_ref(), "--listen", "GHL_MCP_LISTEN");
        let listen =
            listen.map_or(Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 8787))), |text| address(&text));
        let listen =
            listen.ok_or_else(|| Wrong::new(source.to_string(), "is not an address like 127.0.0.1:8787"))?;
        let list = |flag: &[String], variable: &'static str| {
            if flag.is_empty() {
                words(&environment.get(variable).unwrap_or_default())
            } else {
                flag.to_vec()
            }
        };
        let allowed_hosts = list(&flags.allowed_host, "GHL_MCP_ALLOWED_HOSTS");
        let allowed_origins = list(&flags.allowed_origin, "GHL_MCP_ALLOWED_ORIGINS");
        let legacy_sse = !reader.switch(flags.no_legacy_sse, "GHL_MCP_NO_LEGACY_SSE")?;
        let bearers = Bearers { environment, config };
        let (keys, metrics) = match &config.accounts {
            Some(accounts) => bearers.of_accounts(accounts)?,
            None => (bearers.of_all()?, None),
        };
        if !is_this_machine(listen.ip()) && (keys.is_empty() || allowed_hosts.is_empty()) {
            let reason = format!(
                "{listen} can be reached from other machines: that needs a bearer token (GHL_MCP_TOKENS, \
                 GHL_MCP_TOKENS_FILE or --accounts) and --allowed-host"
            );
            return Err(Wrong::new(source.to_string(), reason));
        }
        Ok(Self { listen, allowed_hosts, allowed_origins, legacy_sse, keys, metrics })
    }
}

struct Bearers<'a, E> {
    environment: &'a E,
    config: &'a Config,
}

impl<E: Environment> Bearers<'_, E> {
    /// `GHL_MCP_TOKENS`, and the file that `GHL_MCP_TOKENS_FILE` names: one a line, `#` begins a comment.
    fn of_all(&self) -> Result<Vec<Key>, Wrong> {
        let mut keys = Vec::new();
        let variable = "GHL_MCP_TOKENS";
        if let Some(text) = self.environment.get(variable) {
            for word in words(&text) {
                keys.push(Key { hash: self.hash(variable, &word)?, account: None });
            }
        }
        let variable = "GHL_MCP_TOKENS_FILE";
        if let Some(path) = self.environment.get(variable) {
            let text = read(Path::new(path.trim())).map_err(|reason| Wrong::new(variable, reason))?;
            for line in text.expose_secret().lines().map(str::trim) {
                if !line.is_empty() && !line.starts_with('#') {
                    keys.push(Key { hash: self.hash(variable, line)?, account: None });
                }
            }
            if keys.is_empty() {
                return Err(Wrong::new(variable, "holds no token"));
            }
        }
        Ok(keys)
    }

    fn of_accounts(&self, accounts: &Accounts) -> Result<(Vec<Key>, Option<[u8; 32]>), Wrong> {
        if ["GHL_MCP_TOKENS", "GHL_MCP_TOKENS_FILE"].iter().any(|name| self.environment.get(name).is_some()) {
            return Err(Wrong::new(
                "GHL_MCP_TOKENS",
                "has no place beside --accounts, whose file names the tokens",
            ));
        }
        let mut keys: Vec<Key> = Vec::new();
        for (at, account) in accounts.all.iter().enumerate() {
            let place = format!("account \"{}\"", account.name);
            if account.tokens.is_empty() {
                return Err(Wrong::new(
                    place,
                    "has no token: give one of token_env, token_file, token_sha256",
                ));
            }
            for source in &account.tokens {
                let hash = self.resolve(&place, source)?;
                if keys.iter().any(|key| key.hash == hash) {
                    return Err(Wrong::new(place, "has a token that stands in the file twice"));
                }
                keys.push(Key { hash, account: Some(at) });
            }
        }
        let metrics = accounts.metrics.as_ref().map(|source| self.resolve("metrics", source)).transpose()?;
        Ok((keys, metrics))
    }

    fn resolve(&self, place: &str, source: &BearerSource) -> Result<[u8; 32], Wrong> {
        match source {
            BearerSource::Hash(hash) => Ok(*hash),
            BearerSource::Environment(name) => match self.environment.get(name) {
                Some(value) => self.hash(name, value.trim()),
                None => Err(Wrong::new(place, format!("{name} is not set"))),
            },
            BearerSource::File(path) => {
                let text = read(path).map_err(|reason| Wrong::new(place, format!("token_file: {reason}")))?;
                self.hash(place, text.expose_secret().trim())
            }
        }
    }

    /// A token that is long enough, and none of HighLevel's: what opens this server must not open the CRM.
    fn hash(&self, setting: &str, token: &str) -> Result<[u8; 32], Wrong> {
        if token.len() < SHORTEST_TOKEN || !token.bytes().all(|b| b.is_ascii_graphic()) {
            let reason =
                format!("a token has at least {SHORTEST_TOKEN} visible ASCII characters and no space");
            return Err(Wrong::new(setting, reason));
        }
        let is_crm = |credential: &Credential| matches!(credential, Credential::Token(secret) if secret.expose_secret() == token);
        if self.config.credentials().any(is_crm) {
            return Err(Wrong::new(
                setting,
                "is the token of HighLevel: clients of this server need one of their own",
            ));
        }
        Ok(Sha256::digest(token.as_bytes()).into())
    }
}

fn read(path: &Path) -> Result<SecretString, String> {
    read_file(path).map(SecretString::from).map_err(|error| format!("the file cannot be read: {error}"))
}

fn address(text: &str) -> Option<SocketAddr> {
    match text.strip_prefix("localhost:") {
        Some(port) => Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().ok()?))),
        None => text.parse().ok(),
    }
}

fn is_this_machine(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

/// Words between commas or spaces.
fn words(text: &str) -> Vec<String> {
    text.split([',', ' ', '\n', '\t', '\r']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
