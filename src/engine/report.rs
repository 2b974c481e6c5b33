//! From the evaluator's and the expander's failures to the errors that hosts see.

use super::error::{Error, ErrorKind, Frame, LeftOut, RaisedData};
use super::nesting::{DEEPEST, Refused};
use crate::account::HeapFull;
use crate::diagnostics::{Diagnostic, Span};
use crate::eval::{FrameInfo, Limit, Machine, Origin, Stop};
use crate::heap::{ConditionType, Kind, Record, RecordType, Str, Symbol, Value, View};
use crate::io::{PortError, Style, to_text};
use crate::syntax::Failure;

/// How much a message shows of one irritant, in bytes.
const IRRITANT: usize = 400;
/// How much of a condition's own message, in bytes.
const MESSAGE: usize = 10_000;
/// The most irritants, and fields of other conditions, that a message shows; the most simple conditions it is made from.
const IRRITANTS: usize = 20;
const FIELDS: usize = 50;
const COMPONENTS: usize = 1000;

/// The error for an object that was raised and not handled.
pub(super) fn raised(machine: &mut Machine, object: Value, backtrace: Vec<FrameInfo>) -> Error {
    raised_in(machine, object, backtrace, Span::NONE)
}

/// The same, where it happened while the macro use there was expanded, if any.
fn raised_in(machine: &mut Machine, object: Value, backtrace: Vec<FrameInfo>, macro_use: Span) -> Error {
    let parts = Parts::of(machine, object);
    let (backtrace, left_out, place) = frames(backtrace);
    let span = parts.span.or(place).unwrap_or(macro_use);
    let mut diagnostic = Diagnostic::error(span, parts.headline(object));
    if !macro_use.is_none() {
        diagnostic = diagnostic.with_label(macro_use, "while expanding this");
    }
    for note in parts.notes() {
        diagnostic = diagnostic.with_note(note);
    }
    let is = |limit: Limit| parts.message.as_deref() == Some(limit.to_string().as_str());
    if is(Limit::Stack) {
        diagnostic = with_limit(machine, diagnostic, Limit::Stack);
    } else if is(Limit::Memory) {
        diagnostic = with_limit(machine, diagnostic, Limit::Memory);
    } else if parts.types.iter().any(|t| t == "&out-of-memory-error") {
        diagnostic = with_limit(machine, diagnostic, Limit::Heap);
    }
    let data = RaisedData {
        object: machine.handles.root(object),
        who: parts.who,
        irritants: parts.irritants,
        types: parts.types,
        ancestors: parts.ancestors,
    };
    let sources = &machine.sources;
    Error::new(ErrorKind::Raised, diagnostic, sources).with_raised(data).with_backtrace(backtrace, left_out, sources)
}

/// The error for a limit.
pub(super) fn limit(machine: &mut Machine, limit: Limit, backtrace: Vec<FrameInfo>) -> Error {
    let (backtrace, left_out, place) = frames(backtrace);
    let expanded = std::mem::replace(&mut machine.syntax.stopped_at, Span::NONE);
    let mut diagnostic = Diagnostic::error(place.unwrap_or(expanded), limit.to_string());
    if place.is_none() && !expanded.is_none() {
        diagnostic = diagnostic.with_label(expanded, "while expanding this");
    }
    let diagnostic = with_limit(machine, diagnostic, limit);
    let sources = &machine.sources;
    Error::new(ErrorKind::Limit(limit), diagnostic, sources).with_backtrace(backtrace, left_out, sources)
}

/// The error of a step that has not begun.
pub(super) fn not_nested(machine: &mut Machine, refused: Refused) -> Error {
    match refused {
        Refused::NoMemory(HeapFull) => limit(machine, Limit::Heap, Vec::new()),
        Refused::TooDeep => Error::plain(
            ErrorKind::Limit(Limit::Stack),
            format!("machines are nested too deeply: on one thread at most {DEEPEST} may run inside each other"),
        ),
    }
}

/// Adds what the limit was, and how to change it.
fn with_limit(machine: &Machine, diagnostic: Diagnostic, limit: Limit) -> Diagnostic {
    let (bytes, what) = match limit {
        Limit::Heap => (machine.heap_limit(), "heap"),
        Limit::Stack => (Some(machine.stack_limit()), "stack"),
        Limit::Memory => {
            let size = size(machine.stack_limit());
            return diagnostic.with_help(format!(
                "the stack limit of {size} has not been reached: the system itself limits this process (`ulimit -v`, a \
                 container, the machine's memory)"
            ));
        }
        _ => return diagnostic,
    };
    // Without a limit it was the system that refused.
    let Some(size) = bytes.map(size) else { return diagnostic };
    diagnostic.with_help(format!(
        "the {what} limit is {size}; to change it, use vicar's option `--{what}-limit` or the host's `Limits`"
    ))
}

/// A number of bytes, in the largest unit that divides it.
fn size(bytes: usize) -> String {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let unit = units.into_iter().find(|&(_, shift)| bytes >> shift > 0 && bytes.is_multiple_of(1 << shift));
    unit.map_or_else(|| format!("{bytes} bytes"), |(name, shift)| format!("{} {name}", bytes >> shift))
}

/// The frames as hosts see them, and the innermost place in a source text.
///
/// Calls between procedures of the prelude are not shown: of several in a row only the outermost is kept, which the program
/// called, and only if it is an exported one. The procedures that raised the condition and passed it to handlers are
/// left out too.
fn frames(backtrace: Vec<FrameInfo>) -> (Vec<Frame>, LeftOut, Option<Span>) {
    let mut frames: Vec<Frame> = Vec::new();
    let mut left_out = LeftOut::default();
    let mut inner: Option<Option<String>> = None;
    let shown = |inner: &mut Option<Option<String>>, first: bool| {
        let name = inner.take().flatten().filter(|name| !(first && RAISING.contains(&name.as_str())));
        name.map(|name| Frame { procedure: Some(name), span: Span::NONE })
    };
    for FrameInfo { procedure, span, origin } in backtrace {
        if let Origin::LeftOut(count) = origin {
            let first = frames.is_empty();
            frames.extend(shown(&mut inner, first));
            left_out = LeftOut { before: frames.len(), count };
            continue;
        }
        // Code that has a place is the program's, wherever the procedure was made.
        if origin == Origin::Prelude && span.is_none() {
            inner = Some(procedure);
            continue;
        }
        let first = frames.is_empty();
        frames.extend(shown(&mut inner, first));
        frames.push(Frame { procedure, span });
    }
    let first = frames.is_empty();
    frames.extend(shown(&mut inner, first));
    let place = frames.iter().map(|f| f.span).find(|s| !s.is_none());
    (frames, left_out, place)
}

/// Procedures that are running where a condition is raised.
const RAISING: [&str; 5] = ["raise", "raise-continuable", "error", "assertion-violation", "syntax-violation"];

/// The error for a text that is not a program. None, if expanding it has asked for what only the driver of the run can do:
/// to end the program.
pub(super) fn failure(machine: &mut Machine, failure: Failure) -> Option<Error> {
    Some(match failure {
        Failure::Violation(v) => Error::new(ErrorKind::Syntax, v.into_diagnostic(), &machine.sources),
        Failure::Raised(object, at) => {
            let backtrace = std::mem::take(&mut machine.nested_backtrace);
            raised_in(machine, object, backtrace, at)
        }
        Failure::Request => return None,
        Failure::HeapFull => {
            let object = machine.raised(Stop::HEAP).unwrap_or(Value::FALSE);
            let at = std::mem::replace(&mut machine.syntax.stopped_at, Span::NONE);
            raised_in(machine, object, Vec::new(), at)
        }
        Failure::Limit => {
            let which = machine.limit_hit;
            machine.reset();
            limit(machine, which, Vec::new())
        }
    })
}

pub(super) fn port_failure(e: &PortError) -> String {
    match e {
        PortError::Io(e) | PortError::Read(e) | PortError::Write(e) => crate::io::os_message(e),
        PortError::Closed => "it is closed".to_owned(),
        PortError::WouldBlock(_) => "it would block".to_owned(),
        PortError::Interrupted => "interrupted by a signal".to_owned(),
        PortError::Refused => "a limit is reached".to_owned(),
        PortError::Needs => "its procedures cannot be called here".to_owned(),
        PortError::Decoding | PortError::Encoding(_) => "a character cannot be converted".to_owned(),
    }
}

/// A condition taken apart.
#[derive(Default)]
struct Parts {
    types: Vec<String>,
    ancestors: Vec<String>,
    who: Option<String>,
    message: Option<String>,
    irritants: Vec<String>,
    span: Option<Span>,
    /// The fields of the other simple conditions, each with its name.
    fields: Vec<String>,
}

impl Parts {
    fn of(machine: &mut Machine, object: Value) -> Parts {
        let heap = &mut machine.heap;
        let simple: Vec<Value> = match object.kind() {
            Some(Kind::CompoundCondition) => object.slot(0).list_iter().take(COMPONENTS).collect(),
            Some(Kind::Record) => vec![object],
            _ => Vec::new(),
        };
        let mut parts = Parts::default();
        let mut is = |record: Record, kind: ConditionType| {
            let rtd = heap.condition_type(kind);
            record.rtd().is_a(rtd)
        };
        for record in simple.into_iter().filter_map(Record::from_value) {
            let rtd = record.rtd();
            if !rtd.is_condition() {
                continue;
            }
            let name =
                |rtd: RecordType| rtd.name().is(Kind::Symbol).then(|| to_text(rtd.name(), Style::Display, IRRITANT));
            parts.types.extend(name(rtd));
            let above = std::iter::successors(rtd.parent(), |rtd| rtd.parent()).take(COMPONENTS);
            for name in above.filter_map(name) {
                if !parts.ancestors.contains(&name) {
                    parts.ancestors.push(name)
                }
            }
            if is(record, ConditionType::Who) {
                let who = record.field(0);
                parts.who = who.is_true().then(|| to_text(who, Style::Display, IRRITANT));
            } else if is(record, ConditionType::Message) {
                let text = record.field(0);
                let text = match Str::from_value(text) {
                    Some(_) => to_text(text, Style::Display, MESSAGE),
                    None => to_text(text, Style::Write, IRRITANT),
                };
                // An empty message says nothing.
                parts.message = Some(text).filter(|text| !text.trim().is_empty());
            } else if is(record, ConditionType::Irritants) {
                parts.irritants =
                    record.field(0).list_iter().take(IRRITANTS).map(|v| to_text(v, Style::Write, IRRITANT)).collect();
            } else if is(record, ConditionType::Syntax) {
                parts.span = Some(crate::syntax::object::span_of(record.field(0))).filter(|s| !s.is_none());
                if parts.span.is_none() {
                    parts.note_fields(record);
                }
            } else if !is(record, ConditionType::SourcePosition)
                && !is(record, ConditionType::ProcedureSignatureArgument)
            {
                parts.note_fields(record);
            }
        }
        parts
    }

    fn note_fields(&mut self, record: Record) {
        let mut types: Vec<RecordType> = std::iter::successors(Some(record.rtd()), |t| t.parent()).collect();
        types.reverse();
        for t in types {
            for (i, &name) in t.fields().slots().iter().enumerate() {
                let (value, name) = (record.field(t.first_field() + i), Symbol::from_value(name));
                if self.fields.len() == FIELDS {
                    return;
                }
                if let Some(name) = name.filter(|_| value.is_true()) {
                    let name = to_text(name.value(), Style::Display, IRRITANT);
                    self.fields.push(format!("{name}: {}", to_text(value, Style::Write, IRRITANT)));
                }
            }
        }
    }

    fn headline(&self, object: Value) -> String {
        let message = match &self.message {
            Some(message) => message.clone(),
            None if object.kind() == Some(Kind::CompoundCondition) && self.types.is_empty() => {
                "uncaught exception: a condition without components".to_owned()
            }
            None if self.types.is_empty() => {
                format!("uncaught exception: {}", to_text(object, Style::Write, IRRITANT))
            }
            None => {
                let telling = self.telling_types();
                let types = if telling.is_empty() { self.types.iter().map(String::as_str).collect() } else { telling };
                format!("uncaught exception: {}", types.join(" "))
            }
        };
        match &self.who {
            Some(who) => format!("{who}: {message}"),
            None => message,
        }
    }

    /// The types whose fields are not shown otherwise.
    fn telling_types(&self) -> Vec<&str> {
        const PLAIN: [&str; 3] = ["&who", "&message", "&irritants"];
        self.types.iter().map(String::as_str).filter(|t| !PLAIN.contains(t)).collect()
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        // The name of a file that cannot be opened is shown once.
        let is_filename = |text: &str| self.fields.iter().any(|f| f.strip_prefix("filename: ") == Some(text));
        if !self.irritants.is_empty() && !self.irritants.iter().all(|text| is_filename(text)) {
            notes.push(format!("irritants: {}", self.irritants.join(" ")));
        }
        notes.extend(self.fields.iter().cloned());
        let types = self.telling_types();
        if !types.is_empty() && self.message.is_some() {
            notes.push(format!("condition: {}", types.join(" ")));
        }
        notes
    }
}
