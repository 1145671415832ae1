package io.tsdb.query.exec;

import io.tsdb.query.column.ColumnBatch;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;

/// The rows of several inputs, one after the other: an input starts when those before it are done.
final class UnionSource implements BatchSource {
    private final Iterator<Supplier<BatchSource>> inputs;
    private @Nullable BatchSource current;

    UnionSource(List<Supplier<BatchSource>> inputs) {
        this.inputs = inputs.iterator();
    }

    @Override
    public @Nullable ColumnBatch next() {
        while (true) {
            BatchSource source = current;
            if (source == null) {
                if (!inputs.hasNext()) {
                    return null;
                }
                source = inputs.next().get();
                current = source;
            }
            ColumnBatch batch = source.next();
            if (batch != null) {
                return batch;
            }
            close();
        }
    }

    @Override
    public void close() {
        BatchSource source = current;
        current = null;
        if (source != null) {
            source.close();
        }
    }
}
