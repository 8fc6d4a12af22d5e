//! Characters that a person does not see, in tags and names: kept where they mean something, and written back unchanged.

use serde_json::json;

use crate::meaning::{Holds, ID, Table, with};

/// Texts in which an invisible character changes what a person sees.
const TEXTS: [&str; 18] = [
    // Persian, Urdu, Arabic.
    "علی\u{200c}رضا",
    "می\u{200c}خواهم",
    "1447 ه\u{200d}",
    // Hindi, Bengali, Malayalam, Kannada, Sinhala, Tamil, Telugu, Khmer, Burmese, Mongolian.
    "क्\u{200d}ष",
    "দর্\u{200d}শন",
    "അവന്\u{200d}",
    "ರ್\u{200d}ಯ",
    "ශ්\u{200d}රී ලංකා",
    "க்\u{200c}ஷ",
    "రాజ్\u{200c}కుమార్",
    "ក\u{200d}ខ",
    "က\u{200c}ခ",
    "ᠠ\u{180b}ᠨ",
    // Emoji and Chinese characters.
    "👩\u{200d}💻 dev",
    "🏳\u{fe0f}\u{200d}🌈",
    "1\u{fe0f}\u{20e3}",
    "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "葛\u{e0100}城",
];

#[tokio::test]
async fn a_text_with_a_joiner_is_stored_shown_and_written_back_as_it_is() {
    let mut table = Table::open().await;
    for text in TEXTS {
        for sent in [
            json!({ "tags": [text] }),
            json!({ "firstName": text }),
            json!({ "customFields": { "Job Title": text } }),
        ] {
            table.row(json!({}), sent.clone(), Holds(sent)).await;
        }
        let stored = json!({ "tags": [text], "firstName": text, "companyName": text });
        table.crm.insert(with(&json!({ "id": ID, "email": "row@example.com" }), &stored));
        let reply =
            table.crm.call("ghl_get_contact", json!({ "contactId": ID, "fields": ["firstName"] })).await;
        let shown = &reply.ok()["contact"];
        assert_eq!(
            (&shown["tags"], &shown["firstName"], &shown["companyName"]),
            (&json!([text]), &json!(text), &json!(text))
        );
        table.unchanged(stored.clone(), stored).await;
    }
}

#[tokio::test]
async fn a_character_that_means_nothing_goes_and_makes_no_second_tag() {
    let mut table = Table::open().await;
    for (dirty, clean) in [
        ("v\u{200b}ip", "vip"),
        ("v\u{200c}ip", "vip"),
        ("\u{feff}vip", "vip"),
        ("vip\u{202e}", "vip"),
        ("vi\u{ad}p", "vip"),
        ("\u{2068}vip\u{2069}", "vip"),
        ("vip\u{e0041}\u{e0042}", "vip"),
        ("Ян\u{200d}а", "яна"),
        ("東\u{200c}京", "東京"),
        ("👍\u{fe0f}\u{fe0f}", "👍\u{fe0f}"),
    ] {
        table.row(json!({}), json!({ "tags": [dirty] }), Holds(json!({ "tags": [clean] }))).await;
        table.unchanged(json!({ "tags": [clean] }), json!({ "tags": [dirty] })).await;
        // The CRM may hold what another program wrote.
        table.unchanged(json!({ "tags": [dirty] }), json!({ "tags": [clean] })).await;
    }
    for (dirty, clean) in [("Ja\u{200b}ne", "Jane"), ("\u{202a}Jane\u{202c}", "Jane"), ("Zoë\u{200d}", "Zoë")]
    {
        table.row(json!({}), json!({ "firstName": dirty }), Holds(json!({ "firstName": clean }))).await;
        for sent in [json!({ "firstName": clean }), json!({ "name": clean })] {
            table.unchanged(json!({ "firstName": dirty }), sent).await;
        }
    }
}
