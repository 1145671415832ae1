package io.tsdb.ingest.protocol;

/// Turns the bytes of a request into batches of points. One per connection, reused request after
/// request; one thread at a time.
///
/// A request over HTTP is `begin, decode..., end`. A stream over TCP is one `begin`, then `decode`
/// and [#take()] at each flush, with [#renew] before the first bytes of the next batch and
/// [#serverTime] before the next bytes, and `end` when the client closes.
public interface ProtocolDecoder extends AutoCloseable {
    /// Starts a request; what an unfinished one left is dropped.
    ///
    /// @param serverTimeNanos for all lines of the request without a timestamp
    void begin(String database, Precision precision, long serverTimeNanos, DecodeLimits limits);

    /// Takes the next piece of the body, cut anywhere.
    ///
    /// @param buffer read in `[from, to)`, not kept
    /// @throws io.tsdb.storage.model.ResourceLimitException when the points take too much memory;
    ///   the decoder is then of no further use
    void decode(byte[] buffer, int from, int to);

    /// The lines that are complete so far; an incomplete one is kept for what follows.
    DecodeResult take();

    /// Forgets what became void since the latest batch, when none is begun: a stream outlives the
    /// databases it writes to.
    void renew();

    /// Time for lines without a timestamp that are complete from now on.
    void serverTime(long serverTimeNanos);

    /// Ends the request; its last line may lack its end.
    DecodeResult end();

    /// Points that wait for [#take()] or [#end()].
    int pendingPoints();

    /// Memory of the points that wait, and of arrays kept for them.
    long pendingBytes();

    /// Bytes kept of a line whose end has not come.
    long carriedBytes();

    /// Gives back the memory that it shares with other decoders. Results that were taken stay good.
    @Override
    void close();
}
