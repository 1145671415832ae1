package io.tsdb.cluster.raft;

import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.FileListSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/// What Ratis knows as the state machine of a group: hands on what is committed, and says how far
/// that is durable elsewhere. Nothing changes but in the order of the log; what cannot be applied
/// ends this replica, since one that went on would differ from the others.
final class LogStateMachine extends BaseStateMachine {
    private static final long NO_SNAPSHOT = -1;

    private final RaftShardLog log;

    /// What Ratis takes for the index of the newest snapshot: it ends a replica that names a lower
    /// one. One that starts again knows its snapshot before it knows what the others have.
    private volatile long snapshotIndex = NO_SNAPSHOT;

    LogStateMachine(RaftShardLog log) {
        this.log = log;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage)
            throws IOException {
        super.initialize(server, group, storage);
        LogSnapshot snapshot = log.snapshot();
        if (snapshot != null) {
            setLastAppliedTermIndex(TermIndex.valueOf(snapshot.term(), snapshot.index()));
            snapshotIndex = snapshot.index();
            log.progress().reached(snapshot.index());
        }
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = Objects.requireNonNull(transaction.getLogEntry());
        ByteString data = entry.getStateMachineLogEntry().getLogData();
        AppendOutcome outcome = log.deliver(entry.getTerm(), entry.getIndex(), data);
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        log.progress().reached(entry.getIndex());
        log.applied();
        return CompletableFuture.completedFuture(answer(outcome));
    }

    /// An entry of Ratis' own, as the first one of each leader is.
    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        super.notifyTermIndexUpdated(term, index);
        log.progress().reached(index);
    }

    private static Message answer(AppendOutcome outcome) {
        return Message.valueOf(ByteString.copyFrom(new byte[] {(byte) outcome.number()}));
    }

    /// Only what is on disk elsewhere, whatever was applied, and what no other member needs from
    /// here: Ratis forgets all up to it.
    @Override
    public long takeSnapshot() {
        long index = log.purgeableIndex();
        if (index < snapshotIndex) {
            return NO_SNAPSHOT;
        }
        snapshotIndex = index;
        return index;
    }

    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        LogSnapshot snapshot = log.snapshot();
        return snapshot == null
                ? null
                : new FileListSnapshotInfo(List.of(), snapshot.term(), snapshot.index());
    }

    /// A read is a barrier: Ratis answers it once everything before it is applied here.
    @Override
    public CompletableFuture<Message> query(Message request) {
        return CompletableFuture.completedFuture(Message.EMPTY);
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        log.leaderChanged(leader);
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
        log.ended("its Raft log failed: " + cause.getMessage());
    }

    @Override
    public void notifyServerShutdown(RoleInfoProto role, boolean allServer) {
        log.ended("its replica has ended");
    }

    /// Nothing is purged that a member has not; so this member has lost its log.
    @Override
    public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(
            RoleInfoProto role, TermIndex first) {
        String reason =
                "this replica lacks entries that the others have no more: their log begins at "
                        + first.getIndex();
        log.ended(reason);
        return CompletableFuture.failedFuture(new IOException(reason));
    }

    @Override
    public void close() {
        log.ended("its replica was closed");
    }
}
