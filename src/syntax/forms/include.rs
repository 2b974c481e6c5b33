//! `include`, `__file__`, `__line__`: Vicare's.

use crate::heap::{Str, Value, View};
use crate::syntax::body::Scan;
use crate::syntax::core::Expr;
use crate::syntax::host::IncludedFile;
use crate::syntax::session::{R, Session};
use crate::syntax::{Syntax, object, read};

const SHAPE: &str = "(include \"file name\")";

/// The forms of the included file, in the context of the keyword `include`.
fn included(s: &mut Session, form: Value) -> R<Vec<Value>> {
    let parts = s.list(form).unwrap_or_default();
    let (keyword, path) = match parts[..] {
        [keyword, path] | [keyword, path, _] => (keyword, path),
        _ => return Err(s.malformed("include", form, form, SHAPE)),
    };
    let Some(name) = Str::from_value(object::unwrap(path)) else {
        return Err(s.malformed("include", form, path, SHAPE));
    };
    let from = s.span(form).file;
    let tried = match s.host.find_included(&name.to_string(), from)? {
        IncludedFile::Found(source) => Ok(source),
        IncludedFile::Missing(tried) => Err((format!("there is no file `{name}`"), tried)),
        IncludedFile::Unreadable(why) => Err((format!("the file `{name}` cannot be read: {why}"), Vec::new())),
    };
    let source = match tried {
        Ok(source) => source,
        Err((message, tried)) => {
            let violation = s.violation("include", &message, form, path);
            return Err(tried.into_iter().fold(violation, |v, path| v.note(format!("tried {path}"))).into());
        }
    };
    let forms = read::read(s.host, &source)?;
    let Some(context) = Syntax::of(keyword) else { return Ok(forms) };
    let forms: Vec<Value> =
        forms.into_iter().map(|f| object::push(s.heap(), f, context.wrap(), object::span_of(f))).collect();
    forms.iter().for_each(|&form| {
        s.keep(form);
    });
    Ok(forms)
}

/// In a body: the forms of the file in its place.
pub fn splice<'a>(s: &mut Session<'a, '_>, scan: &mut Scan<'a>, form: Value) -> R<()> {
    let forms = included(s, form)?;
    scan.splice(&forms, s.uses);
    Ok(())
}

/// As an expression: the forms of the file as in `begin`.
pub fn expression<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let forms = included(s, form)?;
    let parts = s.expand_all(&forms)?;
    Ok(s.sequence(s.span(form), parts))
}

/// `__file__`: the name of the file that it stands in.
pub fn file<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let span = s.span(form);
    let name = s.host.sources().name(span.file).unwrap_or("").to_string();
    let name = s.heap().string(&name);
    s.heap().freeze(name);
    Ok(s.constant(span, name))
}

/// `__line__`: the number of the line that it stands on.
pub fn line<'a>(s: &mut Session<'a, '_>, form: Value) -> R<Expr<'a>> {
    let span = s.span(form);
    let line = s.host.sources().position(span.file, span.start).map_or(0, |p| p.line);
    Ok(s.constant(span, Value::fixnum(i64::from(line))))
}
