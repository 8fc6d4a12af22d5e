use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use secrecy::ExposeSecret;

use super::*;
use crate::ghl::auth::Credential;

struct Set(HashMap<&'static str, &'static str>);

impl Environment for Set {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|value| (*value).to_owned())
    }
}

fn parse(text: &str) -> Result<AccountsFile, ConfigError> {
    let environment = Set(HashMap::from([("PIT_A", "pit-a"), ("PIT_B", "pit-b")]));
    AccountsFile::parse(text, Path::new("/etc/ghl"), "--accounts", &environment, false)
}

const GOOD: &str = r#"
[metrics]
token_env = "METRICS"

[[account]]
name = "sales"
token_env = "SALES"
[[account.location]]
id = "LocA"
name = "Berlin"
credential_env = "PIT_A"
read_only = true
[[account.location]]
id = "LocB"
credential_env = "PIT_B"
toolsets = "contacts,bulk"
country = "DE"
base_url = "http://127.0.0.1:9"

[[account]]
name = "support"
token_sha256 = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
[[account.token]]
token_file = "second"
[[account.location]]
id = "LocA"
credential_env = "PIT_A"
"#;

#[test]
fn a_file_has_accounts_with_tokens_and_locations() {
    let accounts = parse(GOOD).unwrap();
    let [sales, support] = accounts.all.as_slice() else { panic!("two accounts") };
    assert_eq!(sales.tokens, [BearerSource::Environment("SALES".to_owned())]);
    let [a, b] = sales.locations.as_slice() else { panic!("two locations") };
    assert_eq!((a.id.as_str(), a.name.as_deref(), a.read_only), ("LocA", Some("Berlin"), true));
    assert_eq!((b.toolsets.as_deref(), b.country.as_deref()), (Some("contacts,bulk"), Some("DE")));
    assert!(matches!(&b.credential, Credential::Token(token) if token.expose_secret() == "pit-b"));
    let [BearerSource::Hash(hash), BearerSource::File(file)] = support.tokens.as_slice() else {
        panic!("two tokens")
    };
    assert_eq!((hash[0], hash[31], file.as_path()), (0x2b, 0x5b, Path::new("/etc/ghl/second")));
    assert_eq!(accounts.metrics, Some(BearerSource::Environment("METRICS".to_owned())));
}

#[test]
fn one_of_several_accounts_is_picked_by_name() {
    let accounts = parse(GOOD).unwrap();
    assert_eq!(accounts.pick(Some("support")).unwrap().name, "support");
    assert_eq!(accounts.pick(None).unwrap_err().to_string(), "--account: is needed: one of sales, support");
    assert!(accounts.pick(Some("x")).unwrap_err().to_string().contains("\"x\" is not one of sales, support"));
}

#[test]
fn an_error_names_the_place_in_the_file() {
    let account = |lines: &str| format!("[[account]]\nname = \"a\"\n{lines}");
    let place = |lines: &str| account(&format!("[[account.location]]\nid = \"L\"\n{lines}"));
    for (text, says) in [
        (String::new(), "--accounts: has no [[account]]"),
        (account(""), "--accounts: account \"a\": has no [[account.location]]"),
        (place(""), "account \"a\", location L: give one of credential_env, credential_file"),
        (place("credential_env = \"PIT_C\""), "account \"a\", location L: PIT_C is not set"),
        (place("token_store = \"tokens.json\""), "location L: token_store needs GHL_CLIENT_ID"),
        (place("token_store = \"t\"\ncredential_env = \"PIT_A\""), "location L: give one of credential_env"),
        (
            place("credential_env = \"PIT_A\"\nbase_url = \"http://x.example\""),
            "location L: base_url must be https",
        ),
        (place("credential_file = \"missing\""), "location L: credential_file cannot be read"),
        (account("token_sha256 = \"abc\""), "token_sha256 is not 64 hexadecimal digits"),
        (account("token_env = \"A\"\ntoken_file = \"b\""), "give one of token_env, token_file, token_sha256"),
        (account("colour = 1"), "line 3: unknown field `colour`"),
        (
            GOOD.replace("name = \"support\"", "name = \"sales\""),
            "--accounts: has two accounts named \"sales\"",
        ),
        (
            GOOD.replace("name = \"support\"", "name = \"sales\"") + &place("credential_env = \"PIT_A\""),
            "--accounts: has two accounts named \"sales\"",
        ),
        (GOOD.replace("\"LocB\"", "\"LocA\""), "names the location LocA twice"),
    ] {
        let error = parse(&text).unwrap_err().to_string();
        assert!(error.contains(says), "{error} does not say {says}");
    }
}

#[test]
fn locations_with_the_same_token_store_share_it() {
    let environment = Set(HashMap::from([("GHL_CLIENT_ID", "app"), ("GHL_CLIENT_SECRET", "canary")]));
    let place =
        |id: &str, store: &str| format!("[[account.location]]\nid = \"{id}\"\ntoken_store = \"{store}\"\n");
    let text =
        format!("[[account]]\nname = \"a\"\n{}{}{}", place("A", "one"), place("B", "one"), place("C", "two"));
    let accounts =
        AccountsFile::parse(&text, Path::new("/nowhere"), "--accounts", &environment, false).unwrap();
    let stores: Vec<_> = accounts.all[0]
        .locations
        .iter()
        .map(|place| match &place.credential {
            Credential::OAuth(oauth) => oauth,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!((stores[0].client_id(), stores[0].store().path()), ("app", Some(Path::new("/nowhere/one"))));
    assert!(Arc::ptr_eq(stores[0], stores[1]) && !Arc::ptr_eq(stores[0], stores[2]));
    assert!(!format!("{accounts:?}").contains("canary"));
}

#[test]
fn in_a_shared_store_each_location_looks_for_its_own_tokens_and_needs_no_file() {
    let environment = Set(HashMap::from([("GHL_CLIENT_ID", "app"), ("GHL_CLIENT_SECRET", "canary")]));
    let of = |account: &str, id: &str| {
        format!(
            "[[account]]\nname = \"{account}\"\n[[account.location]]\nid = \"{id}\"\ntoken_store = \"one\"\n"
        )
    };
    let text = of("a", "A") + &of("b", "B") + &of("c", "A");
    let accounts =
        AccountsFile::parse(&text, Path::new("/nowhere"), "--accounts", &environment, true).unwrap();
    let stores: Vec<_> = accounts
        .all
        .iter()
        .map(|account| match &account.locations[0].credential {
            Credential::OAuth(oauth) => oauth,
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(stores.iter().all(|oauth| oauth.store().path() == Some(Path::new("/nowhere/one"))));
    assert!(!Arc::ptr_eq(stores[0], stores[1]) && Arc::ptr_eq(stores[0], stores[2]));
}

#[test]
fn an_error_does_not_show_a_secret_in_the_file() {
    for line in
        ["token = \"canary\"", "token_env = [\"canary\"]", "token_env = \"canary", "name = \"canary\""]
    {
        let error = parse(&format!("[[account]]\nname = \"a\"\n{line}\n")).unwrap_err().to_string();
        assert!(!error.contains("canary"), "{error}");
    }
}

#[test]
fn an_error_does_not_show_a_token_in_the_place_of_a_variable_name() {
    for value in [
        "pit-canary",
        "canary",
        "canary_1",
        "0canary",
        "eyJcanary.x.y",
        "Bearer canary",
        "A=canary",
        "PIT_canary",
        "sk_canary",
        "canary\\n",
    ] {
        let text = format!(
            "[[account]]\nname = \"a\"\n[[account.location]]\nid = \"L\"\ncredential_env = \"{value}\"\n"
        );
        let error = parse(&text).unwrap_err().to_string();
        assert!(!error.contains("canary"), "{error}");
        assert!(error.contains("the variable that credential_env names is not set"), "{error}");
    }
}
