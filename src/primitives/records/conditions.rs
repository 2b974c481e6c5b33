//! Conditions: R6RS libraries chapter 7, the I/O conditions of chapter 8, Vicare's, and `error` and `assertion-violation`.
//! The names of the condition types (`&error` …) are bound by the prelude.

use crate::eval::{Machine, Res, Rest, Stop, Who, make_condition};
use crate::heap::{ConditionType as C, Kind, Record, RecordType, Str, Symbol, Value, View};
use crate::io::{Style, to_text};
use crate::primitives::ports::custom::written;
use crate::primitives::ports::operands::Standard;
use crate::primitives::work::room;
use vicar_macros::primitives;

/// The components of a condition, or nothing.
fn components(v: Value) -> Option<impl Iterator<Item = Value> + Clone> {
    let compound = v.is(Kind::CompoundCondition);
    let simple = Record::from_value(v).filter(|r| r.rtd().is_condition());
    let list = if compound { v.slot(0) } else { Value::NIL };
    (compound || simple.is_some()).then(|| simple.map(|r| r.value()).into_iter().chain(list.list_iter()))
}

/// The first component of type `rtd`.
pub fn component(v: Value, rtd: RecordType) -> Option<Record> {
    look(v, rtd).0
}

/// The same, and how many components were looked at.
fn look(v: Value, rtd: RecordType) -> (Option<Record>, usize) {
    let of_type = |v: Value| Record::from_value(v).filter(|r| r.rtd().is_a(rtd));
    if !v.is(Kind::CompoundCondition) {
        return (of_type(v), 1);
    }
    let mut looked_at = 0;
    let found = v.slot(0).list_iter().inspect(|_| looked_at += 1).find_map(of_type);
    (found, looked_at)
}

/// The same for a program, which pays for looking at many.
fn component_for(m: &mut Machine, v: Value, rtd: RecordType) -> Option<Record> {
    /// Components that a unit of fuel pays for.
    const PER_UNIT: usize = 8;
    let (found, looked_at) = look(v, rtd);
    m.heap.owe(looked_at / PER_UNIT);
    found
}

/// What is said, in one line, of a condition that nobody has handled and that stops nothing.
fn warning_text(m: &mut Machine, condition: Value) -> String {
    const LONGEST: usize = 400;
    const IRRITANTS: usize = 20;
    let mut part = |which, style| {
        let record = component(condition, m.heap.condition_type(which))?;
        let value = record.field(0);
        value.is_true().then(|| to_text(value, style, LONGEST).replace('\n', " "))
    };
    let mut text = "warning: ".to_owned();
    if let Some(who) = part(C::Who, Style::Display) {
        text.push_str(&format!("{who}: "))
    }
    match part(C::Message, Style::Display) {
        Some(message) => text.push_str(&message),
        None => {
            text.push_str("a condition was raised:");
            let simple = components(condition).into_iter().flatten().filter_map(Record::from_value).take(IRRITANTS);
            simple.for_each(|r| text.push_str(&format!(" {}", to_text(r.rtd().name(), Style::Display, LONGEST))))
        }
    }
    let irritants = component(condition, m.heap.condition_type(C::Irritants)).map(|r| r.field(0));
    for (i, irritant) in irritants.into_iter().flat_map(Value::list_iter).take(IRRITANTS).enumerate() {
        text.push_str(if i == 0 { ", irritants: " } else { " " });
        text.push_str(&to_text(irritant, Style::Write, LONGEST))
    }
    text.push('\n');
    text
}

fn is(m: &mut Machine, v: Value, which: C) -> Value {
    let rtd = m.heap.condition_type(which);
    Value::boolean(component_for(m, v, rtd).is_some())
}

/// Field `i` of the first component of a standard type.
fn field(m: &mut Machine, who: &str, v: Value, which: C, i: usize) -> Res {
    let rtd = m.heap.condition_type(which);
    match component_for(m, v, rtd) {
        Some(record) => Ok(record.field(i)),
        None => {
            let name = Symbol::from_value(rtd.name()).map_or(String::new(), |s| s.name().to_string());
            Err(m.wrong_argument(who, "condition", 1, &format!("a condition of type {name}"), v))
        }
    }
}

macro_rules! standard_types {
    ($table:ident: $(
        $type:ident $make:literal $make_fn:ident($($field:ident),*) $is:literal $is_fn:ident
        { $($get:literal $get_fn:ident $i:literal;)* }
    )*) => {
        #[primitives]
        pub mod $table {
            use super::*;

            $(
            /// `(make-… field …)`: a simple condition of that type.
            #[primitive(name = $make)]
            fn $make_fn(m: &mut Machine $(, $field: Value)*) -> Res { Ok(m.heap.condition(C::$type, &[$($field),*])) }

            /// `(…? obj)`: whether it is a condition of that type, simple or with such a component.
            #[primitive(name = $is)]
            fn $is_fn(m: &mut Machine, obj: Value) -> Res { Ok(is(m, obj, C::$type)) }
            $(
                /// `(… condition)`: the field of its first component of that type.
                #[primitive(name = $get)]
                fn $get_fn(m: &mut Machine, who: Who, condition: Value) -> Res { field(m, who, condition, C::$type, $i) }
            )*
        )* }
    };
}

standard_types! { standard:
    Message "make-message-condition" make_message(message) "message-condition?" is_message { "condition-message" get_message 0; }
    Warning "make-warning" make_warning() "warning?" is_warning {}
    Serious "make-serious-condition" make_serious() "serious-condition?" is_serious {}
    Error "make-error" make_error() "error?" is_error {}
    Violation "make-violation" make_violation() "violation?" is_violation {}
    Assertion "make-assertion-violation" make_assertion() "assertion-violation?" is_assertion {}
    Irritants "make-irritants-condition" make_irritants(irritants) "irritants-condition?" is_irritants
        { "condition-irritants" get_irritants 0; }
    Who "make-who-condition" make_who(who) "who-condition?" is_who { "condition-who" get_who 0; }
    NonContinuable "make-non-continuable-violation" make_non_continuable() "non-continuable-violation?" is_non_continuable {}
    ImplementationRestriction "make-implementation-restriction-violation" make_restriction()
        "implementation-restriction-violation?" is_restriction {}
    Lexical "make-lexical-violation" make_lexical() "lexical-violation?" is_lexical {}
    Syntax "make-syntax-violation" make_syntax(form, subform) "syntax-violation?" is_syntax
        { "syntax-violation-form" get_form 0; "syntax-violation-subform" get_subform 1; }
    Undefined "make-undefined-violation" make_undefined() "undefined-violation?" is_undefined {}
}

standard_types! { flonums:
    NoInfinities "make-no-infinities-violation" make_no_infinities() "no-infinities-violation?" is_no_infinities {}
    NoNans "make-no-nans-violation" make_no_nans() "no-nans-violation?" is_no_nans {}
}

standard_types! { io:
    Io "make-i/o-error" make_io() "i/o-error?" is_io {}
    IoRead "make-i/o-read-error" make_io_read() "i/o-read-error?" is_io_read {}
    IoWrite "make-i/o-write-error" make_io_write() "i/o-write-error?" is_io_write {}
    IoInvalidPosition "make-i/o-invalid-position-error" make_io_position(position) "i/o-invalid-position-error?" is_io_position
        { "i/o-error-position" get_position 0; }
    IoFilename "make-i/o-filename-error" make_io_filename(filename) "i/o-filename-error?" is_io_filename
        { "i/o-error-filename" get_filename 0; }
    IoFileProtection "make-i/o-file-protection-error" make_io_protection(filename) "i/o-file-protection-error?" is_io_protection {}
    IoFileIsReadOnly "make-i/o-file-is-read-only-error" make_io_read_only(filename) "i/o-file-is-read-only-error?" is_io_read_only {}
    IoFileAlreadyExists "make-i/o-file-already-exists-error" make_io_exists(filename) "i/o-file-already-exists-error?" is_io_exists {}
    IoFileDoesNotExist "make-i/o-file-does-not-exist-error" make_io_missing(filename) "i/o-file-does-not-exist-error?" is_io_missing {}
    IoPort "make-i/o-port-error" make_io_port(port) "i/o-port-error?" is_io_port { "i/o-error-port" get_port 0; }
}

standard_types! { ports:
    IoDecoding "make-i/o-decoding-error" make_io_decoding(port) "i/o-decoding-error?" is_io_decoding {}
    IoEncoding "make-i/o-encoding-error" make_io_encoding(port, char) "i/o-encoding-error?" is_io_encoding
        { "i/o-encoding-error-char" get_char 1; }
}

standard_types! { vicare_types:
    IoEagain "make-i/o-eagain" make_eagain() "i/o-eagain-error?" is_eagain {}
    Errno "make-errno-condition" make_errno(code) "errno-condition?" is_errno { "condition-errno" get_errno 0; }
    HErrno "make-h_errno-condition" make_h_errno(code) "h_errno-condition?" is_h_errno { "condition-h_errno" get_h_errno 0; }
    OutOfMemory "make-out-of-memory-error" make_out_of_memory() "out-of-memory-error?" is_out_of_memory {}
    ProcedurePrecondition "make-procedure-precondition-violation" make_precondition()
        "procedure-precondition-violation?" is_precondition {}
    ProcedureArgument "make-procedure-argument-violation" make_argument() "procedure-argument-violation?" is_argument {}
    ProcedureSignatureArgument "make-procedure-signature-argument-violation" make_signature_argument(index, expression, value)
        "procedure-signature-argument-violation?" is_signature_argument {
            "procedure-signature-argument-violation.one-based-argument-index" argument_index 0;
            "procedure-signature-argument-violation.failed-expression" argument_expression 1;
            "procedure-signature-argument-violation.offending-value" argument_value 2;
        }
    ProcedureArgumentsConsistency "make-procedure-arguments-consistency-violation" make_consistency()
        "procedure-arguments-consistency-violation?" is_consistency {}
    ProcedurePostcondition "make-procedure-postcondition-violation" make_postcondition()
        "procedure-postcondition-violation?" is_postcondition {}
    ProcedureSignatureReturnValue "make-procedure-signature-return-value-violation" make_return_value(index, expression, value)
        "procedure-signature-return-value-violation?" is_return_value {
            "procedure-signature-return-value-violation.one-based-return-value-index" return_index 0;
            "procedure-signature-return-value-violation.failed-expression" return_expression 1;
            "procedure-signature-return-value-violation.offending-value" return_value 2;
        }
    ExpressionReturnValue "make-expression-return-value-violation" make_expression_value()
        "expression-return-value-violation?" is_expression_value {}
    FailedExpression "make-failed-expression-condition" make_failed(expression) "failed-expression-condition?" is_failed
        { "condition-failed-expression" get_failed 0; }
    OneBasedReturnValueIndex "make-one-based-return-value-index-condition" make_index(index)
        "one-based-return-value-index-condition?" is_index { "condition-one-based-return-value-index" get_index 0; }
    NonReinstatable "make-non-reinstatable-violation" make_non_reinstatable()
        "non-reinstatable-violation?" is_non_reinstatable {}
    SourcePosition "make-source-position-condition" make_position(port_id, byte, character, line, column)
        "source-position-condition?" is_position {
            "source-position-port-id" get_port_id 0; "source-position-byte" get_byte 1;
            "source-position-character" get_character 2; "source-position-line" get_line 3;
            "source-position-column" get_column 4;
        }
}

/// The condition that `error` and its like raise: `kinds`, who unless `#f`, message, irritants.
fn report(m: &mut Machine, procedure: &str, kind: C, who: Value, message: Value, irritants: &[Value]) -> Res {
    if who.is_true() && Str::from_value(who).is_none() && Symbol::from_value(who).is_none() {
        return Err(m.wrong_argument(procedure, "who", 1, "a string, a symbol or #f", who));
    }
    if Str::from_value(message).is_none() {
        // In other Schemes the text comes first.
        let text_first = Str::from_value(who).is_some();
        let expected = if text_first { "a string (the text; before it comes who says so, or #f)" } else { "a string" };
        return Err(m.wrong_argument(procedure, "message", 2, expected, message));
    }
    m.charge(irritants.len())?;
    m.heap.reserve_many(irritants.len().saturating_mul(16))?;
    let mut simple = vec![m.heap.condition(kind, &[])];
    if who.is_true() {
        simple.push(m.heap.condition(C::Who, &[who]));
    }
    simple.push(m.heap.condition(C::Message, &[message]));
    let list = m.heap.list(irritants);
    simple.push(m.heap.condition(C::Irritants, &[list]));
    Err(Stop::raise(m.heap.compound_condition(&simple)))
}

#[primitives]
pub mod procedures {
    use super::*;

    /// `(error who message irritant …)`: raises an `&error`.
    fn error(m: &mut Machine, who: Value, message: Value, irritants: Rest) -> Res {
        report(m, "error", C::Error, who, message, &irritants)
    }

    /// `(assertion-violation who message irritant …)`: raises an `&assertion`.
    fn assertion_violation(m: &mut Machine, who: Value, message: Value, irritants: Rest) -> Res {
        report(m, "assertion-violation", C::Assertion, who, message, &irritants)
    }

    /// `(condition condition …)`: a condition of all their components in that order.
    fn condition(m: &mut Machine, who: Who, conditions: Rest) -> Res {
        let mut count = 0usize;
        for (i, &c) in conditions.iter().enumerate() {
            match components(c) {
                Some(simple) => count = count.saturating_add(simple.count()),
                None => return Err(m.wrong_argument(who, who, i + 1, "a condition", c)),
            }
        }
        // In a vector and in a list.
        m.heap.reserve_many(count.saturating_mul(24))?;
        m.charge(count)?;
        let mut all = room(m, count)?;
        all.extend(conditions.iter().filter_map(|&c| components(c)).flatten());
        Ok(m.heap.compound_condition(&all))
    }

    /// `(simple-conditions condition)`: a list of its components.
    fn simple_conditions(m: &mut Machine, who: Who, condition: Value) -> Res {
        match components(condition) {
            Some(all) => {
                let count = all.clone().count();
                m.heap.reserve_many(count.saturating_mul(24))?;
                m.charge(count)?;
                let mut list = room(m, count)?;
                list.extend(all);
                Ok(m.heap.list(&list))
            }
            None => Err(m.wrong_argument(who, "condition", 1, "a condition", condition)),
        }
    }

    /// `(condition? obj)`
    fn is_condition(obj: Value) -> Res {
        let simple = Record::from_value(obj).is_some_and(|r| r.rtd().is_condition());
        Ok(Value::boolean(simple || obj.is(Kind::CompoundCondition)))
    }

    /// `(simple-condition? obj)`
    fn is_simple_condition(obj: Value) -> Res {
        Ok(Value::boolean(Record::from_value(obj).is_some_and(|r| r.rtd().is_condition())))
    }

    /// `(compound-condition? obj)`
    fn is_compound_condition(obj: Value) -> Res {
        Ok(Value::boolean(obj.is(Kind::CompoundCondition)))
    }

    /// `(condition-and-rtd? obj rtd)`: whether any object is a condition of that type.
    fn is_condition_and_rtd(m: &mut Machine, obj: Value, rtd: RecordType) -> Res {
        Ok(Value::boolean(component_for(m, obj, rtd).is_some()))
    }
}

#[primitives(internal)]
pub mod internal {
    use super::*;

    /// `(%condition-type name)`: the record-type descriptor of a standard condition type, by its name.
    fn condition_type(m: &mut Machine, who: Who, name: Symbol) -> Res {
        match crate::heap::CONDITION_TYPES.iter().find(|row| row.1 == name.name()) {
            Some(row) => Ok(m.heap.condition_type(row.0).value()),
            None => Err(m.wrong_argument(who, "name", 1, "the name of a standard condition type", name.value())),
        }
    }

    /// `(%condition-component condition rtd)`: its first component of that type, or `#f`.
    fn condition_component(m: &mut Machine, condition: Value, rtd: RecordType) -> Res {
        Ok(component_for(m, condition, rtd).map_or(Value::FALSE, |r| r.value()))
    }

    /// `(%warn condition)`: says on the current error port that a condition was raised which nobody has handled.
    #[primitive(control)]
    fn warn(m: &mut Machine, condition: Value) -> Res {
        let text = warning_text(m, condition);
        let port = m.current_port(Standard::Error);
        m.write_text_on("raise-continuable", &text, port)?;
        written(m, "raise-continuable", port)
    }

    /// `(%assertion-failed expression place)`: what `assert` raises; `place` is "FILE:LINE:COLUMN", or empty.
    fn assertion_failed(m: &mut Machine, expression: Value, place: Str) -> Res {
        let place = place.to_string();
        let mut parts = place.rsplitn(3, ':');
        let mut number = || parts.next().and_then(|n| n.parse().ok()).map_or(Value::FALSE, Value::fixnum);
        let (column, line) = (number(), number());
        let mut kinds = vec![m.heap.condition(C::Assertion, &[])];
        if let Some(file) = parts.next() {
            let file = m.heap.string(file);
            kinds.push(m.heap.condition(C::SourcePosition, &[file, Value::FALSE, Value::FALSE, line, column]));
        }
        Err(Stop::raise(make_condition(&mut m.heap, &kinds, "assert", "assertion failed", &[expression])))
    }

    /// `(%check-condition-type who rtd)`: refuses what is not the type of a kind of condition.
    fn check_condition_type(m: &mut Machine, who: Symbol, rtd: Value) -> Res {
        match RecordType::from_value(rtd) {
            Some(t) if t.is_condition() => Ok(Value::VOID),
            _ => Err(m.wrong_argument(who.name(), "rtd", 1, "a record-type descriptor of a condition type", rtd)),
        }
    }
}
