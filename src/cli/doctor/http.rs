//! The lines about `http`: its settings, and what connectors meet at its address and at the authorization servers.

mod answer;
mod clock;
mod introspection;
mod issuer;
mod metadata;
mod public;
mod settings;
mod site;
mod support;
mod well_known;

use crate::cli::doctor::check::{Check, Section};
use crate::cli::doctor::http::site::Site;
use crate::config::{ConfigError, HttpConfig};

/// The lines. Each request is sent once, and none has a token of a client.
///
/// # Errors
/// A setting that cannot be used.
pub(crate) async fn section(config: &HttpConfig) -> Result<Section, ConfigError> {
    let site = Site::new(config)?;
    let mut checks = settings::checks(&site);
    let (public, reached) = public::checks(&site).await;
    checks.extend(public);
    if let Some(reached) = reached {
        checks.push(clock::of_the_server(reached.clock_ahead));
        checks.extend(metadata::checks(&site).await);
        checks.push(well_known::check(&site).await);
    } else {
        let not_asked = |id: &str| Check::skipped(id, "not asked: nothing answers at this address");
        checks.push(not_asked("http.clock").named("its clock"));
        if site.sign_in().is_some() {
            checks.push(not_asked("http.metadata.mcp").named("metadata of /mcp"));
            checks.push(not_asked("http.metadata.root").named("metadata"));
        }
        checks.push(not_asked("http.wellKnown").named("other metadata"));
    }
    if let Some(sign_in) = site.sign_in() {
        for issuer in &sign_in.issuers {
            let lines = issuer::checks(&site, sign_in, issuer).await;
            let several = sign_in.issuers.len() > 1;
            let name = |check: &Check| match issuer.url.host_str() {
                Some(host) if several => format!("{} of {host}", check.name),
                _ => check.name.clone(),
            };
            checks.extend(lines.into_iter().map(|check| {
                let name = name(&check);
                check.named(name).value("issuer", issuer.text.clone())
            }));
        }
        if let Some(introspection) = &sign_in.introspection {
            checks.push(introspection::check(&site, introspection).await);
        }
    }
    Ok(Section::new("http", format!("HTTP, {}", site.mcp()), checks))
}
