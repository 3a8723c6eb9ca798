//! Whether programs know the module: what `cns setup` writes, whoever wrote it.

use super::finding::Finding;
use crate::host::Host;
use crate::programs::{PROGRAMS, Program, Sandboxed, Scope, State, missing_modules};

/// Programs that should know the module, those that look for it where it is not, and browsers in sandboxes.
pub(super) fn examine(host: &Host, module: Option<&str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut others = Vec::new();
    for program in PROGRAMS {
        match program.inspect(host, module) {
            Some(states) => findings.extend(states.into_iter().map(|state| finding(program, state))),
            None => others.push(program),
        }
    }
    for scope in [Scope::User, Scope::Everybody] {
        for program in &others {
            findings.extend(missing_modules(*program, host, scope).into_iter().map(|(path, module)| {
                finding(*program, State::RegisteredWrongly(host.shown(&path), module))
            }));
        }
    }
    let sandboxed = PROGRAMS.iter().flat_map(|program| program.sandboxed(host));
    let (snaps, others): (Vec<Sandboxed>, Vec<_>) = sandboxed.partition(|found| found.sandbox == "snap");
    findings
        .extend([snaps, others].concat().into_iter().map(|browser| Finding::SandboxedBrowser { browser }));
    findings
}

fn finding(program: &'static dyn Program, state: State) -> Finding {
    match state {
        State::Registered(path) => Finding::Registered { program, path },
        State::NotRegistered(path, elsewhere) => Finding::NotRegistered { program, path, elsewhere },
        State::RegisteredWrongly(path, module) => Finding::RegisteredWrongly { program, path, module },
        State::RegisteredTwice(path) => Finding::RegisteredTwice { program, path },
        State::RootOwned(path) => Finding::RootOwned { program, path },
        State::Malformed(path, why) => Finding::Malformed { program, path, why },
        State::Unreadable(path, why) => Finding::Unreadable { program, path, why },
        State::NeverStarted => Finding::NeverStarted { program },
        State::NotInstalled => Finding::NotInstalled { program },
        State::NotThroughModules => Finding::NotThroughModules { program },
        State::ThroughP11Kit => Finding::ThroughP11Kit { program },
    }
}
