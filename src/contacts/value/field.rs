//! The normal form of the values that are no keys, and their limits. Nothing is changed beyond it on the way in.

use std::collections::BTreeSet;

use crate::contacts::Error;
use crate::ghl::model::Field;

/// The longest value of a standard field, in characters.
const LONGEST: usize = 1_000;
/// Tags in one call.
const MOST_TAGS: usize = 100;
/// The longest tag, in characters.
const LONGEST_TAG: usize = 100;

/// A standard field's value, trimmed; none where it is empty.
pub(crate) fn field(field: Field, value: &str) -> Result<Option<String>, Error> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    let characters = value.chars().count();
    if characters > LONGEST {
        return Err(Error::invalid(
            field.as_str(),
            format!("has {characters} characters; at most {LONGEST} are taken"),
        ));
    }
    if value.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(Error::invalid(field.as_str(), "holds a control character"));
    }
    match field {
        Field::Country => country(value).map(Some),
        Field::DateOfBirth => date(value).map(Some),
        _ => Ok(Some(value.to_owned())),
    }
}

/// HighLevel takes ISO 3166-1 alpha-2 only.
fn country(value: &str) -> Result<String, Error> {
    if value.len() == 2 && value.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Ok(value.to_ascii_uppercase());
    }
    Err(Error::invalid("country", "is not a country code")
        .with_hint("Use two letters (ISO 3166-1), like US or GB."))
}

/// A date of the calendar, as `YYYY-MM-DD`. Of the other forms that HighLevel takes, those that mean one day only.
fn date(value: &str) -> Result<String, Error> {
    let day = value.split(['T', ' ']).next().unwrap_or(value).replace(['/', '.', '_'], "-");
    day.parse::<jiff::civil::Date>()
        .map(|date| date.to_string())
        .map_err(|_| Error::invalid("dateOfBirth", "is not a date").with_hint("Write it as YYYY-MM-DD."))
}

/// Tags as HighLevel stores them, trimmed and in lower case, each once, in the order given.
pub(crate) fn tags(tags: &[String]) -> Result<Vec<String>, Error> {
    if tags.len() > MOST_TAGS {
        return Err(Error::invalid(
            "tags",
            format!("has {} tags; at most {MOST_TAGS} are taken in one call", tags.len()),
        ));
    }
    let mut seen = BTreeSet::new();
    let mut normal = Vec::with_capacity(tags.len());
    for tag in tags {
        let tag = tag.trim().to_lowercase();
        if tag.is_empty() {
            return Err(Error::invalid("tags", "has an empty tag"));
        }
        if tag.chars().count() > LONGEST_TAG {
            return Err(Error::invalid("tags", format!("has a tag of more than {LONGEST_TAG} characters")));
        }
        if tag.chars().any(char::is_control) {
            return Err(Error::invalid("tags", "has a tag with a control character"));
        }
        if seen.insert(tag.clone()) {
            normal.push(tag);
        }
    }
    Ok(normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_lower_cased_trimmed_and_given_once() {
        let given = [" VIP ", "vip", "Lead"].map(str::to_owned);
        assert_eq!(tags(&given).unwrap(), ["vip", "lead"]);
        for bad in [
            vec![String::new()],
            vec!["  ".into()],
            vec!["x".repeat(101)],
            vec!["a\nb".into()],
            vec!["t".into(); 10_001],
        ] {
            assert!(tags(&bad).is_err());
        }
    }

    #[test]
    fn a_country_is_a_code_and_a_birthday_a_date() {
        assert_eq!(field(Field::Country, "us").unwrap().unwrap(), "US");
        assert!(field(Field::Country, "United States").is_err());
        for text in ["1990-09-25", "1990/09/25", "1990-09-25T00:00:00.000Z", "1990_09_25"] {
            assert_eq!(field(Field::DateOfBirth, text).unwrap().unwrap(), "1990-09-25");
        }
        for text in ["1990-02-30", "09/25/1990", "soon"] {
            assert!(field(Field::DateOfBirth, text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_megabyte_is_no_name_and_an_empty_text_no_value() {
        assert!(field(Field::FirstName, &"x".repeat(1 << 20)).is_err());
        assert_eq!(field(Field::FirstName, "  ").unwrap(), None);
    }

    #[test]
    fn a_value_a_tag_and_a_list_of_tags_may_be_as_long_as_they_may() {
        assert!(field(Field::FirstName, &"x".repeat(LONGEST)).is_ok());
        assert!(field(Field::FirstName, &"x".repeat(LONGEST + 1)).is_err());
        assert!(tags(&["x".repeat(LONGEST_TAG)]).is_ok());
        let many = |count: usize| (0..count).map(|n| format!("tag {n}")).collect::<Vec<_>>();
        assert_eq!(tags(&many(MOST_TAGS)).unwrap().len(), MOST_TAGS);
        assert!(tags(&many(MOST_TAGS + 1)).is_err());
    }
}
