package io.tsdb.cluster.rebalance;

import io.tsdb.cluster.identity.NodeSockets;
import io.tsdb.cluster.rpc.ControlConnection;
import io.tsdb.cluster.rpc.Greeting;
import io.tsdb.cluster.rpc.LevelException;
import io.tsdb.cluster.shardmap.Program;
import io.tsdb.storage.io.FileStore;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// How a node becomes a member of a cluster that there is: a member enters it in the catalog, and
/// gives it the catalog. Until the data directory says that it is one, all of it begins anew at
/// each start, under the same id.
public final class Joining {
    private static final Logger LOG = LoggerFactory.getLogger(Joining.class);
    private static final long AGAIN_MILLIS = 500;
    private static final int TELL_ROUNDS = 10;

    /// Above what a large catalog takes.
    private static final int ANSWER_BYTES_MAX = 64 << 20;

    private Joining() {}

    /// Asks until the node is a member, and writes the catalog's file.
    ///
    /// @param io of the data directory
    /// @param self of this node, in no cluster
    /// @param program that it runs
    /// @param at data port of a member
    /// @return up to where the catalog's log is in that file, as `raft` knows it
    /// @throws LevelException when the cluster has come to a level that the program does not speak
    public static byte[] run(
            FileStore io,
            Path data,
            Greeting self,
            Program program,
            InetSocketAddress at,
            NodeSockets sockets)
            throws InterruptedException, LevelException {
        for (int round = 0; ; round++) {
            try (var member = new ControlConnection(at, self, ANSWER_BYTES_MAX, sockets)) {
                member.ask(ControlBytes.join(self.self(), program));
                ControlBytes.Catalog catalog =
                        ControlBytes.catalogOf(member.ask(ControlBytes.catalog()));
                io.createDirectories(data);
                io.replace(data.resolve("store"), catalog.store());
                LOG.info("the cluster at {} has taken this node, {}", at, self.self().id());
                return catalog.snapshot();
            } catch (LevelException e) {
                throw e;
            } catch (IOException e) {
                if (round % TELL_ROUNDS == 0) {
                    LOG.info("the cluster at {} has not taken this node yet: {}", at, e.toString());
                }
            }
            TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
        }
    }
}
