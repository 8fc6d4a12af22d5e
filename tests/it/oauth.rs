//! OAuth against the sandbox's token endpoint, in this process and in several at once.
#![expect(
    clippy::disallowed_methods,
    reason = "the specs write token files, and the programs under test read the real calendar"
)]

mod accounts;
mod login;
mod replicas;
mod upserts;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::join_all;
use ghl_contacts_mcp::ghl::SystemClock;
use ghl_contacts_mcp::ghl::auth::{App, Credential, OAuth, TokenStore};
use ghl_contacts_mcp::ghl::wire::ReqwestTransport;
use ghl_contacts_mcp::ghl::{Client, Kind, Settings, api};
use ghl_contacts_mcp::sandbox::{Fault, ManualClock, OauthApp, Options, Sandbox};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

const DAY: Duration = Duration::from_secs(86_399);

/// A sandbox with an app, and a token store in a folder of its own.
struct Fixture {
    sandbox: Sandbox,
    clock: Arc<ManualClock>,
    folder: PathBuf,
}

impl Fixture {
    async fn new(name: &str) -> Self {
        Self::with(name, Options::default()).await
    }

    async fn with(name: &str, options: Options) -> Self {
        let clock = Arc::new(ManualClock::default());
        let (client_id, client_secret) = ("app".to_owned(), "secret-canary".to_owned());
        let oauth = Some(OauthApp { client_id, client_secret, access_ttl: DAY });
        let options = Options { oauth, clock: Arc::clone(&clock) as _, burst: 1000, ..options };
        let sandbox = Sandbox::start(options).await.unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("oauth-{name}"));
        let _ = fs::remove_dir_all(&folder);
        Self { sandbox, clock, folder }
    }

    fn store(&self) -> PathBuf {
        self.folder.join("tokens.json")
    }

    /// Writes a token file with a new grant of the sandbox that seems valid for `left` more seconds.
    fn grant(&self, user_type: &str, left: u64) {
        let (access, refresh) = self.sandbox.new_grant();
        let text = json!({"version": 1, "client_id": "app", "access_token": access, "refresh_token": refresh,
            "expires_at": now() + left, "expires_in": DAY.as_secs(), "userType": user_type,
            "companyId": "SandboxCompany000001", "locationId": self.sandbox.location_id()});
        fs::create_dir_all(&self.folder).unwrap();
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(self.store()).unwrap().write_all(text.to_string().as_bytes()).unwrap();
    }

    fn on_disk(&self) -> Value {
        serde_json::from_slice(&fs::read(self.store()).unwrap()).unwrap()
    }

    fn client(&self) -> Client {
        let app = App { client_id: "app".to_owned(), client_secret: "secret-canary".into() };
        Client::new(Settings {
            base_url: self.sandbox.url().parse().unwrap(),
            credential: Credential::OAuth(Arc::new(OAuth::new(app, TokenStore::file(self.store())))),
            location: Some(self.sandbox.location_id().parse().unwrap()),
            dialect: None,
            clock: Arc::new(SystemClock::default()),
            transport: Arc::new(ReqwestTransport::default()),
            deadline: Duration::from_secs(45),
        })
    }

    /// Reads one contact. An error is returned as its kind.
    async fn read(&self, client: &Client) -> Result<(), Kind> {
        let id = self.sandbox.contacts()[0]["id"].as_str().unwrap().parse().unwrap();
        let scope = client.scope(CancellationToken::new());
        api::get(&scope, &id).await.map(|_| ()).map_err(|error| error.kind().clone())
    }

    /// The number of requests to the token endpoints, and of all other requests.
    fn wire(&self) -> (usize, usize) {
        let wire = self.sandbox.wire();
        let (oauth, api): (Vec<_>, Vec<_>) = wire.iter().partition(|one| one.path.starts_with("/oauth/"));
        (oauth.len(), api.len())
    }

    /// The real program, configured to use the token file.
    fn program(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).env_clear().stdin(Stdio::null());
        command.env("GHL_BASE_URL", self.sandbox.url()).env("GHL_LOCATION_ID", self.sandbox.location_id());
        command.env("GHL_CLIENT_ID", "app").env("GHL_CLIENT_SECRET", "secret-canary");
        command.env("GHL_TOKEN_STORE", self.store());
        command
    }

    fn call(&self) -> Command {
        self.program(BIN, &["call", "ghl_get_contact", r#"{"email":"jane.smith@example.com"}"#])
    }
}

const BIN: &str = env!("CARGO_BIN_EXE_ghl-contacts-mcp");

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

async fn output(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn found_jane(output: &Output) {
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("Jane Smith"), "{text}{errors}");
    for secret in ["canary", "sandbox-access", "sandbox-refresh"] {
        assert!(!text.contains(secret) && !errors.contains(secret), "{text}{errors}");
    }
}

#[tokio::test]
async fn fifty_reads_with_an_expired_token_need_one_refresh() {
    let fixture = Fixture::new("fifty").await;
    fixture.grant("Location", DAY.as_secs());
    let client = fixture.client();
    fixture.read(&client).await.unwrap();
    fixture.sandbox.clear_wire();
    fixture.clock.advance(DAY);
    for answer in join_all((0..50).map(|_| fixture.read(&client))).await {
        answer.unwrap();
    }
    assert_eq!((fixture.sandbox.oauth_refreshes(), fixture.wire()), (1, (1, 100)));
}

#[tokio::test]
async fn a_failed_token_request_is_repeated_with_the_same_token() {
    for (name, fault) in [("hang-up", Fault::HangUp { apply: false }), ("html", Fault::Html { status: 502 })]
    {
        let fixture = Fixture::new(name).await;
        fixture.grant("Location", 0);
        fixture.sandbox.fault_on("POST", "/oauth/token", fault);
        fixture.read(&fixture.client()).await.unwrap();
        assert_eq!((fixture.sandbox.oauth_refreshes(), fixture.wire()), (1, (2, 1)));
    }
}

#[tokio::test]
async fn a_missing_scope_does_not_refresh_the_token() {
    let options = Options { denied_scopes: vec!["contacts.readonly".to_owned()], ..Options::default() };
    let fixture = Fixture::with("scope", options).await;
    fixture.grant("Location", DAY.as_secs());
    assert_eq!(fixture.read(&fixture.client()).await, Err(Kind::ScopeMissing));
    assert_eq!(fixture.wire(), (0, 1));
}

#[tokio::test]
async fn a_spent_refresh_token_is_refused_once() {
    let fixture = Fixture::new("spent").await;
    fixture.grant("Location", 0);
    // The first refresh gets no answer, but HighLevel has used up the token.
    fixture.sandbox.fault_on("POST", "/oauth/token", Fault::HangUp { apply: true });
    let client = fixture.client();
    for _ in 0..3 {
        assert!(
            matches!(fixture.read(&client).await, Err(Kind::Authorization(why)) if why.contains("login"))
        );
    }
    assert_eq!(fixture.wire(), (2, 0));
}

#[tokio::test]
async fn an_agency_token_is_exchanged_once_for_a_location_token() {
    let fixture = Fixture::new("agency").await;
    fixture.grant("Company", DAY.as_secs());
    let client = fixture.client();
    fixture.read(&client).await.unwrap();
    fixture.read(&client).await.unwrap();
    assert_eq!((fixture.sandbox.oauth_refreshes(), fixture.wire()), (0, (1, 2)));
    let exchange = &fixture.sandbox.wire()[0];
    assert_eq!(exchange.path, "/oauth/locationToken");
    assert_eq!(
        exchange.body,
        Some(json!({"companyId": "SandboxCompany000001", "locationId": fixture.sandbox.location_id()}))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_processes_on_one_token_file_refresh_once() {
    let fixture = Fixture::new("programs").await;
    fixture.grant("Location", 0);
    for output in join_all((0..8).map(|_| output(fixture.call()))).await {
        found_jane(&output);
    }
    assert_eq!(fixture.sandbox.oauth_refreshes(), 1);
    assert_eq!(fixture.wire().0, 1);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_noticed_before_the_refresh_token_is_spent() {
    let fixture = Fixture::new("full").await;
    fixture.grant("Location", 0);
    let before = fixture.on_disk();
    // No file may grow: this has the effect of a full disk.
    let script = r#"trap '' XFSZ; ulimit -f 0; exec "$0" "$@""#;
    let call = ["-c", script, BIN, "call", "ghl_get_contact", r#"{"email":"jane.smith@example.com"}"#];
    let refused = output(fixture.program("/bin/sh", &call)).await;
    let said = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert!(!refused.status.success() && said.contains("token store cannot be written"), "{said}");
    assert_eq!((fixture.wire(), fixture.on_disk()), ((0, 0), before));
    found_jane(&output(fixture.call()).await);
    assert_eq!(fixture.sandbox.oauth_refreshes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_during_a_refresh_leaves_a_whole_file_and_no_lock() {
    let fixture = Fixture::new("killed").await;
    fixture.grant("Location", 0);
    let before = fixture.on_disk();
    fixture.sandbox.fault_on("POST", "/oauth/token", Fault::Stall { apply: false });
    let mut child = fixture.call().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while fixture.wire().0 == 0 {
        tokio::task::yield_now().await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(fixture.on_disk(), before);
    found_jane(&output(fixture.call()).await);
    assert_eq!(fixture.sandbox.oauth_refreshes(), 1);
    assert!(!fixture.folder.join("tokens.json.new").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn row_47_a_process_killed_while_saving_leaves_one_whole_file() {
    for round in 0..6 {
        let fixture = Fixture::new(&format!("killed-{round}")).await;
        fixture.grant("Location", 0);
        let before = fixture.on_disk();
        let mut child = fixture.call().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        while fixture.sandbox.oauth_refreshes() == 0 {
            tokio::task::yield_now().await;
        }
        // The answer is on its way, and then the new file is written. Each round waits a little longer.
        for _ in 0..round * 200 {
            tokio::task::yield_now().await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let after = fixture.on_disk();
        if after == before {
            // The token is used up and the answer is lost. The program says so, and the file is unchanged.
            let refused = output(fixture.call()).await;
            let said = String::from_utf8_lossy(&refused.stdout).into_owned();
            assert!(!refused.status.success() && said.contains("login"), "{said}");
            assert_eq!(fixture.on_disk(), before);
        } else {
            assert_ne!(after["refresh_token"], before["refresh_token"]);
            found_jane(&output(fixture.call()).await);
        }
        assert_eq!(fixture.sandbox.oauth_refreshes(), 1);
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_token_file_that_others_may_read_ends_with_exit_code_2() {
    let fixture = Fixture::new("wide").await;
    fixture.grant("Location", 0);
    fs::set_permissions(fixture.store(), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let refused = output(fixture.call()).await;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2));
    assert!(said.contains("GHL_TOKEN_STORE: the file may be read or written by others (mode 644)"), "{said}");
    assert_eq!(fixture.wire(), (0, 0));
}
