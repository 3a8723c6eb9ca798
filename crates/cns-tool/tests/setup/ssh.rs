//! What OpenSSH itself makes of the configuration (`ssh -G`): whatever held for a host before still does.

use std::path::Path;
use std::process::Command;

use cns_tool::Exit;

use crate::tree::{MODULE, Tree};

const CONFIG: &str = "/home/anna/.ssh/config";
const OTHER: &str = "/opt/libother.so";

/// The provider for a host; `None` if there is no OpenSSH here.
fn provider(config: &Path, host: &str) -> Option<String> {
    let output = Command::new("ssh").arg("-F").arg(config).args(["-G", host]).output().ok()?;
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let line = said.lines().find_map(|line| line.strip_prefix("pkcs11provider "));
    Some(line.unwrap_or("none").to_owned())
}

fn has_ssh(test: &str) -> bool {
    let there = Command::new("ssh").arg("-V").output().is_ok();
    if !there {
        eprintln!("skipped: {test}: there is no ssh here (package openssh-client)");
    }
    there
}

#[test]
fn ours_holds_where_nothing_else_does() {
    if !has_ssh("ours_holds_where_nothing_else_does") {
        return;
    }
    for theirs in [
        "".to_owned(),
        "# nothing".to_owned(),
        "User b".to_owned(),
        format!("Host other\n  PKCS11Provider {OTHER}\n"),
        format!("Host other\r\n  PKCS11Provider {OTHER}\r\n"),
        format!("Host x\n  User b\nMatch host other\n\tpkcs11provider=\"{OTHER}\"\nHost never\n  Port 7"),
        format!("Match originalhost other exec \"true\"\n  PKCS11Provider {OTHER}\nMatch all\n  Port 7\n"),
        format!("Host * !plain !without\n  PKCS11Provider {OTHER}\nHost without\n  PKCS11Provider none\n"),
    ] {
        let tree = Tree::new();
        tree.write(CONFIG, &theirs);
        let config = tree.path(CONFIG);
        let before = ["other", "without"].map(|host| provider(&config, host).unwrap());
        let (said, exit) = tree.setup("ssh");
        assert_eq!(exit, Exit::Success, "{said}");
        for (host, before) in ["other", "without"].into_iter().zip(before) {
            let expected = if before == "none" && !theirs.contains("none") { MODULE } else { &before };
            assert_eq!(provider(&config, host).unwrap(), expected, "{host}: {theirs:?}");
        }
        assert_eq!(provider(&config, "plain").unwrap(), MODULE, "{theirs:?}");
        tree.setup("--remove");
        assert_eq!(tree.read(CONFIG), theirs);
    }
}

#[test]
fn where_ours_would_never_be_used_or_be_in_the_way_nothing_is_written() {
    for (config, elsewhere, text) in [
        (format!("PKCS11Provider {OTHER}\n"), None, ""),
        ("PKCS11Provider none\nHost a\n".to_owned(), None, ""),
        (format!("Host a\n  User b\nHost *\n  PKCS11Provider {OTHER}\n"), None, ""),
        (format!("Match all\n  PKCS11Provider {OTHER}\n"), None, ""),
        // Read a second time, when ours would have been chosen.
        (format!("Match final host other\n  PKCS11Provider {OTHER}\n"), None, ""),
        (format!("Host a, *\n  PKCS11Provider {OTHER}\n"), None, ""),
        ("Include config.d/*.conf\n".to_owned(), Some("/home/anna/.ssh/config.d/card.conf"), OTHER),
        ("Include ~/.ssh/more\n".to_owned(), Some("/home/anna/.ssh/more"), OTHER),
        ("Host a\n".to_owned(), Some("/etc/ssh/ssh_config"), OTHER),
    ] {
        let tree = Tree::new();
        tree.write(CONFIG, &config);
        if let Some(elsewhere) = elsewhere {
            tree.write(elsewhere, &format!("PKCS11Provider {text}\n"));
        }
        let before = tree.picture();
        let (said, exit) = tree.setup("ssh");
        assert_eq!(exit, Exit::Failed, "{said}");
        assert!(said.contains("names another driver"), "{said}");
        assert_eq!(tree.picture(), before);
    }
}

#[test]
fn the_system_may_choose_another_for_some_hosts() {
    let tree = Tree::new();
    tree.write("/etc/ssh/ssh_config", "Include /etc/ssh/ssh_config.d/*.conf\nHost *\n  SendEnv LANG\n");
    assert_eq!(tree.setup("ssh").1, Exit::Success);
    tree.setup("--remove");
    tree.write("/etc/ssh/ssh_config.d/7-card.conf", &format!("Host gov\n  PKCS11Provider {OTHER}\n"));
    let (said, exit) = tree.setup("ssh");
    assert!(exit == Exit::Failed && said.contains("/etc/ssh/ssh_config.d/7-card.conf"), "{said}");
}

/// A block that came after ours would never be reached.
#[test]
fn ours_goes_to_the_end_again() {
    let tree = Tree::new();
    tree.setup("ssh");
    let later = format!("\nHost other\n  PKCS11Provider {OTHER}\n");
    tree.write(CONFIG, &(tree.read(CONFIG) + &later));
    assert_eq!(tree.setup("ssh").1, Exit::Success);
    let config = tree.read(CONFIG);
    assert!(config.starts_with(&later) && config.contains(MODULE), "{config}");
    tree.setup("--remove");
    assert_eq!(tree.read(CONFIG), later);
}
