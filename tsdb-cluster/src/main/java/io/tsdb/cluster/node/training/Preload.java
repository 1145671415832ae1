package io.tsdb.cluster.node.training;

import io.tsdb.query.sql.SqlParser;
import io.tsdb.storage.parquet.PageCompression;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the first question of a process would wait for, and the recording of [Training] does not
/// hold: it is made once a node serves, on a thread of its own. Beside the start it would take as
/// much from that.
public final class Preload {
    private static final Logger LOG = LoggerFactory.getLogger(Preload.class);

    private Preload() {}

    /// Begins it; does not wait.
    public static void begin() {
        Thread.ofPlatform().daemon().name("preload").start(Preload::run);
    }

    private static void run() {
        try {
            PageCompression.load();
            // the parser learns its grammar from what it reads
            String range = TrainingLines.range(0);
            for (String question : Training.questions()) {
                SqlParser.parse(question.replace("%s", range));
            }
        } catch (RuntimeException | LinkageError e) {
            LOG.debug("whoever needs it first says so", e);
        }
    }
}
