//! What stands between the program and the simulator: it passes bytes on, and knows the moment at which to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::moment::{At, Moment, Of};
use super::rig::Rig;

/// Larger than any request, so that a request is one chunk.
const CHUNK: usize = 64 * 1024;

/// Told once, when the moment has come.
pub(crate) type Tell = Box<dyn FnOnce() + Send>;

/// A proxy on loopback.
pub(crate) struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    upstream: SocketAddr,
    gate: Mutex<Gate>,
    connections: watch::Sender<usize>,
    minimal: AtomicBool,
}

/// What may pass.
#[derive(Default)]
struct Gate {
    open: bool,
    watch: Option<Watch>,
}

/// The moment that is waited for.
struct Watch {
    moment: Moment,
    state: PathBuf,
    seen: u64,
    tell: Tell,
}

impl Proxy {
    /// A proxy before the simulator of a rig, whose configuration leads to it from now on.
    pub(crate) fn before(rig: &Rig) -> Self {
        let base = rig.sim.details().graph_root.clone();
        let upstream = base.strip_prefix("http://").expect("http").parse().expect("an address");
        let listener = rig.runtime().block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = listener.local_addr().expect("an address");
        let config = std::fs::read_to_string(&rig.config).expect("a configuration");
        std::fs::write(&rig.config, config.replace(&base, &format!("http://{address}"))).expect("written");
        let shared = Arc::new(Shared {
            upstream,
            gate: Mutex::default(),
            connections: watch::Sender::new(0),
            minimal: false.into(),
        });
        rig.runtime().spawn(accept(listener, Arc::clone(&shared)));
        Self { address, shared }
    }

    /// Lets everything pass until the moment, of which `tell` is told. `state` is the file whose growth is looked at.
    pub(crate) fn open(&self, moment: Moment, state: PathBuf, tell: Tell) {
        *self.shared.gate() = Gate { open: true, watch: Some(Watch { moment, state, seen: 0, tell }) };
    }

    /// From now on Graph is asked to say of everybody only what changed, as it may by itself.
    pub(crate) fn ask_for_partial_items(&self) {
        self.shared.minimal.store(true, Ordering::Relaxed);
    }

    /// Lets nothing pass any more.
    pub(crate) fn close(&self) {
        *self.shared.gate() = Gate::default();
    }

    /// After the end of the program: whatever it sent has been handled or never will be.
    pub(crate) fn drain(&self, runtime: &Runtime) {
        runtime.block_on(async {
            // Behind everything that the program has connected: the last in the queue.
            let mut last = TcpStream::connect(self.address).await.expect("the proxy listens");
            let _cut = last.read(&mut [0]).await;
            let mut connections = self.shared.connections.subscribe();
            connections.wait_for(|count| *count == 0).await.expect("the proxy lives");
        });
    }
}

impl Shared {
    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().expect("nobody panics in here")
    }

    fn rewrite(&self, request: &mut Vec<u8>) {
        if self.minimal.load(Ordering::Relaxed) && request.starts_with(b"GET /v1.0/users/delta") {
            let line = request.iter().position(|byte| *byte == b'\n').expect("a request line") + 1;
            request.splice(line..line, *b"Prefer: return=minimal\r\n");
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let (client, _) = listener.accept().await.expect("a connection");
        if shared.gate().open {
            shared.connections.send_modify(|count| *count += 1);
            tokio::spawn(serve(client, Arc::clone(&shared)));
        }
    }
}

/// One connection, until both of its ends are closed.
async fn serve(client: TcpStream, shared: Arc<Shared>) {
    client.set_nodelay(true).expect("set");
    let server = TcpStream::connect(shared.upstream).await.expect("the simulator listens");
    server.set_nodelay(true).expect("set");
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let writes = Mutex::new(false);
    tokio::join!(
        pump(from_client, to_server, |chunk| {
            shared.rewrite(chunk);
            *writes.lock().expect("one at a time") = is_write(chunk);
            shared.gate().passes([At::BeforeRequest, At::HalfRequest, At::AfterRequest], is_write(chunk), chunk.len())
        }),
        pump(from_server, to_client, |chunk| {
            let is_write = *writes.lock().expect("one at a time");
            shared.gate().passes([At::BeforeAnswer, At::HalfAnswer, At::AfterAnswer], is_write, chunk.len())
        }),
    );
    shared.connections.send_modify(|count| *count -= 1);
}

fn is_write(request: &[u8]) -> bool {
    [&b"POST /scim2"[..], b"PATCH ", b"PUT ", b"DELETE "].iter().any(|start| request.starts_with(start))
}

/// Passes on until the end; what cannot be passed on is read all the same, so that the end is seen.
async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, passes: impl Fn(&mut Vec<u8>) -> (usize, Option<Tell>)) {
    let mut buffer = vec![0; CHUNK];
    while let Ok(size @ 1..) = from.read(&mut buffer).await {
        let mut chunk = buffer[..size].to_vec();
        let (allowed, tell) = passes(&mut chunk);
        // The other end may be dead: that is what this is for.
        let _passed = to.write_all(&chunk[..allowed]).await;
        if let Some(tell) = tell {
            tell();
        }
    }
    let _ended = to.shutdown().await;
}

impl Gate {
    /// How many bytes of a chunk pass, and who must be told that the moment has come.
    fn passes(&mut self, places: [At; 3], is_write: bool, size: usize) -> (usize, Option<Tell>) {
        if !self.open {
            return (0, None);
        }
        let Some(watch) = &mut self.watch else { return (size, None) };
        let (come, allowed, stays_open) = match watch.moment {
            Moment::Traffic { at, of, count } => {
                let counts = places.contains(&at) && (of == Of::Everything || is_write);
                watch.seen += u64::from(counts);
                let [before, half, _] = places;
                let allowed = if at == before { 0 } else { size / if at == half { 2 } else { 1 } };
                (counts && watch.seen == count, allowed, allowed == size)
            }
            Moment::State { bytes } => {
                let size_of = |path: &PathBuf| std::fs::metadata(path).map_or(0, |data| data.len());
                (size_of(&watch.state) >= bytes, size, true)
            }
            Moment::Line { .. } | Moment::Growth { .. } | Moment::Never => (false, size, true),
        };
        if !come {
            return (size, None);
        }
        self.open = stays_open;
        (allowed, self.watch.take().map(|watch| watch.tell))
    }
}
