//! The lines about one location: the connection, the token, its scopes, the location's settings and the quota.

use std::time::Duration;

use crate::cli::doctor::check::{Check, Section};
use crate::cli::doctor::quota;
use crate::cli::doctor::scopes;
use crate::cli::doctor::target::{Found, Target};
use crate::cli::doctor::token;
use crate::cli::doctor::words::{failure, time};
use crate::config::Config;
use crate::contacts::value::country::Country;
use crate::ghl::model::Location;
use crate::ghl::{Dialect, Error, Kind};

/// A clock that is further off than this many seconds is wrong.
const SKEW: u64 = 60;

/// The lines about `target`.
pub(crate) fn section(target: &Target, found: &Found, config: &Config) -> Section {
    let checked = &found.checked;
    let first = checked.location.as_ref().and_then(|first| first.as_ref().err());
    let mut checks = vec![connection(target, found, first), clock(found), token::check(target, checked)];
    checks.extend(scopes::checks(target, checked));
    let location = checked.location.as_ref().and_then(|location| location.as_ref().ok());
    checks.push(about(target, location, first, config.country.is_some()));
    checks.push(duplicates(location, config.native_upsert));
    checks.extend(quota::checks(found, first));
    checks.push(dialect(found, config.dialect.is_some()));
    let id = target.location.as_ref().map(ToString::to_string);
    let mut title = format!("HighLevel, location {}", id.as_deref().unwrap_or("not set"));
    if let Some(label) = &target.label {
        title = format!("{title} ({label})");
    }
    Section { location: id, ..Section::new("highlevel", title, checks) }
}

fn connection(target: &Target, found: &Found, first: Option<&Error>) -> Check {
    let id = "connection";
    let url = &target.base_url;
    let host = url.host_str().unwrap_or_default();
    let plain = url.scheme() == "http";
    let check = match first.map(|error| (error, error.kind())) {
        Some((_, Kind::NotConfigured(_))) => {
            Check::skipped(id, "nothing is sent without a token and a location")
        }
        Some((_, Kind::Authorization(_) | Kind::TokensAway)) if found.told.is_none() => {
            Check::skipped(id, "nothing was sent: there is no access token to send")
        }
        Some((error, Kind::Lost)) => Check::failed(
            id,
            failure(error).0,
            format!(
                "Run doctor again; if it stays so, a firewall or a proxy cuts the connections to {host}."
            ),
        ),
        Some((error, Kind::Unreachable | Kind::Tls | Kind::Blocked | Kind::Redirected)) => {
            let (seen, todo) = failure(error);
            Check::failed(id, seen, todo)
        }
        Some((error, Kind::Unavailable)) if !found.checked.has_an_answer() => {
            let (seen, todo) = failure(error);
            Check::failed(
                id,
                seen,
                format!("{todo} If every line fails so, what answers at {host} is not HighLevel."),
            )
        }
        _ if no_route_answers(found) => Check::failed(
            id,
            format!("{host} answers, but knows none of HighLevel's paths (HTTP 404)"),
            "Check the API address (--base-url, GHL_BASE_URL); without one it is https://services.leadconnectorhq.com.",
        ),
        _ if plain => Check::ok(id, format!("{host} answers, over plain HTTP on this machine")),
        _ => Check::ok(id, format!("{host} answers over TLS; its certificate is valid")),
    };
    check.value("host", host).value("tls", !plain)
}

/// Whether this is another server's address: it has no route of HighLevel's.
fn no_route_answers(found: &Found) -> bool {
    let checked = &found.checked;
    let missing = |error: Option<&Error>| error.is_some_and(Error::is_route_missing);
    missing(checked.location.as_ref().and_then(|probe| probe.as_ref().err()))
        && missing(checked.contacts.as_ref().and_then(|probe| probe.as_ref().err()))
        && missing(checked.custom_fields.as_ref().and_then(|probe| probe.as_ref().err()))
}

fn clock(found: &Found) -> Check {
    let id = "clock";
    let Some(ahead) = found.told.and_then(|told| told.clock_ahead) else {
        return Check::skipped(id, "not known: no answer with a date came");
    };
    let off = ahead.unsigned_abs();
    let check = if off <= SKEW {
        Check::ok(id, "this machine's clock and HighLevel's agree")
    } else {
        let off = time(Duration::from_secs(off));
        let word = if ahead > 0 { "ahead of" } else { "behind" };
        Check::warning(
            id,
            format!("this machine's clock is {off} {word} HighLevel's"),
            "Set this machine's clock, by NTP: OAuth tokens seem to end too early or too late, and so do certificates.",
        )
    };
    check.value("aheadSeconds", ahead)
}

fn about(target: &Target, location: Option<&Location>, first: Option<&Error>, country_set: bool) -> Check {
    let id = "location";
    let Some(location) = location else { return unread(target, first) };
    let name = location.name.as_deref().unwrap_or("without a name");
    let zone = location.timezone.as_deref().unwrap_or("without a time zone");
    let country = location.country.as_deref();
    let seen = format!("{name}, {}, {zone}", country.unwrap_or("without a country"));
    let check = match country {
        _ if !location.unreadable_values().is_empty() => Check::warning(
            id,
            format!(
                "{seen}; HighLevel answered in another form than it documents: {}",
                location.unreadable_values().join(", ")
            ),
            "Run doctor again; if it stays so, tell the makers of this server.",
        ),
        _ if country_set => Check::ok(id, seen),
        Some(code) if Country::parse(code).is_some() => Check::ok(id, seen),
        _ => Check::warning(
            id,
            seen,
            "Set the country in HighLevel (Settings > Business Profile) or by --country: a phone number without a country code is refused without it.",
        ),
    };
    check
        .value("name", location.name.clone())
        .value("country", location.country.clone())
        .value("timeZone", location.timezone.clone())
}

fn unread(target: &Target, first: Option<&Error>) -> Check {
    let id = "location";
    let asked = target.location.as_ref().map(ToString::to_string).unwrap_or_default();
    let Some(error) = first else { return Check::skipped(id, "not asked") };
    match error.kind() {
        Kind::WrongLocation => {
            let (seen, todo) = failure(error);
            Check::failed(id, seen, todo)
        }
        // HighLevel names the location as missing, in one form or another.
        _ if error.upstream().is_some_and(says_no_location) => Check::failed(
            id,
            format!("HighLevel knows no location {asked}: {error}"),
            "Copy the id out of the address of the sub-account's dashboard (/location/<id>/) into GHL_LOCATION_ID.",
        ),
        Kind::Mismatch { .. } => {
            let (seen, todo) = failure(error);
            Check::failed(id, seen, todo)
        }
        Kind::ScopeMissing => {
            Check::skipped(id, "name, country and time zone need the scope locations.readonly")
        }
        _ => Check::skipped(id, "not known: see the lines above"),
    }
}

fn says_no_location(words: &str) -> bool {
    let words = words.to_lowercase();
    words.contains("location") && words.contains("not found") && !words.contains("cannot ")
}

fn duplicates(location: Option<&Location>, native: bool) -> Check {
    let id = "duplicates";
    let Some(location) = location else { return Check::skipped(id, "the duplicate policy is not known") };
    let (email, phone) = (location.identifies_by("email"), location.identifies_by("phone"));
    let check = if location.allows_duplicates() {
        let meaning = if native {
            "HighLevel chooses which of them an upsert changes"
        } else {
            "an upsert that finds several changes none and names them"
        };
        Check::warning(
            id,
            format!("allowed: several contacts may have one e-mail or phone; {meaning}"),
            "To have each person once, turn Allow Duplicate Contact off in HighLevel (Settings > Business Profile).",
        )
    } else {
        let (by, other) = match (email, phone) {
            (true, false) => ("e-mail", Some("phone")),
            (false, true) => ("phone", Some("e-mail")),
            _ if location.phone_comes_first() => ("phone, then e-mail", None),
            _ => ("e-mail, then phone", None),
        };
        let seen = format!(
            "not allowed: an upsert changes the contact found by {by}, and creates one only where none is found"
        );
        match other {
            None => Check::ok(id, seen),
            Some(key) => Check::warning(
                id,
                format!(
                    "{seen}. Two contacts may have one {key}: HighLevel does not tell contacts apart by it"
                ),
                format!(
                    "Add {key} to the contact deduplication preferences in HighLevel (Settings > Business Profile)."
                ),
            ),
        }
    };
    check.value("allowed", location.allows_duplicates()).value("byEmail", email).value("byPhone", phone)
}

fn dialect(found: &Found, fixed: bool) -> Check {
    let id = "dialect";
    let how = if fixed { "set by --dialect" } else { "detected" };
    match &found.checked.contacts {
        Some(Ok(Dialect::Current)) => {
            Check::ok(id, format!("current: HighLevel's API of 2021-07-28 ({how})"))
                .value("dialect", "current")
        }
        Some(Ok(Dialect::Recipe)) => Check::warning(
            id,
            format!("recipe: the API of the recipes article, which is no HighLevel of today ({how})"),
            "Check the API address: with HighLevel's own this does not happen.",
        )
        .value("dialect", "recipe"),
        _ => Check::skipped(id, "not known: no lookup was answered"),
    }
}
