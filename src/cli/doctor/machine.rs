//! The lines about this machine: the proxy, the token store, the audit, files that others may read.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::cli::doctor::check::{Check, Section};
use crate::cli::doctor::store as shared;
use crate::cli::doctor::words::{time, with_advice};
use crate::cli::fleet;
use crate::config::{Config, ProcessEnvironment, Source, proxies, readable_files};
use crate::ghl::auth::{Credential, OAuth, StoreError, UserType};
use crate::ghl::{Clock as _, SystemClock};

/// The lines. `reached` is false where no connection to HighLevel was made.
pub(crate) async fn section(config: &Config, reached: bool) -> Section {
    let mut checks = vec![proxy(config, reached)];
    checks.extend(stores(config).await);
    checks.extend(shared::check(config).await);
    checks.push(audit(config));
    checks.extend(readable());
    Section::new("machine", "This machine", checks)
}

fn proxy(config: &Config, reached: bool) -> Check {
    let id = "proxy";
    let found = proxies(config.base_url.scheme(), &ProcessEnvironment);
    let names: Vec<_> = found.iter().map(|proxy| proxy.variable).collect();
    let list = found.iter().map(|proxy| match &proxy.host {
        Some(host) => format!("{} ({host})", proxy.variable),
        None => proxy.variable.to_owned(),
    });
    let list = list.collect::<Vec<_>>().join(", ");
    let check = if found.is_empty() {
        Check::ok(id, "none is set; this program connects directly")
    } else if reached {
        Check::ok(id, format!("{list} is set; this program does not use it and connects directly"))
    } else {
        let host = config.base_url.host_str().unwrap_or_default();
        let port = config.base_url.port_or_known_default().unwrap_or_default();
        Check::warning(
            id,
            format!("{list} is set, but this program uses no proxy and connects directly"),
            format!(
                "If this network allows connections by the proxy only, let this program connect to {host}:{port} directly."
            ),
        )
    };
    check.value("variables", names)
}

/// One line for each token store.
async fn stores(config: &Config) -> Vec<Check> {
    let mut seen = BTreeSet::new();
    let mut checks = Vec::new();
    for credential in config.credentials() {
        if let Credential::OAuth(oauth) = credential
            && seen.insert(Arc::as_ptr(oauth))
        {
            checks.push(store(config, oauth).await);
        }
    }
    if checks.is_empty() {
        let text = match &config.oauth {
            Ok(Some(_)) => "not used: a token is set, which has precedence over the app",
            _ => "none: no app is used",
        };
        checks.push(Check::skipped("tokenStore", text));
    }
    checks.into_iter().map(|check| check.named("token store")).collect()
}

async fn store(config: &Config, oauth: &OAuth) -> Check {
    let id = "tokenStore";
    let path = fleet::place(config, oauth);
    let grant = match oauth.stored(SystemClock::default().wall()).await {
        Ok(grant) => grant,
        Err(error @ StoreError::Shared(_)) => {
            return Check::failed(id, format!("{path}: the token store {error}"), "See the line `store`.");
        }
        Err(error) => {
            let seen = format!("{path}: the token store {error}");
            return match with_advice(&seen) {
                Some((seen, todo)) => Check::failed(id, seen, todo),
                None => Check::failed(
                    id,
                    seen,
                    "Check the file and its folder, or name another by --token-store.",
                ),
            };
        }
    };
    let whose = match (grant.user_type, &grant.location, &grant.company) {
        (UserType::Location, Some(location), _) => format!("tokens of the location {location}"),
        (UserType::Location, None, _) => "tokens of a location".to_owned(),
        (UserType::Company, _, Some(company)) => format!("tokens of the agency {company}"),
        (UserType::Company, ..) => "tokens of an agency".to_owned(),
    };
    let life = if grant.left.is_zero() {
        "the access token has ended".to_owned()
    } else {
        format!("the access token is valid for {}", time(grant.left))
    };
    let seen = format!("{path}: {whose}; {life}");
    let of_another = match (&grant.location, &config.location, grant.user_type) {
        (Some(stored), Some(set), UserType::Location) => config.accounts.is_none() && stored != set.as_str(),
        _ => false,
    };
    let check = if of_another {
        Check::warning(
            id,
            seen,
            "Set GHL_LOCATION_ID to this location, or run `ghl-contacts-mcp login` for the other.",
        )
    } else if grant.can_be_renewed {
        Check::ok(id, format!("{seen}; it is renewed when needed"))
    } else {
        Check::warning(id, format!("{seen}, and cannot be renewed"), "Run `ghl-contacts-mcp login`.")
    };
    check.value("leftSeconds", grant.left.as_secs()).value("canBeRenewed", grant.can_be_renewed)
}

fn audit(config: &Config) -> Check {
    let source =
        config.given.iter().find(|given| given.setting == "audit-key-file").map(|given| &given.source);
    match source {
        Some(source) if config.audit_key.is_some() => {
            let from = match source {
                Source::Environment(name @ "GHL_AUDIT_KEY") => format!("from {name}"),
                source => format!("from the file that {source} names"),
            };
            Check::ok(
                "audit",
                format!("the log's hashes of e-mails stay the same after a restart; the key is {from}"),
            )
        }
        _ => Check::ok(
            "audit",
            "the log's hashes of e-mails change at each start; --audit-key-file keeps them the same",
        ),
    }
}

fn readable() -> Option<Check> {
    let files: Vec<_> = readable_files().iter().map(|path| path.display().to_string()).collect();
    let list = files.join(", ");
    (!files.is_empty()).then(|| {
        Check::warning(
            "files",
            format!("others on this machine may read {list}"),
            format!("Run `chmod 600 {list}`."),
        )
    })
}
