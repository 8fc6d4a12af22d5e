//! What a read answers, sent back as it is, changes nothing: for any contact that the CRM can hold.
//!
//! `ROUND_TRIPS` sets the number of contacts (40); `ROUND_TRIP` runs one of them by its number.

#![expect(clippy::disallowed_methods, reason = "the number of contacts is set from outside")]

use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::meaning::with;
use crate::support::{Crm, Reply};

/// The properties of an answer that the upsert takes.
const TAKEN: [&str; 17] = [
    "firstName",
    "lastName",
    "name",
    "companyName",
    "address1",
    "city",
    "state",
    "postalCode",
    "country",
    "website",
    "timezone",
    "dateOfBirth",
    "source",
    "assignedTo",
    "gender",
    "tags",
    "customFields",
];

/// A contact with any of these values can be sent back.
const TEXTS: [&str; 24] = [
    "Jane",
    " Jane  Ann ",
    "O'Brien",
    "null",
    "None",
    "undefined",
    "12",
    "a, b",
    "[x]",
    "{x}",
    "علی\u{200c}رضا",
    "👩\u{200d}💻 dev",
    "Ja\u{200b}ne",
    "\u{202e}enaJ",
    "Zoë\u{2028}x",
    "line\nbreak",
    "tab\there",
    "a\u{7}b",
    "\u{feff}",
    "x… [more]",
    "<b>&amp;</b>",
    "ශ්\u{200d}රී ලංකා",
    "true",
    "#1",
];
const COUNTRIES: [&str; 8] = ["US", "GB", "us", "United States", "UK", "DE", "MX", " BR "];
const ZONES: [&str; 6] = [
    "America/New_York",
    "Eastern Time (US & Canada)",
    "US/Eastern",
    "europe/berlin",
    "UTC",
    "Pacific Standard Time",
];
const BIRTHDAYS: [&str; 6] = [
    "1990-09-25T00:00:00.000Z",
    "1990-09-25",
    "1969-12-31T00:00:00.000Z",
    "654220800000",
    "2000-02-29T12:00:00+02:00",
    "25.09.1990",
];
const PHONES: [&str; 7] = [
    "+14155550101",
    "(415) 555-0101",
    "4155550101",
    "+1 415 555 0101",
    "+5215512345678",
    "+442079460018",
    "+14155550101\u{200e}",
];
const TAGS: [&str; 14] = [
    "vip",
    "VIP Gold",
    "a, b",
    "[x]",
    "v\u{200b}ip 2",
    "علی\u{200c}رضا",
    "👩\u{200d}💻 dev",
    "two\nlines",
    "  spaced  ",
    "c\u{7}d",
    "none",
    "a\"b",
    "ΟΔΟΣ",
    "İstanbul",
];

/// A stored value that the upsert does not take as a new one. All but a key and a broken tag are the stored value.
const ODD: [(&str, &str); 12] = [
    ("email", "no address"),
    ("email", "a@localhost"),
    ("phone", "123"),
    ("phone", "+14155550101 ext 3"),
    ("country", "Atlantis"),
    ("country", "Korea"),
    ("timezone", "Mars/Olympus"),
    ("dateOfBirth", "2090-01-01"),
    ("dateOfBirth", "04/05/1990"),
    ("dateOfBirth", "soon"),
    ("assignedTo", "aUserWhoHasLeft00001"),
    ("tags", "null"),
];

/// The custom fields by name, each with values that HighLevel may hold.
fn custom_values() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        ("Lead Score", vec![json!(0), json!(82), json!(-1.5), json!("82"), json!("1.200"), json!(1e15)]),
        ("Budget", vec![json!(499.5), json!("$1,200"), json!("1200"), json!(1_200_000)]),
        ("Preferred Contact Time", vec![json!("Morning"), json!("morning "), json!(["Evening"])]),
        (
            "Interests",
            vec![
                json!(["Webinars", "Events"]),
                json!("Webinars"),
                json!(["Events", "Webinars", "Events"]),
                json!([]),
            ],
        ),
        ("Plan", vec![json!("Growth"), json!(" growth"), json!("")]),
        ("Services", vec![json!(["Training"]), json!("Support")]),
        (
            "Renewal Date",
            vec![
                json!("2026-09-25"),
                json!("2026-09-25T23:30:00-08:00"),
                json!(1_790_294_400_000_i64),
                json!("1790294400000"),
                json!("September 25, 2026"),
            ],
        ),
        ("Job Title", TEXTS.iter().map(|text| json!(text)).chain([json!(7), json!(true)]).collect()),
        (
            "Notes From Intake",
            vec![
                json!("x".repeat(5_000)),
                json!(format!("first\r\nsecond\n\n{}", "é \u{200b}".repeat(1_200))),
                json!("short"),
                json!(format!("{}   ", "y".repeat(1_200))),
            ],
        ),
        ("Assistant Phone", vec![json!("+14155550102"), json!("020 7946 0018"), json!("(415) 555-0102 ")]),
        ("Billing Email", vec![json!("jane@example.com"), json!("Jane@Example.com")]),
        (
            "Social Profiles",
            vec![
                json!({ "LinkedIn": "in/ada" }),
                json!({ "LinkedIn": "", "Instagram": "@a\u{200b}da" }),
                json!({ "Instagram": "z".repeat(2_000) }),
            ],
        ),
    ]
}

/// Values that the upsert does not take as new ones: files, an option that the field does not have any more, a field without a definition.
fn odd_custom_values() -> Vec<(&'static str, Value)> {
    vec![
        (
            "Signed Contract",
            json!({ "uuid-1": { "meta": { "originalname": "a.pdf" }, "url": "https://files.example.com/a.pdf", "documentId": "d" } }),
        ),
        ("Plan", json!("Legacy")),
        ("Renewal Date", json!("soon")),
        ("Budget", json!("1,200")),
        ("Lead Score", json!("many")),
        ("Interests", json!(["Golf"])),
        ("Billing Email", json!("no address")),
        ("Assistant Phone", json!("12")),
        ("gone", json!("x")),
    ]
}

/// A contact of the CRM, and whether it holds a key, a tag or a field that cannot be named in a call.
fn contact(crm: &Crm, rng: &mut Rng, user: &Value) -> (Value, bool) {
    let mut contact = Map::new();
    for (field, values) in [
        ("firstName", TEXTS.as_slice()),
        ("lastName", &TEXTS),
        ("companyName", &TEXTS),
        ("address1", &TEXTS),
        ("city", &TEXTS),
        ("state", &TEXTS),
        ("website", &TEXTS),
        ("source", &TEXTS),
        ("gender", &["female", "Female", " male", "fem\u{200b}ale"]),
        ("country", &COUNTRIES),
        ("timezone", &ZONES),
        ("dateOfBirth", &BIRTHDAYS),
        ("phone", &PHONES),
        ("email", &["jane@example.com", "Jane@Example.com"]),
    ] {
        if rng.u8(..3) > 0 {
            contact.insert(field.to_owned(), json!(values[rng.usize(..values.len())]));
        }
    }
    if rng.u8(..3) == 0 {
        contact.insert("postalCode".to_owned(), [json!("02134"), json!(94107)][rng.usize(..2)].clone());
    }
    if rng.u8(..6) == 0 {
        contact.insert("dateOfBirth".to_owned(), json!(654_220_800_000_i64));
    }
    if rng.u8(..4) == 0 {
        let field = ["address1", "city", "website", "source", "state"][rng.usize(..5)];
        let text = [format!("start {}", "w ".repeat(900)), format!(" \u{200b}{}\r\nend ", "v".repeat(1_100))];
        contact.insert(field.to_owned(), json!(text[rng.usize(..2)]));
    }
    if rng.bool() {
        contact.insert("assignedTo".to_owned(), user.clone());
    }
    let mut tags: Vec<Value> = (0..rng.usize(..5)).map(|_| json!(TAGS[rng.usize(..TAGS.len())])).collect();
    let mut custom: Vec<Value> = Vec::new();
    for (name, values) in custom_values() {
        if rng.u8(..3) == 0 {
            let value = values[rng.usize(..values.len())].clone();
            custom.push(json!({ "id": crm.field(name), "value": stored_form(crm, name, value) }));
        }
    }
    if rng.u8(..4) == 0 {
        // Two fields have this name.
        let regions = crm.custom_fields().into_iter().filter(|field| field["name"] == "Region");
        custom.extend(regions.map(|field| json!({ "id": field["id"], "value": "North" })));
    }
    let mut is_odd = false;
    if rng.u8(..4) == 0 {
        if rng.bool() {
            let (field, value) = ODD[rng.usize(..ODD.len())];
            is_odd = ["email", "phone", "tags"].contains(&field);
            if field == "tags" {
                tags.push(json!(value));
            } else {
                contact.insert(field.to_owned(), json!(value));
            }
        } else {
            let odd = odd_custom_values();
            let (name, value) = odd[rng.usize(..odd.len())].clone();
            let id = if name == "gone" { "aFieldThatIsGone0001".to_owned() } else { crm.field(name) };
            is_odd = name == "gone";
            custom.retain(|one| one["id"] != id);
            custom.push(json!({ "id": id, "value": value }));
        }
    }
    contact.insert("tags".to_owned(), json!(tags));
    contact.insert("customFields".to_owned(), json!(custom));
    (Value::Object(contact), is_odd)
}

/// The boxes of a list go by their ids in the CRM.
fn stored_form(crm: &Crm, name: &str, value: Value) -> Value {
    let Value::Object(boxes) = &value else { return value };
    let definition = crm.custom_fields().into_iter().find(|field| field["name"] == name).expect("the field");
    let id = |label: &str| {
        let options = definition["picklistOptions"].as_array().expect("boxes");
        options.iter().find(|one| one["label"] == label).expect("a box")["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    };
    boxes.iter().map(|(label, text)| (id(label), text.clone())).collect::<Map<_, _>>().into()
}

/// The properties of a shown contact that the upsert takes.
fn sent_back(shown: &Value, keys: &[&str]) -> Value {
    let taken =
        TAKEN.iter().chain(keys).filter(|name| shown.get(**name).is_some_and(|value| !value.is_null()));
    taken.map(|name| ((*name).to_owned(), shown[*name].clone())).collect::<Map<_, _>>().into()
}

#[tokio::test]
async fn what_a_read_answers_and_is_sent_back_is_unchanged() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let all = match number("ROUND_TRIP") {
        Some(one) => one..one + 1,
        None => 0..number("ROUND_TRIPS").unwrap_or(40),
    };
    let crm = Crm::empty().await.warmed_up().await;
    crm.upsert(json!({ "email": "user@example.com", "assignedTo": "Ines Moreau" })).await.ok();
    let user = crm.held(&crm.id_of("user@example.com"))["assignedTo"].clone();
    crm.remove(&crm.id_of("user@example.com"));
    let (mut refused, mut unchanged) = (0, 0);
    for case in all {
        let mut rng = Rng::with_seed(case);
        let (contact, is_odd) = contact(&crm, &mut rng, &user);
        let id = format!("contact{case}");
        crm.insert(with(&contact, &json!({ "id": id })));
        let held = crm.held(&id);
        let fields = json!(["*"]);
        let read = crm.call("ghl_get_contact", json!({ "contactId": id, "fields": fields })).await;
        let found = crm.call("ghl_search_contacts", json!({ "fields": fields })).await;
        let read = read.ok()["contact"].clone();
        let found =
            found.ok()["contacts"].as_array().expect("contacts").iter().find(|one| one["id"] == id).cloned();
        let found = found.expect("the search finds it");
        let mut calls = Vec::new();
        for shown in [&read, &found] {
            calls.push(with(&sent_back(shown, &["email", "phone"]), &json!({ "contactId": id })));
            calls.push(with(&sent_back(shown, &[]), &json!({ "contactId": id })));
            if shown.get("email").is_some() {
                calls.push(sent_back(shown, &["email"]));
                calls.push(sent_back(shown, &["email", "phone"]));
            }
        }
        for call in calls {
            crm.clear_wire();
            let reply: Reply = crm.upsert(call.clone()).await;
            let context = || format!("ROUND_TRIP={case}\nheld {held}\nsent {call}\n{}", crm.wire());
            assert_eq!(
                crm.sent("PUT") + crm.sent("POST /contacts/"),
                crm.sent("POST /contacts/search"),
                "{}",
                context()
            );
            assert_eq!(crm.held(&id), held, "{}", context());
            if reply.is_error() {
                assert!(is_odd, "{}\n{}", reply.error(), context());
                assert_eq!(reply.may_have_written(), "no", "{}", context());
                refused += 1;
            } else {
                assert_eq!(reply.outcome(), "unchanged", "{}", context());
                assert_eq!(reply.ok()["notStored"], json!([]), "{}\n{}", reply.ok(), context());
                unchanged += 1;
            }
        }
        crm.remove(&id);
        crm.clock().advance(std::time::Duration::from_secs(5));
    }
    assert!(unchanged > refused, "{unchanged} unchanged and {refused} refused");
}

#[tokio::test]
async fn a_text_that_an_answer_shortened_never_replaces_a_longer_one() {
    let crm = Crm::empty().await.warmed_up().await;
    let notes = json!([{ "id": crm.field("Notes From Intake"), "value": "x".repeat(5_000) }]);
    crm.insert(json!({ "id": "ada", "email": "ada@example.com", "city": "Rome", "customFields": notes }));
    let before = crm.held("ada");
    let short = "another beginning… [4321 more characters]";
    for sent in [json!({ "city": short }), json!({ "customFields": { "Notes From Intake": short } })] {
        let reply = crm.upsert(with(&sent, &json!({ "email": "ada@example.com" }))).await;
        assert_eq!((reply.outcome(), crm.held("ada")), ("unchanged", before.clone()));
        let reason = reply.ok()["notStored"][0]["reason"].as_str().unwrap_or_default();
        assert!(reason.contains("send the whole text"), "{}", reply.ok());
    }
}
