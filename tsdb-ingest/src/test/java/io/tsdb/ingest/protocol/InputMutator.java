package io.tsdb.ingest.protocol;

import java.util.Arrays;
import java.util.Random;

/// Damages an input a little: changes, inserts, removes and repeats bytes and slices.
public final class InputMutator {
    private final Random random;
    private final String alphabet;

    /// @param alphabet bytes that matter in the protocol
    public InputMutator(Random random, String alphabet) {
        this.random = random;
        this.alphabet = alphabet;
    }

    public byte[] mutate(byte[] input) {
        byte[] result = input;
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            result = change(result);
        }
        return result;
    }

    private byte[] change(byte[] input) {
        int at = random.nextInt(input.length + 1);
        int end = Math.min(input.length, at + random.nextInt(12));
        return switch (random.nextInt(5)) {
            case 0 -> splice(input, at, Math.min(at + 1, input.length), new byte[] {anyByte()});
            case 1 -> splice(input, at, at, new byte[] {anyByte()});
            case 2 -> splice(input, at, end, new byte[0]);
            case 3 -> splice(input, at, at, Arrays.copyOfRange(input, at, end));
            default -> splice(input, at, at, slice(input));
        };
    }

    private byte[] slice(byte[] input) {
        int from = random.nextInt(input.length + 1);
        return Arrays.copyOfRange(input, from, Math.min(input.length, from + random.nextInt(40)));
    }

    private byte anyByte() {
        return random.nextInt(4) == 0
                ? (byte) random.nextInt(256)
                : (byte) alphabet.charAt(random.nextInt(alphabet.length()));
    }

    private static byte[] splice(byte[] input, int from, int to, byte[] inserted) {
        byte[] result = new byte[input.length - (to - from) + inserted.length];
        System.arraycopy(input, 0, result, 0, from);
        System.arraycopy(inserted, 0, result, from, inserted.length);
        System.arraycopy(input, to, result, from + inserted.length, input.length - to);
        return result;
    }
}
