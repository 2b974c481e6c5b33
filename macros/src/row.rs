//! From a function to its row: `eval::Primitive`, with the conversion and the check of the arguments.

use crate::name::scheme_name;
use crate::options::Options;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Error, Expr, FnArg, Ident, ItemFn, LitStr, Meta, Pat, PatType, Type};

/// What a parameter of the function gets.
enum Parameter {
    Machine,
    Who,
    Argument(Ident, Box<Type>),
}

/// The row of a function, from which the attributes that only this crate knows are taken away.
pub fn row(function: &mut ItemFn, prefix: &str) -> syn::Result<TokenStream> {
    let options = Options::take(&mut function.attrs)?;
    let ident = &function.sig.ident;
    let name = options.name.clone().unwrap_or_else(|| {
        let scheme = scheme_name(&ident.to_string());
        LitStr::new(&format!("{prefix}{scheme}"), ident.span())
    });
    // What programs call it, where another has its name.
    let shown = match name.value().contains(':') {
        true => quote!(const { crate::syntax::program_name(#name) }),
        false => quote!(#name),
    };
    let text = text(&function.attrs);
    if text.is_empty() {
        return Err(Error::new(ident.span(), "a primitive's documentation begins with its call: `(name argument)`"));
    }
    if !function.sig.generics.params.is_empty() {
        return Err(Error::new(function.sig.generics.span(), "a primitive has no parameters of type"));
    }
    let parameters = function.sig.inputs.iter().map(parameter).collect::<syn::Result<Vec<_>>>()?;
    let conditions = function.attrs.iter().filter(|a| a.path().is_ident("cfg"));

    // Names that the module's own cannot meet.
    let local = |name: &str| Ident::new(name, Span::mixed_site());
    let (machine, args, at) = (local("machine"), local("args"), local("at"));
    let (mut values, mut takes, mut described, mut types) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for parameter in &parameters {
        match parameter {
            Parameter::Machine => values.push(quote!(#machine)),
            Parameter::Who => values.push(quote!(#shown)),
            Parameter::Argument(pattern, t) => {
                let value = local(&format!("argument{}", takes.len()));
                let called = pattern.to_string();
                takes.push(quote_spanned! { t.span() =>
                    let #value = match <#t as crate::eval::Argument>::take(#args, &mut #at) {
                        Ok(value) => value,
                        Err(bad) => {
                            return Err(#machine.wrong_argument(#shown, #called, #at, bad.expected, bad.value));
                        }
                    };
                });
                described.push(quote!((#called, <#t as crate::eval::Argument>::WHAT)));
                types.push(t);
                values.push(quote!(#value));
            }
        }
    }
    let count = (!takes.is_empty()).then(|| quote!(let mut #at = 0usize;));
    let capability = options.capability.map(|c| quote!(#machine.require(crate::eval::Capability::#c, #shown)?;));
    let pure = options.pure.then(|| quote!(.pure()));
    let effect_free = options.effect_free.then(|| quote!(.effect_free()));
    let control = options.control.then(|| quote!(.control()));
    let fast = match options.fast {
        Some(fast) => quote!(Some(#fast)),
        None => quote!(None),
    };
    Ok(quote! {
        #(#conditions)*
        crate::eval::Primitive {
            name: #shown,
            internal_name: #name,
            // Profiles and backtraces show the name.
            run: {
                #[allow(unused_variables)]
                fn #ident(#machine: &mut crate::eval::Machine, #args: &[crate::heap::Value]) -> crate::eval::Res {
                    #count
                    #capability
                    #(#takes)*
                    self::#ident(#(#values),*)
                }
                #ident
            },
            min: 0 #(+ <#types as crate::eval::Argument>::MIN)*,
            max: 0usize #(.saturating_add(<#types as crate::eval::Argument>::MAX))*,
            parameters: &[#(#described),*],
            doc: concat!(#(#text, "\n"),*),
            flags: crate::eval::Flags::NONE #pure #effect_free #control,
            fast: #fast,
        }
    })
}

/// The lines of the documentation, as they are written: literals, or what makes one.
fn text(attributes: &[Attribute]) -> Vec<&Expr> {
    let line = |a: &'_ Attribute| a.path().is_ident("doc");
    let docs = attributes.iter().filter(|a| line(a));
    docs.filter_map(|a| if let Meta::NameValue(doc) = &a.meta { Some(&doc.value) } else { None }).collect()
}

fn parameter(input: &FnArg) -> syn::Result<Parameter> {
    let FnArg::Typed(PatType { pat, ty, .. }) = input else {
        return Err(Error::new(input.span(), "a primitive is a function, not a method"));
    };
    if matches!(&**ty, Type::Reference(reference) if is_named(&reference.elem, "Machine")) {
        return Ok(Parameter::Machine);
    }
    if is_named(ty, "Who") {
        return Ok(Parameter::Who);
    }
    match &**pat {
        Pat::Ident(name) => Ok(Parameter::Argument(name.ident.clone(), ty.clone())),
        other => Err(Error::new(other.span(), "a primitive's parameter has a name, which messages tell")),
    }
}

/// Whether a type is written with that name last.
fn is_named(t: &Type, name: &str) -> bool {
    match t {
        Type::Path(path) => path.path.segments.last().is_some_and(|s| s.ident == name),
        Type::Group(group) => is_named(&group.elem, name),
        _ => false,
    }
}
