package io.tsdb.cluster.read;

import io.tsdb.query.exec.QueryResult;
import io.tsdb.query.exec.Session;
import io.tsdb.query.fragment.QueryCancellation;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Runs statements on what is acknowledged anywhere when they come. Any thread.
///
/// A query on logs that are quiet does not wait until leaders have said how far these are
/// committed: mostly this node has all of it. It runs meanwhile, up to its first rows, and nothing
/// of it is told before they have answered. When one names an entry that was not applied here when
/// the query looked, what it found counts for nothing, a failure neither: it runs once more, behind
/// the barriers. So an answer has the same as one that waited. Where points come all the time this
/// would mostly be for nothing: such a query waits.
public final class ReadAhead {
    private static final Pattern QUERY = Pattern.compile("(?i)\\s*(SELECT|WITH)\\b");

    private final ClusterFragmentRunner runner;
    private final LongAdder aheadCount = new LongAdder();
    private final LongAdder againCount = new LongAdder();

    public ReadAhead(ClusterFragmentRunner runner) {
        this.runner = runner;
    }

    /// @param sql what the statement is
    /// @param asked by whom, and how
    /// @param statement runs it
    /// @throws QueryException `unavailable` when nobody can say what was acknowledged
    public QueryResult execute(
            String sql, Session asked, Function<Session, QueryResult> statement) {
        ReadPoint point = runner.begin();
        if (point.isQuiet() && QUERY.matcher(sql).lookingAt()) {
            QueryResult result = ahead(point, asked, statement);
            if (result != null) {
                return result;
            }
        }
        try {
            point.catalog().join();
        } catch (CompletionException e) {
            throw new QueryException(
                    QueryErrorCode.UNAVAILABLE,
                    Position.NONE,
                    "this node cannot say what was acknowledged last: "
                            + (e.getCause() == null ? e : e.getCause()).getMessage());
        }
        return ScopedValue.where(ClusterFragmentRunner.READ_POINT, point)
                .call(() -> statement.apply(asked));
    }

    /// @return null when it was for nothing
    private @Nullable QueryResult ahead(
            ReadPoint point, Session asked, Function<Session, QueryResult> statement) {
        if (!runner.readsCatalog(point)) {
            return null;
        }
        aheadCount.increment();
        QueryCancellation attempt = asked.cancellation().attempt();
        point.whenStale(attempt::giveUp);
        Session session = asked.withCancellation(attempt);
        point.setAhead(true);
        BegunResult begun = null;
        boolean counts = false;
        try {
            begun =
                    ScopedValue.where(ClusterFragmentRunner.READ_POINT, point)
                            .call(() -> BegunResult.of(statement.apply(session)));
            counts = runner.held(point);
        } catch (QueryException e) {
            counts = runner.held(point);
            if (counts) {
                throw e;
            }
        } finally {
            point.setAhead(false);
            if (!counts && begun != null) {
                begun.close();
            }
        }
        if (!counts) {
            againCount.increment();
        }
        return counts ? begun : null;
    }

    /// Queries that did not wait for their barriers.
    public long aheadCount() {
        return aheadCount.sum();
    }

    /// Those that ran once more, since it was for nothing.
    public long againCount() {
        return againCount.sum();
    }
}
