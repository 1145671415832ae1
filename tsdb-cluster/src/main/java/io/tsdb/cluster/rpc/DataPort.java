package io.tsdb.cluster.rpc;

import io.tsdb.cluster.identity.NodeSockets;
import io.tsdb.cluster.raft.AppendOutcome;
import io.tsdb.cluster.shardmap.Address;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLException;

/// Takes what other nodes send: greetings, from the start on; entries of logs that this node leads,
/// and fragments of queries for its shards, once it serves and from members of its cluster only.
public final class DataPort implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DataPort.class);
    private static final int BACKLOG = 64;
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int GREETING_MILLIS_MAX = 5_000;
    private static final String STARTING = "the node is starting";

    /// Appends at this node.
    @FunctionalInterface
    public interface Appender {
        /// @param entry `entry[0, length)`, the appender's from now on
        CompletableFuture<AppendOutcome> append(int log, byte[] entry, int length);
    }

    /// Says how far logs are committed that this node leads.
    @FunctionalInterface
    public interface Commits {
        /// See [io.tsdb.cluster.raft.LeaderPort#committed].
        CompletableFuture<long[]> committed(int[] logs);
    }

    private final ServerSocket server;
    private final int frameBytesMax;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private volatile Greeting greeting;
    private volatile @Nullable Appender appender;
    private volatile @Nullable Commits commits;
    private volatile @Nullable FragmentService fragments;
    private volatile @Nullable PartService parts;
    private volatile @Nullable DeleteService deletes;
    private volatile @Nullable ControlService control;
    private volatile boolean closed;

    /// @param greeting of this node as of now
    /// @param frameBytesMax of an entry that is taken
    /// @param sockets what it listens with
    public DataPort(Address address, Greeting greeting, int frameBytesMax, NodeSockets sockets)
            throws IOException {
        this.greeting = greeting;
        this.frameBytesMax = frameBytesMax;
        this.server = sockets.server();
        try {
            server.setReuseAddress(true);
            server.bind(address.resolve(), BACKLOG);
        } catch (IOException e) {
            server.close();
            throw new IOException(
                    "cannot listen on " + address + " (cluster-listen): " + e.getMessage(), e);
        }
        Thread.ofVirtual().name("data-port").start(this::accept);
    }

    /// This node is in a cluster now.
    public void formed(Greeting member) {
        greeting = member;
    }

    /// From now on entries are taken.
    public void serve(Appender target) {
        appender = target;
    }

    /// From now on it is said how far logs are committed.
    public void serveCommits(Commits target) {
        commits = target;
    }

    /// From now on fragments are run.
    public void serveFragments(FragmentService target) {
        fragments = target;
    }

    /// From now on others may ask for parts.
    public void serveParts(PartService target) {
        parts = target;
    }

    /// From now on rows are deleted for others.
    public void serveDeletes(DeleteService target) {
        deletes = target;
    }

    /// From now on what concerns members and their replicas is answered.
    public void serveControl(ControlService target) {
        control = target;
    }

    private void accept() {
        while (!closed) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                socket.setKeepAlive(true); // a machine that has gone without a word ends it
                connections.add(socket);
                Thread.ofVirtual().name("data-port-reader").start(() -> read(socket));
            } catch (IOException e) {
                if (!closed) {
                    LOG.warn("a connection was not taken", e);
                }
            }
        }
    }

    private void read(Socket socket) {
        var sender = new FrameSender(socket);
        var running = new RunningFragments(sender);
        Thread writer = Thread.ofVirtual().name("data-port-writer").start(sender);
        try (var in =
                new DataInputStream(
                        new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES))) {
            socket.setSoTimeout(GREETING_MILLIS_MAX);
            if (welcome(Frame.read(in, Greeting.BYTES_MAX), sender, socket)) {
                socket.setSoTimeout(0);
                while (!closed) {
                    take(Frame.read(in, frameBytesMax), sender, running);
                }
            }
        } catch (EOFException e) {
            LOG.debug("{} has closed", socket, e);
        } catch (SSLException e) {
            if (e.getCause() instanceof EOFException) { // as probes do, every few seconds
                LOG.debug("{} has closed before it said who it is", socket, e);
            } else {
                LOG.warn(
                        "a connection from {} to the data port was refused: {}",
                        socket.getRemoteSocketAddress(),
                        NodeSockets.reason(e));
            }
        } catch (IOException e) {
            if (!closed) {
                LOG.debug("{} ended", socket, e);
            }
        } finally {
            running.cancelAll();
            writer.interrupt();
            FrameSender.close(socket);
            connections.remove(socket);
        }
    }

    /// @return whether more is taken from this connection
    private boolean welcome(Frame first, FrameSender sender, Socket socket) throws IOException {
        if (first.kind() != Frame.Kind.HELLO) {
            return false;
        }
        Greeting theirs = Greeting.of(first);
        Greeting mine = greeting;
        if (theirs.members().isPresent() && !theirs.isOfClusterOf(mine)) {
            return false;
        }
        Optional<String> refusal = mine.refusal(theirs);
        if (refusal.isPresent()) {
            LOG.info(
                    "a node at {} was refused: {}", socket.getRemoteSocketAddress(), refusal.get());
            // here, and not behind: the connection ends with it
            Frame.failed(0, refusal.get()).write(socket.getOutputStream());
            return false;
        }
        sender.send(mine.frame(Frame.Kind.WELCOME));
        return true;
    }

    private void take(Frame frame, FrameSender sender, RunningFragments running)
            throws ProtocolException {
        switch (frame.kind()) {
            case APPEND -> append(frame, sender);
            case COMMITTED -> committed(frame, sender);
            case RUN -> {
                FragmentService target = fragments;
                if (target == null) {
                    sender.send(Frame.failed(frame.request(), STARTING));
                } else {
                    running.begin(frame, target);
                }
            }
            case CREDIT -> running.credit(frame);
            case CANCEL -> running.cancel(frame.request());
            case ASK -> Thread.ofVirtual().name("control").start(() -> answer(frame, sender));
            case PING -> sender.send(Frame.of(Frame.Kind.PONG, Frame.NOTHING));
            case LIST -> {
                PartService target = parts;
                work(frame, sender, Frame.Kind.LISTED, target == null ? null : target::list);
            }
            case READ -> {
                PartService target = parts;
                work(frame, sender, Frame.Kind.PIECE, target == null ? null : target::read);
            }
            case DELETE -> {
                DeleteService target = deletes;
                work(
                        frame,
                        sender,
                        Frame.Kind.DELETED,
                        target == null
                                ? null
                                : (shard, request) ->
                                        target.delete(shard, request, sender::isOpen));
            }
            case HELLO,
                    WELCOME,
                    DONE,
                    FAILED,
                    BEGUN,
                    BATCH,
                    ENDED,
                    REFUSED,
                    PONG,
                    LISTED,
                    PIECE,
                    DELETED,
                    INDEXES,
                    ANSWER ->
                    sender.send(Frame.failed(frame.request(), "is no request"));
        }
    }

    /// What a request about a shard is answered with.
    @FunctionalInterface
    private interface ShardWork {
        byte[] answer(int shard, byte[] request) throws IOException;
    }

    /// Waits for the disk elsewhere: a connection goes on saying that it is there.
    private static void work(
            Frame frame, FrameSender sender, Frame.Kind answered, @Nullable ShardWork work) {
        if (work == null) {
            sender.send(Frame.failed(frame.request(), STARTING));
            return;
        }
        Thread.ofVirtual()
                .name("data-port-work")
                .start(() -> sender.send(answer(frame, answered, work)));
    }

    private static Frame answer(Frame frame, Frame.Kind answered, ShardWork work) {
        try {
            byte[] answer = work.answer(frame.log(), frame.payload());
            return new Frame(answered, frame.log(), frame.request(), answer, answer.length);
        } catch (IOException | RuntimeException e) { // the thread's end: the other side is told
            LOG.warn("a {} of another node at shard {} failed", frame.kind(), frame.log(), e);
            return Frame.failed(frame.request(), reason(e));
        }
    }

    private void answer(Frame frame, FrameSender sender) {
        ControlService target = control;
        if (target == null) {
            sender.send(Frame.failed(frame.request(), STARTING));
            return;
        }
        try {
            sender.send(
                    Frame.answer(
                            frame.request(),
                            target.answer(Arrays.copyOf(frame.payload(), frame.length()))));
        } catch (IOException | RuntimeException e) {
            LOG.info("what another node asked for was not done: {}", e.toString());
            sender.send(Frame.failed(frame.request(), String.valueOf(e.getMessage())));
        }
    }

    private void append(Frame frame, FrameSender sender) {
        Appender target = appender;
        if (target == null) {
            sender.send(Frame.failed(frame.request(), STARTING));
            return;
        }
        answer(
                frame,
                sender,
                target.append(frame.log(), frame.payload(), frame.length())
                        .thenApply(outcome -> Frame.done(frame.request(), outcome)));
    }

    private static void answer(Frame frame, FrameSender sender, CompletableFuture<Frame> answer) {
        answer.whenComplete(
                (known, failure) ->
                        sender.send(
                                failure == null
                                        ? known
                                        : Frame.failed(frame.request(), reason(failure))));
    }

    private void committed(Frame frame, FrameSender sender) throws ProtocolException {
        Commits target = commits;
        if (target == null) {
            sender.send(Frame.failed(frame.request(), STARTING));
            return;
        }
        answer(
                frame,
                sender,
                target.committed(CommitFrames.logs(frame))
                        .thenApply(indexes -> CommitFrames.answer(frame.request(), indexes)));
    }

    private static String reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }

    @Override
    public void close() {
        closed = true;
        try {
            server.close();
        } catch (IOException e) {
            LOG.debug("the data port did not close", e);
        }
        connections.forEach(FrameSender::close);
    }
}
