package io.tsdb.storage.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;

import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/// Compresses pages and appends them to the file, each with Parquet's checksum in its header. One
/// thread; owns the compressor.
final class PageWriter implements AutoCloseable {
    private final PageTarget output;
    private final ZstdCompressCtx compressor = new ZstdCompressCtx();
    private byte[] compressed = new byte[1 << 12];
    private final CRC32 pageChecksum = new CRC32();
    private final CRC32C spanChecksum = new CRC32C();
    private long rawBytes;

    PageWriter(PageTarget output, int zstdLevel) {
        this.output = output;
        compressor.setLevel(zstdLevel);
    }

    /// Bytes that a page would take in the file, header left out.
    int measure(ByteSink page) {
        return compress(page);
    }

    /// @param rows of the page, absent values counted
    PageSpan dataPage(ByteSink page, int rows, Encoding encoding) throws IOException {
        var header = new PageHeader(PageType.DATA_PAGE, page.size(), compress(page));
        header.setData_page_header(new DataPageHeader(rows, encoding, Encoding.RLE, Encoding.RLE));
        return append(header);
    }

    PageSpan dictionaryPage(ByteSink page, int entries) throws IOException {
        var header = new PageHeader(PageType.DICTIONARY_PAGE, page.size(), compress(page));
        header.setDictionary_page_header(new DictionaryPageHeader(entries, Encoding.PLAIN));
        return append(header);
    }

    /// Bytes of all pages since the last call before compression, headers included.
    long takeRawBytes() {
        long bytes = rawBytes;
        rawBytes = 0;
        return bytes;
    }

    private int compress(ByteSink page) {
        int bound = Math.toIntExact(Zstd.compressBound(page.size()));
        if (compressed.length < bound) {
            compressed = new byte[Math.max(bound, 2 * compressed.length)];
        }
        return compressor.compressByteArray(
                compressed, 0, compressed.length, page.array(), 0, page.size());
    }

    private PageSpan append(PageHeader header) throws IOException {
        int length = header.getCompressed_page_size();
        pageChecksum.reset();
        pageChecksum.update(compressed, 0, length);
        header.setCrc((int) pageChecksum.getValue());
        var headerBytes = new ByteArrayOutputStream(64);
        Util.writePageHeader(header, headerBytes);
        byte[] head = headerBytes.toByteArray();
        spanChecksum.reset();
        spanChecksum.update(head, 0, head.length);
        spanChecksum.update(compressed, 0, length);
        var span =
                new PageSpan(
                        output.position(), head.length + length, (int) spanChecksum.getValue());
        output.write(head, head.length);
        output.write(compressed, length);
        rawBytes += head.length + header.getUncompressed_page_size();
        return span;
    }

    @Override
    public void close() {
        compressor.close();
    }
}
