package io.tsdb.ingest.transport;

/// Undoes the content coding of a body, piece by piece. One body at a time, one thread.
interface BodyCoding {
    /// Where the decoded bytes go.
    @FunctionalInterface
    interface Target {
        /// @param buffer valid in `[from, to)` during the call
        void accept(byte[] buffer, int from, int to) throws WriteRefusedException;
    }

    /// Takes the next piece, cut anywhere, in `[from, to)`; hands over what it decodes to.
    void feed(byte[] bytes, int from, int to, Target target) throws WriteRefusedException;

    /// The body has ended.
    ///
    /// @throws WriteRefusedException when the coding has not
    void finish() throws WriteRefusedException;

    /// Frees native memory; also when the body broke off.
    void close();

    /// The bytes as they are.
    final class Identity implements BodyCoding {
        @Override
        public void feed(byte[] bytes, int from, int to, Target target)
                throws WriteRefusedException {
            target.accept(bytes, from, to);
        }

        @Override
        public void finish() {}

        @Override
        public void close() {}
    }
}
