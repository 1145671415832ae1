package io.tsdb.storage.parquet;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;

import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.FieldType;
import io.tsdb.storage.model.Uint64;
import io.tsdb.storage.scan.Presence;

import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/// Reads single pages: checks their checksums, decompresses, decodes. One thread; owns the
/// decompressor.
///
/// A page comes back whole or not at all: every mismatch is a [CorruptDataException] with the file
/// and the page's offset.
public final class PageReader implements AutoCloseable {
    /// Room behind a page's bytes, so that decoders may read whole words.
    static final int SLACK = 16;

    private static final int PAGE_BYTES_MAX = 1 << 30;

    private final PageFile file;
    private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
    private final CRC32C spanChecksum = new CRC32C();
    private final CRC32 pageChecksum = new CRC32();
    private byte[] stored = new byte[1 << 15];
    private byte[] raw = new byte[1 << 16];
    private int[] ids = new int[1024];

    public PageReader(PageFile file) {
        this.file = file;
    }

    /// Reads a page of the time column.
    ///
    /// @param rows that the page must have
    public DecodedPage times(PageSpan span, int rows, TimeUnit unit) {
        RawPage page = load(span, PageType.DATA_PAGE);
        requireRows(span, page, rows);
        long[] values = new long[rows];
        readNumbers(body(span, page), page.encoding, FieldType.INT64, rows, values);
        if (unit.nanos() > 1) {
            for (int i = 0; i < rows; i++) {
                values[i] *= unit.nanos();
            }
        }
        return new DecodedPage(rows, rows, Presence.ALL, values, new long[0], DecodedPage.NO_HEAP);
    }

    /// Reads a page of a field or, as STRING, of a tag.
    ///
    /// @param rows that the page must have
    public DecodedPage values(FieldType type, ChunkPages chunk, int pageIndex, int rows) {
        PageSpan dictionarySpan = chunk.dictionary();
        Dictionary dictionary =
                dictionarySpan == null ? Dictionary.NONE : dictionary(dictionarySpan, type);
        PageSpan span = chunk.pages().get(pageIndex);
        RawPage page = load(span, PageType.DATA_PAGE);
        requireRows(span, page, rows);
        ByteSource source = body(span, page);
        long[] presenceBits = new long[(rows + 63) >>> 6];
        int valueCount = readLevels(source, rows, presenceBits);
        long[] values = new long[valueCount];
        byte[] heap = DecodedPage.NO_HEAP;
        if (page.encoding == Encoding.RLE_DICTIONARY) {
            heap = dictionary.heap;
            readIds(source, valueCount, dictionary.values, values);
        } else if (type == FieldType.STRING) {
            heap = readTexts(source, page.encoding, valueCount, values);
        } else {
            readNumbers(source, page.encoding, type, valueCount, values);
        }
        Presence presence =
                valueCount == rows ? Presence.ALL : valueCount == 0 ? Presence.NONE : Presence.SOME;
        return new DecodedPage(rows, valueCount, presence, values, presenceBits, heap);
    }

    /// Takes stock of a page whose checksum is not known, by Parquet's own checksum.
    PageSpan spanOf(long offset, int length, PageType type) {
        read(offset, length);
        spanChecksum.reset();
        spanChecksum.update(stored, 0, length);
        var span = new PageSpan(offset, length, (int) spanChecksum.getValue());
        load(span, type);
        return span;
    }

    /// A page whose bytes lie in `raw`.
    ///
    /// @param count rows of a data page, entries of a dictionary
    private record RawPage(Encoding encoding, int count, int length) {}

    /// Entries of a dictionary page; texts as references into the heap.
    private record Dictionary(long[] values, byte[] heap) {
        static final Dictionary NONE = new Dictionary(new long[0], DecodedPage.NO_HEAP);
    }

    private Dictionary dictionary(PageSpan span, FieldType type) {
        RawPage page = load(span, PageType.DICTIONARY_PAGE);
        ByteSource source = body(span, page);
        int entries = page.count;
        if (entries < 0 || entries > source.remaining() / Integer.BYTES) {
            throw source.corrupt("a dictionary of " + entries + " entries");
        }
        long[] values = new long[entries];
        byte[] heap = DecodedPage.NO_HEAP;
        if (type == FieldType.STRING) {
            heap = readTexts(source, page.encoding, entries, values);
        } else {
            readNumbers(source, page.encoding, type, entries, values);
        }
        return new Dictionary(values, heap);
    }

    private void requireRows(PageSpan span, RawPage page, int rows) {
        if (page.count != rows) {
            throw corrupt(span, "a page of " + page.count + " rows where " + rows + " belong");
        }
    }

    /// @return number of rows that have a value
    private int readLevels(ByteSource source, int rows, long[] presenceBits) {
        int length = source.getInt();
        int end = source.at() + length;
        if (length < 0 || length > source.remaining()) {
            throw source.corrupt("definition levels of " + length + " bytes");
        }
        int[] levels = idsOf(rows);
        RleBitPacked.decode(source, raw, 1, rows, levels);
        if (source.at() != end) {
            throw source.corrupt("definition levels that do not end where they should");
        }
        int count = 0;
        for (int row = 0; row < rows; row++) {
            presenceBits[row >>> 6] |= (long) levels[row] << row;
            count += levels[row];
        }
        return count;
    }

    private void readIds(ByteSource source, int count, long[] entries, long[] values) {
        int width = source.get();
        if (width > Integer.SIZE) {
            throw source.corrupt("ids of " + width + " bits");
        }
        int[] read = idsOf(count);
        RleBitPacked.decode(source, raw, width, count, read);
        for (int i = 0; i < count; i++) {
            if (Integer.compareUnsigned(read[i], entries.length) >= 0) {
                throw source.corrupt("id " + read[i] + " of " + entries.length);
            }
            values[i] = entries[read[i]];
        }
    }

    private void readNumbers(
            ByteSource source, Encoding encoding, FieldType type, int count, long[] values) {
        switch (encoding) {
            case DELTA_BINARY_PACKED -> DeltaBinaryPackedDecoder.decode(source, raw, count, values);
            case BYTE_STREAM_SPLIT -> PlainValues.decodeSplit(source, raw, count, values);
            case PLAIN -> {
                if (type == FieldType.BOOL) {
                    PlainValues.decodeBits(source, raw, count, values);
                } else {
                    PlainValues.decodeLongs(source, raw, count, values);
                }
            }
            default -> throw source.corrupt("numbers in encoding " + encoding);
        }
        if (type == FieldType.UINT64) {
            for (int i = 0; i < count; i++) {
                values[i] = Uint64.fold(values[i]);
            }
        }
    }

    /// @return heap that the references point into
    private byte[] readTexts(ByteSource source, Encoding encoding, int count, long[] refs) {
        if (encoding != Encoding.PLAIN) {
            throw source.corrupt("texts in encoding " + encoding);
        }
        int from = source.at();
        for (int i = 0; i < count; i++) {
            int length = source.getInt();
            if (length < 0 || length > source.remaining()) {
                throw source.corrupt("a text of " + length + " bytes");
            }
            refs[i] = (long) (source.at() - from) << 32 | length;
            source.moveTo(source.at() + length);
        }
        return Arrays.copyOfRange(raw, from, source.at());
    }

    private int[] idsOf(int count) {
        if (ids.length < count) {
            ids = new int[Math.max(count, 2 * ids.length)];
        }
        return ids;
    }

    private void read(long offset, int length) {
        if (stored.length < length) {
            stored = new byte[Math.max(length, 2 * stored.length)];
        }
        file.read(offset, stored, length);
    }

    /// Leaves the page's bytes in `raw`.
    private RawPage load(PageSpan span, PageType type) {
        read(span.offset(), span.length());
        spanChecksum.reset();
        spanChecksum.update(stored, 0, span.length());
        int computed = (int) spanChecksum.getValue();
        if (computed != span.crc32c()) {
            throw corrupt(
                    span,
                    "CRC mismatch (stored %08x, computed %08x) of a page of %d bytes"
                            .formatted(span.crc32c(), computed, span.length()));
        }
        var in = new ByteArrayInputStream(stored, 0, span.length());
        PageHeader header = header(span, in);
        int length = header.getCompressed_page_size();
        int rawLength = header.getUncompressed_page_size();
        if (length != in.available() || rawLength < 0 || rawLength > PAGE_BYTES_MAX) {
            throw corrupt(span, "a page header that does not fit its page");
        }
        int from = span.length() - length;
        pageChecksum.reset();
        pageChecksum.update(stored, from, length);
        if (header.isSetCrc() && header.getCrc() != (int) pageChecksum.getValue()) {
            throw corrupt(span, "CRC mismatch in the page's data");
        }
        decompress(span, from, length, rawLength);
        return rawPage(span, header, type);
    }

    private void decompress(PageSpan span, int from, int length, int rawLength) {
        if (raw.length < rawLength + SLACK) {
            raw = new byte[Math.max(rawLength + SLACK, 2 * raw.length)];
        }
        try {
            int got = decompressor.decompressByteArray(raw, 0, rawLength, stored, from, length);
            if (got != rawLength) {
                throw corrupt(span, "a page of " + got + " bytes instead of " + rawLength);
            }
        } catch (ZstdException e) {
            throw corrupt(span, "a page that cannot be decompressed: " + e.getMessage());
        }
    }

    private PageHeader header(PageSpan span, ByteArrayInputStream in) {
        try {
            return Util.readPageHeader(in);
        } catch (IOException | RuntimeException e) { // the library checks some values itself
            throw corrupt(span, "a page header that cannot be read: " + e.getMessage());
        }
    }

    private RawPage rawPage(PageSpan span, PageHeader header, PageType type) {
        DataPageHeader data = header.getData_page_header();
        DictionaryPageHeader dictionary = header.getDictionary_page_header();
        Encoding encoding = null;
        int count = 0;
        if (type == PageType.DATA_PAGE && data != null) {
            encoding = data.getEncoding();
            count = data.getNum_values();
        } else if (type == PageType.DICTIONARY_PAGE && dictionary != null) {
            encoding = dictionary.getEncoding();
            count = dictionary.getNum_values();
        }
        if (header.getType() != type || encoding == null) {
            throw corrupt(span, "a " + header.getType() + " where a " + type + " belongs");
        }
        return new RawPage(encoding, count, header.getUncompressed_page_size());
    }

    private ByteSource body(PageSpan span, RawPage page) {
        return new ByteSource(file.path(), span.offset(), raw, 0, page.length);
    }

    private CorruptDataException corrupt(PageSpan span, String what) {
        return new CorruptDataException(file.path(), span.offset(), what);
    }

    @Override
    public void close() {
        decompressor.close();
    }
}
