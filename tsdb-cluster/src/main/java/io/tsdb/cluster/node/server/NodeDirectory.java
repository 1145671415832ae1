package io.tsdb.cluster.node.server;

import io.tsdb.cluster.node.config.ConfigException;
import io.tsdb.cluster.node.config.NodeConfig;
import io.tsdb.cluster.rpc.MemberFile;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.shard.BackupRestore;

import java.io.IOException;
import java.nio.file.Path;

/// Whether a data directory is of a node alone or of a member of a cluster, and all of one.
final class NodeDirectory {
    private static final String STORE_FILE = "store";

    private NodeDirectory() {}

    /// Takes away what is left of a join that did not come to its end: the node is no member yet.
    static void forgetJoin(Path data, FileStore io) throws IOException {
        io.delete(data.resolve(STORE_FILE));
        io.deleteTree(data.resolve("raft"));
    }

    /// Refuses a data directory that is of the other kind, or in which a restore did not come to
    /// its end.
    static void checkKind(NodeConfig config, FileStore io) throws IOException {
        if (BackupRestore.isUnderWay(io, config.data())) {
            throw new IOException(
                    "a restore into "
                            + config.data()
                            + " did not come to its end: run tsdb restore again, or remove what is"
                            + " in it");
        }
        boolean isMember = io.exists(config.data().resolve(MemberFile.NAME));
        if (config.cluster().isEmpty() && isMember) {
            throw new ConfigException(
                    config.data() + " is of a member of a cluster: start it with --cluster");
        }
        if (config.cluster().isPresent()
                && !isMember
                && io.exists(config.data().resolve(STORE_FILE))) {
            throw new ConfigException(
                    config.data()
                            + " is of a node alone: tsdb cluster adopt makes it the first member of"
                            + " a cluster; to come to one that there is, export its data and import"
                            + " it there");
        }
    }
}
