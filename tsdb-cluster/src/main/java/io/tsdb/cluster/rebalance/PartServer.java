package io.tsdb.cluster.rebalance;

import io.tsdb.cluster.rpc.PartService;

import java.io.IOException;

/// Gives other members what they ask of this node's parts. Any thread.
public final class PartServer implements PartService {
    private final PartRepairer repairer;

    public PartServer(PartRepairer repairer) {
        this.repairer = repairer;
    }

    @Override
    public byte[] list(int shard, byte[] request) throws IOException {
        if (request.length > 0 && request[0] == MeasurementListing.OF_MEASUREMENT) {
            return MeasurementListing.toBytes(
                    repairer.parts(shard).ofMeasurement(MeasurementListing.measurement(request)));
        }
        boolean mends = request.length > 0 && (request[0] & PartListing.MENDS) != 0;
        return (mends ? repairer.check(shard) : repairer.list(shard)).toBytes();
    }

    @Override
    public byte[] read(int shard, byte[] request) throws IOException {
        PieceRequest piece = PieceRequest.of(request);
        return repairer.parts(shard)
                .read(
                        piece.measurement(),
                        piece.parquetBytes(),
                        piece.parquetCrc(),
                        piece.offset(),
                        piece.length())
                .orElseThrow(() -> new IOException("has no such part"));
    }
}
