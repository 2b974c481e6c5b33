//! Splitting `letrec*`: bindings that do not depend on each other become `let`s and smaller groups. Part of `simplify`.
//! After Ghuloum and Dybvig, "Fixing letrec (reloaded)" (2009).

use super::simplify::{Map, Set, each_child};
use crate::syntax::core::{CoreKind, Expr, Var};

/// A piece of a `letrec*`, to be nested in this order.
pub(super) enum Group<'a> {
    /// Nothing in it or before it needs it while it is made.
    Let(Var<'a>, Expr<'a>),
    /// Bindings that refer to each other, in their original order.
    Letrec(Vec<Var<'a>>, Vec<Expr<'a>>),
}

/// Whether making the value does nothing and cannot fail, so that its place in the order does not matter.
fn is_inert(e: Expr) -> bool {
    matches!(e.kind, CoreKind::Lambda(_) | CoreKind::Constant(_) | CoreKind::Primitive(_))
}

/// The bindings as groups: strongly connected components of "refers to", with two more rules. What is not inert also
/// depends on everything not inert before it, so that effects keep their order. And what is not inert stays together with
/// every later binding that it can reach: it may read that too early, which must remain an error.
pub(super) fn split<'a>(vs: &[Var<'a>], inits: &[Expr<'a>]) -> Vec<Group<'a>> {
    let index: Map<u32, usize> = vs.iter().enumerate().map(|(i, v)| (v.id, i)).collect();
    let mut edges: Vec<Vec<usize>> = inits.iter().map(|init| references(init, &index)).collect();
    // An assigned variable is a cell that anybody may reach: its initialisation stays where it is.
    let busy: Vec<usize> = (0..vs.len()).filter(|&i| !is_inert(inits[i]) || vs[i].assigned.get()).collect();
    if busy.len().saturating_mul(edges.iter().map(|e| e.len() + 1).sum()) > WORK {
        return vec![Group::Letrec(vs.to_vec(), inits.to_vec())];
    }
    let too_early: Vec<(usize, usize)> = busy
        .iter()
        .flat_map(|&i| reachable(&edges, i).into_iter().filter(move |&j| j >= i).map(move |j| (j, i)))
        .collect();
    for (later, earlier) in too_early {
        edges[later].push(earlier);
    }
    for pair in busy.windows(2) {
        edges[pair[1]].push(pair[0]);
    }
    components(&edges)
        .into_iter()
        .map(|mut component| {
            component.sort_unstable();
            match component[..] {
                [i] if !edges[i].contains(&i) => Group::Let(vs[i], inits[i]),
                _ => Group::Letrec(
                    component.iter().map(|&i| vs[i]).collect(),
                    component.iter().map(|&i| inits[i]).collect(),
                ),
            }
        })
        .collect()
}

/// Steps that the search for what is read too early may take; a body beyond that stays one group.
const WORK: usize = 20_000_000;

/// What node `from` can reach.
fn reachable(edges: &[Vec<usize>], from: usize) -> Vec<usize> {
    let mut seen = vec![false; edges.len()];
    let (mut found, mut pending) = (Vec::new(), vec![from]);
    while let Some(v) = pending.pop() {
        for &w in &edges[v] {
            if !std::mem::replace(&mut seen[w], true) {
                found.push(w);
                pending.push(w);
            }
        }
    }
    found
}

/// Which of the variables an expression mentions.
fn references(e: Expr, index: &Map<u32, usize>) -> Vec<usize> {
    let mut seen = Set::default();
    let mut pending = vec![e];
    while let Some(e) = pending.pop() {
        if let CoreKind::Local(v) | CoreKind::SetLocal(v, _) = e.kind
            && let Some(&i) = index.get(&v.id)
        {
            seen.insert(i);
        }
        each_child(e, &mut |c| pending.push(c));
    }
    let mut found: Vec<usize> = seen.into_iter().collect();
    found.sort_unstable();
    found
}

/// Strongly connected components, each after those it depends on. Tarjan's algorithm with a stack of its own.
fn components(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let n = edges.len();
    let (mut number, mut low, mut on_stack) = (vec![NEW; n], vec![0; n], vec![false; n]);
    let (mut stack, mut out, mut next) = (Vec::new(), Vec::new(), 0);
    for root in 0..n {
        if number[root] != NEW {
            continue;
        }
        // Node and how many of its edges have been followed.
        let mut path = vec![(root, 0)];
        while let Some(&mut (v, ref mut followed)) = path.last_mut() {
            if *followed == 0 {
                (number[v], low[v]) = (next, next);
                next += 1;
                stack.push(v);
                on_stack[v] = true;
            }
            if let Some(&w) = edges[v].get(*followed) {
                *followed += 1;
                if number[w] == NEW {
                    path.push((w, 0));
                } else if on_stack[w] {
                    low[v] = low[v].min(number[w]);
                }
                continue;
            }
            path.pop();
            if let Some(&(parent, _)) = path.last() {
                low[parent] = low[parent].min(low[v]);
            }
            if low[v] == number[v] {
                let at = stack.iter().rposition(|&w| w == v).unwrap_or(0);
                let component = stack.split_off(at);
                component.iter().for_each(|&w| on_stack[w] = false);
                out.push(component);
            }
        }
    }
    out
}
