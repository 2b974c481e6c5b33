//! A diagnostic as text:
//!
//! ```text
//! shm.sps:2:1: error: this list is never closed
//!    |
//!  2 | (import (vicare)
//!    | ^
//! ...
//!  8 | (define shm.pathname
//!    | -------------------- not indented as a part of it
//!    = help: by the indentation, it was probably meant to end before `(define shm.pathname`: add the missing `)`
//! ```
//!
//! Why a renderer of our own: every message must begin with `FILE:LINE:COLUMN:`, which editors,
//! `grep` and continuous integration understand. annotate-snippets, ariadne and miette put the
//! message first and the place on a second line, without a way to change it, and bring two to a
//! dozen packages into every host. What is hard in it, the width of characters on a terminal, is
//! `unicode-width`'s.
//!
//! Source text is not trusted: control characters and bidirectional overrides are shown as visible
//! substitutes, so that no text can drive the terminal or hide what it says.

use std::fmt::Write;

use super::excerpt::{Mark, Window, marks, substitute};
use super::{Diagnostic, Severity, SourceMap, Span};

/// Whether a rendered message is for a terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Style {
    /// Text alone.
    #[default]
    Plain,
    /// With the escape sequences that colour a terminal.
    Colour,
}

pub(super) fn render(diagnostic: &Diagnostic, sources: &SourceMap, style: Style) -> String {
    let mut out = String::new();
    let paint = Paint { style, severity: diagnostic.severity };
    if let Some(place) = sources.locate(diagnostic.span) {
        out.push_str(&paint.bold(&visible(&place, Newlines::Replaced)));
        out.push_str(": ");
    }
    out.push_str(&paint.primary(diagnostic.severity.name()));
    out.push_str(": ");
    out.push_str(&paint.bold(&visible(&diagnostic.message, Newlines::Kept)));
    out.push('\n');

    let marks = marks(diagnostic, sources);
    let widest = marks.iter().map(|mark| mark.line.to_string().len()).max().unwrap_or(0);
    let gutter = Gutter { width: widest + 1, paint };
    excerpts(&mut out, &marks, sources, &gutter);
    for (kind, texts) in [("help", &diagnostic.help), ("note", &diagnostic.notes)] {
        for text in texts {
            gutter.remark(&mut out, kind, text);
        }
    }
    out
}

fn excerpts(out: &mut String, marks: &[Mark], sources: &SourceMap, gutter: &Gutter) {
    let mut previous: Option<(&Mark, Window)> = None;
    for mark in marks {
        let window = Window::around(mark);
        match &previous {
            Some((before, _)) if before.file != mark.file => {
                let span =
                    Span::at(mark.file, sources.line(mark.file, mark.line).map_or(0, |l| l.0) + mark.start as u32);
                gutter.file(out, &sources.locate(span).unwrap_or_default());
            }
            Some((before, _)) if before.line + 1 < mark.line => gutter.gap(out),
            Some(_) => {}
            None => gutter.blank(out),
        }
        let shown = |(before, shown): &(&Mark, Window)| {
            before.file == mark.file && before.line == mark.line && *shown == window
        };
        if !previous.as_ref().is_some_and(shown) {
            gutter.source(out, mark.line, &window.show(mark.text_of_line));
        }
        gutter.marker(out, mark, &window);
        previous = Some((mark, window));
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Newlines {
    Kept,
    Replaced,
}

/// A text that does nothing to the terminal but, if allowed, begin a new line.
fn visible(text: &str, newlines: Newlines) -> String {
    let keep = |c| (c == '\n' && newlines == Newlines::Kept) || c == '\t';
    text.chars().map(|c| if keep(c) { c } else { substitute(c) }).collect()
}

/// The column of line numbers, and what stands to the right of it.
struct Gutter {
    width: usize,
    paint: Paint,
}

impl Gutter {
    fn row(&self, out: &mut String, number: &str, text: &str) {
        let margin = format!("{number:>width$} |", width = self.width);
        let space = if text.is_empty() { "" } else { " " };
        let _ = writeln!(out, "{}{space}{text}", self.paint.secondary(&margin));
    }

    fn blank(&self, out: &mut String) {
        self.row(out, "", "");
    }

    fn source(&self, out: &mut String, line: u32, text: &str) {
        self.row(out, &line.to_string(), text.trim_end());
    }

    fn gap(&self, out: &mut String) {
        let _ = writeln!(out, "{}", self.paint.secondary("..."));
    }

    fn file(&self, out: &mut String, place: &str) {
        let _ = writeln!(
            out,
            "{:width$}{} {}",
            "",
            self.paint.secondary("-->"),
            visible(place, Newlines::Replaced),
            width = self.width
        );
        self.blank(out);
    }

    fn marker(&self, out: &mut String, mark: &Mark, window: &Window) {
        let (before, columns) = window.columns(mark);
        let line = if mark.primary { "^" } else { "-" }.repeat(columns.max(1));
        let more = if mark.continues { "..." } else { "" };
        let space = if mark.label.is_empty() { "" } else { " " };
        let label = visible(mark.label, Newlines::Replaced);
        let marked = format!("{line}{more}{space}{label}");
        let marked = if mark.primary { self.paint.primary(&marked) } else { self.paint.secondary(&marked) };
        self.row(out, "", &format!("{:before$}{marked}", ""));
    }

    fn remark(&self, out: &mut String, kind: &str, text: &str) {
        let mut lead = format!("{:width$} {} {kind}: ", "", self.paint.secondary("="), width = self.width);
        for line in visible(text, Newlines::Kept).split('\n') {
            let _ = writeln!(out, "{lead}{line}");
            lead = " ".repeat(self.width + " = ".len() + kind.len() + ": ".len());
        }
    }
}

#[derive(Clone, Copy)]
struct Paint {
    style: Style,
    severity: Severity,
}

impl Paint {
    fn paint(self, code: &str, text: &str) -> String {
        match self.style {
            Style::Plain => text.to_string(),
            Style::Colour => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }

    fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    fn primary(self, text: &str) -> String {
        let code = match self.severity {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            Severity::Note => "1;36",
        };
        self.paint(code, text)
    }

    fn secondary(self, text: &str) -> String {
        self.paint("34", text)
    }
}

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;
