//! The lines about the quota: what HighLevel's headers say is left.

use crate::cli::doctor::check::Check;
use crate::cli::doctor::target::Found;
use crate::cli::doctor::words::{failure, number, time};
use crate::ghl::{Error, Kind};

/// Less than one in this many left is worth a warning.
const FEW: u64 = 10;

/// The lines of the window and of the day.
pub(crate) fn checks(found: &Found, first: Option<&Error>) -> [Check; 2] {
    [window(found, first), day(found, first)]
}

fn window(found: &Found, first: Option<&Error>) -> Check {
    let id = "quota.window";
    let check = match (found.told, first.map(Error::kind)) {
        (_, Some(Kind::RateLimited)) => {
            let (seen, todo) = first.map(failure).unwrap_or_default();
            Check::failed(id, seen, format!("{todo} Others use the same token or account now."))
        }
        (Some(told), _) => match (told.window_left, told.window_max) {
            (Some(left), Some(max)) => {
                let window = told.window.map_or_else(|| "a short window".to_owned(), time);
                let seen = format!("{left} of {max} requests left in {window}");
                let check = if u64::from(left) * FEW < u64::from(max) {
                    Check::warning(
                        id,
                        seen,
                        "Others use the same quota now: calls wait until the next window.",
                    )
                } else {
                    Check::ok(id, seen)
                };
                check.value("left", left).value("max", max)
            }
            _ => Check::skipped(id, "HighLevel's answers did not say it"),
        },
        (None, _) => Check::skipped(id, "not known: no answer came"),
    };
    check.named("quota of the window")
}

fn day(found: &Found, first: Option<&Error>) -> Check {
    let id = "quota.day";
    let told = found.told.unwrap_or_default();
    let resets = told.day_resets_in.map_or_else(String::new, |left| format!("; resets in {}", time(left)));
    let check = match (told.day_left, told.day_max) {
        (Some(0), _) => Check::failed(
            id,
            format!("nothing is left for today{resets}"),
            "Wait, or use less: every process and every other app with this token or account counts.",
        ),
        _ if first.is_some_and(|error| *error.kind() == Kind::DailyLimit) => {
            let (seen, todo) = first.map(failure).unwrap_or_default();
            Check::failed(id, seen, todo)
        }
        (Some(left), max) => {
            let of = max.map_or_else(String::new, |max| format!(" of {}", number(max)));
            let seen = format!("{}{of} left{resets}", number(left));
            let few = max.map_or(left < 1000, |max| left.saturating_mul(FEW) < max);
            let check = if few {
                Check::warning(
                    id,
                    seen,
                    "Nearly used up. Every process and every other app with this token or account counts.",
                )
            } else {
                Check::ok(id, seen)
            };
            check.value("left", left)
        }
        (None, _) if found.told.is_some() => Check::skipped(id, "HighLevel's answers did not say it"),
        (None, _) => Check::skipped(id, "not known: no answer came"),
    };
    check
        .named("quota of the day")
        .value("max", told.day_max)
        .value("resetsInSeconds", told.day_resets_in.map(|left| left.as_secs()))
}

#[cfg(test)]
mod tests {
    use crate::cli::doctor::check::State;
    use crate::contacts::CheckUp;
    use crate::ghl::Told;

    use super::*;

    #[test]
    fn a_tenth_that_is_left_is_a_warning_and_nothing_a_failure() {
        for (left, max, state) in [
            (200_000, Some(200_000), State::Ok),
            (20_000, Some(200_000), State::Ok),
            (19_999, Some(200_000), State::Warning),
            (1, Some(200_000), State::Warning),
            (0, Some(200_000), State::Failed),
            (1000, None, State::Ok),
            (999, None, State::Warning),
            (0, None, State::Failed),
        ] {
            let told = Some(Told { day_left: Some(left), day_max: max, ..Told::default() });
            let found = Found { checked: CheckUp::default(), told, requests: 0 };
            assert_eq!(day(&found, None).state, state, "{left} of {max:?}");
        }
    }
}
