package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Bucket;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.Optional;

/// The `time_bucket_gapfill` of a `SELECT`, which may name it in more than one place.
final class GapBuckets {
    /// @param fromNanos a time in the first bucket; null when the call does not say
    /// @param toNanos first time behind the last bucket; null when the call does not say
    record Call(
            Position position, Bucket bucket, @Nullable Long fromNanos, @Nullable Long toNanos) {
        private boolean isSame(Call other) {
            return bucket.equals(other.bucket)
                    && Objects.equals(fromNanos, other.fromNanos)
                    && Objects.equals(toNanos, other.toNanos);
        }
    }

    private @Nullable Call call;

    void add(Call next) {
        if (call != null && !call.isSame(next)) {
            throw new QueryException(
                    QueryErrorCode.UNSUPPORTED,
                    next.position(),
                    "a SELECT fills the gaps of one time_bucket_gapfill; this is another one than"
                            + " that at "
                            + call.position().line()
                            + ":"
                            + call.position().column());
        }
        call = call == null ? next : call;
    }

    Optional<Call> call() {
        return Optional.ofNullable(call);
    }
}
