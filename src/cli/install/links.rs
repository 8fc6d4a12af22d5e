//! Links that put a server into a host when a person opens them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use crate::cli::hosts::Host;
use crate::cli::install::server::Server;

/// What `encodeURIComponent` leaves as it is.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The links of a host that has some: the first for a page of GitHub, which shows no other scheme than https, and the one that
/// it leads to.
pub(crate) fn links(host: &Host, server: &Server) -> Option<[String; 2]> {
    let encoded = |text: &str| utf8_percent_encode(text, COMPONENT).to_string();
    match host.id {
        // https://code.visualstudio.com/api/extension-guides/ai/mcp#create-an-mcp-installation-url
        "vscode" => {
            let mut entry = Map::from_iter([("name".to_owned(), server.name.clone().into())]);
            entry.extend(server.entry(host.form));
            let inputs = server.inputs();
            if !inputs.is_empty() {
                entry.insert("inputs".to_owned(), inputs.into());
            }
            let link = format!("vscode:mcp/install?{}", encoded(&Value::Object(entry).to_string()));
            Some([format!("https://insiders.vscode.dev/redirect?url={}", encoded(&link)), link])
        }
        // https://cursor.com/docs/mcp/install-links
        "cursor" => {
            let entry = Value::Object(server.entry(host.form)).to_string();
            let query = format!("name={}&config={}", encoded(&server.name), encoded(&STANDARD.encode(entry)));
            Some([
                format!("https://cursor.com/en/install-mcp?{query}"),
                format!("cursor://anysphere.cursor-deeplink/mcp/install?{query}"),
            ])
        }
        _ => None,
    }
}
