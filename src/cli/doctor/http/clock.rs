//! Whether clocks agree as far as tokens need it.

use std::time::Duration;

use crate::cli::doctor::check::Check;
use crate::cli::doctor::words::time;

/// How far clocks may be apart, in seconds: as tokens are checked.
const SKEW: u64 = 60;

/// The line of the public address.
pub(crate) fn of_the_server(ahead: Option<i64>) -> Check {
    let id = "http.clock";
    let check = match apart(ahead) {
        Some(apart) => Check::warning(
            id,
            format_args!("{apart} the server's"),
            "Set the clocks of both machines by NTP: the server compares tokens with its own.",
        ),
        None => agree(id, ahead, "the server's"),
    };
    check.named("its clock").value("aheadSeconds", ahead)
}

/// The line of an authorization server.
pub(crate) fn of_the_issuer(ahead: Option<i64>) -> Check {
    let id = "http.issuer.clock";
    let check = match apart(ahead) {
        Some(apart) => Check::failed(
            id,
            format_args!("{apart} the authorization server's"),
            "Set this machine's clock by NTP: tokens that are not valid yet are accepted for 60 s, and expired ones never.",
        ),
        None => agree(id, ahead, "the authorization server's"),
    };
    check.named("issuer's clock").value("aheadSeconds", ahead)
}

/// How far this machine's clock is off; none where it is not, or where that is not known.
fn apart(ahead: Option<i64>) -> Option<String> {
    let ahead = ahead.filter(|ahead| ahead.unsigned_abs() > SKEW)?;
    let off = time(Duration::from_secs(ahead.unsigned_abs()));
    let word = if ahead > 0 { "ahead of" } else { "behind" };
    Some(format!("this machine's clock is {off} {word}"))
}

fn agree(id: &str, ahead: Option<i64>, whose: &str) -> Check {
    match ahead {
        Some(_) => Check::ok(id, format_args!("this machine's clock and {whose} agree")),
        None => Check::skipped(id, "not known: its answer has no date"),
    }
}
