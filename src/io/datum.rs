//! What the reader read, as values; and reading from a port. Iterative: the parts of a datum come before it.

use super::{Port, PortError};
use crate::account::{Claim, HeapFull};
use crate::heap::{Heap, Kind, Value};
use crate::reader::{CharSource, Datum, DatumId, Datums, Singleton};

/// The value of a datum. Fresh and mutable, as `read` answers; cycles by datum labels included.
pub fn datum_to_value(heap: &mut Heap, datums: &Datums, id: DatumId) -> Result<Value, HeapFull> {
    let mut claim = Claim::new(heap.memory());
    let mut values: Vec<Value> = claim.vec(id.index() + 1)?;
    let mut labels: Vec<Value> = Vec::new();
    let mut parts: Vec<Value> = Vec::new();
    for part in datums.ids().take(id.index() + 1) {
        let v = match datums.datum(part) {
            Datum::List { items, tail } => {
                gather(heap, &mut claim, &mut parts, &values, items, 16)?;
                heap.list_with_tail(&parts, tail.map_or(Value::NIL, |t| values[t.index()]))
            }
            Datum::Vector(items) => {
                gather(heap, &mut claim, &mut parts, &values, items, 8)?;
                heap.vector(&parts)
            }
            Datum::Labelled(_, inner) => values[inner.index()],
            Datum::Reference(label) => {
                while labels.len() <= label.index() {
                    claim.push(&mut labels, heap.cell(Value::VOID))?;
                }
                labels[label.index()]
            }
            atom => {
                if part.index().is_multiple_of(BATCH) {
                    heap.memory().admit(0)?;
                }
                atom_to_value(heap, atom)?
            }
        };
        values.push(v);
    }
    if !labels.is_empty() {
        // The places of labels, and two words for each label in a table.
        claim.take(labels.len() * 48)?;
        patch(datums, &values, &labels, id);
    }
    Ok(values[id.index()])
}

/// So many small objects are made between two looks at the account.
pub const BATCH: usize = 256;

/// Puts the values of `items` into `parts`, and asks whether an object may be made of them that takes `bytes` for each.
pub fn gather(
    heap: &mut Heap,
    claim: &mut Claim,
    parts: &mut Vec<Value>,
    values: &[Value],
    items: &[DatumId],
    bytes: usize,
) -> Result<(), HeapFull> {
    parts.clear();
    claim.grow(parts, items.len())?;
    parts.extend(items.iter().map(|i| values[i.index()]));
    if parts.len() > BATCH || values.len().is_multiple_of(BATCH) {
        // Asks for the memory of small objects, too.
        heap.memory().admit(items.len() * bytes)?;
    }
    heap.reserve(if bytes < 16 { items.len() * bytes } else { 0 })
}

/// Puts what labels stand for in place of the cells that hold their places.
fn patch(datums: &Datums, values: &[Value], labels: &[Value], last: DatumId) {
    let mut meant = vec![Value::VOID; labels.len()];
    for part in datums.ids().take(last.index() + 1) {
        if let Datum::Labelled(label, inner) = datums.datum(part)
            && label.index() < meant.len()
        {
            meant[label.index()] = values[inner.index()];
        }
    }
    let numbers: Holders = labels.iter().enumerate().map(|(i, label)| (label.bits(), i)).collect();
    resolve(&numbers, &mut meant);
    let target = |v: Value| if v.is(Kind::Cell) { numbers.get(&v.bits()).map(|&i| meant[i]) } else { None };
    for part in datums.ids().take(last.index() + 1) {
        let v = values[part.index()];
        match datums.datum(part) {
            Datum::List { items, .. } => {
                let mut rest = v;
                for i in 0..items.len() {
                    let Some(pair) = rest.as_pair() else { break };
                    if let Some(x) = target(pair.car()) {
                        pair.set_car(x)
                    }
                    rest = pair.cdr();
                    if let Some(x) = target(rest) {
                        pair.set_cdr(x);
                    }
                    if i + 1 == items.len() {
                        break;
                    }
                }
            }
            Datum::Vector(items) => {
                for i in 0..items.len() {
                    if let Some(x) = target(v.slot(i)) {
                        v.set_slot(i, x)
                    }
                }
            }
            _ => {}
        }
    }
}

/// Labels by the place holders that stand for them.
pub type Holders = hashbrown::HashMap<u64, usize, foldhash::fast::FixedState>;

/// A label may stand for what an earlier one does, `#1=#0#`: after this it stands for that itself.
pub fn resolve(holders: &Holders, meant: &mut [Value]) {
    for i in 0..meant.len() {
        if let Some(&earlier) = holders.get(&meant[i].bits()) {
            meant[i] = meant[earlier];
        }
    }
}

/// The value of a datum without parts; the void object for one with parts.
pub fn atom_to_value(heap: &mut Heap, datum: Datum) -> Result<Value, HeapFull> {
    Ok(match datum {
        Datum::Boolean(b) => Value::boolean(b),
        Datum::Character(c) => Value::char(c),
        Datum::Number(text) => {
            heap.reserve(text.len())?;
            heap.owe(crate::number::cost::parse(text.as_bytes()));
            match crate::number::parse(heap, text, 10) {
                // The reader lets only those through that have a value.
                Ok(number) => number.unwrap_or(Value::FALSE),
                // Or the run is to stop: whoever asked looks at that first.
                Err(_) => return Err(HeapFull),
            }
        }
        Datum::String(text) => {
            heap.reserve(if text.is_ascii() { text.len() } else { text.len().saturating_mul(4) })?;
            heap.string(text)
        }
        Datum::Symbol(name) => heap.symbol(name),
        Datum::Keyword(name) => {
            let name = heap.symbol(name);
            heap.slots(Kind::Keyword, &[name])
        }
        // Two of the same unique name are the same symbol; printing shows only the pretty name.
        Datum::Gensym { unique, .. } => heap.symbol(unique),
        Datum::Singleton(s) => match s {
            Singleton::Eof => Value::EOF,
            Singleton::Void => Value::VOID,
            Singleton::Unbound => Value::UNBOUND,
            Singleton::BrokenWeakPointer => Value::BWP,
            Singleton::WouldBlock => Value::WOULD_BLOCK,
        },
        Datum::Bytevector(bytes) => {
            heap.reserve(bytes.len())?;
            heap.bytevector(bytes)
        }
        Datum::List { .. } | Datum::Vector(_) | Datum::Labelled(..) | Datum::Reference(_) => Value::VOID,
    })
}

/// So many characters are read without asking: most data are short.
const AT_LEAST: u64 = 1024;

/// What reading asks for before it goes on.
pub enum Need {
    /// So many more characters are wanted: a datum may be endless.
    Characters { more: u64 },
    /// The port failed, perhaps only for now: with its descriptor, and whether the program has said that it does not wait.
    Patience { error: PortError, descriptor: Option<i32>, non_blocking: bool },
}

/// The characters of a textual port, for the reader. Offsets count characters taken since reading began.
pub struct PortSource<'p> {
    port: &'p mut Port,
    taken: u64,
    /// When `permit` is asked again.
    permitted: u64,
    permit: &'p mut dyn FnMut(Need) -> bool,
}

impl<'p> PortSource<'p> {
    /// `permit` is asked before many characters are read, and when the port has none now.
    pub fn new(port: &'p mut Port, permit: &'p mut dyn FnMut(Need) -> bool) -> PortSource<'p> {
        PortSource { port, taken: 0, permitted: AT_LEAST, permit }
    }

    #[cold]
    fn ask(&mut self) -> Result<(), PortError> {
        let more = AT_LEAST.max(self.taken / 8);
        if !(self.permit)(Need::Characters { more }) {
            return Err(PortError::Refused);
        }
        self.permitted = self.taken + more;
        Ok(())
    }
}

impl CharSource for PortSource<'_> {
    type Error = PortError;

    fn peek(&mut self) -> Result<Option<char>, PortError> {
        if self.taken >= self.permitted {
            self.ask()?;
        }
        loop {
            let error = match self.port.peek_char() {
                Err(e @ PortError::Interrupted) => e,
                Err(e @ PortError::WouldBlock(_)) if !self.port.non_blocking => e,
                other => return other,
            };
            let (descriptor, non_blocking) = (self.port.descriptor(), self.port.non_blocking);
            if !(self.permit)(Need::Patience { error, descriptor, non_blocking }) {
                return Err(PortError::Refused);
            }
        }
    }

    fn advance(&mut self) {
        // `peek` answered a character, so taking it cannot fail.
        let _ = self.port.read_char();
        self.taken += 1;
    }

    fn offset(&self) -> u64 {
        self.taken
    }
}
