//! What `install` writes: one server, whatever the host's form.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::cli::hosts::{Entry, Form, NAME};

/// The variable of the token itself.
pub(crate) const TOKEN: &str = "GHL_PIT_TOKEN";
/// The variable of the file that holds the token.
pub(crate) const TOKEN_FILE: &str = "GHL_PIT_TOKEN_FILE";
/// The variable of the location.
pub(crate) const LOCATION: &str = "GHL_LOCATION_ID";
/// The inputs by which VS Code asks for a value, and keeps it: variable, id, what it shows, whether it is a secret.
const INPUTS: [(&str, &str, &str, bool); 2] = [
    (TOKEN, "ghl-token", "HighLevel private integration token", true),
    (LOCATION, "ghl-location", "HighLevel location: its id, or the address of its dashboard", false),
];

/// A server for a host's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    pub(crate) name: String,
    pub(crate) command: String,
    pub(crate) args: Vec<String>,
    /// Variables to set. None of them is a token.
    pub(crate) env: BTreeMap<String, String>,
    /// Variables to take out of an entry that is there.
    pub(crate) unset: Vec<&'static str>,
    /// Whether an entry of this name is another program's, and is replaced as a whole.
    pub(crate) replace: bool,
}

impl Server {
    /// The server of an entry, for the entry to be written anew.
    pub(crate) fn of(entry: Entry) -> Self {
        let Entry { name, command, args, env, .. } = entry;
        Self { name, command, args, env, unset: Vec::new(), replace: false }
    }

    /// The inputs by which VS Code asks for its variables.
    pub(crate) fn inputs(&self) -> Vec<Value> {
        let asks = |name: &str| self.env.get(name).is_some_and(|value| *value == input_variable(name));
        let asked = INPUTS.iter().filter(|(name, ..)| asks(name));
        asked.map(|(_, id, description, secret)| input(id, description, *secret)).collect()
    }

    /// The whole command as one list.
    pub(crate) fn words(&self) -> Vec<String> {
        std::iter::once(&self.command).chain(&self.args).cloned().collect()
    }

    /// Its entry in a host's JSON.
    pub(crate) fn entry(&self, form: Form) -> Map<String, Value> {
        let mut entry = Map::new();
        let mut add = |key: &str, value: Value| entry.insert(key.to_owned(), value);
        if form == Form::OpenCode {
            add("type", "local".into());
            add("command", self.words().into());
        } else {
            if matches!(form, Form::Json { typed: true, .. }) {
                add("type", "stdio".into());
            }
            add("command", self.command.clone().into());
            add("args", self.args.clone().into());
        }
        if !self.env.is_empty() {
            let env = self.env.iter().map(|(name, value)| (name.clone(), value.clone().into()));
            add(form.env(), Value::Object(env.collect()));
        }
        entry
    }
}

/// What VS Code replaces by what it asked for.
pub(crate) fn input_variable(variable: &str) -> String {
    let id = INPUTS.iter().find(|(name, ..)| *name == variable).map_or("", |(_, id, ..)| id);
    format!("${{input:{id}}}")
}

/// The input for a variable.
fn input(id: &str, description: &str, secret: bool) -> Value {
    if secret {
        json!({ "id": id, "type": "promptString", "description": description, "password": true })
    } else {
        json!({ "id": id, "type": "promptString", "description": description })
    }
}

/// Every input that `install` may put into a file, and the text that uses it.
pub(crate) fn known_inputs() -> Vec<(Value, String)> {
    let known = INPUTS.iter();
    known.map(|(name, id, text, secret)| (input(id, text, *secret), input_variable(name))).collect()
}

/// Whether a name can stand in every host's file and in the name of a file.
pub(crate) fn check_name(name: &str) -> Result<String, String> {
    let usual = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if (1..=40).contains(&name.len()) && name.bytes().all(usual) {
        return Ok(name.to_owned());
    }
    Err(format!("a name has up to 40 letters, digits, - and _, as {NAME} has"))
}
