use std::collections::HashMap;

use secrecy::ExposeSecret;

use super::*;

struct Set(HashMap<&'static str, &'static str>);

impl Environment for Set {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|value| !value.is_empty()).map(|value| (*value).to_owned())
    }
}

fn read(variables: &[(&'static str, &'static str)]) -> Result<Config, ConfigError> {
    Config::read(&Flags::default(), &Set(variables.iter().copied().collect()))
}

fn token_of(config: &Config) -> &str {
    match &config.credential {
        Credential::Token(token) => token.expose_secret(),
        Credential::OAuth(_) | Credential::Missing => "",
    }
}

#[test]
fn the_defaults_are_highlevel_without_a_token() {
    let config = read(&[]).unwrap();
    assert_eq!(config.base_url.as_str(), "https://services.leadconnectorhq.com/");
    assert!(matches!(config.credential, Credential::Missing));
    assert!(!config.read_only && !config.sandbox && !config.native_upsert);
}

#[test]
fn a_token_is_trimmed_and_read_from_either_variable() {
    assert_eq!(token_of(&read(&[("GHL_PIT_TOKEN", " pit-1\r\n")]).unwrap()), "pit-1");
    let config = read(&[("GHL_API_KEY", "pit-2")]).unwrap();
    assert_eq!(
        (token_of(&config), config.credential_source.clone()),
        ("pit-2", Source::Environment("GHL_API_KEY"))
    );
}

#[test]
fn a_setting_that_was_never_filled_in_counts_as_not_set() {
    let host = |name: &'static str| {
        read(&[
            ("GHL_PIT_TOKEN", name),
            ("GHL_LOCATION_ID", name),
            ("GHL_TOOLSETS", "${user_config.toolsets}"),
            ("GHL_DIALECT", "${user_config.dialect}"),
            ("GHL_BASE_URL", "${user_config.base_url}"),
            ("GHL_SANDBOX", "${user_config.sandbox}"),
            ("GHL_PIT_TOKEN_FILE", "<PATH>"),
        ])
    };
    for placeholder in
        ["${user_config.token}", "${input:ghl-token}", "<YOUR_TOKEN>", "...", "pit-...", "YOUR_TOKEN", ""]
    {
        let config = host(placeholder).unwrap();
        assert!(matches!(config.credential, Credential::Missing), "{placeholder}");
        assert_eq!((config.location, config.toolsets, config.sandbox), (None, None, false), "{placeholder}");
        assert_eq!(config.base_url.as_str(), "https://services.leadconnectorhq.com/");
    }
    // What keeps something from happening is not lifted by a placeholder.
    assert!(read(&[("GHL_READ_ONLY", "${user_config.read_only}")]).unwrap().read_only);
    assert!(!read(&[("GHL_READ_ONLY", "")]).unwrap().read_only);
    // The other variable, or the file, takes the place of a token that was not filled in.
    let config = read(&[("GHL_PIT_TOKEN", "${GHL_PIT_TOKEN}"), ("GHL_API_KEY", "pit-2")]).unwrap();
    assert_eq!(token_of(&config), "pit-2");
}

#[test]
fn the_location_may_be_the_address_of_its_dashboard() {
    let address = "https://app.gohighlevel.com/v2/location/ve9EPM428h8vShlRW1KT/dashboard";
    let config = read(&[("GHL_LOCATION_ID", address)]).unwrap();
    assert_eq!(config.location.unwrap().as_str(), "ve9EPM428h8vShlRW1KT");
}

#[test]
fn debug_output_and_errors_do_not_show_a_secret() {
    let config = read(&[("GHL_PIT_TOKEN", "pit-canary")]).unwrap();
    assert!(!format!("{config:?}").contains("canary"));
    let error = read(&[("GHL_PIT_TOKEN", "pit-canary é")]).unwrap_err();
    assert!(!error.to_string().contains("canary"), "{error}");
}

#[test]
fn an_unknown_word_is_an_error() {
    for (variable, value, says) in [
        ("GHL_DIALECT", "v3", "GHL_DIALECT: \"v3\" is not one of auto, current, recipe"),
        ("GHL_UPSERT", "fast", "GHL_UPSERT: \"fast\" is not one of safe, native"),
        ("GHL_READ_ONLY", "maybe", "GHL_READ_ONLY: \"maybe\" is neither true nor false"),
        ("GHL_LOCATION_ID", "../x", "GHL_LOCATION_ID: may hold only letters, digits, `-` and `_`"),
    ] {
        assert_eq!(read(&[(variable, value)]).unwrap_err().to_string(), says);
    }
}

#[test]
fn a_flag_has_precedence_over_a_variable() {
    let flags = Flags { location_id: Some("flag".to_owned()), ..Flags::default() };
    let environment = Set(HashMap::from([("GHL_LOCATION_ID", "environment")]));
    assert_eq!(Config::read(&flags, &environment).unwrap().location.unwrap().as_str(), "flag");
}

#[test]
fn the_address_must_be_https_or_loopback() {
    for good in [
        "https://services.leadconnectorhq.com",
        "https://proxy.example/ghl/",
        "http://127.0.0.1:9",
        "http://localhost:9",
        "http://[::1]:9",
    ] {
        assert!(address::parse(good).is_ok(), "{good}");
    }
    for bad in [
        "http://services.leadconnectorhq.com",
        "https://user@services.leadconnectorhq.com",
        "https://services.leadconnectorhq.com@evil.example",
        "https://x.example?a=1",
        "https://x.example#f",
        "ftp://x.example",
        "http://localhost.evil.example",
        "http://127.0.0.1.nip.io",
        "services.leadconnectorhq.com",
        "",
    ] {
        assert!(address::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_complete_app_is_used_if_no_token_is_set() {
    let app = [
        ("GHL_CLIENT_ID", "app"),
        ("GHL_CLIENT_SECRET", "canary"),
        ("GHL_TOKEN_STORE", "/nowhere/tokens.json"),
    ];
    let config = read(&app).unwrap();
    let Credential::OAuth(oauth) = &config.credential else { panic!("not OAuth") };
    assert_eq!((oauth.client_id(), oauth.store().path()), ("app", Some(Path::new("/nowhere/tokens.json"))));
    assert_eq!(config.credential_source, Source::Environment("GHL_CLIENT_ID"));
    assert!(!format!("{config:?}").contains("canary"));
    let both = read(&[&app[..], &[("GHL_PIT_TOKEN", "pit-1")]].concat()).unwrap();
    assert_eq!((token_of(&both), both.oauth.as_ref().unwrap().is_some()), ("pit-1", true));
}

#[test]
fn an_incomplete_app_is_an_error_unless_a_token_is_set() {
    let half = [("GHL_CLIENT_ID", "app"), ("GHL_TOKEN_STORE", "/nowhere/tokens.json")];
    assert_eq!(
        read(&half).unwrap_err().to_string(),
        "GHL_CLIENT_SECRET: is not set, and OAuth needs all of GHL_CLIENT_ID, GHL_CLIENT_SECRET and GHL_TOKEN_STORE"
    );
    assert!(read(&[("GHL_CLIENT_ID", "app"), ("GHL_PIT_TOKEN", "pit-1")]).is_ok());
}
