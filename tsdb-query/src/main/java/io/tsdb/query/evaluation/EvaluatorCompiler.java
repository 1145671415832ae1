package io.tsdb.query.evaluation;

import com.google.re2j.Pattern;

import io.tsdb.query.analysis.BoundExpression;
import io.tsdb.query.analysis.BoundExpression.And;
import io.tsdb.query.analysis.BoundExpression.Arithmetic;
import io.tsdb.query.analysis.BoundExpression.Bucket;
import io.tsdb.query.analysis.BoundExpression.Call;
import io.tsdb.query.analysis.BoundExpression.Case;
import io.tsdb.query.analysis.BoundExpression.Cast;
import io.tsdb.query.analysis.BoundExpression.Comparison;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.analysis.BoundExpression.InList;
import io.tsdb.query.analysis.BoundExpression.IsNull;
import io.tsdb.query.analysis.BoundExpression.Like;
import io.tsdb.query.analysis.BoundExpression.Not;
import io.tsdb.query.analysis.BoundExpression.Or;
import io.tsdb.query.analysis.BoundExpression.Regex;
import io.tsdb.query.analysis.ExpressionTree;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.budget.QueryMemory;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.function.scalar.CallSite;
import io.tsdb.query.function.scalar.CoalesceFunction;

import java.util.ArrayList;
import java.util.List;

/// Expressions to evaluators, which share nothing: compile once per thread.
public final class EvaluatorCompiler {
    private final ColumnLayout layout;
    private final MemoryAccount memory;

    /// @param memory of the query: what the evaluators hold is reserved there
    public EvaluatorCompiler(ColumnLayout layout, QueryMemory memory) {
        this.layout = layout;
        this.memory = memory.account();
    }

    public Evaluator compile(BoundExpression expression) {
        memory.reserve(ColumnVector.MEMORY_BYTES);
        return switch (expression) {
            case Constant constant -> new ConstantEvaluator(constant, memory);
            case BoundExpression.Failing failing -> new FailingEvaluator(failing);
            case BoundExpression.Time _,
                    BoundExpression.Tag _,
                    BoundExpression.Field _,
                    BoundExpression.Input _ -> {
                int column = layout.indexOf(expression);
                yield rows -> rows.column(column);
            }
            case Call call -> call(call);
            case Bucket(var grid, BoundExpression operand) ->
                    new BucketEvaluator(grid, compile(operand));
            case Case(var conditions, var results, ColumnType type) ->
                    new CaseEvaluator(
                            compileAllConditions(conditions),
                            compileAll(results),
                            type,
                            memory.sibling());
            case Arithmetic a -> arithmetic(a);
            case Comparison c -> comparison(c);
            case And(List<BoundExpression> operands) ->
                    new LogicEvaluator(true, false, compileAll(operands), mayFail(operands));
            case Or(List<BoundExpression> operands) ->
                    new LogicEvaluator(false, false, compileAll(operands), mayFail(operands));
            case Not(BoundExpression operand) -> new NotEvaluator(compile(operand));
            case IsNull(BoundExpression operand, boolean negated) ->
                    new IsNullEvaluator(compile(operand), negated);
            case InList in -> inList(in);
            case Like(BoundExpression operand, String pattern, boolean anyCase, boolean negated) ->
                    new TextTestEvaluator(
                            compile(operand), new LikePattern(pattern, anyCase), negated, memory);
            case Regex(BoundExpression operand, String pattern, boolean negated) -> {
                Pattern compiled = Pattern.compile(pattern);
                yield new TextTestEvaluator(
                        compile(operand), text -> compiled.matcher(text).find(), negated, memory);
            }
            case Cast(BoundExpression operand, ColumnType type, boolean tries, var place) ->
                    new CastEvaluator(
                            compile(operand),
                            operand.type(),
                            type,
                            tries,
                            place.position(),
                            memory.sibling());
            case BoundExpression.WindowCall w ->
                    throw new IllegalStateException("BUG: " + w + " was not split off");
            case BoundExpression.Filled f ->
                    throw new IllegalStateException("BUG: " + f + " was not split off");
            case BoundExpression.Aggregate a ->
                    throw new IllegalStateException("BUG: " + a + " was not split off");
        };
    }

    /// An expression of which only matters for which rows it is true: what is unknown counts as
    /// false, also as a guard.
    public Evaluator compileCondition(BoundExpression expression) {
        return switch (expression) {
            case And(List<BoundExpression> operands) ->
                    new LogicEvaluator(
                            true, true, compileAllConditions(operands), mayFail(operands));
            case Or(List<BoundExpression> operands) ->
                    new LogicEvaluator(
                            false, false, compileAllConditions(operands), mayFail(operands));
            default -> compile(expression);
        };
    }

    public Evaluator[] compileAllConditions(List<? extends BoundExpression> expressions) {
        return expressions.stream().map(this::compileCondition).toArray(Evaluator[]::new);
    }

    private Evaluator call(Call call) {
        Evaluator[] arguments = compileAll(call.arguments());
        boolean guards =
                call.function() instanceof CoalesceFunction
                        && call.arguments().stream().skip(1).anyMatch(ExpressionTree::mayFail);
        return guards
                ? new CoalesceEvaluator(arguments, call.type(), memory.sibling())
                : new CallEvaluator(
                        call.function(),
                        arguments,
                        call.type(),
                        new CallSite(call.place().position(), memory.sibling()));
    }

    private static boolean[] mayFail(List<BoundExpression> operands) {
        var mayFail = new boolean[operands.size()];
        for (int i = 0; i < mayFail.length; i++) {
            mayFail[i] = ExpressionTree.mayFail(operands.get(i));
        }
        return mayFail;
    }

    public Evaluator[] compileAll(List<? extends BoundExpression> expressions) {
        var evaluators = new ArrayList<Evaluator>();
        expressions.forEach(expression -> evaluators.add(compile(expression)));
        return evaluators.toArray(Evaluator[]::new);
    }

    private Evaluator arithmetic(Arithmetic a) {
        Evaluator left = compile(a.left());
        Evaluator right = compile(a.right());
        if (a.type() == ColumnType.UINT64) {
            return new UnsignedArithmeticEvaluator(a.operator(), left, right, a.place().position());
        }
        return a.type() == ColumnType.FLOAT64
                ? new DoubleArithmeticEvaluator(a.operator(), left, right)
                : new LongArithmeticEvaluator(
                        a.operator(), left, right, a.type(), a.place().position());
    }

    private Evaluator comparison(Comparison c) {
        Evaluator left = compile(c.left());
        Evaluator right = compile(c.right());
        return switch (c.left().type()) {
            case TIMESTAMP, INT64, UINT64, BOOL ->
                    new LongComparisonEvaluator(c.operator(), left, right);
            case FLOAT64 -> new DoubleComparisonEvaluator(c.operator(), left, right);
            case STRING ->
                    c.right() instanceof Constant(_, String text)
                            ? new TextTestEvaluator(
                                    left, TextTest.of(c.operator(), text), false, memory)
                            : new TextComparisonEvaluator(c.operator(), left, right);
        };
    }

    private Evaluator inList(InList in) {
        Evaluator operand = compile(in.operand());
        boolean hasNull = in.values().stream().anyMatch(v -> v.value() == null);
        List<Object> values = new ArrayList<>();
        for (Constant value : in.values()) {
            Object known = value.value();
            if (known != null) {
                values.add(known);
            }
        }
        return new InListEvaluator(
                operand, in.operand().type(), values, hasNull, in.negated(), memory);
    }
}
