//! A pinentry beside a terminal: it gets the terminal's name, and ends with the command.

use std::fs;
use std::path::Path;
use std::process::Command;

use rustix::process::Signal;
use tempfile::TempDir;

use super::start;

/// A program that takes the place of pinentry and never answers. Writes down its number and what it is told.
fn never_answers() -> TempDir {
    never_answers_after("true")
}

/// The same after this command.
fn never_answers_after(command: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().display();
    let script = format!(
        "#!/bin/sh\necho $$ > '{path}/pid'\necho OK\n\
         while IFS= read -r line; do\n  echo \"$line\" >> '{path}/told'\n  \
         case $line in GETPIN) {command}; echo Window > /dev/tty ;; *) echo OK ;; esac\ndone\n"
    );
    fs::write(folder.path().join("source"), script).expect("written");
    // By another process: a file that this one wrote may still be open for writing in a child of another test.
    let mut install = Command::new("install");
    install.arg(folder.path().join("source")).arg(folder.path().join("pinentry"));
    assert!(install.status().expect("install").success());
    folder
}

#[test]
fn an_interruption_takes_the_window_away() {
    let ends: [(&str, Option<Signal>); 3] =
        [("\u{3}", None), ("", Some(Signal::TERM)), ("", Some(Signal::HUP))];
    for (key, signal) in ends {
        let fake = never_answers();
        let program = fake.path().join("pinentry");
        let mut screen = start(&format!("pin verify --pinentry={}", program.display()));
        screen.shows("Window");
        screen.types(key);
        if let Some(signal) = signal {
            screen.signals(signal);
        }
        screen.ended_with(130);
        let told = screen.text().split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(told.matches("nessun tentativo è stato usato").count(), 1, "{told}");
        let pid = fs::read_to_string(fake.path().join("pid")).expect("its number");
        assert!(!Path::new("/proc").join(pid.trim()).exists(), "the window stays");
        let told = fs::read_to_string(fake.path().join("told")).expect("what it was told");
        assert!(told.contains("OPTION ttyname=/dev/tty\n"), "{told}");
    }
}

/// As pinentry-curses, which sees Ctrl-Z and its end, too, and takes the terminal again at the same moment as `cns`.
#[test]
fn what_a_window_in_the_terminal_has_set_is_left() {
    let fake = never_answers_after("stty -icanon -echo < /dev/tty");
    let program = fake.path().join("pinentry");
    let mut screen = start(&format!("pin verify --pinentry={}", program.display()));
    screen.shows("Window");
    assert!(!screen.is_by_line());
    screen.signals(Signal::CONT);
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert!(!screen.is_by_line(), "the keys reach the window no more");
    screen.types("\u{3}");
    screen.ended_with(130);
}
