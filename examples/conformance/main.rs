//! The conformance suite's fixtures behind the program's own HTTP stack: tools, prompts and resources that the product
//! has no use for, so that the suite can test in full what carries them. For `tests/conformance/run.sh`.

mod asking;
mod fixtures;
mod server;

use ghl_contacts_mcp::serve::{Doors, Guard, HttpOptions, Metrics, http};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut options = HttpOptions::new(Guard::new::<&str>(&[], &[])?);
    // The suite's fixtures of 2025-11-25 ask the client in the middle of a call.
    options.ask_back = true;
    let listener =
        TcpListener::bind(std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned())).await?;
    #[expect(clippy::print_stdout, reason = "the script reads it")]
    {
        println!("http://{}/mcp", listener.local_addr()?);
    }
    http(listener, Doors::open(server::Fixtures), options, Metrics::default(), CancellationToken::new())
        .await;
    Ok(())
}
