//! The stack: segments of memory, and the frozen pieces that wait below the running one.
//!
//! The running piece begins at `base`, whose word is the node [`UNDERFLOW`] to which its first frame returns; everything
//! older waits in a chain of [`Piece`]s. A piece is made when a segment is full and when a continuation is captured:
//! both only note where the running frames end, and nothing is copied. Returning off the base takes the next piece:
//!
//! - one that nobody else can have is run where it lies, in its own segment;
//! - one that a continuation may come back to is never run but copied, a few frames at a time: it is split first, the
//!   rest becoming a piece of its own. So what is frozen stays as it was.
//!
//! Every word of a piece is a value that was alive when it was written, or the address of a node, which has the tag of a
//! fixnum: the collector reads pieces as plain slices.

use super::Machine;
use super::code::Code;
use super::node::{CallNode, Node, Transfer, continue_at};
use super::run::{Limit, Stopped};
use super::trap::{TRAP, trap_offset};
use crate::account::fallible;
use crate::compile::graph::Values;
use crate::heap::{External, Tracer, Value};
use std::alloc::{Layout, alloc, dealloc};
use std::cell::Cell;
use std::ptr::null;
use std::sync::Arc;

/// Words of a frame that are there whether the stack's limit was checked or not: every frame may reach so far behind
/// its beginning. Larger ones ask at their entry.
pub(super) const ROOM: usize = 64;
/// Words behind that, for a trap frame and the call of `raise` (`trap.rs`).
const MARGIN: usize = 24;
/// Words of the first segment.
const FIRST: usize = 384;
/// Words from which on segments grow no more.
pub(super) const LARGEST: usize = 64 << 10;
/// Words of the segment put by for a program that has no room for another frame: enough to handle the condition.
const RESERVE: usize = 4 << 10;
/// Words of the largest segment that stays when nothing runs.
const KEPT: usize = 4 << 10;
/// About how many words are copied when a shared piece is continued.
const COPIED: usize = 48;
/// How many of them a unit of fuel pays for: about a frame.
const RETURNED_PER_UNIT: usize = 4;

/// The memory of one segment.
pub(super) struct Segment {
    start: *mut Value,
    words: usize,
}

// SAFETY: plain memory that whoever holds the machine reads and writes.
unsafe impl Send for Segment {}
// SAFETY: as above; only the machine that made it uses it.
unsafe impl Sync for Segment {}

impl Segment {
    fn layout(words: usize) -> Option<Layout> {
        Layout::array::<Value>(words).ok().and_then(|l| l.align_to(16).ok())
    }

    /// `None` when the system has no memory for it.
    fn new(words: usize) -> Option<Arc<Segment>> {
        #[cfg(test)]
        if words > tests::GRANTED.get() {
            return None;
        }
        // SAFETY: the layout is not empty.
        Segment::obtained(words, |layout| fallible(|| unsafe { alloc(layout) }))
    }

    fn obtained(words: usize, obtain: impl FnOnce(Layout) -> *mut u8) -> Option<Arc<Segment>> {
        let start = obtain(Segment::layout(words)?) as *mut Value;
        if start.is_null() { None } else { Some(Arc::new(Segment { start, words })) }
    }

    fn end(&self) -> *mut Value {
        self.start.wrapping_add(self.words)
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        if let Some(layout) = Segment::layout(self.words) {
            // SAFETY: allocated with that layout.
            unsafe { dealloc(self.start as *mut u8, layout) }
        }
    }
}

/// Where the running frames are.
pub(super) struct Stack {
    pub segment: Arc<Segment>,
    /// The first word of the running piece: the node `UNDERFLOW`.
    pub base: *mut Value,
    /// The newest piece that waits, or `()`.
    pub waiting: Value,
    /// Bytes that the stack may take.
    pub limit: usize,
    /// An unused segment, so that calls back and forth over the end of one do not ask for memory each time.
    spare: Option<Arc<Segment>>,
    /// A segment for when the system has no memory for another. There since the stack has grown for the first time, unless the
    /// system refused it.
    reserve: Option<Arc<Segment>>,
}

/// Why the stack cannot grow.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum NoRoom {
    /// Its limit would be exceeded.
    Limit,
    /// The system has no memory for another segment.
    System,
}

impl From<NoRoom> for Limit {
    fn from(why: NoRoom) -> Limit {
        match why {
            NoRoom::Limit => Limit::Stack,
            NoRoom::System => Limit::Memory,
        }
    }
}

/// Frames that wait for what is above them to return.
pub(super) struct Piece {
    /// Nothing once the piece has been run where it lies.
    segment: Cell<Option<Arc<Segment>>>,
    /// Its words: the first is the node that its first frame returns to (which is `UNDERFLOW`), the last the last
    /// initialised slot of its newest frame.
    start: Cell<*mut Value>,
    end: *mut Value,
    /// The node to which what was above it returns.
    pub returns: *const CallNode,
    /// The next older piece, or `()`.
    pub waiting: Cell<Value>,
    /// A continuation may come back to it.
    pub shared: Cell<bool>,
    /// Words of it and all older ones.
    pub total: usize,
}

// SAFETY: the pointers lead into `segment`; whoever has the machine has the piece.
unsafe impl Send for Piece {}

impl Piece {
    fn words(&self) -> &[Value] {
        let start = self.start.get();
        // SAFETY: `start..end` lies in the segment, is initialised, and is not written while it is part of a piece.
        unsafe { std::slice::from_raw_parts(start, self.end.offset_from(start) as usize) }
    }

    /// The frame that waits for a value, if it is a whole frame of a procedure.
    pub fn newest(&self) -> (*mut Value, *const CallNode) {
        (self.end.wrapping_add(1), self.returns)
    }

    pub fn start(&self) -> *mut Value {
        self.start.get()
    }

    fn segment(&self) -> Option<Arc<Segment>> {
        let segment = self.segment.take();
        self.segment.set(segment.clone());
        segment
    }
}

// A piece of an inner run that is over may still be held, by a continuation that nobody can apply any more, while the run
// around it puts its own frames where the piece lies. What is read then is a word of those frames, or what they left
// there: a value that was alive when it was written, and has been kept alive by this piece since.
impl External for Piece {
    fn trace(&self, tracer: &mut Tracer) {
        // The older piece waits on the mark stack until all that this one holds is scanned, not the other way round.
        tracer.value(self.waiting.get());
        tracer.values(self.words());
    }

    fn bytes(&self) -> usize {
        self.words().len() * 8
    }

    fn type_name(&self) -> &'static str {
        "stack"
    }
}

impl Stack {
    pub fn new(limit: usize) -> Stack {
        // A small request like the standard library's, for which spare memory is there.
        // SAFETY: the layout is not empty.
        let segment = Segment::obtained(FIRST, |layout| unsafe { alloc(layout) })
            .unwrap_or_else(|| std::alloc::handle_alloc_error(Layout::new::<[Value; FIRST]>()));
        let base = segment.start;
        Stack { segment, base, waiting: Value::NIL, limit, spare: None, reserve: None }
    }

    /// Up to where a frame may begin without more being asked.
    pub fn frame_limit(&self) -> *mut Value {
        self.segment.end().wrapping_sub(ROOM + MARGIN)
    }

    /// Whether `words` behind `at` are there, and the margin.
    fn has_room(&self, at: *mut Value, words: usize) -> bool {
        (self.segment.end() as usize).saturating_sub(at as usize) / 8 >= words + MARGIN
    }

    /// A segment of at least so many words. One that grows as the others did is asked for, and no smaller one when the system
    /// refuses that: what is left then is needed by the collector, and for handling the condition.
    fn take_segment(&mut self, words: usize) -> Option<Arc<Segment>> {
        match self.spare.take() {
            Some(spare) if spare.words >= words => Some(spare),
            _ => {
                self.put_by();
                Segment::new(words.max((self.segment.words * 2).min(LARGEST)))
            }
        }
    }

    /// Puts the reserve by, if the system has memory for it.
    fn put_by(&mut self) {
        if self.reserve.is_none() {
            self.reserve = Segment::new(RESERVE);
        }
    }

    /// Lets the next request for a segment have the reserve; whether there was one.
    pub fn release_reserve(&mut self) -> bool {
        self.spare = self.reserve.take();
        self.spare.is_some()
    }

    /// Puts by a new reserve in place of one that was used.
    pub fn restore_reserve(&mut self) {
        if self.segment.words > FIRST {
            self.put_by()
        }
    }

    /// Runs on in another segment, from its start.
    fn switch(&mut self, segment: Arc<Segment>) {
        let start = segment.start;
        let old = std::mem::replace(&mut self.segment, segment);
        self.base = start;
        self.keep(old);
    }

    /// Keeps a segment that nothing else refers to for later.
    fn keep(&mut self, old: Arc<Segment>) {
        let larger = self.spare.as_ref().is_none_or(|spare| spare.words < old.words);
        if larger && Arc::strong_count(&old) == 1 {
            self.spare = Some(old)
        }
    }

    /// An empty running piece: where its first frame goes.
    pub fn begin(&mut self) -> *mut Value {
        // SAFETY: `base` is a word of the segment, and the margin behind the last frame leaves room for one more.
        unsafe {
            *self.base = Value(&raw const UNDERFLOW as u64);
            self.base.add(1)
        }
    }

    /// Forgets all frames but those below `base`, if it is given.
    pub fn rewind(&mut self, base: Option<(Arc<Segment>, *mut Value)>) {
        self.waiting = Value::NIL;
        match base {
            Some((segment, base)) => {
                self.segment = segment;
                self.base = base;
            }
            // Continuations of earlier runs still have frames in the segment, all of them below the base: they stay.
            None if Arc::strong_count(&self.segment) > 1 => self.spare = None,
            None => {
                (self.spare, self.reserve) = (None, None);
                if self.segment.words > KEPT {
                    // Without memory for a smaller one the large one stays.
                    if let Some(small) = Segment::new(FIRST) {
                        self.segment = small
                    }
                }
                self.base = self.segment.start;
            }
        }
    }

    /// Goes back to frames that were left as they were.
    pub fn resume(&mut self, segment: Arc<Segment>, base: *mut Value, waiting: Value) {
        self.segment = segment;
        self.base = base;
        self.waiting = waiting;
    }

    /// Bytes that the machine itself holds.
    pub fn bytes(&self) -> usize {
        let aside = |segment: &Option<Arc<Segment>>| segment.as_ref().map_or(0, |s| s.words);
        (self.segment.words + aside(&self.spare) + aside(&self.reserve)) * 8
    }
}

impl Machine {
    /// Bytes of the frames that wait below the running piece.
    pub(super) fn stack_waiting_bytes(&self) -> usize {
        Machine::piece(self.stack.waiting).map_or(0, |p| p.total).saturating_mul(8)
    }

    /// The piece that a value is.
    pub(super) fn piece(v: Value) -> Option<&'static Piece> {
        // SAFETY: alive until the next collection; no caller keeps it longer.
        v.external_ref::<Piece>().map(|p| unsafe { &*(p as *const Piece) })
    }

    /// Freezes the running frames below the one at `fp`, which becomes the first of the running piece.
    ///
    /// # Safety
    /// `fp` is a frame of the running piece, with the node to return to in front.
    pub(super) unsafe fn freeze(&mut self, fp: *mut Value, shared: bool) {
        let start = self.stack.base;
        let waiting = Machine::piece(self.stack.waiting);
        // SAFETY: the word in front of a frame is the node to return to.
        unsafe {
            let end = fp.sub(1);
            if end == start {
                // Nothing runs below: what waits is the whole continuation.
                if let (true, Some(piece)) = (shared, waiting) {
                    piece.shared.set(true)
                }
                return;
            }
            let piece = Piece {
                segment: Cell::new(Some(self.stack.segment.clone())),
                start: Cell::new(start),
                end,
                returns: (*end).bits() as *const CallNode,
                waiting: Cell::new(self.stack.waiting),
                shared: Cell::new(shared),
                total: waiting.map_or(0, |p| p.total) + end.offset_from(start) as usize,
            };
            self.stack.waiting = self.heap.external(Box::new(piece));
            self.stack.base = end;
            *end = Value(&raw const UNDERFLOW as u64);
        }
    }

    /// Makes room for `words` words from `fp` on: moves the frame at `fp`, of which `live` words are initialised, to
    /// another segment if it must. Answers where the frame is now, or why there is no room.
    ///
    /// # Safety
    /// As for `freeze`.
    pub(super) unsafe fn make_room(&mut self, fp: *mut Value, live: usize, words: usize) -> Result<*mut Value, NoRoom> {
        if self.stack.has_room(fp, words) {
            return Ok(fp);
        }
        // SAFETY: as for `freeze`; the new segment has room for the frame and more.
        unsafe {
            self.freeze(fp, false);
            let needed = words.max(live) + ROOM + MARGIN + 2;
            let below = Machine::piece(self.stack.waiting).map_or(0, |p| p.total);
            if below.saturating_add(needed).saturating_mul(8) > self.stack.limit {
                return Err(NoRoom::Limit);
            }
            let segment = self.stack.take_segment(needed).ok_or(NoRoom::System)?;
            let to = segment.start.add(1);
            *segment.start = Value(&raw const UNDERFLOW as u64);
            std::ptr::copy_nonoverlapping(fp, to, live);
            self.stack.switch(segment);
            self.limit = self.stack.frame_limit();
            Ok(to)
        }
    }

    /// Returns `value` to the newest piece that waits. Nothing that runs is needed any more.
    #[inline(never)]
    pub(super) fn return_to_waiting(&mut self, value: Value) -> Transfer {
        let Some(piece) = Machine::piece(self.stack.waiting) else {
            return self.stop(Stopped::Done(value));
        };
        let returns = piece.returns;
        // SAFETY: a piece's newest frame is followed by the one that returns to it, by `returns`, whose `offset` is the
        // distance; frames were laid out by `link`'s depths.
        unsafe {
            let end = if piece.shared.get() {
                match self.thaw(piece) {
                    Some(end) => end,
                    None => return self.stop(Stopped::Limit(Limit::Memory)),
                }
            } else {
                // Nobody else can come here again, so the piece gives its segment away.
                let Some(segment) = piece.segment.take() else { return self.stop(Stopped::Limit(Limit::Stack)) };
                self.stack.switch(segment);
                self.stack.base = piece.start.replace(piece.end);
                self.limit = self.stack.frame_limit();
                piece.end
            };
            self.stack.waiting = piece.waiting.get();
            let fp = end.add(1).sub((*returns).offset as usize);
            *fp.add((*returns).slot as usize) = value;
            continue_at((*returns).next, fp)
        }
    }

    /// Copies the newest frames of a shared piece to the base; answers where they end.
    ///
    /// # Safety
    /// As for `return_to_waiting`.
    unsafe fn thaw(&mut self, piece: &Piece) -> Option<*mut Value> {
        // SAFETY: see `return_to_waiting`; the loop goes from frame to frame of the piece.
        unsafe {
            let (mut fp, mut returns) = piece.newest();
            let mut extent = 0;
            loop {
                fp = fp.sub(frame_offset(fp, returns));
                let distance = piece.end.offset_from(fp) as usize;
                extent = extent.max(frame_reach(*fp).saturating_sub(distance));
                let in_front = fp.sub(1);
                if in_front == piece.start() {
                    break;
                }
                returns = (*in_front).bits() as *const CallNode;
                // A trap frame stays with the frame below it.
                if distance >= COPIED && !std::ptr::eq(returns, &raw const TRAP) {
                    self.split(piece, in_front);
                    break;
                }
            }
            // Whoever may come to this piece again may come to the one below.
            if let Some(below) = Machine::piece(piece.waiting.get()) {
                below.shared.set(true)
            }
            let words = piece.words();
            // Whoever comes here again and again returns through many frames for one call.
            self.heap.owe(1 + words.len() / RETURNED_PER_UNIT);
            let needed = words.len() + extent + ROOM;
            if !self.stack.has_room(self.stack.base, needed) {
                let needed = needed + MARGIN;
                let segment = self.stack.take_segment(needed).or_else(|| Segment::new(needed));
                // Nobody could catch a condition here, and the frames that are returned to are few.
                let segment = segment.or_else(|| self.stack.reserve.take_if(|reserve| reserve.words >= needed))?;
                self.stack.switch(segment);
                self.limit = self.stack.frame_limit();
            }
            let base = self.stack.base;
            std::ptr::copy_nonoverlapping(words.as_ptr(), base, words.len());
            Some(base.add(words.len()))
        }
    }

    /// Splits a shared piece in two: it keeps the frames from the word `at` on, which is the node that its first frame
    /// returns to; a new piece below gets the rest.
    ///
    /// # Safety
    /// `at` is the word in front of a frame of the piece.
    unsafe fn split(&mut self, piece: &Piece, at: *mut Value) {
        // SAFETY: as the caller says.
        unsafe {
            let rest = Piece {
                segment: Cell::new(piece.segment()),
                start: Cell::new(piece.start()),
                end: at,
                returns: (*at).bits() as *const CallNode,
                waiting: Cell::new(piece.waiting.get()),
                shared: Cell::new(true),
                total: piece.total - piece.end.offset_from(at) as usize,
            };
            *at = Value(&raw const UNDERFLOW as u64);
            piece.start.set(at);
            // Its words are those that the piece had. To count them anew at each of many splits would make a deep stack
            // cost the square of its depth.
            let rest = self.heap.external_part(Box::new(rest));
            piece.waiting.set(rest);
        }
    }
}

/// How far the caller's frame is below the frame at `fp`, which returns to `returns`.
///
/// # Safety
/// `fp` is a frame that returns to `returns`.
pub(super) unsafe fn frame_offset(fp: *mut Value, returns: *const CallNode) -> usize {
    // SAFETY: as the caller says.
    unsafe { if std::ptr::eq(returns, &raw const TRAP) { trap_offset(fp) } else { (*returns).offset as usize } }
}

/// How many slots the procedure of a frame may use, given its slot 0.
unsafe fn frame_reach(closure: Value) -> usize {
    if closure.is_procedure() {
        // SAFETY: slot 0 of a procedure's frame is its closure.
        unsafe { (*Code::of(closure)).frame as usize }
    } else {
        ROOM
    }
}

/// The node to which the first frame of a piece returns.
pub(super) static UNDERFLOW: CallNode = CallNode {
    run: underflow,
    next: (&raw const UNDERFLOW_NEXT).cast(),
    offset: 0,
    slot: 0,
    count: 0,
    values: Values::Any,
    closure: Value::FALSE,
    entry: null(),
    code: null(),
};

static UNDERFLOW_NEXT: Node = Node { run: underflow };

/// The value has been put into slot 0 of the frame that returned, which was the first of the running piece.
unsafe fn underflow(_: *const Node, fp: *mut Value, m: *mut Machine) -> Transfer {
    // SAFETY: a node function's contract.
    unsafe { (*m).return_to_waiting(*fp) }
}

#[cfg(test)]
pub(super) mod tests {
    use std::cell::Cell;

    thread_local! {
        /// Words of the largest segment that the system has memory for.
        pub static GRANTED: Cell<usize> = const { Cell::new(usize::MAX) };
    }
}
