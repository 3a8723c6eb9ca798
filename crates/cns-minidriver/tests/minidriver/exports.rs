//! What the library shows to the program that loads it: one function.

use object::{Object, ObjectSymbol};

#[test]
fn one_function_is_exported() {
    // Cargo builds all kinds of a library at once, and a test lies in the folder of what it depends on.
    let test = std::env::current_exe().unwrap();
    let bytes = std::fs::read(test.with_file_name("libcnscm.so")).unwrap();
    let library = object::File::parse(bytes.as_slice()).unwrap();
    let names: Vec<&str> = library
        .dynamic_symbols()
        .filter(|symbol| symbol.is_definition() && symbol.is_global())
        .map(|symbol| symbol.name().unwrap())
        .collect();
    assert_eq!(names, ["CardAcquireContext"]);
}
