package io.tsdb.cluster.node.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tsdb.cluster.node.doctor.Finding.Verdict;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// A machine is what its files say: here they say what each test wants.
class DoctorTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    @TempDir Path directory;
    private final AtomicLong nanos = new AtomicLong();
    private long nanosPerLook = 1_000;
    private Instant now = NOW;
    private int javaVersion = 25;
    private long reserve = 1;

    @BeforeEach
    void aGoodMachine() throws IOException {
        says("proc/meminfo", "MemTotal: 8000000 kB\nSwapTotal: 1000 kB\nSwapFree: 1000 kB\n");
        says("proc/self/cgroup", "0::/system.slice/tsdb.service\n");
        says("proc/self/limits", "Max open files            1024      524288     files\n");
        says("proc/sys/vm/max_map_count", "65530\n");
        says("proc/sys/vm/overcommit_memory", "0\n");
        says("sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
        says("run/systemd/timesync/synchronized", "");
    }

    private void says(String path, String text) throws IOException {
        Path file = directory.resolve("root").resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private List<Finding> findings() {
        return new Doctor(
                        new Machine(directory.resolve("root")),
                        directory.resolve("data/not/there/yet"),
                        reserve,
                        javaVersion,
                        () -> now,
                        () -> nanos.addAndGet(nanosPerLook))
                .findings();
    }

    private Finding finding(String subject) {
        return findings().stream()
                .filter(found -> found.subject().startsWith(subject))
                .findFirst()
                .orElseThrow();
    }

    /// The file system may be of any kind here.
    @Test
    void aGoodMachineIsGood() throws IOException {
        assertThat(findings())
                .filteredOn(found -> !found.subject().startsWith("file system"))
                .allSatisfy(
                        found ->
                                assertThat(found.verdict())
                                        .as(found.text())
                                        .isEqualTo(Verdict.GOOD))
                .hasSize(9);
        try (var left = Files.list(directory)) {
            assertThat(left)
                    .as("nothing is left behind")
                    .containsExactly(directory.resolve("root"));
        }
    }

    /// What counts in a container is the least limit of the groups around it.
    @Test
    void theLimitOfAContainerCounts() throws IOException {
        says("sys/fs/cgroup/system.slice/tsdb.service/memory.max", "max\n");
        says("sys/fs/cgroup/system.slice/memory.max", "536870912\n");
        assertThat(finding("memory").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding("memory").text()).contains("512 MiB by the limit of the container");
        says("sys/fs/cgroup/memory.max", "134217728\n");
        assertThat(finding("memory").verdict()).isEqualTo(Verdict.BAD);
    }

    @Test
    void namesWhatIsWrong() throws IOException {
        says("proc/self/limits", "Max open files            1024      2048     files\n");
        says("proc/sys/vm/max_map_count", "100\n");
        says("proc/sys/vm/overcommit_memory", "2\n");
        says("proc/meminfo", "MemTotal: 8000000 kB\nSwapTotal: 1000 kB\nSwapFree: 100 kB\n");
        says("sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n");
        javaVersion = 21;
        now = Instant.EPOCH;
        assertThat(finding("JDK").verdict()).isEqualTo(Verdict.BAD);
        assertThat(finding("open files").verdict()).isEqualTo(Verdict.BAD);
        assertThat(finding("open files").text()).contains("2048").contains("LimitNOFILE");
        assertThat(finding("mappings").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding("overcommit").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding("swap").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding("clock source").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding("clock:".substring(0, 5)).verdict()).isEqualTo(Verdict.BAD);
    }

    @Test
    void aSlowDiskIsToldByItsSyncs() {
        nanosPerLook = 30_000_000;
        assertThat(finding("syncs").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding("syncs").text()).startsWith("30.00 ms in the median");
        nanosPerLook = 600_000_000;
        assertThat(finding("syncs").verdict()).isEqualTo(Verdict.BAD);
    }

    @Test
    void aFullDiskIsBad() {
        reserve = Long.MAX_VALUE / 4;
        assertThat(finding("room").verdict()).isEqualTo(Verdict.BAD);
        assertThat(finding("room").text()).contains("every write is refused");
    }

    /// As on another system: nothing is claimed.
    @Test
    void whatCannotBeToldIsUnknown() {
        var doctor =
                new Doctor(
                        new Machine(directory.resolve("none")),
                        directory,
                        1,
                        25,
                        () -> NOW,
                        () -> 0);
        assertThat(doctor.findings())
                .filteredOn(found -> found.verdict() == Verdict.UNKNOWN)
                .extracting(Finding::subject)
                .containsExactly("memory", "open files", "mappings", "clock");
    }
}
