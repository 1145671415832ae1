package io.tsdb.cluster.raft;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// How a node that starts waits for the others, and says so.
final class MajorityWait {
    private static final Logger LOG = LoggerFactory.getLogger(MajorityWait.class);
    private static final long STILL_WAITING_MILLIS = 5_000;

    private final RaftNodeLog node;
    private final Barriers barriers;

    MajorityWait(RaftNodeLog node, Barriers barriers) {
        this.node = node;
        this.barriers = barriers;
    }

    /// Until the replica of a log has everything that was acknowledged before; at once where this
    /// node is none of those who keep it.
    ///
    /// @throws IOException when the others have let go of this node: they will never tell it
    void await(RaftShardLog log) throws IOException {
        boolean reached = false;
        long told = 0;
        while (!reached && node.places().isMember(log.number())) {
            if (node.isClosing()) {
                throw new IOException("closed while waiting for a majority of the cluster");
            }
            try {
                barriers.passed(log.number()).get(STILL_WAITING_MILLIS, TimeUnit.MILLISECONDS);
                reached = true;
            } catch (TimeoutException e) {
                checkMember();
                if (told++ % 2 == 0) {
                    LOG.info("log {}: waits for a majority of the cluster", log.number());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for a majority", e);
            } catch (ExecutionException e) {
                checkMember();
                log.trouble().ifPresent(what -> LOG.info("still waits for a majority: {}", what));
            }
        }
    }

    private void checkMember() throws IOException {
        if (node.isRemoved()) {
            throw new IOException(
                    "this node, "
                            + node.self()
                            + ", is no member of its cluster any more: it was removed while it was"
                            + " away. To have it join again, as a new member, start it on an empty"
                            + " data directory");
        }
    }
}
