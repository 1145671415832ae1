package io.tsdb.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.io.SimulatedDisk;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A manifest that was put in place and whose directory could not be synced before the process
/// ended: whoever starts with it stays with it, also when the power goes.
class ManifestPowerLossTest {
    private static final int SEEDS = 30;

    @TempDir Path temporary;

    private static Manifest at(long logIndex) {
        return new Manifest(LogPositions.at(logIndex), 0, 1, List.of(), List.of(), List.of());
    }

    @Test
    void whatAStartHasReadIsThereBehindAPowerLoss() throws IOException {
        for (int seed = 1; seed <= SEEDS; seed++) {
            Path root = temporary.resolve("run-" + seed);
            var disk = new SimulatedDisk(root, seed);
            Path shard = root.resolve("shard-0");
            disk.createDirectories(shard);
            disk.syncDirectory(root);
            at(40).store(disk, shard);
            disk.watch(
                    (kind, path) -> {
                        if (kind == SimulatedDisk.Sync.DIRECTORY) {
                            throw new IOException("Input/output error");
                        }
                    });
            assertThatThrownBy(() -> at(42).store(disk, shard)).hasMessageContaining("Input");
            disk.watch((_, _) -> {});
            assertThat(PartSet.load(disk, shard).logIndex()).isEqualTo(42);
            Path left = temporary.resolve("left-" + seed);
            SimulatedDisk later = disk.powerLoss(left);
            assertThat(Manifest.load(later, left.resolve("shard-0")).logIndex())
                    .as("seed %d", seed)
                    .isEqualTo(42);
        }
    }
}
