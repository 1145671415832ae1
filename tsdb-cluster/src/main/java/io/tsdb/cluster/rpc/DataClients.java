package io.tsdb.cluster.rpc;

import io.tsdb.cluster.identity.NodeSockets;
import io.tsdb.cluster.raft.AppendOutcome;
import io.tsdb.cluster.raft.LeaderPort;
import io.tsdb.cluster.shardmap.Levels;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;
import io.tsdb.storage.model.Ticker;

import java.io.IOException;
import java.net.ProtocolException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Connections to each member that something was sent to, made anew when they have broken: one for
/// entries, one for queries, one for parts, so that none waits behind another. Any thread.
public final class DataClients
        implements LeaderPort, FragmentPort, PartPort, DeletePort, AutoCloseable {
    private static final int DONE_BYTES_MAX = 64 << 10;
    private static final long LOOK_MILLIS = 250;
    private static final long ASK_MILLIS = 1_000;

    private final Supplier<Greeting> greeting;
    private final Supplier<Members> members;
    private final int frameBytesMax;
    private final NodeSockets sockets;
    private final Ticker ticker;
    private final Map<String, DataConnection> writes = new ConcurrentHashMap<>();
    private final Map<String, DataConnection> reads = new ConcurrentHashMap<>();
    private final Map<String, DataConnection> copies = new ConcurrentHashMap<>();
    private final Map<String, Breaker> breakers = new ConcurrentHashMap<>();
    private volatile Consumer<String> told = _ -> {};
    private final ScheduledExecutorService looks =
            Executors.newSingleThreadScheduledExecutor(
                    work -> Thread.ofPlatform().name("data-port-look").daemon().unstarted(work));

    /// @param greeting of this node as of now
    /// @param members as of now; nobody else is asked
    /// @param frameBytesMax of a batch of rows that is taken
    /// @param sockets what connections are made with
    /// @param ticker monotonic clock
    public DataClients(
            Supplier<Greeting> greeting,
            Supplier<Members> members,
            int frameBytesMax,
            NodeSockets sockets,
            Ticker ticker) {
        this.greeting = greeting;
        this.members = members;
        this.frameBytesMax = frameBytesMax;
        this.sockets = sockets;
        this.ticker = ticker;
        looks.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        looks.scheduleWithFixedDelay(this::ask, ASK_MILLIS, ASK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// Who is gone is known before something is wanted of it: each member is asked now and then.
    private void ask() {
        Member self = greeting.get().self();
        for (Member member : members.get().members()) {
            if (!member.equals(self) && breaker(member.id()).lets(ticker.nanos())) {
                connection(reads, member.id(), frameBytesMax).ask();
            }
        }
    }

    private void look() {
        writes.values().forEach(DataConnection::look);
        reads.values().forEach(DataConnection::look);
        copies.values().forEach(DataConnection::look);
    }

    /// Says which members fall silent and are heard again, from now on.
    public void tell(Consumer<String> target) {
        told = target;
    }

    private DataConnection connection(
            Map<String, DataConnection> connections, String member, int answerBytesMax) {
        return connections.compute(
                member,
                (id, known) ->
                        known == null || known.isBroken()
                                ? new DataConnection(
                                        members.get().member(id),
                                        greeting.get(),
                                        answerBytesMax,
                                        breaker(id),
                                        sockets,
                                        ticker)
                                : known);
    }

    private Breaker breaker(String member) {
        return breakers.computeIfAbsent(
                member, id -> new Breaker(what -> told.accept("member " + id + " " + what)));
    }

    @Override
    public CompletableFuture<AppendOutcome> append(
            String member, int log, byte[] entry, int length) {
        var answer = new CompletableFuture<AppendOutcome>();
        if (!members.get().has(member)) {
            answer.completeExceptionally(new IOException(noMember(member)));
            return answer;
        }
        connection(writes, member, DONE_BYTES_MAX)
                .request(
                        Frame.Kind.APPEND,
                        log,
                        entry,
                        length,
                        new DataConnection.Answers() {
                            @Override
                            public boolean take(Frame frame) throws ProtocolException {
                                switch (frame.kind()) {
                                    case DONE -> answer.complete(frame.outcome());
                                    case FAILED -> failed(new IOException(frame.text()));
                                    default ->
                                            throw new ProtocolException(
                                                    frame.kind() + " answers no append");
                                }
                                return false;
                            }

                            @Override
                            public void failed(IOException cause) {
                                answer.completeExceptionally(cause);
                            }
                        });
        return answer;
    }

    @Override
    public CompletableFuture<long[]> committed(String member, int[] logs) {
        if (!members.get().has(member)) {
            return CompletableFuture.failedFuture(new IOException(noMember(member)));
        }
        Breaker breaker = breaker(member);
        if (!breaker.lets(ticker.nanos())) {
            return CompletableFuture.failedFuture(new IOException(leftAlone(breaker)));
        }
        return ask(
                        reads,
                        member,
                        Frame.Kind.COMMITTED,
                        0,
                        CommitFrames.request(logs),
                        Frame.Kind.INDEXES)
                .thenApply(bytes -> CommitFrames.indexes(bytes, logs.length));
    }

    private static String leftAlone(Breaker breaker) {
        return "is left alone for a moment, since " + breaker.reason();
    }

    private static String noMember(String member) {
        return member + " is no member of the cluster any more";
    }

    @Override
    public CompletableFuture<byte[]> list(String member, int shard, byte[] request) {
        return ask(copies, member, Frame.Kind.LIST, shard, request, Frame.Kind.LISTED);
    }

    @Override
    public CompletableFuture<byte[]> read(String member, int shard, byte[] request) {
        return ask(copies, member, Frame.Kind.READ, shard, request, Frame.Kind.PIECE);
    }

    @Override
    public CompletableFuture<byte[]> delete(String member, int shard, byte[] request) {
        if (!members.get().has(member)) {
            return CompletableFuture.failedFuture(new IOException(noMember(member)));
        }
        return ask(reads, member, Frame.Kind.DELETE, shard, request, Frame.Kind.DELETED);
    }

    private CompletableFuture<byte[]> ask(
            Map<String, DataConnection> connections,
            String member,
            Frame.Kind kind,
            int shard,
            byte[] request,
            Frame.Kind awaited) {
        var answer = new CompletableFuture<byte[]>();
        connection(connections, member, frameBytesMax)
                .request(
                        kind,
                        shard,
                        request,
                        request.length,
                        new DataConnection.Answers() {
                            @Override
                            public boolean take(Frame frame) throws ProtocolException {
                                if (frame.kind() == awaited) {
                                    answer.complete(frame.payload());
                                } else if (frame.kind() == Frame.Kind.FAILED) {
                                    failed(new IOException(frame.text()));
                                } else {
                                    throw new ProtocolException(
                                            frame.kind() + " answers no " + kind);
                                }
                                return false;
                            }

                            @Override
                            public void failed(IOException cause) {
                                answer.completeExceptionally(cause);
                            }
                        });
        return answer;
    }

    /// Levels that the program speaks which a member runs just now; empty while it does not answer.
    public Optional<Levels> levels(String member) {
        DataConnection connection = reads.get(member); // each member is asked over that one
        return connection == null ? Optional.empty() : connection.levels();
    }

    @Override
    public boolean isSuspect(String member) {
        return breaker(member).isOpen();
    }

    @Override
    public FragmentCall run(String member, int shard, byte[] request, FragmentAnswers answers) {
        if (!members.get().has(member)) {
            answers.failed(new IOException(noMember(member)));
            return FragmentCall.ENDED;
        }
        Breaker breaker = breaker(member);
        if (!breaker.lets(ticker.nanos())) {
            answers.failed(new IOException(leftAlone(breaker)));
            return FragmentCall.ENDED;
        }
        DataConnection connection = connection(reads, member, frameBytesMax);
        long number =
                connection.request(
                        Frame.Kind.RUN,
                        shard,
                        request,
                        request.length,
                        new FragmentFrames(answers));
        return new FragmentCall() {
            @Override
            public void credit(long bytes) {
                connection.tell(Frame.Kind.CREDIT, number, DataConnection.number(bytes));
            }

            @Override
            public void cancel() {
                connection.forget(number);
                connection.tell(Frame.Kind.CANCEL, number, Frame.NOTHING);
            }
        };
    }

    /// Frames to answers.
    private record FragmentFrames(FragmentAnswers answers) implements DataConnection.Answers {
        @Override
        public boolean take(Frame frame) throws ProtocolException {
            switch (frame.kind()) {
                case BEGUN -> answers.begun();
                case BATCH -> answers.batch(frame.payload());
                case ENDED -> {
                    answers.ended(frame.payload());
                    return false;
                }
                case REFUSED -> {
                    answers.refused(frame.payload());
                    return false;
                }
                case FAILED -> {
                    answers.failed(new IOException(frame.text()));
                    return false;
                }
                default -> throw new ProtocolException(frame.kind() + " answers no fragment");
            }
            return true;
        }

        @Override
        public void failed(IOException cause) {
            answers.failed(cause);
        }
    }

    @Override
    public void close() {
        looks.shutdownNow();
        writes.values().forEach(DataConnection::close);
        reads.values().forEach(DataConnection::close);
        copies.values().forEach(DataConnection::close);
    }
}
