//! Programs that do not answer.

use std::collections::BTreeMap;

use super::*;
use crate::host::OperatingSystem;

fn pinentry(folder: &Path, script: &str) -> Pinentry {
    let (source, program) = (folder.join("source"), folder.join("pinentry"));
    std::fs::write(&source, format!("#!/bin/sh\n{script}")).expect("written");
    // By another process: a file that this one wrote may still be open for writing in a child of another test.
    let mut install = std::process::Command::new("install");
    assert!(install.arg(&source).arg(&program).status().expect("install").success());
    let system = System {
        root: "/".into(),
        program: "/usr/bin/cns".into(),
        variables: BTreeMap::new(),
        operating_system: OperatingSystem::HERE,
    };
    let options = PinOptions { pin_stdin: false, last_try: false, pinentry: Some(Some(program)) };
    Pinentry::wanted(&options, true, &system, Language::English).expect("wanted")
}

/// What does not answer is not waited for without end, and is gone afterwards; what is watched ends it at once.
#[test]
fn who_does_not_answer_is_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let pid_file = folder.path().join("pid").display().to_string();
    let write_pid = format!("echo $$ > '{pid_file}'\n");
    let deaf = "trap '' TERM\n";
    let asked = "echo OK; while read -r line; do case $line in GETPIN) break;; *) echo OK;; esac; done\n";
    let talks = "while :; do echo '# still thinking'; done\n";
    let waits = "while :; do sleep 0.1; done\n";
    for (script, go_on) in [
        ([&write_pid, "", waits], true),
        ([&write_pid, deaf, waits], true),
        ([&write_pid, "", talks], true),
        ([&write_pid, asked, waits], true),
        ([&write_pid, asked, talks], true),
        ([&write_pid, asked, waits], false),
    ] {
        let script = script.concat();
        let mut pinentry = pinentry(folder.path(), &script);
        // On a busy computer a shell takes a while to start.
        pinentry.patience = match script.contains(asked) {
            true => Patience { step: STEP, answer: Duration::from_millis(400) },
            false => Patience { step: Duration::from_secs(2), answer: ANSWER },
        };
        let no = pinentry.secret("PIN: ", &mut || go_on).expect_err("no answer");
        let expected = match (script.contains(asked), go_on) {
            (false, _) => matches!(no, NoAnswer::Pinentry(PinentryError::Silent)),
            (true, true) => matches!(no, NoAnswer::TimedOut),
            (true, false) => matches!(no, NoAnswer::Stopped),
        };
        assert!(expected, "{no:?} for {script}");
        let pid = std::fs::read_to_string(&pid_file).expect("its number");
        assert!(!Path::new("/proc").join(pid.trim()).exists(), "left behind: {script}");
    }
}
