package io.tsdb.cluster.node.transfer;

import io.tsdb.storage.model.Ticker;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.util.Locale;

/// One line on a terminal that says how far a file is; nothing where there is no terminal. One
/// thread.
final class ProgressBar {
    private static final int WIDTH = 28;
    private static final long REDRAW_NANOS = 100_000_000;

    private final @Nullable PrintStream out;
    private final String name;
    private final long total;
    private final Ticker ticker;
    private final long began;
    private long drawn;

    /// @param out the terminal, null for none
    ProgressBar(@Nullable PrintStream out, String name, long total, Ticker ticker) {
        this.out = out;
        this.name = name;
        this.total = Math.max(1, total);
        this.ticker = ticker;
        this.began = ticker.nanos();
    }

    void show(long bytes, long lines) {
        long now = ticker.nanos();
        if (out == null || now - drawn < REDRAW_NANOS && bytes < total) {
            return;
        }
        drawn = now;
        double part = Math.min(1, bytes / (double) total);
        double seconds = Math.max(1e-3, (now - began) / 1e9);
        int full = (int) (part * WIDTH);
        out.printf(
                Locale.ROOT,
                "\r%s [%s%s] %3.0f%%  %,d lines  %,.0f lines/s  ETA %.0f s ",
                name,
                "#".repeat(full),
                ".".repeat(WIDTH - full),
                100 * part,
                lines,
                lines / seconds,
                part == 0 ? 0 : seconds * (1 - part) / part);
        out.flush();
    }

    void end() {
        if (out != null) {
            out.println();
        }
    }
}
