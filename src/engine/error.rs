//! What the engine answers when an evaluation gives no value. Depends on `diagnostics`, `heap`, `io` (to write irritants).

use crate::diagnostics::{Diagnostic, SourceMap, Span, Style};
use crate::eval::Handle;
use crate::eval::Limit;
use std::fmt;

/// Why an evaluation gave no value. One word wide; everything inside is data.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    diagnostic: Diagnostic,
    raised: Option<RaisedData>,
    backtrace: Vec<Frame>,
    left_out: LeftOut,
    sources: SourceMap,
}

/// What sort of thing went wrong.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text is not a sequence of datums (R6RS chapter 4).
    Read,
    /// The datums are not a program: unbound identifiers, misused syntax, libraries that are not there.
    Syntax,
    /// The program raised an object that nothing handled.
    Raised,
    /// A limit of the machine stopped it. The machine can be used again.
    Limit(Limit),
    /// The program called `(exit)`; the status that a process would end with.
    Exit(i32),
    /// A file could not be read.
    Io,
    /// A value is not what the host asked for, or belongs to another machine.
    Conversion,
    /// The run was cut off: another evaluation was started in its machine between two of its steps.
    Abandoned,
    /// An engine's host procedure cannot be registered under the name that it was given.
    Registration,
    /// A defect of Vicar itself: please report it. The machine in which it showed cannot be used any more.
    Internal,
}

/// An object that was raised and not handled.
#[derive(Clone, Debug)]
pub(crate) struct RaisedData {
    pub object: Handle,
    pub who: Option<String>,
    pub irritants: Vec<String>,
    pub types: Vec<String>,
    /// The types above those, too.
    pub ancestors: Vec<String>,
}

/// One procedure that was active when the error happened, innermost first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The procedure's name, if it has one.
    pub procedure: Option<String>,
    /// Where in the source it was; `Span::NONE` for code of the prelude.
    pub span: Span,
}

/// Frames of a very deep recursion that a backtrace does not have.
#[derive(Copy, Clone, Debug, Default)]
pub(crate) struct LeftOut {
    /// The frame in front of which they were.
    pub before: usize,
    pub count: usize,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, diagnostic: Diagnostic, from: &SourceMap) -> Error {
        let mut sources = SourceMap::new();
        sources.share(diagnostic.span, from);
        diagnostic.labels.iter().for_each(|(span, _)| sources.share(*span, from));
        Error(Box::new(Inner {
            kind,
            diagnostic,
            raised: None,
            backtrace: Vec::new(),
            left_out: LeftOut::default(),
            sources,
        }))
    }

    /// An error that has no place in a source text.
    pub(crate) fn plain(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error::new(kind, Diagnostic::error(Span::NONE, message), &SourceMap::new())
    }

    pub(crate) fn with_raised(mut self, raised: RaisedData) -> Error {
        self.0.raised = Some(raised);
        self
    }

    pub(crate) fn with_backtrace(mut self, backtrace: Vec<Frame>, left_out: LeftOut, from: &SourceMap) -> Error {
        backtrace.iter().for_each(|frame| self.0.sources.share(frame.span, from));
        self.0.backtrace = backtrace;
        self.0.left_out = left_out;
        self
    }

    /// What sort of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What happened, in one line, without position.
    pub fn message(&self) -> &str {
        &self.0.diagnostic.message
    }

    /// The message with its place, labels, notes and help, as data.
    pub fn diagnostic(&self) -> &Diagnostic {
        &self.0.diagnostic
    }

    /// Where: `Span::NONE` when unknown.
    pub fn span(&self) -> Span {
        self.0.diagnostic.span
    }

    /// The same as `FILE:LINE:COLUMN`, counted from 1.
    pub fn location(&self) -> Option<String> {
        self.0.sources.locate(self.0.diagnostic.span)
    }

    /// The texts that the error's spans point into.
    pub fn sources(&self) -> &SourceMap {
        &self.0.sources
    }

    /// Who raised the condition: its `&who`.
    pub fn who(&self) -> Option<&str> {
        self.0.raised.as_ref()?.who.as_deref()
    }

    /// The irritants, each as `write` shows it.
    pub fn irritants(&self) -> &[String] {
        self.0.raised.as_ref().map_or(&[], |r| &r.irritants)
    }

    /// The names of the condition's simple types, `&assertion` for example.
    pub fn condition_types(&self) -> &[String] {
        self.0.raised.as_ref().map_or(&[], |r| &r.types)
    }

    /// Whether the condition is of that type, as its predicate would say: `&assertion` for example, also when
    /// [`Error::condition_types`] has a type below it.
    pub fn is_condition(&self, name: &str) -> bool {
        self.0.raised.as_ref().is_some_and(|r| r.types.iter().chain(&r.ancestors).any(|t| t == name))
    }

    /// The raised object itself.
    pub fn object(&self) -> Option<&Handle> {
        self.0.raised.as_ref().map(|r| &r.object)
    }

    /// The procedures that were active, innermost first; of very many the middle ones are left out.
    pub fn backtrace(&self) -> &[Frame] {
        &self.0.backtrace
    }

    /// How many calls [`Error::backtrace`] leaves out.
    pub fn calls_left_out(&self) -> usize {
        self.0.left_out.count
    }

    /// The whole of it for a person: position, message, excerpt with caret, irritants, backtrace.
    pub fn report(&self, style: Style) -> String {
        let inner = &*self.0;
        let mut text = inner.diagnostic.render(&inner.sources, style);
        if !text.ends_with('\n') {
            text.push('\n')
        }
        let lines = inner.lines();
        if lines.len() > 1 {
            text.push_str("backtrace, innermost call first:\n");
            const SHOWN: usize = 12;
            let hidden = if lines.len() > 2 * SHOWN { SHOWN..lines.len() - SHOWN } else { 0..0 };
            for (i, line) in lines.iter().enumerate() {
                if i == hidden.start && !hidden.is_empty() {
                    let calls = lines[hidden.clone()].iter().map(|line| line.times).sum();
                    text.push_str(&inner.line(&Line { frame: None, times: calls }));
                }
                if !hidden.contains(&i) {
                    text.push_str(&inner.line(line));
                }
            }
        }
        text
    }
}

/// A line of a backtrace: a call that is there so many times in a row, or so many calls that are not shown.
struct Line<'a> {
    frame: Option<&'a Frame>,
    times: usize,
}

impl Inner {
    fn lines(&self) -> Vec<Line<'_>> {
        let mut lines: Vec<Line> = Vec::new();
        let LeftOut { before, count } = self.left_out;
        let (newer, older) = self.backtrace.split_at(before.min(self.backtrace.len()));
        let left_out = (count > 0).then_some(Line { frame: None, times: count });
        let shown = |frame: &&'_ Frame| frame.procedure.is_some() || !frame.span.is_none();
        let line_of = |frame| Line { frame: Some(frame), times: 1 };
        let older = older.iter().filter(shown).map(line_of);
        for line in newer.iter().filter(shown).map(line_of).chain(left_out).chain(older) {
            match lines.last_mut() {
                Some(last) if line.frame.is_some() && last.frame == line.frame => last.times += 1,
                _ => lines.push(line),
            }
        }
        lines
    }

    fn line(&self, line: &Line) -> String {
        let Some(frame) = line.frame else {
            // The last digits of a large count are of no use, and where a limit ends a recursion they vary.
            let unit = 10usize.pow(line.times.max(1).ilog10().saturating_sub(1));
            return match unit {
                1000.. => format!("  … about {} more …\n", line.times / unit * unit),
                _ => format!("  … {} more …\n", line.times),
            };
        };
        let name = frame.procedure.as_deref().unwrap_or("(anonymous)");
        let place = self.sources.locate(frame.span).map_or(String::new(), |place| format!(" at {place}"));
        let times = if line.times > 1 { format!(", {} times", line.times) } else { String::new() };
        format!("  {name}{place}{times}\n")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.location() {
            write!(f, "{place}: ")?
        }
        f.write_str(self.message())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("kind", &self.0.kind).field("message", &self.message()).finish_non_exhaustive()
    }
}

impl std::error::Error for Error {}

const _: () = assert!(size_of::<Error>() == size_of::<usize>());
