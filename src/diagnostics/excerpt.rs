//! What a message shows of source text: the lines to be marked, cut to a width, and where on the
//! terminal the marks go. However long a line is, only what is shown of it is measured.

use unicode_width::UnicodeWidthChar;

use super::{Diagnostic, FileId, SourceMap, Span};

/// Columns of source text shown of one line; longer lines are cut around the mark.
const EXCERPT_WIDTH: usize = 110;
/// Columns kept before the mark when a line is cut.
const CONTEXT_BEFORE: usize = 50;
const TAB_WIDTH: usize = 4;

/// A piece of one line to be marked.
pub(super) struct Mark<'a> {
    pub(super) file: FileId,
    pub(super) line: u32,
    pub(super) text_of_line: &'a str,
    /// Bytes of the line.
    pub(super) start: usize,
    end: usize,
    /// The span goes on in the next line.
    pub(super) continues: bool,
    pub(super) primary: bool,
    pub(super) label: &'a str,
}

/// All that is to be marked, by file (that of the diagnostic first), line and column.
pub(super) fn marks<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Vec<Mark<'a>> {
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

/// The part of a line that is shown, in bytes.
#[derive(PartialEq)]
pub(super) struct Window {
    start: usize,
    end: usize,
}

impl Window {
    pub(super) fn around(mark: &Mark) -> Window {
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

    pub(super) fn show(&self, line: &str) -> String {
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
    pub(super) fn columns(&self, mark: &Mark) -> (usize, usize) {
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
pub(super) fn substitute(c: char) -> char {
    match c {
        '\0'..='\u{1F}' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{FFFD}'),
        '\u{7F}' => '\u{2421}',
        '\u{80}'..='\u{9F}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => '\u{FFFD}',
        _ => c,
    }
}
