use serde_json::{Map, Value, json};

use crate::tool::answer::fit::{fit, json_bytes};

fn schema() -> Map<String, Value> {
    let contact = json!({ "properties": { "id": {}, "url": {}, "customFields": {} } });
    let schema = json!({ "properties": { "contact": contact, "results": { "items": { "properties": { "contactId": {}, "tags": {} } } } } });
    schema.as_object().unwrap().clone()
}

#[test]
fn an_answer_that_fits_is_left_as_it_is() {
    let output = json!({ "contacts": vec![json!({ "id": "a", "text": "x".repeat(1500) }); 20] });
    assert_eq!(fit(output.clone(), &schema(), false), output);
}

#[test]
fn an_answer_above_40_000_characters_is_cut_and_says_what_was_cut() {
    let row = |at: usize| json!({ "contactId": format!("contact-{at:04}"), "tags": vec!["vip"; 10] });
    let output = json!({
        "results": (0..500).map(row).collect::<Vec<_>>(), "nextCursor": "c".repeat(4096), "note": "Before."
    });
    let cut = fit(output, &schema(), true);
    assert!(json_bytes(&cut) < 40_000);
    assert_eq!(cut["results"].as_array().unwrap().len(), 200);
    assert_eq!(cut["results"][199], row(199), "what is shown is whole");
    assert_eq!(cut["nextCursor"], "c".repeat(4096));
    assert_eq!(
        cut["note"],
        "This answer was larger than 40,000 characters and is cut: results shows 200 of 500. Only the answer is \
         cut, not what was done. To see the rest, ask for less in one call. Before."
    );
}

#[test]
fn one_huge_contact_keeps_its_id_and_the_address_of_its_page() {
    let fields: Map<_, _> = (0..900).map(|at| (format!("field {at:03}"), "é".repeat(1000).into())).collect();
    let url = format!("https://app.example/{}", "u".repeat(150));
    let mut contact = json!({ "id": "c1", "url": url, "customFields": fields });
    for at in 0..300 {
        contact[format!("small{at}")] = json!(1);
    }
    let cut = fit(json!({ "contact": contact }), &schema(), false);
    assert!(json_bytes(&cut) < 40_000);
    assert_eq!((&cut["contact"]["id"], &cut["contact"]["url"]), (&json!("c1"), &json!(url)));
    let note = cut["note"].as_str().unwrap();
    assert!(
        note.contains("contact.customFields shows") && note.contains("of 900") && note.contains('…'),
        "{note}"
    );
}

#[test]
fn any_output_fits_in_the_end() {
    let mut deep = json!({ "x": "y".repeat(900) });
    for _ in 0..4 {
        deep = Value::Array(vec![deep; 12]);
    }
    let many = Value::Array(vec![json!({ "a": vec![vec![vec![vec!["z"; 9]; 9]; 9]; 9] }); 30]);
    let mut nested = json!("x".repeat(50));
    for _ in 0..3 {
        nested = (0..30).map(|at| (at.to_string(), nested.clone())).collect::<Map<_, _>>().into();
    }
    for output in [deep, many, nested] {
        let cut = fit(json!({ "contact": { "customFields": output } }), &schema(), false);
        assert!(json_bytes(&cut) < 40_000, "{}", json_bytes(&cut));
        assert!(cut["note"].is_string() && !cut["contact"]["customFields"].is_string());
    }
}
