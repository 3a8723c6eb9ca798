//! Which file of a crate names what another file of it defines.
//!
//! Names are followed to the file that defines them: `use super::Name` points at the sibling when the parent only
//! re-exports it. A path that ends at a module says nothing yet; what is then named through it does.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::sources::{FILES, Source, below};
use crate::tokens::Token;

/// For each file the files it imports from, and by which paths.
pub type Imports = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// All crates of a member: its library and its programs.
pub fn crates_of(member: &str) -> Vec<String> {
    let at = |path: &str| if member == "." { path.to_owned() } else { format!("{member}/{path}") };
    let programs = FILES.range(at("src/bin/")..).take_while(|path| path.starts_with(&at("src/bin/")));
    [at("src/lib.rs"), at("src/main.rs")]
        .iter()
        .chain(programs)
        .filter(|path| FILES.contains(*path))
        .cloned()
        .collect()
}

/// The graph of the crate with this root file.
pub fn imports(root: &str) -> Imports {
    let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
    let sources = below(folder).into_iter().map(|source| (source.path.as_str(), source)).collect();
    let mut tree = Tree { sources, modules: Vec::new() };
    tree.read_file(root, folder, None);
    let mut imports = Imports::new();
    for module in 0..tree.modules.len() {
        let from = &tree.modules[module].file;
        for path in &tree.modules[module].paths {
            match tree.resolve(module, path, &mut HashSet::new()) {
                Some(Target::File(to)) if to != *from => {
                    let reasons = imports.entry(from.clone()).or_default();
                    reasons.entry(to).or_default().insert(path.join("::"));
                }
                _ => {}
            }
        }
    }
    imports
}

#[derive(Default)]
struct Module {
    file: String,
    parent: Option<usize>,
    children: HashMap<String, usize>,
    items: HashSet<String>,
    /// By the name it has here.
    uses: HashMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
    /// All paths named in it.
    paths: Vec<Vec<String>>,
}

enum Target {
    Module(usize),
    File(String),
}

struct Tree<'a> {
    sources: HashMap<&'a str, &'a Source>,
    modules: Vec<Module>,
}

impl Tree<'_> {
    fn read_file(&mut self, path: &str, folder: &str, parent: Option<usize>) -> Option<usize> {
        let source = *self.sources.get(path)?;
        Some(self.read_module(&source.code, path, folder, parent))
    }

    /// Reads one module; `folder` is where the files of its children lie.
    fn read_module(&mut self, code: &[Token], file: &str, folder: &str, parent: Option<usize>) -> usize {
        let this = self.modules.len();
        self.modules.push(Module { file: file.to_owned(), parent, ..Module::default() });
        let (mut at, mut depth) = (0, 0_usize);
        while at < code.len() {
            let word = code[at].text;
            let next = code.get(at + 1).map_or("", |token| token.text);
            match word {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                "use" => {
                    let end = at + code[at..].iter().position(|token| token.is(";")).unwrap_or(0);
                    self.read_use(this, &code[at + 1..end]);
                    at = end;
                }
                "mod" if depth == 0 && code.get(at + 2).is_some_and(|token| token.is(";")) => {
                    let own = format!("{folder}/{next}");
                    let file = [format!("{own}.rs"), format!("{own}/mod.rs")];
                    for file in file {
                        if let Some(child) = self.read_file(&file, &own, Some(this)) {
                            self.modules[this].children.insert(next.to_owned(), child);
                        }
                    }
                }
                "mod" if depth == 0 && code.get(at + 2).is_some_and(|token| token.is("{")) => {
                    let end = closing_brace(code, at + 2);
                    let own = format!("{folder}/{next}");
                    let child = self.read_module(&code[at + 3..end], file, &own, Some(this));
                    self.modules[this].children.insert(next.to_owned(), child);
                    at = end;
                }
                "fn" | "struct" | "enum" | "trait" | "type" | "const" | "static" | "union" if depth == 0 => {
                    self.modules[this].items.insert(next.to_owned());
                }
                "macro_rules" if depth == 0 => {
                    // What it names is named where it is used, but for paths from the root.
                    self.modules[this].items.extend(code.get(at + 2).map(|token| token.text.to_owned()));
                    let end = closing_brace(code, at + 3);
                    let absolute = (at..end).filter(|at| code[*at].is("crate") && code[*at + 1].is("::"));
                    self.modules[this].paths.extend(absolute.map(|at| path_at(code, at)));
                    at = end;
                }
                _ if code[at].is_word() && next == "::" => {
                    let starts_here = at == 0 || !code[at - 1].is("::");
                    let path = path_at(code, at);
                    if starts_here {
                        self.modules[this].paths.push(path);
                    }
                }
                _ => {}
            }
            at += 1;
        }
        this
    }

    fn read_use(&mut self, this: usize, tree: &[Token]) {
        for (path, name) in leaves(tree, &[]) {
            let module = &mut self.modules[this];
            if name == "*" {
                module.globs.push(path);
            } else {
                module.paths.push(path.clone());
                module.uses.insert(name, path);
            }
        }
    }

    fn resolve(
        &self,
        from: usize,
        path: &[String],
        visited: &mut HashSet<(usize, String)>,
    ) -> Option<Target> {
        let mut module = from;
        for (at, name) in path.iter().enumerate() {
            match name.as_str() {
                "crate" if at == 0 => module = 0,
                "self" if at == 0 => {}
                "super" => module = self.modules[module].parent?,
                "self" => return Some(Target::Module(module)),
                _ => match self.look_up(module, name, at + 1 == path.len(), visited) {
                    Some(Target::Module(inner)) => module = inner,
                    Some(file) => return Some(file),
                    // Another crate, or a name that a macro makes in the module that was reached.
                    None if at == 0 => return None,
                    None => return Some(Target::File(self.modules[module].file.clone())),
                },
            }
        }
        Some(Target::Module(module))
    }

    fn look_up(
        &self,
        module: usize,
        name: &str,
        is_last: bool,
        visited: &mut HashSet<(usize, String)>,
    ) -> Option<Target> {
        let here = &self.modules[module];
        let item = || here.items.contains(name).then(|| Target::File(here.file.clone()));
        let child = || here.children.get(name).map(|child| Target::Module(*child));
        let found = if is_last { item().or_else(child) } else { child().or_else(item) };
        if found.is_some() || !visited.insert((module, name.to_owned())) {
            return found;
        }
        if let Some(path) = here.uses.get(name) {
            return self.resolve(module, path, visited);
        }
        here.globs.iter().find_map(|path| match self.resolve(module, path, visited)? {
            Target::Module(inner) => self.look_up(inner, name, is_last, visited),
            Target::File(file) => Some(Target::File(file)),
        })
    }
}

/// The paths of a `use`, each with the name it gets.
fn leaves(tree: &[Token], before: &[String]) -> Vec<(Vec<String>, String)> {
    let mut path = before.to_vec();
    let mut at = 0;
    while at < tree.len() {
        match tree[at].text {
            "{" => {
                let end = closing_brace(tree, at);
                let branches = split_at_commas(&tree[at + 1..end]);
                return branches.into_iter().flat_map(|branch| leaves(branch, &path)).collect();
            }
            "*" => return vec![(path, "*".to_owned())],
            "as" => {
                let name = tree.get(at + 1).map_or_else(String::new, |token| token.text.to_owned());
                return vec![(path, name)];
            }
            "::" => {}
            // The module of that name, not a function.
            "self" if !path.is_empty() => {
                let name = path.last().cloned().unwrap_or_default();
                path.push("self".to_owned());
                return vec![(path, name)];
            }
            word => path.push(word.to_owned()),
        }
        at += 1;
    }
    let name = path.last().cloned();
    name.map(|name| vec![(path, name)]).unwrap_or_default()
}

fn split_at_commas(tokens: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0_i32;
    tokens
        .split(|token| {
            depth += i32::from(token.is("{")) - i32::from(token.is("}"));
            depth == 0 && token.is(",")
        })
        .filter(|part| !part.is_empty())
        .collect()
}

fn path_at(code: &[Token], start: usize) -> Vec<String> {
    let mut path = vec![code[start].text.to_owned()];
    let mut at = start + 1;
    while at + 1 < code.len() && code[at].is("::") && code[at + 1].is_word() {
        path.push(code[at + 1].text.to_owned());
        at += 2;
    }
    path
}

fn closing_brace(code: &[Token], open: usize) -> usize {
    let mut depth = 0_i32;
    for (at, token) in code.iter().enumerate().skip(open) {
        depth += i32::from(token.is("{")) - i32::from(token.is("}"));
        if depth == 0 {
            return at;
        }
    }
    code.len()
}
