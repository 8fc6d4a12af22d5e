//! Whether a stored value of a standard field and a wanted one are the same to HighLevel.

use crate::contacts::value::date;
use crate::ghl::model::{Field, same_email, same_phone};

/// E-mails are compared without case, phones by digits, dates by day, and a name word by word.
pub(crate) fn same(field: Field, stored: &str, wanted: &str) -> bool {
    match field {
        Field::Email => same_email(stored, wanted),
        Field::Phone => same_phone(stored, wanted),
        Field::Country | Field::Gender => stored.trim().eq_ignore_ascii_case(wanted.trim()),
        Field::DateOfBirth => date::day_of(stored) == date::day_of(wanted),
        Field::Name => stored.split_whitespace().eq(wanted.split_whitespace()),
        _ => stored.trim() == wanted.trim(),
    }
}
