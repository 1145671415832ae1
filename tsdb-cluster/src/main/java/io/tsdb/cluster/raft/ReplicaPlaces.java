package io.tsdb.cluster.raft;

import io.tsdb.cluster.shardmap.ClusterView;
import io.tsdb.cluster.shardmap.MemberState;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.log.NodeLog;

import org.apache.ratis.conf.RaftProperties;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which replicas this node keeps, as the catalog says and as its directories do: both differ while
/// one comes or goes. Any thread; one at a time makes or takes away a place.
final class ReplicaPlaces {
    private final ClusterView view;
    private final String self;
    private final RaftGroups groups;
    private final FileStore io;
    private final Path directory;
    private final RaftProperties properties;

    /// @param self id of this node
    /// @param directory of Raft's logs
    ReplicaPlaces(
            ClusterView view,
            String self,
            RaftGroups groups,
            FileStore io,
            Path directory,
            RaftProperties properties) {
        this.view = view;
        this.self = self;
        this.groups = groups;
        this.io = io;
        this.directory = directory;
        this.properties = properties;
    }

    /// A file that is not there of a replica that should be; empty when all are complete.
    Optional<Path> missing() throws IOException {
        for (int log : all()) {
            Optional<Path> missing = groups.missing(log);
            if (missing.isPresent()) {
                return missing;
            }
        }
        return Optional.empty();
    }

    /// Whether any of the logs has a snapshot, so that entries were taken from it.
    boolean holdEntries() throws IOException {
        for (int log : all()) {
            if (io.exists(LogSnapshot.file(directory, log))) {
                return true;
            }
        }
        return false;
    }

    /// Makes all that should be here and are not.
    void begin() throws IOException {
        for (int log : all()) {
            complete(log);
        }
    }

    private List<Integer> all() {
        var all = new ArrayList<Integer>();
        all.add(NodeLog.CATALOG);
        all.addAll(view.placement().shardsOf(self));
        return all;
    }

    /// Also what has moved to this node, or has not gone from it, as the catalog says that this
    /// node has not come to yet.
    boolean keeps(int shard) {
        return view.placement().isAt(shard, self) || hasPlace(shard);
    }

    /// Whether the place of a replica was made.
    boolean hasPlace(int log) {
        try {
            return groups.missing(log).isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether this node is among those who keep a log; not as long as it is only coming or going.
    boolean isMember(int log) {
        return log == NodeLog.CATALOG || view.placement().isAt(log, self);
    }

    /// Whether this node's replica of a log has caught up before: one that is coming has what was
    /// copied, and of the log what it has heard since.
    boolean hasCome(int log) {
        return log == NodeLog.CATALOG
                ? !view.state().state(self).filter(MemberState.JOINING::equals).isPresent()
                : isMember(log);
    }

    /// Whether a member that has no replica of a log is about to begin one.
    boolean isMoving(int log) {
        return log == NodeLog.CATALOG
                ? !view.state().in(MemberState.JOINING).isEmpty()
                : view.state().move(log).isPresent();
    }

    /// Makes the place of a replica that comes to this node.
    void create(int log) throws IOException {
        groups.create(log, properties);
    }

    /// Makes the place of a replica where there is none.
    void complete(int log) throws IOException {
        if (groups.missing(log).isPresent()) {
            create(log);
        }
    }

    /// Takes the place of a replica away that nobody runs any more, and its snapshot.
    void delete(int log) throws IOException {
        groups.delete(log);
        io.delete(LogSnapshot.file(directory, log));
    }
}
