package io.tsdb.query.fragment;

import io.tsdb.query.column.ColumnBatch;
import io.tsdb.query.column.ColumnVector;
import io.tsdb.storage.scan.MeasurementScan;

import java.util.Iterator;

/// One column of texts: values of a tag, keys of series.
final class TextsTask implements FragmentTask {
    private final Texts texts;
    private final MeasurementScan scan;
    private final QueryControl control;

    /// Texts, one after the other, and what they are read from.
    interface Texts extends Iterator<String>, AutoCloseable {
        @Override
        void close();

        /// Texts that hold nothing open.
        static Texts of(Iterator<String> texts) {
            return new Texts() {
                @Override
                public boolean hasNext() {
                    return texts.hasNext();
                }

                @Override
                public String next() {
                    return texts.next();
                }

                @Override
                public void close() {
                    // nothing is open
                }
            };
        }
    }

    /// @param scan that the texts come from, closed with the task
    TextsTask(Texts texts, MeasurementScan scan, QueryControl control) {
        this.texts = texts;
        this.scan = scan;
        this.control = control;
    }

    @Override
    public boolean next(ColumnBatch target) {
        control.nextBlock();
        ColumnVector column = target.column(0);
        var strings = new String[ColumnVector.ROWS_MAX];
        int count = 0;
        while (count < strings.length && texts.hasNext()) {
            column.ids()[count] = count;
            strings[count++] = texts.next();
        }
        column.setAllPresent();
        column.setDictionary(strings, count);
        target.setRowCount(count);
        return count > 0;
    }

    @Override
    public void close() {
        try {
            texts.close();
        } finally {
            scan.close();
        }
    }
}
