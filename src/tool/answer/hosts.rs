//! Where each host keeps the settings of a server, for the answer to a call that finds none.

/// A word of the names with which hosts introduce themselves (`clientInfo.name`), and the place of a server's variables
/// there. The first word that a name contains counts.
const PLACES: [(&str, &str); 13] = [
    ("claude-code", "In Claude Code: `claude mcp add -e NAME=value`, or \"env\" in .mcp.json; then /mcp."),
    (
        "claude",
        "In Claude Desktop: Settings > Extensions, or \"env\" in claude_desktop_config.json; then restart it.",
    ),
    ("cursor", "In Cursor: \"env\" in ~/.cursor/mcp.json; then turn the server off and on."),
    (
        "visual studio code",
        "In VS Code: \"env\" in mcp.json (command MCP: Open User Configuration); then Restart.",
    ),
    ("codex", "In Codex: [mcp_servers.NAME.env] in ~/.codex/config.toml; then start a new session."),
    ("gemini", "In Gemini CLI: \"env\" in ~/.gemini/settings.json; then restart it."),
    ("qwen", "In Qwen Code: \"env\" in ~/.qwen/settings.json; then restart it."),
    ("opencode", "In opencode: \"environment\" in opencode.json; then restart it."),
    ("windsurf", "In Windsurf: \"env\" in ~/.codeium/windsurf/mcp_config.json; then Refresh."),
    ("zed", "In Zed: \"env\" of the server under context_servers in settings.json."),
    ("inspector", "In the Inspector: Environment Variables; then Restart."),
    ("n8n", "In n8n: the environment of the MCP server; then restart it."),
    ("lm studio", "In LM Studio: \"env\" in mcp.json; then turn the server off and on."),
];

/// Where the settings of this server are in the host that is speaking.
pub(crate) fn place(host: Option<&str>) -> &'static str {
    let host = host.unwrap_or_default().to_lowercase();
    let known = PLACES.iter().find(|(word, _)| host.contains(word));
    known.map_or("They are variables of this server's environment; restart it then.", |(_, place)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_is_told_where_its_own_settings_are() {
        for (host, words) in [
            ("claude-ai", "Claude Desktop"),
            ("claude-code", "Claude Code"),
            ("cursor-vscode", "Cursor"),
            ("Visual Studio Code - Insiders", "VS Code"),
            ("codex-mcp-client", "Codex"),
            ("gemini-cli-mcp-client", "Gemini CLI"),
            ("windsurf-client", "Windsurf"),
            ("Zed", "Zed"),
            ("@modelcontextprotocol/inspector", "the Inspector"),
            ("langchain", "this server's environment"),
        ] {
            assert!(place(Some(host)).contains(words), "{host}: {}", place(Some(host)));
        }
        assert!(place(None).contains("this server's environment"));
    }
}
