//! Splitting `letrec*`: bindings that do not depend on each other become `let`s and smaller groups. Part of `simplify`.
//! After Ghuloum and Dybvig, "Fixing letrec (reloaded)" (2009).

use super::Map;
use crate::syntax::core::{Core, CoreKind, Expr, Var, each_child};

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
///
/// `edges` says for each initialiser which of the variables it mentions.
pub(super) fn split<'a>(vs: &[Var<'a>], inits: &[Expr<'a>], mut edges: Vec<Vec<usize>>) -> Vec<Group<'a>> {
    if edges.len() != vs.len() {
        return vec![Group::Letrec(vs.to_vec(), inits.to_vec())];
    }
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

/// Tasks that the search for what is read too early may take; a body beyond that stays one group.
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

/// For every `letrec*` of a unit, by its address, which of its variables each initialiser mentions.
pub(super) type References<'a> = Map<*const Core<'a>, Vec<Vec<usize>>>;

/// Walks a unit once, in time that does not depend on how its forms are nested.
pub(super) fn references<'a>(root: Expr<'a>) -> References<'a> {
    enum Task<'a> {
        Visit(Expr<'a>),
        /// The initialiser with that number, of the `letrec*` with that one, begins; `None` ends it.
        Enter(usize, Option<usize>),
    }
    struct Known<'a> {
        form: Expr<'a>,
        edges: Vec<Vec<usize>>,
        /// The initialiser that is being visited.
        inside: Option<usize>,
    }
    let mut letrecs: Vec<Known<'a>> = Vec::new();
    // Which `letrec*` binds a variable, and as which of its variables.
    let mut binders: Map<u32, (usize, usize)> = Map::default();
    let mut pending = vec![Task::Visit(root)];
    while let Some(step) = pending.pop() {
        let e = match step {
            Task::Visit(e) => e,
            Task::Enter(letrec, inside) => {
                letrecs[letrec].inside = inside;
                continue;
            }
        };
        match e.kind {
            CoreKind::Letrec(vs, inits, body) => {
                let letrec = letrecs.len();
                binders.extend(vs.iter().enumerate().map(|(i, v)| (v.id, (letrec, i))));
                letrecs.push(Known { form: e, edges: vec![Vec::new(); inits.len()], inside: None });
                pending.extend([Task::Visit(body), Task::Enter(letrec, None)]);
                for (i, &init) in inits.iter().enumerate() {
                    pending.extend([Task::Visit(init), Task::Enter(letrec, Some(i))]);
                }
                continue;
            }
            CoreKind::Local(v) | CoreKind::SetLocal(v, _) => {
                if let Some(&(letrec, i)) = binders.get(&v.id)
                    && let Some(from) = letrecs[letrec].inside
                {
                    letrecs[letrec].edges[from].push(i);
                }
            }
            _ => {}
        }
        each_child(e, &mut |c| pending.push(Task::Visit(c)));
    }
    let finish = |known: Known<'a>| {
        let mut edges = known.edges;
        for all in &mut edges {
            all.sort_unstable();
            all.dedup();
        }
        (known.form as *const Core<'a>, edges)
    };
    letrecs.into_iter().map(finish).collect()
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
