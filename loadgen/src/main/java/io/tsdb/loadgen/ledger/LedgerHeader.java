package io.tsdb.loadgen.ledger;

import io.tsdb.loadgen.workload.StreamConfig;

/// What a ledger is about: the run, where it went, and how many batches of a lane can be under way
/// without an answer.
public record LedgerHeader(StreamConfig stream, String database, String protocol, int inFlight) {}
