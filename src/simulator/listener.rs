//! The listener: plain or TLS connections that a fault can cut.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::server::TlsStream;
use tokio_rustls::{Accept, TlsAcceptor};

/// Accepts connections, with TLS if there is an acceptor.
pub(super) struct Entrance {
    pub(super) listener: TcpListener,
    pub(super) tls: Option<TlsAcceptor>,
}

impl Listener for Entrance {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (tcp, address) = Listener::accept(&mut self.listener).await;
        if let Err(error) = tcp.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY on a connection to the simulator");
        }
        let stage = match &self.tls {
            Some(acceptor) => Stage::Handshake(Box::new(acceptor.accept(tcp))),
            None => Stage::Plain(tcp),
        };
        (Connection { stage, cut: Cut::default() }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Cuts the connection that a request came on.
#[derive(Clone, Debug, Default)]
pub(super) struct Cut(Arc<AtomicBool>);

impl Cut {
    /// From now on nothing more is read or written; the peer sees a reset.
    pub(super) fn cut(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it is cut.
    pub(super) fn is_cut(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl Connected<IncomingStream<'_, Entrance>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Entrance>) -> Self {
        stream.io().cut.clone()
    }
}

/// One accepted connection.
pub(super) struct Connection {
    stage: Stage,
    cut: Cut,
}

/// The handshake is done by the connection's own task, so that a silent peer keeps nobody else waiting.
enum Stage {
    Plain(TcpStream),
    Handshake(Box<Accept<TcpStream>>),
    Secure(Box<TlsStream<TcpStream>>),
}

impl Connection {
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.cut.is_cut() {
            return Poll::Ready(Err(self.reset()));
        }
        if let Stage::Handshake(handshake) = &mut self.stage {
            let stream = ready!(Pin::new(handshake.as_mut()).poll(cx))?;
            self.stage = Stage::Secure(Box::new(stream));
        }
        Poll::Ready(Ok(()))
    }

    fn reset(&self) -> io::Error {
        let tcp = match &self.stage {
            Stage::Plain(tcp) => Some(tcp),
            Stage::Secure(stream) => Some(stream.get_ref().0),
            Stage::Handshake(_) => None,
        };
        tcp.and_then(|tcp| tcp.set_zero_linger().err())
            .unwrap_or_else(|| io::Error::new(io::ErrorKind::ConnectionReset, "cut by a fault"))
    }
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_ready(cx))?;
        match &mut this.stage {
            Stage::Plain(tcp) => Pin::new(tcp).poll_read(cx, buffer),
            Stage::Secure(stream) => Pin::new(stream.as_mut()).poll_read(cx, buffer),
            Stage::Handshake(_) => Poll::Pending,
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_ready(cx))?;
        match &mut this.stage {
            Stage::Plain(tcp) => Pin::new(tcp).poll_write(cx, bytes),
            Stage::Secure(stream) => Pin::new(stream.as_mut()).poll_write(cx, bytes),
            Stage::Handshake(_) => Poll::Pending,
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().stage {
            Stage::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Stage::Secure(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
            Stage::Handshake(_) => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.cut.is_cut() {
            return Poll::Ready(Err(this.reset()));
        }
        match &mut this.stage {
            Stage::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Stage::Secure(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
            Stage::Handshake(_) => Poll::Ready(Ok(())),
        }
    }
}
