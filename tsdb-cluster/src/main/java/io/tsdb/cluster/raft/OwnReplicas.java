package io.tsdb.cluster.raft;

import org.apache.ratis.proto.RaftProtos.RaftClientRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexReplyProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadRequestTypeProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// What this node asks its own replicas, in the Ratis server that runs them. Any thread; before
/// [#start] and after [#close] there is nobody to ask.
final class OwnReplicas {
    private static final Logger LOG = LoggerFactory.getLogger(OwnReplicas.class);
    private static final long SNAPSHOT_MILLIS_MAX = 60_000;
    private static final long COMMITTED_MILLIS_MAX = 500;

    private final RaftGroups groups;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();
    private volatile @Nullable RaftServer server;
    private volatile boolean isClosed;

    OwnReplicas(RaftGroups groups) {
        this.groups = groups;
    }

    void start(RaftServer built) throws IOException {
        server = built;
        built.start();
    }

    /// Stays so after it was closed.
    boolean isStarted() {
        return server != null;
    }

    private @Nullable RaftServer running() {
        return isClosed ? null : server;
    }

    /// The replica of a log that is known to be here, of a server that runs.
    RaftServer.Division division(int log) throws IOException {
        return asked().getDivision(groups.id(log));
    }

    /// The replica of a log; empty when there is none here, or nobody runs it.
    Optional<RaftServer.Division> find(int log) {
        try {
            return running() == null ? Optional.empty() : Optional.of(division(log));
        } catch (IOException e) {
            LOG.debug("log {} has no replica here", log, e);
            return Optional.empty();
        }
    }

    /// How a replica stands.
    Optional<ReplicaState> state(RaftShardLog log) {
        return find(log.number())
                .map(
                        division ->
                                ReplicaStates.of(
                                        log.number(),
                                        division,
                                        groups.directory(log.number()),
                                        log.trouble()));
    }

    /// Whom a replica follows; null when it knows of nobody, or there is none here.
    @Nullable String leader(int log) {
        return find(log)
                .map(division -> division.getInfo().getLeaderId())
                .map(RaftPeerId::toString)
                .orElse(null);
    }

    /// Up to where every member has a log on disk, as its leader knows; -1 when it does not.
    long matchedByAll(int log) {
        return find(log)
                .map(division -> division.getInfo().getFollowerMatchIndices())
                .map(matched -> Arrays.stream(matched).min().orElse(Long.MAX_VALUE))
                .orElse(-1L);
    }

    /// The lead of these replicas, of a server that runs.
    LeaderBalance.Lead lead(RaftServer started) {
        return new DivisionLead(started, groups::id, client, calls);
    }

    /// Gives up the lead of those of these logs that are led here.
    List<HandOver.Outcome> handOver(Collection<Integer> logs, Duration longest) {
        RaftServer asked = running();
        return asked == null
                ? List.of()
                : HandOver.run(logs, new DivisionLead(asked, groups::id, client, calls), longest);
    }

    /// Gives the lead of a replica that has it to a member.
    CompletableFuture<Void> transfer(int log, String member) {
        try {
            return new DivisionLead(asked(), groups::id, client, calls).transfer(log, member);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /// Appends an entry at the replica, when it leads.
    ///
    /// @param entry `entry[0, length)`, nobody else's from now on
    CompletableFuture<AppendOutcome> append(int log, byte[] entry, int length) {
        ByteString data = UnsafeByteOperations.unsafeWrap(entry, 0, length);
        return submit(log, Message.valueOf(data), RaftClientRequest.writeRequestType())
                .thenApply(
                        reply -> {
                            try {
                                return AppendOutcome.of(reply.getMessage().getContent().byteAt(0));
                            } catch (ProtocolException e) {
                                throw new CompletionException(e);
                            }
                        });
    }

    /// Done when the replica has delivered what was committed before; fails when nobody can say.
    ///
    /// A leader that was just elected does not know yet what is committed; of a single member Ratis
    /// would not wait for that.
    CompletableFuture<RaftClientReply> readIndex(int log) {
        try {
            var info = division(log).getInfo();
            if (info.isLeader() && !info.isLeaderReady()) {
                return CompletableFuture.failedFuture(new IOException("its leader is not ready"));
            }
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
        return submit(log, Message.EMPTY, RaftClientRequest.readRequestType());
    }

    /// Up to which entries logs are committed that this node leads; [LeaderPort#UNKNOWN] where it
    /// does not, or a majority does not say so at once.
    CompletableFuture<long[]> committed(int[] logs) {
        long[] indexes = new long[logs.length];
        var answers = new CompletableFuture<?>[logs.length];
        for (int i = 0; i < logs.length; i++) {
            int at = i;
            answers[i] =
                    committed(logs[i])
                            // one that hears no majority must not hold up the others
                            .completeOnTimeout(
                                    LeaderPort.UNKNOWN, COMMITTED_MILLIS_MAX, TimeUnit.MILLISECONDS)
                            .thenAccept(index -> indexes[at] = index);
        }
        return CompletableFuture.allOf(answers).thenApply(_ -> indexes);
    }

    private CompletableFuture<Long> committed(int log) {
        try {
            RaftServer asked = asked();
            RaftServer.Division division = division(log);
            var info = division.getInfo();
            if (!info.isLeader() || !info.isLeaderReady()) {
                return CompletableFuture.completedFuture(LeaderPort.UNKNOWN);
            }
            // the server would have another thread ask its division, and wait for that
            CompletableFuture<ReadIndexReplyProto> answer =
                    division instanceof RaftServerAsynchronousProtocol itself
                            ? itself.readIndexAsync(readIndex(asked, log))
                            : asked.readIndexAsync(readIndex(asked, log));
            if (answer.state() == Future.State.SUCCESS) { // by the lease
                return CompletableFuture.completedFuture(index(answer.resultNow()));
            }
            return answer.thenApply(OwnReplicas::index)
                    // of a leader that steps down Ratis says so under a lock
                    .exceptionallyAsync(_ -> LeaderPort.UNKNOWN);
        } catch (IOException | RuntimeException e) {
            LOG.debug("log {} does not say how far it is committed", log, e);
            return CompletableFuture.completedFuture(LeaderPort.UNKNOWN);
        }
    }

    private static long index(ReadIndexReplyProto reply) {
        return reply.getServerReply().getSuccess() ? reply.getReadIndex() : LeaderPort.UNKNOWN;
    }

    private ReadIndexRequestProto readIndex(RaftServer asked, int log) {
        ByteString id = asked.getId().toByteString();
        var header =
                RaftRpcRequestProto.newBuilder()
                        .setRequestorId(id)
                        .setReplyId(id)
                        .setRaftGroupId(
                                RaftGroupIdProto.newBuilder().setId(groups.id(log).toByteString()))
                        .setCallId(calls.incrementAndGet());
        return ReadIndexRequestProto.newBuilder()
                .setServerRequest(header)
                .setClientRequest(
                        RaftClientRequestProto.newBuilder()
                                .setRpcRequest(header.clone().setRequestorId(client.toByteString()))
                                .setRead(ReadRequestTypeProto.getDefaultInstance()))
                .build();
    }

    /// Asks this node's replica.
    ///
    /// @return fails also when it does not lead, and a leader is asked for
    private CompletableFuture<RaftClientReply> submit(
            int log, Message message, RaftClientRequest.Type type) {
        RaftServer asked = running();
        if (asked == null) {
            return CompletableFuture.failedFuture(new IOException("the log is closed"));
        }
        var request =
                RaftClientRequest.newBuilder()
                        .setClientId(client)
                        .setServerId(asked.getId())
                        .setGroupId(groups.id(log))
                        .setCallId(calls.incrementAndGet())
                        .setMessage(message)
                        .setType(type)
                        .build();
        try {
            return asked.submitClientRequestAsync(request)
                    .thenApply(
                            reply -> {
                                if (!reply.isSuccess()) {
                                    throw new CompletionException(reply.getException());
                                }
                                return reply;
                            });
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /// Has Ratis forget what a snapshot holds, and every other member has.
    void purge(int log) {
        RaftServer asked = running();
        if (asked == null) {
            return;
        }
        var request =
                SnapshotManagementRequest.newCreate(
                        client,
                        asked.getId(),
                        groups.id(log),
                        calls.incrementAndGet(),
                        SNAPSHOT_MILLIS_MAX);
        try {
            asked.snapshotManagementAsync(request)
                    .exceptionally(
                            e -> {
                                LOG.debug("log {} was not purged", log, e);
                                return null;
                            });
        } catch (RuntimeException e) {
            LOG.debug("log {} was not purged", log, e);
        }
    }

    /// Has Ratis run a group whose directory is there.
    void add(int log) throws IOException {
        RaftGroupId group = groups.id(log);
        manage(
                GroupManagementRequest.newAdd(
                        client,
                        serverId(),
                        calls.incrementAndGet(),
                        RaftGroup.valueOf(group),
                        false));
    }

    /// Has Ratis run a group no more, and take its directory away; nothing where it runs none.
    void remove(int log) throws IOException {
        if (find(log).isPresent()) {
            manage(
                    GroupManagementRequest.newRemove(
                            client,
                            serverId(),
                            calls.incrementAndGet(),
                            groups.id(log),
                            true,
                            false));
        }
    }

    /// Has the group of a log, which this node leads, have these members.
    ///
    /// @return fails when it does not lead, or another change is under way
    CompletableFuture<Void> configure(int log, List<RaftPeer> voters, List<RaftPeer> listeners) {
        try {
            var request =
                    new SetConfigurationRequest(
                            client,
                            serverId(),
                            groups.id(log),
                            calls.incrementAndGet(),
                            voters,
                            listeners);
            return asked().setConfigurationAsync(request).thenAccept(OwnReplicas::check);
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private RaftServer asked() throws IOException {
        RaftServer asked = running();
        if (asked == null) {
            throw new IOException("the log is closed");
        }
        return asked;
    }

    private RaftPeerId serverId() throws IOException {
        return asked().getId();
    }

    private void manage(GroupManagementRequest request) throws IOException {
        try {
            asked().groupManagementAsync(request).thenAccept(OwnReplicas::check).join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(String.valueOf(cause.getMessage()), e);
        }
    }

    private static void check(RaftClientReply reply) {
        if (!reply.isSuccess()) {
            throw new CompletionException(reply.getException());
        }
    }

    /// Nobody is asked any more from the first line on.
    void close() {
        isClosed = true;
        RaftServer running = server;
        if (running != null) {
            try {
                running.close();
            } catch (IOException e) {
                LOG.warn("Raft was not closed in order", e);
            }
        }
    }
}
