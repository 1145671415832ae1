package io.tsdb.query.wire;

import java.util.Arrays;
import java.util.List;

/// Numbers that are not negative, such as what a fragment did, to bytes and back.
public final class CountsForm {
    /// Most numbers that are read.
    private static final int COUNTS_MAX = 64;

    private CountsForm() {}

    public static byte[] toBytes(long... counts) {
        WireOutput out = WireOutput.of(WireLayout.KIND_COUNTS, 64);
        out.list(Arrays.stream(counts).boxed().toList(), out::count);
        return out.toBytes();
    }

    /// @throws WireException when the bytes are no counts
    public static long[] read(byte[] bytes) {
        var in = new WireInput(bytes, WireLayout.KIND_COUNTS);
        List<Long> counts = in.list(in::count);
        if (counts.size() > COUNTS_MAX) {
            throw in.wrong(counts.size() + " counts are more than " + COUNTS_MAX);
        }
        in.requireEnd();
        return counts.stream().mapToLong(Long::longValue).toArray();
    }
}
