//! The binary: the real readers, terminal and system, handed to the library.
#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::sync::Arc;

use cns_card::PcscTransport;
use cns_tool::card::bounded_transport::BoundedTransport;
use cns_tool::console::interrupt;
use cns_tool::console::prompt::Terminal;
use cns_tool::{Context, Output, System};

fn main() -> ExitCode {
    interrupt::install();
    let arguments: Vec<_> = std::env::args_os().collect();
    let transport = BoundedTransport::new(Arc::new(PcscTransport::new()));
    let mut terminal = Terminal;
    let mut context = Context::new(&transport, &mut terminal, Output::of_process(), System::of_process());
    cns_tool::run(&arguments, &mut context).into()
}
