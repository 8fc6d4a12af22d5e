//! Whether a stored value of a standard field and a wanted one are the same to HighLevel.

use crate::contacts::value::country::Country;
use crate::contacts::value::date;
use crate::contacts::value::phone::Phone;
use crate::ghl::model::{Field, same_email, same_phone, same_text};

/// E-mails are compared without case, dates by day, and a name word by word. A stored phone without a country code is read
/// in these countries.
pub(crate) fn same(field: Field, stored: &str, wanted: &str, countries: &[Country]) -> bool {
    match field {
        Field::Email => same_email(stored, wanted),
        Field::Phone => Phone::parse(wanted, None).map_or_else(
            |_| same_phone(stored, wanted),
            |wanted| wanted.is_written_as(stored, countries.iter().copied()),
        ),
        Field::Country => match (Country::parse(stored), Country::parse(wanted)) {
            (Some(stored), Some(wanted)) => stored == wanted,
            _ => stored.trim().eq_ignore_ascii_case(wanted.trim()),
        },
        Field::Gender => stored.trim().eq_ignore_ascii_case(wanted.trim()),
        Field::DateOfBirth => date::day_of(stored) == date::day_of(wanted),
        Field::Name => stored.split_whitespace().eq(wanted.split_whitespace()),
        _ => same_text(stored, wanted),
    }
}
