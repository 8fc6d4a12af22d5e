//! `healthz`: asks `http` on this machine whether it answers. A container that holds nothing but this program has no other
//! way to find out.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use clap::Args;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::cli::error::CliError;
use crate::cli::output::print_stdout;
use crate::config::{HttpConfig, ProcessEnvironment};
use crate::ghl::{Clock, SystemClock};

/// Time for the whole answer. A server that needs longer for it is not well.
const ANSWER_TIME: Duration = Duration::from_secs(3);

/// Flags of `healthz`.
#[derive(Debug, Clone, Args)]
#[expect(clippy::doc_markdown, reason = "clap prints these lines as they stand")]
pub(crate) struct Arguments {
    /// The address that http listens on [env: GHL_MCP_LISTEN] [default: 127.0.0.1:8787]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), CliError> {
    let (listen, _) = HttpConfig::listen_address(arguments.listen.as_ref(), &ProcessEnvironment)?;
    let address = reachable(listen);
    let clock = SystemClock::default();
    let status = tokio::select! {
        status = ask(address) => status,
        () = clock.sleep(ANSWER_TIME) => Err(io::ErrorKind::TimedOut.into()),
    };
    match status {
        Ok(line) if line.starts_with("HTTP/1.1 200 ") => {
            print_stdout("ok");
            Ok(())
        }
        Ok(line) => Err(CliError::Unhealthy(format!("http://{address}/healthz answers {line:?}"))),
        Err(error) => Err(CliError::Unhealthy(format!("http://{address}/healthz does not answer: {error}"))),
    }
}

/// The address at which this machine reaches a server that listens on `listen`: all addresses are no address to connect to.
pub(crate) fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// The status line of the answer.
async fn ask(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut head = [0; 64];
    let mut length = 0;
    // The status line is shorter than that.
    while let Some(rest) = head.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match stream.read(rest).await? {
            0 => break,
            read => length += read,
        }
    }
    let head = String::from_utf8_lossy(head.get(..length).unwrap_or_default());
    Ok(head.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_all_addresses_is_asked_on_this_machine() {
        for (listen, asked) in [
            ("0.0.0.0:8787", "127.0.0.1:8787"),
            ("[::]:80", "[::1]:80"),
            ("127.0.0.1:1", "127.0.0.1:1"),
            ("10.0.0.7:8787", "10.0.0.7:8787"),
            ("[::1]:8787", "[::1]:8787"),
        ] {
            assert_eq!(reachable(listen.parse().unwrap()).to_string(), asked);
        }
    }
}
