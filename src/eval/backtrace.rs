//! Backtraces: which procedures were active, and where. Read off the frames when somebody asks, so it costs nothing
//! before.

use super::Machine;
use super::code::Code;
use super::node::Call;
use super::stack::{UNDERFLOW, frame_offset};
use super::trap::{DETOUR, DETOUR_CALL, detour_below, detour_span, position_in};
use crate::diagnostics::Span;
use crate::heap::{Symbol, Value, View};
use std::ptr::eq;

/// A procedure that was active.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameInfo {
    pub procedure: Option<String>,
    /// Where in it; `Span::NONE` for code without source.
    pub span: Span,
}

/// Frames that a backtrace has at most from either end.
const SHOWN: usize = 64;

impl Machine {
    /// The frames of the run that has stopped, the newest first; of very many the middle ones are left out.
    pub fn backtrace(&self) -> Vec<FrameInfo> {
        let mut newest = Vec::new();
        let mut oldest = std::collections::VecDeque::new();
        self.walk(|frame| {
            if newest.len() < SHOWN {
                newest.push(frame);
            } else {
                if oldest.len() == SHOWN {
                    oldest.pop_front();
                }
                oldest.push_back(frame);
            }
        });
        newest.extend(oldest);
        newest
    }

    /// The frames of the run that a limit has stopped.
    pub(super) fn limit_backtrace(&mut self) -> Vec<FrameInfo> {
        let (pc, fp) = self.limit_at;
        if fp.is_null() {
            return Vec::new();
        }
        self.fp = fp;
        // SAFETY: a complete frame; its first slot is the procedure that runs in it.
        let (running, whole) = unsafe { (*fp, (*Code::of(*fp)).span) };
        let span = self.position(running, pc as usize).map(|p| p.span).filter(|s| !s.is_none()).unwrap_or(whole);
        let first = FrameInfo { procedure: self.procedure_name(running), span };
        std::iter::once(first).chain(self.backtrace()).collect()
    }

    /// Visits the frames below the one at `fp`, which has just stopped.
    fn walk(&self, mut visit: impl FnMut(FrameInfo)) {
        let mut fp = self.fp;
        let mut waiting = Machine::piece(self.stack.waiting);
        if fp == self.stack.base {
            return;
        }
        // SAFETY: `fp` is a frame; in front of each is the node to return to, which says where the caller's begins, until
        // the first of a piece, below which the next piece waits.
        unsafe {
            let mut returns = (*fp.sub(1)).bits() as *const Call;
            loop {
                if eq(returns, &raw const UNDERFLOW) {
                    let Some(piece) = waiting else { return };
                    (fp, returns) = piece.newest();
                    waiting = Machine::piece(piece.waiting.get());
                    continue;
                }
                if eq(returns, &raw const DETOUR_CALL) || eq(returns, &raw const DETOUR) {
                    let detour = if eq(returns, &raw const DETOUR) { fp } else { detour_below(fp) };
                    fp = detour.sub(frame_offset(detour, &raw const DETOUR));
                    visit(FrameInfo { procedure: self.procedure_name(*fp), span: detour_span(detour) });
                } else {
                    fp = fp.sub((*returns).offset as usize);
                    visit(self.describe(returns, *fp));
                }
                returns = (*fp.sub(1)).bits() as *const Call;
            }
        }
    }

    /// # Safety
    /// `returns` is a call of the procedure `closure`, which is in its frame.
    unsafe fn describe(&self, returns: *const Call, closure: Value) -> FrameInfo {
        // SAFETY: as the caller says.
        unsafe {
            let code = (*returns).code;
            if code.is_null() {
                return FrameInfo { procedure: self.procedure_name(closure), span: Span::NONE };
            }
            let span = position_in(code, returns as usize).map_or(Span::NONE, |p| p.span);
            FrameInfo { procedure: Symbol::from_value((*code).layout.name).map(|s| s.name().to_owned()), span }
        }
    }
}
