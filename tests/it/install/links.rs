//! The links of README are those that the program prints.

use std::fs;
use std::path::Path;

use super::Folder;
use super::write::Run;

#[test]
fn the_links_of_readme_are_those_that_install_prints() {
    let folder = Folder::new();
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    for host in ["vscode", "cursor"] {
        let run = Run::of(&folder, &["install", host, "--print", "--command", "npx -y ghl-contacts-mcp"]);
        let mut links = run.stderr.lines().filter_map(|line| line.strip_prefix("Or open "));
        let (page, own) = (links.next().unwrap(), links.next().unwrap());
        assert!(readme.contains(&format!("]({page})")), "README does not link to {page}");
        assert!(own.starts_with(&format!("{host}:")), "{own}");
    }
    assert_eq!(folder.files(), [""; 0]);
}
