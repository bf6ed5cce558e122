//! Listening at the socket: one task a connection.

use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{UnixListener, UnixStream};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::Desk;
use super::address::{Address, socket_of};
use super::error::ControlError;
use super::protocol::{Answer, Ask, LONGEST_REQUEST, read, receive, send};
use crate::connector::{SourceReader, TargetWriter};
use crate::event::Name;
use crate::event::catalogue::{
    ControlAsked, ControlDied, ControlFailed, ControlFinished, ControlGivenUp, ControlLost, ControlNoted,
    ControlRefused, ControlUnanswered, ControlUnavailable,
};

/// Requests under way at once; whoever comes later is told so.
const MOST_AT_ONCE: usize = 64;

/// A caller that says nothing for so long says nothing more.
const SILENT_FOR: Duration = Duration::from_secs(2);

/// A caller that has not come to the end of its request by then does not; the longest one takes a second or two.
const READ_WITHIN: Duration = Duration::from_secs(20);

/// What is not finished by then is answered with what it waits for. Callers wait a little longer.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(4);

/// A caller that does not take its answer by then does without.
const WRITE_WITHIN: Duration = Duration::from_secs(2);

/// How long what was taken on may go on once the program is stopping. Requests under way end before that by themselves,
/// and the unit gives 30 seconds for everything.
const GIVE_UP_AFTER: Duration = Duration::from_secs(15);

/// After an error of the system, a lack of file handles for example.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

const ROOT: u32 = 0;

/// Does `work` and serves beside it; what was asked for is finished before this returns. Without a socket the work is
/// done all the same, and the log says why nothing can be asked.
///
/// The caller holds the lock of the state, so that a socket which is there was left by a process that is gone.
pub async fn serve_beside<S, W, T>(
    state: &Path,
    desk: Desk<S, W>,
    shutdown: &CancellationToken,
    work: impl Future<Output = T>,
) -> T
where
    S: SourceReader + 'static,
    W: TargetWriter + 'static,
{
    let closing = shutdown.child_token();
    let server = match Control::open(state) {
        Ok(control) => Some(tokio::spawn(control.serve(desk, closing.clone(), shutdown.clone()))),
        Err(error) => {
            ControlUnavailable { error: error.into() }.emit();
            None
        }
    };
    let output = work.await;
    closing.cancel();
    if let Some(server) = server {
        log_panic(server.await);
    }
    output
}

/// The socket, open; it is removed when this is dropped.
#[derive(Debug)]
struct Control {
    listener: UnixListener,
    path: PathBuf,
    /// The user whose daemon it is.
    owner: u32,
}

impl Control {
    fn open(state: &Path) -> Result<Self, ControlError> {
        let path = socket_of(state);
        match listen(&path) {
            Ok((listener, owner)) => Ok(Self { listener, path, owner }),
            Err(error) => Err(ControlError::NotServed { path, reason: error.to_string() }),
        }
    }

    /// Serves until `closing`, then finishes what it has taken on; once the program is stopping, for some seconds only.
    async fn serve<S, W>(self, desk: Desk<S, W>, closing: CancellationToken, shutdown: CancellationToken)
    where
        S: SourceReader + 'static,
        W: TargetWriter + 'static,
    {
        let desk = Arc::new(desk);
        let mut tasks = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                () = closing.cancelled() => break,
                Some(ended) = tasks.join_next() => log_panic(ended),
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        let caller = Caller { stream, since: Instant::now() };
                        let admitted = self.admit(&caller.stream, tasks.len());
                        tasks.spawn(caller.attend(Arc::clone(&desk), admitted));
                    }
                    Err(error) => {
                        ControlLost { error: error.into() }.emit();
                        sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
        drop(self);
        finish(tasks, &shutdown).await;
    }

    /// The number of the user who calls, or why nothing is done for them.
    fn admit(&self, stream: &UnixStream, under_way: usize) -> Result<u32, &'static str> {
        let user = stream.peer_cred().ok().map(|peer| peer.uid());
        let Some(user) = user.filter(|user| may_ask(*user, self.owner)) else {
            return Err("only the user of the daemon and root may ask it for anything");
        };
        match under_way >= MOST_AT_ONCE {
            true => Err("too many requests are under way already; try again later"),
            false => Ok(user),
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // Who comes next removes what is left.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The mode of the socket says the same; this holds wherever a file system takes no notice of it.
fn may_ask(user: u32, owner: u32) -> bool {
    user == owner || user == ROOT
}

/// The listener, and whose it is.
fn listen(path: &Path) -> io::Result<(UnixListener, u32)> {
    match path.symlink_metadata() {
        Ok(left) if left.file_type().is_socket() => std::fs::remove_file(path)?,
        Ok(_) => {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "there is a file that is no socket; move it"));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let listener = UnixListener::bind(Address::of(path)?.path())?;
    let metadata = path.symlink_metadata()?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok((listener, metadata.uid()))
}

/// Somebody who has connected.
struct Caller {
    stream: UnixStream,
    since: Instant,
}

impl Caller {
    async fn attend<S: SourceReader, W: TargetWriter>(
        mut self,
        desk: Arc<Desk<S, W>>,
        admitted: Result<u32, &'static str>,
    ) {
        let asked = match admitted {
            Err(reason) => Err(reason.to_owned()),
            Ok(user) => self.asked().await.map(|asked| asked.map(|ask| (user, ask))),
        };
        match asked {
            Ok(Some((user, ask))) => self.serve(&desk, user, &ask).await,
            Ok(None) => {}
            Err(reason) => {
                ControlRefused { reason: (&reason).into() }.emit();
                self.answer(&Answer::NotTaken { reason }).await;
            }
        }
    }

    /// The request, read to its end; its time counts from there.
    async fn asked(&mut self) -> Result<Option<Ask>, String> {
        let reading = timeout(READ_WITHIN, receive(&mut self.stream, LONGEST_REQUEST, SILENT_FOR));
        let line = reading.await.unwrap_or_else(|_| Err("the request did not end in time".to_owned()))?;
        self.since = Instant::now();
        line.map(|line| read(&line)).transpose()
    }

    /// What was taken on goes on although the caller has gone.
    async fn serve<S: SourceReader, W: TargetWriter>(&mut self, desk: &Desk<S, W>, user: u32, ask: &Ask) {
        ControlAsked { what: ask.word().into(), user_name: ask.user().map(Name::from) }.emit();
        let mut work = std::pin::pin!(desk.carry_out(user, ask));
        let answer = tokio::select! {
            biased;
            answer = &mut work => answer,
            () = sleep_until(self.since + ANSWER_WITHIN) => {
                let waits_for = desk.waits_for();
                ControlNoted { what: ask.word().into(), waits_for: (&waits_for).into() }.emit();
                self.answer(&Answer::Noted { waits_for }).await;
                return log_late(ask, &work.await);
            }
        };
        self.answer(&answer).await;
    }

    async fn answer(&mut self, answer: &Answer) {
        let sent = timeout(WRITE_WITHIN, send(&mut self.stream, answer)).await;
        if !matches!(sent, Ok(Ok(()))) {
            ControlUnanswered {}.emit();
        }
    }
}

/// Steps and operations are in the log already; that it failed as a whole may not be.
fn log_late(asked: &Ask, answer: &Answer) {
    match answer {
        Answer::Failed { reason, .. } | Answer::PlanRefused { reason } | Answer::PurgeRefused { reason } => {
            ControlFailed { what: asked.word().into(), reason: reason.into() }.emit();
        }
        _ => ControlFinished { what: asked.word().into() }.emit(),
    }
}

async fn finish(mut tasks: JoinSet<()>, shutdown: &CancellationToken) {
    let give_up = async {
        shutdown.cancelled().await;
        sleep(GIVE_UP_AFTER).await;
    };
    let finished = async {
        while let Some(ended) = tasks.join_next().await {
            log_panic(ended);
        }
    };
    let is_given_up = tokio::select! {
        biased;
        () = finished => false,
        () = give_up => true,
    };
    if is_given_up {
        ControlGivenUp { requests: tasks.len() as u64 }.emit();
        tasks.shutdown().await;
    }
}

fn log_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        ControlDied { error: error.into() }.emit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_but_the_owner_and_root_may_ask() {
        for (user, owner, may) in [(1000, 1000, true), (0, 1000, true), (1001, 1000, false), (1000, 0, false)] {
            assert_eq!(may_ask(user, owner), may, "{user} of {owner}");
        }
    }
}
