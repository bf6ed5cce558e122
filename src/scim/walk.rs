//! The walk through the list of all accounts (RFC 7644 §3.4.2.4), safe against servers that cannot page: one public
//! server gives its first page again whatever `startIndex` says.

use std::collections::HashSet;

use serde_json::Value;

use super::resource::{self, List};
use crate::model::{Account, TargetId, fold};

/// Pages that are read of a list, however short it says that it is: 100,000 accounts on the smallest pages that are known.
const MOST_PAGES: usize = 5000;

/// How far a walk has come. Knows nothing of requests.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Only the accounts whose `userName`, folded, is this one; none: all of them.
    wanted: Option<String>,
    is_found: bool,
    ids: HashSet<TargetId>,
    received: usize,
    rounds: usize,
    /// Resources on the first page: what a page is to this server, whatever was asked for.
    page: usize,
    repeats: bool,
}

impl Walk {
    /// Looks for the accounts whose `userName`, folded, is this one.
    pub(super) fn to(user_name: &str) -> Self {
        Self { wanted: Some(fold(user_name)), ..Self::default() }
    }

    /// Where the next page starts, counted from 1.
    pub(super) fn start_index(&self) -> usize {
        self.received + 1
    }

    /// Takes a page in, and hands on what is looked for, each account once; true when the list is at its end. The total
    /// ends no walk, since some servers count the page only: a page without news does. The error says why nothing can be
    /// concluded from the list.
    pub(super) fn take(&mut self, list: List, found: &mut impl FnMut(Account)) -> Result<bool, &'static str> {
        let total = list.total.ok_or("the list does not say how long it is")?;
        let (known, before, received) = (self.ids.len(), self.received, list.resources.len());
        if received == 0 {
            return self.end(total);
        }
        if self.rounds == 0 {
            self.page = received;
        }
        self.rounds += 1;
        self.received += received;
        if self.rounds > MOST_PAGES.max(total.div_ceil(self.page) + 2) {
            return Err("the list has more pages than its length allows");
        }
        let repeats = self.take_accounts(list.resources, found);
        if self.ids.len() > known {
            self.repeats |= repeats;
            return Ok(false);
        }
        if before < total {
            return Err("a page of the list shows only accounts of earlier pages: the server cannot page");
        }
        self.end(total)
    }

    /// True if one of the accounts was there before.
    fn take_accounts(&mut self, resources: Vec<Value>, found: &mut impl FnMut(Account)) -> bool {
        let mut repeats = false;
        for account in resources.into_iter().filter_map(resource::account) {
            if !self.ids.insert(account.id.clone()) {
                repeats = true;
            } else if self.wanted.as_ref().is_none_or(|wanted| fold(&account.user_name) == *wanted) {
                self.is_found |= self.wanted.is_some();
                found(account);
            }
        }
        repeats
    }

    fn end(&self, total: usize) -> Result<bool, &'static str> {
        if self.repeats && !self.is_found && self.ids.len() < total {
            return Err("the list moved while it was read, so that an account may have been passed over");
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use serde_json::json;

    use super::*;

    fn page(total: usize, ids: &[usize]) -> List {
        let resource = |id: &usize| json!({"id": id.to_string(), "userName": format!("U{id}@c.example")});
        List { total: Some(total), resources: ids.iter().map(resource).collect::<Vec<Value>>() }
    }

    /// Walks through pages; the outcome, and where each page was asked to start.
    fn walk(pages: Vec<List>) -> (Result<Vec<String>, &'static str>, Vec<usize>) {
        walk_to(Walk::to("u5@C.example"), pages)
    }

    fn walk_to(mut walk: Walk, pages: Vec<List>) -> (Result<Vec<String>, &'static str>, Vec<usize>) {
        let (mut starts, mut ids) = (Vec::new(), Vec::new());
        for page in pages {
            starts.push(walk.start_index());
            match walk.take(page, &mut |account| ids.push(account.id.to_string())) {
                Ok(false) => {}
                Ok(true) => return (Ok(ids), starts),
                Err(reason) => return (Err(reason), starts),
            }
        }
        (Err("asks for more"), starts)
    }

    #[test]
    fn a_walk_goes_on_by_what_was_received_until_nothing_new_comes_after_the_total() {
        for last in [&[][..], &[1, 2, 3]] {
            let (found, starts) = walk(vec![page(6, &[1, 2, 3]), page(6, &[4, 5]), page(6, &[6]), page(6, last)]);
            assert_eq!((found, starts), (Ok(vec!["5".to_owned()]), vec![1, 4, 6, 7]));
        }
    }

    #[test]
    fn a_total_that_counts_one_page_only_ends_no_walk() {
        let (found, starts) = walk(vec![page(2, &[1, 2]), page(2, &[3, 4]), page(1, &[5]), page(0, &[])]);
        assert_eq!((found, starts), (Ok(vec!["5".to_owned()]), vec![1, 3, 5, 6]));
    }

    #[test]
    fn an_empty_page_is_the_end_whatever_the_total() {
        let (found, starts) = walk(vec![page(99, &[1, 2]), page(99, &[])]);
        assert_eq!((found, starts), (Ok(vec![]), vec![1, 3]));
        assert_eq!(walk(vec![page(0, &[])]).0, Ok(vec![]));
    }

    #[test]
    fn a_page_without_news_is_an_error_even_if_the_name_was_seen() {
        let (found, starts) = walk(vec![page(56, &[4, 5]), page(56, &[4, 5])]);
        assert!(found.unwrap_err().contains("cannot page"));
        assert_eq!(starts, [1, 3]);
    }

    #[test]
    fn overlapping_pages_count_an_account_once_and_prove_no_absence() {
        let end = || page(4, &[]);
        assert_eq!(walk(vec![page(4, &[4, 5]), page(4, &[5, 6]), end()]).0, Ok(vec!["5".to_owned()]));
        assert!(walk(vec![page(4, &[1, 2]), page(4, &[2, 3]), end()]).0.unwrap_err().contains("passed over"));
        assert_eq!(walk(vec![page(4, &[1, 2]), page(4, &[2, 3]), page(4, &[4]), end()]).0, Ok(vec![]), "all were seen");
    }

    #[test]
    fn a_walk_to_everybody_shows_each_account_once_and_misses_none() {
        let all = |pages| walk_to(Walk::default(), pages).0;
        let four = ["4", "5", "6", "7"].map(str::to_owned).to_vec();
        assert_eq!(all(vec![page(4, &[4, 5]), page(4, &[5, 6]), page(4, &[7]), page(4, &[])]), Ok(four));
        assert!(all(vec![page(4, &[4, 5]), page(4, &[5, 6]), page(4, &[])]).unwrap_err().contains("passed over"));
        assert!(all(vec![page(4, &[4, 5]), page(4, &[4, 5])]).unwrap_err().contains("cannot page"));
    }

    #[test]
    fn a_list_that_does_not_end_is_left() {
        let (found, starts) = walk((0..6000).map(|n| page(40, &[n + 10])).collect());
        assert!(found.unwrap_err().contains("more pages"));
        assert_eq!(starts.len(), 5001);
    }

    #[test]
    fn a_list_without_a_length_or_without_ids_is_no_list() {
        assert!(walk(vec![List { total: None, resources: vec![json!({"id": "1"})] }]).0.is_err());
        assert!(walk(vec![List { total: Some(1), resources: vec![json!({"userName": "u5@c.example"})] }]).0.is_err());
    }
}
