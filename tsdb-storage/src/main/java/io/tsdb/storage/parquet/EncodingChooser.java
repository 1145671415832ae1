package io.tsdb.storage.parquet;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Decides how a column chunk is encoded by writing a page or two of it each way and looking at
/// what Zstandard leaves of them. One thread.
final class EncodingChooser {
    /// Most entries of a dictionary of numbers: a reader decodes it for every page it opens.
    static final int DICTIONARY_MAX = 16_384;

    /// How much larger than the best a dictionary may look in the sample and still be measured on
    /// the whole chunk.
    private static final double DICTIONARY_CHANCE = 1.2;

    /// A choice, with the dictionary when it is one.
    record Choice(NumericEncoding encoding, @Nullable LongDictionary dictionary) {}

    private final PageEncoder encoder;
    private final PageWriter writer;
    private final PageRows rows;

    EncodingChooser(PageEncoder encoder, PageWriter writer, PageRows rows) {
        this.encoder = encoder;
        this.writer = writer;
        this.rows = rows;
    }

    /// @param floating whether values are IEEE bits
    Choice choose(
            List<NumericEncoding> candidates,
            PageLoader loader,
            int pageCount,
            boolean optional,
            boolean floating) {
        NumericEncoding best = candidates.getFirst();
        if (candidates.size() == 1) {
            return new Choice(best, null);
        }
        long[] sizes = new long[candidates.size()];
        long dictionarySize = Long.MAX_VALUE;
        int sampled = 0;
        int step = Math.max(1, (pageCount + 1) / 2);
        for (int page = 0; page < pageCount; page += sampled == 0 ? 1 : step) {
            loader.load(page, rows);
            if (rows.valueCount() == 0) {
                continue;
            }
            sampled++;
            for (int i = 0; i < sizes.length; i++) {
                sizes[i] += sampleSize(candidates.get(i), optional, floating);
            }
        }
        if (sampled == 0) {
            return new Choice(NumericEncoding.PLAIN, null);
        }
        long bestSize = Long.MAX_VALUE;
        for (int i = 0; i < sizes.length; i++) {
            if (candidates.get(i) == NumericEncoding.DICTIONARY) {
                dictionarySize = sizes[i];
            } else if (sizes[i] < bestSize) {
                bestSize = sizes[i];
                best = candidates.get(i);
            }
        }
        if (dictionarySize < bestSize * DICTIONARY_CHANCE) {
            LongDictionary dictionary = dictionaryOf(loader, pageCount, floating);
            if (dictionary != null) {
                long scaledBest = bestSize * pageCount / sampled;
                if (chunkSize(dictionary, loader, pageCount, step, sampled, optional)
                        < scaledBest) {
                    return new Choice(NumericEncoding.DICTIONARY, dictionary);
                }
            }
        }
        return new Choice(best, null);
    }

    /// Size of the loaded page; a value so large that nobody takes it when it cannot be encoded so.
    private long sampleSize(NumericEncoding encoding, boolean optional, boolean floating) {
        LongDictionary dictionary = null;
        if (encoding == NumericEncoding.DICTIONARY) {
            int entriesMax = Math.min(DICTIONARY_MAX, rows.valueCount() / 2 + 1);
            dictionary = new LongDictionary(entriesMax);
            if (!dictionary.addAll(rows.values(), rows.valueCount())) {
                return Integer.MAX_VALUE;
            }
            dictionary.sort(floating);
        }
        return writer.measure(encoder.numbers(encoding, rows, optional, dictionary));
    }

    /// Size of the whole chunk with its dictionary, estimated from the sampled pages.
    private long chunkSize(
            LongDictionary dictionary,
            PageLoader loader,
            int pageCount,
            int step,
            int sampled,
            boolean optional) {
        long pages = 0;
        int seen = 0;
        for (int page = 0; page < pageCount && seen < sampled; page += seen == 0 ? 1 : step) {
            loader.load(page, rows);
            if (rows.valueCount() > 0) {
                seen++;
                pages +=
                        writer.measure(
                                encoder.numbers(
                                        NumericEncoding.DICTIONARY, rows, optional, dictionary));
            }
        }
        return writer.measure(encoder.dictionary(dictionary)) + pages * pageCount / sampled;
    }

    private @Nullable LongDictionary dictionaryOf(
            PageLoader loader, int pageCount, boolean floating) {
        var dictionary = new LongDictionary(DICTIONARY_MAX);
        for (int page = 0; page < pageCount; page++) {
            loader.load(page, rows);
            if (!dictionary.addAll(rows.values(), rows.valueCount())) {
                return null;
            }
        }
        dictionary.sort(floating);
        return dictionary;
    }
}
