//! What a machine keeps of foreign functions.

use crate::account::{Account, Claim, HeapFull};
use crate::c_calls::{Function, Signature};
use crate::eval::Limit;
use crate::heap::{External, Tracer, Value};
use crate::memory::CType;
use hashbrown::{HashMap, HashSet};
use std::sync::Arc;

/// Why a callback has no value.
#[derive(Copy, Clone)]
pub enum CallbackFailure {
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
    callbacks: HashMap<usize, (Function, Claim), foldhash::fast::FixedState>,
    /// Handles of open shared objects, each with how often it was opened.
    pub objects: HashMap<usize, usize, foldhash::fast::FixedState>,
    /// Addresses where there is code, for good: nothing is unloaded.
    code: HashSet<usize, foldhash::fast::FixedState>,
    /// What all this takes, but for the callbacks.
    claim: Option<Claim>,
    /// What the program calls the functions that it has looked up, by address.
    pub names: HashMap<usize, String, foldhash::fast::FixedState>,
    /// What the last call of the dynamic linker has to complain about.
    pub complaint: Option<String>,
    /// The foreign call that runs does no more callbacks: it is to fail with this.
    pub failure: Option<CallbackFailure>,
    /// `errno` after the last foreign call.
    pub errno: i32,
}

impl Foreign {
    /// Takes memory that is kept as long as the machine.
    ///
    /// # Errors
    /// The limit has no room for it.
    pub fn pay(&mut self, account: &Account, bytes: usize) -> Result<(), HeapFull> {
        self.claim.get_or_insert_with(|| Claim::new(account)).take(bytes)
    }

    /// The signature, which is one object for equal types.
    ///
    /// # Errors
    /// The limit has no room for a new one.
    pub fn signature(
        &mut self,
        account: &Account,
        result: CType,
        arguments: Vec<CType>,
    ) -> Result<Arc<Signature>, HeapFull> {
        /// The object, libffi's description, places in tables with their keys, makers.
        const COST: usize = 2048;
        /// An argument in each of them.
        const ARGUMENT: usize = 32;
        let key = (result, arguments);
        if let Some(signature) = self.signatures.get(&key) {
            return Ok(signature.clone());
        }
        self.pay(account, COST + ARGUMENT * key.1.len())?;
        let signature = Arc::new(Signature::new(key.0, key.1.clone()));
        self.signatures.insert(key, signature.clone());
        Ok(signature)
    }

    /// Whether there is code at an address, as was found out before.
    pub fn is_known_code(&self, address: usize) -> bool {
        self.code.contains(&address)
    }

    /// Remembers that there is.
    ///
    /// # Errors
    /// The limit has no room for it.
    pub fn remember_code(&mut self, account: &Account, address: usize) -> Result<(), HeapFull> {
        self.claim.get_or_insert_with(|| Claim::new(account)).grow(&mut self.code, 1)?;
        self.code.insert(address);
        Ok(())
    }

    /// Keeps a C function that is a procedure, and what it takes.
    pub fn keep_callback(&mut self, function: Function, claim: Claim) {
        self.callbacks.insert(function.code(), (function, claim));
    }

    /// Ends the one at that address, if there is one.
    pub fn end_callback(&mut self, address: usize) -> bool {
        self.callbacks.remove(&address).is_some()
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
        if let Some(CallbackFailure::Raised(v) | CallbackFailure::Exit(v)) = self.failure {
            tracer.value(v)
        }
    }

    fn type_name(&self) -> &'static str {
        "foreign-functions"
    }
}
