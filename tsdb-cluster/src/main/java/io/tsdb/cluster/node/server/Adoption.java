package io.tsdb.cluster.node.server;

import io.tsdb.cluster.node.config.ConfigException;
import io.tsdb.cluster.node.config.ConfigKey;
import io.tsdb.cluster.node.config.ConfigSources;
import io.tsdb.cluster.node.config.NodeConfig;
import io.tsdb.cluster.raft.LeaderPort;
import io.tsdb.cluster.raft.RaftNodeLog;
import io.tsdb.cluster.raft.RaftSettings;
import io.tsdb.cluster.raft.ReplicaMoves;
import io.tsdb.cluster.rpc.Greeting;
import io.tsdb.cluster.rpc.MemberFile;
import io.tsdb.cluster.shardmap.ClusterState;
import io.tsdb.cluster.shardmap.ClusterView;
import io.tsdb.cluster.shardmap.Member;
import io.tsdb.cluster.shardmap.Members;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.log.NodeLog;
import io.tsdb.storage.model.SystemClock;
import io.tsdb.storage.shard.ShardMoves;
import io.tsdb.storage.shard.Store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Makes the data directory of a node alone that of the first member of a cluster. All that its log
/// holds comes to parts; the logs that it has as a member go on behind that.
///
/// Until its `member` file is there it is still the directory of a node alone, and nothing that
/// this one needs was touched: a try that did not come to its end is begun anew, or forgotten.
public final class Adoption {
    private static final String WAL = "wal";
    private static final String RAFT = "raft";

    private Adoption() {}

    /// @param data of a node that does not run
    /// @param self what it is to be
    /// @param replicas of each shard, as soon as there are so many members
    /// @return number of its shards
    /// @throws ConfigException when the directory is not of a node alone
    public static int run(Path data, Member self, int replicas) throws IOException {
        FileStore io = new LocalFileStore();
        if (io.exists(data.resolve(MemberFile.NAME))) {
            throw new ConfigException(data + " is of a member of a cluster already");
        }
        if (!io.exists(data.resolve("store"))) {
            throw new ConfigException(data + " is no data directory of a node");
        }
        Map<Integer, Long> ends = flushed(data, io);
        int shards = ends.size() - 1;
        var members = new Members(shards, replicas, List.of(self));
        io.deleteTree(data.resolve(RAFT));
        try (var log = log(data, io, members, self)) {
            ReplicaMoves logs = log.moves();
            for (Map.Entry<Integer, Long> end : ends.entrySet()) {
                logs.begin(end.getKey(), end.getValue());
            }
        }
        MemberFile.store(
                io, data, new Greeting(self, shards, replicas, Optional.empty()).in(members));
        io.deleteTree(data.resolve(WAL));
        io.syncDirectory(data);
        return shards;
    }

    /// Up to where parts, and the file of the catalog, hold what each log had: all of it.
    private static Map<Integer, Long> flushed(Path data, FileStore io) throws IOException {
        var sources =
                ConfigSources.resolve(
                        Optional.empty(), Map.of(), Map.of(ConfigKey.DATA, data.toString()));
        NodeSettings settings = NodeSettings.here(NodeConfig.from(sources));
        Map<Integer, Long> ends = new TreeMap<>();
        try (Store store =
                Store.open(
                        settings.store(SystemClock.ticker()),
                        io,
                        SystemClock.ticker(),
                        SystemClock.wall())) {
            store.flush();
            ShardMoves shards = store.moves();
            shards.saveCatalog();
            ends.put(NodeLog.CATALOG, store.catalog().appliedIndex());
            for (int shard = 0; shard < store.writers().size(); shard++) {
                ends.put(shard, shards.loggedTo(shard));
            }
        }
        return ends;
    }

    private static RaftNodeLog log(Path data, FileStore io, Members members, Member self) {
        return new RaftNodeLog(
                io,
                data.resolve(RAFT),
                new ClusterView(ClusterState.first(members)),
                self.id(),
                RaftSettings.DEFAULT,
                LeaderPort.NOBODY,
                Optional.empty(),
                SystemClock.ticker());
    }
}
