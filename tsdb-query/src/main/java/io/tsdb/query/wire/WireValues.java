package io.tsdb.query.wire;

/// Constants: a Long, Double, Boolean or String, by a byte that says which.
final class WireValues {
    private static final int LONG = 1;
    private static final int DOUBLE = 2;
    private static final int BOOLEAN = 3;
    private static final int STRING = 4;

    private WireValues() {}

    static void write(Object value, WireOutput out) {
        switch (value) {
            case Long number -> {
                out.raw(LONG);
                out.fixed(number);
            }
            case Double number -> {
                out.raw(DOUBLE);
                out.fixed(Double.doubleToRawLongBits(number));
            }
            case Boolean bool -> {
                out.raw(BOOLEAN);
                out.flag(bool);
            }
            case String text -> {
                out.raw(STRING);
                out.text(text);
            }
            default -> throw new IllegalStateException("BUG: constant " + value);
        }
    }

    static Object read(WireInput in) {
        int tag = in.raw();
        return switch (tag) {
            case LONG -> (Object) in.fixed();
            case DOUBLE -> (Object) Double.longBitsToDouble(in.fixed());
            case BOOLEAN -> (Object) in.flag();
            case STRING -> in.text();
            default -> throw in.wrong("there is no constant of kind " + tag);
        };
    }
}
