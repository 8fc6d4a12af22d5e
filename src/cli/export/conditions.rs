//! Which contacts are exported, by the flags.

use serde_json::{Map, Value, json};

use crate::config::ConfigError;
use crate::serve::repeated_key;
use crate::tools::{self, Conditions};

/// The conditions of `--filter`, `--query` and `--tag` together.
pub(crate) fn read(
    filter: Option<&str>,
    query: Option<String>,
    tags: Vec<String>,
) -> Result<Conditions, ConfigError> {
    let arguments = filter.map(arguments).transpose()?.unwrap_or_default();
    let mut conditions =
        tools::conditions(arguments).map_err(|failure| ConfigError::new("--filter", failure.text()))?;
    if query.is_some() && conditions.query.query.is_some() {
        return Err(ConfigError::new("--query", "--filter has a query too: give one of them"));
    }
    conditions.query.query = conditions.query.query.or(query);
    conditions.query.tags.extend(tags);
    Ok(conditions)
}

/// The arguments of a search: as they are, or HighLevel's own filters.
fn arguments(text: &str) -> Result<Map<String, Value>, ConfigError> {
    let wrong = |reason: String| ConfigError::new("--filter", reason);
    if let Some(key) = repeated_key(text) {
        return Err(wrong(format!("has \"{key}\" twice")));
    }
    let value: Value = serde_json::from_str(text).map_err(|error| wrong(format!("is not JSON: {error}")))?;
    let filters = match value {
        Value::Object(map) if map.contains_key("field") || map.contains_key("group") => json!([map]),
        Value::Object(map) => return Ok(map),
        Value::Array(list) => Value::Array(list),
        _ => return Err(wrong("is neither an object nor a list".to_owned())),
    };
    Ok(Map::from_iter([("filters".to_owned(), filters)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(filter: &str) -> Conditions {
        read(Some(filter), None, Vec::new()).unwrap()
    }

    #[test]
    fn a_filter_is_what_the_search_takes_or_what_highlevel_takes() {
        let all =
            read(Some(r#"{"anyTag":"a, b","assignedTo":"none"}"#), Some("ann".into()), vec!["vip".into()])
                .unwrap();
        assert_eq!(
            (all.query.any_tag.len(), all.query.tags, all.query.query),
            (2, vec!["vip".into()], Some("ann".into()))
        );
        assert_eq!(all.assigned_to.as_deref(), Some("none"));
        let one = r#"{"field":"city","operator":"eq","value":"Rome"}"#;
        for filter in [one.to_owned(), format!("[{one}]"), format!(r#"{{"filters":[{one}]}}"#)] {
            assert_eq!(conditions(&filter).query.filters[0].field.as_deref(), Some("city"), "{filter}");
        }
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for (filter, words) in [
            ("{", "is not JSON"),
            ("7", "neither an object nor a list"),
            (r#"{"shoe":1}"#, "shoe"),
            (r#"{"limit":5}"#, "are no conditions"),
            (r#"{"tags":"a","tags":"b"}"#, "twice"),
        ] {
            let error = read(Some(filter), None, Vec::new()).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
        assert!(read(Some(r#"{"query":"a"}"#), Some("b".into()), Vec::new()).is_err());
    }
}
