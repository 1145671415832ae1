package io.tsdb.cluster.delete;

import io.tsdb.query.fragment.QueryControl;
import io.tsdb.query.fragment.RowChoice;
import io.tsdb.query.plan.ScanSpec;
import io.tsdb.storage.scan.DeletedRows;
import io.tsdb.storage.shard.Deletion;
import io.tsdb.storage.shard.Shard;

import java.io.IOException;
import java.io.UncheckedIOException;

/// A delete at a shard of which a replica is here.
public final class ShardDeletion {
    private static final int TRIES_MAX = 10;

    private ShardDeletion() {}

    /// Decides, and logs what was decided; anew when another flush comes in between, as it may in a
    /// cluster. Waits for a flush and for the log.
    ///
    /// @return how many rows are gone
    /// @throws IOException when all of them or some may not be gone, and why
    public static long delete(ScanSpec rows, Shard shard, QueryControl control) throws IOException {
        long deleted = 0;
        for (int tries = 1; ; tries++) {
            control.check();
            try (Deletion deletion = shard.beginDelete()) {
                RowChoice choice = RowChoice.of(rows, deletion, control);
                control.check(); // the flush took its time: nothing is logged that nobody waits for
                for (DeletedRows some : choice.rows()) {
                    deletion.delete(choice.measurement().orElseThrow(), some);
                }
                return deleted + choice.count();
            } catch (Deletion.OvertakenException e) {
                if (tries == TRIES_MAX) {
                    throw e;
                }
            } catch (UncheckedIOException e) {
                throw e.getCause(); // rows that could not be flushed: no decision without them
            }
        }
    }
}
