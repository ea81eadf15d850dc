//! One tree laid over another.

use super::tree::{Part, Tree};

impl Tree {
    /// Lays `over` on it: maps are merged key by key, everything else is replaced, and null takes a key away.
    pub(super) fn overlay(&mut self, over: Tree) {
        let over = match (&mut self.part, over) {
            (Part::Map(base), Tree { part: Part::Map(over), .. }) => {
                for (key, it) in over {
                    if it.is_null() {
                        base.shift_remove(&key);
                    } else if let Some(below) = base.get_mut(&key) {
                        below.overlay(it);
                    } else {
                        base.insert(key, it.without_nulls());
                    }
                }
                return;
            }
            (_, over) => over,
        };
        *self = over.without_nulls();
    }

    /// The same without the keys that it would take away, for there is nothing below to take them from.
    fn without_nulls(mut self) -> Self {
        self.drop_nulls();
        self
    }

    /// Removes what is null from maps.
    pub(super) fn drop_nulls(&mut self) {
        if let Some(items) = self.map_mut() {
            items.retain(|_, it| !it.is_null());
            items.values_mut().for_each(Self::drop_nulls);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;

    fn overlaid(base: &str, over: &str) -> String {
        let mut tree = parse(base).unwrap().0;
        tree.overlay(parse(over).unwrap().0);
        format!("{tree}")
    }

    #[test]
    fn maps_merge_lists_are_replaced_null_removes() {
        assert_eq!(overlaid("a: {b: 1, c: [1, 2]}\nd: 1", "a: {c: [3], e: 4}"), r#"{"a":{"b":1,"c":[3],"e":4},"d":1}"#);
        assert_eq!(overlaid("a: {b: 1}\nd: 1", "a: null\nx: {y: null, z: 1}"), r#"{"d":1,"x":{"z":1}}"#);
        assert_eq!(overlaid("a: {b: 1}", "a: text"), r#"{"a":"text"}"#);
        assert_eq!(overlaid("a: text", "a: {b: {c: ~}}"), r#"{"a":{"b":{}}}"#);
    }
}
