package io.tsdb.query.function.scalar;

import io.tsdb.query.column.ColumnType;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.query.sql.QueryErrorCode;
import io.tsdb.query.sql.QueryException;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// `format(pattern, …)`, as in PostgreSQL: `%s` is the next argument, `%2$s` the second one,
/// `%-10s` filled to a width, `%I` quoted as a name, `%L` as a text, `%%` a percent sign. NULL when
/// the pattern is; a null argument is nothing, of `%L` `NULL`, of `%I` an error.
public final class FormatFunction implements ScalarFunction {
    /// Digits of a width or the number of an argument.
    private static final int DIGITS_MAX = 7;

    /// Names that are written without quotes.
    private static final Pattern PLAIN_NAME = Pattern.compile("[a-z_][a-z0-9_]*");

    @Override
    public String name() {
        return "format";
    }

    @Override
    public String usage() {
        return "format(pattern, ...)";
    }

    @Override
    public boolean takesAnyAsText() {
        return true;
    }

    @Override
    public Optional<ScalarSignature> resolve(List<ColumnType> arguments) {
        return !arguments.isEmpty() && arguments.stream().allMatch(t -> t == ColumnType.STRING)
                ? Optional.of(new ScalarSignature(arguments, ColumnType.STRING))
                : Optional.empty();
    }

    @Override
    public boolean nullWhenAnyNull() {
        return false;
    }

    @Override
    public boolean mayFail() {
        return true;
    }

    @Override
    public void evaluate(
            ColumnVector[] arguments, int rowCount, ColumnVector result, CallSite site) {
        var rows = new TextRows(rowCount, result);
        result.setAllPresent();
        for (int row = 0; row < rowCount; row++) {
            rows.put(
                    row,
                    arguments[0].isPresent(row)
                            ? new Row(arguments, row, site).format(arguments[0].string(row))
                            : null);
        }
        rows.finish();
    }

    /// One row's text in the making.
    private static final class Row {
        private final ColumnVector[] arguments;
        private final int row;
        private final CallSite site;
        private final StringBuilder text = new StringBuilder();
        private String pattern = "";
        private int at;
        private int next = 1;

        Row(ColumnVector[] arguments, int row, CallSite site) {
            this.arguments = arguments;
            this.row = row;
            this.site = site;
        }

        String format(String of) {
            pattern = of;
            site.reserveText(of.length());
            while (at < pattern.length()) {
                char sign = pattern.charAt(at++);
                if (sign != '%') {
                    text.append(sign);
                } else if (peek() == '%') {
                    text.append('%');
                    at++;
                } else {
                    specifier();
                }
            }
            return text.toString();
        }

        /// NUL at the end.
        private char peek() {
            return at < pattern.length() ? pattern.charAt(at) : 0;
        }

        private void specifier() {
            int argument = -1;
            boolean isLeft = false;
            int width = number();
            if (width >= 0 && peek() == '$') {
                at++;
                argument = width;
                width = -1;
            }
            if (width < 0) {
                while (peek() == '-') {
                    isLeft = true;
                    at++;
                }
                width = number();
            }
            char kind = peek();
            at++;
            if (kind != 's' && kind != 'I' && kind != 'L') {
                throw wrong(
                        "there is %s, %I, %L and %%, with a width: %-10s, and the number of an"
                                + " argument: %2$s");
            }
            int index = argument >= 0 ? argument : next;
            if (index < 1 || index >= arguments.length) {
                throw wrong(
                        "it has "
                                + (arguments.length - 1)
                                + " arguments behind the pattern, and no "
                                + index);
            }
            next = index + 1;
            add(value(index, kind), Math.max(0, width), isLeft);
        }

        /// -1 when there is none.
        private int number() {
            int from = at;
            while (peek() >= '0' && peek() <= '9' && at - from < DIGITS_MAX) {
                at++;
            }
            return at == from ? -1 : Integer.parseInt(pattern.substring(from, at));
        }

        private String value(int index, char kind) {
            ColumnVector argument = arguments[index];
            if (!argument.isPresent(row)) {
                if (kind == 'I') {
                    throw wrong("NULL is no name");
                }
                return kind == 'L' ? "NULL" : "";
            }
            String value = argument.string(row);
            return switch (kind) {
                case 'I' ->
                        PLAIN_NAME.matcher(value).matches()
                                ? value
                                : '"' + value.replace("\"", "\"\"") + '"';
                case 'L' -> '\'' + value.replace("'", "''") + '\'';
                default -> value;
            };
        }

        private void add(String value, int width, boolean isLeft) {
            int fill = Math.max(0, width - value.codePointCount(0, value.length()));
            // the text, and its copy where it grows
            long length = text.length() + (long) value.length() + fill;
            site.reserveText(length);
            site.reserveText(length);
            if (isLeft) {
                text.append(value).repeat(' ', fill);
            } else {
                text.repeat(' ', fill).append(value);
            }
        }

        private QueryException wrong(String why) {
            return new QueryException(
                    QueryErrorCode.INVALID_VALUE,
                    site.position(),
                    "format('" + pattern + "') does not fit: " + why);
        }
    }
}
