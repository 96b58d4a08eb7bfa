use crate::exports::techbytes::toolbox::bags::{Bag, BagBorrow, Guest, GuestBag};
use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

static ALIVE: AtomicU32 = AtomicU32::new(0);

pub struct Words(RefCell<Vec<String>>);

impl Words {
    fn of(words: Vec<String>) -> Self {
        ALIVE.fetch_add(1, Relaxed);
        Words(RefCell::new(words))
    }
}

impl Drop for Words {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Relaxed);
    }
}

fn bag(words: Vec<String>) -> Bag {
    Bag::new(Words::of(words))
}

fn len(b: &Words) -> usize {
    b.0.borrow().len()
}

impl GuestBag for Words {
    fn new(words: Vec<String>) -> Self {
        Words::of(words)
    }

    fn parse(text: String) -> Result<Bag, String> {
        let words: Vec<String> = text.split_whitespace().map(String::from).collect();
        if words.is_empty() { Err("no words".into()) } else { Ok(bag(words)) }
    }

    fn merge(a: BagBorrow<'_>, b: BagBorrow<'_>) -> Bag {
        let mut words = a.get::<Words>().words();
        words.extend(b.get::<Words>().words());
        bag(words)
    }

    fn add(&self, word: String) -> u32 {
        self.0.borrow_mut().push(word);
        len(self) as u32
    }

    fn take(&self) -> Option<String> {
        self.0.borrow_mut().pop()
    }

    fn words(&self) -> Vec<String> {
        self.0.borrow().clone()
    }

    fn split(&self, at: u32) -> Bag {
        let at = len(self).min(at as usize);
        bag(self.0.borrow_mut().split_off(at))
    }

    fn equals(&self, other: BagBorrow<'_>) -> bool {
        *self.0.borrow() == *other.get::<Words>().0.borrow()
    }
}

impl Guest for crate::Toolbox {
    type Bag = Words;

    fn swallow(b: Bag) -> Vec<String> {
        b.get::<Words>().0.take()
    }

    fn total(bags: Vec<BagBorrow<'_>>) -> u32 {
        bags.iter().map(|b| len(b.get()) as u32).sum()
    }

    fn larger(a: Bag, b: Bag) -> Bag {
        if len(b.get()) > len(a.get()) { b } else { a }
    }

    fn several(count: u32) -> Vec<Bag> {
        (1..=count).map(|n| bag(vec![n.to_string()])).collect()
    }

    fn maybe(wanted: bool) -> Option<Bag> {
        wanted.then(|| bag(Vec::new()))
    }

    fn alive() -> u32 {
        ALIVE.load(Relaxed)
    }
}
