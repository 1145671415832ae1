package io.tsdb.ingest.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What senders hold of the waiting points is a share; sizes in units of a hundredth of the limit.
class WaitingBytesTest {
    private static final long UNIT = 1 << 20;
    private static final long LIMIT = 100 * UNIT;

    private final AtomicLong nanos = new AtomicLong();
    private final WaitingBytes waiting = new WaitingBytes(LIMIT, nanos::get);
    private final AtomicInteger givenUp = new AtomicInteger();

    private WaitingBytes.Arrival arrival(String sender) {
        return waiting.arrival(() -> sender, givenUp::incrementAndGet);
    }

    private void pass(long seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void oneSenderHoldsHalfAtMostAndAllTogetherThreeQuarters() {
        WaitingBytes.Arrival first = arrival("a");
        WaitingBytes.Arrival second = arrival("a");
        assertThat(first.grow(30 * UNIT)).isTrue();
        assertThat(arrival("a").grow(21 * UNIT)).isFalse();
        assertThat(second.grow(20 * UNIT)).isTrue();
        WaitingBytes.Arrival other = arrival("b");
        assertThat(arrival("b").grow(26 * UNIT)).isFalse();
        assertThat(other.grow(25 * UNIT)).isTrue();
        assertThat(arrival("c").grow(UNIT)).isFalse();
        assertThat(waiting.reserved()).isEqualTo(75 * UNIT);
        second.end();
        second.end();
        assertThat(other.grow(45 * UNIT)).isTrue();
        first.end();
        other.end();
        assertThat(waiting.reserved()).isZero();
    }

    /// Whoever is refused leaves its room to the others at once: they do not end one another.
    @Test
    void ofThoseThatGrowSideBySideOneFindsRoom() {
        List<WaitingBytes.Arrival> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(arrival("a"));
        }
        for (int units = 1; units <= 49; units++) {
            long bytes = units * UNIT;
            all.removeIf(arrival -> !arrival.grow(bytes));
        }
        assertThat(all).hasSize(1);
        assertThat(waiting.reserved()).isEqualTo(49 * UNIT);
    }

    /// So that four slow senders of 63 MiB stop no ordinary writer.
    @Test
    void theLastQuarterIsForSmallArrivals() {
        assertThat(arrival("a").grow(50 * UNIT)).isTrue();
        assertThat(arrival("b").grow(25 * UNIT)).isTrue();
        List<WaitingBytes.Arrival> small = new ArrayList<>();
        long each = LIMIT / 256;
        while (true) {
            WaitingBytes.Arrival next = arrival("a");
            if (!next.grow(each)) {
                break;
            }
            small.add(next);
        }
        assertThat(small).hasSize(256 / 4);
        assertThat(small.getFirst().grow(each + 1)).isFalse();
        assertThat(givenUp).hasValue(0);
    }

    @Test
    void whoMakesNoProgressGivesItsShareBackWhenOthersWantIt() {
        WaitingBytes.Arrival stalled = arrival("a");
        assertThat(stalled.grow(50 * UNIT)).isTrue();
        stalled.progressed(50 * UNIT);
        pass(4);
        assertThat(arrival("a").grow(UNIT)).isFalse(); // it may go on any moment
        pass(2);
        assertThat(givenUp).hasValue(0);
        WaitingBytes.Arrival next = arrival("a");
        assertThat(next.grow(UNIT)).isTrue();
        assertThat(givenUp).hasValue(1);
        assertThat(waiting.reserved()).isEqualTo(UNIT);
        assertThat(stalled.grow(51 * UNIT)).isFalse();
        stalled.end();
        assertThat(waiting.reserved()).isEqualTo(UNIT);
    }

    /// A good start buys no standstill: what counts is the last few seconds.
    @Test
    void aTrickleIsNoProgress() {
        WaitingBytes.Arrival trickle = arrival("a");
        assertThat(trickle.grow(50 * UNIT)).isTrue();
        trickle.progressed(50 * UNIT);
        for (int second = 0; second < 20; second++) {
            pass(1);
            trickle.progressed(1000);
        }
        assertThat(arrival("a").grow(UNIT)).isTrue();
        assertThat(givenUp).hasValue(1);
    }

    @Test
    void whoMakesProgressKeepsItsShare() {
        WaitingBytes.Arrival steady = arrival("a");
        assertThat(steady.grow(50 * UNIT)).isTrue();
        for (int second = 0; second < 20; second++) {
            pass(1);
            steady.progressed(UNIT);
            assertThat(arrival("a").grow(UNIT)).isFalse();
        }
        assertThat(givenUp).hasValue(0);
    }

    /// Points that are complete wait for the log, not for their sender.
    @Test
    void whatIsCompleteIsNoShareAnyMore() {
        WaitingBytes.Arrival first = arrival("a");
        assertThat(first.grow(50 * UNIT)).isTrue();
        first.complete(40 * UNIT);
        assertThat(waiting.reserved()).isEqualTo(40 * UNIT);
        WaitingBytes.Arrival second = arrival("a");
        assertThat(second.grow(50 * UNIT)).isTrue();
        pass(100);
        assertThat(arrival("b").grow(20 * UNIT)).isTrue();
        assertThat(givenUp).hasValue(1); // the second, not the first
        waiting.release(40 * UNIT);
        assertThat(waiting.reserved()).isEqualTo(20 * UNIT);
    }

    @Test
    void shrinksAndGrows() {
        WaitingBytes.Arrival line = arrival("a");
        assertThat(line.grow(10 * UNIT)).isTrue();
        line.shrink(5 * UNIT);
        assertThat(waiting.reserved()).isEqualTo(5 * UNIT);
        line.shrink(0);
        assertThat(line.grow(50 * UNIT)).isTrue();
        assertThat(line.held()).isEqualTo(50 * UNIT);
        line.end();
        assertThat(waiting.reserved()).isZero();
    }

    /// Whatever happens in whatever order, the sum is that of what is held.
    @Test
    void countsRight() {
        long seed = Long.getLong("tsdb.seed", System.nanoTime());
        System.out.println("WaitingBytesTest -Dtsdb.seed=" + seed);
        var random = new Random(seed);
        var live = new ArrayList<WaitingBytes.Arrival>();
        long complete = 0;
        for (int step = 0; step < 20_000; step++) {
            if (live.size() < 20) {
                live.add(arrival("s" + random.nextInt(3)));
            }
            WaitingBytes.Arrival one = live.get(random.nextInt(live.size()));
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    if (!one.grow(one.held() + random.nextLong(20 * UNIT))) {
                        live.remove(one); // over
                    }
                }
                case 2 -> one.progressed(random.nextLong(UNIT));
                case 3 -> one.shrink(random.nextLong(one.held() + 1));
                case 4 -> pass(random.nextInt(4));
                default -> {
                    live.remove(one);
                    if (random.nextBoolean() && complete < LIMIT / 4) {
                        one.complete(UNIT);
                        complete += UNIT;
                    } else {
                        one.end();
                        waiting.release(complete);
                        complete = 0;
                    }
                }
            }
            long held = complete;
            for (WaitingBytes.Arrival each : live) {
                held += each.held();
            }
            assertThat(waiting.reserved()).isEqualTo(held).isLessThanOrEqualTo(LIMIT + LIMIT / 4);
        }
    }
}
