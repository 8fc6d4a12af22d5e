//! The one table of hosts: plain data.

/// The name of this server in a host's settings.
pub const NAME: &str = "ghl-contacts";

/// How a host writes its servers down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON; `command`, `args` and `env` below this key.
    Json {
        /// The key of the servers.
        key: &'static str,
        /// Whether an entry says `"type": "stdio"`.
        typed: bool,
    },
    /// JSON of opencode: `mcp`, where the command is a list and the variables are `environment`. Its second version reads
    /// `mcp.servers` too.
    OpenCode,
    /// TOML: `[mcp_servers.NAME]`.
    Toml,
}

impl Form {
    /// The key of the servers.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Json { key, .. } => key,
            Self::OpenCode => "mcp",
            Self::Toml => "mcp_servers",
        }
    }

    /// The key of an entry's variables.
    #[must_use]
    pub fn env(self) -> &'static str {
        if self == Self::OpenCode { "environment" } else { "env" }
    }
}

/// A host.
#[derive(Debug, PartialEq, Eq)]
pub struct Host {
    /// What a person calls it on the command line.
    pub id: &'static str,
    /// Its name in a sentence.
    pub title: &'static str,
    /// How it writes its servers down.
    pub form: Form,
    /// The file of a project, by its path from the project's folder; none where a project has no servers of its own.
    pub project: Option<&'static str>,
    /// What makes it read its settings again, as an imperative.
    pub restart: &'static str,
    /// The vendor's page about these settings.
    pub page: &'static str,
}

/// JSON as most hosts have it.
const MCP_SERVERS: Form = Form::Json { key: "mcpServers", typed: false };

/// Every host that `install` knows. Where their files lie is in `places.rs`, with the sources.
pub static HOSTS: [Host; 10] = [
    Host {
        id: "claude-desktop",
        title: "Claude Desktop",
        form: MCP_SERVERS,
        project: None,
        restart: "Quit Claude Desktop (closing its window is not enough) and start it again",
        page: "https://modelcontextprotocol.io/docs/develop/connect-local-servers",
    },
    // `claude mcp add --scope user` writes the same entry into the same file; its default scope is the current project.
    Host {
        id: "claude-code",
        title: "Claude Code",
        form: Form::Json { key: "mcpServers", typed: true },
        project: Some(".mcp.json"),
        restart: "Start a new session of Claude Code; /mcp shows the server",
        page: "https://code.claude.com/docs/en/mcp",
    },
    Host {
        id: "cursor",
        title: "Cursor",
        form: MCP_SERVERS,
        project: Some(".cursor/mcp.json"),
        restart: "Turn the server on in Cursor: Settings > MCP (or restart Cursor)",
        page: "https://cursor.com/docs/mcp",
    },
    // `code --add-mcp` writes the same entry into the same file.
    Host {
        id: "vscode",
        title: "VS Code",
        form: Form::Json { key: "servers", typed: true },
        project: Some(".vscode/mcp.json"),
        restart: "In VS Code run MCP: List Servers, choose the server and start it",
        page: "https://code.visualstudio.com/docs/agents/reference/mcp-configuration",
    },
    // `codex mcp add` writes the same table into the same file.
    Host {
        id: "codex",
        title: "Codex",
        form: Form::Toml,
        project: Some(".codex/config.toml"),
        restart: "Start a new session of Codex; /mcp shows the server",
        page: "https://developers.openai.com/codex/mcp",
    },
    Host {
        id: "gemini",
        title: "Gemini CLI",
        form: MCP_SERVERS,
        project: Some(".gemini/settings.json"),
        restart: "Restart Gemini CLI; /mcp shows the server",
        page: "https://geminicli.com/docs/tools/mcp-server",
    },
    Host {
        id: "qwen",
        title: "Qwen Code",
        form: MCP_SERVERS,
        project: Some(".qwen/settings.json"),
        restart: "Restart Qwen Code; /mcp shows the server",
        page: "https://qwenlm.github.io/qwen-code-docs/en/users/features/mcp",
    },
    Host {
        id: "opencode",
        title: "opencode",
        form: Form::OpenCode,
        project: Some("opencode.json"),
        restart: "Restart opencode",
        page: "https://opencode.ai/docs/mcp-servers",
    },
    Host {
        id: "windsurf",
        title: "Windsurf",
        form: MCP_SERVERS,
        project: None,
        restart: "In Windsurf refresh the servers of Cascade (or restart Windsurf)",
        page: "https://docs.windsurf.com/windsurf/cascade/mcp",
    },
    Host {
        id: "zed",
        title: "Zed",
        form: Form::Json { key: "context_servers", typed: false },
        project: Some(".zed/settings.json"),
        restart: "Zed starts the server by itself; the settings of its agent panel show it",
        page: "https://zed.dev/docs/ai/mcp",
    },
];

impl Host {
    /// The host of this name.
    #[must_use]
    pub fn by_id(id: &str) -> Option<&'static Self> {
        HOSTS.iter().find(|host| host.id == id)
    }
}
