//! An accounts file in which each location has its own token file.
#![expect(clippy::disallowed_methods, reason = "the specs write an accounts file")]

use std::fmt::Write as _;
use std::fs;

use futures_util::future::join;
use ghl_contacts_mcp::sandbox::{Fault, Options};
use serde_json::{Value, json};

use crate::http::client::post;
use crate::http::program::Running;
use crate::http::server::call;
use crate::oauth::Fixture;

async fn fixture(name: &str) -> Fixture {
    let options = Options { location_id: format!("Location{name}"), ..Options::default() };
    let fixture = Fixture::with(&format!("account-{name}"), options).await;
    fixture.grant("Location", 0);
    fixture
}

/// The program with these accounts: the token of each, and the location whose token file it uses.
fn serve(accounts: &[(&str, &Fixture)]) -> Running {
    let mut file = String::new();
    let mut variables = vec![("GHL_CLIENT_ID", "app"), ("GHL_CLIENT_SECRET", "secret-canary")];
    for (name, fixture) in accounts {
        let (id, store, url) = (fixture.sandbox.location_id(), fixture.store(), fixture.sandbox.url());
        let _ = write!(
            file,
            "[[account]]\nname = \"{name}\"\ntoken_env = \"{name}\"\n[[account.location]]\nid = \"{id}\"\n\
             token_store = {store:?}\nbase_url = \"{url}\"\n"
        );
        variables.push((name, name));
    }
    let path = accounts[0].1.folder.join("accounts.toml");
    fs::write(&path, file).unwrap();
    Running::start(&["--accounts", path.to_str().unwrap()], &variables)
}

async fn find_jane(running: &Running, token: &str) -> Value {
    let ask = post(&call("ghl_get_contact", json!({ "email": "jane.smith@example.com" })));
    ask.bearer(token).send(running.at).await.json()["result"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_accounts_renew_their_tokens_separately() {
    let (one, two) = (fixture("One").await, fixture("Two").await);
    let before = two.on_disk();
    // The second account's refresh gets no answer, but its refresh token is used up.
    two.sandbox.fault_on("POST", "/oauth/token", Fault::HangUp { apply: true });
    let running = serve(&[("TOKEN-OF-THE-FIRST", &one), ("TOKEN-OF-THE-SECOND", &two)]);
    let both = join(find_jane(&running, "TOKEN-OF-THE-FIRST"), find_jane(&running, "TOKEN-OF-THE-SECOND"));
    let (found, refused) = both.await;
    assert_eq!(found["structuredContent"]["contact"]["name"], "Jane Smith", "{found}");
    assert_eq!(refused["structuredContent"]["code"], "unauthorized", "{refused}");
    assert_eq!(find_jane(&running, "TOKEN-OF-THE-FIRST").await["isError"], false);
    assert_eq!((one.sandbox.oauth_refreshes(), two.on_disk()), (1, before));
    assert_ne!(one.on_disk()["refresh_token"], two.on_disk()["refresh_token"]);
    // After a new login the account is served again. The first account is not affected.
    two.grant("Location", 3600);
    for token in ["TOKEN-OF-THE-FIRST", "TOKEN-OF-THE-SECOND"] {
        assert_eq!(find_jane(&running, token).await["isError"], false);
    }
    assert_eq!(one.sandbox.oauth_refreshes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_accounts_with_one_token_file_renew_it_once() {
    let shared = fixture("Shared").await;
    let running = serve(&[("TOKEN-OF-THE-FIRST", &shared), ("TOKEN-OF-THE-SECOND", &shared)]);
    let both = join(find_jane(&running, "TOKEN-OF-THE-FIRST"), find_jane(&running, "TOKEN-OF-THE-SECOND"));
    let (one, two) = both.await;
    assert_eq!((&one["isError"], &two["isError"]), (&json!(false), &json!(false)), "{one} {two}");
    assert_eq!(shared.sandbox.oauth_refreshes(), 1);
}
