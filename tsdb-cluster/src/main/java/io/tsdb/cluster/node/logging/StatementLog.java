package io.tsdb.cluster.node.logging;

import io.tsdb.query.http.EndedStatement;
import io.tsdb.query.http.StatementWatch;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Writes statements that took long, and administrative ones, to the log. Any thread.
///
/// @param slow from which time on one took long; empty: none does
public record StatementLog(Supplier<Optional<Duration>> slow) implements StatementWatch {
    private static final Logger LOG = LoggerFactory.getLogger(StatementLog.class);

    @Override
    public void ended(EndedStatement statement) {
        String outcome = statement.error().isEmpty() ? "done" : statement.error();
        if (statement.kind().isAdministrative()) {
            AuditLog.say(
                    statement.sender(),
                    statement.address(),
                    statement.text(),
                    outcome,
                    new LogField("database", statement.database()));
        }
        Optional<Duration> bound = slow.get();
        if (bound.isPresent() && statement.elapsedNanos() >= bound.get().toNanos()) {
            LOG.warn(
                    "slow statement: {} {} {} {} {} {} {}",
                    new LogField("ms", TimeUnit.NANOSECONDS.toMillis(statement.elapsedNanos())),
                    new LogField("rows", statement.rowCount()),
                    new LogField("database", statement.database()),
                    new LogField("who", statement.sender()),
                    new LogField("from", statement.address()),
                    new LogField("outcome", outcome),
                    new LogField("statement", statement.text()));
        }
    }
}
