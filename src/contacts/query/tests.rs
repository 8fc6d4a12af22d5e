use super::*;
use proptest::prelude::*;

use crate::contacts::fields::{Definitions, GivenField};
use crate::ghl::model::{Direction, Field, FieldValue};

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn value(json: &str) -> FieldValue {
    serde_json::from_str(json).unwrap()
}

fn raw(field: &str, operator: &str, json: Option<&str>) -> Query {
    let filter = RawFilter {
        field: Some(field.into()),
        operator: Some(operator.into()),
        value: json.map(value),
        ..RawFilter::default()
    };
    Query { filters: vec![filter], ..Query::default() }
}

fn definitions() -> Definitions {
    let field = |(id, name, kind): (&str, &str, &str)| {
        serde_json::from_value(serde_json::json!({ "id": id, "name": name, "dataType": kind })).unwrap()
    };
    Definitions::new(
        [
            ("f1", "Title", "TEXT"),
            ("f2", "Score", "NUMERICAL"),
            ("f3", "Renewal", "DATE"),
            ("f4", "Interests", "CHECKBOX"),
            ("f5", "Pets", "TEXTBOX_LIST"),
            ("f6", "Contract", "FILE_UPLOAD"),
        ]
        .map(field)
        .into(),
    )
}

/// The filters of a condition on a custom field, or the text of the error.
fn custom(name: &str, json: Option<&str>) -> Result<String, String> {
    let given = GivenField { field: name.into(), value: json.map(value), ..GivenField::default() };
    on_custom_field(&given, &definitions())
        .map(|filters| serde_json::to_string(&filters).unwrap())
        .map_err(|error| error.to_string())
}

/// The filters as JSON, or the text of the error.
fn filters(query: &Query) -> Result<String, String> {
    match query.to_search("") {
        Ok((search, _)) => Ok(serde_json::to_string(&search.filters).unwrap()),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn every_condition_has_its_filter() {
    let query = Query {
        query: Some("  jane ".into()),
        email: Some("jane@example.com".into()),
        phone: Some("+14155550100".into()),
        tags: texts(&["VIP ", "vip", "new"]),
        any_tag: texts(&["a", "b"]),
        company_name: Some("Acme & Sons".into()),
        created_after: Some("2026-01-15".into()),
        created_before: Some("2026-01-15".into()),
        updated_after: Some("2026-01-15T08:30:00-08:00".into()),
        sort: SortBy::LastName,
        direction: Direction::Asc,
        ..Query::default()
    };
    let (search, _) = query.to_search("").unwrap();
    assert_eq!(
        serde_json::to_value(search).unwrap(),
        serde_json::json!({
            "pageLimit": 20,
            "query": "jane",
            "sort": [
                { "field": "lastNameLowerCase", "direction": "asc" },
                { "field": "dateAdded", "direction": "asc" },
            ],
            "filters": [
                { "field": "email", "operator": "eq", "value": "jane@example.com" },
                { "field": "phone", "operator": "eq", "value": "+14155550100" },
                { "field": "companyName", "operator": "eq", "value": "Acme & Sons" },
                { "field": "tags", "operator": "eq", "value": "vip" },
                { "field": "tags", "operator": "eq", "value": "new" },
                { "group": "OR", "filters": [
                    { "field": "tags", "operator": "eq", "value": "a" },
                    { "field": "tags", "operator": "eq", "value": "b" },
                ] },
                { "field": "dateAdded", "operator": "range",
                  "value": { "gte": "2026-01-15T00:00:00.000Z", "lte": "2026-01-15T23:59:59.999Z" } },
                { "field": "dateUpdated", "operator": "range", "value": { "gte": "2026-01-15T16:30:00.000Z" } },
            ],
        })
    );
}

#[test]
fn a_search_without_conditions_is_ordered_by_date_added() {
    let (search, _) = Query::default().to_search("").unwrap();
    assert_eq!(
        serde_json::to_string(&search).unwrap(),
        r#"{"pageLimit":20,"sort":[{"field":"dateAdded","direction":"desc"}]}"#
    );
}

#[test]
fn any_tag_of_one_tag_needs_no_group() {
    let query = Query { any_tag: texts(&["VIP", "vip "]), ..Query::default() };
    assert_eq!(filters(&query).as_deref(), Ok(r#"[{"field":"tags","operator":"eq","value":"vip"}]"#));
}

#[test]
fn a_custom_field_is_compared_by_its_type() {
    for (name, json, expected) in [
        ("Title", r#""x""#, r#"[{"field":"customFields.f1","operator":"eq","value":"x"}]"#),
        ("score", "5", r#"[{"field":"customFields.f2","operator":"eq","value":5}]"#),
        (
            "Renewal",
            r#""2026-01-15""#,
            r#"[{"field":"customFields.f3","operator":"range","value":{"gte":"2026-01-15T00:00:00.000Z","lte":"2026-01-15T23:59:59.999Z"}}]"#,
        ),
        (
            "Interests",
            r#"["a","b"]"#,
            r#"[{"group":"OR","filters":[{"field":"customFields.f4","operator":"eq","value":"a"},{"field":"customFields.f4","operator":"eq","value":"b"}]}]"#,
        ),
        ("Title", r#"["a"]"#, r#"[{"field":"customFields.f1","operator":"eq","value":"a"}]"#),
        (
            "Title",
            r#"{"contains":"manager"}"#,
            r#"[{"field":"customFields.f1","operator":"contains","value":"manager"}]"#,
        ),
        ("Title", r#"{"exists":true}"#, r#"[{"field":"customFields.f1","operator":"exists"}]"#),
        ("Title", r#"{"exists":"false"}"#, r#"[{"field":"customFields.f1","operator":"not_exists"}]"#),
        ("Score", r#"{"gt":50}"#, r#"[{"field":"customFields.f2","operator":"range","value":{"gt":50}}]"#),
        (
            "Score",
            r#"{"gte":"50","lte":"","gt":null,"lt":"1,000.50"}"#,
            r#"[{"field":"customFields.f2","operator":"range","value":{"gte":50,"lt":1000.5}}]"#,
        ),
        (
            "Score",
            r#""{\"gte\": 50}""#,
            r#"[{"field":"customFields.f2","operator":"range","value":{"gte":50}}]"#,
        ),
        (
            "Renewal",
            r#"{"gte":"2026-09-01","lte":"September 30, 2026"}"#,
            r#"[{"field":"customFields.f3","operator":"range","value":{"gte":"2026-09-01T00:00:00.000Z","lte":"2026-09-30T23:59:59.999Z"}}]"#,
        ),
        ("Pets", r#"{"b1":"Rex"}"#, r#"[{"field":"customFields.f5.b1","operator":"eq","value":"Rex"}]"#),
    ] {
        assert_eq!(custom(name, Some(json)).as_deref(), Ok(expected), "{json}");
    }
}

#[test]
fn a_condition_on_a_custom_field_that_means_nothing_is_refused() {
    for (name, json, why) in [
        ("Title", None, "Title has no value to look for"),
        ("Title", Some("null"), "Title has no value to look for"),
        ("Title", Some(r#""""#), "Title has no value to look for"),
        ("Title", Some(r#"{"gte":"","lte":""}"#), "Title has no value to look for"),
        ("Title", Some(r#"{"gte":5}"#), "is for a number or a date"),
        ("Score", Some(r#"{"gte":"many"}"#), "gte "),
        ("Score", Some(r#"{"contains":"5"}"#), "looks for a part only in a text or a choice"),
        ("Contract", Some(r#""x""#), "holds files"),
        ("Pets", Some(r#"{"../x":"y"}"#), "cannot search for this box"),
        ("Title", Some(r#"{"exists":"perhaps"}"#), "exists takes true or false"),
    ] {
        let error = custom(name, json).unwrap_err();
        assert!(error.contains(why), "{name} {json:?}: {error}");
    }
}

#[test]
fn a_raw_filter_that_highlevel_takes_is_passed_on() {
    for (field, operator, json, expected) in [
        ("city", "contains", Some(r#""Ber""#), r#""value":"Ber""#),
        ("firstNameLowerCase", "eq", Some(r#"" Jane""#), r#""value":"jane""#),
        ("tags", "not_eq", Some(r#"["A","b"]"#), r#""value":["a","b"]"#),
        ("dnd", "eq", Some("true"), r#""value":true"#),
        ("phone", "exists", None, r#"{"field":"phone","operator":"exists"}"#),
        ("phone", "not_exists", Some("null"), r#"{"field":"phone","operator":"not_exists"}"#),
        (
            "dateAdded",
            "range",
            Some(r#"{"gt":"2026-01-15","lte":1768435200000}"#),
            r#""gt":"2026-01-15T23:59:59.999Z","lte":1768435200000"#,
        ),
        ("customFields.seD4PfOuKoVMLkEZqohJ", "range", Some(r#"{"gte":5,"lt":9}"#), r#"{"gte":5,"lt":9}"#),
        ("customFields.f1", "range", Some(r#"{"gte":" 5 ","lt":"9.5"}"#), r#""value":{"gte":5,"lt":9.5}"#),
        ("customFields.f1.b1", "eq", Some(r#""x""#), r#""field":"customFields.f1.b1""#),
        ("dndSettings.SMS.status", "eq", Some(r#""active""#), r#""value":"active""#),
        ("dndSettings.Email.status", "eq", Some("true"), r#""value":"active""#),
        ("dnd", "eq", Some(r#""true""#), r#""value":true"#),
        ("dnd", "not_eq", Some(r#""True""#), r#""value":true"#),
        ("valid_email", "eq", Some(r#""no""#), r#"{"field":"validEmail","operator":"eq","value":false}"#),
        ("country", "eq", Some(r#""us""#), r#""value":"US""#),
        (
            "firstName",
            "eq",
            Some(r#""Jane""#),
            r#"{"field":"firstNameLowerCase","operator":"eq","value":"jane"}"#,
        ),
        ("address1", "contains", Some(r#""Quay""#), r#""field":"address""#),
        ("city", "notEq", Some(r#""Rome""#), r#""operator":"not_eq""#),
        ("city", "=", Some(r#""Rome""#), r#""operator":"eq""#),
        ("city", "wildcard", Some(r#""R*""#), r#""operator":"wildcard""#),
        ("city", "exists", Some("true"), r#"{"field":"city","operator":"exists"}"#),
        ("city", "exists", Some(r#""false""#), r#"{"field":"city","operator":"not_exists"}"#),
        ("tags", "contains_set", Some(r#"["A"]"#), r#""operator":"contains_set","value":["a"]"#),
        (
            "dateAdded",
            "gte",
            Some(r#""2026-01-15""#),
            r#""operator":"range","value":{"gte":"2026-01-15T00:00:00.000Z"}"#,
        ),
        (
            "dateAdded",
            "eq",
            Some(r#""2026-01-15""#),
            r#"{"gte":"2026-01-15T00:00:00.000Z","lte":"2026-01-15T23:59:59.999Z"}"#,
        ),
        (
            "dateAdded",
            "range",
            Some(r#""{\"gte\":\"2026-01-15\",\"lte\":\"\"}""#),
            r#"{"gte":"2026-01-15T00:00:00.000Z"}"#,
        ),
    ] {
        let filters = filters(&raw(field, operator, json)).unwrap();
        assert!(filters.contains(expected), "{filters}");
    }
}

#[test]
fn a_group_of_filters_may_hold_groups() {
    let query = |json: &str| Query { filters: serde_json::from_str(json).unwrap(), ..Query::default() };
    let sent = query(
        r#"[{"group":"OR","filters":[{"field":"city","value":"Rome"},{"group":"and","filters":[{"field":"dnd","operator":"eq","value":"true"},{"field":"phone","operator":"exists"}]}]}]"#,
    );
    assert_eq!(
        filters(&sent).as_deref(),
        Ok(
            r#"[{"group":"OR","filters":[{"field":"city","operator":"eq","value":"Rome"},{"group":"AND","filters":[{"field":"dnd","operator":"eq","value":true},{"field":"phone","operator":"exists"}]}]}]"#
        )
    );
    for wrong in [
        "[{}]",
        r#"[{"group":"OR"}]"#,
        r#"[{"group":"OR","filters":[]}]"#,
        r#"[{"group":"OR","field":"city","operator":"exists","filters":[{"field":"city","operator":"exists"}]}]"#,
        r#"[{"filters":[{"field":"city","operator":"exists"}]}]"#,
    ] {
        assert!(filters(&query(wrong)).unwrap_err().contains("a group with filters"), "{wrong}");
    }
    let mut deep = r#"{"field":"city","operator":"exists"}"#.to_owned();
    for _ in 0..6 {
        deep = format!(r#"{{"group":"AND","filters":[{deep}]}}"#);
    }
    assert!(filters(&query(&format!("[{deep}]"))).unwrap_err().contains("at most 5 deep"));
}

#[test]
fn a_raw_filter_that_highlevel_cannot_answer_is_refused_with_an_alternative() {
    let long = format!("\"{}\"", "x".repeat(76));
    for (field, operator, json, why) in [
        (
            "email",
            "contains",
            Some(r#""x""#),
            "email does not take contains; it takes eq, not_eq, exists, not_exists",
        ),
        ("city", "like", Some(r#""x""#), "it takes eq, not_eq, contains"),
        ("additional_phones", "eq", Some(r#""x""#), "cannot filter by \"additional_phones\""),
        ("opportunities", "nested", Some("[]"), "opportunities"),
        ("customFields.Lead Score", "eq", Some("5"), "customFields."),
        ("customFields.../x", "eq", Some("5"), "customFields."),
        ("dateAdded", "not_eq", Some(r#""2026-01-15""#), "it takes range, exists, not_exists"),
        ("city", "exists", Some(r#""x""#), "takes no value"),
        ("dnd", "eq", Some(r#""perhaps""#), "takes true or false"),
        ("dndSettings.SMS.status", "eq", Some(r#""blocked""#), "takes active (do not disturb)"),
        ("country", "eq", Some(r#""Utopia""#), "country"),
        ("city", "eq", None, "needs a value"),
        ("city", "eq", Some(r#"" ""#), "not_exists"),
        ("city", "eq", Some(r#"{"a":1}"#), "takes a text"),
        ("city", "contains", Some(r#"["a"]"#), "takes a text"),
        ("city", "eq", Some(r#"[["a"]]"#), "takes texts"),
        ("city", "eq", Some("[]"), "takes a text"),
        ("city", "eq", Some(long.as_str()), "at most 75"),
        ("dateAdded", "range", Some(r#"{"from":"2026-01-15"}"#), "gte, lte, gt or lt"),
        ("dateAdded", "range", Some("{}"), "gte, lte, gt or lt"),
        ("dateAdded", "range", Some(r#"{"gte":"yesterday"}"#), "date"),
        ("dateAdded", "range", Some(r#"{"gte":"5"}"#), "date"),
        ("customFields.f1", "range", Some(r#"{"gte":"yesterday"}"#), "date"),
        ("dateAdded", "range", Some(r#"{"gte":[1]}"#), "bounds"),
    ] {
        let error = filters(&raw(field, operator, json)).unwrap_err();
        assert!(error.contains(why), "{field} {operator}: {error}");
    }
}

#[test]
fn a_value_beyond_a_limit_is_refused_with_its_subject() {
    let long = || Some("x".repeat(76));
    let text = |text: &str| Some(text.to_owned());
    let none = Query::default;
    for (query, expected) in [
        (Query { limit: 0, ..none() }, Subject::Limit),
        (Query { limit: 101, ..none() }, Subject::Limit),
        (Query { query: long(), ..none() }, Subject::FreeText),
        (Query { email: long(), ..none() }, Subject::Field(Field::Email)),
        (Query { company_name: long(), ..none() }, Subject::Field(Field::CompanyName)),
        (Query { tags: texts(&[" "]), ..none() }, Subject::Tags),
        (Query { any_tag: vec!["x".repeat(76)], ..none() }, Subject::AnyTag),
        (Query { any_tag: (0..51).map(|n| n.to_string()).collect(), ..none() }, Subject::Filters),
        (Query { created_after: text("soon"), ..none() }, Subject::CreatedAfter),
        (Query { created_after: text("2026-02-30"), ..none() }, Subject::CreatedAfter),
        (Query { updated_before: text("2026-01-15T10:00:00x"), ..none() }, Subject::UpdatedBefore),
        (
            Query { created_after: text("2026-01-16"), created_before: text("2026-01-15"), ..none() },
            Subject::CreatedBefore,
        ),
    ] {
        match query.to_search("") {
            Err(Error::Invalid { subject, .. }) => assert_eq!(subject, expected),
            other => panic!("{expected:?}: {other:?}"),
        }
    }
    let moment = || text("2026-01-15T08:30:00Z");
    for query in [
        Query { query: Some("é".repeat(75)), ..none() },
        Query { any_tag: (0..50).map(|n| n.to_string()).collect(), ..none() },
        Query { created_after: moment(), created_before: moment(), ..none() },
    ] {
        assert!(query.to_search("").is_ok(), "{query:?}");
    }
}

#[test]
fn only_a_key_without_other_conditions_is_an_exact_lookup() {
    let email = Query { email: Some("a@b.example".into()), ..Query::default() };
    assert!(email.is_exact_lookup());
    let phone = Query { phone: Some("+1415".into()), limit: 5, query: Some(" ".into()), ..Query::default() };
    assert!(phone.is_exact_lookup());
    for query in [
        Query::default(),
        Query { phone: Some("+1415".into()), ..email.clone() },
        Query { tags: texts(&["x"]), ..email.clone() },
        Query { query: Some("x".into()), ..email.clone() },
        Query { cursor: Some("x".into()), ..email.clone() },
        Query { updated_before: Some("2026-01-15".into()), ..email },
        Query { tags: texts(&["x"]), ..phone.clone() },
    ] {
        assert!(!query.is_exact_lookup());
    }
}

fn any_scalar() -> impl Strategy<Value = FieldValue> {
    prop_oneof![
        any::<i64>().prop_map(|number| FieldValue::Number(number.into())),
        "[^ ]\\PC{0,30}".prop_map(FieldValue::from),
        any::<bool>().prop_map(FieldValue::Bool),
    ]
}

proptest! {
    #[test]
    fn any_query_is_searched_or_refused_in_a_short_error(
        field in "\\PC{0,90}|[a-zA-Z.]{0,20}|city|dateAdded|customFields\\.[a-z]{0,3}",
        operator in "\\PC{0,40}|eq|range|exists",
        value in any_scalar(),
        time in "\\PC{0,30}|[0-9TZ:.+-]{0,25}",
    ) {
        let filter =
            RawFilter { field: Some(field), operator: Some(operator), value: Some(value), ..RawFilter::default() };
        let query = Query { filters: vec![filter], updated_after: Some(time.clone()), ..Query::default() };
        let other = Query { updated_after: None, ..query.clone() };
        let third = Query { created_before: Some(time), ..Query::default() };
        for query in [query, other, third] {
            if let Err(error) = query.to_search("") {
                prop_assert!(error.to_string().chars().count() < 400);
            }
        }
    }
}
