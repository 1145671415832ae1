package io.tsdb.storage.shard;

import io.tsdb.storage.compaction.Tombstone;
import io.tsdb.storage.io.DataFile;
import io.tsdb.storage.io.FileStore;
import io.tsdb.storage.model.CorruptDataException;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.part.Part;
import io.tsdb.storage.part.PartCheck;
import io.tsdb.storage.part.PartCopy;
import io.tsdb.storage.part.PartId;
import io.tsdb.storage.part.PartRepair;
import io.tsdb.storage.part.PartSummary;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The parts of a shard as files: what another replica may ask of them, and how a damaged one is
/// made whole from another replica's. Any thread; one at a time mends a part.
public final class ReplicaParts {
    private final PartSet parts;
    private final FileStore io;

    private ReplicaParts(PartSet parts) {
        this.parts = parts;
        this.io = parts.io();
    }

    public static ReplicaParts of(Shard shard) {
        return new ReplicaParts(shard.partSet());
    }

    /// What a shard's manifest names.
    ///
    /// @param logIndex entries up to this one are in the parts
    public record Listing(long logIndex, List<PartSummary> parts) {
        public Listing {
            parts = List.copyOf(parts);
        }
    }

    public Listing listing() {
        Manifest manifest = parts.named();
        return new Listing(manifest.logIndex(), manifest.parts());
    }

    /// Parts that are known to be damaged, and what of one of them.
    public Map<PartSummary, String> damaged() {
        return parts.damages().parts();
    }

    /// Who is told when a damage is found; any thread, and not to wait.
    public void onDamage(Runnable told) {
        parts.damages().tell(told);
    }

    /// What came of a look at every byte of a part.
    public enum State {
        WHOLE,
        /// Its index was damaged, and is made anew.
        INDEX_MENDED,
        DAMAGED,
        /// It is in the shard no more.
        GONE
    }

    /// @param text what was wrong; empty when nothing was
    public record Checked(State state, String text) {}

    /// Reads every byte of both files. A damaged Parquet file is noted as damage from here on.
    public Checked check(PartSummary part) throws IOException {
        try {
            PartCheck.checkParquet(io, parts.directory(), part);
        } catch (CorruptDataException e) {
            if (!has(part.id())) {
                return new Checked(State.GONE, "");
            }
            parts.damages().found(part, e);
            return new Checked(State.DAMAGED, String.valueOf(e.getMessage()));
        } catch (NoSuchFileException _) {
            return new Checked(State.GONE, "");
        }
        try {
            PartCheck.checkIndex(io, parts.directory(), part);
            return new Checked(State.WHOLE, "");
        } catch (CorruptDataException e) {
            if (!has(part.id())) {
                return new Checked(State.GONE, "");
            }
            PartRepair.rebuildIndex(io, parts.directory(), part);
            return new Checked(State.INDEX_MENDED, String.valueOf(e.getMessage()));
        } catch (NoSuchFileException _) {
            return new Checked(State.GONE, "");
        }
    }

    private boolean has(PartId id) {
        return parts.named().parts().stream().anyMatch(part -> part.id().equals(id));
    }

    /// Bytes of the Parquet file of a measurement that has this size and checksum, as they are on
    /// disk: whoever wants them looks whether they are whole.
    ///
    /// @return empty when there is no such part
    public Optional<byte[]> read(
            MeasurementId measurement, long parquetBytes, int parquetCrc, long offset, int length)
            throws IOException {
        Optional<PartSummary> part =
                parts.named().parts().stream()
                        .filter(one -> one.id().measurement().equals(measurement))
                        .filter(one -> one.parquetBytes() == parquetBytes)
                        .filter(one -> one.parquetCrc() == parquetCrc)
                        .findFirst();
        if (part.isEmpty()) {
            return Optional.empty();
        }
        byte[] bytes = new byte[length];
        try (DataFile file = io.open(part.get().id().parquetFile(parts.directory()))) {
            int count = file.read(ByteBuffer.wrap(bytes), offset);
            return Optional.of(count == length ? bytes : Arrays.copyOf(bytes, count));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    /// The parts of a measurement, and what is needed to have them elsewhere.
    ///
    /// @param position rows of entries up to this one are in the parts
    /// @param deletes that concern some of them
    public record OfMeasurement(long position, List<PartSummary> parts, List<Tombstone> deletes) {
        public OfMeasurement {
            parts = List.copyOf(parts);
            deletes = List.copyOf(deletes);
        }
    }

    public OfMeasurement ofMeasurement(MeasurementId owner) {
        Manifest manifest = parts.named();
        return new OfMeasurement(
                manifest.positions().of(owner),
                manifest.parts().stream()
                        .filter(part -> part.id().measurement().equals(owner))
                        .toList(),
                parts.tombstonesOf(owner));
    }

    /// Takes parts of another replica in place of own ones that hold rows of the same entries of
    /// the log. Their files are in place already ([#copyNew]); when nothing comes of it, [#discard]
    /// them.
    ///
    /// @return false when it cannot be done just now: nothing changed
    public boolean exchange(
            List<PartSummary> removed, List<PartSummary> added, List<Tombstone> deletes)
            throws IOException {
        var opened = new ArrayList<Part>();
        boolean handedOver = false;
        try {
            for (PartSummary part : added) {
                Part other = parts.openOther(part);
                if (other == null) {
                    return false; // its measurement was dropped
                }
                opened.add(other);
            }
            handedOver = true;
        } finally {
            if (!handedOver) {
                opened.forEach(Part::release);
            }
        }
        Set<PartId> ids = removed.stream().map(PartSummary::id).collect(Collectors.toSet());
        return parts.exchange(ids, opened, deletes);
    }

    /// Deletes the files of parts that did not come to be used.
    public void discard(List<PartSummary> added) {
        added.stream().map(PartSummary::id).forEach(parts::discard);
    }

    /// Begins a copy of another replica's part, which gets a number of its own here.
    public PartCopy copyNew(PartSummary part) throws IOException {
        return PartCopy.beginNew(io, parts.directory(), part, parts.takeSequence());
    }

    /// Begins a copy of the file of a part that is damaged here.
    public PartCopy copy(PartSummary part) throws IOException {
        return PartCopy.begin(io, parts.directory(), part);
    }

    /// Has readers use a part from now on whose files are whole again.
    ///
    /// @return false when it is in the shard no more
    /// @throws CorruptDataException when it is damaged still
    public boolean mended(PartSummary part) throws IOException {
        return parts.reopen(part.id());
    }
}
