//! A diagnostic as text:
//!
//! ```text
//! shm.sps:2:1: error: this list is never closed
//!    |
//!  2 | (import (vicare)
//!    | ^ opened here
//! ...
//!  8 | (define shm.pathname
//!    | ------- it was probably meant to end before this
//!    = help: add `)` at the end of line 6
//! ```
//!
//! Why a renderer of our own: every message must begin with `FILE:LINE:COLUMN:`, which editors,
//! `grep` and continuous integration understand. annotate-snippets, ariadne and miette put the
//! message first and the place on a second line, without a way to change it, bring three to a
//! dozen packages into every host, and do not cut a line of megabytes around the caret at a bounded
//! cost. What is hard in it, the width of characters on a terminal, is `unicode-width`'s.
//!
//! Source text is not trusted: control characters and bidirectional overrides are shown as visible
//! substitutes, so that no text can drive the terminal or hide what it says.

use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

use super::{Diagnostic, FileId, Severity, SourceMap, Span};

/// Whether a rendered message is for a terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Style {
    /// Text alone.
    #[default]
    Plain,
    /// With the escape sequences that colour a terminal.
    Colour,
}

/// Columns of source text shown of one line; longer lines are cut around the mark.
const EXCERPT_WIDTH: usize = 110;
/// Columns kept before the mark when a line is cut.
const CONTEXT_BEFORE: usize = 50;
const TAB_WIDTH: usize = 4;

/// A piece of one line to be marked.
struct Mark<'a> {
    file: FileId,
    line: u32,
    text_of_line: &'a str,
    /// Bytes of the line.
    start: usize,
    end: usize,
    /// The span goes on in the next line.
    continues: bool,
    primary: bool,
    label: &'a str,
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

/// All that is to be marked, by file (that of the diagnostic first), line and column.
fn marks<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Vec<Mark<'a>> {
    let explained = diagnostic.labels.iter().any(|(span, _)| *span == diagnostic.span);
    let unexplained = (!explained).then_some((diagnostic.span, ""));
    let labels = diagnostic.labels.iter().map(|(span, text)| (*span, text.as_str()));
    let mut marks: Vec<Mark> = unexplained
        .into_iter()
        .chain(labels)
        .filter_map(|(span, label)| mark(span, label, span == diagnostic.span, sources))
        .collect();
    marks.sort_by_key(|mark| (mark.file != diagnostic.span.file, mark.file, mark.line, mark.start));
    marks
}

fn mark<'a>(span: Span, label: &'a str, primary: bool, sources: &'a SourceMap) -> Option<Mark<'a>> {
    let position = sources.position(span.file, span.start)?;
    let (line_start, text_of_line) = sources.line(span.file, position.line)?;
    let from_line_start = |offset: u32| {
        let clamped = (offset.saturating_sub(line_start) as usize).min(text_of_line.len());
        floor_char_boundary(text_of_line, clamped)
    };
    let (start, end) = (from_line_start(span.start), from_line_start(span.end));
    let last = sources.position(span.file, span.end.saturating_sub(1).max(span.start))?;
    let continues = last.line > position.line;
    Some(Mark {
        file: span.file,
        line: position.line,
        text_of_line,
        start,
        end: end.max(start),
        continues,
        primary,
        label,
    })
}

fn floor_char_boundary(text: &str, offset: usize) -> usize {
    (0..=offset).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
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

/// The part of a line that is shown, in bytes.
#[derive(PartialEq)]
struct Window {
    start: usize,
    end: usize,
}

impl Window {
    fn around(mark: &Mark) -> Window {
        let line = mark.text_of_line;
        let (_, all) = take_columns(line.char_indices(), EXCERPT_WIDTH);
        if all.is_none_or(|end| end >= line.len()) {
            return Window { start: 0, end: line.len() };
        }
        // Also from the left end: a mark near it needs no cut there.
        let (_, cut) = take_columns(line[..mark.start].char_indices().rev(), CONTEXT_BEFORE);
        let start = cut.map_or(0, |at| at + line[at..].chars().next().map_or(0, char::len_utf8));
        let (_, end) = take_columns(line[start..].char_indices(), EXCERPT_WIDTH);
        Window { start, end: end.map_or(line.len(), |end| start + end) }
    }

    fn show(&self, line: &str) -> String {
        let mut shown = String::new();
        let mut column = 0;
        for c in line[self.start..self.end].chars() {
            let cell = cell(c, column);
            column += cell.width;
            match c {
                '\t' => shown.extend(std::iter::repeat_n(' ', cell.width)),
                _ => shown.push(cell.shown),
            }
        }
        let cut_before = if self.start > 0 { "…" } else { "" };
        let cut_after = if self.end < line.len() { "…" } else { "" };
        format!("{cut_before}{shown}{cut_after}")
    }

    /// Columns before the mark, and columns of the mark.
    fn columns(&self, mark: &Mark) -> (usize, usize) {
        let line = mark.text_of_line;
        let start = mark.start.clamp(self.start, self.end);
        let end = mark.end.clamp(start, self.end);
        let ellipsis = usize::from(self.start > 0);
        let before = width(&line[self.start..start], 0);
        (ellipsis + before, width(&line[start..end], before))
    }
}

/// Goes over characters for at most `limit` columns. Answers the columns passed, and where the
/// first character that did not fit begins, if one did not.
fn take_columns(chars: impl Iterator<Item = (usize, char)>, limit: usize) -> (usize, Option<usize>) {
    let mut column = 0;
    // Characters without width are counted as if they had some after a while: a line can be made of them.
    for (count, (at, c)) in chars.enumerate() {
        let width = cell(c, column).width;
        if column + width > limit || count > 4 * limit {
            return (column, Some(at));
        }
        column += width;
    }
    (column, None)
}

fn width(text: &str, from: usize) -> usize {
    text.chars().fold(from, |column, c| column + cell(c, column).width) - from
}

struct Cell {
    shown: char,
    width: usize,
}

/// How a character of source text appears, and how many columns it takes.
fn cell(c: char, column: usize) -> Cell {
    match c {
        '\t' => Cell { shown: ' ', width: TAB_WIDTH - column % TAB_WIDTH },
        _ => {
            let shown = substitute(c);
            Cell { shown, width: shown.width().unwrap_or(0) }
        }
    }
}

/// A harmless character for one that would act on the terminal.
fn substitute(c: char) -> char {
    match c {
        '\0'..='\u{1F}' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{FFFD}'),
        '\u{7F}' => '\u{2421}',
        '\u{80}'..='\u{9F}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => '\u{FFFD}',
        _ => c,
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
