package io.tsdb.cluster.raft;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.util.LifeCycle;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// Ratis over gRPC, whose followers hear at once what is committed. By itself a leader tells them
/// with the next entry, or the next heartbeat: an append at a follower would wait half an
/// election's time for its answer.
///
/// Also, a server takes only what is addressed to it: [AddresseeCheck].
///
/// Ratis makes it by its name.
public final class PromptGrpc implements RpcType {
    private static final String COMMITS = "tsdb.commits";
    private static final long LOOK_MILLIS = 2;
    private static final long IDLE_LOOK_MILLIS = 20;

    /// A follower that is behind its disk cannot take over a commit yet, however often it is told.
    private static final long BEAT_MILLIS_MIN = 5;

    private static final long UNANSWERED_MILLIS_MAX = 250;
    private static final long ANSWERS_MILLIS_MAX = 1_000;

    /// Those who tell followers of commits, of the groups that this node leads.
    static final class Commits {
        private final Map<RaftGroupId, Set<LogAppender>> appenders = new ConcurrentHashMap<>();

        private void add(RaftGroupId group, LogAppender appender) {
            appenders.computeIfAbsent(group, _ -> ConcurrentHashMap.newKeySet()).add(appender);
        }

        private void remove(RaftGroupId group, LogAppender appender) {
            appenders.getOrDefault(group, Set.of()).remove(appender);
        }

        /// Something was committed. Any thread.
        void tell(RaftGroupId group) {
            appenders.getOrDefault(group, Set.of()).forEach(LogAppender::notifyLogAppender);
        }

        /// Of a server that takes what is addressed to it, and nothing else.
        ///
        /// @param self id of its member
        Parameters parameters(String self) {
            var parameters = new Parameters();
            parameters.put(COMMITS, this, Commits.class);
            var check = new AddresseeCheck(self);
            GrpcConfigKeys.Server.setServicesCustomizer(
                    parameters, (builder, _) -> builder.intercept(check));
            return parameters;
        }
    }

    @Override
    public String name() {
        return PromptGrpc.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
        return new Factory(
                parameters, Objects.requireNonNull(parameters.get(COMMITS, Commits.class)));
    }

    private static final class Factory extends GrpcFactory {
        private final Commits commits;

        Factory(Parameters parameters, Commits commits) {
            super(parameters);
            this.commits = commits;
        }

        @Override
        public LogAppender newLogAppender(
                RaftServer.Division division, LeaderState state, FollowerInfo follower) {
            return new Appender(division, state, follower, commits);
        }
    }

    private static final class Appender extends GrpcLogAppender {
        private final RaftGroupId group;
        private final Commits commits;

        Appender(
                RaftServer.Division division,
                LeaderState state,
                FollowerInfo follower,
                Commits commits) {
            super(division, state, follower);
            this.group = division.getMemberId().getGroupId();
            this.commits = commits;
        }

        @Override
        public void start() {
            commits.add(group, this);
            super.start();
        }

        /// A heartbeat is due, too, when it would tell of a commit and no entry does.
        @Override
        public long getHeartbeatWaitTimeMs() {
            boolean news = getRaftLog().getLastCommittedIndex() > getFollower().getCommitIndex();
            return news && !hasAppendEntries() && answers() && !hasJustBeat()
                    ? 0
                    : super.getHeartbeatWaitTimeMs();
        }

        /// Whether one is under way that was not answered: one more would tell nothing faster, and
        /// a follower that is slow would drown in them.
        private boolean hasJustBeat() {
            long sinceMillis = getFollower().getLastHeartbeatSendTime().elapsedTimeMs();
            boolean unanswered =
                    sinceMillis <= getFollower().getLastRpcResponseTime().elapsedTimeMs();
            return sinceMillis < (unanswered ? UNANSWERED_MILLIS_MAX : BEAT_MILLIS_MIN);
        }

        private boolean answers() {
            return getFollower().getLastRpcResponseTime().elapsedTimeMs() < ANSWERS_MILLIS_MAX;
        }

        /// A signal that comes before the appender waits is lost, and with it half an election's
        /// time: so it looks again by itself, as long as the follower answers.
        @Override
        public long getWaitTimeMs() {
            long usual = super.getWaitTimeMs();
            if (!answers()) {
                return usual;
            }
            boolean lacks = getRaftLog().getNextIndex() - 1 > getFollower().getCommitIndex();
            return Math.min(usual, lacks ? LOOK_MILLIS : IDLE_LOOK_MILLIS);
        }

        @Override
        public CompletableFuture<LifeCycle.State> stopAsync() {
            commits.remove(group, this);
            return super.stopAsync();
        }
    }
}
