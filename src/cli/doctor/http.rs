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
use crate::cli::doctor::http::site::{Asker, Site};
use crate::config::{ConfigError, HttpConfig};
use crate::ghl::wire::HttpResponse;

/// The lines. Each request is sent once, and none has a token of a client. It is sent here or in `well_known`; the other
/// files judge the answers. They are not inlined: within the state machine of this function they take twice the space.
///
/// # Errors
/// A setting that cannot be used.
pub(crate) async fn section(config: &HttpConfig) -> Result<Section, ConfigError> {
    let site = Site::new(config)?;
    let mut checks = settings::checks(&site);
    let first = site.ask(&site.mcp, Asker::Client).await;
    checks.push(public::check(&site, &first));
    match first {
        Ok(seen) => checks.extend(reached(&site, &seen).await),
        Err(_) => checks.extend(not_asked(&site)),
    }
    if let Some(sign_in) = site.sign_in {
        for issuer in &sign_in.issuers {
            let found = site.probe.issuer(issuer).await;
            checks.extend(issuer::checks(sign_in, issuer, &found));
        }
        if let Some(introspection) = &sign_in.introspection {
            let answer = site.probe.introspection(introspection).await;
            checks.push(introspection::check(introspection, answer));
        }
    }
    Ok(Section::new("http", format_args!("HTTP, {}", site.mcp), checks))
}

/// The other lines of an address at which `first` was answered.
async fn reached(site: &Site<'_>, first: &HttpResponse) -> Vec<Check> {
    let ahead = site.probe.clock_ahead(&first.headers);
    let health = site.ask(&format!("{}/healthz", site.root), Asker::Program).await;
    let mut checks = vec![public::health(&health), clock::of_the_server(ahead)];
    for document in metadata::documents(site) {
        let answer = site.ask(document.address, Asker::Page).await;
        checks.push(metadata::check(site, &document, &answer));
    }
    checks.push(well_known::check(site).await);
    checks
}

/// The same lines where nothing answers.
fn not_asked(site: &Site<'_>) -> Vec<Check> {
    let mut lines = vec![("http.clock", "its clock")];
    lines.extend(metadata::documents(site).iter().map(|document| (document.id, document.name)));
    lines.push(("http.wellKnown", "other metadata"));
    let not_asked = "not asked: nothing answers at this address";
    lines.into_iter().map(|(id, name)| Check::skipped(id, not_asked).named(name)).collect()
}
