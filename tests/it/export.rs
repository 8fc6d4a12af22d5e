//! `export`: contacts into a file, through the real binary; and back by `import`.
#![expect(clippy::disallowed_methods, reason = "the specs read the files that are written")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use ghl_contacts_mcp::sandbox::{Crm, Fault, Options, Sandbox, Seed};
use serde_json::{Value, json};

use crate::support::process::wait_for;

/// A CRM, and a folder for a file.
struct Export {
    sandbox: Sandbox,
    file: PathBuf,
}

impl Export {
    async fn of(name: &str, seed: Seed, file: &str) -> Self {
        let options = Options { seed, burst: 100_000, ..Options::default() };
        let sandbox = Sandbox::start(options).await.unwrap();
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("export-{name}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self { sandbox, file: folder.join(file) }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ghl-contacts-mcp"));
        command.args(arguments).env_clear();
        command.env("GHL_BASE_URL", self.sandbox.url()).env("GHL_PIT_TOKEN", self.sandbox.token());
        command.env("GHL_LOCATION_ID", self.sandbox.location_id());
        command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null());
        command
    }

    /// The exit code, stdout and stderr.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn export(&self, arguments: &[&str]) -> (i32, String, String) {
        self.run(&[&["export", self.file.to_str().unwrap()], arguments].concat())
    }

    fn content(&self) -> String {
        fs::read_to_string(&self.file).unwrap()
    }

    fn beside(&self, ending: &str) -> PathBuf {
        PathBuf::from(format!("{}{ending}", self.file.display()))
    }

    /// The rows of the CSV file, by header.
    fn rows(&self) -> Vec<csv::StringRecord> {
        csv::Reader::from_path(&self.file).unwrap().records().map(Result::unwrap).collect()
    }

    fn ids(&self) -> Vec<String> {
        self.rows().iter().map(|row| row[0].to_owned()).collect()
    }

    fn cell(&self, id: &str, header: &str) -> String {
        let mut reader = csv::Reader::from_path(&self.file).unwrap();
        let at = reader.headers().unwrap().iter().position(|one| one == header).unwrap();
        let row = self.rows().into_iter().find(|row| &row[0] == id).unwrap();
        row[at].to_owned()
    }

    fn field(&self, name: &str) -> Value {
        let definitions = self.sandbox.custom_fields();
        definitions.into_iter().find(|field| field["name"] == name).unwrap()["id"].clone()
    }

    fn searches(&self) -> usize {
        self.wire().iter().filter(|line| line.starts_with("POST /contacts/search")).count()
    }

    fn wire(&self) -> Vec<String> {
        self.sandbox.wire().iter().map(|exchange| format!("{} {}", exchange.method, exchange.path)).collect()
    }

    /// So many contacts, ten of which were added at a time.
    fn fill(&self, count: usize) -> BTreeSet<String> {
        let one = |n: usize| {
            let added = format!("2025-01-01T{:02}:{:02}:{:02}.000Z", n / 36_000, n / 600 % 60, n / 10 % 60);
            let contact = json!({ "email": format!("p{n}@example.com"), "firstName": format!("P{n}"), "dateAdded": added });
            self.sandbox.insert(contact)
        };
        (0..count).map(one).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_is_imported_again_changes_nothing() {
    let export = Export::of("again", Seed::People, "people.csv").await;
    let profiles =
        export.sandbox.custom_fields().into_iter().find(|f| f["name"] == "Social Profiles").unwrap();
    let linked_in = profiles["picklistOptions"][0]["id"].as_str().unwrap().to_owned();
    let values = json!([
        { "id": export.field("Lead Score"), "value": 1.234 },
        { "id": export.field("Budget"), "value": -1500.0 },
        { "id": export.field("Preferred Contact Time"), "value": "At night" },
        { "id": export.field("Interests"), "value": ["Webinars", "Gone, long ago"] },
        { "id": export.field("Services"), "value": ["Training", "Support"] },
        { "id": export.field("Renewal Date"), "value": "2026-12-24T00:00:00.000Z" },
        { "id": export.field("Job Title"), "value": "=1+1" },
        { "id": export.field("Notes From Intake"), "value": "\"Yes\";\r\nno, \u{202e}maybe\n\n- end\t'x" },
        { "id": export.field("Assistant Phone"), "value": "(415) 555-0133" },
        { "id": export.field("Billing Email"), "value": "Bill@Example.com" },
        { "id": export.field("Social Profiles"), "value": { (linked_in): "in/ada, \"x\"" } },
        { "id": export.field("Signed Contract"), "value": { "u-1": {
            "meta": { "originalname": "contract.pdf", "size": 7 }, "url": "https://files.example.com/1",
        } } },
    ]);
    let hostile = export.sandbox.insert(json!({
        "firstName": "@SUM(A1)", "lastName": " -2+3 ", "email": "Odd.Case@Example.com", "phone": "+442079460999",
        "companyName": "'=cmd|' /C calc'!A0", "address1": "1 Main St\n\"Rear\", 2nd; floor", "country": "Atlantis",
        "dateOfBirth": "1888-02-03", "assignedTo": "UserWhoLeft000000001", "source": "+1 (1)", "city": "null",
        "timezone": "Mars/Olympus", "gender": "female", "website": "http://example.com/?a=1,2;3",
        "tags": ["a, b", "c;d", "[x]", "=tag"], "customFields": values,
    }));
    export.sandbox.insert(json!({ "name": "Cher" }));
    export.sandbox.insert(json!({ "lastName": "Nokeys", "tags": ["one", "two"] }));
    export.sandbox.insert(json!({ "email": "not an e-mail", "phone": "12", "firstName": "Bad" }));
    export.sandbox.insert(json!({ "phone": "415 555 0188", "firstName": "Nina" }));
    let (code, printed, _) = export.export(&[]);
    assert!(code == 0 && printed.starts_with("30 contacts in "), "{printed}");
    assert_eq!(
        export.wire(),
        [
            format!("GET /locations/{}/customFields?model=contact", export.sandbox.location_id()),
            "POST /contacts/search".to_owned(),
        ]
    );
    assert!(export.content().starts_with("\u{feff}contactId,email,phone,firstName,"), "{}", export.content());
    for (header, cell) in [
        ("firstName", "'@SUM(A1)"),
        ("lastName", "'-2+3"),
        ("phone", "+442079460999"),
        ("companyName", "''=cmd|' /C calc'!A0"),
        ("source", "'+1 (1)"),
        ("address1", "1 Main St\n\"Rear\", 2nd; floor"),
        ("dateOfBirth", "1888-02-03"),
        ("tags", "[\"a, b\",\"c;d\",\"[x]\",\"=tag\"]"),
        ("Lead Score", "1.234"),
        ("Budget", "-1500"),
        ("Interests", "[\"Webinars\",\"Gone, long ago\"]"),
        ("Services", "Training, Support"),
        ("Renewal Date", "2026-12-24"),
        ("Job Title", "'=1+1"),
        ("Notes From Intake", "\"Yes\";\nno, maybe\n\n- end\t'x"),
        ("Social Profiles", "{\"LinkedIn\":\"in/ada, \\\"x\\\"\"}"),
    ] {
        assert_eq!(export.cell(&hostile, header), cell, "{header}");
    }
    let before = export.sandbox.contacts();
    export.sandbox.clear_wire();
    let (code, printed, _) = export.run(&["import", export.file.to_str().unwrap()]);
    assert!(code == 0 && printed.contains("0 created, 0 updated, 30 unchanged, 0 failed."), "{printed}");
    assert!(export.wire().iter().all(|line| line.starts_with("GET ")), "{:#?}", export.wire());
    let reads = export.wire().iter().filter(|line| line.starts_with("GET /contacts/")).count();
    assert_eq!((reads, export.sandbox.contacts() == before), (30, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_changes_in_the_file_is_all_that_an_import_changes() {
    let export = Export::of("changed", Seed::People, "people.csv").await;
    assert_eq!(export.export(&["--tag", "webinar-signup"]).0, 0);
    let content = export.content();
    fs::write(&export.file, content.replace("San Francisco", "Oakland").replace("demo-booked", "new tag"))
        .unwrap();
    let (_, printed, _) = export.run(&["import", export.file.to_str().unwrap()]);
    assert!(printed.contains("0 created, 2 updated, 1 unchanged, 0 failed."), "{printed}");
    let contacts = export.sandbox.contacts();
    let of = |email: &str| contacts.iter().find(|one| one["email"] == email).unwrap();
    assert_eq!(of("jane.smith@example.com")["city"], "Oakland");
    // A tag that is gone from the file is not taken from the contact.
    assert_eq!(of("priya.raman@example.org")["tags"], json!(["demo-booked", "webinar-signup", "new tag"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_contacts_are_exported_once_each_while_others_write() {
    let export = Export::of("many", Seed::Empty, "all.csv").await;
    let all = export.fill(10_250);
    let ids: Vec<String> = all.iter().cloned().collect();
    for page in 0..103 {
        let (edited, removed) = (ids[page * 99].clone(), ids[page * 99 + 1].clone());
        let write = move |crm: &Crm| {
            crm.edit(&edited, |contact| drop(contact.insert("city".to_owned(), "Rome".into())));
            if page < 40 {
                crm.insert(json!({ "email": format!("new{page}@example.com") }));
            }
            if page == 50 {
                crm.remove(&removed);
            }
        };
        export.sandbox.on_next("POST", "/contacts/search", write);
    }
    let (code, printed, _) = export.export(&["--fields", "email"]);
    assert_eq!(code, 0, "{printed}");
    let exported = export.ids();
    let distinct: BTreeSet<String> = exported.iter().cloned().collect();
    let missing: Vec<&String> = all.difference(&distinct).collect();
    assert_eq!(exported.len(), distinct.len(), "one is there twice");
    assert!(
        missing.len() <= 1 && missing.iter().all(|id| export.sandbox.contact(id).is_none()),
        "{missing:?}"
    );
    assert!((10_289..=10_290).contains(&exported.len()), "{}", exported.len());
    assert_eq!(export.searches(), 103);
    assert!(
        export
            .sandbox
            .wire()
            .iter()
            .all(|one| one.body.as_ref().is_none_or(|body| body.get("page").is_none()))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_is_killed_goes_on_where_it_stopped() {
    for (name, file) in [("killed", "all.csv"), ("killed-lines", "all.jsonl")] {
        let export = Export::of(name, Seed::Empty, file).await;
        let all = export.fill(2_050);
        let arguments = ["export", export.file.to_str().unwrap(), "--fields", "email"];
        let mut kills = 0;
        for pages in [3, 1, 6, 2] {
            let before = export.searches();
            let mut running = export.command(&arguments).spawn().unwrap();
            wait_for(|| export.searches() >= before + pages || running.try_wait().unwrap().is_some());
            running.kill().unwrap();
            running.wait().unwrap();
            assert!(!export.file.exists(), "a file that is not whole stands in its place");
            kills += 1;
        }
        // A crash may leave a part of a line behind.
        let partial = fs::read(export.beside(".partial")).unwrap();
        fs::write(export.beside(".partial"), [&partial[..], b"half a li"].concat()).unwrap();
        let (code, printed, _) = export.export(&["--fields", "email"]);
        assert!(
            code == 0 && printed.contains("of an earlier run.") && printed.contains("2050 contacts in "),
            "{printed}"
        );
        let content = export.content();
        let id = |line: &str| match line.strip_prefix('{') {
            Some(_) => serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned(),
            None => line.split(',').next().unwrap().to_owned(),
        };
        let ids: Vec<String> = content.lines().map(id).filter(|id| id != "\u{feff}contactId").collect();
        assert_eq!((ids.len(), ids.into_iter().collect::<BTreeSet<_>>()), (2_050, all));
        // At most the page under way at each kill is read twice.
        assert!(export.searches() <= 21 + kills, "{}", export.searches());
        assert!(!export.beside(".partial").exists() && !export.beside(".export-journal").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_search_begins_anew_and_a_failure_says_how_to_go_on() {
    let export = Export::of("failed", Seed::Empty, "all.csv").await;
    export.fill(250);
    let revoked = || Fault::answer(401, json!({ "statusCode": 401, "message": "Invalid JWT" }).to_string());
    let mut running = export.command(&["export", export.file.to_str().unwrap()]).spawn().unwrap();
    wait_for(|| export.searches() >= 2 || running.try_wait().unwrap().is_some());
    running.kill().unwrap();
    running.wait().unwrap();
    export.sandbox.fail_always(Some(revoked()));
    let (code, printed, error) = export.export(&[]);
    assert!(code == 1 && !export.file.exists(), "{printed} {error}");
    export.sandbox.fail_always(None);
    let (code, printed, _) = export.export(&["--query", "p24"]);
    assert!(
        code == 0 && !printed.contains("earlier run") && printed.contains("11 contacts in "),
        "{printed}"
    );
    assert_eq!(export.rows().len(), 11);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_exists_is_replaced_only_by_force_and_a_wrong_flag_costs_no_request() {
    let export = Export::of("refused", Seed::People, "people.csv").await;
    fs::write(&export.file, "mine").unwrap();
    let elsewhere = export.file.with_file_name("none").join("people.csv");
    let text = export.file.with_extension("txt");
    for (file, arguments, words) in [
        (&export.file, &[][..], "exists; add --force"),
        (&export.file.parent().unwrap().to_owned(), &["--format", "csv"], "is a folder"),
        (&elsewhere, &[], "a folder that does not exist"),
        (&text, &[], "name the form with --format"),
        (&text, &["--format", "csv", "--filter", "{\"shoe\":1}"], "shoe"),
    ] {
        let arguments = [&["export", file.to_str().unwrap()], arguments].concat();
        let (code, _, error) = export.run(&arguments);
        assert!(code == 2 && error.contains(words), "{words}: {code} {error}");
    }
    assert_eq!(export.wire(), [""; 0]);
    let (code, _, error) = export.export(&["--force", "--fields", "Shoe size"]);
    assert!(code == 2 && error.contains("\"Shoe size\" is no field"), "{error}");
    assert_eq!(export.content(), "mine");
    let (code, printed, _) = export.export(&["--force", "--read-only", "--fields", "email,tags"]);
    assert!(code == 0 && export.rows().len() == 25, "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn stdout_carries_the_contacts_alone() {
    let export = Export::of("stdout", Seed::People, "none.csv").await;
    let filter = r#"{"anyTag":["vip","renewal"],"companyName":"acme"}"#;
    let (code, table, said) = export.run(&["export", "--filter", filter, "--fields", "email,Lead Score,dnd"]);
    assert_eq!(
        (code, &*table),
        (0, "contactId,email,Lead Score,dnd\n4pyj1VoUym3eepoQd3xS,mateo.garcia@example.com,,\n")
    );
    assert!(said.starts_with("1 contact. A change of the last minute"), "{said}");
    let (_, lines, _) = export.run(&["export", "-", "--format", "jsonl", "--query", "hughes"]);
    let hughes: Value = serde_json::from_str(&lines).unwrap();
    assert_eq!((&hughes["name"], &hughes["dnd"]["all"]), (&json!("Oliver Hughes"), &json!(true)));
    assert!(hughes.get("ssn").is_none() && lines.lines().count() == 1);
    let (_, lines, _) = export.run(&["export", "--format", "jsonl", "--query", "jane", "--fields", "Plan"]);
    let jane: Value = serde_json::from_str(&lines).unwrap();
    assert_eq!(jane, json!({ "id": "SFRJKd3tQl9HhoZCTFzB", "customFields": { "Plan": "Growth" } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_highlevel_leaves_open_is_said_and_no_half_list_looks_whole() {
    let export = Export::of("open", Seed::Empty, "all.csv").await;
    let page =
        |contacts: Vec<Value>| Fault::answer(200, json!({ "contacts": contacts, "total": 250 }).to_string());
    let location = export.sandbox.location_id();
    let one = |n: usize| json!({ "id": format!("contact{n}"), "locationId": location, "email": format!("p{n}@example.com") });
    // A full page that does not say where it ends.
    export.sandbox.fault_on("POST", "/contacts/search", page((0..100).map(one).collect()));
    let (code, _, error) = export.export(&[]);
    assert!(code == 1 && error.contains("did not say where its page of contacts ends"), "{error}");
    assert!(error.contains("The same command goes on") && !export.file.exists(), "{error}");
    // A page that is not full and yet not the last: the next one is asked for.
    export.fill(3);
    let mut short = one(7);
    short["searchAfter"] = json!([1, "contact7"]);
    export.sandbox.fault_on("POST", "/contacts/search", page(vec![short, json!(7)]));
    export.sandbox.clear_wire();
    let (code, printed, _) = export.export(&[]);
    assert!(code == 1 && printed.contains("4 contacts in ") && printed.contains("1 more that"), "{printed}");
    assert_eq!((export.rows().len(), export.searches()), (4, 2));
}
