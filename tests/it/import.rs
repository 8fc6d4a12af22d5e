//! `import`: a file into the CRM, through the real binary.
#![expect(clippy::disallowed_methods, reason = "the specs write the files that are imported")]

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use ghl_contacts_mcp::sandbox::{Options, Sandbox, Seed};

use crate::support::process::wait_for;

/// A CRM, and a folder with a file.
struct Import {
    sandbox: Sandbox,
    file: PathBuf,
}

impl Import {
    async fn of(name: &str, content: &[u8]) -> Self {
        let options = Options { seed: Seed::Empty, burst: 100_000, ..Options::default() };
        let sandbox = Sandbox::start(options).await.unwrap();
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("import-{name}"));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("list.csv");
        fs::write(&file, content).unwrap();
        Self { sandbox, file }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ghl-contacts-mcp"));
        command.arg("import").arg(&self.file).args(arguments).env_clear();
        command.env("GHL_BASE_URL", self.sandbox.url()).env("GHL_PIT_TOKEN", self.sandbox.token());
        command.env("GHL_LOCATION_ID", self.sandbox.location_id());
        command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null());
        command
    }

    /// The exit code and what was printed.
    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
        let printed = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(printed).unwrap())
    }

    fn beside(&self, ending: &str) -> PathBuf {
        PathBuf::from(format!("{}{ending}", self.file.display()))
    }

    fn emails(&self) -> Vec<String> {
        let contacts = self.sandbox.contacts();
        let mut emails: Vec<_> =
            contacts.iter().filter_map(|contact| contact["email"].as_str().map(str::to_owned)).collect();
        emails.sort();
        emails
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_row_is_upserted_and_the_failed_ones_can_be_corrected_and_imported_again() {
    let content = b"E-Mail;Vorname;Ort;Note\r\na@example.com;Ada;K\xF6ln;x\r\nbad;Bob;Rome;y\r\n;Key;;\r\n\
        b@example.com;Cy;=1+1;\r\nc@example.com;;;;extra\r\na@example.com;Ada;Berlin;\r\n";
    let import = Import::of("rows", content).await;
    let (code, printed) = import.run(&["--dry-run"]);
    assert_eq!((code, import.emails().len()), (1, 0), "{printed}");
    assert!(printed.contains("row 2      create"), "{printed}");
    let (code, printed) = import.run(&["--map", "Note=custom:Job Title"]);
    assert_eq!((code, import.emails()), (1, vec!["a@example.com".to_owned(), "b@example.com".to_owned()]));
    assert!(printed.contains("2 created, 1 updated, 0 unchanged, 3 failed."), "{printed}");
    assert!(printed.contains("custom:Job Title") && printed.contains("row 3      failed"), "{printed}");
    let a = import.sandbox.contacts().into_iter().find(|one| one["email"] == "a@example.com").unwrap();
    assert_eq!((&a["city"], &a["firstName"]), (&"Berlin".into(), &"Ada".into()));
    let failed = fs::read_to_string(import.beside(".failed.csv")).unwrap();
    assert_eq!(failed.lines().count(), 1 + 3, "{failed}");
    assert!(!import.beside(".import-journal").exists());
    fs::write(&import.file, failed.replace("bad,", "bob@example.com,")).unwrap();
    fs::remove_file(import.beside(".failed.csv")).unwrap();
    let (_, printed) = import.run(&[]);
    assert!(printed.contains("1 created, 0 updated, 0 unchanged, 2 failed."), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_again_changes_nothing() {
    let import =
        Import::of("again", b"email,firstName,tags\na@example.com,Ada,\"x, y\"\nb@example.com,Bob,x\n").await;
    assert_eq!(import.run(&[]).0, 0);
    import.sandbox.clear_wire();
    let (code, printed) = import.run(&[]);
    assert!(code == 0 && printed.contains("0 created, 0 updated, 2 unchanged, 0 failed."), "{printed}");
    assert!(import.sandbox.wire().iter().all(|exchange| exchange.method == "GET"));
}

/// A workbook with one sheet of these rows of XML. The style 1 is a date.
fn workbook(rows: &[&str]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let types = "http://schemas.openxmlformats.org/package/2006/content-types";
    let mut book = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, xml) in [
        ("[Content_Types].xml", format!("<Types xmlns=\"{types}\"/>")),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"r1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"r1\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"List\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{}</sheetData></worksheet>", rows.concat()),
        ),
    ] {
        book.start_file(name, stored).unwrap();
        std::io::Write::write_all(&mut book, xml.as_bytes()).unwrap();
    }
    book.finish().unwrap().into_inner()
}

/// A row of texts.
fn texts(row: usize, texts: &[&str]) -> String {
    let cell = |(at, text): (u8, &&str)| {
        let column = char::from(b'A' + at);
        format!("<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
    };
    format!("<row r=\"{row}\">{}</row>", (0..).zip(texts).map(cell).collect::<String>())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_gives_what_a_person_sees_in_its_cells() {
    let headers = ["Email", "First Name", "Phone", "Birthday", "Lead Score", "Budget", "Job Title", "City"];
    let typed = r#"<row r="2"><c r="A2" t="inlineStr"><is><t>a@example.com</t></is></c><c r="B2" t="str"><f>UPPER("ada")</f><v>ADA</v></c>
        <c r="C2"><v>14155550123</v></c><c r="D2" s="1"><v>33141</v></c><c r="E2"><v>49</v></c><c r="F2"><v>1.5</v></c>
        <c r="G2"><v>7</v></c><c r="H2" t="e"><f>NA()</f><v>#N/A</v></c></row>"#;
    let second =
        texts(3, &["b@example.com", "Bob", "+44 20 7946 0999", "1988-04-12", "50", "", "'=1+1", "Rome"]);
    // A file is what its content says, whatever its name is.
    let import = Import::of("workbook", &workbook(&[&texts(1, &headers), typed, &second])).await;
    let (code, printed) = import.run(&[]);
    assert!(code == 0 && printed.contains("2 created, 0 updated, 0 unchanged, 0 failed."), "{printed}");
    assert!(!printed.contains("UTF-8"), "the encoding of a text file is no matter of a workbook: {printed}");
    let field = |contact: &serde_json::Value, name: &str| {
        let definition = import.sandbox.custom_fields().into_iter().find(|one| one["name"] == name).unwrap();
        let values = contact["customFields"].as_array().unwrap();
        values.iter().find(|one| one["id"] == definition["id"]).map(|one| one["value"].clone())
    };
    let contacts = import.sandbox.contacts();
    let of = |email: &str| contacts.iter().find(|one| one["email"] == email).unwrap();
    let (ada, bob) = (of("a@example.com"), of("b@example.com"));
    assert_eq!((&ada["firstName"], &ada["phone"]), (&"ADA".into(), &"+14155550123".into()));
    assert!(ada["dateOfBirth"].as_str().unwrap().starts_with("1990-09-25") && ada.get("city").is_none());
    assert_eq!((field(ada, "Lead Score"), field(ada, "Budget")), (Some(49.into()), Some(1.5.into())));
    assert_eq!((field(ada, "Job Title"), field(bob, "Job Title")), (Some("7".into()), Some("=1+1".into())));
    assert_eq!((&bob["phone"], &bob["city"]), (&"+442079460999".into(), &"Rome".into()));
    let (_, printed) = import.run(&[]);
    assert!(printed.contains("0 created, 0 updated, 2 unchanged, 0 failed."), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_table_or_has_no_key_is_refused_without_a_write() {
    for (name, content, words) in [
        ("empty", &b""[..], "is empty"),
        ("png", b"\x89PNG\r\n\x1a\n\0\0", "is no CSV, TSV or XLSX file"),
        ("zip", b"PK\x03\x04 broken", "is no XLSX file that can be read"),
        ("xls", b"\xD0\xCF\x11\xE0rest", "save it as .xlsx"),
        ("nokey", b"name,city\nAda,Rome\n", "no column is an e-mail, a phone or a contactId"),
    ] {
        let import = Import::of(name, content).await;
        let (code, printed) = import.run(&[]);
        assert!(code == 2 && printed.contains(words), "{name}: {code} {printed}");
        assert!(import.sandbox.wire().iter().all(|exchange| exchange.method == "GET"));
    }
}

/// Rows that would take others for their text, or whose letters cannot be known, are refused; the others go on.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_has_two_readings_is_refused_and_disturbs_no_other() {
    for (name, content, emails, words) in [
        (
            "open",
            &b"email,city\na@example.com,Rome\nb@example.com,\"Oslo\nc@example.com,Bern\n"[..],
            &["a@example.com"][..],
            "row 3      failed  A quote in this row is not closed",
        ),
        (
            "inside",
            b"email,city\na@example.com,\"Rome\nb@example.com,\"Oslo\"\nc@example.com,Bern\n",
            &["c@example.com"],
            "row 2      failed  A quote in this row is not closed",
        ),
        (
            "two-encodings",
            b"email,city\na@example.com,K\xc3\xb6ln\n\nb@example.com,K\xf6ln\n",
            &["a@example.com"],
            "is not UTF-8, as the rest of the file is. Save the file as UTF-8, or say in what such rows are",
        ),
        (
            "shortened",
            b"email,phone\na@example.com,4.15556E+11\nb@example.com,+14155550101\n",
            &["b@example.com"],
            "row 2      failed  phone \"4.15556E+11\" was shortened by a spreadsheet",
        ),
    ] {
        let import = Import::of(name, content).await;
        let (code, printed) = import.run(&[]);
        assert!(code == 1 && printed.contains(words), "{name}: {printed}");
        assert_eq!(import.emails(), emails, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_of_another_encoding_are_found_and_shown_or_said() {
    let (russian, western) = ("Москва", "Köln");
    let of = |city: &[u8]| [b"email,city\na@example.com,", city, b"\n"].concat();
    let moscow = [0xCC_u8, 0xEE, 0xF1, 0xEA, 0xE2, 0xE0];
    for (name, content, flags, city, words) in [
        ("western", of(b"K\xf6ln"), &[][..], western, "It is read as windows-1252, by its letters"),
        ("russian", of(&moscow), &[], russian, "It is read as windows-1251, by its letters"),
        ("said", of(&moscow), &["--encoding", "cp1251"], russian, "city"),
    ] {
        let import = Import::of(name, &content).await;
        let (code, printed) = import.run(flags);
        assert!(code == 0 && printed.contains(words), "{name}: {printed}");
        assert_eq!(import.sandbox.contacts()[0]["city"], city, "{name}");
    }
    let import = Import::of("unknown-encoding", b"email\na@example.com\n").await;
    let (code, printed) = import.run(&["--encoding", "klingon"]);
    assert!(code == 2 && printed.contains("\"klingon\" is no encoding"), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_numbered_as_in_a_spreadsheet_and_a_comma_may_be_in_a_columns_name() {
    let import = Import::of("numbers", b"email,\"Name, full\"\n\na@example.com,Ada\n\n\nbad,Bob\n").await;
    let (code, printed) = import.run(&["--map", "Name, full=name,email=email"]);
    assert!(code == 1 && printed.contains("row 6      failed"), "{printed}");
    assert_eq!(import.emails(), ["a@example.com"]);
    assert_eq!(import.sandbox.contacts()[0]["firstName"], "Ada");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_twenty_times_ends_as_if_it_had_run_once() {
    const ROWS: usize = 2_000;
    let mut content = "email,firstName,tags\n".to_owned();
    for n in 0..ROWS {
        writeln!(content, "p{n}@example.com,P{n},fair").unwrap();
    }
    let import = Import::of("killed", content.as_bytes()).await;
    let mut random = 7_u32;
    let mut kills = 0;
    let mut running: Child = import.command(&[]).spawn().unwrap();
    while kills < 20 {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let enough = usize::try_from(random >> 25).unwrap() + 20;
        import.sandbox.clear_wire();
        wait_for(|| import.sandbox.wire().len() >= enough || running.try_wait().unwrap().is_some());
        if running.try_wait().unwrap().is_some() {
            break;
        }
        running.kill().unwrap();
        running.wait().unwrap();
        kills += 1;
        running = import.command(&[]).spawn().unwrap();
    }
    assert!(running.wait().unwrap().success());
    let emails = import.emails();
    let mut distinct = emails.clone();
    distinct.dedup();
    assert_eq!((kills, emails.len(), distinct.len()), (20, ROWS, ROWS));
    assert!(import.sandbox.contacts().iter().all(|one| one["tags"] == serde_json::json!(["fair"])));
    assert!(!import.beside(".import-journal").exists());
}
