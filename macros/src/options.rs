//! What `#[primitive(…)]` says of one function.

use syn::{Attribute, Expr, LitStr, Path};

/// All may be missing.
#[derive(Default)]
pub struct Options {
    pub name: Option<LitStr>,
    pub pure: bool,
    pub control: bool,
    pub effect_free: bool,
    pub fast: Option<Expr>,
    pub capability: Option<Path>,
}

impl Options {
    /// Takes the attribute away from those of the function, since nobody else knows it.
    pub fn take(attributes: &mut Vec<Attribute>) -> syn::Result<Options> {
        let mut options = Options::default();
        let Some(at) = attributes.iter().position(|a| a.path().is_ident("primitive")) else { return Ok(options) };
        let attribute = attributes.remove(at);
        attribute.parse_nested_meta(|meta| {
            let is = |name| meta.path.is_ident(name);
            if is("name") {
                options.name = Some(meta.value()?.parse()?);
            } else if is("pure") {
                options.pure = true;
            } else if is("control") {
                options.control = true;
            } else if is("effect_free") {
                options.effect_free = true;
            } else if is("fast") {
                options.fast = Some(meta.value()?.parse()?);
            } else if is("capability") {
                options.capability = Some(meta.value()?.parse()?);
            } else {
                return Err(meta.error(
                    "a primitive has a name, is pure, effect_free or control, has a fast way, needs a capability",
                ));
            }
            Ok(())
        })?;
        Ok(options)
    }
}
