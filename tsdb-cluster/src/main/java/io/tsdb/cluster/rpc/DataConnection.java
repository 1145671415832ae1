package io.tsdb.cluster.rpc;

import io.tsdb.cluster.identity.NodeSockets;
import io.tsdb.cluster.shardmap.Levels;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.storage.io.LittleEndian;
import io.tsdb.storage.model.Ticker;

import org.jspecify.annotations.Nullable;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.Socket;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.SSLException;

/// A connection to the data port of a member: requests in their order, answers as they come. It
/// connects by itself; when it breaks, all that waits fails, and it is of no use any more. A member
/// that says nothing for too long after it was asked counts as broken, also when nobody waits any
/// more since another replica was faster.
final class DataConnection implements AutoCloseable {
    /// A member that is asked whether it is there says so within a moment.
    private static final long SILENT_NANOS_MAX = TimeUnit.SECONDS.toNanos(3);

    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int CONNECT_MILLIS_MAX = 1_000;
    private static final int BUFFER_BYTES = 64 << 10;

    /// Told what a request is answered with, on the connection's thread.
    interface Answers {
        /// @return whether more are to follow
        boolean take(Frame frame) throws ProtocolException;

        void failed(IOException cause);
    }

    private final Member member;
    private final Greeting greeting;
    private final int answerBytesMax;
    private final Breaker breaker;
    private final Ticker ticker;
    private final Socket socket;
    private final FrameSender sender;
    private final Map<Long, Answers> waiting = new ConcurrentHashMap<>();
    private final AtomicLong requests = new AtomicLong();
    private volatile long heardNanos;

    /// Something was requested since the member was heard last.
    private volatile boolean isOwed;

    private volatile @Nullable Levels levels;
    private volatile boolean asked;
    private volatile boolean broken;

    /// Written before `broken` is.
    private IOException cause;

    /// @param greeting of this node
    /// @param answerBytesMax of a frame that is taken
    /// @param breaker told whether the member is there
    /// @param ticker monotonic clock
    DataConnection(
            Member member,
            Greeting greeting,
            int answerBytesMax,
            Breaker breaker,
            NodeSockets sockets,
            Ticker ticker) {
        this.member = member;
        this.greeting = greeting;
        this.answerBytesMax = answerBytesMax;
        this.breaker = breaker;
        this.socket = sockets.client();
        this.sender = new FrameSender(socket);
        this.ticker = ticker;
        this.heardNanos = ticker.nanos();
        this.cause = new IOException(member.data() + " was closed");
        sender.send(greeting.frame(Frame.Kind.HELLO));
        Thread.ofVirtual().name("data-port-client").start(this::run);
    }

    boolean isBroken() {
        return broken;
    }

    /// Sends a request.
    ///
    /// @param payload `payload[0, length)`, left untouched until the answer
    /// @return its number
    long request(Frame.Kind kind, int log, byte[] payload, int length, Answers answers) {
        long request = requests.incrementAndGet();
        if (isQuiet()) {
            heardNanos = ticker.nanos(); // it had nothing to say before
        }
        waiting.put(request, answers);
        isOwed = true;
        sender.send(new Frame(kind, log, request, payload, length));
        if (broken) {
            end(cause);
        }
        return request;
    }

    /// Says something about a request that is under way.
    void tell(Frame.Kind kind, long request, byte[] payload) {
        sender.send(new Frame(kind, 0, request, payload, payload.length));
    }

    /// Nobody waits for an answer any more; what still comes is passed over.
    void forget(long request) {
        waiting.remove(request);
    }

    private boolean isQuiet() {
        return waiting.isEmpty() && !isOwed;
    }

    /// Asks whether the member is there when it was quiet, and gives it up when it stays silent.
    /// Now and then.
    void look() {
        long silent = ticker.nanos() - heardNanos;
        if (isQuiet() || broken) {
            return;
        }
        if (silent > SILENT_NANOS_MAX) {
            cause =
                    new IOException(
                            member.data()
                                    + " has said nothing for "
                                    + TimeUnit.NANOSECONDS.toMillis(silent)
                                    + " ms");
            breaker.failed(ticker.nanos(), cause);
            close();
            end(cause);
        } else if (silent > QUIET_NANOS && !asked) {
            asked = true;
            sender.send(Frame.of(Frame.Kind.PING, Frame.NOTHING));
        }
    }

    /// Has a member from which nothing is wanted say whether it is there.
    void ask() {
        if (isQuiet() && !broken) {
            heardNanos = ticker.nanos();
            asked = true;
            isOwed = true;
            sender.send(Frame.of(Frame.Kind.PING, Frame.NOTHING));
        }
    }

    private void run() {
        try (socket) {
            socket.setTcpNoDelay(true);
            socket.connect(member.data().resolve(), CONNECT_MILLIS_MAX);
            Thread writer = Thread.ofVirtual().name("data-port-client-writer").start(sender);
            try (var in =
                    new DataInputStream(
                            new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES))) {
                checkWelcome(Frame.read(in, Greeting.BYTES_MAX));
                breaker.succeeded();
                while (!broken) {
                    answered(Frame.read(in, answerBytesMax));
                }
            } finally {
                writer.interrupt();
            }
        } catch (IOException e) {
            if (!broken) {
                cause = new IOException(member.data() + ": " + reason(e), e);
                breaker.failed(ticker.nanos(), cause);
            }
        } finally {
            broken = true;
            end(cause);
        }
    }

    private static String reason(IOException e) {
        return e instanceof SSLException || e instanceof LevelException
                ? NodeSockets.reason(e)
                : e.toString();
    }

    private void checkWelcome(Frame first) throws IOException {
        Greeting theirs = greeting.answered(first);
        greeting.check(theirs, member);
        levels = theirs.levels();
    }

    /// What the member's program speaks, once it has said so and as long as it is there.
    Optional<Levels> levels() {
        return broken ? Optional.empty() : Optional.ofNullable(levels);
    }

    private void answered(Frame frame) throws IOException {
        heardNanos = ticker.nanos();
        asked = false;
        isOwed = false;
        if (breaker.isOpen()) {
            breaker.succeeded();
        }
        if (frame.kind() == Frame.Kind.PONG) {
            return;
        }
        long request = frame.request();
        Answers answers = waiting.get(request);
        if (answers == null) {
            if (request > 0 && request <= requests.get()) {
                return; // it was cancelled
            }
            throw new ProtocolException("an answer to request " + request);
        }
        if (!answers.take(frame)) {
            waiting.remove(request);
        }
    }

    private void end(IOException why) {
        for (Long request : waiting.keySet()) {
            Answers answers = waiting.remove(request);
            if (answers != null) {
                answers.failed(why);
            }
        }
    }

    /// The payload of [Frame.Kind#CREDIT].
    static byte[] number(long value) {
        byte[] bytes = new byte[Long.BYTES];
        LittleEndian.putLong(bytes, 0, value);
        return bytes;
    }

    @Override
    public void close() {
        broken = true;
        FrameSender.close(socket);
    }
}
