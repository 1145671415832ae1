package io.tsdb.query.analysis;

import io.tsdb.query.analysis.BoundExpression.Call;
import io.tsdb.query.analysis.BoundExpression.Constant;
import io.tsdb.query.budget.MemoryAccount;
import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.function.scalar.CallSite;
import io.tsdb.query.sql.Position;
import io.tsdb.query.sql.QueryException;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Calls with constants for arguments, done once, so that `to_timestamp(1700000000)` is a plain
/// bound of the scan. Calls that give texts are left: a text may be long, and is reserved where it
/// is made.
final class ConstantCall {
    private ConstantCall() {}

    static BoundExpression fold(Call call, Position position) {
        boolean isConstant =
                call.type() != ColumnType.STRING
                        && !call.arguments().isEmpty()
                        && call.arguments().stream().allMatch(Constant.class::isInstance);
        if (!isConstant) {
            return call;
        }
        List<ColumnVector> arguments =
                call.arguments().stream().map(a -> vector((Constant) a)).toList();
        var result = new ColumnVector(call.type());
        if (call.function().nullWhenAnyNull()) {
            result.setAllPresent();
            arguments.forEach(result::andPresence);
        }
        try {
            call.function()
                    .evaluate(
                            arguments.toArray(ColumnVector[]::new),
                            1,
                            result,
                            new CallSite(position, MemoryAccount.unlimited()));
        } catch (QueryException error) {
            return new BoundExpression.Failing(call.type(), error, position);
        }
        return new Constant(call.type(), value(result));
    }

    private static ColumnVector vector(Constant constant) {
        var vector = new ColumnVector(constant.type());
        if (constant.type() == ColumnType.STRING) {
            String text = constant.value() instanceof String s ? s : "";
            vector.setDictionary(new String[] {text}, 1);
        }
        switch (constant.value()) {
            case null -> vector.setNull(0);
            case Long number -> vector.longs()[0] = number;
            case Double number -> vector.doubles()[0] = number;
            case Boolean bool -> vector.longs()[0] = bool ? 1 : 0;
            default -> vector.ids()[0] = 0;
        }
        return vector;
    }

    private static @Nullable Object value(ColumnVector result) {
        if (!result.isPresent(0)) {
            return null;
        }
        return switch (result.type()) {
            case TIMESTAMP, INT64, UINT64 -> (Object) result.longs()[0];
            case FLOAT64 -> (Object) result.doubles()[0];
            case BOOL -> (Object) (result.longs()[0] != 0);
            case STRING -> throw new IllegalStateException("BUG: texts are not folded");
        };
    }
}
