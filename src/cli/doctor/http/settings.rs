//! The settings of `http`, as they would be read.

use crate::cli::doctor::check::Check;
use crate::cli::doctor::http::site::Site;
use crate::cli::doctor::words::counted;
use crate::sign_in::Settings;

/// The lines of the settings.
#[inline(never)]
pub(crate) fn checks(site: &Site<'_>) -> Vec<Check> {
    let mut checks = vec![listen(site), hosts(site), tokens(site)];
    match site.sign_in {
        Some(on) => checks.extend([sign_in(on), resource(site, on), scopes(on)]),
        None => checks.push(
            Check::skipped(
                "http.signIn",
                "off: no --oauth-issuer; hosts that need one, like ChatGPT, cannot connect",
            )
            .named("sign-in"),
        ),
    }
    checks
}

fn listen(site: &Site<'_>) -> Check {
    let config = site.config;
    let sse = if config.legacy_sse { "/mcp, /sse and /messages" } else { "/mcp" };
    Check::ok("http.listen", format_args!("{}, with {sse}", config.listen))
        .named("listen")
        .value("address", config.listen.to_string())
        .value("legacySse", config.legacy_sse)
}

fn hosts(site: &Site<'_>) -> Check {
    let config = site.config;
    let mut hosts = vec!["names of this machine"];
    hosts.extend(config.allowed_hosts.iter().map(String::as_str));
    let mut seen = hosts.join(", ");
    if !config.allowed_origins.is_empty() {
        seen = format!("{seen}; pages of {}", config.allowed_origins.join(", "));
    }
    Check::ok("http.hosts", seen)
        .named("hosts")
        .value("hosts", config.allowed_hosts.clone())
        .value("origins", config.allowed_origins.clone())
}

fn tokens(site: &Site<'_>) -> Check {
    let count = site.config.tokens.len();
    let seen = match (count, site.sign_in) {
        (0, None) => "none: each program on this machine is served".to_owned(),
        (0, Some(_)) => "none: only people who sign in are served".to_owned(),
        (count, _) => counted(count, "static token"),
    };
    Check::ok("http.tokens", seen).named("tokens").value("count", count)
}

fn sign_in(sign_in: &Settings) -> Check {
    let issuers: Vec<_> = sign_in.issuers.iter().map(|issuer| issuer.text.clone()).collect();
    let opaque = if sign_in.introspection.is_some() { "JWTs and opaque tokens" } else { "JWTs" };
    Check::ok("http.signIn", format_args!("{opaque} of {}", issuers.join(", ")))
        .named("sign-in")
        .value("issuers", issuers)
        .value("introspection", sign_in.introspection.is_some())
}

fn resource(site: &Site<'_>, sign_in: &Settings) -> Check {
    let audiences = sign_in.resource.audiences();
    let seen = match audiences {
        [] => format!("tokens must be for {} or {}", site.root, site.mcp),
        audiences => format!("tokens must be for {} (--oauth-audience)", audiences.join(" or ")),
    };
    Check::ok("http.resource", seen)
        .named("resource")
        .value("resource", site.mcp.as_str())
        .value("audiences", audiences.to_vec())
}

fn scopes(sign_in: &Settings) -> Check {
    let (read, write) = (sign_in.scopes.read.as_str(), sign_in.scopes.write.as_str());
    Check::ok("http.scopes", format_args!("{read} to read, {write} for all"))
        .named("scopes")
        .value("read", read)
        .value("write", write)
}
