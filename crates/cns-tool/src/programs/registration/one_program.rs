//! Registering and unregistering, program by program. A file is written whole or not at all; one that is refused leaves
//! the others to their turn.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::one_file::OneFile;
use super::outcome::Outcome;
use super::registrar::{Registrar, SetupResult};
use crate::console::Verdict;
use crate::programs::config_file::{ConfigFile, Template};
use crate::programs::files::atomic_write;
use crate::programs::files::backup_log::BackupLog;
use crate::programs::list::PROGRAMS;
use crate::programs::nss;
use crate::programs::p11_kit::{self, P11Kit};
use crate::programs::program::{Program, missing_modules};
use crate::programs::scope::Scope;
use crate::programs::windows;

impl Registrar<'_> {
    /// [`Self::register`] for these programs, beside each whether the person named it; and for p11-kit, where one of them is a
    /// browser that can have the module only from there.
    pub fn register_all(
        &self,
        mut programs: Vec<(&'static dyn Program, bool)>,
        module: &str,
        log: &mut BackupLog,
    ) -> Vec<SetupResult> {
        let needs_p11_kit =
            |(program, named): &(&'static dyn Program, bool)| self.needs_p11_kit(*program, module, *named);
        let is_p11_kit = |(program, _): &(&'static dyn Program, bool)| program.name() == P11Kit.name();
        if !programs.iter().any(is_p11_kit) && programs.iter().any(needs_p11_kit) {
            programs.push((&P11Kit, false));
        }
        // It comes first: a browser's own entry goes only when p11-kit has one.
        let mut order: Vec<usize> = (0..programs.len()).collect();
        order.sort_by_key(|at| !is_p11_kit(&programs[*at]));
        let mut results = vec![Vec::new(); programs.len()];
        for at in order {
            let (program, named) = programs[at];
            results[at] = self.register(program, module, named, log);
        }
        results.concat()
    }

    /// Registers the module at `module`, a path of the computer. `named` says that the person named this program: then
    /// it is set up even where it was never used.
    pub fn register(
        &self,
        program: &'static dyn Program,
        module: &str,
        named: bool,
        log: &mut BackupLog,
    ) -> Vec<SetupResult> {
        let result = |path: &Path, outcome| SetupResult { program, path: self.host.shown(path), outcome };
        let without_file = |outcome| SetupResult { program, path: String::new(), outcome };
        if program.is_on_request() && !named && !self.names_missing_module(program) {
            return vec![without_file(Outcome::OnRequest)];
        }
        let on_windows = program.is_browser() && windows::serves_browsers(self.host, Some(module));
        if on_windows && !(named && program.uses_modules_on(self.host.system.operating_system)) {
            return vec![without_file(Outcome::ThroughWindows)];
        }
        if let Some(outcome) = self.refuse(program) {
            return vec![without_file(outcome)];
        }
        let sandboxed = program.sandboxed(self.host, self.scope).into_iter();
        let sandboxed: Vec<_> = sandboxed.map(|found| without_file(Outcome::Sandboxed(found))).collect();
        let mut files = program.files_to_write(self.host, self.scope, named);
        let mut results = Vec::new();
        if let Some((path, outcome)) = program.registered_by_others(self.host, self.scope, Some(module)) {
            results.push(result(&path, outcome));
            // What others have registered a sandbox does not see.
            files.retain(|file| file.module_copy.is_some());
        }
        for file in files {
            match &file.module_copy {
                Some(copy) => results.extend(
                    self.register_copy((&file, copy), module, log)
                        .into_iter()
                        .map(|(path, outcome)| result(&path, outcome)),
                ),
                None => results.extend(
                    self.register_or_give_back(program, &file, module, log)
                        .into_iter()
                        .map(|outcome| result(&file.path, outcome)),
                ),
            }
        }
        if results.is_empty() && sandboxed.is_empty() {
            results.push(without_file(Outcome::NotFound));
        }
        let each_user = program.for_each_user(self.host, self.scope);
        results.extend(each_user.iter().map(|folder| result(folder, Outcome::EachUser)));
        results.extend(sandboxed);
        results
    }

    /// Gives back what `setup` has changed. `named` says that the person named this program: then the module is taken
    /// out also where somebody else has registered it.
    pub fn unregister(
        &self,
        program: &'static dyn Program,
        named: bool,
        log: &mut BackupLog,
    ) -> Vec<SetupResult> {
        let result = |path: &Path, outcome| SetupResult { program, path: self.host.shown(path), outcome };
        let without_file = |outcome| SetupResult { program, path: String::new(), outcome };
        if let Some(outcome) = self.refuse(program) {
            return vec![without_file(outcome)];
        }
        let mut results = Vec::new();
        let mut kept = Vec::new();
        let files = self.known_files(program, log);
        // Also without a log: the person has named the program, and its list the copy.
        let named_copies = if named { self.named_copies(&files) } else { Vec::new() };
        for file in files {
            let outcomes = self.unregister_in(&file, named, log);
            if outcomes.iter().any(|outcome| outcome.verdict() == Verdict::Warning) {
                let text = fs::read_to_string(&file.path).unwrap_or_default();
                kept.extend(file.format.our_modules(&text).unwrap_or_default());
            }
            results.extend(outcomes.into_iter().map(|outcome| result(&file.path, outcome)));
        }
        // While a list names a copy, the copy stays.
        if results.iter().all(|result| result.outcome.verdict() != Verdict::Problem) {
            let is_named = |copy: &Path| kept.contains(&self.host.inside(copy).display().to_string());
            let mut copies = self.copies(program, log);
            copies.extend(named_copies.iter().filter(|copy| log.entry(copy).is_none()).cloned());
            for copy in copies.into_iter().filter(|copy| !is_named(copy)) {
                let any = named_copies.contains(&copy);
                let outcome = self.remove_copy(&copy, any, log).unwrap_or_else(|refused| refused);
                results.push(result(&copy, outcome));
            }
        }
        let by_others = program.registered_by_others(self.host, self.scope, None);
        results.extend(by_others.map(|(path, outcome)| result(&path, outcome)));
        if results.is_empty() {
            results.push(without_file(Outcome::NothingThere));
        }
        results
    }

    /// The same for a list that has to name a copy. No copy is made for a list that would stay as it is.
    fn register_copy(
        &self,
        (list, copy): (&ConfigFile, &Path),
        module: &str,
        log: &mut BackupLog,
    ) -> Vec<(PathBuf, Outcome)> {
        let named = self.host.inside(copy).display().to_string();
        let trial = Registrar { dry_run: true, ..*self };
        let planned = trial.register_in(list, &named, log);
        if !planned.is_set_up() {
            return vec![(list.path.clone(), planned)];
        }
        let copied = match self.copy_module(module, copy, log) {
            Ok(Outcome::Already) => None,
            Ok(copied) => Some((copy.to_owned(), copied)),
            Err(refused) => return vec![(copy.to_owned(), refused)],
        };
        let registered = (list.path.clone(), self.register_in(list, &named, log));
        copied.into_iter().chain([registered]).collect()
    }

    /// A file in which our module does not belong any more loses it.
    fn register_or_give_back(
        &self,
        program: &dyn Program,
        file: &ConfigFile,
        module: &str,
        log: &mut BackupLog,
    ) -> Vec<Outcome> {
        if let Some(reason) = self.refuse_read(file) {
            return vec![reason];
        }
        let instead = if program.is_browser() && nss::uses_p11_kit(file) {
            // Before it is written there, nothing is taken away here.
            if !self.dry_run && !p11_kit::has_module(self.host, self.scope) {
                return vec![Outcome::NotInP11Kit];
            }
            Outcome::ThroughP11Kit
        } else {
            let now = OneFile { registrar: self, file, log };
            if file.template != Template::Different || !now.is_all_ours().unwrap_or_default() {
                return vec![self.register_in(file, module, log)];
            }
            Outcome::PoliciesDiffer
        };
        let mut outcomes = self.unregister_in(file, false, log);
        let is_done = |outcome: &Outcome| matches!(outcome.verdict(), Verdict::Ok | Verdict::NotApplicable);
        if outcomes.iter().all(is_done) {
            outcomes.push(instead);
        }
        outcomes
    }

    /// Whether the program gets its modules from p11-kit, and ours is not there.
    fn needs_p11_kit(&self, program: &dyn Program, module: &str, named: bool) -> bool {
        let may_read = |file: &ConfigFile| self.refuse_read(file).is_none();
        program.is_browser()
            && self.refuse(program).is_none()
            && program.registered_by_others(self.host, self.scope, Some(module)).is_none()
            && !p11_kit::has_module(self.host, self.scope)
            && program
                .files_to_write(self.host, self.scope, named)
                .iter()
                .any(|file| may_read(file) && nss::uses_p11_kit(file))
    }

    fn register_in(&self, file: &ConfigFile, module: &str, log: &mut BackupLog) -> Outcome {
        if let Some(reason) = self.refuse_read(file) {
            return reason;
        }
        OneFile { registrar: self, file, log }.register(module).unwrap_or_else(|outcome| outcome)
    }

    fn unregister_in(&self, file: &ConfigFile, named: bool, log: &mut BackupLog) -> Vec<Outcome> {
        let is_logged = log.entry(&file.path).is_some();
        if let Some(reason) = self.refuse_read(file) {
            return if is_logged { vec![reason] } else { Vec::new() };
        }
        let mut file = OneFile { registrar: self, file, log };
        // There is nothing of ours in a file that cannot be read and was never written.
        if !is_logged && file.text().is_err() {
            return Vec::new();
        }
        file.unregister(named).unwrap_or_else(|outcome| vec![outcome])
    }

    /// Removes unfinished files that killed runs have left beside those of any program. To be called with the log
    /// locked.
    pub fn remove_unfinished_files(&self, log: &BackupLog) {
        for program in PROGRAMS.iter().filter(|program| !self.is_of_another(**program)) {
            for file in self.known_files(*program, log) {
                if self.refuse_read(&file).is_none() {
                    atomic_write::remove_unfinished(&file.path);
                }
            }
            self.copies(*program, log).iter().for_each(|copy| atomic_write::remove_unfinished(copy));
        }
    }

    /// The copies of the module that were made for this program.
    fn copies(&self, program: &dyn Program, log: &BackupLog) -> Vec<PathBuf> {
        log.paths().filter(|path| program.has_copy_at(self.host, path)).map(Path::to_owned).collect()
    }

    /// The copies of the module that are there and named by these lists.
    fn named_copies(&self, lists: &[ConfigFile]) -> Vec<PathBuf> {
        let readable = lists.iter().filter(|list| self.refuse_read(list).is_none());
        let named = readable.filter_map(|list| {
            let copy = list.module_copy.as_ref().filter(|copy| copy.exists())?;
            let modules = list.format.our_modules(&fs::read_to_string(&list.path).ok()?).ok()?;
            modules.contains(&self.host.inside(copy).display().to_string()).then(|| copy.clone())
        });
        named.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whether the module was registered before, and is not there any more.
    fn names_missing_module(&self, program: &dyn Program) -> bool {
        !missing_modules(program, self.host, self.scope).is_empty()
    }

    fn refuse(&self, program: &dyn Program) -> Option<Outcome> {
        let system = self.host.system.operating_system;
        if !program.uses_modules_on(system) {
            return Some(Outcome::NotOnThisSystem(system));
        }
        self.is_of_another(program).then_some(Outcome::HomeOfAnother)
    }

    /// Whether the home that the files would be in is not the user's own.
    fn is_of_another(&self, program: &dyn Program) -> bool {
        (self.scope == Scope::User || program.is_per_user())
            && (self.host.environment_is_of_another()
                || self.host.home().is_none_or(|home| home.exists() && !self.host.home_is_the_users()))
    }

    /// [`Program::files`], and the program's files that only the backup log names (as those of a profile that the browser's
    /// list has no more).
    fn known_files(&self, program: &dyn Program, log: &BackupLog) -> Vec<ConfigFile> {
        let mut files = program.files(self.host, self.scope);
        for path in log.paths() {
            if files.iter().any(|file| file.path == path) {
                continue;
            }
            // From the end: the first browser takes what is no other program's.
            let claim = PROGRAMS
                .iter()
                .rev()
                .find_map(|owner| Some((owner.name(), owner.logged_file(self.host, self.scope, path)?)));
            files.extend(claim.filter(|(owner, _)| *owner == program.name()).map(|(_, file)| file));
        }
        files
    }
}
