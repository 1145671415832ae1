package io.tsdb.cluster.rpc;

import io.tsdb.cluster.shardmap.Member;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// A connection to the data port of a member: requests in their order, answers as they come. It
/// connects by itself; when it breaks, all that waits fails, and it is of no use any more.
final class DataConnection implements AutoCloseable {
    private static final int CONNECT_MILLIS_MAX = 1_000;
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int ANSWER_BYTES_MAX = 64 << 10;

    private final Member member;
    private final Greeting greeting;
    private final Socket socket = new Socket();
    private final FrameSender sender = new FrameSender(socket);
    private final Map<Long, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong requests = new AtomicLong();
    private volatile boolean broken;

    /// Written before `broken` is.
    private IOException cause;

    /// @param greeting of this node
    DataConnection(Member member, Greeting greeting) {
        this.member = member;
        this.greeting = greeting;
        this.cause = new IOException(member.data() + " was closed");
        sender.send(Frame.of(Frame.Kind.HELLO, greeting.toBytes()));
        Thread.ofVirtual().name("data-port-client").start(this::run);
    }

    boolean isBroken() {
        return broken;
    }

    CompletableFuture<Void> append(int log, byte[] entry, int length) {
        var answer = new CompletableFuture<Void>();
        long request = requests.incrementAndGet();
        waiting.put(request, answer);
        sender.send(new Frame(Frame.Kind.APPEND, log, request, entry, length));
        if (broken) {
            end(cause);
        }
        return answer;
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
                while (!broken) {
                    answered(Frame.read(in, ANSWER_BYTES_MAX));
                }
            } finally {
                writer.interrupt();
            }
        } catch (IOException e) {
            cause = new IOException(member.data() + ": " + e, e);
        }
        broken = true;
        end(cause);
    }

    private void checkWelcome(Frame first) throws IOException {
        Greeting theirs = Greeting.of(first.payload(), first.length());
        if (!theirs.self().id().equals(member.id()) || !theirs.isOfClusterOf(greeting)) {
            throw new ProtocolException(
                    "is "
                            + theirs.self().id()
                            + ", and should be "
                            + member.id()
                            + " of the same cluster");
        }
    }

    private void answered(Frame frame) throws IOException {
        CompletableFuture<Void> answer = waiting.remove(frame.request());
        if (answer == null) {
            throw new ProtocolException("an answer to request " + frame.request());
        }
        switch (frame.kind()) {
            case DONE -> answer.complete(null);
            case FAILED -> answer.completeExceptionally(new IOException(frame.text()));
            case HELLO, WELCOME, APPEND -> throw new ProtocolException("is no answer: " + frame);
        }
    }

    private void end(IOException why) {
        for (Long request : waiting.keySet()) {
            CompletableFuture<Void> answer = waiting.remove(request);
            if (answer != null) {
                answer.completeExceptionally(why);
            }
        }
    }

    @Override
    public void close() {
        broken = true;
        FrameSender.close(socket);
    }
}
