//! Prints the demo.

use serde_json::{Map, Value};

use crate::cli::client::{is_error, text};
use crate::cli::demo::script::Scene;
use crate::cli::output::print_own;
use crate::cli::terminal::{Terminal, wrap};
use crate::sandbox::{Exchange, Sandbox};
use crate::tool::{Tool as _, Toolset};
use crate::tools::SearchContacts;

/// Prints on stdout.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printer {
    terminal: Terminal,
}

impl Printer {
    pub(crate) fn new(color: bool) -> Self {
        Self { terminal: Terminal::new(color) }
    }

    pub(crate) fn opening(self, sandbox: &Sandbox, protocol: &str) {
        print_own(&self.terminal.bold("ghl-contacts-mcp: a demo without an account"));
        let text = format!(
            "A simulated HighLevel with {} contacts listens on {}. An MCP client (protocol {protocol}) talks to the \
             server as Claude Desktop would. Nothing leaves this machine.",
            sandbox.contacts().len(),
            sandbox.url(),
        );
        for line in wrap(&text, self.terminal.width()) {
            print_own(&line);
        }
    }

    /// The tools that are on by default, and the others.
    pub(crate) fn tools(tools: &[Value]) {
        let all = crate::tools::all();
        let is_default = |tool: &&Value| {
            all.get(text(tool, "name")).is_some_and(|entry| Toolset::DEFAULT.contains(&entry.toolset()))
        };
        let (by_default, others): (Vec<_>, Vec<_>) = tools.iter().partition(is_default);
        for (heading, tools) in [("On by default", by_default), ("With --toolsets all", others)] {
            print_own(&format!("\n  {heading}"));
            Self::kinds(&tools);
        }
    }

    fn kinds(tools: &[&Value]) {
        for tool in tools {
            let reads = tool.pointer("/annotations/readOnlyHint") == Some(&Value::Bool(true));
            let kind = if reads { "reads" } else { "writes" };
            print_own(&format!("    {:<22} {:<7} {}", text(tool, "name"), kind, text(tool, "title")));
        }
    }

    pub(crate) fn heading(self, number: usize, scene: &Scene) {
        print_own(&format!("\n{}", self.terminal.bold(&format!("{number}. {}", scene.title))));
        for line in wrap(scene.explanation, self.terminal.width() - 3) {
            print_own(&format!("   {}", self.terminal.dim(&line)));
        }
        self.block(
            self.terminal.paint("36", "→").as_str(),
            &format!("{} {}", scene.tool, spaced(&scene.arguments)),
        );
    }

    pub(crate) fn result(self, result: &Value) {
        let failed = is_error(result);
        let arrow = if failed { self.terminal.paint("33", "✗") } else { self.terminal.paint("32", "✓") };
        let Some(Value::Object(content)) = result.get("structuredContent") else { return };
        let mut lines = if failed { failure(content) } else { success(content) };
        if let Some(first) = lines.first_mut() {
            *first = self.terminal.bold(first);
        }
        for (at, line) in lines.iter().enumerate() {
            self.block(if at == 0 { arrow.as_str() } else { " " }, line);
        }
    }

    pub(crate) fn requests(self, exchanges: &[Exchange]) {
        let lines = exchanges.iter().map(|exchange| {
            let path = exchange.path.split('?').next().unwrap_or_default();
            format!("{} {path} → {}", exchange.method, exchange.status)
        });
        let lines: Vec<_> = lines.collect();
        let text = if lines.is_empty() { "no request".to_owned() } else { lines.join(" · ") };
        for line in wrap(&format!("Requests to HighLevel: {text}"), self.terminal.width() - 5) {
            print_own(&format!("     {}", self.terminal.dim(&line)));
        }
    }

    pub(crate) fn closing(self) {
        print_own(&format!("\n{}", self.terminal.bold("With your own account")));
        print_own(&format!(
            "  HighLevel: Settings > Private Integrations; scopes contacts.readonly, contacts.write,\n  \
             locations.readonly, locations/customFields.readonly, locations/tags.readonly,\n  users.readonly. Then\n\n  \
             export GHL_PIT_TOKEN=pit-... GHL_LOCATION_ID=...\n  \
             ghl-contacts-mcp call {} '{{\"limit\":3}}'\n\n  \
             and configure your host: see the README. To try more: ghl-contacts-mcp stdio --sandbox",
            SearchContacts::NAME
        ));
    }

    fn block(self, mark: &str, text: &str) {
        for (at, line) in wrap(text, self.terminal.width() - 5).iter().enumerate() {
            print_own(&format!("   {} {line}", if at == 0 { mark } else { " " }));
        }
    }
}

fn failure(content: &Map<String, Value>) -> Vec<String> {
    let text = |key: &str| content.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut lines = vec![format!("refused: {}", text("code")), text("message")];
    lines.extend(content.get("hint").and_then(Value::as_str).map(str::to_owned));
    lines
}

fn success(content: &Map<String, Value>) -> Vec<String> {
    let mut lines = if content.contains_key("rows") { rows(content) } else { Vec::new() };
    if let Some(outcome) = content.get("outcome").and_then(Value::as_str) {
        let requests = content.get("requests").and_then(Value::as_u64).unwrap_or_default();
        let by = match content.get("matchedBy").and_then(Value::as_str) {
            None => String::new(),
            Some("none") => "no contact had these keys; ".to_owned(),
            Some(by) => format!("found by {by}; "),
        };
        lines.push(format!("{outcome} ({by}{})", counted(requests)));
    }
    for change in list(content, "changes") {
        let value = |key: &str| change.get(key).map_or_else(|| "(empty)".to_owned(), Value::to_string);
        let field = change.get("field").and_then(Value::as_str).unwrap_or_default();
        lines.push(format!("{field}: {} → {}", value("before"), value("after")));
    }
    if !list(content, "tagsAdded").is_empty() {
        lines.push(format!("tags added: {}", joined(content.get("tagsAdded"))));
    }
    if let Some(contact) = content.get("contact") {
        lines.extend(person(contact));
    }
    for entry in list(content, "contacts") {
        lines.extend(if entry.get("added").is_some() || entry.get("removed").is_some() {
            tagged(entry)
        } else {
            person(entry)
        });
    }
    lines.extend(
        content.get("note").and_then(|note| note.get("body")).map(|body| format!("\"{}\"", plain(body))),
    );
    for warning in list(content, "warnings").iter().chain(content.get("note").filter(|note| note.is_string()))
    {
        lines.push(format!("note: {}", warning.as_str().unwrap_or_default()));
    }
    lines
}

fn counted(requests: u64) -> String {
    format!("{requests} request{}", if requests == 1 { "" } else { "s" })
}

/// The counts of a list, and its rows that need attention.
fn rows(content: &Map<String, Value>) -> Vec<String> {
    let count = |key: &str| content.get(key).and_then(Value::as_u64).unwrap_or_default();
    let counts = ["created", "updated", "unchanged", "failed"].map(|key| format!("{} {key}", count(key)));
    let mut lines =
        vec![format!("{} rows: {} ({})", count("rows"), counts.join(", "), counted(count("requests")))];
    for line in list(content, "attention") {
        let said = ["message", "hint"].iter().filter_map(|key| line.get(*key)?.as_str());
        lines.push(format!("row {}: {}", joined(line.get("rows")), said.collect::<Vec<_>>().join(" ")));
    }
    lines
}

fn person(contact: &Value) -> Vec<String> {
    let known = ["name", "email", "phone", "companyName"].iter().filter_map(|key| contact.get(key)?.as_str());
    let mut lines = vec![known.collect::<Vec<_>>().join(" · ")];
    if contact.get("tags").is_some() {
        lines.push(format!("  tags: {}", joined(contact.get("tags"))));
    }
    if let Some(Value::Object(fields)) = contact.get("customFields") {
        let fields = fields.iter().map(|(name, value)| format!("{name}: {}", plain(value)));
        lines.push(format!("  {}", fields.collect::<Vec<_>>().join(", ")));
    }
    lines
}

fn tagged(line: &Value) -> Vec<String> {
    let words = |key: &str| joined(line.get(key));
    vec![
        if line.get("removed").is_some() {
            format!("removed: {}; not there: {}", words("removed"), words("notPresent"))
        } else {
            format!("added: {}; already there: {}", words("added"), words("alreadyPresent"))
        },
        format!("  all its tags now: {}", joined(line.get("tags"))),
    ]
}

/// JSON on one line, with spaces at which it can be wrapped.
fn spaced(value: &Value) -> String {
    let pretty = serde_json::to_string_pretty(value).unwrap_or_default();
    pretty.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

fn list<'a>(content: &'a Map<String, Value>, key: &str) -> &'a [Value] {
    content.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn joined(value: Option<&Value>) -> String {
    let words =
        value.and_then(Value::as_array).map(|list| list.iter().map(plain).collect::<Vec<_>>().join(", "));
    words.filter(|words| !words.is_empty()).unwrap_or_else(|| "none".to_owned())
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(_) => joined(Some(value)),
        other => other.to_string(),
    }
}
