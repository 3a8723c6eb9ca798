//! The binary: the real readers, terminal and system, handed to the library.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use cns_card::PcscTransport;
use cns_tool::console::interrupt;
use cns_tool::console::prompt::Terminal;
use cns_tool::{Context, Output, System};

fn main() -> ExitCode {
    interrupt::install();
    let arguments: Vec<_> = std::env::args_os().collect();
    let transport = PcscTransport::new();
    let mut terminal = Terminal;
    let mut context = Context::new(&transport, &mut terminal, Output::of_process(), System::of_process());
    cns_tool::run(&arguments, &mut context).into()
}
