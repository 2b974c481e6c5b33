//! The attribute `#[primitives]`: a module of plain functions becomes a table of Scheme procedures.
//!
//! Only Vicar's own sources use it. What it writes refers to `crate::eval` and `crate::heap`, so it works in the library and
//! in the build script, which is made of the same modules.

mod name;
mod options;
mod row;

use proc_macro::TokenStream;
use quote::quote;
use syn::parse::Parser;
use syn::{Error, Item, ItemMod, parse_macro_input};

/// Makes each function of a module a primitive, and of all of them the table `TABLE` of that module:
///
/// ```ignore
/// #[primitives]
/// mod primitives {
///     use super::*;
///
///     /// `(car pair)`: the first half of a pair.
///     #[primitive(pure)]
///     fn car(pair: Pair) -> Res {
///         Ok(pair.car())
///     }
///
///     /// `(make-vector k)`, `(make-vector k fill)`: a vector of `k` elements.
///     fn make_vector(m: &mut Machine, who: Who, k: usize, fill: Option<Value>) -> Res { … }
/// }
/// ```
///
/// The first parameter may be the machine. One of type `Who` is the procedure's own name, for conditions. Each other one is
/// an argument, whose type says how many it takes and what it must be (`eval::Argument`): a procedure that is called with
/// something else raises before its function runs. The documentation is the procedure's text; there is none without.
///
/// The Scheme name is the function's: `string_to_number` is `string->number`, `is_list` is `list?`. In a module that is
/// `#[primitives(internal)]` all names begin with `%`: only the prelude uses them. What else is to be said of a procedure
/// is said by `#[primitive(…)]`:
///
/// - `name = "set-car!"`: a name that no identifier of Rust makes. `"%posix:read"` where another procedure is called `read`:
///   so the internal library exports it, and programs see `read`.
/// - `pure`: the same arguments give the same answer, and nothing else happens but an error.
/// - `effect_free`: it changes nothing, but answers something new or what depends on the contents of objects.
/// - `control`: it may answer with a call to be made, or looks at the machine's stack.
/// - `fast = Fast::Two(f)`: what a call in the usual number of arguments tries first.
/// - `capability = Filesystem`: what a machine must have been given, looked at before the arguments.
#[proc_macro_attribute]
pub fn primitives(options: TokenStream, module: TokenStream) -> TokenStream {
    let mut internal = false;
    let parser = syn::meta::parser(|meta| {
        if meta.path.is_ident("internal") {
            internal = true;
            return Ok(());
        }
        Err(meta.error("a module of primitives is `internal` or has no option"))
    });
    if let Err(e) = parser.parse(options) {
        return e.into_compile_error().into();
    }
    let module = parse_macro_input!(module as ItemMod);
    expand(module, if internal { "%" } else { "" }).unwrap_or_else(Error::into_compile_error).into()
}

fn expand(module: ItemMod, prefix: &str) -> syn::Result<proc_macro2::TokenStream> {
    let ItemMod { attrs, vis, ident, content, .. } = module;
    let Some((_, items)) = content else {
        return Err(Error::new(ident.span(), "a module of primitives has its functions between braces here"));
    };
    let mut rows = Vec::new();
    let mut kept = Vec::new();
    for item in items {
        match item {
            Item::Fn(mut function) => {
                rows.push(row::row(&mut function, prefix)?);
                kept.push(Item::Fn(function));
            }
            other => kept.push(other),
        }
    }
    Ok(quote! {
        #(#attrs)*
        // A procedure has as many parameters as its report gives it.
        #[allow(clippy::too_many_arguments)]
        #vis mod #ident {
            #(#kept)*

            /// The procedures of this module, in the order of their functions.
            pub static TABLE: &[crate::eval::Primitive] = &[#(#rows),*];
        }
    })
}
