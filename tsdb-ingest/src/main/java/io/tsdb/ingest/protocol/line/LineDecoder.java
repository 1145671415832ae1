package io.tsdb.ingest.protocol.line;

import io.tsdb.ingest.batch.BatchBuilder;
import io.tsdb.ingest.batch.CacheBudget;
import io.tsdb.ingest.batch.ParsedPoint;
import io.tsdb.ingest.batch.PendingLine;
import io.tsdb.ingest.batch.PointSink;
import io.tsdb.ingest.batch.Refusal;
import io.tsdb.ingest.protocol.DecodeLimits;
import io.tsdb.ingest.protocol.DecodeResult;
import io.tsdb.ingest.protocol.DecodeResult.StrippedTime;
import io.tsdb.ingest.protocol.LineError;
import io.tsdb.ingest.protocol.LineError.Kind;
import io.tsdb.ingest.protocol.Precision;
import io.tsdb.ingest.protocol.ProtocolDecoder;
import io.tsdb.ingest.protocol.RefusedLinesBuilder;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;

/// Decodes line protocol, see `docs/protocol/line.md`. One per connection; one thread at a time.
public final class LineDecoder implements ProtocolDecoder {
    /// Databases whose caches a connection keeps.
    private static final int DATABASES_MAX = 4;

    private static final byte[] NEWLINE = {'\n'};

    /// U+FEFF in UTF-8, which some editors put before a text: no part of a request's first name.
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    /// [#markBytes] when the start of the request is behind.
    private static final int STARTED = BYTE_ORDER_MARK.length;

    private final PointSink sink;
    private final CacheBudget budget;
    private final boolean lenientTypes;
    private final boolean useFastPath;
    private final LinkedHashMap<String, BatchBuilder> builders =
            new LinkedHashMap<>(8, 0.75f, true);
    private final FastLineParser fast = new FastLineParser();
    private final LineEndScanner scanner = new LineEndScanner();
    private final CarefulLineParser careful = new CarefulLineParser();
    private final ParsedPoint point = new ParsedPoint();
    private final CarriedLine carried = new CarriedLine();
    private final RefusedLinesBuilder refused = new RefusedLinesBuilder();

    private @Nullable BatchBuilder builder;
    private Precision precision = Precision.NS;
    private long serverTime;
    private DecodeLimits limits = DecodeLimits.DEFAULT;
    private int markBytes = STARTED;
    private long lineNumber;
    private long plainLines;
    private int acceptedLines;
    private int strippedTimeFields;
    private String strippedMeasurement = "";

    /// @param lenientTypes takes an integer sent to a float64 field as a float instead of refusing
    ///   the line
    /// @param budget for the series caches, shared with other decoders
    public LineDecoder(PointSink sink, boolean lenientTypes, CacheBudget budget) {
        this(sink, lenientTypes, budget, true);
    }

    /// With a series cache that only [DecodeLimits] bounds.
    public LineDecoder(PointSink sink, boolean lenientTypes) {
        this(sink, lenientTypes, CacheBudget.unlimited(), true);
    }

    /// @param useFastPath false sends every line through the careful path, for comparison
    LineDecoder(PointSink sink, boolean lenientTypes, CacheBudget budget, boolean useFastPath) {
        this.sink = sink;
        this.budget = budget;
        this.lenientTypes = lenientTypes;
        this.useFastPath = useFastPath;
    }

    /// Lines that the fast path took since the decoder was made.
    long plainLines() {
        return plainLines;
    }

    @Override
    public void begin(
            String database, Precision unit, long serverTimeNanos, DecodeLimits newLimits) {
        if (!newLimits.equals(limits)) {
            // What the caches hold was accepted under other limits.
            close();
            limits = newLimits;
        }
        precision = unit;
        serverTime(serverTimeNanos);
        builder = builderOf(database);
        scanner.reset();
        carried.clear();
        markBytes = 0;
        lineNumber = 1;
        forgetResult();
    }

    private BatchBuilder builderOf(String database) {
        BatchBuilder known = builders.get(database);
        if (known == null) {
            if (builders.size() == DATABASES_MAX) {
                BatchBuilder oldest = builders.pollFirstEntry().getValue();
                oldest.close();
            }
            known =
                    new BatchBuilder(
                            sink,
                            database,
                            lenientTypes,
                            limits.errorsMax(),
                            limits.cacheBytesMax(),
                            budget);
            builders.put(database, known);
        }
        known.begin();
        return known;
    }

    @Override
    public void close() {
        builders.values().forEach(BatchBuilder::close);
        builders.clear();
    }

    @Override
    public void renew() {
        BatchBuilder target = begun();
        if (target.current().pointCount() == 0) {
            target.begin();
        }
    }

    @Override
    public void serverTime(long serverTimeNanos) {
        serverTime = precision.truncate(serverTimeNanos);
    }

    @Override
    public void decode(byte[] buffer, int from, int to) {
        BatchBuilder target = begun();
        int start = markBytes == STARTED ? from : skipMark(buffer, from, to);
        int at = carried.isEmpty() ? start : finishCarried(target, buffer, start, to);
        fast.prepare(target, precision, serverTime, limits);
        while (at < to) {
            at = takePlainLines(buffer, at, to);
            if (at == to) {
                return;
            }
            int end = scanner.scan(buffer, at, to);
            if (end == LineEndScanner.NOT_FOUND) {
                carried.append(buffer, at, to, limits.lineBytesMax());
                return;
            }
            line(target, buffer, at, end);
            at = end + 1;
        }
    }

    /// Drops a byte order mark at the start of a request, cut anywhere.
    private int skipMark(byte[] buffer, int from, int to) {
        int at = from;
        while (at < to && markBytes < STARTED) {
            if (buffer[at] != BYTE_ORDER_MARK[markBytes]) {
                noMark();
                return at;
            }
            markBytes++;
            at++;
        }
        return at;
    }

    /// What looked like the start of a mark belongs to the first line.
    private void noMark() {
        scanner.scan(BYTE_ORDER_MARK, 0, markBytes);
        carried.append(BYTE_ORDER_MARK, 0, markBytes, limits.lineBytesMax());
        markBytes = STARTED;
    }

    private int takePlainLines(byte[] buffer, int from, int to) {
        if (!useFastPath) {
            return from;
        }
        int at = fast.parse(buffer, from, to);
        acceptedLines += fast.lines();
        lineNumber += fast.lines();
        plainLines += fast.lines();
        return at;
    }

    private int finishCarried(BatchBuilder target, byte[] buffer, int from, int to) {
        int newline = scanner.scan(buffer, from, to);
        boolean complete = newline != LineEndScanner.NOT_FOUND;
        int end = complete ? newline + 1 : to;
        carried.append(buffer, from, end, limits.lineBytesMax());
        if (complete) {
            carriedLine(target);
        }
        return end;
    }

    /// Takes the carried line, which has its newline.
    private void carriedLine(BatchBuilder target) {
        int newline = carried.size() - 1;
        if (carried.isCut()) {
            refuseLong(carried.bytes(), 0, carried.size(), carried.newlines() - 1);
        } else {
            fast.prepare(target, precision, serverTime, limits);
            if (takePlainLines(carried.bytes(), 0, carried.size()) == 0) {
                line(target, carried.bytes(), 0, newline);
            }
        }
        carried.clear();
    }

    @Override
    public DecodeResult take() {
        var result =
                new DecodeResult(
                        begun().take(),
                        acceptedLines,
                        refused.take(),
                        strippedTimeFields == 0
                                ? StrippedTime.NONE
                                : new StrippedTime(strippedTimeFields, strippedMeasurement),
                        new DecodeResult.Rules(lenientTypes, limits.errorsMax()));
        forgetResult();
        return result;
    }

    @Override
    public DecodeResult end() {
        if (markBytes > 0 && markBytes < STARTED) {
            noMark();
        }
        if (!carried.isEmpty()) {
            carried.append(NEWLINE, 0, NEWLINE.length, limits.lineBytesMax());
            carriedLine(begun());
        }
        scanner.reset();
        DecodeResult result = take();
        builder = null;
        return result;
    }

    @Override
    public int pendingPoints() {
        return begun().current().pointCount();
    }

    @Override
    public long pendingBytes() {
        return begun().current().bytes();
    }

    @Override
    public long carriedBytes() {
        return carried.size();
    }

    private BatchBuilder begun() {
        BatchBuilder target = builder;
        if (target == null) {
            throw new IllegalStateException("BUG: decoder used outside begin and end");
        }
        return target;
    }

    private void forgetResult() {
        acceptedLines = 0;
        refused.clear();
        strippedTimeFields = 0;
        strippedMeasurement = "";
    }

    /// Takes a whole line, without its newline.
    private void line(BatchBuilder target, byte[] source, int from, int newline) {
        int to = newline > from && source[newline - 1] == '\r' ? newline - 1 : newline;
        if (to - from > limits.lineBytesMax()) {
            refuseLong(source, from, to, LineText.newlines(source, from, to));
            return;
        }
        try {
            if (!CarefulLineParser.isVoid(source, from, to)) {
                careful.parse(source, from, to, precision, serverTime, limits, point);
                add(target, source, from, to);
            }
        } catch (LineRefusedException e) {
            refuse(source, from, to, e.position(), e.kind(), String.valueOf(e.getMessage()));
        }
        lineNumber += 1 + LineText.newlines(source, from, to);
    }

    private void add(BatchBuilder target, byte[] source, int from, int to) {
        switch (target.add(point, source)) {
            case null -> {
                acceptedLines++;
                if (careful.strippedTimeFields() > 0) {
                    strippedTimeFields += careful.strippedTimeFields();
                    if (strippedMeasurement.isEmpty()) {
                        strippedMeasurement = point.measurement();
                    }
                }
                if (target.wantsDescription()) {
                    target.describe(pendingLine(target, source, from, to));
                }
            }
            case Refusal.TypeConflict conflict -> refuse(source, from, to, conflict);
            case Refusal.NameConflict(String message) ->
                    refuse(source, from, to, from, Kind.NAME_CONFLICT, message);
            case Refusal.Limit(String message) ->
                    refuse(source, from, to, from, Kind.SCHEMA_LIMIT, message);
            case Refusal.KeyTooLong(int bytes, int bytesMax) ->
                    refuse(
                            source,
                            from,
                            to,
                            from,
                            Kind.LIMIT,
                            "max key length exceeded: " + bytes + " > " + bytesMax);
        }
    }

    /// What is needed to refuse the line later, when somebody else was first.
    private PendingLine pendingLine(BatchBuilder target, byte[] source, int from, int to) {
        var fields = new ArrayList<PendingLine.Field>();
        for (int field = 0; field < point.fieldCount(); field++) {
            if (target.isPendingField(field)) {
                int position = point.fieldRawFrom(field);
                int physical = LineText.physicalStart(source, from, position);
                fields.add(
                        new PendingLine.Field(
                                point.fieldName(field),
                                lineNumber + LineText.newlines(source, from, physical),
                                position - physical + 1));
            }
        }
        return new PendingLine(
                point.measurement(), lineNumber, LineText.shortened(source, from, to), fields);
    }

    private void refuse(byte[] source, int from, int to, Refusal.TypeConflict conflict) {
        if (refused.count(Kind.TYPE_CONFLICT, limits.errorsMax())) {
            int position = point.fieldRawFrom(conflict.field());
            int physical = LineText.physicalStart(source, from, position);
            var types =
                    new LineError.TypeConflict(
                            conflict.measurement(),
                            conflict.name(),
                            conflict.input(),
                            conflict.existing());
            refused.describe(
                    LineError.of(
                            types,
                            lineNumber + LineText.newlines(source, from, physical),
                            position - physical + 1,
                            LineText.shortened(source, from, to)),
                    limits.errorsMax());
        }
    }

    private void refuseLong(byte[] source, int from, int to, int newlines) {
        String message = "line is longer than " + limits.lineBytesMax() + " bytes";
        refuse(source, from, to, from, Kind.LIMIT, message);
        lineNumber += 1 + newlines;
    }

    private void refuse(byte[] source, int from, int to, int position, Kind kind, String message) {
        if (refused.count(kind, limits.errorsMax())) {
            int physical = LineText.physicalStart(source, from, position);
            refused.describe(
                    new LineError(
                            lineNumber + LineText.newlines(source, from, physical),
                            position - physical + 1,
                            LineText.shortened(source, from, to),
                            kind,
                            message,
                            null),
                    limits.errorsMax());
        }
    }
}
