//! sudo, or whatever `cns` runs at the person's terminal: it finds the terminal as the shell has it, and Ctrl-C leaves it so.

use rustix::process::Signal;

use crate::start;

/// As sudo: saves the modes, hides what is typed, and puts them back some time after Ctrl-C.
const ASKS_FOR_A_PASSWORD: &str = "another program: saved=$(stty -g); \
    trap 'sleep 0.5; stty $saved; echo put back; exit 1' INT; stty -echo; echo Password:; \
    while :; do sleep 0.1; done";

#[test]
fn after_ctrl_c_the_terminal_is_as_the_other_program_found_it() {
    let mut screen = start(ASKS_FOR_A_PASSWORD);
    screen.shows("Password:");
    screen.types("\u{3}");
    screen.ended_with(130);
    assert!(screen.text().contains("put back"), "it ended before the other program: {}", screen.text());
    assert!(!screen.text().contains("Domanda"), "it went on: {}", screen.text());
}

#[test]
fn another_program_shows_what_is_typed_and_then_it_hides_again() {
    let mut screen = start("another program: echo Continue?; read answer; echo \"<$answer>\"");
    screen.shows("Continue?");
    assert!(screen.echoes(), "the person does not see the answer");
    // Continued after Ctrl-Z, it is the other program's still.
    screen.signals(Signal::CONT);
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert!(screen.echoes(), "the person does not see the answer");
    screen.types("y\n");
    screen.shows("<y>");
    screen.shows("Domanda:");
    screen.types("\n");
    screen.ended_with(0);
}
