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

fn read(variables: &[(&'static str, &'static str)]) -> Result<Http, Wrong> {
    let environment = Set(variables.iter().copied().collect());
    let config = Config::read(&Flags::default(), &environment)?;
    Http::read(&HttpFlags::default(), &environment, &config)
}

#[test]
fn nothing_set_serves_this_machine_without_a_token() {
    let http = read(&[]).unwrap();
    assert_eq!(http.listen.to_string(), "127.0.0.1:8787");
    assert!(http.keys.is_empty() && http.legacy_sse && http.allowed_origins.is_empty());
}

#[test]
fn another_address_needs_a_token_and_a_host() {
    let token = ("GHL_MCP_TOKENS", "0123456789abcdef");
    let host = ("GHL_MCP_ALLOWED_HOSTS", "mcp.example.com");
    for listen in ["0.0.0.0:8787", "[::]:8787", "192.168.1.5:80"] {
        let listen = ("GHL_MCP_LISTEN", listen);
        for missing in [&[listen][..], &[listen, token], &[listen, host]] {
            let told = read(missing).unwrap_err().to_string();
            assert!(told.starts_with("GHL_MCP_LISTEN: ") && told.contains("--allowed-host"), "{told}");
        }
        assert_eq!(read(&[listen, token, host]).unwrap().keys.len(), 1);
    }
    for listen in ["localhost:1", "127.0.0.1:0", "[::1]:1"] {
        assert!(read(&[("GHL_MCP_LISTEN", listen)]).is_ok(), "{listen}");
    }
    assert!(read(&[("GHL_MCP_LISTEN", "8787")]).unwrap_err().to_string().contains("is not an address"));
}

#[test]
fn tokens_are_long_and_several_and_none_of_the_crm() {
    let http = read(&[("GHL_MCP_TOKENS", "0123456789abcdef, fedcba9876543210")]).unwrap();
    assert_eq!(http.keys.len(), 2);
    assert_eq!(http.keys[0].hash, <[u8; 32]>::from(Sha256::digest(b"0123456789abcdef")));
    let told = read(&[("GHL_MCP_TOKENS", "canary")]).unwrap_err().to_string();
    assert!(told.contains("at least 16") && !told.contains("canary"), "{told}");
    let told = read(&[("GHL_MCP_TOKENS", "pit-0123456789abc"), ("GHL_PIT_TOKEN", "pit-0123456789abc")])
        .unwrap_err()
        .to_string();
    assert_eq!(
        told,
        "GHL_MCP_TOKENS: is the token of HighLevel: clients of this server need one of their own"
    );
}
