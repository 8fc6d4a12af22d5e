//! `install` without a host: the hosts, and which are on this machine.

use crate::cli::hosts::{HOSTS, Places, found};
use crate::cli::output::print_stdout;
use crate::config::Home;

pub(crate) fn run(home: &Home) {
    let found = found(home, None);
    print_stdout("Put this server into a host: ghl-contacts-mcp install HOST");
    for host in &HOSTS {
        let places = Places::of(host, home);
        let ours = found.entries.iter().filter(|entry| entry.host == host).count();
        let broken = found.unreadable.iter().any(|file| file.host == host);
        let state = match (broken, ours, places.present) {
            (true, ..) => "its file cannot be read",
            (_, 1.., _) => "has this server",
            (_, _, true) => "is here",
            _ => "not found",
        };
        print_stdout(&format!(
            "  {:<15} {:<15} {:<24} {}",
            host.id,
            host.title,
            state,
            home.shown(&places.file)
        ));
    }
    for file in &found.unreadable {
        print_stdout(&file.to_string());
    }
    print_stdout("To try one without an account, add --sandbox. To see what would be written, add --print.");
}
