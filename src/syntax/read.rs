//! From the reader's data to syntax objects: every datum with its span, still without any context.

use super::host::{Host, Source};
use super::session::R;
use super::{Syntax, Violation, object};
use crate::account::{Claim, HeapFull};
use crate::heap::{Heap, Kind, Value};
use crate::io::{BATCH, Holders, gather, resolve};
use crate::reader::{Datum, DatumId, Datums, Failure, Mode, read_source};

/// The forms of a source text. Whoever asks keeps them alive.
pub fn read(host: &mut dyn Host, source: &Source) -> R<Vec<Value>> {
    let account = host.heap().memory().clone();
    let (datums, ids) = read_source(&source.text, source.file, Mode::default(), &account).map_err(|e| match e {
        Failure::Malformed(e) => super::Failure::from(Violation::lexical(e)),
        Failure::HeapFull => super::Failure::HeapFull,
        Failure::Source(never) => match never {},
    })?;
    host.charge(datums.len())?;
    Ok(forms(host.heap(), &datums, &ids)?)
}

/// The data with these numbers as syntax. Literals are immutable from here on.
pub fn forms(heap: &mut Heap, datums: &Datums, ids: &[DatumId]) -> Result<Vec<Value>, HeapFull> {
    let Some(last) = ids.last() else { return Ok(Vec::new()) };
    // The parts of a datum come before it.
    let mut claim = Claim::new(heap.memory());
    let mut made: Vec<Value> = claim.vec(last.index() + 1)?;
    let mut places: Vec<Value> = Vec::new();
    let mut parts: Vec<Value> = Vec::new();
    for id in datums.ids().take(last.index() + 1) {
        let datum = match datums.datum(id) {
            Datum::List { items, tail } => {
                gather(heap, &mut claim, &mut parts, &made, items, 16)?;
                heap.list_with_tail(&parts, tail.map_or(Value::NIL, |t| made[t.index()]))
            }
            Datum::Vector(items) => {
                gather(heap, &mut claim, &mut parts, &made, items, 8)?;
                heap.vector(&parts)
            }
            Datum::Labelled(_, inner) => {
                made.push(made[inner.index()]);
                continue;
            }
            Datum::Reference(label) => {
                // A place holder, until what the label stands for is there.
                while places.len() <= label.index() {
                    let place = heap.cell(Value::VOID);
                    claim.push(&mut places, place)?;
                }
                made.push(places[label.index()]);
                continue;
            }
            atom => {
                if id.index().is_multiple_of(BATCH) {
                    heap.memory().admit(0)?;
                }
                let atom = crate::io::atom_to_value(heap, atom)?;
                heap.freeze(atom);
                atom
            }
        };
        made.push(Syntax::new(heap, datum, Value::NIL, datums.span(id)));
    }
    if !places.is_empty() {
        // The places of labels, and two words for each label in a table.
        claim.take(places.len() * 48)?;
        tie(datums, &made, &places);
    }
    Ok(ids.iter().map(|id| made[id.index()]).collect())
}

/// Puts what labels stand for in the place of their place holders.
fn tie(datums: &Datums, made: &[Value], places: &[Value]) {
    let mut meant = vec![Value::VOID; places.len()];
    let numbers: Holders = places.iter().enumerate().map(|(i, place)| (place.bits(), i)).collect();
    for id in datums.ids().take(made.len()) {
        if let Datum::Labelled(label, inner) = datums.datum(id)
            && let Some(meant) = meant.get_mut(label.index())
        {
            *meant = made[inner.index()];
        }
    }
    resolve(&numbers, &mut meant);
    let target = |v: Value| numbers.get(&v.bits()).map(|&i| meant[i]);
    for &v in made {
        let datum = object::unwrap(v);
        if datum.is(Kind::Vector) {
            for i in 0..datum.slots().len() {
                if let Some(x) = target(datum.slot(i)) {
                    datum.set_slot(i, x);
                }
            }
        }
        let mut rest = datum;
        while let Some(pair) = rest.as_pair() {
            if let Some(x) = target(pair.car()) {
                pair.set_car(x);
            }
            if let Some(x) = target(pair.cdr()) {
                pair.set_cdr(x);
                break;
            }
            rest = pair.cdr();
        }
    }
}
