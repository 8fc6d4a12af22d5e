//! Whether clocks agree as far as tokens need it.

use std::time::Duration;

use crate::cli::doctor::check::Check;
use crate::cli::doctor::words::time;

/// How far clocks may be apart, in seconds: as tokens are checked.
const SKEW: u64 = 60;

/// The line of the public address.
pub(crate) fn of_the_server(ahead: Option<i64>) -> Check {
    let id = "http.clock";
    match ahead {
        Some(ahead) if ahead.unsigned_abs() > SKEW => Check::warning(
            id,
            apart(ahead, "the server's"),
            "Set the clocks of both machines by NTP: the server compares tokens with its own.",
        ),
        Some(_) => Check::ok(id, "this machine's clock and the server's agree"),
        None => Check::skipped(id, "not known: its answer has no date"),
    }
    .named("its clock")
    .value("aheadSeconds", ahead)
}

/// The line of an authorization server.
pub(crate) fn of_the_issuer(ahead: Option<i64>) -> Check {
    let id = "http.issuer.clock";
    match ahead {
        Some(ahead) if ahead.unsigned_abs() > SKEW => Check::failed(
            id,
            apart(ahead, "the authorization server's"),
            "Set this machine's clock by NTP: tokens that are not valid yet are accepted for 60 s, and expired ones never.",
        ),
        Some(_) => Check::ok(id, "this machine's clock and the authorization server's agree"),
        None => Check::skipped(id, "not known: its answer has no date"),
    }
    .named("issuer's clock")
    .value("aheadSeconds", ahead)
}

fn apart(ahead: i64, whose: &str) -> String {
    let off = time(Duration::from_secs(ahead.unsigned_abs()));
    let word = if ahead > 0 { "ahead of" } else { "behind" };
    format!("this machine's clock is {off} {word} {whose}")
}
