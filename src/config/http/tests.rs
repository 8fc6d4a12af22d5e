use std::collections::HashMap;

use super::*;
use crate::config::flags::Flags;

#[derive(Clone)]
struct Set(HashMap<&'static str, &'static str>);

impl Environment for Set {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|value| (*value).to_owned())
    }
}

fn read(variables: &[(&'static str, &'static str)]) -> Result<HttpConfig, ConfigError> {
    let environment = Set(variables.iter().copied().collect());
    let config = Config::read(&Flags::default(), &environment)?;
    HttpConfig::read(&HttpFlags::default(), &environment, &config)
}

#[test]
fn the_defaults_serve_loopback_without_a_token() {
    let http = read(&[]).unwrap();
    assert_eq!(http.listen.to_string(), "127.0.0.1:8787");
    assert!(http.tokens.is_empty() && http.legacy_sse && http.allowed_origins.is_empty());
}

#[test]
fn an_address_that_others_can_reach_needs_a_token_and_a_host() {
    let token = ("GHL_MCP_TOKENS", "0123456789abcdef");
    let host = ("GHL_MCP_ALLOWED_HOSTS", "mcp.example.com");
    for listen in ["0.0.0.0:8787", "[::]:8787", "192.168.1.5:80"] {
        let listen = ("GHL_MCP_LISTEN", listen);
        for missing in [&[listen][..], &[listen, token], &[listen, host]] {
            let error = read(missing).unwrap_err().to_string();
            assert!(error.starts_with("GHL_MCP_LISTEN: ") && error.contains("--allowed-host"), "{error}");
        }
        assert_eq!(read(&[listen, token, host]).unwrap().tokens.len(), 1);
    }
    for listen in ["localhost:1", "127.0.0.1:0", "[::1]:1"] {
        assert!(read(&[("GHL_MCP_LISTEN", listen)]).is_ok(), "{listen}");
    }
    assert!(read(&[("GHL_MCP_LISTEN", "8787")]).unwrap_err().to_string().contains("is not an address"));
}

#[test]
fn a_short_token_and_a_token_of_highlevel_are_refused() {
    let http = read(&[("GHL_MCP_TOKENS", "0123456789abcdef, fedcba9876543210")]).unwrap();
    assert_eq!(http.tokens.len(), 2);
    assert_eq!(http.tokens[0].hash, <[u8; 32]>::from(Sha256::digest(b"0123456789abcdef")));
    let error = read(&[("GHL_MCP_TOKENS", "canary")]).unwrap_err().to_string();
    assert!(error.contains("at least 16") && !error.contains("canary"), "{error}");
    let error = read(&[("GHL_MCP_TOKENS", "pit-0123456789abc"), ("GHL_PIT_TOKEN", "pit-0123456789abc")])
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "GHL_MCP_TOKENS: is the token of HighLevel: clients of this server need a token of their own"
    );
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test writes the file that is read")]
fn a_list_of_tokens_that_is_set_and_empty_is_refused_by_name() {
    for empty in ["", ",", " ", ",,", " , ", "\n", "\t", "\r\n", ", \n,", ",\t,"] {
        let error = read(&[("GHL_MCP_TOKENS", empty)]).unwrap_err().to_string();
        assert!(error.starts_with("GHL_MCP_TOKENS: is set, but contains no token"), "{error}");
    }
    let folder = std::env::temp_dir().join(format!("ghl-contacts-mcp-tokens-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("tokens").to_str().unwrap().to_owned();
    let path: &'static str = path.leak();
    for empty in ["", "\n", "# only a comment\n", " \n\t\n"] {
        std::fs::write(path, empty).unwrap();
        for other in [&[][..], &[("GHL_MCP_TOKENS", "0123456789abcdef")]] {
            let error = read(&[&[("GHL_MCP_TOKENS_FILE", path)], other].concat()).unwrap_err().to_string();
            assert_eq!(error, "GHL_MCP_TOKENS_FILE: contains no token");
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
}
