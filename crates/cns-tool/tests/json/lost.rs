//! A result that cannot be written: never half a document with exit code 0.

use std::io::{self, ErrorKind, Write};

use cns_tool::console::prompt::Terminal;
use cns_tool::{Context, Exit, Output};

use crate::environment::Environment;

/// Takes so many bytes.
struct Full(usize, ErrorKind);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.0.min(bytes.len());
        self.0 -= taken;
        if taken == 0 { Err(self.1.into()) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn run(line: &[&str], environment: &Environment, out: Full) -> (Exit, String) {
    let line: Vec<_> = ["cns", "--lang", "en"].iter().chain(line).map(Into::into).collect();
    let (transport, mut terminal, mut err) = (environment.transport(), Terminal, Vec::new());
    let output = Output::to(out, &mut err);
    let mut context = Context::new(&transport, &mut terminal, output, environment.system.clone());
    context.now = environment.today;
    let exit = cns_tool::run(&line, &mut context);
    drop(context);
    (exit, String::from_utf8(err).expect("UTF-8"))
}

#[test]
fn a_disk_that_is_full() {
    let environment = Environment::named("idemia2021");
    for command in [&["status", "--json"][..], &["status"], &["doctor"], &["guide", "inps"], &["--help"]] {
        for space in [0, 100] {
            let (exit, told) = run(command, &environment, Full(space, ErrorKind::StorageFull));
            assert_eq!(exit, Exit::Failed, "{command:?}: {told}");
            assert!(told.contains("Error: The result cannot be written."), "{command:?}: {told}");
        }
    }
    // What failed before keeps its exit code.
    environment.readers.stop_service();
    let (exit, told) = run(&["status", "--json"], &environment, Full(10, ErrorKind::StorageFull));
    assert_eq!(exit, Exit::NoReader, "{told}");
    assert!(told.contains("cannot be written"), "{told}");
}

/// As `cns … | head -n 1`.
#[test]
fn a_reader_that_has_enough() {
    let environment = Environment::named("idemia2021");
    for command in ["status", "watch"] {
        for json in [&["--json"][..], &[]] {
            let line = [&[command], json].concat();
            let (exit, told) = run(&line, &environment, Full(10, ErrorKind::BrokenPipe));
            assert_eq!(exit, Exit::Success, "{told}");
            assert!(!told.contains("Error"), "{told}");
        }
    }
}
