//! The fields, operators and values that a filter may have.

use serde_json::Value;

use crate::sandbox::filter::matching::number;
use crate::sandbox::response::Response;

const MAX_VALUE_CHARS: usize = 75;

/// The operators that a field accepts, by the search guide that HighLevel's OpenAPI links to.
fn operators(field: &str, definitions: &[Value]) -> Option<&'static [&'static str]> {
    const ID: &[&str] = &["eq", "not_eq"];
    const EXACT: &[&str] = &["eq", "not_eq", "exists", "not_exists"];
    const TEXT: &[&str] = &["eq", "not_eq", "contains", "not_contains", "exists", "not_exists"];
    const DATE: &[&str] = &["range", "exists", "not_exists"];
    const NUMBER: &[&str] = &["eq", "not_eq", "range", "exists", "not_exists"];
    if let Some(rest) = field.strip_prefix("customFields.") {
        let (id, option) = rest.split_once('.').map_or((rest, None), |(id, option)| (id, Some(option)));
        let data_type = definitions.iter().find(|d| d["id"] == id)?["dataType"].as_str()?;
        return match (data_type, option) {
            ("TEXTBOX_LIST", Some(_))
            | ("TEXT" | "LARGE_TEXT" | "SINGLE_OPTIONS" | "RADIO" | "PHONE" | "EMAIL", None) => Some(TEXT),
            ("CHECKBOX" | "MULTIPLE_OPTIONS", None) => Some(EXACT),
            ("NUMERICAL" | "MONETORY", None) => Some(NUMBER),
            ("DATE", None) => Some(DATE),
            _ => None,
        };
    }
    Some(match field {
        "id" => ID,
        "firstNameLowerCase" | "lastNameLowerCase" | "address" | "city" | "state" | "postalCode"
        | "companyName" | "businessName" | "source" | "phone" | "tags" => TEXT,
        "contactName"
        | "email"
        | "website"
        | "country"
        | "assignedTo"
        | "dnd"
        | "followers"
        | "isValidWhatsapp"
        | "timezone"
        | "type"
        | "validEmail"
        | "activeWorkflows"
        | "finishedWorkflows"
        | "dndSettings.Email.status"
        | "dndSettings.SMS.status"
        | "dndSettings.Call.status"
        | "inboundDndSettings.all.status" => EXACT,
        "dateAdded"
        | "dateUpdated"
        | "dateOfBirth"
        | "lastEmailClickedDate"
        | "lastEmailOpenedDate"
        | "lastAppointment" => DATE,
        "opportunities" => &["nested"],
        _ => return None,
    })
}

/// Refuses filters that HighLevel refuses.
pub(crate) fn check(filters: &Value, definitions: &[Value]) -> Result<(), Response> {
    let Some(list) = filters.as_array() else {
        return Err(Response::unprocessable(&[String::from("filters must be an array")]));
    };
    for filter in list {
        if let Some(group) = filter.get("group") {
            if group != "AND" && group != "OR" {
                return Err(Response::bad_request("Invalid group, use AND or OR"));
            }
            check(filter.get("filters").unwrap_or(&Value::Null), definitions)?;
            continue;
        }
        let field = filter["field"].as_str().unwrap_or_default();
        let operator = filter["operator"].as_str().unwrap_or_default();
        let allowed = operators(field, definitions)
            .ok_or_else(|| Response::bad_request(&format!("Invalid field {field}")))?;
        if !allowed.contains(&operator) {
            return Err(Response::bad_request(&format!("Invalid operator {operator} for field {field}")));
        }
        check_value(field, operator, filter.get("value"))?;
    }
    Ok(())
}

fn check_value(field: &str, operator: &str, value: Option<&Value>) -> Result<(), Response> {
    let valid = match operator {
        "exists" | "not_exists" => true,
        "range" => value.and_then(Value::as_object).is_some_and(|bounds| {
            !bounds.is_empty()
                && bounds
                    .iter()
                    .all(|(b, v)| ["gte", "lte", "gt", "lt"].contains(&b.as_str()) && number(v).is_some())
        }),
        "nested" => value.is_some_and(Value::is_array),
        _ => value.is_some_and(|value| !value.is_null() && !value.is_object()),
    };
    if !valid {
        return Err(Response::bad_request(&format!("Invalid value for field {field}")));
    }
    if value.and_then(Value::as_str).is_some_and(|text| text.chars().count() > MAX_VALUE_CHARS) {
        return Err(Response::bad_request(&format!(
            "Value of field {field} is longer than {MAX_VALUE_CHARS} characters"
        )));
    }
    Ok(())
}
