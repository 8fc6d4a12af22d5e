//! Whether a stored value of a standard field and a wanted one are the same to HighLevel.

use crate::contacts::fields::Definitions;
use crate::contacts::value::country::Country;
use crate::contacts::value::phone::Phone;
use crate::contacts::value::text::is_short_form;
use crate::contacts::value::{date, zone};
use crate::ghl::model::text::clean_line;
use crate::ghl::model::{CustomFieldWrite, DataType, Field, FieldValue, same_email, same_phone, same_text};

/// E-mails are compared without case, dates by day, and a name word by word. A stored phone without a country code is read
/// in these countries. What an answer shows of a stored value is the same value: it is sent back by a caller who changes
/// another field.
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
        Field::Gender => same_text(&stored.to_lowercase(), &wanted.to_lowercase()),
        Field::Timezone => same_text(stored, wanted) || zone::name(stored).is_ok_and(|zone| zone == wanted),
        Field::DateOfBirth => date::day_of(stored) == date::day_of(wanted),
        Field::Name => clean_line(stored).split_whitespace().eq(clean_line(wanted).split_whitespace()),
        // An answer shows it on one line.
        Field::CompanyName => clean_line(stored).trim() == clean_line(wanted).trim(),
        _ => same_text(stored, wanted) || is_short_form(wanted, stored),
    }
}

/// Whether a stored value of a custom field and a wanted one are the same. A stored phone without a country code is read
/// in these countries.
pub(crate) fn same_custom(
    definitions: &Definitions,
    wanted: &CustomFieldWrite,
    stored: &FieldValue,
    countries: &[Country],
) -> bool {
    let is_phone = definitions.by_id(&wanted.id).is_some_and(|field| field.data_type == DataType::Phone);
    if let (true, Some(stored), Some(wanted)) = (is_phone, stored.to_text(), wanted.value.to_text())
        && let Ok(wanted) = Phone::parse(&wanted, None)
    {
        return wanted.is_written_as(&stored, countries.iter().copied());
    }
    definitions.same(&wanted.id, stored, &wanted.value)
}
