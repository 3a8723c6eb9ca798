//! The machine a run was made on, in a line.

use std::thread::available_parallelism;

use fs_err as fs;

use crate::packages;

/// Processor, cores, system, pcscd and vpcd. No name of the machine.
pub fn description() -> String {
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let cores = available_parallelism().map_or(1, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/ostype").unwrap_or_default();
    let packages = ["pcscd", "vsmartcard-vpcd", "firefox-esr"].map(packages::version);
    format!("{model}, {cores} cores, {}, {}", kernel.trim(), packages.join(", "))
}
