package io.tsdb.query.fragment;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.And;
import io.tsdb.query.analysis.BoundExpression.Comparison;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.BoundExpression.InList;
import io.tsdb.query.analysis.BoundExpression.Or;
import io.tsdb.query.analysis.BoundExpression.Tag;
import io.tsdb.query.analysis.ExpressionTree;
import io.tsdb.query.budget.QueryMemory;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.evaluation.Evaluator;
import io.tsdb.query.evaluation.EvaluatorCompiler;
import io.tsdb.query.sql.ComparisonOperator;
import io.tsdb.storage.scan.SeriesIndex;
import io.tsdb.storage.scan.TagColumn;

import org.jspecify.annotations.Nullable;
import org.roaringbitmap.IntIterator;
import org.roaringbitmap.RoaringBitmap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Series for which a condition on tags is true, by the postings of a shard.
///
/// `AND` and `OR` become set operations. `=` and `IN` look values up. Any other condition on one
/// tag is evaluated once per distinct value; on several tags, once per series.
final class SeriesChooser {
    private final SeriesIndex index;
    private final QueryMemory memory;

    SeriesChooser(SeriesIndex index, QueryMemory memory) {
        this.index = index;
        this.memory = memory;
    }

    /// @param condition reads tags only; null for all series
    RoaringBitmap choose(@Nullable BoundExpression condition) {
        return condition == null ? index.ids() : where(condition);
    }

    private RoaringBitmap where(BoundExpression condition) {
        return switch (condition) {
            case And(List<BoundExpression> operands) -> {
                RoaringBitmap all = where(operands.getFirst()).clone();
                for (BoundExpression operand : operands.subList(1, operands.size())) {
                    if (all.isEmpty()) {
                        break;
                    }
                    all.and(where(operand));
                }
                yield all;
            }
            case Or(List<BoundExpression> operands) -> {
                var any = new RoaringBitmap();
                operands.forEach(operand -> any.or(where(operand)));
                yield any;
            }
            case Comparison(ComparisonOperator operator, Tag(String tag, _), Constant value)
                    when operator == ComparisonOperator.EQUAL
                            && value.value() instanceof String text ->
                    withValue(tag, text);
            case InList(Tag(String tag, _), List<Constant> values, boolean negated)
                    when !negated -> {
                var any = new RoaringBitmap();
                for (Constant value : values) {
                    if (value.value() instanceof String text) {
                        any.or(withValue(tag, text));
                    }
                }
                yield any;
            }
            default -> byEvaluation(condition);
        };
    }

    private RoaringBitmap withValue(String tag, String value) {
        Optional<TagColumn> column = index.tag(tag);
        int id = column.map(c -> c.idOf(value)).orElse(TagColumn.ABSENT);
        return id == TagColumn.ABSENT ? new RoaringBitmap() : column.orElseThrow().postings(id);
    }

    private RoaringBitmap byEvaluation(BoundExpression condition) {
        var tags = new ArrayList<String>();
        ExpressionTree.addTags(condition, tags);
        return tags.size() == 1 ? byValue(condition, tags.getFirst()) : bySeries(condition, tags);
    }

    /// Evaluates over the distinct values of one tag; series without the tag are one more row,
    /// null.
    private RoaringBitmap byValue(BoundExpression condition, String tag) {
        Optional<TagColumn> column = index.tag(tag);
        var values = new TagWindow(1);
        Evaluator evaluator = new EvaluatorCompiler(_ -> 0, memory).compile(condition);
        var selection = new int[ColumnVector.ROWS_MAX];
        var chosen = new RoaringBitmap();
        int valueCount = column.map(TagColumn::valueCount).orElse(0);
        for (int from = 0; from < valueCount; from += ColumnVector.ROWS_MAX) {
            TagColumn present = column.orElseThrow();
            int count = Math.min(ColumnVector.ROWS_MAX, valueCount - from);
            values.begin(count);
            for (int i = 0; i < count; i++) {
                values.set(0, i, present.value(from + i));
            }
            values.finish();
            int selected = evaluator.evaluate(values).selectTrue(count, selection);
            for (int i = 0; i < selected; i++) {
                chosen.or(present.postings(from + selection[i]));
            }
        }
        values.begin(1);
        values.set(0, 0, null);
        values.finish();
        if (evaluator.evaluate(values).selectTrue(1, selection) == 1) {
            RoaringBitmap absent = index.ids().clone();
            for (int id = 0; id < valueCount; id++) {
                absent.andNot(column.orElseThrow().postings(id));
            }
            chosen.or(absent);
        }
        return chosen;
    }

    private RoaringBitmap bySeries(BoundExpression condition, List<String> tags) {
        List<Optional<TagColumn>> columns = tags.stream().map(index::tag).toList();
        var values = new TagWindow(tags.size());
        Evaluator evaluator =
                new EvaluatorCompiler(leaf -> tags.indexOf(((Tag) leaf).name()), memory)
                        .compile(condition);
        var selection = new int[ColumnVector.ROWS_MAX];
        var series = new int[ColumnVector.ROWS_MAX];
        var chosen = new RoaringBitmap();
        IntIterator ids = index.ids().getIntIterator();
        while (ids.hasNext()) {
            int count = 0;
            values.begin(ColumnVector.ROWS_MAX);
            while (count < ColumnVector.ROWS_MAX && ids.hasNext()) {
                int id = ids.next();
                for (int tag = 0; tag < columns.size(); tag++) {
                    values.set(tag, count, valueOf(columns.get(tag), id));
                }
                series[count++] = id;
            }
            values.begin(count);
            values.finish();
            int selected = evaluator.evaluate(values).selectTrue(count, selection);
            for (int i = 0; i < selected; i++) {
                chosen.add(series[selection[i]]);
            }
        }
        return chosen;
    }

    private static @Nullable String valueOf(Optional<TagColumn> column, int series) {
        if (column.isEmpty()) {
            return null;
        }
        int value = column.get().valueIdOf(series);
        return value == TagColumn.ABSENT ? null : column.get().value(value);
    }
}
