//! Settings of `http`: the address, the hosts and origins, and the tokens of clients.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::config::accounts::{AccountsFile, BearerSource};
use crate::config::environment::{Environment, SettingReader};
use crate::config::error::ConfigError;
use crate::config::secret_file::read_file;
use crate::config::settings::Config;
use crate::config::sign_in::{SignInConfig, SignInFlags};
use crate::config::unfilled::is_unfilled;
use crate::config::value::{MIN_SECRET_BYTES, Source, variable, words};
use crate::ghl::auth::Credential;

/// An empty list does not mean that everybody is served: a command that failed may have set it.
const NO_TOKEN: &str = "is set, but contains no token: set a token, or unset it to serve without one";

/// Flags of `http`.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::doc_markdown, reason = "clap prints these lines as they stand")]
pub struct HttpFlags {
    /// The address to listen on; one that other machines can reach needs a token and --allowed-host
    /// [env: GHL_MCP_LISTEN] [default: 127.0.0.1:8787]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,

    /// A host name that clients use for this server; may be repeated [env: GHL_MCP_ALLOWED_HOSTS]
    #[arg(long, value_name = "HOST")]
    pub allowed_host: Vec<String>,

    /// The origin of a web page that may use this server; may be repeated [env: GHL_MCP_ALLOWED_ORIGINS]
    #[arg(long, value_name = "ORIGIN")]
    pub allowed_origin: Vec<String>,

    /// Do not serve /sse and /messages, the HTTP+SSE transport of 2024-11-05 [env: GHL_MCP_NO_LEGACY_SSE]
    #[arg(long)]
    pub no_legacy_sse: bool,

    /// Who may sign in.
    #[command(flatten)]
    pub sign_in: SignInFlags,
}

/// Settings of `http`, valid.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// Host names, in addition to loopback names.
    pub allowed_hosts: Vec<String>,
    /// Origins of web pages that may read responses.
    pub allowed_origins: Vec<String>,
    /// Whether the HTTP+SSE transport of 2024-11-05 is served.
    pub legacy_sse: bool,
    /// The tokens of clients. If there are none, and no one may sign in, each client on this machine is served.
    pub tokens: Vec<ClientToken>,
    /// Whose tokens of which authorization servers are accepted, if any.
    pub sign_in: Option<SignInConfig>,
    /// The SHA-256 of the token for `/metrics`, if there are accounts.
    pub metrics_token: Option<[u8; 32]>,
}

/// The bearer token of a client.
#[derive(Debug, Clone)]
pub struct ClientToken {
    /// Its SHA-256.
    pub hash: [u8; 32],
    /// The account of the client, by its index in the accounts file; none without such a file.
    pub account: Option<usize>,
}

impl HttpConfig {
    /// The address that `http` listens on, and where it is set.
    ///
    /// # Errors
    /// The setting, if it is not an address.
    pub fn listen_address(
        flag: Option<&String>,
        environment: &dyn Environment,
    ) -> Result<(SocketAddr, Source), ConfigError> {
        let reader = SettingReader::new(environment);
        let (listen, source) = reader.value(flag, "--listen", "GHL_MCP_LISTEN");
        let listen =
            listen.map_or(Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 8787))), |text| address(&text));
        match listen {
            Some(listen) => Ok((listen, source)),
            None => Err(ConfigError::new(source.name(), "is not an address like 127.0.0.1:8787")),
        }
    }

    /// Reads the settings of `http`.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn read(
        flags: &HttpFlags,
        environment: &dyn Environment,
        config: &Config,
    ) -> Result<Self, ConfigError> {
        let reader = SettingReader::new(environment);
        let (listen, source) = Self::listen_address(flags.listen.as_ref(), environment)?;
        let list = |flag: &[String], variable: &'static str| {
            if flag.is_empty() {
                words(&environment.get(variable).unwrap_or_default())
            } else {
                flag.to_vec()
            }
        };
        let mut allowed_hosts = list(&flags.allowed_host, "GHL_MCP_ALLOWED_HOSTS");
        let allowed_origins = list(&flags.allowed_origin, "GHL_MCP_ALLOWED_ORIGINS");
        let legacy_sse =
            !reader.switch(flags.no_legacy_sse, "--no-legacy-sse", "GHL_MCP_NO_LEGACY_SSE", false)?;
        if config.accounts.is_none() && environment.is_set("GHL_ACCOUNTS") {
            return Err(ConfigError::new(
                "GHL_ACCOUNTS",
                "is set, but names no file: unset it to serve without accounts",
            ));
        }
        let sign_in = reader.sign_in(&flags.sign_in, config.accounts.as_ref())?;
        // Requests through a proxy name the public address.
        allowed_hosts.extend(sign_in.iter().map(|sign_in| sign_in.public_host.clone()));
        let reader = TokenReader { environment, config };
        let (tokens, metrics_token) = match &config.accounts {
            Some(accounts) => reader.of_accounts(accounts, sign_in.is_some())?,
            None => (reader.common()?, None),
        };
        let is_open = tokens.is_empty() && sign_in.is_none();
        if !is_loopback(listen.ip()) && (is_open || allowed_hosts.is_empty()) {
            let reason = format!(
                "{listen} can be reached from other machines: that needs a bearer token (GHL_MCP_TOKENS, \
                 GHL_MCP_TOKENS_FILE or --accounts) and --allowed-host, or --oauth-issuer and --public-url"
            );
            return Err(ConfigError::new(source.name(), reason));
        }
        Ok(Self { listen, allowed_hosts, allowed_origins, legacy_sse, tokens, sign_in, metrics_token })
    }
}

/// Reads the tokens of clients.
struct TokenReader<'a> {
    environment: &'a dyn Environment,
    config: &'a Config,
}

impl TokenReader<'_> {
    /// The tokens in `GHL_MCP_TOKENS`, and in the file that `GHL_MCP_TOKENS_FILE` names: one per line; a line
    /// that starts with `#` is a comment.
    fn common(&self) -> Result<Vec<ClientToken>, ConfigError> {
        let mut tokens = Vec::new();
        let setting = "GHL_MCP_TOKENS";
        if let Some(text) = self.environment.get(setting) {
            for word in words(&text) {
                tokens.push(ClientToken { hash: self.hash(setting, &word)?, account: None });
            }
        }
        if tokens.is_empty() && self.environment.is_set(setting) {
            return Err(ConfigError::new(setting, NO_TOKEN));
        }
        let before = tokens.len();
        let setting = "GHL_MCP_TOKENS_FILE";
        if let Some(path) = self.environment.get(setting) {
            let text = read(Path::new(path.trim())).map_err(|reason| ConfigError::new(setting, reason))?;
            for line in text.expose_secret().lines().map(str::trim) {
                if !is_unfilled(line) && !line.starts_with('#') {
                    tokens.push(ClientToken { hash: self.hash(setting, line)?, account: None });
                }
            }
            if tokens.len() == before {
                return Err(ConfigError::new(setting, "contains no token"));
            }
        } else if self.environment.is_set(setting) {
            return Err(ConfigError::new(setting, NO_TOKEN));
        }
        Ok(tokens)
    }

    fn of_accounts(
        &self,
        accounts: &AccountsFile,
        may_sign_in: bool,
    ) -> Result<(Vec<ClientToken>, Option<[u8; 32]>), ConfigError> {
        if ["GHL_MCP_TOKENS", "GHL_MCP_TOKENS_FILE"].iter().any(|name| self.environment.get(name).is_some()) {
            return Err(ConfigError::new(
                "GHL_MCP_TOKENS",
                "cannot be used with --accounts: the accounts file names the tokens",
            ));
        }
        let mut tokens: Vec<ClientToken> = Vec::new();
        for (at, account) in accounts.all.iter().enumerate() {
            let place = format!("account \"{}\"", account.name);
            if account.tokens.is_empty() && (account.people.is_empty() || !may_sign_in) {
                return Err(ConfigError::new(
                    place,
                    "has no token: give one of token_env, token_file, token_sha256, or with --oauth-issuer one of subject, \
                     email, group, client_id",
                ));
            }
            for source in &account.tokens {
                let hash = self.resolve(&place, source)?;
                if tokens.iter().any(|token| token.hash == hash) {
                    return Err(ConfigError::new(place, "has a token that is in the file twice"));
                }
                tokens.push(ClientToken { hash, account: Some(at) });
            }
        }
        let metrics = accounts.metrics.as_ref().map(|source| self.resolve("metrics", source)).transpose()?;
        Ok((tokens, metrics))
    }

    fn resolve(&self, place: &str, source: &BearerSource) -> Result<[u8; 32], ConfigError> {
        match source {
            BearerSource::Hash(hash) => Ok(*hash),
            BearerSource::Environment(name) => {
                let Some(value) = self.environment.get(name) else {
                    let reason =
                        format!("{} {}", variable("token_env", name), self.environment.missing(name));
                    return Err(ConfigError::new(place, reason));
                };
                self.hash(&variable("token_env", name), value.trim())
            }
            BearerSource::File(path) => {
                let text =
                    read(path).map_err(|reason| ConfigError::new(place, format!("token_file: {reason}")))?;
                self.hash(place, text.expose_secret().trim())
            }
        }
    }

    /// The hash of a token, if it is long enough and is not a token of HighLevel: a client of this server must not get access
    /// to the CRM itself.
    fn hash(&self, setting: &str, token: &str) -> Result<[u8; 32], ConfigError> {
        if token.len() < MIN_SECRET_BYTES || !token.bytes().all(|b| b.is_ascii_graphic() && b != b',') {
            let reason = format!(
                "a token has at least {MIN_SECRET_BYTES} visible ASCII characters, and no space or comma"
            );
            return Err(ConfigError::new(setting, reason));
        }
        let is_highlevels = |credential: &Credential| matches!(credential, Credential::Token(secret) if secret.expose_secret() == token);
        if self.config.credentials().any(is_highlevels) {
            return Err(ConfigError::new(
                setting,
                "is the token of HighLevel: clients of this server need a token of their own",
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

fn is_loopback(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests;
