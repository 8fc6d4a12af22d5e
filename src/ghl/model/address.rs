//! Addresses of servers.

use std::net::IpAddr;

use url::{Host, Url};

/// Whether an address is of this machine. The parsed address counts, not its text: `http://0x7f.1/` is a loopback address.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}
