package io.tsdb.cluster.raft;

import io.tsdb.cluster.shardmap.ClusterView;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.log.NodeLog;

import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/// What moving replicas takes of the logs: who is in a group and the change of that, at its leader;
/// and the beginnings of a replica that is to come. Any thread.
public final class ReplicaMoves {
    private final RaftNodeLog node;
    private final ClusterView view;
    private final OwnReplicas own;
    private final FileStore io;
    private final Path directory;

    /// @param directory of Raft's logs
    ReplicaMoves(
            RaftNodeLog node, ClusterView view, OwnReplicas own, FileStore io, Path directory) {
        this.node = node;
        this.view = view;
        this.own = own;
        this.io = io;
        this.directory = directory;
    }

    /// Whether this node leads a log, and knows all that was committed.
    public boolean leads(int log) {
        return own.find(log).map(division -> division.getInfo().isLeaderReady()).orElse(false);
    }

    /// Whether no other change of a group is under way, and its members are these.
    ///
    /// @param voters ids
    public boolean isGroupOf(int log, Collection<String> voters) {
        return settled(log)
                .map(group -> ids(group, RaftPeerRole.FOLLOWER).equals(Set.copyOf(voters)))
                .orElse(false);
    }

    /// Has a group that this node leads have these members; done when a majority of them has it.
    ///
    /// @param voters ids
    /// @return fails also when another change is under way: it is tried again
    public CompletableFuture<Void> group(int log, Collection<String> voters) {
        return own.configure(log, peers(voters), List.of());
    }

    /// Whether the catalog's group has these members, and no other.
    ///
    /// @param present of them: some of these vote, the others follow
    public boolean isCatalogOf(List<Member> members, List<Member> present) {
        return settled(NodeLog.CATALOG)
                .map(
                        group -> {
                            Set<String> voters = ids(group, RaftPeerRole.FOLLOWER);
                            Set<String> wanted = ids(RaftGroups.voters(present, voters));
                            return voters.equals(wanted)
                                    && ids(group, RaftPeerRole.LISTENER)
                                            .equals(others(members, wanted));
                        })
                .orElse(false);
    }

    /// Whether a member is in the catalog's group, as this node knows it: it votes, or follows.
    public boolean isInCatalog(String member) {
        return own.find(NodeLog.CATALOG)
                .map(RaftServer.Division::getRaftConf)
                .filter(
                        group ->
                                ids(group, RaftPeerRole.FOLLOWER).contains(member)
                                        || ids(group, RaftPeerRole.LISTENER).contains(member))
                .isPresent();
    }

    /// Has the catalog's group, which this node leads, have these members.
    public CompletableFuture<Void> catalogOf(List<Member> members, List<Member> present) {
        Set<String> before =
                own.find(NodeLog.CATALOG)
                        .map(division -> ids(division.getRaftConf(), RaftPeerRole.FOLLOWER))
                        .orElse(Set.of());
        Set<String> voters = ids(RaftGroups.voters(present, before));
        return own.configure(NodeLog.CATALOG, peers(voters), peers(others(members, voters)));
    }

    private static Set<String> others(List<Member> members, Set<String> voters) {
        Set<String> others = ids(members);
        others.removeAll(voters);
        return others;
    }

    /// Members of a group, once a majority of them knows that they are.
    private Optional<RaftConfiguration> settled(int log) {
        return own.find(log)
                .filter(
                        division ->
                                division.getRaftConf().getPreviousPeers().isEmpty()
                                        && division.getRaftConf().getLogEntryIndex()
                                                <= division.getRaftLog().getLastCommittedIndex())
                .map(RaftServer.Division::getRaftConf);
    }

    private static Set<String> ids(RaftConfiguration group, RaftPeerRole role) {
        return group.getCurrentPeers(role).stream()
                .map(peer -> peer.getId().toString())
                .collect(Collectors.toSet());
    }

    private static Set<String> ids(List<Member> members) {
        return members.stream().map(Member::id).collect(Collectors.toSet());
    }

    private List<RaftPeer> peers(Collection<String> ids) {
        return ids.stream().map(view.members()::member).map(RaftGroups::peer).toList();
    }

    /// How long the catalog's leader, which this node must be, has heard nothing of a member, in
    /// milliseconds; empty when it cannot say.
    public OptionalLong silentMillis(String member) {
        Optional<RaftServer.Division> catalog = own.find(NodeLog.CATALOG);
        if (catalog.isEmpty() || !catalog.get().getInfo().isLeader()) {
            return OptionalLong.empty();
        }
        return catalog
                .get()
                .getInfo()
                .getRoleInfoProto()
                .getLeaderInfo()
                .getFollowerInfoList()
                .stream()
                .filter(one -> one.getId().getId().toStringUtf8().equals(member))
                .mapToLong(ServerRpcProto::getLastRpcElapsedTimeMs)
                .findFirst();
    }

    /// Gives the lead of a shard to a member.
    public CompletableFuture<Void> transfer(int shard, String member) {
        return own.transfer(shard, member);
    }

    /// Whether nothing that this node appended waits for what its replica delivers.
    public boolean isIdle(int shard) {
        return node.shard(shard).appends().isIdleHere();
    }

    /// Whether a replica is here and will never catch up: the others have forgotten what it needs.
    public boolean hasEnded(int shard) {
        return node.shard(shard).isStarted() && node.shard(shard).hasEnded();
    }

    /// Up to where a replica of a log needs no entries any more: what [#begin] takes elsewhere,
    /// beside what the store holds at that entry or later.
    ///
    /// @throws IOException when there was no flush yet
    public byte[] snapshot(int log) throws IOException {
        Path file = LogSnapshot.file(directory, log);
        if (!io.exists(file)) {
            throw new IOException(
                    NodeLog.label(log) + " has no snapshot yet: it is to be flushed before");
        }
        return io.readAll(file);
    }

    /// Makes the place of a replica that goes on from a snapshot of another one: from now on it
    /// counts as being here. What the store has of it must be durable.
    public void begin(int log, byte[] snapshot) throws IOException {
        io.createDirectories(directory);
        io.replace(LogSnapshot.file(directory, log), snapshot);
        node.places().create(log);
    }

    /// Makes the place of a log that goes on from one of a node alone, up to whose end the store
    /// holds everything.
    public void begin(int log, long index) throws IOException {
        io.createDirectories(directory);
        if (index > 0) {
            new LogSnapshot(0, index, new Origins()).store(io, LogSnapshot.file(directory, log));
        }
        node.places().create(log);
    }
}
