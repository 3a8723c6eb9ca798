//! Whether programs know the module, by `cns setup` or otherwise.

use super::finding::Finding;
use crate::host::Host;
use crate::programs::{PROGRAMS, ProgramState, Sandboxed, Scope, missing_modules};

/// Programs that should know the module, those that look for it where it is not, and browsers in sandboxes.
pub(crate) fn examine(host: &Host, module: Option<&str>) -> Vec<Finding> {
    let mut states = Vec::new();
    let mut optional = Vec::new();
    for program in PROGRAMS.iter().copied() {
        match program.inspect(host, module) {
            Some(found) => states.extend(found),
            None => optional.push(program),
        }
    }
    for scope in [Scope::User, Scope::Everybody] {
        for program in optional.iter().copied() {
            states.extend(missing_modules(program, host, scope).into_iter().map(|(path, module)| {
                ProgramState::RegisteredWrongly { program, path: host.shown(&path), module }
            }));
        }
    }
    let sandboxed = PROGRAMS.iter().flat_map(|program| program.sandboxed(host, Scope::User));
    let (snaps, others): (Vec<Sandboxed>, Vec<_>) = sandboxed.partition(|found| found.sandbox == "snap");
    let sandboxed = [snaps, others].concat().into_iter().map(|browser| Finding::SandboxedBrowser { browser });
    states.into_iter().map(Finding::Program).chain(sandboxed).collect()
}
