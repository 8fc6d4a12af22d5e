//! When a stored value and a wanted one are the same.

use crate::contacts::value::phone::{same_email, same_phone};
use crate::ghl::model::Field;

/// Equal as HighLevel stores it: e-mails and tags without case, phones by digits, dates as dates.
pub(crate) fn same(field: Field, stored: &str, wanted: &str) -> bool {
    match field {
        Field::Email => same_email(stored, wanted),
        Field::Phone => same_phone(stored, wanted),
        Field::Country | Field::Gender => stored.trim().eq_ignore_ascii_case(wanted.trim()),
        Field::DateOfBirth => date_part(stored) == date_part(wanted),
        Field::Name => words(stored) == words(wanted),
        _ => stored.trim() == wanted.trim(),
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// `1990-09-25` of a date, a date-time, or milliseconds since 1970 (as the search answers it).
fn date_part(text: &str) -> String {
    if let Ok(ms) = text.trim().parse::<i64>()
        && let Ok(time) = jiff::Timestamp::from_millisecond(ms)
    {
        return time.to_string().chars().take(10).collect();
    }
    text.trim().chars().take(10).collect()
}
