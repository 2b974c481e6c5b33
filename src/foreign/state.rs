//! What a machine keeps of foreign functions.

use super::signature::CType;
use crate::c_calls::{Function, Signature};
use crate::eval::Limit;
use crate::heap::{External, Tracer, Value};
use hashbrown::{HashMap, HashSet};
use std::sync::Arc;

/// Why a callback has no value.
#[derive(Copy, Clone)]
pub enum Failure {
    Raised(Value),
    Limit(Limit),
    /// The program wants to end, with this status.
    Exit(Value),
}

/// What a maker makes.
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
pub enum Product {
    Callout,
    CalloutWithErrno,
    Callback,
}

type Key = (CType, Vec<CType>);

/// An extension of the machine. C functions that are its procedures do nothing any more when it is dropped.
#[derive(Default)]
pub struct Foreign {
    signatures: HashMap<Key, Arc<Signature>, foldhash::fast::FixedState>,
    makers: HashMap<(Product, Key), Value, foldhash::fast::FixedState>,
    /// By the addresses of their code.
    pub callbacks: HashMap<usize, Function, foldhash::fast::FixedState>,
    /// Handles of open shared objects, each with how often it was opened.
    pub objects: HashMap<usize, usize, foldhash::fast::FixedState>,
    /// Addresses where there is code, for good: nothing is unloaded.
    pub code: HashSet<usize, foldhash::fast::FixedState>,
    /// What the program calls the functions that it has looked up, by address.
    pub names: HashMap<usize, String, foldhash::fast::FixedState>,
    /// What the last call of the dynamic linker has to complain about.
    pub complaint: Option<String>,
    /// The foreign call that runs does no more callbacks: it is to fail with this.
    pub failure: Option<Failure>,
    /// `errno` after the last foreign call.
    pub errno: i32,
}

impl Foreign {
    /// The signature, which is one object for equal types.
    pub fn signature(&mut self, result: CType, arguments: Vec<CType>) -> Arc<Signature> {
        let fresh = |key: &Key| Arc::new(Signature::new(key.0, key.1.clone()));
        self.signatures.entry((result, arguments)).or_insert_with_key(fresh).clone()
    }

    /// The maker that was made for a signature before.
    pub fn maker(&self, product: Product, signature: &Signature) -> Option<Value> {
        self.makers.get(&(product, (signature.result, signature.arguments.clone()))).copied()
    }

    pub fn keep_maker(&mut self, product: Product, signature: &Signature, maker: Value) {
        self.makers.insert((product, (signature.result, signature.arguments.clone())), maker);
    }
}

impl External for Foreign {
    fn trace(&self, tracer: &mut Tracer) {
        self.makers.values().for_each(|&maker| tracer.value(maker));
        if let Some(Failure::Raised(v) | Failure::Exit(v)) = self.failure {
            tracer.value(v)
        }
    }

    fn type_name(&self) -> &'static str {
        "foreign-functions"
    }
}
