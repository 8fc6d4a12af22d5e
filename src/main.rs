//! argv in, exit code out.

fn main() -> std::process::ExitCode {
    ghl_contacts_mcp::cli::main()
}
