package io.tsdb.loadgen.query;

import io.tsdb.loadgen.workload.MeasurementSpec;

import java.util.List;
import java.util.Map;

/// One question, independent of any query language.
///
/// @param measurementIndex position of the measurement in its workload
/// @param devices numbers of the devices asked for; empty for all
/// @param tags tag filters, all of which must hold
/// @param fromNanos inclusive; [Long#MIN_VALUE] for no bound
/// @param toNanos exclusive; [Long#MAX_VALUE] for no bound
/// @param aboveField field that must be greater than `above`, or empty
/// @param bucketNanos width of the time buckets; 0 for none
/// @param groupTags tags to group by ([Shape#AGGREGATE])
/// @param aggregates columns of an aggregation
/// @param columns columns of [Shape#LATEST] beside the id tag; empty for all
/// @param having condition on the first aggregate
/// @param limit newest buckets to answer; 0 for all
/// @param finish what the client makes of the answer
public record QuerySpec(
        String type,
        Shape shape,
        MeasurementSpec measurement,
        int measurementIndex,
        List<Integer> devices,
        Map<String, String> tags,
        long fromNanos,
        long toNanos,
        String aboveField,
        double above,
        long bucketNanos,
        List<String> groupTags,
        List<Aggregate> aggregates,
        List<String> columns,
        Having having,
        int limit,
        Finish finish) {

    /// What needs a subquery or a window function in SQL: tsdb answers it ([FinishText]); others
    /// answer groups of ten minutes per truck, and the client makes the rest of them
    /// ([ClientFinish]), as TSBS does for servers without. Days are UTC.
    public enum Finish {
        /// The answer is the result.
        NONE,

        /// Trucks with more than 22 groups.
        MORE_THAN_22,

        /// Trucks with more than 60 groups.
        MORE_THAN_60,

        /// Per truck, a day's groups in hours, averaged over its days.
        HOURS_PER_DAY,

        /// Per truck and day, mean seconds from a group above 5, after one that is not, to the next
        /// that is not; of those that begin on the day and end.
        SESSION_SECONDS,

        /// Per fleet, model and day, sum of the second aggregate by 144.
        SHARE_OF_DAY,

        /// Per model, how often a group below 1 follows one that is not.
        BREAKDOWNS
    }

    /// Kind of answer.
    public enum Shape {
        /// One row per group and bucket.
        AGGREGATE,
        /// The points themselves.
        ROWS,
        /// The newest point of each device.
        LATEST
    }

    /// A function of a field.
    public record Aggregate(Function function, String field) {
        public String sql() {
            return function.name().toLowerCase(java.util.Locale.ROOT) + "(" + field + ")";
        }
    }

    /// Aggregate functions that the use cases need.
    public enum Function {
        MAX,
        AVG,
        LAST,
        COUNT
    }

    /// `first aggregate < value`, `> value`, or nothing.
    public record Having(String operator, double value) {
        public static final Having NONE = new Having("", 0);

        boolean holds(double number) {
            return switch (operator) {
                case "<" -> number < value;
                case ">" -> number > value;
                default -> true;
            };
        }
    }
}
