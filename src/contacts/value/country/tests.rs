use std::collections::BTreeSet;

use crate::contacts::value::country::{Country, code, rows};

#[test]
fn a_country_is_read_by_code_and_by_name() {
    for (text, expected) in [
        ("us", "US"),
        ("US", "US"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("U.S.", "US"),
        ("United States", "US"),
        ("the united states of america", "US"),
        ("America", "US"),
        ("United States (USA)", "US"),
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("GBR", "GB"),
        ("Great Britain", "GB"),
        ("england", "GB"),
        ("Scotland", "GB"),
        ("Northern Ireland", "GB"),
        ("Ireland", "IE"),
        ("Germany", "DE"),
        ("Deutschland", "DE"),
        ("Germany (DE)", "DE"),
        ("Holland", "NL"),
        ("The Netherlands", "NL"),
        ("Brasil", "BR"),
        ("México", "MX"),
        ("mexico", "MX"),
        ("ESPAÑA", "ES"),
        ("Cote d’Ivoire", "CI"),
        ("Ivory Coast", "CI"),
        ("Curacao", "CW"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("Czech Republic", "CZ"),
        ("Czechia", "CZ"),
        ("South Korea", "KR"),
        ("Korea, Republic of", "KR"),
        ("North Korea", "KP"),
        ("Congo (Brazzaville)", "CG"),
        ("Congo, The Democratic Republic of the", "CD"),
        ("UAE", "AE"),
        ("Russia", "RU"),
        ("Viet Nam", "VN"),
        ("Vietnam", "VN"),
        ("St. Lucia", "LC"),
        ("Saint Kitts and Nevis", "KN"),
        ("Trinidad & Tobago", "TT"),
        ("Bosnia and Herzegovina", "BA"),
        ("Hong Kong", "HK"),
        ("Taiwan", "TW"),
        ("Kosovo", "XK"),
        ("Georgia", "GE"),
        ("Samoa", "WS"),
        ("The Bahamas", "BS"),
        ("New Zealand", "NZ"),
        ("Côte d'Ivoire", "CI"),
    ] {
        assert_eq!(code(text).unwrap(), expected, "{text}");
    }
}

#[test]
fn any_other_text_is_refused_with_the_readings_or_the_nearest() {
    for (text, words) in [
        ("Korea", "\"Korea\" means KP or KR"),
        ("Congo", "\"Congo\" means CD or CG"),
        ("Virgin Islands", "means VG or VI"),
        ("Saint Martin", "means MF or SX"),
        ("Germny", "the nearest is Germany (DE)"),
        ("Untied States", "the nearest is United States (US)"),
        ("XX", "\"XX\" is not a country"),
        ("Atlantis", "is not a country"),
        ("1", "is not a country"),
        ("", "is not a country"),
        ("California", "is not a country"),
        ("US/CA", "is not a country"),
    ] {
        let reason = Country::read(text).unwrap_err();
        assert!(reason.contains(words), "{text}: {reason}");
    }
}

#[test]
fn every_row_has_codes_of_its_own_and_each_name_finds_it() {
    let mut codes = BTreeSet::new();
    let mut count = 0;
    for (two, three, names) in rows() {
        count += 1;
        assert!(two.len() == 2 && three.len() == 3 && codes.insert(two) && codes.insert(three), "{two}");
        for name in names {
            assert!(Country::named(&super::folded(name)).iter().any(|one| one.code() == two), "{name}");
        }
    }
    assert_eq!(count, 250);
}
