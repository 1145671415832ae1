package io.tsdb.query.function.window;

import io.tsdb.query.column.ColumnType;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// `lag`, `lead`, `first_value`, `last_value` and `nth_value` with `IGNORE NULLS`: as if rows whose
/// value is null were not there. Its name is that of the function and ` ignore nulls`.
///
/// @param of the function without it
public record IgnoringNulls(RowChoiceFunction of) implements RowChoiceFunction {
    private static final String SUFFIX = " ignore nulls";

    /// The form of a function; empty when it has none.
    public static Optional<WindowFunction> of(WindowFunction function) {
        return function instanceof RowChoiceFunction choice
                ? Optional.of(new IgnoringNulls(choice))
                : Optional.empty();
    }

    /// The name of the function that a name is a form of.
    public static String plainName(String name) {
        return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    }

    @Override
    public String name() {
        return of.name() + SUFFIX;
    }

    @Override
    public int version() {
        return of.version();
    }

    @Override
    public String usage() {
        return of.usage() + " IGNORE NULLS";
    }

    @Override
    public Optional<List<ColumnType>> resolve(List<ColumnType> arguments) {
        return of.resolve(arguments);
    }

    @Override
    public void choose(WindowRows rows, int argumentCount, int[] choices) {
        int[] known = known(rows);
        boolean isLead = of instanceof LeadFunction;
        if (isLead || of instanceof LagFunction) {
            chooseByDistance(rows, argumentCount, isLead ? 1 : -1, known, choices);
        } else {
            chooseInFrame(rows, known, choices);
        }
    }

    /// Rows with a value, in an array of its own length: that and the choices are what is reserved.
    private static int[] known(WindowRows rows) {
        int count = 0;
        for (int row = rows.from(); row < rows.to(); row++) {
            count += rows.isPresent(0, row) ? 1 : 0;
        }
        var known = new int[count];
        int at = 0;
        for (int row = rows.from(); row < rows.to(); row++) {
            if (rows.isPresent(0, row)) {
                known[at++] = row;
            }
        }
        return known;
    }

    /// The number of the first row with a value that does not lie before a row.
    private static int numberFrom(int[] known, int row) {
        int at = Arrays.binarySearch(known, row);
        return at < 0 ? -at - 1 : at;
    }

    private static void chooseByDistance(
            WindowRows rows, int argumentCount, int direction, int[] known, int[] choices) {
        int otherwise = argumentCount == 3 ? DEFAULT : NONE;
        for (int row = rows.from(); row < rows.to(); row++) {
            if (argumentCount > 1 && !rows.isPresent(1, row)) {
                choices[row] = NONE;
                continue;
            }
            long asked = argumentCount > 1 ? rows.longArgument(1, row) : 1;
            long distance =
                    direction * Math.clamp(asked, -(long) Integer.MAX_VALUE, Integer.MAX_VALUE);
            if (distance == 0) {
                choices[row] = row;
                continue;
            }
            int at = numberFrom(known, row);
            boolean isKnown = at < known.length && known[at] == row;
            // behind a row without a value the first one of the known ones is one away
            long chosen = distance < 0 || isKnown ? at + distance : at + distance - 1;
            boolean isInside = chosen >= 0 && chosen < known.length;
            choices[row] = isInside ? known[(int) chosen] : otherwise;
        }
    }

    private void chooseInFrame(WindowRows rows, int[] known, int[] choices) {
        boolean isLast = of instanceof LastValueFunction;
        boolean isNth = of instanceof NthValueFunction;
        var edges = new int[2 * STRETCHES_MAX];
        for (int row = rows.from(); row < rows.to(); row++) {
            choices[row] = NONE;
            if (isNth && !rows.isPresent(1, row)) {
                continue;
            }
            long left = isNth ? rows.longArgument(1, row) - 1 : 0;
            int stretches = rows.stretches(row, edges);
            for (int i = 0; i < stretches && left >= 0; i++) {
                int from = numberFrom(known, edges[2 * i]);
                int to = numberFrom(known, edges[2 * i + 1]);
                if (isLast) {
                    choices[row] = to > from ? known[to - 1] : choices[row];
                } else {
                    if (left < to - from) {
                        choices[row] = known[from + (int) left];
                    }
                    left -= to - from;
                }
            }
        }
    }
}
