//! A message about source text, as plain data.

use super::render::{self, Style};
use super::{SourceMap, Span};

/// How severe a message is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Severity {
    /// The program is not run, or has ended.
    Error,
    /// Suspicious, but the work goes on.
    Warning,
    /// Something worth knowing.
    Note,
}

impl Severity {
    /// The word that messages show.
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// What happened, to what, where, and what to try.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// How severe it is.
    pub severity: Severity,
    /// What happened: one sentence, without a full stop.
    pub message: String,
    /// Where. The text under it is marked with carets. [`Span::NONE`] when there is no place.
    pub span: Span,
    /// Other places, each marked and explained. One whose span is that of the diagnostic itself
    /// explains the carets.
    pub labels: Vec<(Span, String)>,
    /// What to try.
    pub help: Vec<String>,
    /// What is good to know.
    pub notes: Vec<String>,
}

impl Diagnostic {
    /// A message without labels, help or notes.
    pub fn new(severity: Severity, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity, message: message.into(), span, labels: Vec::new(), help: Vec::new(), notes: Vec::new() }
    }

    /// An error at `span`.
    pub fn error(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Error, span, message)
    }

    /// A warning at `span`.
    pub fn warning(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Severity::Warning, span, message)
    }

    /// Marks and explains another place.
    pub fn with_label(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push((span, text.into()));
        self
    }

    /// Adds what to try.
    pub fn with_help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help.push(text.into());
        self
    }

    /// Adds what is good to know.
    pub fn with_note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(text.into());
        self
    }

    /// The message as text: `FILE:LINE:COLUMN: error: message`, an excerpt with carets, labels,
    /// help and notes. Ends with a newline.
    pub fn render(&self, sources: &SourceMap, style: Style) -> String {
        render::render(self, sources, style)
    }
}
