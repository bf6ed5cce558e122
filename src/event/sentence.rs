//! The message of a line, from the sentence of its event and its fields.

/// Fills in the fields: `{field}` stands for a field; `[…]` is left out where a field in it is not shown. Outside of
/// brackets a field that is not shown is `?`.
pub(super) fn render(sentence: &str, fields: &[(&str, Option<String>)]) -> String {
    let mut text = String::with_capacity(sentence.len() + 64);
    let mut rest = sentence;
    while let Some(open) = rest.find('[') {
        let (before, after) = rest.split_at(open);
        text.push_str(&filled(before, fields).unwrap_or_else(|partly| partly));
        let (within, after) = after[1..].split_once(']').unwrap_or((&after[1..], ""));
        text.push_str(&filled(within, fields).unwrap_or_default());
        rest = after;
    }
    text.push_str(&filled(rest, fields).unwrap_or_else(|partly| partly));
    text
}

/// The text with its fields; an error, with `?` in their places, if one is not shown.
fn filled(text: &str, fields: &[(&str, Option<String>)]) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len() + 64);
    let mut complete = true;
    let mut pieces = text.split('{');
    filled.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (name, after) = piece.split_once('}').unwrap_or((piece, ""));
        let value = fields.iter().find(|(known, _)| *known == name).and_then(|(_, value)| value.as_deref());
        complete &= value.is_some();
        filled.push_str(value.unwrap_or("?"));
        filled.push_str(after);
    }
    if complete { Ok(filled) } else { Err(filled) }
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn a_sentence_shows_what_may_be_shown() {
        let fields = [("side", Some("Jostle".to_owned())), ("user_name", None), ("count", Some("3".to_owned()))];
        let render = |sentence| render(sentence, &fields);
        assert_eq!(render("{side} answers again"), "Jostle answers again");
        assert_eq!(render("{count} of {side}[: {user_name}]"), "3 of Jostle");
        assert_eq!(render("{count} of {side}[: {count}] [{user_name}]done"), "3 of Jostle: 3 done");
        assert_eq!(render("{user_name} is held"), "? is held");
        assert_eq!(render("no field"), "no field");
    }
}
