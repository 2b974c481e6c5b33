//! Tests of the reader: what texts mean, what is wrong with texts, and that nothing breaks it.

mod conformance;
mod extensions;
mod messages;
mod printer;
mod properties;
mod robustness;

use super::{DatumId, Datums, Failure, Mode, ReadError};
use crate::account::Account;
use crate::diagnostics::{FileId, SourceMap, Style};

/// The data of a text, read without a limit.
fn read_source(text: &str, file: FileId, mode: Mode) -> Result<(Datums, Vec<DatumId>), ReadError> {
    super::read_source(text, file, mode, &Account::unlimited()).map_err(|failure| match failure {
        Failure::Malformed(error) => error,
        Failure::Source(never) => match never {},
        Failure::HeapFull => panic!("there is no limit"),
    })
}

/// All data of a text, printed, or where and what is wrong.
fn read(text: &str, mode: Mode) -> Result<String, String> {
    let (datums, ids) = read_source(text, FileId(0), mode).map_err(|error| located(text, &error))?;
    let printed: Vec<String> = ids.iter().map(|&id| printer::print(&datums, id)).collect();
    Ok(printed.join(" "))
}

fn located(text: &str, error: &ReadError) -> String {
    let mut sources = SourceMap::new();
    let file = sources.add_file("f", text);
    let position = sources.position(file, error.span().start).unwrap();
    format!("{}:{}: {}", position.line, position.column, error.message())
}

fn rendered(text: &str, mode: Mode) -> String {
    let mut sources = SourceMap::new();
    let file = sources.add_file("f", text);
    match read_source(text, file, mode) {
        Ok(_) => "no error".into(),
        Err(error) => error.diagnostic().render(&sources, Style::Plain),
    }
}

#[track_caller]
fn check(mode: Mode, table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(read(text, mode).as_deref(), Ok(*expected), "reading {text:?}");
    }
}
