//! Tags. HighLevel stores them trimmed and in lower case.

use std::collections::BTreeSet;

use crate::contacts::error::{Error, Subject};
use crate::contacts::value::placeholder;
use crate::ghl::model::normal_tag;

/// The most tags in one call.
const MAX_TAGS: usize = 100;
/// The most characters of a tag.
const MAX_CHARS: usize = 100;

/// The tags to add, in HighLevel's form, each once, in the given order.
pub(crate) fn list(tags: &[String]) -> Result<Vec<String>, Error> {
    let invalid = |reason: String| Err(Error::invalid(Subject::Tags, reason));
    if tags.len() > MAX_TAGS {
        return invalid(format!("has {} tags; at most {MAX_TAGS} are taken in one call", tags.len()));
    }
    let mut seen = BTreeSet::new();
    let mut list = Vec::with_capacity(tags.len());
    for tag in tags {
        placeholder::check(&Subject::Tags, tag)?;
        if tag.trim().contains(char::is_control) {
            return invalid("has a tag with a control character".to_owned());
        }
        let tag = normal_tag(tag);
        if tag.is_empty() {
            return invalid("has an empty tag".to_owned());
        }
        if tag.chars().count() > MAX_CHARS {
            return invalid(format!("has a tag of more than {MAX_CHARS} characters"));
        }
        if seen.insert(tag.clone()) {
            list.push(tag);
        }
    }
    Ok(list)
}

/// The `wanted` tags that are not among the stored ones.
#[must_use]
pub(crate) fn missing(stored: &[String], wanted: &[String]) -> Vec<String> {
    let stored: BTreeSet<_> = stored.iter().map(|tag| normal_tag(tag)).collect();
    wanted.iter().filter(|tag| !stored.contains(&normal_tag(tag))).cloned().collect()
}

/// The `wanted` tags that are among the stored ones.
#[must_use]
pub(crate) fn shared(stored: &[String], wanted: &[String]) -> Vec<String> {
    missing(&missing(stored, wanted), wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_lower_cased_trimmed_and_listed_once() {
        let given = [" VIP ", "vip", "Lead"].map(str::to_owned);
        assert_eq!(list(&given).unwrap(), ["vip", "lead"]);
        for bad in [
            vec![String::new()],
            vec!["  ".into()],
            vec!["x".repeat(101)],
            vec!["a\nb".into()],
            vec!["t".into(); 10_001],
        ] {
            assert!(list(&bad).is_err());
        }
    }

    #[test]
    fn a_tag_and_a_list_of_tags_have_limits() {
        assert!(list(&["x".repeat(MAX_CHARS)]).is_ok());
        let many = |count: usize| (0..count).map(|n| format!("tag {n}")).collect::<Vec<_>>();
        assert_eq!(list(&many(MAX_TAGS)).unwrap().len(), MAX_TAGS);
        assert!(list(&many(MAX_TAGS + 1)).is_err());
    }
}
