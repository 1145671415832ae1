package io.tsdb.loadgen.verify;

/// What may be stored of one point that was, or may have been, written more than once or not for
/// sure.
///
/// @param must whether a row has to be there
/// @param writes in order of effect; those that are uncertain can also take effect later or not at
///   all
record ExpectedPoint(boolean must, Write[] writes) {

    /// @param order position among the acknowledged batches of the lane; 0 when not acknowledged
    record Write(int order, boolean uncertain, long fields, long[] values) {}

    /// Whether a field may be absent: no acknowledged write has it.
    boolean mayLack(int field) {
        return lastAcknowledged(field) < 0;
    }

    /// Whether a field may have a value.
    boolean allows(int field, long value) {
        int last = lastAcknowledged(field);
        if (last >= 0 && writes[last].values()[field] == value) {
            return true;
        }
        for (Write write : writes) {
            if (write.uncertain()
                    && (write.fields() >>> field & 1) != 0
                    && write.values()[field] == value) {
                return true;
            }
        }
        return false;
    }

    /// The write whose value counts, or -1. Of two writes in one batch the second one counts.
    int lastAcknowledged(int field) {
        int last = -1;
        for (int w = 0; w < writes.length; w++) {
            if (writes[w].order() > 0
                    && (writes[w].fields() >>> field & 1) != 0
                    && (last < 0 || writes[w].order() >= writes[last].order())) {
                last = w;
            }
        }
        return last;
    }
}
