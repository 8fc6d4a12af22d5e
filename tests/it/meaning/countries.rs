//! Countries, time zones and users by the names that people give them.

use serde_json::json;

use crate::meaning::{Holds, Left, Refused, Table};

#[tokio::test]
async fn a_country_is_stored_by_its_code_of_two_letters() {
    let mut table = Table::open().await;
    for (text, code) in [
        ("us", "US"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("United States", "US"),
        ("the united states of america", "US"),
        ("America", "US"),
        ("UK", "GB"),
        ("GBR", "GB"),
        ("Great Britain", "GB"),
        ("england", "GB"),
        ("Germany", "DE"),
        ("Deutschland", "DE"),
        ("Germany (DE)", "DE"),
        ("Holland", "NL"),
        ("The Netherlands", "NL"),
        ("Brasil", "BR"),
        ("México", "MX"),
        ("ESPAÑA", "ES"),
        ("Cote d’Ivoire", "CI"),
        ("Türkiye", "TR"),
        ("Czech Republic", "CZ"),
        ("South Korea", "KR"),
        ("Korea, Republic of", "KR"),
        ("UAE", "AE"),
        ("Russia", "RU"),
        ("Viet Nam", "VN"),
        ("St. Lucia", "LC"),
        ("Trinidad & Tobago", "TT"),
        ("Hong Kong", "HK"),
        ("\u{202a}New\u{a0}Zealand\u{202c}", "NZ"),
    ] {
        table.row(json!({}), json!({ "country": text }), Holds(json!({ "country": code }))).await;
    }
    for (text, words) in [
        ("Korea", "means KP or KR"),
        ("Congo", "means CD or CG"),
        ("Virgin Islands", "means VG or VI"),
        ("Germny", "the nearest is Germany (DE)"),
        ("XX", "\"XX\" is not a country"),
        ("Atlantis", "is not a country"),
        ("California", "is not a country"),
        ("US/CA", "is not a country"),
        ("1", "is not a country"),
    ] {
        table.row(json!({}), json!({ "country": text }), Refused(words)).await;
    }
    table.row(json!({}), json!({ "country": "undefined" }), Left("country was ignored")).await;
}

#[tokio::test]
async fn a_time_zone_is_stored_by_its_name_in_the_iana_database() {
    let mut table = Table::open().await;
    for (text, zone) in [
        ("America/New_York", "America/New_York"),
        ("america/new york", "America/New_York"),
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("(GMT-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("Pacific Standard Time", "America/Los_Angeles"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("London", "Europe/London"),
        ("UTC", "UTC"),
    ] {
        table.row(json!({}), json!({ "timezone": text }), Holds(json!({ "timezone": zone }))).await;
    }
    for (text, words) in [
        ("Mars/Olympus", "is not a time zone"),
        ("Europe/Berln", "the nearest is Europe/Berlin"),
        ("GMT+25", "is not a time zone"),
    ] {
        table.row(json!({}), json!({ "timezone": text }), Refused(words)).await;
    }
}

#[tokio::test]
async fn a_user_is_stored_by_the_id() {
    let mut table = Table::open().await;
    let (_, _, after) = table.send(json!({}), json!({ "assignedTo": "Ines Moreau" })).await;
    let id = after.expect("a contact")["assignedTo"].clone();
    assert!(id.as_str().is_some_and(|id| id.len() == 20), "{id}");
    for user in [
        json!("ines moreau"),
        json!("Ines.Moreau@harbour-light.example.com"),
        id.clone(),
        json!(" Ines Moreau "),
    ] {
        table.row(json!({}), json!({ "assignedTo": user }), Holds(json!({ "assignedTo": id }))).await;
    }
    for user in ["Jane Doe", "Ines", "nobody@example.com"] {
        table.row(json!({}), json!({ "assignedTo": user }), Refused("is no user of this location")).await;
    }
    for user in ["none", "No one", "unassigned"] {
        table.row(json!({}), json!({ "assignedTo": user }), Refused("send clear: [\"assignedTo\"]")).await;
    }
    table.row(json!({}), json!({ "assignedTo": "null" }), Left("assignedTo was ignored")).await;
}
