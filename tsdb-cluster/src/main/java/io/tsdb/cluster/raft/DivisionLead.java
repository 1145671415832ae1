package io.tsdb.cluster.raft;

import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/// The lead of this node's replicas, as Ratis has it.
final class DivisionLead implements LeaderBalance.Lead, HandOver.Lead {
    private static final Logger LOG = LoggerFactory.getLogger(DivisionLead.class);
    private static final long SILENT_MILLIS_MAX = 500;
    private static final long BEHIND_MAX = 100;
    private static final Duration TRANSFER_LONGEST = Duration.ofSeconds(3);

    /// A follower that has said nothing for that long takes no lead; an idle one answers a
    /// heartbeat every half second.
    private static final long GONE_MILLIS = 2_000;

    private final RaftServer server;
    private final IntFunction<RaftGroupId> groups;
    private final ClientId client;
    private final AtomicLong calls;

    DivisionLead(
            RaftServer server, IntFunction<RaftGroupId> groups, ClientId client, AtomicLong calls) {
        this.server = server;
        this.groups = groups;
        this.client = client;
        this.calls = calls;
    }

    @Override
    public boolean isLeader(int shard) {
        try {
            return server.getDivision(groups.apply(shard)).getInfo().isLeaderReady();
        } catch (IOException e) {
            LOG.debug("shard {} has no replica here", shard, e);
            return false;
        }
    }

    @Override
    public boolean isUpToDate(int shard, String member) {
        try {
            RaftServer.Division division = server.getDivision(groups.apply(shard));
            DivisionInfo info = division.getInfo();
            long committed = division.getRaftLog().getLastCommittedIndex();
            long[] matched = info.getFollowerMatchIndices();
            return matched != null
                    && Arrays.stream(matched).min().orElse(0) + BEHIND_MAX >= committed
                    && info.getRoleInfoProto().getLeaderInfo().getFollowerInfoList().stream()
                            .filter(one -> isOf(one, member))
                            .anyMatch(one -> one.getLastRpcElapsedTimeMs() < SILENT_MILLIS_MAX);
        } catch (IOException e) {
            LOG.debug("shard {} has no replica here", shard, e);
            return false;
        }
    }

    @Override
    public List<String> followers(int log) {
        try {
            RaftServer.Division division = server.getDivision(groups.apply(log));
            Map<String, Long> committed =
                    division.getCommitInfos().stream()
                            .collect(
                                    Collectors.toMap(
                                            one -> one.getServer().getId().toStringUtf8(),
                                            CommitInfoProto::getCommitIndex));
            return division
                    .getInfo()
                    .getRoleInfoProto()
                    .getLeaderInfo()
                    .getFollowerInfoList()
                    .stream()
                    .filter(one -> one.getLastRpcElapsedTimeMs() < GONE_MILLIS)
                    .map(one -> one.getId().getId().toStringUtf8())
                    .sorted(
                            Comparator.comparing((String one) -> committed.getOrDefault(one, -1L))
                                    .reversed())
                    .toList();
        } catch (IOException e) {
            LOG.debug("log {} has no replica here", log, e);
            return List.of();
        }
    }

    private static boolean isOf(ServerRpcProto follower, String member) {
        return follower.getId().getId().toStringUtf8().equals(member);
    }

    @Override
    public CompletableFuture<Void> transfer(int shard, String member) {
        return transfer(shard, member, TRANSFER_LONGEST);
    }

    @Override
    public CompletableFuture<Void> transfer(int shard, String member, Duration longest) {
        var request =
                new TransferLeadershipRequest(
                        client,
                        server.getId(),
                        groups.apply(shard),
                        calls.incrementAndGet(),
                        RaftPeerId.valueOf(member),
                        longest.toMillis());
        try {
            return server.transferLeadershipAsync(request)
                    .thenAccept(
                            reply -> {
                                if (!reply.isSuccess()) {
                                    throw new CompletionException(reply.getException());
                                }
                            });
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
