//! Managers whom the users feed did not name.
//!
//! The feed leaves out the manager of some people who have one (reference `graph.md` §1.8). Whoever came without one is
//! asked for alone, once after each baseline, before anybody is planned: else a manager would be taken away who is there.

use futures::{StreamExt, TryStreamExt, stream};

use super::{CycleError, Planner};
use crate::connector::SourceReader;

/// Answers stored at once; what was stored is not asked for again after a stop.
const BATCH: usize = 200;

/// Asked for at once; the HTTP client has its own, smaller limit.
const LOOK_UPS: usize = 64;

impl<S: SourceReader, R> Planner<S, R> {
    /// Asks for the manager of everybody of whom none is known.
    pub(super) async fn settle_managers(&self) -> Result<(), CycleError> {
        if !self.source.reads_managers() {
            return Ok(());
        }
        loop {
            let people = self.store.without_manager(BATCH).await?;
            if people.is_empty() {
                return Ok(());
            }
            self.go_on()?;
            self.settings.progress.advance(people.len() as u64);
            let answers = stream::iter(people)
                .map(|id| async move { Ok::<_, CycleError>((self.source.manager(&id).await?, id)) })
                .buffer_unordered(LOOK_UPS)
                .map_ok(|(manager, id)| (id, manager));
            self.store.settle_managers(answers.try_collect().await?, (self.settings.clock)()).await?;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests may")]
    use super::super::fake::World;
    use super::*;
    use crate::connector::ErrorKind;
    use crate::model::EntraId;
    use crate::scope::Reach;

    async fn manager(world: &World, id: &str) -> Option<EntraId> {
        let record = world.planner.store.person(&EntraId::new(id)).await.unwrap().unwrap();
        record.manager.map(|manager| manager.id)
    }

    #[tokio::test]
    async fn whoever_came_without_a_manager_is_asked_for_once() {
        let world = World::new(Reach::default(), &["ann", "bob", "cem"]).await;
        world.tenant.state().managers.insert(EntraId::new("ann"), EntraId::new("bob"));
        world.planner.settle_managers().await.unwrap();
        let mut asked = world.tenant.asked();
        asked.sort();
        assert_eq!(asked, ["manager ann", "manager bob", "manager cem"]);
        assert_eq!(manager(&world, "ann").await, Some(EntraId::new("bob")));
        assert_eq!(world.clean().await, ["ann"]);
        world.planner.settle_managers().await.unwrap();
        assert_eq!(world.tenant.asked(), [""; 0]);
    }

    /// Else the manager would be taken away from whoever was not asked for.
    #[tokio::test]
    async fn an_error_ends_the_cycle_and_the_next_one_asks_again() {
        let world = World::new(Reach::default(), &["ann", "bob"]).await;
        world.tenant.state().managers.insert(EntraId::new("ann"), EntraId::new("bob"));
        world.tenant.state().fault = Some((1, ErrorKind::Unavailable));
        assert!(matches!(world.planner.settle_managers().await, Err(CycleError::Side(_))));
        world.planner.settle_managers().await.unwrap();
        assert_eq!(manager(&world, "ann").await, Some(EntraId::new("bob")));
    }

    #[tokio::test]
    async fn a_stop_asks_nobody() {
        let world = World::new(Reach::default(), &["ann"]).await;
        world.planner.settings.shutdown.cancel();
        assert!(matches!(world.planner.settle_managers().await, Err(CycleError::Stopped)));
        assert_eq!(world.tenant.asked(), [""; 0]);
    }
}
