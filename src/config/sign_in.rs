//! Settings of the sign-in: the authorization servers whose tokens `http` accepts, and for whom.

use clap::Args;

use crate::config::accounts::{Account, AccountsFile};
use crate::config::address;
use crate::config::environment::SettingReader;
use crate::config::error::ConfigError;
use crate::config::unfilled::{NEVER_FILLED_IN, is_placeholder, is_unfilled};
use crate::config::value::{token_text, words};
use crate::sign_in::{Introspection, IssuerUrl, Resource, ScopeNames, Settings};

const CLIENT_ID: &str = "GHL_MCP_OAUTH_CLIENT_ID";
const CLIENT_SECRET: &str = "GHL_MCP_OAUTH_CLIENT_SECRET";
const CLIENT_SECRET_FILE: &str = "GHL_MCP_OAUTH_CLIENT_SECRET_FILE";

/// Flags of the sign-in.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::doc_markdown, reason = "clap prints these lines as they stand")]
pub struct SignInFlags {
    /// An authorization server whose tokens are accepted, beside static ones, written as its tokens name it; may be
    /// repeated [env: GHL_MCP_OAUTH_ISSUER]
    #[arg(long, value_name = "URL")]
    pub oauth_issuer: Vec<String>,

    /// The address that clients use for this server; tokens must be issued for it [env: GHL_MCP_PUBLIC_URL]
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,

    /// What tokens must be issued for, if not for the public URL; may be repeated [env: GHL_MCP_OAUTH_AUDIENCE]
    #[arg(long, value_name = "TEXT")]
    pub oauth_audience: Vec<String>,

    /// The names of the scopes, as read=NAME,write=NAME [env: GHL_MCP_OAUTH_SCOPES]
    /// [default: read=contacts:read,write=contacts:write]
    #[arg(long, value_name = "NAMES")]
    pub oauth_scopes: Option<String>,

    /// Where tokens that are no JWTs are asked about, with GHL_MCP_OAUTH_CLIENT_ID and GHL_MCP_OAUTH_CLIENT_SECRET (or
    /// GHL_MCP_OAUTH_CLIENT_SECRET_FILE) [env: GHL_MCP_OAUTH_INTROSPECTION]
    #[arg(long, value_name = "URL")]
    pub oauth_introspection: Option<String>,
}

/// Settings of the sign-in, valid. The rules for people are in the accounts.
#[derive(Debug, Clone)]
pub struct SignInConfig {
    /// Which tokens are accepted.
    pub settings: Settings,
    /// The host of the public address.
    pub public_host: String,
}

impl SettingReader<'_> {
    /// The sign-in, if there is an issuer.
    pub(crate) fn sign_in(
        &self,
        flags: &SignInFlags,
        accounts: Option<&AccountsFile>,
    ) -> Result<Option<SignInConfig>, ConfigError> {
        let issuers = self.issuers(&flags.oauth_issuer)?;
        let public_url = self.text(flags.public_url.as_ref(), "--public-url", "GHL_MCP_PUBLIC_URL");
        let audiences = self.list(&flags.oauth_audience, "--oauth-audience", "GHL_MCP_OAUTH_AUDIENCE")?;
        let scopes = self.text(flags.oauth_scopes.as_ref(), "--oauth-scopes", "GHL_MCP_OAUTH_SCOPES");
        let introspection = self.introspection(flags, &issuers)?;
        let (audiences, audiences_by) = audiences.unzip();
        if issuers.is_empty() {
            let by = |given: &Option<(String, &'static str)>| given.as_ref().map(|(_, setting)| *setting);
            let given = by(&public_url).or(audiences_by).or(by(&scopes));
            return match given.or(introspection.map(|_| "--oauth-introspection")) {
                Some(setting) => Err(without_issuer(setting)),
                None => no_people(accounts).map(|()| None),
            };
        }
        let Some((public_url, setting)) = public_url else {
            let reason = "needs --public-url: the address that clients use for this server, like https://crm.example.com";
            return Err(ConfigError::new("--oauth-issuer", reason));
        };
        let public_url = address::parse(&public_url).map_err(|reason| ConfigError::new(setting, reason))?;
        let scopes = match scopes {
            Some((names, setting)) => {
                ScopeNames::parse(&names).map_err(|reason| ConfigError::new(setting, reason))?
            }
            None => ScopeNames::default(),
        };
        check_people(&issuers, accounts)?;
        let public_host = public_url.host_str().unwrap_or_default().to_owned();
        let resource = Resource::new(&public_url, audiences.unwrap_or_default());
        let settings = Settings { issuers, resource, scopes, introspection };
        Ok(Some(SignInConfig { settings, public_host }))
    }

    /// The value of a flag or else of a variable, and the name of that.
    fn text(
        &self,
        flag: Option<&String>,
        name: &'static str,
        variable: &'static str,
    ) -> Option<(String, &'static str)> {
        let (value, source) = self.value(flag, name, variable);
        value.map(|value| (value, source.name()))
    }

    /// The same of several values. A list that is given is not empty: a command that failed may have made it.
    fn list(
        &self,
        flags: &[String],
        name: &'static str,
        variable: &'static str,
    ) -> Result<Option<(Vec<String>, &'static str)>, ConfigError> {
        let (list, setting): (Vec<_>, _) = if !flags.is_empty() {
            (flags.iter().map(|text| text.trim().to_owned()).collect(), name)
        } else if self.environment.is_set(variable) {
            (words(&self.environment.get(variable).unwrap_or_default()), variable)
        } else {
            return Ok(None);
        };
        if list.is_empty() || list.iter().any(|text| is_placeholder(text)) {
            return Err(ConfigError::new(setting, NEVER_FILLED_IN));
        }
        Ok(Some((list, setting)))
    }

    fn issuers(&self, flags: &[String]) -> Result<Vec<IssuerUrl>, ConfigError> {
        let mut issuers: Vec<IssuerUrl> = Vec::new();
        let Some((list, setting)) = self.list(flags, "--oauth-issuer", "GHL_MCP_OAUTH_ISSUER")? else {
            return Ok(issuers);
        };
        for text in list {
            let url = address::parse(&text).map_err(|reason| {
                ConfigError::new(setting, reason.replace("send the token", "fetch keys"))
            })?;
            if issuers.iter().any(|known| known.text == text) {
                return Err(ConfigError::new(setting, format!("names {url} twice")));
            }
            issuers.push(IssuerUrl { text, url });
        }
        Ok(issuers)
    }

    /// The introspection endpoint, with the account of this server there. All of them are set, or none.
    fn introspection(
        &self,
        flags: &SignInFlags,
        issuers: &[IssuerUrl],
    ) -> Result<Option<Introspection>, ConfigError> {
        let endpoint = self.text(
            flags.oauth_introspection.as_ref(),
            "--oauth-introspection",
            "GHL_MCP_OAUTH_INTROSPECTION",
        );
        let id = self.environment.get(CLIENT_ID).filter(|id| !is_unfilled(id));
        let secret = self.secret(CLIENT_SECRET, CLIENT_SECRET_FILE)?;
        let ((endpoint, setting), id, client_secret) = match (endpoint, id, secret) {
            (None, None, None) => return Ok(None),
            (Some(endpoint), Some(id), Some(secret)) => (endpoint, id, secret),
            (endpoint, id, _) => {
                let missing = match (endpoint, id) {
                    (None, _) => "--oauth-introspection",
                    (_, None) => CLIENT_ID,
                    _ => CLIENT_SECRET,
                };
                let reason = format!(
                    "is not set, and introspection needs all of --oauth-introspection, {CLIENT_ID} and {CLIENT_SECRET} \
                     (or {CLIENT_SECRET_FILE})"
                );
                return Err(ConfigError::new(missing, reason));
            }
        };
        if issuers.len() > 1 {
            let reason = "needs one --oauth-issuer: a token that is no JWT does not say which one it is of";
            return Err(ConfigError::new(setting, reason));
        }
        let endpoint = address::parse(&endpoint).map_err(|reason| ConfigError::new(setting, reason))?;
        Ok(Some(Introspection { endpoint, client_id: token_text(CLIENT_ID, &id)?, client_secret }))
    }
}

/// Without an issuer no account may be for people: they could not sign in.
fn no_people(accounts: Option<&AccountsFile>) -> Result<(), ConfigError> {
    let for_people = |account: &&Account| !account.people.is_empty();
    match accounts.into_iter().flat_map(|accounts| &accounts.all).find(for_people) {
        None => Ok(()),
        Some(account) => Err(ConfigError::new(
            format!("account \"{}\"", account.name),
            "is for people who sign in, but there is no --oauth-issuer",
        )),
    }
}

fn without_issuer(setting: &str) -> ConfigError {
    ConfigError::new(setting, "is set, but --oauth-issuer is not: set it, or unset this")
}

/// Checks that the accounts tell people apart as far as that can be seen now.
fn check_people(issuers: &[IssuerUrl], accounts: Option<&AccountsFile>) -> Result<(), ConfigError> {
    let Some(accounts) = accounts else { return Ok(()) };
    let place = |name: &str| format!("account \"{name}\"");
    for (at, account) in accounts.all.iter().enumerate() {
        let is_unknown = |name: &&String| !issuers.iter().any(|issuer| issuer.text == **name);
        if let Some(unknown) = account.people.issuers.iter().find(is_unknown) {
            let reason = format!("issuer \"{unknown}\" is not one of --oauth-issuer, to the letter");
            return Err(ConfigError::new(place(&account.name), reason));
        }
        let others = accounts.all.iter().skip(at + 1);
        if let Some(other) = others.into_iter().find(|other| other.people.overlaps(&account.people)) {
            let reason = format!("is for the same person as account \"{}\"", other.name);
            return Err(ConfigError::new(place(&account.name), reason));
        }
    }
    if accounts.all.iter().all(|account| account.people.is_empty()) {
        let reason = "needs an account with subject, email, group or client_id: the accounts file has none";
        return Err(ConfigError::new("--oauth-issuer", reason));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
