package io.tsdb.cluster.node.server;

import io.tsdb.cluster.node.config.ConfigException;
import io.tsdb.cluster.node.config.NodeConfig;
import io.tsdb.cluster.rpc.MemberFile;
import io.tsdb.storage.io.FileStore;

import java.io.IOException;

/// Whether a data directory is of a node alone or of a member of a cluster.
final class NodeDirectory {
    private static final String STORE_FILE = "store";

    private NodeDirectory() {}

    /// Refuses a data directory that is of the other kind.
    static void checkKind(NodeConfig config, FileStore io) throws IOException {
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
                            + " is of a node alone, which cannot become a member of a cluster yet:"
                            + " load its data with tsdb export and tsdb import");
        }
    }
}
