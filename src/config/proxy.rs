//! The proxy that the environment names. This program connects directly: it only says so.

use url::Url;

use crate::config::environment::Environment;

/// Every name by which programs look for a proxy to https, in the order of their precedence.
const HTTPS: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// The same to http.
const HTTP: [&str; 4] = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// A variable that names a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// The variable.
    pub variable: &'static str,
    /// The proxy's host and port, without its user and password; none where the value is no address.
    pub host: Option<String>,
}

/// The proxies that other programs would use for an address of this scheme.
pub fn proxies(scheme: &str, environment: &dyn Environment) -> Vec<Proxy> {
    let names = if scheme == "http" { HTTP } else { HTTPS };
    let set = |variable: &'static str| Some(Proxy { variable, host: host(&environment.get(variable)?) });
    names.into_iter().filter_map(set).collect()
}

fn host(text: &str) -> Option<String> {
    let text = text.trim();
    let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("http://{text}")) };
    let url = url.ok()?;
    let host = url.host_str().filter(|host| !host.is_empty())?;
    Some(url.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_shown_without_its_password() {
        for (text, expected) in [
            ("http://proxy.example:3128", Some("proxy.example:3128")),
            ("proxy.example:3128", Some("proxy.example:3128")),
            ("https://jane:canary@proxy.example/", Some("proxy.example:443")),
            ("jane:canary@proxy.example:8080", Some("proxy.example:8080")),
            ("socks5://127.0.0.1:1080", Some("127.0.0.1:1080")),
            ("[::1]:3128", Some("[::1]:3128")),
            ("http://", None),
            ("canary canary", None),
            (":", None),
        ] {
            assert_eq!(host(text).as_deref(), expected, "{text}");
        }
    }
}
