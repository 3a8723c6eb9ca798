use super::*;

#[test]
fn a_ledger_remembers_and_leaves_no_trace() {
    let base = tempfile::tempdir().unwrap();
    let folder = base.path().join("state/cns/setup");
    let file = base.path().join("pkcs11.txt");
    let mut ledger = BackupLog::open(&folder).unwrap();
    ledger.record(&file, Some(b"before"), Some(b"before"), (b"after", Vec::new())).unwrap();
    drop(ledger);

    let mut ledger = BackupLog::open(&folder).unwrap();
    let entry = ledger.entry(&file).unwrap().clone();
    assert!(entry.is_as_written(b"after") && !entry.is_as_written(b"after all"));
    assert_eq!(ledger.original(&entry).unwrap().unwrap(), b"before");
    assert!(ledger.backup(&file).unwrap().ends_with(backup_name(&file)));
    ledger.remove(&file).unwrap();
    ledger.close().unwrap();
    assert_eq!(fs::read_dir(base.path()).unwrap().count(), 0);
}

#[test]
fn a_ledger_that_cannot_be_read_is_not_written_over() {
    let base = tempfile::tempdir().unwrap();
    fs::write(base.path().join(FILE), "{").unwrap();
    assert_eq!(BackupLog::open(base.path()).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(fs::read(base.path().join(FILE)).unwrap(), b"{");
}

#[test]
fn a_ledger_in_use_is_waited_for_but_not_for_ever() {
    let base = tempfile::tempdir().unwrap();
    let folder = base.path().join("cns/setup");
    let first = BackupLog::open(&folder).unwrap();
    let error = BackupLog::open_within(&folder, Duration::from_millis(100)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    first.close().unwrap();
    BackupLog::open_within(&folder, Duration::ZERO).unwrap().close().unwrap();
    assert_eq!(fs::read_dir(base.path()).unwrap().count(), 0);
}

#[test]
fn who_waits_for_a_ledger_that_goes_away_gets_a_new_one() {
    let base = tempfile::tempdir().unwrap();
    let folder = base.path().join("cns/setup");
    let first = BackupLog::open(&folder).unwrap();
    std::thread::scope(|scope| {
        let second = scope.spawn(|| {
            let mut ledger = BackupLog::open(&folder).unwrap();
            ledger.record(Path::new("/x"), None, None, (b"x", Vec::new())).unwrap();
            ledger.close().unwrap();
        });
        sleep(Duration::from_millis(60));
        first.close().unwrap();
        second.join().unwrap();
    });
    assert_eq!(BackupLog::read(&folder).unwrap().paths().count(), 1);
}

#[test]
fn what_a_killed_run_has_left_goes_with_the_next_one() {
    let base = tempfile::tempdir().unwrap();
    let kept = Path::new("/somewhere/pkcs11.txt");
    let mut ledger = BackupLog::open(base.path()).unwrap();
    ledger.record(kept, Some(b"before"), Some(b"before"), (b"after", Vec::new())).unwrap();
    drop(ledger);
    for name in ["0123456789abcdef-config", ".cns-setup-abc123"] {
        fs::write(base.path().join(name), "left").unwrap();
    }
    fs::write(base.path().join("note.txt"), "a person's").unwrap();
    drop(BackupLog::open(base.path()).unwrap());
    let mut names: Vec<String> = fs::read_dir(base.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut expected = vec![FILE.to_owned(), LOCK.to_owned(), "note.txt".to_owned(), backup_name(kept)];
    expected.sort();
    assert_eq!(names, expected);
}

/// Without its list nobody knows which backups are wanted.
#[test]
fn backups_stay_when_somebody_has_removed_the_list() {
    let base = tempfile::tempdir().unwrap();
    let backup = base.path().join("0123456789abcdef-config");
    fs::write(&backup, "a person's only copy").unwrap();
    BackupLog::open(base.path()).unwrap().close().unwrap();
    assert!(backup.exists());
}

#[test]
fn a_ledger_of_the_first_version_can_be_read() {
    let book = r#"{"folders": [], "entries": {"/x": {"backup": null, "written": "00"}}}"#;
    let book: Book = serde_json::from_str(book).unwrap();
    assert!(book.entries.values().all(|entry| entry.changes().count() == 0));
}

/// Each time what the run was about to write was not written.
#[test]
fn what_stands_in_the_file_is_known_after_several_killed_runs() {
    let base = tempfile::tempdir().unwrap();
    let mut ledger = BackupLog::open(base.path()).unwrap();
    let change = |now: &str| vec![Change::inserted(now.to_owned())];
    let file = Path::new("/x");
    ledger.record(file, None, None, (b"first", change("first"))).unwrap();
    for next in ["second", "third", "second", "third"] {
        ledger.record(file, Some(b"first"), None, (next.as_bytes(), change(next))).unwrap();
    }
    let entry = ledger.entry(file).unwrap().clone();
    assert!(entry.is_as_written(b"first") && entry.is_as_written(b"third"));
    assert_eq!(entry.changes().count(), 2);
    // Of a file that somebody edited nothing is known for sure.
    ledger.record(file, Some(b"edited"), None, (b"fourth", change("fourth"))).unwrap();
    let changes: Vec<_> =
        ledger.entry(file).unwrap().changes().map(|changes| changes[0].now.clone()).collect();
    assert_eq!(changes, ["fourth", "third", "first"]);
}
