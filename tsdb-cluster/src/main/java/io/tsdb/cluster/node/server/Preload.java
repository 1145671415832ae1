package io.tsdb.cluster.node.server;

import io.tsdb.query.sql.SqlParser;
import io.tsdb.storage.parquet.PageCompression;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// What the first question of a process would wait for, and no recording holds: it is made once a
/// node serves, on a thread of its own. Beside the start it would take as much from that.
final class Preload {
    private static final Logger LOG = LoggerFactory.getLogger(Preload.class);
    private static final AtomicBoolean BEGUN = new AtomicBoolean();

    /// The parser learns its grammar from what it reads.
    private static final List<String> STATEMENTS =
            List.of(
                    "SELECT time_bucket('1m', time) AS t, host, max(v), count(*) FROM m WHERE host"
                            + " IN ('a', 'b') AND time >= '2026-01-01T00:00:00Z' AND time <"
                            + " '2026-01-02' AND v > 1.5 GROUP BY t, host ORDER BY t DESC LIMIT 5",
                    "SELECT * FROM m WHERE host = 'a' AND time > now() - INTERVAL '1 hour' LATEST"
                            + " BY host",
                    "SHOW MEASUREMENTS");

    private Preload() {}

    static void begin() {
        if (BEGUN.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("preload").start(Preload::run);
        }
    }

    private static void run() {
        try {
            PageCompression.load();
            STATEMENTS.forEach(SqlParser::parse);
        } catch (RuntimeException | LinkageError e) {
            LOG.debug("whoever needs it first says so", e);
        }
    }
}
