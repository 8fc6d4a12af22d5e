use super::*;
use crate::cli::hosts::HOSTS;
use crate::config::Environment;

/// Answers in a person's place.
#[derive(Default)]
struct Answers {
    token: &'static str,
    line: &'static str,
    asked: Vec<String>,
}

impl Console for Answers {
    fn is_there(&self) -> bool {
        true
    }

    fn ask(&mut self, question: &str) -> Result<String, CliError> {
        self.asked.push(question.split([' ', ':']).next().unwrap_or_default().to_owned());
        Ok(self.line.to_owned())
    }

    fn ask_secret(&mut self, question: &str) -> Result<SecretString, CliError> {
        self.asked.push(question.split(' ').nth(3).unwrap_or_default().to_owned());
        Ok(self.token.to_owned().into())
    }
}

struct Variables(&'static [(&'static str, &'static str)]);

impl Environment for Variables {
    fn get(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }
}

struct Case {
    host: &'static Host,
    variables: &'static [(&'static str, &'static str)],
    sandbox: bool,
    /// The variables of an entry that is there.
    entry: Option<&'static [(&'static str, &'static str)]>,
}

const NEW: Case = Case { host: &HOSTS[0], variables: &[], sandbox: false, entry: None };

impl Case {
    /// What comes of it: the server's variables, and where the token comes from.
    fn wish(&self, console: Option<&mut dyn Console>) -> (String, Token) {
        let flags = Flags { sandbox: self.sandbox, ..Flags::default() };
        let config = Config::read(&flags, &Variables(self.variables)).unwrap();
        let entry = self.entry.map(|env| Entry {
            host: self.host,
            file: PathBuf::new(),
            project: None,
            name: "x".to_owned(),
            command: "ghl-contacts-mcp".to_owned(),
            args: Vec::new(),
            env: env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        });
        let command = Command::given("/bin/ghl-contacts-mcp").unwrap();
        let token_file = PathBuf::from("/own/token");
        let known = Known {
            host: self.host,
            name: "x".to_owned(),
            command,
            config: &config,
            flags: &flags,
            entry,
            token_file,
        };
        let wish = known.wish(console).unwrap();
        let env: Vec<_> = wish.server.env.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (env.join(" "), wish.token)
    }
}

const LOCATED: &str = "GHL_LOCATION_ID=ve9EPM428h8vShlRW1KT GHL_PIT_TOKEN_FILE=/own/token";

#[test]
fn a_person_is_asked_for_what_is_missing_only() {
    let pit = ("GHL_PIT_TOKEN", "pit-0b1c2d3e");
    let location = ("GHL_LOCATION_ID", "ve9EPM428h8vShlRW1KT");
    assert_eq!((pit.0, location.0), (TOKEN, LOCATION));
    for (case, asked, env) in [
        (NEW, &["token", "Location"][..], LOCATED),
        (Case { variables: &[("GHL_PIT_TOKEN", "pit-0b1c2d3e")], ..NEW }, &["Location"], LOCATED),
        (Case { variables: &[("GHL_LOCATION_ID", "ve9EPM428h8vShlRW1KT")], ..NEW }, &["token"], LOCATED),
        (Case { sandbox: true, ..NEW }, &[], ""),
        (
            Case {
                entry: Some(&[("GHL_PIT_TOKEN_FILE", "/x"), ("GHL_LOCATION_ID", "ve9EPM428h8vShlRW1KT")]),
                ..NEW
            },
            &[],
            "",
        ),
        (Case { entry: Some(&[("GHL_API_KEY", "pit-0b1c2d3e")]), ..NEW }, &["Location"], LOCATED),
        (
            Case { entry: Some(&[("GHL_PIT_TOKEN", "pit-..."), ("GHL_LOCATION_ID", "...")]), ..NEW },
            &["token", "Location"],
            LOCATED,
        ),
    ] {
        let mut answers = Answers {
            token: " pit-0b1c2d3e\n",
            line: "https://app.gohighlevel.com/v2/location/ve9EPM428h8vShlRW1KT/dashboard",
            ..Answers::default()
        };
        let (found, _) = case.wish(Some(&mut answers));
        assert_eq!(
            (found.as_str(), &answers.asked[..]),
            (env, &asked.iter().map(ToString::to_string).collect::<Vec<_>>()[..])
        );
    }
}

#[test]
fn what_is_left_out_is_missing_and_vs_code_asks_for_it() {
    for console in [None, Some(&mut Answers::default() as &mut dyn Console)] {
        let asks = console.is_some();
        let (env, token) = NEW.wish(console);
        assert!(env.is_empty() && matches!(token, Token::Missing), "{asks}");
    }
    let code = Host::by_id("vscode").unwrap();
    let (env, token) = Case { host: code, ..NEW }.wish(None);
    assert_eq!(env, "GHL_LOCATION_ID=${input:ghl-location} GHL_PIT_TOKEN=${input:ghl-token}");
    assert!(matches!(token, Token::Asked));
    let kept = Case {
        host: code,
        entry: Some(&[("GHL_PIT_TOKEN", "${input:mine}"), ("GHL_LOCATION_ID", "${input:y}")]),
        ..NEW
    };
    assert!(matches!(kept.wish(None), (env, Token::Kept) if env.is_empty()));
}

#[test]
fn a_wrong_answer_is_refused_without_being_shown() {
    let flags = Flags::default();
    let config = Config::read(&flags, &Variables(&[])).unwrap();
    let known = || Known {
        host: &HOSTS[0],
        name: "x".to_owned(),
        command: Command::given("x").unwrap(),
        config: &config,
        flags: &flags,
        entry: None,
        token_file: PathBuf::from("/own/token"),
    };
    let error = |token, line| {
        let mut answers = Answers { token, line, ..Answers::default() };
        known().wish(Some(&mut answers)).unwrap_err().to_string()
    };
    let shown = error("pit-can ary", "");
    assert!(shown.starts_with("the token: is not a token") && !shown.contains("ary"), "{shown}");
    assert!(error("", "a b").starts_with("the location: "));
}
