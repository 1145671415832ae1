package io.tsdb.storage.parquet;

import org.jspecify.annotations.Nullable;

/// Turns the rows of a page into the page's bytes before compression: definition levels where the
/// column is optional, then the values. One thread; owns its scratch memory.
final class PageEncoder {
    private final DeltaBinaryPackedEncoder delta = new DeltaBinaryPackedEncoder();
    private final ByteSink page = new ByteSink(1 << 16);
    private int[] ids = new int[1024];

    /// @param dictionary needed by [NumericEncoding#DICTIONARY] only
    /// @return valid until the next call
    ByteSink numbers(
            NumericEncoding encoding,
            PageRows rows,
            boolean optional,
            @Nullable LongDictionary dictionary) {
        page.clear();
        if (optional) {
            putLevels(rows);
        }
        long[] values = rows.values();
        int count = rows.valueCount();
        switch (encoding) {
            case DELTA_NARROW -> delta.encode(DeltaPacking.NARROW, values, count, page);
            case DELTA_NIBBLES -> delta.encode(DeltaPacking.NIBBLES, values, count, page);
            case DELTA_NIBBLES_APART ->
                    delta.encode(DeltaPacking.NIBBLES_APART, values, count, page);
            case DELTA_BYTES -> delta.encode(DeltaPacking.BYTES, values, count, page);
            case DICTIONARY -> {
                if (dictionary == null) {
                    throw new IllegalStateException("BUG: dictionary encoding without one");
                }
                if (ids.length < count) {
                    ids = new int[count];
                }
                dictionary.idsOf(values, count, ids);
                putIds(ids, count, dictionary.size());
            }
            case PLAIN -> PlainValues.encodeLongs(values, count, page);
            case SPLIT -> PlainValues.encodeSplit(values, count, page);
            case BITS -> PlainValues.encodeBits(values, count, page);
        }
        return page;
    }

    /// @return valid until the next call
    ByteSink textIds(PageRows rows, TextDictionary dictionary) {
        page.clear();
        putLevels(rows);
        putIds(rows.ids(), rows.valueCount(), dictionary.size());
        return page;
    }

    /// @return valid until the next call
    ByteSink texts(PageRows rows, TextDictionary dictionary) {
        page.clear();
        putLevels(rows);
        for (int i = 0; i < rows.valueCount(); i++) {
            putText(dictionary, rows.ids()[i]);
        }
        return page;
    }

    /// @return valid until the next call
    ByteSink dictionary(LongDictionary dictionary) {
        page.clear();
        for (int id = 0; id < dictionary.size(); id++) {
            page.putLong(dictionary.value(id));
        }
        return page;
    }

    /// @return valid until the next call
    ByteSink dictionary(TextDictionary dictionary) {
        page.clear();
        for (int id = 0; id < dictionary.size(); id++) {
            putText(dictionary, id);
        }
        return page;
    }

    private void putText(TextDictionary dictionary, int id) {
        page.putInt(dictionary.length(id));
        page.putBytes(dictionary.heap(), dictionary.start(id), dictionary.length(id));
    }

    /// Ids behind a byte with their width, which is a power of two: ids then do not straddle bytes,
    /// and the compressor sees them repeat.
    private void putIds(int[] source, int count, int entries) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, entries - 1));
        int width = bits == 1 ? 1 : Integer.highestOneBit(bits - 1) << 1;
        page.put(width);
        RleBitPacked.encode(source, count, width, page);
    }

    /// Definition levels of a column that is optional and not nested: the presence bits.
    private void putLevels(PageRows rows) {
        int lengthAt = page.reserve(Integer.BYTES);
        int count = rows.rowCount();
        if (rows.valueCount() == count || rows.valueCount() == 0) {
            RleBitPacked.encodeRun(rows.valueCount() == 0 ? 0 : 1, count, 1, page);
        } else {
            int groups = (count + 7) / 8;
            page.putVarint((long) groups << 1 | 1);
            for (int i = 0; i < groups; i++) {
                page.put((int) (rows.presence()[i >>> 3] >>> ((i & 7) << 3)));
            }
        }
        page.setInt(lengthAt, page.size() - lengthAt - Integer.BYTES);
    }
}
