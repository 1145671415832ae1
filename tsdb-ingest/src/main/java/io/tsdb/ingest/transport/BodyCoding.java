package io.tsdb.ingest.transport;

/// Undoes the content coding of a body, piece by piece. One body at a time, one thread.
interface BodyCoding {
    /// Takes the next piece, cut anywhere, in `[from, to)`; its bytes are read from it by [#read],
    /// and the next one comes when all of them were.
    void feed(byte[] bytes, int from, int to);

    /// Decodes on, as far as the target takes it.
    ///
    /// @return bytes at the target's start; 0 when the piece is used up
    int read(byte[] target) throws WriteRefusedException;

    /// The body has ended.
    ///
    /// @throws WriteRefusedException when the coding has not
    void finish() throws WriteRefusedException;

    /// Frees native memory; also when the body broke off.
    void close();
}
