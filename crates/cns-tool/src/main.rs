//! The binary: the real readers, terminal and system, handed to the library.
#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::sync::Arc;

use cns_card::PcscTransport;
use cns_tool::card::bounded_transport::BoundedTransport;
use cns_tool::console::interrupt;
use cns_tool::console::prompt::Terminal;
use cns_tool::{Context, Output, System};
use time::UtcOffset;

fn main() -> ExitCode {
    // While there is one thread only: the C library reads the environment for it.
    let local_offset = UtcOffset::current_local_offset();
    #[cfg(target_os = "linux")]
    pcsc_dlopen::link();
    interrupt::install();
    let arguments: Vec<_> = std::env::args_os().collect();
    let transport = BoundedTransport::new(Arc::new(PcscTransport::new()));
    let mut terminal = Terminal;
    let mut context = Context::new(&transport, &mut terminal, Output::of_process(), System::of_process());
    context.local_offset = local_offset.unwrap_or(UtcOffset::UTC);
    cns_tool::run(&arguments, &mut context).into()
}
