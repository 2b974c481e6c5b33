//! Backtraces: which procedures were active, and where. Read off the frames when somebody asks, so it costs nothing
//! before.

use super::Machine;
use super::code::{Code, CodeBlock, CodeKind};
use super::node::CallNode;
use super::stack::{LARGEST, UNDERFLOW, frame_offset};
use super::trap::{RAISE_RETURN, TRAP, position_in, trap_below, trap_place, trap_shown};
use crate::diagnostics::Span;
use crate::heap::{Symbol, Value, View};
use crate::syntax::core::{Place, Site};
use std::collections::VecDeque;
use std::ptr::eq;

/// A procedure that was active.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameInfo {
    pub procedure: Option<String>,
    /// Where in it; `Span::NONE` for code without source.
    pub span: Span,
    pub origin: Origin,
}

/// Whose procedure it was.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Program,
    /// Of a library of the prelude, or a primitive: without a name, if programs do not know it.
    Prelude,
    /// In place of so many procedures that were not looked up; of very many this is an estimate.
    LeftOut(usize),
}

impl FrameInfo {
    fn new(procedure: Option<String>, span: Span) -> FrameInfo {
        FrameInfo { procedure, span, origin: Origin::Program }
    }
}

/// Frames that a backtrace has at most from either end.
const SHOWN: usize = 64;
/// Frames that are kept for the older end: some of them are not shown.
const KEPT: usize = 4 * SHOWN;
/// Words of the oldest pieces of the stack, in which frames for the older end are looked for.
const OLDEST: usize = 2 * LARGEST;

impl Machine {
    /// The frames of the run that has stopped, the newest first; of very many the middle ones are left out.
    pub fn backtrace(&self) -> Vec<FrameInfo> {
        let mut frames = Vec::new();
        let mut oldest = VecDeque::new();
        let mut left_out = 0;
        // There may be millions of them: what the middle ones stand for is not looked up.
        self.walk(|active| {
            if let Active::PassedOver(count) = active {
                left_out += oldest.len() + count;
                oldest.clear();
                return false;
            }
            if frames.len() < SHOWN {
                // SAFETY: the run that it belongs to stands still.
                unsafe { self.each_procedure(active, &mut |frame| frames.push(frame)) }
                return true;
            }
            if oldest.len() == KEPT {
                oldest.pop_front();
                left_out += 1;
            }
            oldest.push_back(active);
            left_out == 0
        });
        let mut last = Vec::new();
        for active in oldest {
            // SAFETY: as above.
            unsafe { self.each_procedure(active, &mut |frame| last.push(frame)) }
        }
        let begin = last.len().saturating_sub(SHOWN);
        left_out += begin;
        if left_out > 0 {
            frames.push(FrameInfo { origin: Origin::LeftOut(left_out), ..FrameInfo::new(None, Span::NONE) });
        }
        frames.extend(last.drain(begin..));
        frames
    }

    /// The frames of the run that a limit has stopped.
    pub(super) fn limit_backtrace(&mut self) -> Vec<FrameInfo> {
        let (pc, fp) = self.limit_at;
        if fp.is_null() {
            return Vec::new();
        }
        self.fp = fp;
        let mut frames = Vec::new();
        // SAFETY: a complete frame; its first slot is the procedure that runs in it.
        unsafe {
            let running = *fp;
            let code = Code::of(running);
            let known = self.position(running, pc as usize).map(|p| p.place).filter(|p| !p.span.is_none());
            // At its beginning nothing closer is known than the whole.
            let known = known.or(Some(self.limit_place).filter(|place| !place.span.is_none()));
            let place = known.unwrap_or(Place { span: (*code).span, site: (*code).site });
            each_frame(code, place, || self.own_frame(running), &mut |frame| frames.push(frame));
        }
        frames.extend(self.backtrace());
        frames
    }

    /// Visits the frames below the one at `fp`, which has just stopped. From where a visit answers that there are too many,
    /// pieces of the stack that are not among the oldest are passed over.
    fn walk(&self, mut visit: impl FnMut(Active) -> bool) {
        let mut fp = self.fp;
        let mut waiting = Machine::piece(self.stack.waiting);
        let mut all = true;
        // How many frames were visited, and their words.
        let (mut visited, mut size) = (0, 0);
        if fp == self.stack.base {
            return;
        }
        // SAFETY: `fp` is a frame; in front of each is the node to return to, which says where the caller's begins, until
        // the first of a piece, below which the next piece waits. The first slot of each is the procedure that runs in it.
        unsafe {
            let mut returns = (*fp.sub(1)).bits() as *const CallNode;
            loop {
                if eq(returns, &raw const UNDERFLOW) {
                    let Some(mut piece) = waiting else { return };
                    let words = piece.total;
                    waiting = Machine::piece(piece.waiting.get());
                    while let Some(older) = waiting.filter(|older| !all && older.total > OLDEST) {
                        piece = older;
                        waiting = Machine::piece(piece.waiting.get());
                    }
                    if piece.total < words {
                        // As if they were as large as those above.
                        visit(Active::PassedOver((words - piece.total) * visited / size.max(1)));
                    }
                    (fp, returns) = piece.newest();
                    continue;
                }
                let above = fp;
                if eq(returns, &raw const RAISE_RETURN) || eq(returns, &raw const TRAP) {
                    let trap = if eq(returns, &raw const TRAP) { fp } else { trap_below(fp) };
                    fp = trap.sub(frame_offset(trap, &raw const TRAP));
                    all &= visit(Active::Trap(trap, *fp));
                } else {
                    fp = fp.sub((*returns).offset as usize);
                    all &= visit(Active::Call(returns, *fp));
                }
                visited += 1;
                size += above.offset_from(fp) as usize;
                returns = (*fp.sub(1)).bits() as *const CallNode;
            }
        }
    }

    /// Visits the procedures that an active frame stands for.
    ///
    /// # Safety
    /// The frame is still there.
    unsafe fn each_procedure(&self, active: Active, visit: &mut impl FnMut(FrameInfo)) {
        // SAFETY: as the caller says, and so are the code and the procedure of the frame.
        unsafe {
            match active {
                Active::PassedOver(_) => {}
                Active::Trap(trap, running) => {
                    let place = trap_place(trap);
                    match trap_shown(trap) {
                        Value::VOID => {}
                        Value::FALSE if !running.is_procedure() => visit(FrameInfo::new(None, place.span)),
                        Value::FALSE => {
                            let code = Code::of(running);
                            // Where it began nothing closer is known than the whole.
                            let whole = Place { span: (*code).span, site: (*code).site };
                            let place = if place.span.is_none() { whole } else { place };
                            each_frame(code, place, || self.own_frame(running), visit);
                        }
                        name => visit(FrameInfo::new(text(name), place.span)),
                    }
                }
                Active::Call(returns, running) => {
                    let code = (*returns).code;
                    if code.is_null() {
                        visit(self.own_frame(running));
                    } else {
                        let place = position_in(code, returns as usize).map_or(Place::NONE, |p| p.place);
                        each_frame(code, place, || named(code), visit);
                    }
                }
            }
        }
    }
}

/// A frame below the newest: where it goes on, and the procedure that runs in it.
enum Active {
    /// In place of about so many.
    PassedOver(usize),
    Trap(*mut Value, Value),
    Call(*const CallNode, Value),
}

impl Machine {
    /// The frame of a procedure, without place.
    fn own_frame(&self, procedure: Value) -> FrameInfo {
        if !procedure.is_procedure() {
            return FrameInfo::new(None, Span::NONE);
        }
        // SAFETY: a live closure.
        let frame = unsafe { named(Code::of(procedure)) };
        match frame.origin {
            Origin::Program => FrameInfo::new(self.procedure_name(procedure), Span::NONE),
            _ => frame,
        }
    }
}

/// The frame of a procedure with that code, without place.
///
/// # Safety
/// The code is alive.
unsafe fn named(code: *const Code) -> FrameInfo {
    // SAFETY: as the caller says.
    let (code, block) = unsafe { (&*code, (*code).layout.owner.external_ref::<CodeBlock>()) };
    let of_prelude = |procedure| FrameInfo { procedure, span: Span::NONE, origin: Origin::Prelude };
    match (&code.kind, block.and_then(|block| block.prelude)) {
        (_, Some(name)) => of_prelude(text(name)),
        (CodeKind::Primitive(_) | CodeKind::Lazy(..), None) => {
            of_prelude(text(code.layout.name).filter(|name| !name.starts_with('%')))
        }
        _ => FrameInfo::new(text(code.layout.name), Span::NONE),
    }
}

fn text(name: Value) -> Option<String> {
    Symbol::from_value(name).map(|s| s.name().to_owned())
}

/// Visits what a frame stands for: the procedures whose bodies have replaced calls in the running one, then that.
///
/// # Safety
/// The code is alive.
unsafe fn each_frame(
    code: *const Code,
    mut place: Place,
    running: impl FnOnce() -> FrameInfo,
    visit: &mut impl FnMut(FrameInfo),
) {
    // SAFETY: as the caller says.
    let (own, sites) = unsafe { ((*code).site, sites_of(code)) };
    while place.site != own {
        let Some(site) = place.site.of(sites) else { break };
        visit(FrameInfo::new(text(site.procedure), place.span));
        place = site.call;
    }
    visit(FrameInfo { span: place.span, ..running() });
}

/// The name of the procedure whose text a place of that code is in.
///
/// # Safety
/// The code is alive.
pub(super) unsafe fn name_at(code: *const Code, place: Place) -> Value {
    // SAFETY: as the caller says.
    unsafe {
        let inlined = if place.site == (*code).site { None } else { place.site.of(sites_of(code)) };
        inlined.map_or((*code).layout.name, |site| site.procedure)
    }
}

/// # Safety
/// The code is alive, and so is the answer as long as it is.
unsafe fn sites_of<'a>(code: *const Code) -> &'a [Site] {
    // SAFETY: as the caller says.
    unsafe {
        match (*code).layout.owner.external_ref::<CodeBlock>() {
            Some(block) => &(*(block as *const CodeBlock)).sites,
            None => &[],
        }
    }
}
