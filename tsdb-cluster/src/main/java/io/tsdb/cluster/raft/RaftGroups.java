package io.tsdb.cluster.raft;

import io.tsdb.cluster.shardmap.ClusterState;
import io.tsdb.cluster.shardmap.ClusterView;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.MemberState;
import io.tsdb.cluster.shardmap.Placement;
import io.tsdb.cluster.shardmap.PlacementPlanner;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.log.NodeLog;

import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorageImpl;
import org.apache.ratis.server.storage.StorageImplUtils;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The groups of a cluster as Ratis knows them, and their directories on disk, which are complete
/// before Ratis sees them: a group that Ratis finds there without its members would never elect.
final class RaftGroups {
    /// Of the configuration that a group begins with: before every entry, and before -1, which
    /// Ratis takes for none. A member whose first entry, the configuration of its first leader, is
    /// replaced by that of another leader forgets all configurations from that entry on: had the
    /// one it began with the same index, it would be left with none, and end itself at the next
    /// election.
    private static final long FIRST_INDEX = -2;

    private static final Path METADATA = Path.of("current", "raft-meta");
    private static final Path CONFIGURATION = Path.of("current", "raft-meta.conf");

    /// More would vote slower and no safer; the others follow.
    private static final int CATALOG_VOTERS_MAX = 5;

    private final ClusterView view;
    private final FileStore io;
    private final Path directory;
    private final Map<Integer, RaftGroupId> ids = new ConcurrentHashMap<>();

    RaftGroups(ClusterView view, FileStore io, Path directory) {
        this.view = view;
        this.io = io;
        this.directory = directory;
    }

    RaftGroupId id(int log) {
        return ids.computeIfAbsent(
                log, number -> RaftGroupId.valueOf(view.members().group(number)));
    }

    Path directory(int log) {
        return directory.resolve(view.members().group(log).toString());
    }

    /// Who votes in the catalog's group: of different zones, as far as there are.
    ///
    /// @param before ids of those who do now; they stay as long as they may
    static List<Member> voters(List<Member> members, Set<String> before) {
        List<String> stay =
                members.stream().map(Member::id).filter(before::contains).sorted().toList();
        Placement one =
                stay.isEmpty()
                        ? PlacementPlanner.first(members, 1, CATALOG_VOTERS_MAX)
                        : PlacementPlanner.next(
                                members, CATALOG_VOTERS_MAX, new Placement(0, List.of(stay)));
        List<String> ids = one.replicas(0);
        return members.stream().filter(member -> ids.contains(member.id())).toList();
    }

    /// All of one priority: a leader would step down for a member of a higher one that comes back.
    static RaftPeer peer(Member member) {
        return RaftPeer.newBuilder()
                .setId(RaftPeerId.valueOf(member.id()))
                .setAddress(member.raft().toString())
                .build();
    }

    /// A file of a group's that is not there; empty when it is complete.
    Optional<Path> missing(int log) throws IOException {
        for (Path file : new Path[] {METADATA, CONFIGURATION}) {
            Path path = directory(log).resolve(file);
            if (!io.exists(path)) {
                return Optional.of(path);
            }
        }
        return Optional.empty();
    }

    /// Takes a group's directory away.
    void delete(int log) throws IOException {
        io.deleteTree(directory(log));
        if (io.exists(directory)) {
            io.syncDirectory(directory);
        }
    }

    /// Makes the directory of a group that has never run here: of a cluster that begins, or of a
    /// group that this member is not in yet, and learns from its leader that it is.
    void create(int log, RaftProperties properties) throws IOException {
        io.createDirectories(directory);
        io.deleteTree(directory(log)); // of a start that did not come to its end
        String name = view.members().group(log).toString();
        RaftStorageImpl storage =
                StorageImplUtils.initRaftStorage(
                        name, RaftStorage.StartupOption.FORMAT, properties);
        try (storage) {
            storage.writeRaftConfiguration(configuration(log));
        }
        io.syncDirectory(directory(log).resolve("current"));
        io.syncDirectory(directory(log));
        io.syncDirectory(directory);
    }

    private static boolean isJoining(ClusterState state, String member) {
        return state.state(member).filter(MemberState.JOINING::equals).isPresent();
    }

    private LogEntryProto configuration(int log) {
        var peers = RaftConfigurationProto.newBuilder();
        if (log == NodeLog.CATALOG) {
            ClusterState state = view.state();
            List<Member> present =
                    state.members().members().stream()
                            .filter(one -> !isJoining(state, one.id()))
                            .toList();
            List<Member> voters = voters(present, Set.of());
            for (Member member : present) {
                RaftPeerProto peer = peer(member).getRaftPeerProto();
                if (voters.contains(member)) {
                    peers.addPeers(peer);
                } else {
                    peers.addListeners(peer);
                }
            }
        } else {
            for (String id : view.placement().replicas(log)) {
                peers.addPeers(peer(view.members().member(id)).getRaftPeerProto());
            }
        }
        return LogEntryProto.newBuilder()
                .setTerm(0)
                .setIndex(FIRST_INDEX)
                .setConfigurationEntry(peers)
                .build();
    }
}
