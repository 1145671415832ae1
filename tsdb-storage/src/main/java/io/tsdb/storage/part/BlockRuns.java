package io.tsdb.storage.part;

import io.tsdb.storage.parquet.ByteSink;
import io.tsdb.storage.parquet.ByteSource;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Row counts of a part's blocks as text for the Parquet footer: runs of equal counts as varints
/// `rows, repetitions`, in Base64. By it an index is rebuilt with the same blocks. One thread.
final class BlockRuns {
    /// Key in the footer.
    static final String KEY = "tsdb.blocks";

    private final ByteSink runs = new ByteSink(64);
    private int rows;
    private int repetitions;

    void add(int rowCount) {
        if (rowCount != rows) {
            endRun();
            rows = rowCount;
        }
        repetitions++;
    }

    String toText() {
        endRun();
        return Base64.getEncoder().encodeToString(runs.toByteArray());
    }

    /// @param path names the file in errors
    static List<Integer> rowCounts(String path, String text) {
        byte[] bytes = decode(path, text);
        var in = new ByteSource(path, 0, bytes, 0, bytes.length);
        var counts = new ArrayList<Integer>();
        while (in.remaining() > 0) {
            int rowCount = in.getCount(io.tsdb.storage.block.Block.POINTS_MAX);
            int repetitions = in.getCount(Integer.MAX_VALUE);
            for (int i = 0; i < repetitions; i++) {
                counts.add(rowCount);
            }
        }
        return counts;
    }

    private static byte[] decode(String path, String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new io.tsdb.storage.model.CorruptDataException(
                    path, 0, "footer entry " + KEY + " is no Base64");
        }
    }

    private void endRun() {
        if (repetitions > 0) {
            runs.putVarint(rows);
            runs.putVarint(repetitions);
        }
        repetitions = 0;
    }
}
